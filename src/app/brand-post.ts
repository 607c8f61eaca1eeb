// Words about an incident on their way out: mail to people, a signed webhook for whatever answers tickets or wakes
// somebody. Not marketing: no tracking, no unsubscribing.

import { createTransport, type Transporter } from 'nodemailer'
import { Webhook } from 'standardwebhooks'
import { Failure, messageOf } from '../kernel/failure.ts'
import { createVettedFetch } from '../outbound/index.ts'
import type { BrandNotice, BrandPost } from '../stages/brand/post.ts'
import type { Config } from './config.ts'

export type BrandPostPorts = {
  readonly config: Pick<Config, 'smtp' | 'brand'>
  /** Of the plan in force; '' = none. */
  readonly webhook: () => string
  /** Of the business. */
  readonly locale: () => string
  readonly publicUrl: () => string
  /** Restored from a backup and not resumed yet: the living system may be telling people already. */
  readonly isFenced: () => boolean
}

const TIMEOUT_MS = 10_000

/**
 * Mail for addresses with an `@`, the webhook for all else. Throws Failures `brand.no_way`, `brand.refused`, `brand.restored`,
 * `outbound.*`, `url.refused` when nothing arrived; anything else thrown may have.
 */
export const createBrandPost = (
  ports: BrandPostPorts,
): { readonly post: BrandPost; readonly close: () => void } => {
  const { smtp, brand } = ports.config
  let transport: Transporter | null = null
  const mail = async (notice: BrandNotice, to: readonly string[]): Promise<string> => {
    if (smtp === undefined) throw noWay(`There is no mail server for ${to.join(', ')}.`)
    transport ??= createTransport({
      host: smtp.host,
      port: smtp.port,
      secure: smtp.secure,
      connectionTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      ...(smtp.user === '' ? {} : { auth: { user: smtp.user, pass: smtp.password } }),
    })
    const text = textFor(notice, ports.locale())
    const link = `${ports.publicUrl()}/brand#${notice.incidentId}`
    try {
      const sent = (await transport.sendMail({
        from: brand.mailFrom === '' ? `windvane@${smtp.host}` : brand.mailFrom,
        to: [...to],
        subject: notice.title,
        text: [text, '', link].join('\n'),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Windvane-Notice': notice.id },
      })) as { readonly response?: string }
      return sent.response ?? ''
    } catch (error) {
      throw isCertain(error)
        ? new Failure({ code: 'brand.refused', message: messageOf(error), cause: error })
        : error
    }
  }
  const call = async (notice: BrandNotice, to: readonly string[]): Promise<string> => {
    const url = ports.webhook()
    if (url === '') throw noWay(`Nothing says where ${notice.kind}s go.`)
    const fetch = createVettedFetch({ hostsAllowed: brand.hostsAllowed, timeoutMs: TIMEOUT_MS })
    const at = new Date()
    const { id, kind, incidentId, title, texts } = notice
    const body = JSON.stringify({
      type: `windvane.${kind}`,
      timestamp: at.toISOString(),
      data: { id, incidentId, title, to, texts },
    })
    const signed =
      brand.webhookSecret === ''
        ? {}
        : { 'webhook-signature': new Webhook(brand.webhookSecret).sign(id, at, body) }
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        ...signed,
      },
      body,
    })
    if (!answer.ok)
      throw new Failure({
        code: 'brand.refused',
        message: `The webhook answered ${answer.status}.`,
        hint: 'See `brand.webhook` in the plan.',
      })
    return String(answer.status)
  }
  return {
    post: async (notice) => {
      if (ports.isFenced())
        throw new Failure({
          code: 'brand.restored',
          message: 'A restored system tells nobody until a person resumes it.',
          hint: 'windvane resume',
        })
      const people = notice.kind === 'notice' ? notice.to.filter((one) => one.includes('@')) : []
      const others = notice.to.filter((one) => !people.includes(one))
      const told: string[] = []
      if (others.length > 0) told.push(await call(notice, others))
      if (people.length > 0) told.push(await mail(notice, people))
      return told.join('; ')
    },
    close: () => transport?.close(),
  }
}

const noWay = (message: string): Failure =>
  new Failure({
    code: 'brand.no_way',
    message,
    hint: 'Set `smtp` in windvane.yaml, or `brand.webhook` in the plan.',
  })

/** In the language of the business, else in English, else in any. */
const textFor = ({ texts }: BrandNotice, locale: string): string =>
  texts[locale] ?? texts[locale.split('-')[0] ?? ''] ?? texts['en'] ?? Object.values(texts)[0] ?? ''

/** Nobody was talked to, or the server said no. */
const isCertain = (error: unknown): boolean => {
  const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number }
  return (
    (responseCode !== undefined && responseCode >= 400) ||
    ['EDNS', 'ECONNECTION', 'ECONNREFUSED', 'EAUTH', 'EENVELOPE'].includes(code ?? '')
  )
}
