// Words about an incident on their way out: mail to people, a signed webhook for whatever answers tickets or wakes
// somebody. Not marketing: no tracking, no unsubscribing.

import { Webhook } from 'standardwebhooks'
import type { PlainMailer } from '../delivery/index.ts'
import { Failure } from '../kernel/failure.ts'
import { said } from '../kernel/said.ts'
import { createVettedFetch } from '../outbound/index.ts'
import type { BrandNotice, BrandPost } from '../stages/brand/post.ts'
import type { Config } from './config.ts'
import { mayReachOf } from './may-reach.ts'
import { postJson, requireTaken } from './notify/call-out.ts'
import { mailerOf, mailResponse, senderOf } from './notify/mail-way.ts'

export type BrandPostPorts = {
  readonly config: Pick<Config, 'smtp' | 'brand' | 'notify' | 'environment' | 'allowlist'>
  /** Of the plan in force; '' = none. */
  readonly webhook: () => string
  /** Of the business. */
  readonly locale: () => string
  readonly publicUrl: () => string
  /** Whether this word names a user who is told of incidents anyway, with escalation. */
  readonly isKnown?: (word: string) => boolean
  /** Restored from a backup and not resumed yet: the living system may be telling people already. */
  readonly isFenced: () => boolean
}

const TIMEOUT_MS = 10_000

/**
 * Users are left to their own notices; mail for other addresses with an `@`, the webhook for all else. Throws Failures
 * `brand.no_way`, `brand.restored`, `email.*`, `notify.*`, `url.refused` when nothing arrived; anything else thrown may have.
 */
export const createBrandPost = (
  ports: BrandPostPorts,
): { readonly post: BrandPost; readonly close: () => void } => {
  const { config } = ports
  const { brand } = config
  let mailer: PlainMailer | null = null
  const mail = async (notice: BrandNotice, people: readonly string[]): Promise<string> => {
    mailer ??= mailerOf(config)
    if (mailer === null) throw noWay(`There is no mail server for ${people.join(', ')}.`)
    const mayReach = mayReachOf(config)
    const text = [
      inLocale(notice.texts, ports.locale()),
      '',
      `${ports.publicUrl()}/brand#${notice.incidentId}`,
    ].join('\n')
    const from = brand.mailFrom === '' ? senderOf(config) : brand.mailFrom
    const said: string[] = []
    for (const [index, to] of people.entries()) {
      if (mayReach !== undefined && !mayReach('email', to))
        throw new Failure({
          code: 'notify.not_allowed_here',
          message: 'A test environment writes to its allowlist only.',
        })
      const id = `${notice.id}-${index}`
      said.push(
        mailResponse(
          await mailer.send({
            id,
            from,
            to,
            subject: inLocale(notice.titles, ports.locale()),
            text,
            at: Date.now(),
          }),
        ),
      )
    }
    return said.join('; ')
  }
  const call = async (notice: BrandNotice, to: readonly string[]): Promise<string> => {
    const url = ports.webhook()
    if (url === '') throw noWay(`Nothing says where ${notice.kind}s go.`)
    const fetch = createVettedFetch({ hostsAllowed: brand.hostsAllowed, timeoutMs: TIMEOUT_MS })
    const at = new Date()
    const { id, kind, incidentId, titles, texts } = notice
    const body = JSON.stringify({
      type: `windvane.${kind}`,
      timestamp: at.toISOString(),
      data: { id, incidentId, title: inLocale(titles, ports.locale()), to, texts },
    })
    const signed =
      brand.webhookSecret === ''
        ? {}
        : { 'webhook-signature': new Webhook(brand.webhookSecret).sign(id, at, body) }
    const { status } = await postJson(fetch, url, {
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        ...signed,
      },
    })
    requireTaken(status, 'The webhook')
    return String(status)
  }
  return {
    post: async (notice) => {
      if (ports.isFenced())
        throw new Failure({
          code: 'brand.restored',
          message: 'A restored system tells nobody until a person resumes it.',
          hint: 'windvane resume',
        })
      const isUser = (word: string): boolean => notice.kind === 'notice' && ports.isKnown?.(word) === true
      const rest = notice.to.filter((word) => !isUser(word))
      const people = notice.kind === 'notice' ? rest.filter((one) => one.includes('@')) : []
      const others = rest.filter((one) => !people.includes(one))
      const heard: string[] = []
      if (others.length > 0) heard.push(await call(notice, others))
      if (people.length > 0) heard.push(await mail(notice, people))
      const detail = heard.join('; ')
      return rest.length < notice.to.length
        ? { detail, said: said('users_by_own_ways', { answer: detail }) }
        : { detail }
    },
    close: () => void mailer?.close(),
  }
}

const noWay = (message: string): Failure =>
  new Failure({
    code: 'brand.no_way',
    message,
    hint: 'Set `smtp` in windvane.yaml, or `brand.webhook` in the plan.',
  })

/** In the language of the business, else in English, else in any. */
const inLocale = (texts: BrandNotice['texts'], locale: string): string =>
  texts[locale] ?? texts[locale.split('-')[0] ?? ''] ?? texts['en'] ?? Object.values(texts)[0] ?? ''
