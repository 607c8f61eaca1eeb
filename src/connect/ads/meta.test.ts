// Meta's Marketing API against a local server that speaks its dialect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAdPlatform } from '../../delivery/testing/platform-conformance.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import type { Tokens } from './ads-token.ts'
import { createMeta } from './meta.ts'
import { askFor, benchOf, failureOf, FIGURES, figuresOf, testPorts, writeTo } from './testing/bench.ts'
import { META_TOKEN, startFakeMeta } from './testing/fake-meta.ts'
import { AD_TRAITS } from './traits.ts'

const base = AD_TRAITS['meta'] as NonNullable<(typeof AD_TRAITS)[string]>

const open = async (given: { currency?: string; told?: string; unitMicros?: number } = {}) => {
  const { currency = 'EUR', told = currency, unitMicros = 10_000 } = given
  const fake = await startFakeMeta({ currency: told, unitMicros })
  const { ports, waits } = testPorts()
  const platform = createMeta(
    { account: 'act_777', currency, accessToken: META_TOKEN, baseUrl: fake.url },
    { traits: base, ports },
  )
  const lines = ['campaign:101', 'adset:201'] as const
  const idOf = (line: string) => line.replace(/^\w+:/, '')
  return { ...benchOf({ fake, platform, lines, idOf }), fake, waits }
}
const ask = askFor('campaign:101')

checkAdPlatform('meta', open)

describe('meta', () => {
  it('AD1 reads campaigns and ad sets over several pages, without following addresses from answers', async () => {
    const b = await open()
    for (const externalId of ['campaign:101', 'adset:201', '101']) {
      const [line] = await b.platform.read({ ...ask, externalIds: [externalId] })
      assert.equal(line?.externalId, externalId)
      assert.deepEqual(figuresOf(line), FIGURES)
    }
    assert.ok(b.fake.requests.some(({ query }) => query.get('after') === '2'))
    assert.ok(b.fake.requests.every(({ query }) => !query.has('access_token')))
    await b.close()
  })

  it('AD10 money is in minor units, and in whole units for the currencies that have none', async () => {
    const euro = await open()
    await writeTo(euro, 550_000_000)
    assert.equal(euro.fake.requests.at(-1)?.form.get('daily_budget'), '55000')
    await euro.close()
    const yen = await open({ currency: 'JPY', unitMicros: 1_000_000 })
    assert.equal((await yen.platform.read(ask))[0]?.budgetMicros, 500_000_000)
    await writeTo(yen, 550_000_000)
    assert.equal(yen.fake.requests.at(-1)?.form.get('daily_budget'), '550')
    assert.equal((await writeTo(yen, 550_500_000)).kind, 'refused')
    await yen.close()
  })

  it('AD2 stays away as long as the usage header says; a pause is sent all the same', async () => {
    const b = await open()
    b.fake.control.busyMinutes = 9
    b.fake.strike('read', 'busy')
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.busy .*80004/)
    const asked = b.fake.requests.length
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.busy /)
    const raise = await writeTo(b, 550_000_000)
    assert.ok(raise.kind === 'refused' && raise.retryable)
    assert.equal(b.fake.requests.length, asked, 'nothing was sent meanwhile')
    assert.deepEqual(await writeTo(b, 0), { kind: 'accepted' })
    await b.close()
  })

  it('AD2 a limit of so many budget changes an hour is told as what it is, and not tried again', async () => {
    const b = await open()
    b.fake.strike('write', 'refused')
    const refused = await writeTo(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.too_many_edits' && refused.retryable)
    assert.deepEqual(b.waits, [])
    await b.close()
  })

  it('AD3 a token that has ended asks for a person, and is in no message', async () => {
    const b = await open()
    b.fake.expireTokens()
    const said = await failureOf(b.platform.read(ask))
    assert.match(said, /^ads\.sign_in /)
    assert.ok(!said.includes(META_TOKEN))
    assert.equal((await writeTo(b, 0)).kind, 'refused')
    await b.close()
  })

  it('AD14 exchanges its token for a later one while it is good, and says what to do once it is not', async () => {
    const fake = await startFakeMeta()
    const { ports } = testPorts()
    let now = ports.now()
    const kept: string[] = []
    const account = { account: '777', currency: 'EUR', accessToken: META_TOKEN, baseUrl: fake.url }
    const app = {
      clientId: 'app',
      clientSecret: 'app-secret',
      keep: (tokens: Tokens) => kept.push(tokens.accessToken),
    }
    const platform = createMeta({ ...account, ...app }, { traits: base, ports: { ...ports, now: () => now } })
    const b = benchOf({ fake, platform, lines: ['101', '102'] })
    await platform.read(ask)
    now += 29 * DAY_MS
    // A platform that is away hinders nothing while the token is accepted.
    fake.control.exchange = 'away'
    now += 2 * DAY_MS
    await platform.read(ask)
    assert.deepEqual(kept, ['fake-token-1'])
    fake.control.exchange = 'good'
    now += HOUR_MS
    await platform.read(ask)
    assert.deepEqual(kept, ['fake-token-1', 'fake-token-2'])
    fake.expireTokens()
    fake.control.exchange = 'refused'
    const said = await failureOf(platform.read(ask))
    assert.match(said, /^ads\.sign_in .*could not be renewed/)
    assert.ok(!/fake-token|app-secret/.test(said))
    await b.close()
  })

  it('AD6 a running line without a daily budget is not told, never paused', async () => {
    const b = await open()
    Object.assign(b.fake.lines.get('101') ?? {}, { budgetMicros: 0 })
    assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
    await b.close()
  })

  it('AD7 an account in another currency is neither read nor raised', async () => {
    const b = await open({ told: 'USD' })
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.currency /)
    assert.equal((await writeTo(b, 550_000_000)).kind, 'refused')
    assert.equal(b.edits(), 0)
    await b.close()
  })

  it('AD8 an answer that is not to be read is no yes', async () => {
    const b = await open()
    b.fake.strike('write', 'garbled')
    assert.equal((await writeTo(b, 550_000_000)).kind, 'unknown')
    await b.close()
  })
})
