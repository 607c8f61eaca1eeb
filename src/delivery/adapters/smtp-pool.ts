// Connections to the mail server, kept open and lent out one message at a time. Built on nodemailer's
// connection, not on its pool: that one sends a message again by itself when a connection closes, and
// whether a message is sent again is for us alone to say.

import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Reason } from '../../decision/events.ts'
import { Failure } from '../../kernel/failure.ts'
import type { ChannelResult, MayProceed } from '../messages.ts'
import { judgeSmtpError } from './smtp-verdict.ts'

export type SmtpServer = {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; else STARTTLS where the server offers it. */
  readonly secure?: boolean
  /** Refuse to go on without TLS. */
  readonly requireTls?: boolean
  /** False accepts any certificate: for tests and closed networks only. */
  readonly verifyCertificate?: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  /** What we call ourselves in EHLO. */
  readonly clientName?: string
}

export type SmtpLimits = {
  readonly connectionsMax: number
  /** Messages over one connection before it is closed. */
  readonly messagesPerConnectionMax: number
  /** Messages that may wait for a connection. */
  readonly waitingMax: number
  /** Until the server has greeted and let us in. */
  readonly connectMs: number
  /** Silence of the server, ms. RFC 5321 asks for ten minutes after the final dot. */
  readonly silenceMs: number
  /** A whole message, however slowly the server drips. */
  readonly messageMs: number
  /** An unused connection is closed after so long. */
  readonly idleMs: number
}

export const SMTP_LIMITS: SmtpLimits = {
  connectionsMax: 5,
  messagesPerConnectionMax: 100,
  waitingMax: 1_000,
  connectMs: 30_000,
  silenceMs: 300_000,
  messageMs: 600_000,
  idleMs: 30_000,
}

export type SmtpPool = {
  /** One message to one recipient, handed over at most once. Settles with what is certain; does not reject. */
  readonly transmit: (
    envelope: { readonly from: string; readonly to: string },
    bytes: Buffer,
    mayProceed: MayProceed,
  ) => Promise<ChannelResult>
  /** Waits for what is under way, for at most `waitMs` where that is given: the rest is cut off and settles then. */
  readonly close: (waitMs?: number) => Promise<void>
}

const OUT_OF_STEP = new Failure({
  code: 'email.protocol',
  message: 'the server said yes to a message it had not got',
})

const CUT_OFF = new Failure({ code: 'email.cut_off', message: 'cut off, since the product ends' })

const GOODBYE_MS = 1_000

/** How to end at once what waits for the server. */
type Cuts = Set<() => void>

type Held = {
  readonly connection: SMTPConnection
  messages: number
  alive: boolean
  idleTimer: NodeJS.Timeout | undefined
}

/** A pool of connections to one server. Nothing is connected before the first message. */
export const createSmtpPool = (server: SmtpServer, options: Partial<SmtpLimits> = {}): SmtpPool => {
  const limits = { ...SMTP_LIMITS, ...options }
  const idle: Held[] = []
  const waiting: ((state: 'free' | 'closed') => void)[] = []
  let busy = 0
  let closed = false
  let cutOff = false
  let whenQuiet: (() => void) | undefined
  const cuts: Cuts = new Set()

  const acquire = async (): Promise<Held> => {
    for (;;) {
      const held = idle.pop()
      if (held !== undefined) {
        clearTimeout(held.idleTimer)
        if (!held.alive) continue
        return held
      }
      return openConnection(server, limits, cuts)
    }
  }

  const giveBack = (held: Held): void => {
    held.messages += 1
    if (closed || !held.alive || held.messages >= limits.messagesPerConnectionMax) {
      part(held)
      return
    }
    held.idleTimer = setTimeout(() => {
      const at = idle.indexOf(held)
      if (at >= 0) idle.splice(at, 1)
      part(held)
    }, limits.idleMs)
    held.idleTimer.unref()
    idle.push(held)
  }

  const slot = async (): Promise<boolean> => {
    if (busy < limits.connectionsMax) {
      busy += 1
      return true
    }
    if (waiting.length >= limits.waitingMax) return false
    const got = await new Promise<'free' | 'closed'>((resolve) => waiting.push(resolve))
    return got !== 'closed'
  }

  const freeSlot = (): void => {
    const next = waiting.shift()
    if (next !== undefined) next('free')
    else busy -= 1
    if (busy === 0) whenQuiet?.()
  }

  return {
    transmit: async (envelope, bytes, mayProceed) => {
      if (closed || !(await slot())) return tooBusy(closed)
      try {
        const held = await acquire()
        if (cutOff) {
          held.connection.close()
          return tooBusy(true)
        }
        const { messageMs } = limits
        const result = await sendOver(held, { envelope, bytes, mayProceed, messageMs, cuts })
        if (result.kind === 'sent') giveBack(held)
        else held.connection.close()
        return result
      } catch (error) {
        // Only opening a connection throws: not a byte of the message was offered.
        return judgeSmtpError(error, false)
      } finally {
        freeSlot()
      }
    },
    close: async (waitMs) => {
      closed = true
      for (const resolve of waiting.splice(0)) resolve('closed')
      for (const held of idle.splice(0)) {
        clearTimeout(held.idleTimer)
        part(held)
      }
      if (busy === 0) return
      const quiet = new Promise<void>((resolve) => (whenQuiet = resolve))
      const timer =
        waitMs === undefined
          ? undefined
          : setTimeout(() => {
              cutOff = true
              for (const cut of cuts) cut()
            }, waitMs)
      await quiet
      clearTimeout(timer)
    },
  }
}

