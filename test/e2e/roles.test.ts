// Who may open which door: every route with no key, a wrong one, and one of each kind. The list of
// routes comes from the server itself, so that a new route without its line here fails the test.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { shopPlan } from './plans.ts'
import { noonClock, open, type Serving } from './serving.ts'

type Statuses = readonly [none: number, wrong: number, ingest: number, decide: number, admin: number]
type Door = { readonly body?: unknown; readonly path?: string; readonly statuses: Statuses }

const INGEST: Statuses = [401, 401, 200, 403, 200]
const DECIDE: Statuses = [401, 401, 403, 200, 200]
const ADMIN: Statuses = [401, 401, 403, 403, 200]
const OPEN: Statuses = [200, 200, 200, 200, 200]
const LINK: Statuses = [404, 404, 404, 404, 404]
/** The role is right; what is asked for is not there. */
const admin = (status: number): Statuses => [401, 401, 403, 403, status]

const user = { userId: 'role-user' }

const DOORS: Readonly<Record<string, Door>> = {
  'POST /v1/identify': { body: user, statuses: INGEST },
  'POST /v1/track': { body: { ...user, event: 'E' }, statuses: INGEST },
  'POST /v1/page': { body: user, statuses: INGEST },
  'POST /v1/screen': { body: user, statuses: INGEST },
  'POST /v1/group': { body: { ...user, groupId: 'g' }, statuses: INGEST },
  'POST /v1/alias': { body: { ...user, previousId: 'p' }, statuses: INGEST },
  'POST /v1/batch': { body: { batch: [] }, statuses: INGEST },
  'POST /v1/decide': { body: { ...user, placement: 'home' }, statuses: DECIDE },
  'POST /v1/recommend': { body: user, statuses: DECIDE },
  'POST /v1/report': {
    body: { decisionId: 'dec:none:x:p1', kind: 'bounced' },
    statuses: [401, 401, 403, 422, 422],
  },
  'GET /api/brief': { statuses: ADMIN },
  'GET /api/lift': { statuses: ADMIN },
  'GET /api/kpis': { statuses: ADMIN },
  'GET /api/segments': { statuses: ADMIN },
  'GET /api/health': { statuses: ADMIN },
  'GET /api/stop': { statuses: ADMIN },
  'GET /api/decisions': { statuses: ADMIN },
  'GET /api/decisions/{id}': { path: '/api/decisions/none', statuses: admin(404) },
  'GET /api/customers': { statuses: ADMIN },
  'GET /api/customers/{id}': { path: '/api/customers/none', statuses: admin(404) },
  'POST /api/customers/{id}/unmerge': {
    path: '/api/customers/p1/unmerge',
    body: { leaving: [{ kind: 'email', value: 'nobody@shop.example' }] },
    statuses: admin(422),
  },
  'GET /api/customers/{id}/recommendations': {
    path: '/api/customers/none/recommendations',
    statuses: admin(404),
  },
  'GET /api/recommendations': { statuses: ADMIN },
  'POST /api/recommendations/train': { statuses: admin(422) },
  'GET /api/stream': { statuses: ADMIN },
  'POST /api/stop': { body: { scope: 'campaign:none', reason: 'a test' }, statuses: ADMIN },
  'POST /api/resume': { body: { scope: 'campaign:none', waitingSeen: 0 }, statuses: ADMIN },
  'GET /api/plan': { statuses: ADMIN },
  'POST /api/plan': { body: { yaml: '{}', dryRun: true }, statuses: ADMIN },
  'POST /api/import': { body: { events: [] }, statuses: ADMIN },
  'GET /api/audit/tip': { statuses: ADMIN },
  'POST /api/audit/anchor': { body: {}, statuses: ADMIN },
  'GET /healthz': { statuses: OPEN },
  'GET /readyz': { statuses: OPEN },
  'GET /metrics': { statuses: OPEN },
  // Not in the document: pages, links from messages, the document itself.
  'GET /openapi.json': { statuses: OPEN },
  'GET /': { statuses: OPEN },
  'GET /u/:token': { path: '/u/forged', statuses: LINK },
  'POST /u/:token': { path: '/u/forged', statuses: LINK },
  'GET /c/:token': { path: '/c/forged', statuses: LINK },
  'GET /o/:token': { path: '/o/forged', statuses: LINK },
}

/** Served as they are to anybody: the console's own files and pages. */
const isConsolePage = (url: string): boolean =>
  /^\/(?:$|assets\/|brief|decisions|customers|impact|kpis|plan|campaigns|health$|sign-in|[\w.-]+\.(?:js|css|svg|html|png|ico|woff2|txt|webmanifest)$)/.test(
    url,
  )

