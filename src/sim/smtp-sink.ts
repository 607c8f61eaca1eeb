// A real mail server that receives what the product sends: refuses addresses that do not exist, is slow
// now and then, reads each mail, and counts exactly what it took responsibility for.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { Failure, messageOf } from '../kernel/failure.ts'
import { bucketOf } from '../kernel/hash.ts'

export type ReceivedMail = {
  /** With its angle brackets off. */
  readonly messageId: string
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Every http link of the HTML part, once each, in order. */
  readonly links: readonly string[]
  /** Pictures that are loaded when it is opened. */
  readonly images: readonly string[]
  /** From List-Unsubscribe; '' = none. */
  readonly unsubscribeUrl: string
}

export type SmtpSinkOptions = {
  /** 0 = a free one. */
  readonly port: number
  readonly host: string
  /** Addresses answered with 550. */
  readonly isUnknown: (address: string) => boolean
  /** Share of messages that are answered late, and how late, ms of real time. */
  readonly slowShare: number
  readonly slowMs: number
  readonly clientsMax: number
  readonly messageBytesMax: number
  /** Deliveries counted one by one; beyond, only in total. */
  readonly countedMax: number
}

export const SMTP_SINK_DEFAULTS: SmtpSinkOptions = {
  port: 0,
  host: '127.0.0.1',
  isUnknown: () => false,
  slowShare: 0,
  slowMs: 300,
  clientsMax: 64,
  messageBytesMax: 2_000_000,
  countedMax: 1_000_000,
}

export type SmtpSink = {
  readonly port: number
  /** How often each message was accepted for each recipient, under `<Message-ID> <recipient>`. */
  readonly accepted: ReadonlyMap<string, number>
  readonly counts: () => { readonly accepted: number; readonly refused: number; readonly twice: number }
  /** Called with each mail right after it was accepted. Returns how to stop that. */
  readonly subscribe: (reader: (mail: ReceivedMail) => void) => () => void
  /** Which addresses do not exist, from now on. */
  readonly refuse: (isUnknown: (address: string) => boolean) => void
  readonly close: () => Promise<void>
}

/** Listens on a loopback port. Throws a Failure `smtp_sink.cannot_listen`. */
export const startSmtpSink = async (given: Partial<SmtpSinkOptions> = {}): Promise<SmtpSink> => {
  const options = { ...SMTP_SINK_DEFAULTS, ...given }
  const letterbox: Letterbox = {
    options,
    accepted: new Map(),
    readers: new Set(),
    counts: { accepted: 0, refused: 0, twice: 0 },
    isUnknown: options.isUnknown,
  }
  const server = serverOf(letterbox)
  // A client that goes away in the middle is no trouble of ours.
  server.on('error', () => undefined)
  await listening(server, options)
  return {
    port: (server.server.address() as AddressInfo).port,
    accepted: letterbox.accepted,
    counts: () => ({ ...letterbox.counts }),
    subscribe: (reader) => {
      letterbox.readers.add(reader)
      return () => letterbox.readers.delete(reader)
    },
    refuse: (isUnknown) => {
      letterbox.isUnknown = isUnknown
    },
    close: async () => new Promise((resolve) => server.close(() => resolve())),
  }
}

type Letterbox = {
  readonly options: SmtpSinkOptions
  readonly accepted: Map<string, number>
  readonly readers: Set<(mail: ReceivedMail) => void>
  readonly counts: { accepted: number; refused: number; twice: number }
  isUnknown: (address: string) => boolean
}

const serverOf = (letterbox: Letterbox): SMTPServer => {
  const { clientsMax, messageBytesMax } = letterbox.options
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    maxClients: clientsMax,
    size: messageBytesMax,
    banner: 'market',
    logger: false,
    onRcptTo: ({ address }, _session, callback) => {
      if (!letterbox.isUnknown(address.toLowerCase())) return callback()
      letterbox.counts.refused++
      callback(refusal(550, '5.1.1 no such mailbox'))
    },
    onData: (stream, session, callback) => {
      void answer(letterbox, { stream, session, callback })
    },
  })
}

type Incoming = {
  readonly stream: SMTPServerDataStream
  readonly session: SMTPServerSession
  readonly callback: (error?: Error | null) => void
}

const answer = async (letterbox: Letterbox, { stream, session, callback }: Incoming): Promise<void> => {
  try {
    await take(letterbox, stream, session)
  } catch (error) {
    // Not accepted: the client hears so.
    return callback(error instanceof Error ? error : refusal(451, messageOf(error)))
  }
  callback()
}

const take = async (
  { options, accepted, readers, counts }: Letterbox,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> => {
  const raw = await bytesOf(stream)
  if (stream.sizeExceeded) throw refusal(552, 'too large')
  for (const { address: to } of session.envelope.rcptTo) {
    const mail = await readRaw(raw, to)
    if (bucketOf(mail.messageId, 'slow') < options.slowShare) await sleep(options.slowMs)
    const key = `${mail.messageId} ${to}`
    const times = (accepted.get(key) ?? 0) + 1
    if (times > 1) counts.twice++
    if (times > 1 || accepted.size < options.countedMax) accepted.set(key, times)
    counts.accepted++
    for (const reader of readers) reader(mail)
  }
}

const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Failure({ code: 'smtp_sink.refused', message }), { responseCode })

const listening = async (server: SMTPServer, { host, port }: SmtpSinkOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (cause: unknown) =>
      reject(
        new Failure({
          code: 'smtp_sink.cannot_listen',
          message: `cannot listen on ${host}:${port}: ${messageOf(cause)}`,
          hint: 'Choose another port.',
          cause,
        }),
      )
    server.once('error', failed)
    server.listen(port, host, () => {
      server.removeListener('error', failed)
      resolve()
    })
  })

const bytesOf = async (stream: SMTPServerDataStream): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

const readRaw = async (raw: Buffer, to: string): Promise<ReceivedMail> => {
  const parsed = await PostalMime.parse(raw)
  const html = parsed.html ?? ''
  const unsubscribe = parsed.headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? ''
  return {
    messageId: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
    to,
    from: parsed.from?.address ?? '',
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html,
    links: attributesOf(html, /<a\s[^>]*?href="([^"]+)"/gi),
    images: attributesOf(html, /<img\s[^>]*?src="([^"]+)"/gi),
    unsubscribeUrl: /<(https?:[^>]+)>/.exec(unsubscribe)?.[1] ?? '',
  }
}

const attributesOf = (html: string, pattern: RegExp): readonly string[] => [
  ...new Set(
    [...html.matchAll(pattern)]
      .map(([, url = '']) => url.replaceAll('&amp;', '&'))
      .filter((url) => /^https?:/i.test(url)),
  ),
]
