// A mail server that misbehaves on demand, at any point of the exchange, and keeps the truth about what
// it accepted. Speaks SMTP over a bare socket, so that nothing in between is kinder than the wire.

import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export type SmtpPhase = 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'content' | 'dot'

export type SmtpFault =
  /** Hang up without a reply; with `rst` the hard way. At `dot`, `accepted` says whether it took the message first. */
  | { readonly at: SmtpPhase; readonly kind: 'drop'; readonly rst?: boolean; readonly accepted?: boolean }
  /** Never answer. */
  | { readonly at: SmtpPhase; readonly kind: 'silence'; readonly accepted?: boolean }
  /** This reply instead of the right one; a refused message is not accepted unless `accepted` says so: a lie. */
  | {
      readonly at: SmtpPhase
      readonly kind: 'reply'
      readonly text: string
      readonly thenDrop?: boolean
      readonly accepted?: boolean
    }
  /** The right reply, late. */
  | { readonly at: SmtpPhase; readonly kind: 'slow'; readonly ms: number }
  /** The right reply and one that nobody asked for. */
  | { readonly at: SmtpPhase; readonly kind: 'extra'; readonly text: string }
  /** A reply of many lines that never ends. */
  | { readonly at: SmtpPhase; readonly kind: 'drip'; readonly everyMs: number; readonly accepted?: boolean }
  /** Says yes to the message, then resets the connection. */
  | { readonly at: 'dot'; readonly kind: 'yes_then_rst' }

export type Accepted = { readonly to: string; readonly from: string; readonly raw: string }

export type FaultySmtp = {
  readonly port: number
  /** What it took responsibility for, in order. */
  readonly accepted: Accepted[]
  /** Commands seen, in order. */
  readonly commands: string[]
  /** The fault for the n-th connection (from 0) and the n-th message over all connections. */
  plan: (connection: number, message: number) => SmtpFault | undefined
  connections: number
  /** Sessions in which some of a message's content arrived. */
  offered: number
  readonly onAccepted: ((mail: Accepted) => void) | undefined
  readonly close: () => Promise<void>
}

type Session = {
  readonly server: FaultySmtp
  readonly socket: Socket
  readonly index: number
  from: string
  to: string
  content: string | null
  buffered: string
  lost: boolean
  offered: boolean
}

/** Listens on a free port of the loopback. `pipelining` offers PIPELINING. */
export const startFaultySmtp = async ({
  plan = () => undefined,
  pipelining = false,
  onAccepted,
}: {
  readonly plan?: FaultySmtp['plan']
  readonly pipelining?: boolean
  /** Told of each message taken; then neither messages nor commands are kept. */
  readonly onAccepted?: (mail: Accepted) => void
} = {}): Promise<FaultySmtp> => {
  const sockets = new Set<Socket>()
  let messages = 0
  const net: Server = createServer((socket) => {
    const session: Session = {
      server: smtp,
      socket,
      index: smtp.connections++,
      from: '',
      to: '',
      content: null,
      buffered: '',
      lost: false,
      offered: false,
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => sockets.delete(socket))
    answer(session, { phase: 'greeting', reply: '220 faulty.test ESMTP', message: messages })
    socket.on('data', (chunk) => {
      session.buffered += chunk.toString('latin1')
      messages += read(session, { pipelining, messages })
    })
  })
  await new Promise<void>((resolve) => net.listen(0, '127.0.0.1', resolve))
  const smtp: FaultySmtp = {
    port: (net.address() as AddressInfo).port,
    accepted: [],
    commands: [],
    onAccepted,
    plan,
    connections: 0,
    offered: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => net.close(() => resolve()))
    },
  }
  return smtp
}

const noteOffered = (session: Session): void => {
  if (session.offered || session.buffered === '') return
  session.offered = true
  session.server.offered++
}

