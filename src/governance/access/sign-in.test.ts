// Signing in: what gets people in, what does not, and how little anybody learns from trying.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createSecrets, totpCode } from './adapters/secrets.ts'
import { createLockout } from './lockout.ts'
import { passwordProblem } from './password-rules.ts'
import { CHEAP, codeOf, PASSWORD, SEALING, smallAccess, VISITOR } from './testing/small-access.ts'

const ask = (email: string, password = PASSWORD, code = '') => ({ email, password, code })
const elsewhere = (n: number) => ({ address: `198.51.100.${n}`, agent: '' })

describe('signing in', () => {
  it('AC2 passwords are kept as argon2id with their parameters, and hashed anew when those are weaker than today', async () => {
    const weak = createSecrets({ sealingSecret: SEALING, cost: CHEAP })
    const strong = createSecrets({ sealingSecret: SEALING, cost: { ...CHEAP, passes: 2 } })
    const hash = await weak.hashPassword('Пароль на четыре слова')
    assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.notEqual(hash, await weak.hashPassword('Пароль на четыре слова'))
    // The same letters in another normal form are the same password.
    assert.deepEqual(await strong.checkPassword('Пароль на четыре слова'.normalize('NFD'), hash), {
      fits: true,
      stale: true,
    })
    assert.deepEqual(await weak.checkPassword('Пароль на четыре слова', hash), { fits: true, stale: false })
    for (const other of [null, 'nonsense', hash.replace('m=64', 'm=65')])
      assert.equal((await weak.checkPassword('Пароль на четыре слова', other)).fits, false)

    const { desk, ports, come } = smallAccess()
    const { email, userId } = await come('owner')
    const hashNow = () => ports.store.read().users.find(({ id }) => id === userId)?.password ?? ''
    const weaker = await createSecrets({
      sealingSecret: SEALING,
      cost: { ...CHEAP, memoryKib: 32 },
    }).hashPassword(PASSWORD)
    await ports.store.change((now) => ({
      ...now,
      users: now.users.map((user) => ({ ...user, password: weaker })),
    }))
    await desk.signIn(ask(email), VISITOR)
    assert.match(hashNow(), /m=64/)
  })

  it('AC3 an unknown address, a wrong password and a closed account get one answer for the same work', async () => {
    const { desk, ports, come } = smallAccess()
    const { email } = await come('owner')
    const { userId, email: closed } = await come('viewer')
    await desk.people.disable(userId, { kind: 'local', id: 'local', name: 'local operator' })
    let hashed = 0
    const { checkPassword } = ports.secrets
    Object.assign(ports.secrets, {
      checkPassword: async (...given: Parameters<typeof checkPassword>) => {
        hashed++
        return checkPassword(...given)
      },
    })
    const answers = new Set<string>()
    for (const [n, request] of [
      ask('nobody@company.example'),
      ask(email, 'wrong words altogether'),
      ask(closed),
    ].entries()) {
      const failed: unknown = await desk.signIn(request, elsewhere(n)).catch((error: unknown) => error)
      assert.ok(isFailure(failed))
      answers.add(JSON.stringify([failed.code, failed.message, failed.hint, failed.retryAfterMs]))
    }
    assert.equal(answers.size, 1)
    assert.equal(hashed, 3)
    assert.equal(await codeOf(desk.signIn(ask('  OWNER@Company.Example '), VISITOR)), 'none')
  })

  it('AC4 guessing is slowed down per account and network, and the right password waits like any other', async () => {
    const { desk, pass, come } = smallAccess()
    const { email } = await come('owner')
    for (let n = 0; n < 5; n++)
      assert.equal(await codeOf(desk.signIn(ask(email, `guess number ${n}`), VISITOR)), 'auth.wrong_password')
    assert.equal(await codeOf(desk.signIn(ask(email, 'guess number 6'), VISITOR)), 'auth.wrong_password')
    const waiting: unknown = await desk.signIn(ask(email), VISITOR).catch((error: unknown) => error)
    assert.ok(waiting instanceof Error && 'retryAfterMs' in waiting)
    assert.deepEqual([(waiting as { code?: string }).code, waiting.retryAfterMs], ['auth.wait', 1_000])
    // The owner elsewhere is not kept out by it.
    assert.equal(await codeOf(desk.signIn(ask(email), elsewhere(1))), 'none')
    pass(1_000)
    assert.equal(await codeOf(desk.signIn(ask(email), VISITOR)), 'none')
    // An address that nobody has is slowed down all the same.
    for (let n = 0; n < 6; n++) await codeOf(desk.signIn(ask('nobody@company.example'), VISITOR))
    assert.equal(await codeOf(desk.signIn(ask('nobody@company.example'), VISITOR)), 'auth.wait')
  })

  it('AC4 waits double up to a quarter of an hour, many at once share no free tries, and a day forgets', () => {
    const lockout = createLockout()
    const attempt = { account: 'a@b', network: '203.0.113.7', code: false }
    const waits: number[] = []
    let now = 0
    for (let n = 0; n < 20; n++) {
      lockout.failed(attempt, now)
      const wait = lockout.waitMs(attempt, now)
      waits.push(wait / 1_000)
      now += wait
    }
    assert.deepEqual(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900])
    now += 24 * 3_600_000 + 1
    lockout.failed(attempt, now)
    assert.equal(lockout.waitMs(attempt, now), 0)
    // From everywhere: the account is slowed to one try in half a minute, not closed.
    const spread = createLockout()
    for (let n = 0; n < 200; n++) spread.failed({ account: 'a@b', network: `n${n}`, code: false }, 0)
    assert.equal(spread.waitMs({ account: 'a@b', network: 'home', code: false }, 0), 30_000)
    assert.equal(spread.waitMs({ account: 'c@d', network: 'home', code: false }, 0), 0)
    // One network against many accounts.
    const sprayed = createLockout()
    for (let n = 0; n < 60; n++) sprayed.failed({ account: `a${n}`, network: 'one', code: false }, 0)
    assert.ok(sprayed.waitMs({ account: 'new', network: 'one', code: false }, 0) > 60_000)
    const small = createLockout(10)
    for (let n = 0; n < 100; n++) small.failed({ account: `a${n}`, network: `n${n}`, code: false }, 0)
    assert.equal(small.waitMs({ account: 'a1', network: 'n1', code: false }, 0), 0)
  })

  it('AC4 who knows the password still cannot try codes at will', async () => {
    const { desk, pass, ports, come } = smallAccess()
    const { email, token } = await come('owner')
    const session = desk.sessions.of(token)
    assert.ok(session !== null)
    const { secret } = await desk.account.beginTotp(session, PASSWORD)
    await desk.account.confirmTotp(session, totpCode(secret, Math.floor(ports.realNow() / 30_000)))
    pass(90_000)
    let tried = 0
    for (let n = 0; n < 400; n++) {
      // Asking without a code between the tries does not make them free again.
      await codeOf(desk.signIn(ask(email), elsewhere(n % 250)))
      if ((await codeOf(desk.signIn(ask(email, PASSWORD, '000000'), elsewhere(n % 250)))) !== 'auth.wait')
        tried++
      pass(1_000)
    }
    assert.ok(tried <= 25, `${tried} codes in 400 s`)
  })

  it('AC5 codes are those of RFC 6238, fit within half a minute of now, and work once', async () => {
    // Appendix B, SHA-1, the last six digits.
    const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ] as const)
      assert.equal(totpCode(key, Math.floor(seconds / 30)), code)
    const { totpStep } = createSecrets({ sealingSecret: SEALING, cost: CHEAP })
    const at = (step: number, afterStep = 0) =>
      totpStep(key, totpCode(key, 1_000), { now: step * 30_000, afterStep })
    assert.deepEqual([at(998), at(999), at(1_000), at(1_001), at(1_002)], [null, 1_000, 1_000, 1_000, null])
    assert.equal(at(1_000, 1_000), null)
    assert.equal(totpStep(key, '', { now: 30_000_000, afterStep: 0 }), null)
  })

  it('AC5 a second factor is asked for once it is on; a recovery code stands in for it, once', async () => {
    const { desk, ports, pass, come, ofType } = smallAccess()
    const { email, token } = await come('owner')
    const session = desk.sessions.of(token)
    assert.ok(session !== null)
    assert.equal(await codeOf(desk.account.beginTotp(session, 'not my password')), 'access.password_wrong')
    const { secret, uri } = await desk.account.beginTotp(session, PASSWORD)
    assert.equal(uri, `otpauth://totp/Windvane%3Aowner%40company.example?secret=${secret}&issuer=Windvane`)
    const codeNow = () => totpCode(secret, Math.floor(ports.realNow() / 30_000))
    // Begun is not on: nobody is locked out by a code they never saw.
    assert.equal(await codeOf(desk.signIn(ask(email), VISITOR)), 'none')
    assert.equal(await codeOf(desk.account.confirmTotp(session, '000000')), 'access.code_wrong')
    const codes = await desk.account.confirmTotp(session, codeNow())
    assert.equal(new Set(codes).size, 10)
    assert.equal(await codeOf(desk.signIn(ask(email), VISITOR)), 'auth.second_factor')
    assert.equal(await codeOf(desk.signIn(ask(email, PASSWORD, codeNow()), VISITOR)), 'auth.wrong_code')
    pass(30_000)
    assert.equal(await codeOf(desk.signIn(ask(email, PASSWORD, codeNow()), VISITOR)), 'none')
    assert.equal(await codeOf(desk.signIn(ask(email, PASSWORD, codes[3]), VISITOR)), 'none')
    assert.equal(await codeOf(desk.signIn(ask(email, PASSWORD, codes[3]), VISITOR)), 'auth.wrong_code')
    assert.equal(desk.account.view(session).recoveryLeft, 9)
    assert.deepEqual(
      ofType('access.signed_in.v1').map(({ data }) => (data as { secondFactor: boolean }).secondFactor),
      [false, false, true, true],
    )
    const fresh = await desk.account.newRecoveryCodes(session, PASSWORD)
    assert.ok(fresh.every((code) => !codes.includes(code)))
    assert.equal(
      await codeOf(desk.account.endTotp(session, { password: PASSWORD, code: '111111' })),
      'access.code_wrong',
    )
    await desk.account.endTotp(session, { password: PASSWORD, code: fresh[0] ?? '' })
    assert.equal(await codeOf(desk.signIn(ask(email), VISITOR)), 'none')
  })

  it('AC2 what is guessed first is no password', () => {
    const about = ['anna.petrova@company.example', 'Anna Petrova']
    const problems = {
      short: 'too_short',
      passwordpassword: 'too_common',
      'password12345!': 'too_common',
      'Qwerty-1234567': 'too_common',
      aaaaaaaaaaaaaaaa: 'too_simple',
      abcdefghijklmnop: 'too_simple',
      '9876543210987654': 'too_simple',
      annapetrova2026: 'about_you',
      'windvane-2026-now': 'too_common',
    } as const
    for (const [password, problem] of Object.entries(problems))
      assert.equal(passwordProblem(password, about), problem, password)
    for (const good of [
      PASSWORD,
      'правильно лошадь батарея',
      'annalikes7brownHerons',
      'x9$Lq02bV!tz',
      'password made of long words',
    ])
      assert.equal(passwordProblem(good, about), null, good)
  })

  it('AC15 a log that takes nothing keeps nobody from signing in, and gives nobody more rights', async () => {
    const { desk, breakLog, reports, come } = smallAccess()
    const { email, userId } = await come('viewer')
    const owner = { kind: 'local', id: 'local', name: 'local operator' } as const
    breakLog()
    const opened = await desk.signIn(ask(email), VISITOR)
    assert.equal(desk.sessions.of(opened.token)?.principal.role, 'viewer')
    assert.ok(reports.length > 0)
    assert.equal(await codeOf(desk.people.changeRole(userId, 'owner', owner)), 'log.disk_full')
    assert.equal(
      await codeOf(desk.people.invite({ email: 'x@company.example', name: '', role: 'owner' }, owner)),
      'log.disk_full',
    )
    assert.equal(
      await codeOf(desk.keys.make({ name: 'k', scopes: ['admin'], perSecondMax: 0 }, owner)),
      'log.disk_full',
    )
    assert.equal(desk.people.list().length, 1)
    assert.equal(desk.keys.list().length, 0)
  })
})
