// Notices by mail, to the people who run this installation.

import { createPlainMailer, type PlainMailer } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import type { Letter, Way } from '../../stages/notifying.ts'
import type { Config } from '../config.ts'
import { mayReachOf } from '../may-reach.ts'

type Settings = Pick<Config, 'smtp' | 'environment' | 'allowlist' | 'notify'>

/** A mailer over the project's mail server; null where there is none. */
export const mailerOf = ({ smtp }: Pick<Config, 'smtp'>): PlainMailer | null =>
  smtp === undefined
    ? null
    : createPlainMailer({
        smtp: {
          host: smtp.host,
          port: smtp.port,
          secure: smtp.secure,
          ...(smtp.user === '' ? {} : { auth: { user: smtp.user, pass: smtp.password } }),
        },
        limits: { connectionsMax: 2, connectMs: 10_000, silenceMs: 60_000, messageMs: 120_000 },
        recipientsAllowed: smtp.recipientsAllowed,
      })

export const senderOf = ({ smtp, notify }: Pick<Settings, 'smtp' | 'notify'>): string =>
  notify.mailFrom === '' ? `windvane@${domainOf(smtp?.host ?? 'localhost')}` : notify.mailFrom

/** A mail server known by its number has no domain to write from. */
const domainOf = (host: string): string => (/^[\d.]+$|:|^[^.]+$/.test(host) ? 'windvane.invalid' : host)

export const createMailWay = (
  config: Settings,
  { addressOf, now }: { readonly addressOf: (userId: string) => string; readonly now: () => number },
): Way | null => {
  const mailer = mailerOf(config)
  if (mailer === null) return null
  const mayReach = mayReachOf(config)
  return {
    name: 'mail',
    tell: async (letter, userId) => {
      const to = addressOf(userId)
      if (to === '') throw refused('notify.no_address', 'They have no address.')
      if (mayReach !== undefined && !mayReach('email', to))
        throw refused('notify.not_allowed_here', 'A test environment writes to its allowlist only.')
      const { id, title } = letter
      const mail = { id, from: senderOf(config), to, subject: title, text: textOf(letter), at: now() }
      return mailResponse(await mailer.send(mail))
    },
    close: async () => mailer.close(0),
  }
}

/** What the server said. A Failure when it certainly did not take it; anything else thrown: it may have. */
export const mailResponse = (result: Awaited<ReturnType<PlainMailer['send']>>): string => {
  switch (result.kind) {
    case 'sent':
      return result.response
    case 'failed':
      throw refused(result.code, result.message)
    case 'unknown':
      throw new MaybeArrived(result.reason)
    case 'withheld':
      throw refused('notify.withheld', 'It was withheld.')
  }
}

/** It may have arrived, and nobody knows. Not a Failure, which would say that it did not. */
export class MaybeArrived extends Error {
  override readonly name = 'MaybeArrived'
}

const refused = (code: string, message: string): Failure => new Failure({ code, message })

const textOf = ({ lines, url }: Letter): string => [...lines, '', url].join('\n')