describe('every route and every kind of key', () => {
  let server: Serving
  let routes: readonly string[]

  before(async () => {
    server = await open({ clock: noonClock() })
    await server.apply(shopPlan())
    await server.ask('POST', '/v1/identify', { as: 'ingest', body: user })
    const { paths } = server.served.app.swagger() as unknown as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    routes = [
      ...new Set([...documented, ...hiddenRoutes(server.served.app.printRoutes({ commonPrefix: false }))]),
    ]
  })

  it('E30 each has its line here, and each line its route', () => {
    const known = new Set(Object.keys(DOORS))
    assert.deepEqual(
      routes.filter((route) => !known.has(route)),
      [],
    )
    const there = new Set(routes)
    assert.deepEqual(
      [...known].filter((route) => !there.has(route)),
      [],
    )
  })

  for (const [route, { body, path, statuses }] of Object.entries(DOORS))
    it(`E31 ${route} opens to the right keys only`, async () => {
      const [method = '', url = ''] = route.split(' ')
      const keys = ['none', { key: 'wv_admin_forged' }, 'ingest', 'decide', 'admin'] as const
      const found: number[] = []
      for (const as of keys) found.push(await statusOf(server, { method, path: path ?? url, as, body }))
      assert.deepEqual(found, statuses)
    })

  it('E32 keys are taken as Basic user, as Bearer and in X-API-Key, and never in the address', async () => {
    const { admin: key } = server.keys
    const basic = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    for (const headers of [
      { authorization: basic },
      { authorization: `Bearer ${key}` },
      { 'x-api-key': key },
    ])
      assert.equal((await server.ask('GET', '/api/stop', { as: 'none', headers })).status, 200)
    assert.equal((await server.ask('GET', `/api/stop?key=${key}`, { as: 'none' })).status, 401)
    const refused = await server.ask('GET', '/api/stop', { as: 'none' })
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Basic/)
  })

  it('E33 who has no key learns nothing of shapes: the key is looked at first', async () => {
    for (const path of ['/v1/decide', '/v1/report', '/api/stop', '/api/plan']) {
      const answer = await server.ask('POST', path, { as: 'none', body: { nonsense: 1 } })
      assert.equal(answer.status, 401, `${path}: ${answer.text}`)
    }
  })

  it('E34 only /v1/* answers pages of other hosts', async () => {
    const origin = { origin: 'https://elsewhere.example' }
    for (const [route, { path, body }] of Object.entries(DOORS)) {
      if (route === 'GET /api/stream') continue
      const [method = '', url = ''] = route.split(' ')
      const { headers } = await server.ask(method, path ?? url, {
        headers: origin,
        ...(body === undefined ? {} : { body }),
      })
      const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      assert.deepEqual(cors, url.startsWith('/v1/') ? ['access-control-allow-origin'] : [], route)
    }
    const asked = await server.ask('OPTIONS', '/v1/track', {
      as: 'none',
      headers: { ...origin, 'access-control-request-method': 'POST' },
    })
    assert.equal(asked.headers.get('access-control-allow-methods'), 'POST')
    const page = await server.ask('GET', '/', { as: 'none' })
    for (const name of [
      'content-security-policy',
      'x-content-type-options',
      'referrer-policy',
      'x-frame-options',
    ])
      assert.ok(page.headers.has(name), name)
  })
})

const statusOf = async (
  server: Serving,
  {
    method,
    path,
    as,
    body,
  }: {
    readonly method: string
    readonly path: string
    readonly as: 'none' | 'ingest' | 'decide' | 'admin' | { readonly key: string }
    readonly body: unknown
  },
): Promise<number> => {
  if (path !== '/api/stream')
    return (await server.ask(method, path, { as, ...(body === undefined ? {} : { body }) })).status
  const key = typeof as === 'object' ? as.key : as === 'none' ? '' : server.keys[as]
  const abort = new AbortController()
  const { status } = await fetch(new URL(path, server.url), {
    headers: { authorization: `Bearer ${key}` },
    signal: abort.signal,
  })
  abort.abort()
  return status
}

/** Routes that the document leaves out, read from the router's own tree; HEAD beside GET is left out. */
const hiddenRoutes = (tree: string): readonly string[] => {
  const stack: string[] = []
  const routes: string[] = []
  for (const line of tree.split('\n')) {
    const found = /^([│ ]*)[├└]── (\S+)(?: \(([^)]+)\))?/.exec(line)
    if (found === null) continue
    const depth = (found[1] ?? '').length / 4
    stack.length = depth
    stack.push(found[2] ?? '')
    const url = stack.join('').replace(/\/\//g, '/')
    for (const method of (found[3] ?? '').split(', ').filter((name) => name !== '' && name !== 'HEAD')) {
      if (method === 'OPTIONS' || (method === 'GET' && url !== '/' && isConsolePage(url))) continue
      if (!url.startsWith('/api/') && !url.startsWith('/v1/')) routes.push(`${method} ${url}`)
      else routes.push(`${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
    }
  }
  return routes
}
