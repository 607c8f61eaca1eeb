// Mail to the people who run this installation: plain text over the same kind of connection as messages, with none of
// what belongs to marketing. Says of each what is certain.

import MailComposer from 'nodemailer/lib/mail-composer'
import { addressFault, isListed } from '../address.ts'
import type { ChannelResult } from '../messages.ts'
import { createSmtpPool, type SmtpLimits, type SmtpServer } from './smtp-pool.ts'

export type PlainMail = {
  /** Of the Message-ID: the same mail has the same. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  /** ms. */
  readonly at: number
}

export type PlainMailer = {
  /** Handed over at most once. Settles with what is certain; does not reject. */
  readonly send: (mail: PlainMail) => Promise<ChannelResult>
  /** As of a channel. */
  readonly close: (waitMs?: number) => Promise<void>
}

const SUBJECT_LENGTH_MAX = 200

export const createPlainMailer = ({
  smtp,
  limits,
  recipientsAllowed = [],
}: {
  readonly smtp: SmtpServer
  readonly limits?: Partial<SmtpLimits>
  /** When not empty, only these addresses or `@domain`s are written to. */
  readonly recipientsAllowed?: readonly string[]
}): PlainMailer => {
  const pool = createSmtpPool(smtp, limits)
  return {
    send: async (mail) => {
      const refused = refusalOf(mail, recipientsAllowed)
      if (refused !== null) return refused
      return pool.transmit({ from: mail.from, to: mail.to }, await compose(mail), () => [])
    },
    close: pool.close,
  }
}

const refusalOf = (
  { from, to }: PlainMail,
  recipientsAllowed: readonly string[],
): Extract<ChannelResult, { readonly kind: 'failed' }> | null => {
  const refuse = (code: string, message: string) =>
    ({ kind: 'failed', code, message, permanent: false, again: false }) as const
  const fault = addressFault(to)
  if (fault !== undefined) return refuse('email.address_refused', `the address is refused: ${fault}`)
  const senderFault = addressFault(from)
  if (senderFault !== undefined)
    return refuse('email.sender_refused', `the sender's address is refused: ${senderFault}`)
  if (recipientsAllowed.length > 0 && !isListed(to, recipientsAllowed))
    return refuse('email.not_allowed_here', 'the address is not among those allowed in this installation')
  return null
}

const compose = async ({ id, from, to, subject, text, at }: PlainMail): Promise<Buffer> => {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const composer = new MailComposer({
    from: { name: 'Windvane', address: from },
    to: { name: '', address: to },
    // One line, whatever it was made of.
    subject: subject.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, SUBJECT_LENGTH_MAX),
    messageId: `<${id.replaceAll(/[^A-Za-z0-9-]/g, '_')}@${domain}>`,
    date: new Date(at),
    text,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Windvane-Notice': id },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}
