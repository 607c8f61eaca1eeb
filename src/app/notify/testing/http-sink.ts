// A web server for tests that keeps what it got and answers, refuses or hangs up as it is told.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Got = {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
export type Reply = { readonly status: number; readonly body?: string } | 'hang_up'

export type HttpSink = {
  readonly url: string
  readonly got: Got[]
  /** For the n-th request; 200 when nothing is said. */
  reply: (got: Got, index: number) => Reply | Promise<Reply>
  readonly close: () => Promise<void>
}

export const startHttpSink = async (): Promise<HttpSink> => {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      got.push(one)
      void Promise.resolve(sink.reply(one, got.length - 1)).then((reply) => {
        if (reply === 'hang_up') return request.socket.destroy()
        response.writeHead(reply.status, { 'content-type': 'application/json' })
        return response.end(reply.body ?? '')
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: HttpSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    reply: () => ({ status: 200 }),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return sink
}
