// E-mail over SMTP: builds the message (deterministic, one-click unsubscribe, signed where configured),
// writes to exactly the stored address, and says of each what is certain.

import { createHash } from 'node:crypto'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import { Failure, isFailure } from '../../kernel/failure.ts'
import { addressFault, isListed } from '../address.ts'
import type { Channel, ChannelResult, OutgoingMessage, RenderedEmail } from '../messages.ts'
import { mimeBytes } from './mime-bytes.ts'
import { createSmtpPool, type SmtpLimits, type SmtpServer } from './smtp-pool.ts'

export type DkimKey = {
  readonly domain: string
  readonly selector: string /** PEM. */
  readonly privateKey: string
}

export type EmailChannelOptions = {
  readonly smtp: SmtpServer
  readonly limits?: Partial<SmtpLimits>
  readonly dkim?: DkimKey
  /** Besides the https link, an address that takes unsubscriptions by mail. */
  readonly unsubscribeMailto?: string
  /** Where bounces go; default: the sender's address. */
  readonly returnPath?: string
  /**
   * When set, only these addresses, `@domain`s or `*` are written to: outside production a list of test
   * addresses keeps everyone else safe.
   */
  readonly recipientsAllowed?: readonly string[]
  /** Largest message, bytes. */
  readonly messageBytesMax?: number
}

const MESSAGE_BYTES_MAX = 2_000_000
const SUBJECT_LENGTH_MAX = 250
/** RFC 8058 asks that the signature covers both List-Unsubscribe fields. */
const SIGNED_FIELDS =
  'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID'

/**
 * A channel that sends e-mail through one SMTP server. Failures it names: `email.address_refused`,
 * `email.not_allowed_here`, `email.too_large`, `email.connection`, `email.auth`, `email.tls`, `email.busy`,
 * `email.sender_refused`, `email.recipient_refused`, `email.recipient_gone`, `email.refused`.
 */
export const createEmailChannel = (options: EmailChannelOptions): Channel => {
  const pool = createSmtpPool(options.smtp, options.limits)
  return {
    name: 'email',
    send: async (message, mayProceed) => {
      const prepared = await prepare(message, options)
      if ('kind' in prepared) return prepared
      return pool.transmit(prepared.envelope, prepared.bytes, mayProceed)
    },
    close: pool.close,
  }
}

type Prepared = { readonly envelope: { readonly from: string; readonly to: string }; readonly bytes: Buffer }

const prepare = async (
  message: OutgoingMessage,
  options: EmailChannelOptions,
): Promise<Prepared | ChannelResult> => {
  const { to, content } = message
  if (content.kind !== 'email') return refuse('email.content', 'this is not an e-mail')
  const fault = addressFault(to)
  if (fault !== undefined) return refuse('email.address_refused', `the address is refused: ${fault}`)
  if (options.recipientsAllowed !== undefined && !isListed(to, options.recipientsAllowed))
    return refuse('email.not_allowed_here', 'the address is not among those allowed in this installation')
  const senderFault = addressFault(content.sender.email)
  if (senderFault !== undefined)
    return refuse('email.sender_refused', `the sender's address is refused: ${senderFault}`)
  try {
    const bytes = await composeEmail(message, content, options)
    if (bytes.length > (options.messageBytesMax ?? MESSAGE_BYTES_MAX))
      return refuse('email.too_large', `the message has ${bytes.length} bytes`)
    return { envelope: { from: options.returnPath ?? content.sender.email, to }, bytes }
  } catch (error) {
    if (!isFailure(error)) throw error
    return refuse(error.code, error.message)
  }
}

const refuse = (code: string, message: string): ChannelResult => ({
  kind: 'failed',
  code,
  message,
  permanent: code === 'email.address_refused',
  again: false,
})

/** The whole message as bytes; the same input gives the same bytes. Throws Failure `email.dkim`. */
export const composeEmail = async (
  message: OutgoingMessage,
  content: RenderedEmail,
  { dkim, unsubscribeMailto }: Pick<EmailChannelOptions, 'dkim' | 'unsubscribeMailto'> = {},
): Promise<Buffer> => {
  const composer = new MailComposer({
    from: { name: headerText(content.sender.name), address: content.sender.email },
    to: { name: '', address: message.to },
    subject: headerText(content.subject).slice(0, SUBJECT_LENGTH_MAX),
    messageId: `<${message.messageId}>`,
    date: new Date(message.at),
    text: content.text,
    html: content.html,
    headers: listHeaders(message, content, unsubscribeMailto),
    baseBoundary: boundaryOf(message.messageId, content),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const plain = mimeBytes(composer.compile())
  return dkim === undefined ? plain : signed(plain, dkim)
}

/** Hangs on all of the content, so that nothing inside of it can contain it. */
const boundaryOf = (messageId: string, { subject, html, text }: RenderedEmail): string =>
  createHash('sha256')
    .update(JSON.stringify([messageId, subject, html, text]))
    .digest('hex')
    .slice(0, 32)

const listHeaders = (
  message: OutgoingMessage,
  { unsubscribeUrl, sender }: RenderedEmail,
  mailto?: string,
) => {
  const ways = [
    ...(unsubscribeUrl === '' ? [] : [`<${unsubscribeUrl}>`]),
    ...(mailto === undefined
      ? []
      : [`<mailto:${mailto}?subject=unsubscribe%20${encodeURIComponent(message.messageId)}>`]),
  ]
  const feedback = [message.campaignId, message.creativeId, 'windvane', sender.email.split('@')[1] ?? '']
  return {
    ...(ways.length === 0 ? {} : { 'List-Unsubscribe': { prepared: true, value: ways.join(', ') } }),
    ...(/^https:/i.test(unsubscribeUrl) ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    'Feedback-ID': feedback.map((part) => part.replace(/[^A-Za-z0-9.-]/g, '_')).join(':'),
    'Auto-Submitted': 'auto-generated',
    Precedence: 'bulk',
  }
}

const signed = async (plain: Buffer, { domain, selector, privateKey }: DkimKey): Promise<Buffer> => {
  const signer = new DKIM({
    domainName: domain,
    keySelector: selector,
    privateKey,
    headerFieldNames: SIGNED_FIELDS,
  })
  const chunks: Buffer[] = []
  try {
    for await (const chunk of signer.sign(plain)) chunks.push(Buffer.from(chunk as Uint8Array))
  } catch (cause) {
    throw dkimFailure(domain, cause)
  }
  const bytes = Buffer.concat(chunks)
  // An unusable key leaves the message unsigned: then it stays here.
  if (!bytes.subarray(0, 200).toString('latin1').startsWith('DKIM-Signature:')) throw dkimFailure(domain)
  return bytes
}

const dkimFailure = (domain: string, cause?: unknown): Failure =>
  new Failure({
    code: 'email.dkim',
    message: `the message could not be signed for ${domain}`,
    hint: 'check that the DKIM key is a PEM private key',
    ...(cause === undefined ? {} : { cause }),
  })

/** One line: what would end a header becomes a blank. */
const headerText = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