/** Says goodbye, and does not wait long for the answer. */
const part = (held: Held): void => {
  held.connection.quit()
  setTimeout(() => held.connection.close(), GOODBYE_MS).unref()
}

const tooBusy = (closed: boolean): ChannelResult => ({
  kind: 'failed',
  code: closed ? 'email.closed' : 'email.busy',
  message: closed ? 'the channel is closed' : 'too many messages wait for the mail server',
  permanent: false,
  again: false,
})

const openConnection = async (server: SmtpServer, limits: SmtpLimits, cuts: Cuts): Promise<Held> => {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.secure ?? false,
    requireTLS: server.requireTls ?? false,
    name: server.clientName,
    tls: { rejectUnauthorized: server.verifyCertificate ?? true },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
    socketCloseTimeout: 1_000,
    logger: false,
  })
  const held: Held = { connection, messages: 0, alive: true, idleTimer: undefined }
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => fail(new Failure({ code: 'email.timeout', message: 'no session in time' })),
      limits.connectMs,
    )
    const cut = (): void => fail(CUT_OFF)
    cuts.add(cut)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      cuts.delete(cut)
      held.alive = false
      // First: closing tells of an end, which says less than what led to it.
      reject(error)
      connection.close()
    }
    const ready = (): void => {
      clearTimeout(timer)
      cuts.delete(cut)
      resolve()
    }
    // Stays for the connection's life: a server that hangs up later must not bring the process down.
    connection.on('error', fail)
    connection.once('end', () => {
      fail(new Failure({ code: 'email.disconnected', message: 'the server hung up' }))
    })
    connection.connect((error) => {
      if (error !== undefined && error !== null) fail(error)
      else if (server.auth === undefined || !connection.allowsAuth) ready()
      else connection.login({ ...server.auth }, (refused) => (refused === null ? ready() : fail(refused)))
    })
  })
  return held
}

type Sending = {
  readonly envelope: { readonly from: string; readonly to: string }
  readonly bytes: Buffer
  readonly mayProceed: MayProceed
  readonly messageMs: number
  readonly cuts: Cuts
}

const sendOver = async (
  held: Held,
  { envelope, bytes, mayProceed, messageMs, cuts }: Sending,
): Promise<ChannelResult> => {
  const early = mayProceed()
  if (early.length > 0) return { kind: 'withheld', reasons: early }
  let begun = false
  let vetoed: readonly Reason[] = []
  // Read only once the server has said "go ahead" to DATA. Two turns later a reply that came along with
  // that one has been read too: a server that is out of step shows itself before any content leaves.
  const body = new Readable({
    read() {
      setImmediate(() => setImmediate(() => offer(this)))
    },
  })
  const offer = (stream: Readable): void => {
    if (begun || stream.destroyed) return
    vetoed = mayProceed()
    if (vetoed.length > 0) {
      stream.destroy(new Failure({ code: 'email.withheld', message: 'withheld at the last moment' }))
      return
    }
    begun = true
    stream.push(bytes)
    stream.push(null)
  }
  return new Promise<ChannelResult>((resolve) => {
    const timer = setTimeout(
      () => settle(new Failure({ code: 'email.timeout', message: 'no answer in time' })),
      messageMs,
    )
    const cut = (): void => settle(CUT_OFF)
    cuts.add(cut)
    const settle = (error: unknown, response = ''): void => {
      clearTimeout(timer)
      cuts.delete(cut)
      if (error === null && begun) resolve({ kind: 'sent', response })
      else if (vetoed.length > 0) resolve({ kind: 'withheld', reasons: vetoed })
      else resolve(judgeSmtpError(error ?? OUT_OF_STEP, begun))
      if (error !== null || !begun) held.connection.close()
    }
    held.connection.send(
      { from: envelope.from, to: [envelope.to], size: bytes.length },
      body,
      (error, info) => {
        if (error !== null && error !== undefined) settle(error)
        else settle(null, info?.response ?? '')
      },
    )
  })
}
