// Access over HTTP and on the command line: cookies, pages of other sites, rates, links, providers, and an
// installation of the first version.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCard } from '../../src/app/control.ts'
import type { Account, Session, Users } from '../../src/api/contract.ts'
import { CLIENT, startFakeProvider } from '../../src/governance/access/testing/fake-provider.ts'
import { browserHeaders, PASSWORD, personOf } from './people.ts'
import { cli, noonClock, open, tempFolder, until, type Answer, type Serving } from './serving.ts'

const cookieOf = (answer: Answer): string => answer.headers.get('set-cookie') ?? ''
const tokenIn = (cookie: string): string => /session=([^;]*)/.exec(cookie)?.[1] ?? ''
const codeOf = (answer: Answer): string =>
  (answer.json as { readonly error?: { readonly code?: string } } | null)?.error?.code ?? ''
const tokenOf = (dir: string): string => readCard(dir)?.token ?? ''
const fresh = (options: Parameters<typeof open>[0] = {}): Promise<Serving> =>
  open({ clock: noonClock(), ...options })

describe('access', () => {
  it('AC16 a session is a cookie that scripts cannot read and other sites cannot send', async () => {
    const server = await fresh()
    const { email, headers: own } = await personOf(server.served, 'owner')
    const body = { email, password: PASSWORD }
    const signedIn = await server.ask('POST', '/api/session', { as: 'none', body })
    assert.equal(signedIn.status, 200)
    assert.match(
      cookieOf(signedIn),
      /^windvane-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
    )
    assert.ok(!signedIn.text.includes(tokenIn(cookieOf(signedIn))))
    assert.equal(signedIn.headers.get('cache-control'), 'no-store')
    const headers = browserHeaders(tokenIn(cookieOf(signedIn)))
    const seen = (await server.ask('GET', '/api/session', { as: 'none', headers })).json as Session
    assert.deepEqual([seen.principal?.role, seen.ownerless], ['owner', false])
    assert.ok(seen.permissions.includes('users.manage'))
    // The cookie is for the console's routes alone.
    assert.equal(
      (await server.ask('POST', '/v1/track', { as: 'none', headers, body: { userId: 'u', event: 'E' } }))
        .status,
      401,
    )
    const out = await server.ask('POST', '/api/session/end', { as: 'none', headers, body: {} })
    assert.match(cookieOf(out), /^windvane-session=; .*Max-Age=0$/)
    assert.equal((await server.ask('GET', '/api/brief', { as: 'none', headers })).status, 401)
    assert.equal((await server.ask('GET', '/api/brief', { as: 'none', headers: own })).status, 200)
    await server.close()

    const secure = await fresh({ publicUrl: 'https://windvane.company.example' })
    const person = await personOf(secure.served, 'owner')
    const overTls = await secure.ask('POST', '/api/session', {
      as: 'none',
      body: { email: person.email, password: PASSWORD },
    })
    assert.match(cookieOf(overTls), /^__Host-windvane-session=.*; Secure$/)
    const plain = { cookie: `windvane-session=${person.token}`, 'sec-fetch-site': 'same-origin' }
    assert.equal((await secure.ask('GET', '/api/brief', { as: 'none', headers: plain })).status, 401)
    await secure.close()
  })

  it('AC13 a browser that says nothing of its page has to prove it; a proxy’s own name is ours', async () => {
    const server = await fresh({ publicUrl: 'http://windvane.company.example' })
    const { token } = await personOf(server.served, 'owner')
    const cookie = `windvane-session=${token}`
    const ask = async (headers: Readonly<Record<string, string>>) =>
      server.ask('POST', '/api/stop', {
        as: 'none',
        headers: { cookie, ...headers },
        body: { scope: 'campaign:none', reason: '' },
      })
    const { csrf } = (await server.ask('GET', '/api/session', { as: 'none', headers: { cookie } }))
      .json as Session
    assert.equal(codeOf(await ask({})), 'auth.cross_site')
    assert.equal(codeOf(await ask({ 'x-csrf-token': `${csrf.slice(1)}x` })), 'auth.cross_site')
    assert.equal((await ask({ 'x-csrf-token': csrf })).status, 200)
    assert.equal((await ask({ origin: 'http://windvane.company.example' })).status, 200)
    assert.equal((await ask({ origin: server.url })).status, 200)
    assert.equal(
      codeOf(await ask({ origin: 'http://windvane.company.example.evil.example', 'x-csrf-token': csrf })),
      'auth.cross_site',
    )
    // What only looks is not asked: the cookie itself does not come along from elsewhere.
    assert.equal((await server.ask('GET', '/api/stop', { as: 'none', headers: { cookie } })).status, 200)
    // A program with a key has no page.
    assert.equal(
      (await server.ask('POST', '/api/stop', { body: { scope: 'campaign:none', reason: '' } })).status,
      200,
    )
    await server.close()
  })

  it('AC12 keys, people and addresses have their rates; beyond it 429 says when to come again', async () => {
    const server = await fresh({
      flags: { userRequestsPerSecond: 5, keyRequestsPerSecond: 6, trustedProxies: ['127.0.0.1'] },
    })
    const { headers } = await personOf(server.served, 'owner')
    const { key } = await server.served.access.keys.make(
      { name: 'slow', scopes: ['ingest'], perSecondMax: 2 },
      { kind: 'local', id: 'local', name: 'local operator' },
    )
    const passed = async (how: Parameters<Serving['ask']>[2], path = '/api/stop', method = 'GET') => {
      const answers = await Promise.all(Array.from({ length: 60 }, () => server.ask(method, path, how)))
      const refused = answers.filter(({ status }) => status === 429)
      assert.ok(
        refused.every(
          (answer) => codeOf(answer) === 'http.rate_limited' && answer.headers.get('retry-after') === '1',
        ),
      )
      assert.equal(refused.length + answers.filter(({ status }) => status === 200).length, 60)
      return 60 - refused.length
    }
    const within = (found: number, least: number, most: number) =>
      assert.ok(found >= least && found <= most, `${found}`)
    // A burst of four seconds' worth, and what fills up meanwhile.
    within(await passed({ as: 'none', headers }), 20, 30)
    within(await passed({ as: 'admin' }), 24, 36)
    within(await passed({ as: { key }, body: { userId: 'u', event: 'E' } }, '/v1/track', 'POST'), 8, 12)
    // Wrong keys of one address; another address, and the right key, are not slowed by it.
    const wrong = await Promise.all(
      Array.from({ length: 60 }, () =>
        server.ask('GET', '/api/stop', {
          as: { key: 'wv_admin_no' },
          headers: { 'x-forwarded-for': '198.51.100.1' },
        }),
      ),
    )
    within(wrong.filter(({ status }) => status === 401).length, 30, 36)
    const other = await server.ask('GET', '/api/stop', {
      as: { key: 'wv_admin_no' },
      headers: { 'x-forwarded-for': '198.51.100.2' },
    })
    assert.equal(other.status, 401)
    await server.close()
  })

  it('AC4 wrong passwords over HTTP end in 429 with the time to wait', async () => {
    const server = await fresh()
    const { email } = await personOf(server.served, 'owner')
    const statuses: number[] = []
    for (let n = 0; n < 7; n++)
      statuses.push(
        (await server.ask('POST', '/api/session', { as: 'none', body: { email, password: `guess ${n}` } }))
          .status,
      )
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 401, 429])
    const waiting = await server.ask('POST', '/api/session', {
      as: 'none',
      body: { email, password: PASSWORD },
    })
    assert.deepEqual(
      [waiting.status, codeOf(waiting), waiting.headers.get('retry-after')],
      [429, 'auth.wait', '1'],
    )
    await server.close()
  })

  it('AC6 a stream ends with its session', async () => {
    const server = await fresh()
    const { headers, userId } = await personOf(server.served, 'viewer')
    const response = await fetch(new URL('/api/stream', server.url), { headers })
    assert.equal(response.status, 200)
    let ended = false
    const reading = (async () => {
      for await (const _chunk of response.body ?? []) await sleep(0)
      ended = true
    })()
    await sleep(50)
    await server.served.access.people.disable(userId, { kind: 'local', id: 'local', name: 'local operator' })
    await until(() => ended, { what: 'the stream to end', ms: 5_000 })
    await reading
    await server.close()
  })

  it('AC6 people see their sessions and end them one by one', async () => {
    const server = await fresh()
    const { email, headers } = await personOf(server.served, 'viewer')
    const phone = await server.ask('POST', '/api/session', {
      as: 'none',
      body: { email, password: PASSWORD },
      headers: { 'user-agent': 'A phone' },
    })
    const account = async () =>
      (await server.ask('GET', '/api/account', { as: 'none', headers })).json as Account
    const { sessions } = await account()
    assert.deepEqual(
      sessions.map(({ agent, current, network }) => [agent, current, network]),
      [
        ['Mozilla/5.0 (a test)', true, '127.0.0.0/24'],
        ['A phone', false, '127.0.0.0/24'],
      ],
    )
    await server.ask('POST', '/api/account/sessions/end', {
      as: 'none',
      headers,
      body: { session: sessions[1]?.id },
    })
    assert.equal((await account()).sessions.length, 1)
    const onPhone = browserHeaders(tokenIn(cookieOf(phone)))
    assert.equal((await server.ask('GET', '/api/account', { as: 'none', headers: onPhone })).status, 401)
    await server.close()
  })

  it('AC7 the first owner comes by the printed link, and invites others', async () => {
    const server = await fresh()
    const url = await server.served.setupUrl()
    assert.match(url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/welcome#token=[\w-]{43}$/)
    const token = (url ?? '').split('token=')[1] ?? ''
    assert.equal(((await server.ask('GET', '/api/session', { as: 'none' })).json as Session).ownerless, true)
    const came = await server.ask('POST', '/api/welcome', {
      as: 'none',
      body: { token, name: 'Anna', email: 'anna@company.example', password: PASSWORD },
    })
    assert.equal(came.status, 200, came.text)
    const headers = browserHeaders(tokenIn(cookieOf(came)))
    const invited = await server.ask('POST', '/api/users', {
      as: 'none',
      headers,
      body: { email: 'ivan@company.example', role: 'marketer' },
    })
    assert.equal(invited.status, 200, invited.text)
    const link = (invited.json as { readonly url: string }).url.split('token=')[1] ?? ''
    assert.equal(
      (await server.ask('POST', '/api/welcome', { as: 'none', body: { token: link, password: PASSWORD } }))
        .status,
      200,
    )
    assert.equal(
      (await server.ask('POST', '/api/welcome', { as: 'none', body: { token: link, password: PASSWORD } }))
        .status,
      404,
    )
    const { items } = (await server.ask('GET', '/api/users', { as: 'none', headers })).json as Users
    assert.deepEqual(
      items.map(({ email, role, standing }) => [email, role, standing]),
      [
        ['anna@company.example', 'owner', 'active'],
        ['ivan@company.example', 'marketer', 'active'],
      ],
    )
    assert.equal(await server.served.setupUrl(), null)
    await server.close()
  })

  it('AC11 signs in at a provider and back, over HTTP', async () => {
    const fake = await startFakeProvider()
    fake.claims = {
      sub: 's1',
      name: 'Ivan',
      email: 'ivan@company.example',
      email_verified: true,
      groups: ['crm'],
    }
    const provider = {
      id: 'company',
      name: 'Company',
      issuer: fake.issuer,
      ...CLIENT,
      clientSecretFile: '',
      scopes: 'openid email',
      roleClaim: 'groups',
      roles: { crm: 'approver' as const },
      hostsAllowed: ['127.0.0.1'],
    }
    const server = await fresh({ flags: { oidc: [provider] } })
    const begun = await server.ask('GET', '/api/session/oidc/company', { as: 'none' })
    assert.equal(begun.status, 302)
    assert.match(cookieOf(begun), /^windvane-oidc=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=900$/)
    const back = fake.approve(begun.headers.get('location') ?? '')
    const cookie = cookieOf(begun).split(';')[0] ?? ''
    const without = await server.ask('GET', back.pathname + back.search, { as: 'none' })
    assert.deepEqual(
      [without.status, without.headers.get('location')],
      [303, '/sign-in?failed=auth.oidc_failed'],
    )
    const came = await server.ask('GET', back.pathname + back.search, {
      as: 'none',
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    })
    assert.deepEqual([came.status, came.headers.get('location')], [303, '/'])
    const headers = browserHeaders(tokenIn(cookieOf(came)))
    const { principal } = (await server.ask('GET', '/api/session', { as: 'none', headers })).json as Session
    assert.deepEqual([principal?.name, principal?.role], ['Ivan', 'approver'])
    // A code works once.
    const twice = await server.ask('GET', back.pathname + back.search, { as: 'none', headers: { cookie } })
    assert.equal(twice.headers.get('location'), '/sign-in?failed=auth.oidc_failed')
    await server.close()
    await fake.close()
  })

  it('AC9 the command line manages people and keys, with a server and without one', async () => {
    const dir = tempFolder()
    const run = async (...args: readonly string[]) => cli([...args, '--data', dir, '--json'])
    const server = await fresh({ dir })
    const made = (await run('keys', 'make', 'site', '--scope', 'ingest', 'decide')).json as {
      readonly id: string
      readonly key: string
    }
    const opens = async (key: string) =>
      (await server.ask('POST', '/v1/track', { as: { key }, body: { userId: 'u', event: 'E' } })).status
    assert.equal(await opens(made.key), 200)
    const rotated = (await run('keys', 'rotate', made.id, '--overlap', '0s')).json as { readonly key: string }
    assert.deepEqual([await opens(made.key), await opens(rotated.key)], [401, 200])
    await server.close()

    const added = await run('users', 'add', 'ivan@company.example', '--role', 'marketer')
    assert.match((added.json as { readonly url: string }).url, /\/welcome#token=/)
    assert.equal((await run('keys', 'revoke', made.id)).code, 0)
    const unknown = await run('users', 'role', 'nobody@company.example', 'approver')
    assert.deepEqual(
      [unknown.code, codeOf({ ...unknown, status: 0, headers: new Headers(), text: '' })],
      [1, 'access.user_unknown'],
    )
    const again = await fresh({ dir })
    assert.equal(
      (await again.ask('POST', '/v1/track', { as: { key: rotated.key }, body: { userId: 'u', event: 'E' } }))
        .status,
      401,
    )
    const { items } = (await again.ask('GET', '/api/users', { as: { key: tokenOf(dir) } })).json as Users
    assert.deepEqual(
      items.map(({ email, role, standing }) => [email, role, standing]),
      [['ivan@company.example', 'marketer', 'invited']],
    )
    await again.close()
  })

  it('AC17 an installation of the first version keeps its keys, which can be revoked from then on', async () => {
    const dir = tempFolder()
    const old = { ingest: 'wv_ingest_old', decide: 'wv_decide_old', admin: 'wv_admin_old' }
    const hashes = Object.fromEntries(
      Object.entries(old).map(([role, key]) => [role, createHash('sha256').update(key).digest('hex')]),
    )
    const secret = Buffer.alloc(32, 1).toString('base64url')
    writeFileSync(
      join(dir, 'keys.json'),
      JSON.stringify({ version: 1, hashes, linkSecret: secret, addressSecret: secret }),
    )
    for (const start of ['the first', 'the second']) {
      const server = await fresh({ dir })
      assert.equal((await server.ask('GET', '/api/stop', { as: { key: old.admin } })).status, 200, start)
      assert.equal((await server.ask('GET', '/api/stop', { as: { key: old.ingest } })).status, 403, start)
      if (start === 'the second')
        await server.served.access.keys.revoke('admin', {
          kind: 'local',
          id: 'local',
          name: 'local operator',
        })
      await server.close()
    }
    const third = await fresh({ dir })
    assert.equal((await third.ask('GET', '/api/stop', { as: { key: old.admin } })).status, 401)
    await third.close()
    assert.ok(!readFileSync(join(dir, 'keys.json'), 'utf8').includes('hashes'))
    for (const file of ['keys.json', 'access.json']) {
      assert.ok(existsSync(join(dir, file)))
      assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600)
    }
  })
})
