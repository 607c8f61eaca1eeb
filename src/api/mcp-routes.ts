// `/mcp`: where agents come in. The same keys, rates and permissions as everywhere; pages of other sites are refused.

import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from './auth.ts'
import { createMcpFace } from './mcp/face.ts'
import type { McpDesk } from './mcp/tool.ts'

export type McpRouteOptions = {
  readonly mcp: McpDesk
  readonly version: string
  readonly report: (error: unknown, where: string) => void
}

const BODY_BYTES_MAX = 2_000_000
/** As clients expect it of a server without sessions. */
const NO_SESSION = { jsonrpc: '2.0', error: { code: -32_000, message: 'Method not allowed.' }, id: null }

/** Registers `/mcp`: a POST for each message; GET and DELETE, which belong to sessions, say that there are none. */
export const mcpRoutes =
  ({ mcp, version, report }: McpRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    const face = createMcpFace(mcp, { version, report })
    app.addHook('preClose', async () => face.close())
    const config = { needs: 'agents.use', ownPagesOnly: true } as const
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const asked = webRequest(request)
      return passOn(reply, await face.answer(asked, request.body ?? undefined, principalOf(request)))
    }
    app.post('/mcp', { config, schema: { hide: true }, bodyLimit: BODY_BYTES_MAX }, answer)
    const noSession = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      reply.status(405).header('allow', 'POST').send(NO_SESSION)
    app.get('/mcp', { config, schema: { hide: true } }, noSession)
    app.delete('/mcp', { config, schema: { hide: true } }, noSession)
  }

/** Without its key: who asks is known by now. */
const webRequest = ({ method, headers }: FastifyRequest): Request => {
  const kept = new Headers()
  for (const name of [
    'accept',
    'content-type',
    'mcp-protocol-version',
    'mcp-session-id',
    'mcp-method',
    'mcp-name',
  ]) {
    const value = headers[name]
    if (typeof value === 'string') kept.set(name, value)
  }
  return new Request('http://localhost/mcp', { method, headers: kept })
}

const passOn = async (reply: FastifyReply, response: Response): Promise<FastifyReply> => {
  void reply.status(response.status).header('cache-control', 'no-store')
  for (const [name, value] of response.headers) void reply.header(name, value)
  return reply.send(response.body === null ? '' : Readable.fromWeb(response.body))
}
