// Google Ads against a local server that speaks its REST dialect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAdPlatform } from '../../delivery/testing/platform-conformance.ts'
import { createGoogleAds } from './google-ads.ts'
import { askFor, benchOf, failureOf, testPorts, TODAY, writeTo } from './testing/bench.ts'
import { startFakeGoogle } from './testing/fake-google.ts'
import { AD_TRAITS } from './traits.ts'

const traits = AD_TRAITS['google-ads'] as NonNullable<(typeof AD_TRAITS)[string]>

const open = async (given: { currency?: string; refreshToken?: string } = {}) => {
  const fake = await startFakeGoogle(given)
  const { ports, waits } = testPorts()
  const platform = createGoogleAds(
    {
      account: '123-456-7890',
      currency: 'EUR',
      developerToken: 'dev-token',
      clientId: 'client',
      clientSecret: 'client-secret',
      refreshToken: given.refreshToken ?? 'refresh-1',
      loginCustomerId: '555-000-1111',
      baseUrl: fake.url,
      tokenUrl: `${fake.url}/token`,
    },
    { traits, ports },
  )
  return { ...benchOf({ fake, platform, lines: ['101', '102'] }), fake, waits }
}
type Bench = Awaited<ReturnType<typeof open>>
const ask = askFor('101')
const counted = ({ fake }: Bench, part: string): number =>
  fake.requests.filter(({ path, body }) => `${path} ${body}`.includes(part)).length

checkAdPlatform('google-ads', open)

describe('google-ads', () => {
  it('AD1 reads exact figures, days without a row are nothing, fields it does not know are passed over', async () => {
    const b = await open()
    const [line] = await b.platform.read({ ...ask, fromDay: TODAY - 3 })
    assert.deepEqual(line?.days, [
      { day: TODAY - 3, spendMicros: 0, valueMicros: 0, conversions: 0, clicks: 0 },
      { day: TODAY - 2, spendMicros: 12_340_000, valueMicros: 99_500_000, conversions: 3, clicks: 40 },
      { day: TODAY - 1, spendMicros: 10_000, valueMicros: 0, conversions: 0, clicks: 1 },
      { day: TODAY, spendMicros: 7_000_000, valueMicros: 41_250_000, conversions: 2, clicks: 20 },
    ])
    await b.close()
  })

  it('AD2 waits as long as the platform says when there are too many requests, and writes once', async () => {
    const b = await open()
    b.fake.strike('read', 'busy')
    await b.platform.read(ask)
    assert.deepEqual(b.waits, [1_000])
    b.fake.strike('write', 'busy')
    assert.deepEqual(await writeTo(b, 550_000_000), { kind: 'accepted' })
    assert.equal(b.fake.lines.get('101')?.edits, 1)
    for (let i = 0; i < 4; i++) b.fake.strike('read', 'busy')
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.busy /)
    await b.close()
  })

  it('AD3 renews a token that has ended, once, and says so when that does not help', async () => {
    const b = await open()
    await b.platform.read(ask)
    b.fake.expireTokens()
    assert.deepEqual(await writeTo(b, 550_000_000), { kind: 'accepted' })
    assert.equal(counted(b, '/token'), 2)
    await b.close()
    const revoked = await open({ refreshToken: 'revoked' })
    const said = await failureOf(revoked.platform.read(ask))
    assert.match(said, /^ads\.sign_in .*invalid_grant/)
    assert.ok(!said.includes('client-secret') && !said.includes('dev-token'))
    assert.equal((await writeTo(revoked, 0)).kind, 'refused')
    await revoked.close()
  })

  it('AD4 asks for validation before it raises, and takes a partial failure for a refusal', async () => {
    const b = await open()
    await writeTo(b, 550_000_000)
    const changes = b.fake.requests.filter(({ path }) => path.endsWith('campaignBudgets:mutate'))
    assert.deepEqual(
      changes.map(({ json }) => (json as { validateOnly: boolean }).validateOnly),
      [true, false],
    )
    b.fake.strike('write', 'refused')
    const refused = await writeTo(b, 600_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.refused.money_amount_too_large')
    await b.close()
  })

  it('AD5 does not move a budget that others share or that is not a day’s, and reads it as not told', async () => {
    for (const odd of [
      { period: 'DAILY', referenceCount: '3' },
      { period: 'CUSTOM_PERIOD', referenceCount: '1' },
    ]) {
      const b = await open()
      b.fake.budgets.set('101', odd)
      assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
      assert.equal((await writeTo(b, 550_000_000)).kind, 'refused')
      // But it can be paused.
      assert.equal((await writeTo(b, 0)).kind, 'accepted')
      await b.close()
    }
  })

  it('AD6 an enabled line with a budget of 0 or -1 is not told, never paused', async () => {
    for (const budgetMicros of [0, -1]) {
      const b = await open()
      Object.assign(b.fake.lines.get('101') ?? {}, { budgetMicros })
      assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
      await b.close()
    }
  })

  it('AD7 an account in another currency is neither read nor raised', async () => {
    const b = await open({ currency: 'USD' })
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.currency /)
    const result = await writeTo(b, 550_000_000)
    assert.ok(result.kind === 'refused' && result.code === 'ads.currency')
    assert.equal(b.edits(), 0)
    await b.close()
  })

  it('AD8 an answer that is not to be read is no yes, and no figures', async () => {
    const b = await open()
    b.fake.strike('write', 'garbled')
    assert.equal((await writeTo(b, 550_000_000)).kind, 'unknown')
    for (let i = 0; i < 4; i++) b.fake.strike('read', 'garbled')
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.unreachable /)
    await b.close()
  })

  it('AD9 what is no id of a campaign never becomes part of a query', async () => {
    const b = await open()
    const told = await b.platform.read({ ...ask, externalIds: ['101', '1) OR campaign.id > 0 --', ''] })
    assert.deepEqual(
      told.map(({ externalId }) => externalId),
      ['101'],
    )
    assert.equal(counted(b, 'OR campaign'), 0)
    await b.close()
  })
})
