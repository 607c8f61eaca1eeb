// People, sessions, keys: what is given, what is taken away, and that nothing taken away comes back.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { KEY_SCOPES, LOCAL_OPERATOR, ROLES } from '../../kernel/principal.ts'
import { may, PERMISSIONS, roleMay, scopeMay } from './permissions.ts'
import { createRates } from './rates.ts'
import { guesserOf, networkOf } from './sessions.ts'
import { createAccess, dumpAccess, foldAccess, restoreAccess } from './state.ts'
import { codeOf, PASSWORD, smallAccess, VISITOR } from './testing/small-access.ts'

const dir = mkdtempSync(join(tmpdir(), 'windvane-access-'))
after(() => rmSync(dir, { recursive: true }))

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('access', () => {
  it('AC1 each role may what the one below may, and people and keys are for owners, not for keys', () => {
    for (const permission of PERMISSIONS)
      for (const [index, role] of ROLES.entries())
        if (roleMay(role, permission))
          for (const higher of ROLES.slice(index))
            assert.ok(roleMay(higher, permission), `${higher} ${permission}`)
    const ofScope = (scope: (typeof KEY_SCOPES)[number]) => PERMISSIONS.filter((one) => scopeMay(scope, one))
    assert.deepEqual(ofScope('ingest'), ['signals.write'])
    assert.deepEqual(ofScope('decide'), ['decisions.ask', 'responses.report'])
    for (const permission of ['users.manage', 'keys.manage', 'account.own'] as const)
      for (const scope of KEY_SCOPES) assert.ok(!scopeMay(scope, permission), `${scope} ${permission}`)
    assert.ok(PERMISSIONS.filter((one) => one !== 'account.own').every((one) => may(LOCAL_OPERATOR, one)))
    assert.ok(ROLES.every((role) => roleMay(role, 'stop.raise')))
    assert.deepEqual(
      ROLES.filter((role) => roleMay(role, 'stop.lift')),
      ['approver', 'engineer', 'owner'],
    )
  })

  it('AC6 a session ends by time, unused or not, and its token is nowhere', async () => {
    const path = join(dir, 'sessions.json')
    const { desk, ports, pass, come } = smallAccess({ path })
    const { token } = await come('owner')
    assert.ok(!readFileSync(path, 'utf8').includes(token))
    for (let n = 0; n < 13; n++) {
      pass(11 * HOUR)
      assert.ok(desk.sessions.of(token) !== null, `after ${11 * (n + 1)} h of use`)
    }
    await desk.save()
    assert.equal(ports.store.read().sessions[0]?.seenAt, ports.realNow())
    pass(2 * DAY)
    assert.equal(desk.sessions.of(token), null)
    const { token: rested } = await desk.signIn(
      { email: 'owner@company.example', password: PASSWORD, code: '' },
      VISITOR,
    )
    pass(12 * HOUR - 1)
    assert.ok(desk.sessions.of(rested) !== null)
    pass(12 * HOUR)
    assert.equal(desk.sessions.of(rested), null)
    for (const other of ['', 'x', `${token}x`]) assert.equal(desk.sessions.of(other), null)
  })

  it('AC6 a session has its person’s rights of this moment, and ends with the account, the password, a click', async () => {
    const { desk, come, ofType } = smallAccess()
    const { token: owner } = await come('owner')
    const { token, userId, email } = await come('engineer')
    const roleNow = () => desk.sessions.of(token)?.principal.role
    await desk.people.changeRole(userId, 'viewer', LOCAL_OPERATOR)
    assert.equal(roleNow(), 'viewer')
    const again = async () => desk.signIn({ email, password: PASSWORD, code: '' }, VISITOR)
    const { token: second, session } = await again()
    await desk.account.changePassword(session, { current: PASSWORD, next: 'ladder quiet lamp heron' })
    assert.equal(roleNow(), undefined)
    assert.ok(desk.sessions.of(second) !== null)
    assert.equal(await codeOf(again()), 'auth.wrong_password')
    assert.equal(
      await codeOf(
        desk.account.changePassword(session, { current: PASSWORD, next: 'ladder quiet lamp heron' }),
      ),
      'access.password_wrong',
    )
    assert.equal(desk.sessions.list(userId).length, 1)
    await desk.people.disable(userId, LOCAL_OPERATOR)
    assert.equal(desk.sessions.of(second), null)
    assert.ok(desk.sessions.of(owner) !== null)
    await desk.people.enable(userId, LOCAL_OPERATOR)
    assert.equal(desk.sessions.of(second), null)
    assert.equal(ofType('access.sessions_ended.v1').length, 2)
  })

  it('AC6 a person has at most 20 sessions, the one unused for longest gives way', async () => {
    const { desk, pass, come } = smallAccess()
    const { token, userId } = await come('viewer')
    const tokens = [token]
    for (let n = 0; n < 25; n++) {
      pass(1_000)
      tokens.push(
        (await desk.signIn({ email: 'viewer@company.example', password: PASSWORD, code: '' }, VISITOR)).token,
      )
    }
    assert.equal(desk.sessions.list(userId).length, 20)
    assert.deepEqual(
      tokens.map((one) => desk.sessions.of(one) !== null),
      [...Array.from({ length: 6 }, () => false), ...Array.from({ length: 20 }, () => true)],
    )
  })

  it('AC7 a link works once and not for long; the first owner’s only while there is none', async () => {
    const { desk, pass } = smallAccess()
    const { people } = desk
    const accept = async (token: string, email = 'boss@company.example') =>
      people.accept({ token, password: PASSWORD, name: 'Anna\u202e Petrova', email }, VISITOR)
    const old = await people.setupLink()
    const setup = await people.setupLink()
    assert.equal(await codeOf(accept(old?.token ?? '')), 'access.link_invalid')
    assert.equal(people.look(setup?.token ?? '').kind, 'setup')
    assert.equal(await codeOf(accept(setup?.token ?? '', 'no address')), 'access.email_invalid')
    // Two at the same moment: one of them is the owner.
    const both = await Promise.allSettled([
      accept(setup?.token ?? ''),
      accept(setup?.token ?? '', 'other@company.example'),
    ])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    assert.equal(await codeOf(accept(setup?.token ?? '')), 'access.link_invalid')
    assert.equal(await people.setupLink(), null)
    const [owner] = people.list()
    assert.deepEqual([owner?.role, owner?.name], ['owner', 'Anna Petrova'])

    const invite = async () =>
      people.invite({ email: 'new@company.example', name: '', role: 'marketer' }, LOCAL_OPERATOR)
    const { userId, link } = await invite()
    assert.equal(await codeOf(invite()), 'access.email_taken')
    assert.deepEqual(people.look(link.token), {
      kind: 'invite',
      name: 'new',
      email: 'new@company.example',
      role: 'marketer',
    })
    pass(8 * DAY)
    assert.equal(await codeOf(accept(link.token)), 'access.link_invalid')
    const again = await people.reset(userId, LOCAL_OPERATOR)
    assert.equal(
      await codeOf(people.accept({ token: again.token, password: 'short', name: '', email: '' }, VISITOR)),
      'access.password_too_short',
    )
    const { session } = await accept(again.token, 'evil@elsewhere.example')
    assert.equal(session.principal.role, 'marketer')
    assert.equal(people.list()[1]?.email, 'new@company.example')
  })

  it('AC7 a reset ends sessions and the second factor, and works where the file was lost', async () => {
    const { desk, come, events } = smallAccess()
    const { token, userId } = await come('owner')
    const link = await desk.people.reset(userId, LOCAL_OPERATOR)
    assert.equal(desk.sessions.of(token), null)
    assert.equal(
      await codeOf(desk.signIn({ email: 'owner@company.example', password: PASSWORD, code: '' }, VISITOR)),
      'auth.wrong_password',
    )
    const { session } = await desk.people.accept(
      { token: link.token, password: 'ladder quiet lamp heron', name: '', email: '' },
      VISITOR,
    )
    assert.equal(session.principal.role, 'owner')

    const lost = smallAccess({ from: events })
    assert.equal(await lost.desk.people.setupLink(), null)
    const back = await lost.desk.people.reset(userId, LOCAL_OPERATOR)
    assert.equal(lost.desk.people.look(back.token).email, '')
    await lost.desk.people.accept(
      { token: back.token, password: PASSWORD, name: '', email: 'owner@company.example' },
      VISITOR,
    )
    assert.equal(
      await codeOf(
        lost.desk.signIn({ email: 'owner@company.example', password: PASSWORD, code: '' }, VISITOR),
      ),
      'none',
    )
  })

  it('AC8 there is always an owner, whoever takes the role from whom', async () => {
    const { desk, come } = smallAccess()
    const { userId: first } = await come('owner', 'first@company.example')
    assert.equal(await codeOf(desk.people.changeRole(first, 'viewer', LOCAL_OPERATOR)), 'access.last_owner')
    assert.equal(await codeOf(desk.people.disable(first, LOCAL_OPERATOR)), 'access.last_owner')
    const { userId: second } = await come('owner', 'second@company.example')
    const both = await Promise.allSettled([
      desk.people.changeRole(first, 'viewer', LOCAL_OPERATOR),
      desk.people.disable(second, LOCAL_OPERATOR),
    ])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    assert.equal(
      await codeOf(desk.people.changeRole('u-none', 'viewer', LOCAL_OPERATOR)),
      'access.user_unknown',
    )
  })

  it('AC9 keys open what they are made for, are shown once, rotate with an overlap and are revoked at once', async () => {
    const path = join(dir, 'keys.json')
    const { desk, pass } = smallAccess({ path })
    const { keys } = desk
    const { id, key } = await keys.make(
      { name: 'site', scopes: ['decide', 'ingest'], perSecondMax: 7 },
      LOCAL_OPERATOR,
    )
    assert.match(key, /^wv_ingest-decide_[\w-]{43}$/)
    assert.ok(!readFileSync(path, 'utf8').includes(key))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(keys.of(key), {
      principal: { kind: 'key', id, name: 'site', scopes: ['ingest', 'decide'] },
      perSecondMax: 7,
    })
    assert.equal(keys.of(`${key}x`), null)
    const second = await keys.rotate(id, HOUR, LOCAL_OPERATOR)
    assert.deepEqual([keys.of(key)?.principal.id, keys.of(second.key)?.principal.id], [id, id])
    pass(HOUR)
    assert.deepEqual([keys.of(key), keys.of(second.key)?.principal.id], [null, id])
    const third = await keys.rotate(id, 0, LOCAL_OPERATOR)
    assert.equal(keys.of(second.key), null)
    await desk.save()
    assert.ok((keys.list()[0]?.lastUsedAt ?? 0) > 0)
    await keys.revoke(id, LOCAL_OPERATOR)
    assert.equal(keys.of(third.key), null)
    assert.equal(await codeOf(keys.rotate(id, 0, LOCAL_OPERATOR)), 'access.key_unknown')
    assert.equal(
      await codeOf(keys.make({ name: ' ', scopes: ['ingest'], perSecondMax: 0 }, LOCAL_OPERATOR)),
      'access.key_unnamed',
    )
    assert.equal(
      await codeOf(keys.make({ name: 'x', scopes: [], perSecondMax: 0 }, LOCAL_OPERATOR)),
      'access.no_scope',
    )
  })

  it('AC9 an old copy of the secrets brings back neither a revoked key nor a closed account nor a role', async () => {
    const path = join(dir, 'restored.json')
    const first = smallAccess({ path })
    await first.come('owner', 'boss@company.example')
    const { token, userId, email } = await first.come('engineer')
    const { id, key } = await first.desk.keys.make(
      { name: 'old', scopes: ['admin'], perSecondMax: 0 },
      LOCAL_OPERATOR,
    )
    const { token: kept } = await first.come('approver')
    const copy = readFileSync(path)
    await first.desk.keys.revoke(id, LOCAL_OPERATOR)
    await first.desk.people.disable(userId, LOCAL_OPERATOR)
    await first.desk.people.changeRole(first.desk.people.list()[2]?.id ?? '', 'viewer', LOCAL_OPERATOR)
    writeFileSync(path, copy)
    const second = smallAccess({ path, from: first.events })
    assert.equal(second.desk.keys.of(key), null)
    assert.equal(second.desk.sessions.of(token), null)
    assert.equal(
      await codeOf(second.desk.signIn({ email, password: PASSWORD, code: '' }, VISITOR)),
      'auth.wrong_password',
    )
    assert.equal(second.desk.sessions.of(kept)?.principal.role, 'viewer')
    // A key that only the file knows opens nothing.
    const third = smallAccess({ path })
    assert.equal(third.desk.keys.of(key), null)
  })

  it('AC10 the log says who and what, never a secret, a hash or an address', async () => {
    const { desk, ports, events, come } = smallAccess()
    const { token, email } = await come('owner')
    const made = await desk.keys.make({ name: 'site', scopes: ['ingest'], perSecondMax: 0 }, LOCAL_OPERATOR)
    const rotated = await desk.keys.rotate(made.id, HOUR, LOCAL_OPERATOR)
    const session = desk.sessions.of(token)
    assert.ok(session !== null)
    const { secret } = await desk.account.beginTotp(session, PASSWORD)
    const { link } = await desk.people.invite(
      { email: 'n@company.example', name: 'N', role: 'viewer' },
      session.principal,
    )
    await codeOf(desk.signIn({ email, password: 'a guess in vain', code: '' }, VISITOR))
    const text = JSON.stringify(events)
    for (const hidden of [
      PASSWORD,
      'a guess in vain',
      token,
      made.key,
      rotated.key,
      secret,
      link.token,
      email,
      'n@company.example',
      VISITOR.address,
      VISITOR.agent,
    ])
      assert.ok(!text.includes(hidden), hidden)
    for (const { hash } of ports.store.read().keys.flatMap(({ hashes }) => hashes))
      assert.ok(!text.includes(hash))
    assert.ok(text.includes('203.0.113.0/24'))
    assert.ok(text.includes(`owner (user ${session.principal.id})`))
    const stored = JSON.stringify(ports.store.read())
    for (const hidden of [PASSWORD, token, made.key, rotated.key, secret, link.token])
      assert.ok(!stored.includes(hidden), hidden)
  })

  it('AC10 many failures are counted in the log, not each written', async () => {
    const { desk, pass, ofType } = smallAccess()
    for (let n = 0; n < 500; n++)
      await codeOf(
        desk.signIn(
          { email: `a${n}@x.example`, password: 'guess', code: '' },
          { address: `10.0.${n % 250}.${n}`, agent: '' },
        ),
      )
    const facts = ofType('access.sign_in_failed.v1')
    assert.ok(facts.length <= 21, `${facts.length} facts`)
    pass(60_000)
    await codeOf(desk.signIn({ email: 'z@x.example', password: 'guess', code: '' }, VISITOR))
    const last = ofType('access.sign_in_failed.v1').at(-1)?.data as { others: number }
    assert.equal(last.others, 500 - facts.length)
  })

  it('AC12 a bucket lets a burst through, then the rate, and says how long to wait', () => {
    const rates = createRates(2)
    const rate = { perSecond: 10, burst: 3 }
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => rates.take('a', rate, 0)),
      [0, 0, 0, 100, 100],
    )
    assert.equal(rates.take('a', rate, 100), 0)
    assert.equal(rates.take('a', rate, 100), 100)
    assert.equal(rates.take('b', rate, 100), 0)
    assert.equal(rates.take('a', { perSecond: 0, burst: 0 }, 100), 0)
    let passed = 0
    for (let ms = 0; ms < 10_000; ms++) if (rates.take('c', rate, ms) === 0) passed++
    assert.ok(passed >= 102 && passed <= 103, `${passed} in 10 s`)
  })

  it('AC14 the same facts give the same state, through a dump or not', async () => {
    const { desk, events, come, ports } = smallAccess()
    const { userId } = await come('owner')
    await come('owner', 'b@company.example')
    await desk.people.changeRole(userId, 'viewer', LOCAL_OPERATOR)
    const { id } = await desk.keys.make({ name: 'k', scopes: ['mcp'], perSecondMax: 0 }, LOCAL_OPERATOR)
    await desk.keys.revoke(id, LOCAL_OPERATOR)
    let halves = createAccess()
    for (const [index, event] of events.entries()) {
      if (index === 5) halves = restoreAccess(JSON.parse(JSON.stringify(dumpAccess(halves))))
      foldAccess(halves, event)
    }
    assert.equal(JSON.stringify(dumpAccess(halves)), JSON.stringify(dumpAccess(ports.state)))
    // A second key of the same id does not bring a revoked one back.
    const made = events.find(({ type }) => type === 'access.key_made.v1')
    assert.ok(made !== undefined)
    foldAccess(halves, made)
    assert.ok(halves.keys.get(id)?.revokedAt !== null)
  })

  it('AC10 an address is kept as its network, and counts as one guesser with its household', () => {
    assert.deepEqual(
      ['203.0.113.77', '::ffff:203.0.113.77', '2001:db8:1:2:3:4:5:6', '2001:db8::1', '::1', 'unknown'].map(
        networkOf,
      ),
      ['203.0.113.0/24', '203.0.113.0/24', '2001:db8:1::/48', '2001:db8:0::/48', '0:0:0::/48', ''],
    )
    assert.equal(guesserOf('2001:db8:1:2:3:4:5:6'), guesserOf('2001:db8:1:2::9'))
    assert.notEqual(guesserOf('203.0.113.7'), guesserOf('203.0.113.8'))
  })
})
