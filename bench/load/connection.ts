// One kept-alive HTTP connection on a bare socket: writes whole requests, reads status and length of
// the answers. Costs the machine little, so that what is measured is the server.

import { connect, type Socket } from 'node:net'

export type Answer = {
  readonly status: number
  readonly body: string
  /** Has a Retry-After. */
  readonly saysWhen: boolean
}

export type Connection = {
  /** Writes the request and resolves with its answer; one at a time. Rejects when the connection breaks. */
  readonly send: (request: readonly Buffer[]) => Promise<Answer>
  readonly close: () => void
}

export const openConnection = async (port: number, host = '127.0.0.1'): Promise<Connection> => {
  const socket = await connected(port, host)
  let waiting: {
    readonly resolve: (answer: Answer) => void
    readonly reject: (cause: Error) => void
  } | null = null
  let heard = ''
  const fail = (cause: Error): void => {
    waiting?.reject(cause)
    waiting = null
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new RangeError('the server hung up')))
  socket.on('data', (chunk: string) => {
    heard = heard === '' ? chunk : heard + chunk
    const answer = answerIn(heard)
    if (answer === null) return
    heard = ''
    const { resolve } = waiting ?? {}
    waiting = null
    resolve?.(answer)
  })
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new RangeError('the server hung up'))
        waiting = { resolve, reject }
        socket.cork()
        for (const part of request) socket.write(part)
        socket.uncork()
      }),
    close: () => socket.destroy(),
  }
}

const connected = (port: number, host: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true })
    // Lengths are counted in bytes: one character each.
    socket.setEncoding('latin1')
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })

/** The whole answer at the start of the text, or null while some of it is missing. */
const answerIn = (text: string): Answer | null => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  const whole = end + 4 + Number(length ?? 0)
  if (text.length < whole) return null
  const status = Number(text.slice(9, 12))
  const saysWhen = status >= 400 && /\r\nretry-after: \d+/i.test(text.slice(0, end))
  return { status, body: text.slice(end + 4, whole), saysWhen }
}

/** Head of a JSON POST whose body follows. */
export const headOf = (path: string, key: string, length: number): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  )
