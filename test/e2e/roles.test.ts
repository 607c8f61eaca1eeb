// Who may open which door: every route as everybody, from our pages and from those of others. The list of routes
// comes from the server itself, so that a new route without its line in test/doors.ts fails here.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { ROLES } from '../../src/kernel/principal.ts'
import { CONSOLE_PAGES } from '../../src/api/static.ts'
import { readCard } from '../../src/app/control.ts'
import { DOORS, expectedOf, WHO, type Door, type Who } from '../doors.ts'
import { personOf, type Person } from './people.ts'
import { shopPlan } from './plans.ts'
import { noonClock, open, type Serving } from './serving.ts'

/** Served as they are to anybody: the console's own files and pages. */
const isConsolePage = (url: string): boolean =>
  // The router's tree leaves the slash before a star out.
  CONSOLE_PAGES.some((page) => page.replace('/*', '*') === url || page === url) ||
  /^\/(?:assets\/|[\w.-]+\.(?:js|css|svg|html|png|ico|woff2|txt|webmanifest)$)/.test(url)

describe('every route and everybody', () => {
  let server: Serving
  let routes: readonly string[]
  const people = new Map<Who, Person>()
  const keys = new Map<Who, string>([['wrong', 'wv_admin_forged']])
  let asked = 0

  before(async () => {
    server = await open({ clock: noonClock(), flags: { trustedProxies: ['127.0.0.1'] } })
    await server.apply(shopPlan())
    await server.ask('POST', '/v1/identify', { as: 'ingest', body: { userId: 'role-user' } })
    const { paths } = server.served.app.swagger() as unknown as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    routes = [
      ...new Set([...documented, ...hiddenRoutes(server.served.app.printRoutes({ commonPrefix: false }))]),
    ]
    for (const role of ROLES) people.set(role, await personOf(server.served, role))
    for (const [name, key] of Object.entries(server.keys)) keys.set(name as Who, key)
    const { key } = await server.served.access.keys.make(
      { name: 'agent', scopes: ['mcp'], perSecondMax: 0 },
      { kind: 'local', id: 'local', name: 'local operator' },
    )
    keys.set('mcp', key)
    keys.set('local', readCard(server.dir)?.token ?? '')
  })

  /** The status; each request from an address of its own, so that nobody is slowed down for another's tries. */
  const statusOf = async (
    route: string,
    { path, body, headers: own }: Door,
    who: Who,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> => {
    const [method = '', url = ''] = route.split(' ')
    asked++
    const key = keys.get(who)
    const leave = new AbortController()
    const response = await fetch(new URL(path ?? url, server.url), {
      method,
      redirect: 'manual',
      signal: leave.signal,
      headers: {
        'x-forwarded-for': `198.51.${Math.floor(asked / 250)}.${asked % 250}`,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...people.get(who)?.headers,
        ...own,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // The stream has no end of its own.
    leave.abort()
    return response.status
  }

  it('S7 E30 each route has its line, and each line its route', () => {
    const known = Object.keys(DOORS)
    assert.deepEqual(
      routes.filter((route) => !known.includes(route)),
      [],
    )
    assert.deepEqual(
      known.filter((route) => !routes.includes(route)),
      [],
    )
  })

  for (const [route, door] of Object.entries(DOORS))
    it(`S7 E31 ${route} opens to the right ones only`, async () => {
      const found: Partial<Record<Who, number>> = {}
      const expected: Partial<Record<Who, number>> = {}
      for (const who of WHO) {
        // Signing out would end the session that the next route is asked with.
        if (route === 'POST /api/session/end' && people.has(who)) continue
        found[who] = await statusOf(route, door, who)
        expected[who] = expectedOf(door, who)
      }
      assert.deepEqual(found, expected)
    })

  const unsafe = Object.entries(DOORS).filter(([route]) => !route.startsWith('GET '))
  for (const [route, door] of unsafe)
    it(`E35 ${route} sent by a page of another site ${door.crossSite ? 'knows no cookie' : 'is refused'}`, async () => {
      const senders: readonly Readonly<Record<string, string>>[] = [
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        { 'sec-fetch-site': 'same-site', origin: 'https://beside.company.example' },
        { 'sec-fetch-site': 'cross-site', origin: 'null' },
        { 'sec-fetch-site': '', origin: 'https://evil.example' },
        { 'sec-fetch-site': '', origin: 'null' },
        { 'sec-fetch-site': '', origin: `${server.url.replace('127.0.0.1', '127.0.0.1.evil.example')}` },
      ]
      for (const [index, headers] of senders.entries())
        for (const who of index === 0 ? (['owner', 'admin', 'none'] as const) : (['owner'] as const)) {
          const status = await statusOf(route, door, who, headers)
          // Where pages of others may call, a cookie is nothing and a key is what it always is.
          const asIf = who === 'owner' ? 'none' : who
          const expected = door.crossSite ? expectedOf(door, asIf) : 403
          assert.equal(status, expected, `${who} ${JSON.stringify(headers)}`)
        }
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
    const inBrowser = await server.ask('GET', '/api/stop', {
      as: 'none',
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    assert.equal(inBrowser.headers.get('www-authenticate'), null)
  })

  it('E33 who has no key learns nothing of shapes: the key is looked at first', async () => {
    for (const path of ['/v1/decide', '/v1/report', '/api/stop', '/api/plan', '/api/users', '/api/keys']) {
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
    const preflight = await server.ask('OPTIONS', '/v1/track', {
      as: 'none',
      headers: { ...origin, 'access-control-request-method': 'POST' },
    })
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST')
    const page = await server.ask('GET', '/', { as: 'none' })
    for (const name of [
      'content-security-policy',
      'x-content-type-options',
      'referrer-policy',
      'x-frame-options',
    ])
      assert.ok(page.headers.has(name), name)
  })

  it('E36 a plan is checked by a marketer, and put in force by an approver', async () => {
    const put = { says: '', may: [], body: { yaml: '{}' } }
    assert.equal(await statusOf('POST /api/plan', put, 'marketer'), 403)
    assert.equal(await statusOf('POST /api/plan', put, 'mcp'), 403)
    assert.equal(await statusOf('POST /api/plan', put, 'approver'), 200)
  })

  it('S7 E31 HEAD asks for what GET asks for, and OPTIONS outside /v1/ says nothing', async () => {
    for (const [route, door] of Object.entries(DOORS)) {
      const [method = '', url = ''] = route.split(' ')
      const unsafe = { says: door.says, may: [], ...(door.path === undefined ? {} : { path: door.path }) }
      if (!url.startsWith('/v1/')) assert.equal(await statusOf(`OPTIONS ${url}`, unsafe, 'owner'), 404, route)
      // A stream has no end, and one is enough.
      if (method !== 'GET' || url === '/api/stream') continue
      for (const who of ['none', 'ingest', 'viewer', 'admin'] as const)
        assert.equal(await statusOf(`HEAD ${url}`, door, who), expectedOf(door, who), `HEAD ${url} ${who}`)
    }
  })

  it('E37 who may not look at people sees decisions without names', async () => {
    const { profileId, names } = await decisionOf(server)
    const seen = async (headers: Readonly<Record<string, string>>) =>
      (await server.ask('GET', '/api/decisions', { as: 'none', headers })).text
    assert.ok((await seen(people.get('marketer')?.headers ?? {})).includes(names))
    const viewer = await seen(people.get('viewer')?.headers ?? {})
    assert.ok(!viewer.includes(names) && viewer.includes(profileId), viewer)
  })

  it('S7 E31 POST /api/session/end opens to everybody, and the session is over', async () => {
    const route = 'POST /api/session/end'
    const door = DOORS[route]
    assert.ok(door !== undefined)
    for (const role of ROLES) {
      const account: Door = { says: '', may: [] }
      assert.equal(await statusOf('GET /api/account', account, role), 200, role)
      assert.equal(await statusOf(route, door, role), expectedOf(door, role), role)
      assert.equal(await statusOf('GET /api/account', account, role), 401, role)
    }
  })
})

/** A decision about somebody with a name. */
const decisionOf = async (server: Serving) => {
  const names = 'Ludmila Nightingale'
  await server.ask('POST', '/v1/identify', {
    as: 'ingest',
    body: { userId: 'named', traits: { name: names } },
  })
  await server.ask('POST', '/v1/decide', { as: 'decide', body: { userId: 'named', placement: 'home' } })
  const { json } = await server.ask('GET', '/api/decisions')
  const [row] = (
    json as { readonly items: readonly { readonly profileId: string; readonly person: string }[] }
  ).items
  assert.equal(row?.person, names, 'the test needs a decision about somebody with a name')
  return { profileId: row.profileId, names }
}

/** Routes that the document leaves out, read from the router's own tree; HEAD beside GET is left out. */
const hiddenRoutes = (tree: string): readonly string[] => {
  const stack: string[] = []
  const found: string[] = []
  for (const line of tree.split('\n')) {
    const node = /^([│ ]*)[├└]── (\S+)(?: \(([^)]+)\))?/.exec(line)
    if (node === null) continue
    const depth = (node[1] ?? '').length / 4
    stack.length = depth
    stack.push(node[2] ?? '')
    const url = stack.join('').replace(/\/\//g, '/')
    for (const method of (node[3] ?? '').split(', ').filter((name) => name !== '' && name !== 'HEAD')) {
      if (method === 'OPTIONS' || (method === 'GET' && url !== '/' && isConsolePage(url))) continue
      if (!url.startsWith('/api/') && !url.startsWith('/v1/')) found.push(`${method} ${url}`)
      else found.push(`${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
    }
  }
  return found
}
