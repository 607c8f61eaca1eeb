// Serves the built console. No inline script or style, nothing from other hosts.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import fastifyStatic from '@fastify/static'

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
}

/** Addresses of the console's views: each gets its page, which finds out by itself what to show. */
export const CONSOLE_PAGES = [
  '/',
  '/brief',
  '/decisions',
  '/decisions/*',
  '/customers',
  '/customers/*',
  '/models',
  '/impact',
  '/kpis',
  '/attribution',
  '/approvals',
  '/approvals/*',
  '/guardrails',
  '/recommendations',
  '/money',
  '/brand',
  '/plan',
  '/campaigns',
  '/audit',
  '/privacy',
  '/health',
  '/settings',
  '/welcome',
  '/sign-in',
]

/** Headers for every answer; pages opened from mail get them as well. */
export const secureHeaders = (app: FastifyInstance): void => {
  const headers = Object.entries(SECURITY_HEADERS)
  app.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of headers) if (!reply.hasHeader(name)) void reply.header(name, value)
    done()
  })
}

/** Files of `dir`; any other path that is not the API's is the console's own and gets its page. */
export const consoleRoutes =
  (dir: string) =>
  async (app: FastifyInstance): Promise<void> => {
    if (!existsSync(join(dir, 'index.html'))) {
      app.get('/', { schema: { hide: true } }, async (_request, reply) =>
        reply
          .type('text/plain; charset=utf-8')
          .send('The console is not built. Run: npm run console:build\n'),
      )
      return
    }
    await app.register(fastifyStatic, {
      root: dir,
      wildcard: false,
      cacheControl: true,
      maxAge: '1h',
      index: false,
    })
    const page = async (_request: unknown, reply: { sendFile: (name: string, options: object) => unknown }) =>
      reply.sendFile('index.html', { cacheControl: false })
    for (const path of CONSOLE_PAGES) app.get(path, { schema: { hide: true } }, page)
  }