/** Takes whole lines and whole contents off the buffer; says how many messages came to their end. */
const read = (
  session: Session,
  { pipelining, messages }: { readonly pipelining: boolean; readonly messages: number },
): number => {
  let ended = 0
  while (!session.lost) {
    if (session.content !== null) {
      noteOffered(session)
      const fault = session.server.plan(session.index, messages + ended)
      if (fault?.at === 'content' && session.buffered.length > 0) return ended + act(session, fault, '')
      const end = session.buffered.startsWith('.\r\n') ? 0 : session.buffered.indexOf('\r\n.\r\n')
      if (end < 0) return ended
      session.content = session.buffered.slice(0, end)
      session.buffered = session.buffered.slice(end + (end === 0 ? 3 : 5))
      finish(session, messages + ended)
      ended += 1
      continue
    }
    const end = session.buffered.indexOf('\r\n')
    if (end < 0) return ended
    const line = session.buffered.slice(0, end)
    session.buffered = session.buffered.slice(end + 2)
    if (session.server.onAccepted === undefined) session.server.commands.push(line)
    command(session, line, { pipelining, message: messages + ended })
  }
  return ended
}

const command = (
  session: Session,
  line: string,
  { pipelining, message }: { readonly pipelining: boolean; readonly message: number },
): void => {
  const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
  const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
  if (verb === 'EHLO' || verb === 'HELO')
    return void answer(session, {
      phase: 'ehlo',
      reply: pipelining ? '250-faulty.test\r\n250 PIPELINING' : '250 faulty.test',
      message,
    })
  if (verb === 'MAIL') {
    session.from = address
    session.to = ''
    return void answer(session, { phase: 'mail', reply: '250 2.1.0 ok', message })
  }
  if (verb === 'RCPT') {
    if (answer(session, { phase: 'rcpt', reply: '250 2.1.5 ok', message })) session.to = address
    return
  }
  if (verb === 'DATA') {
    if (session.to === '') return void session.socket.write('503 no recipient\r\n')
    if (answer(session, { phase: 'data', reply: '354 go ahead', message })) session.content = ''
    return
  }
  if (verb === 'QUIT') return void session.socket.end('221 bye\r\n')
  session.socket.write('250 ok\r\n')
}

const finish = (session: Session, message: number): void => {
  const { server } = session
  const raw = session.content ?? ''
  session.content = null
  const fault = server.plan(session.index, message)
  const accept = (): void => {
    const mail = { to: session.to, from: session.from, raw }
    if (server.onAccepted === undefined) server.accepted.push(mail)
    else server.onAccepted(mail)
  }
  if (fault?.at !== 'dot') {
    accept()
    session.socket.write('250 2.0.0 queued\r\n')
    return
  }
  const took =
    fault.kind === 'slow' ||
    fault.kind === 'extra' ||
    fault.kind === 'yes_then_rst' ||
    ('accepted' in fault && fault.accepted === true)
  if (took) accept()
  if (fault.kind === 'yes_then_rst') {
    session.lost = true
    session.socket.write('250 2.0.0 queued\r\n', () => session.socket.resetAndDestroy())
    return
  }
  act(session, fault, '250 2.0.0 queued')
}

/** Answers a phase, wrongly where the plan says so. Whether the answer was the right one. */
const answer = (
  session: Session,
  { phase, reply, message }: { readonly phase: SmtpPhase; readonly reply: string; readonly message: number },
): boolean => {
  const fault = session.server.plan(session.index, message)
  if (fault?.at !== phase) {
    session.socket.write(`${reply}\r\n`)
    return true
  }
  act(session, fault, reply)
  return (
    fault.kind === 'slow' || fault.kind === 'extra' || (fault.kind === 'reply' && /^[23]/.test(fault.text))
  )
}

const act = (session: Session, fault: SmtpFault, reply: string): number => {
  const { socket } = session
  const lose = (hard: boolean): void => {
    session.lost = true
    if (hard) socket.resetAndDestroy()
    else socket.destroy()
  }
  switch (fault.kind) {
    case 'drop':
      lose(fault.rst === true)
      break
    case 'reply':
      socket.write(`${fault.text}\r\n`, () => {
        if (fault.thenDrop === true) lose(false)
      })
      break
    case 'slow':
      setTimeout(() => socket.write(`${reply}\r\n`), fault.ms).unref()
      break
    case 'extra':
      socket.write(`${reply}\r\n${fault.text}\r\n`)
      break
    case 'drip': {
      const timer = setInterval(
        () => (socket.destroyed ? clearInterval(timer) : socket.write('250-still thinking\r\n')),
        fault.everyMs,
      )
      timer.unref()
      break
    }
    default:
      session.lost ||= fault.kind === 'silence' && fault.at === 'content'
  }
  return 0
}
