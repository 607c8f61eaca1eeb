// What a failed SMTP exchange means for the message. Before the first byte of its content nothing was
// accepted; after it, only a clear refusal of the content says so; everything else is unknown.

import { messageOf } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { RECIPIENT_GONE } from '../deliver.ts'
import type { ChannelResult } from '../messages.ts'

/** What nodemailer tells: its own code, the server's reply code, and the command it answered. */
type SmtpError = {
  readonly code: string
  readonly replyCode: number
  readonly reply: string
  readonly command: string
  readonly message: string
}

type Failed = Extract<ChannelResult, { kind: 'failed' }>

/** `begun`: whether any byte of the message's content was handed to the connection. */
export const judgeSmtpError = (thrown: unknown, begun: boolean): ChannelResult => {
  const error = smtpErrorOf(thrown)
  const refusal = error.replyCode >= 400 && error.replyCode < 600
  if (begun) {
    // A reply to anything but the content (a stray 354, a fragment before a hang-up) proves nothing.
    const answered = refusal && error.code === 'EMESSAGE' && error.command === 'DATA'
    return answered
      ? { ...refused(error, 'email.refused'), again: false }
      : { kind: 'unknown', reason: `${error.code}: ${error.message}`, again: false }
  }
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH') return failed('email.auth', error)
  if (error.code === 'ETLS' || error.code === 'ECONFIG') return failed('email.tls', error)
  if (error.code === 'EMESSAGE' && error.reply === '')
    return { ...failed('email.too_large', error), permanent: true }
  if (!refusal) return { ...failed('email.connection', error), again: true }
  if (error.command === 'RCPT TO')
    return refused(error, isGone(error) ? RECIPIENT_GONE : 'email.recipient_refused')
  return refused(error, error.command === 'MAIL FROM' ? 'email.sender_refused' : 'email.refused_early')
}

/**
 * Nobody is there: by the enhanced code (RFC 3463) where there is one, else 550 and 551. A refusal by
 * policy (5.7.x) or a full mailbox (5.2.2) says nothing about the address.
 */
const isGone = ({ replyCode, reply }: SmtpError): boolean => {
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(reply)?.[1]
  if (replyCode < 500) return false
  if (enhanced !== undefined) return /^5\.(?:1\.(?:1|2|3|6|10)|2\.1)$/.test(enhanced)
  return replyCode === 550 || replyCode === 551
}

const refused = (error: SmtpError, code: string): Failed => ({
  kind: 'failed',
  code,
  message: error.reply === '' ? error.message : error.reply,
  // A refusal of the sender is about us: the next message may do better once that is put right.
  permanent: error.replyCode >= 500 && code !== 'email.sender_refused' && code !== 'email.refused_early',
  again: error.replyCode < 500,
})

const failed = (code: string, { message }: SmtpError): Failed => ({
  kind: 'failed',
  code,
  message,
  permanent: false,
  again: false,
})

const smtpErrorOf = (thrown: unknown): SmtpError => {
  const fields: Record<string, unknown> = isRecord(thrown) ? thrown : {}
  return {
    code: typeof fields['code'] === 'string' ? fields['code'] : '',
    replyCode: typeof fields['responseCode'] === 'number' ? fields['responseCode'] : 0,
    reply: typeof fields['response'] === 'string' ? fields['response'] : '',
    command: typeof fields['command'] === 'string' ? fields['command'] : '',
    message: messageOf(thrown),
  }
}
