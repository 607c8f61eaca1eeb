// A mail server that keeps the truth about what it accepted: slow at times, at times refusing, at times
// gone in the middle of a message or just before its yes.

import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { AddressInfo } from 'node:net'
import type { Rng } from '../../src/kernel/rng.ts'

export type AcceptedMail = {
  readonly messageId: string
  readonly to: string
  /** When the server said "go ahead" and when it had the whole message, by `performance.now`. */
  readonly begunAt: number
  readonly acceptedAt: number
  /** From List-Unsubscribe; '' when there is none. */
  readonly unsubscribeUrl: string
}

export type SmtpSink = {
  readonly port: number
  readonly accepted: AcceptedMail[]
  /** Hung up after the message was taken, without a word; and in the middle of one. */
  lostReplies: number
  brokenOff: number
  refused: number
  /** Messages whose sender went away in the middle. */
  halfSent: number
  readonly close: () => Promise<void>
}

export type SinkOptions = {
  readonly rng: Rng
  /** Longest wait before the yes, ms. */
  readonly delayMsMax: number
  readonly lostReplyShare: number
  readonly brokenOffShare: number
  readonly refusedShare: number
  readonly onAccepted: (mail: AcceptedMail) => void
}

const MESSAGE_CHARS_MAX = 100_000

/** Listens on a free port of the loopback. */
export const startSmtpSink = async (options: SinkOptions): Promise<SmtpSink> => {
  const { rng } = options
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    closeTimeout: 100,
    onRcptTo: (_address, _session, callback) => {
      if (rng.uniform() >= options.refusedShare) return callback()
      sink.refused++
      callback(Object.assign(new RangeError('4.2.0 come again'), { responseCode: 451 }))
    },
    onData: (stream, session, callback) => {
      take(stream, session, callback).catch(() => {
        // The sender was killed in the middle of its message: it was not accepted.
        sink.halfSent++
      })
    },
  })
  const take = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
  ): Promise<void> => {
    const begunAt = performance.now()
    const breaksOff = rng.uniform() < options.brokenOffShare
    let text = ''
    for await (const chunk of stream as AsyncIterable<Buffer>)
      if (text.length < MESSAGE_CHARS_MAX) text += chunk.toString()
    if (breaksOff) {
      sink.brokenOff++
      return hangUp(server, session)
    }
    const mail: AcceptedMail = {
      messageId: headerOf(text, 'Message-ID'),
      to: session.envelope.rcptTo.map(({ address }) => address).join(','),
      begunAt,
      acceptedAt: performance.now(),
      unsubscribeUrl: /<(https:[^>]+)>/.exec(headerOf(text, 'List-Unsubscribe'))?.[1] ?? '',
    }
    sink.accepted.push(mail)
    options.onAccepted(mail)
    if (rng.uniform() < options.lostReplyShare) {
      sink.lostReplies++
      return hangUp(server, session)
    }
    setTimeout(() => callback(null, 'taken'), rng.uniform() * options.delayMsMax)
  }
  // Who is killed resets its connections: nothing to do about it.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const sink: SmtpSink = {
    port: (server.server.address() as AddressInfo).port,
    accepted: [],
    lostReplies: 0,
    brokenOff: 0,
    refused: 0,
    halfSent: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
  return sink
}

type Wire = { readonly id: string; readonly _socket?: { readonly destroy: () => void } }

const hangUp = (server: SMTPServer, session: SMTPServerSession): void => {
  const found = [...(server.connections as ReadonlySet<Wire>)].find(({ id }) => id === session.id)
  found?._socket?.destroy()
}

/** A header's value, folded lines put together; '' when it is not there. */
const headerOf = (text: string, name: string): string => {
  const head = text.slice(0, text.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim() ?? ''
}
