// Yandex Direct against a local server that speaks its dialect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAdPlatform } from '../../delivery/testing/platform-conformance.ts'
import { isFailure } from '../../kernel/failure.ts'
import { createYandexDirect } from './yandex-direct.ts'
import { benchOf, testPorts, TODAY } from './testing/bench.ts'
import { startFakeYandex, YANDEX_TOKEN } from './testing/fake-yandex.ts'
import { AD_TRAITS } from './traits.ts'

const traits = AD_TRAITS['yandex-direct'] as NonNullable<(typeof AD_TRAITS)[string]>

const open = async (given: { currency?: string } = {}) => {
  const fake = await startFakeYandex(given)
  const { ports, waits } = testPorts()
  const platform = createYandexDirect(
    { account: 'shop-login', currency: 'RUB', accessToken: YANDEX_TOKEN, baseUrl: fake.url },
    { traits, ports },
  )
  return { ...benchOf({ fake, platform, lines: ['101', '102'] }), fake, waits }
}
type Bench = Awaited<ReturnType<typeof open>>
const ask = { externalIds: ['101'], fromDay: TODAY - 2, toDay: TODAY }
const write = async ({ platform }: Bench, budgetMicros: number) =>
  platform.write({ externalId: '101', budgetMicros, currency: 'RUB', moveId: 'm' })
const failureOf = async (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'none',
    (error: unknown) => (isFailure(error) ? `${error.code} ${error.message}` : String(error)),
  )

checkAdPlatform('yandex-direct', open)

describe('yandex-direct', () => {
  it('AD1 reads a report that waits in a queue, at the pace the server gives, with `--` for nothing', async () => {
    const b = await open()
    b.fake.queue.asks = 3
    const [line] = await b.platform.read(ask)
    assert.deepEqual(b.waits, [2_000, 2_000, 2_000])
    assert.deepEqual(
      line?.days.map(({ spendMicros, valueMicros, conversions, clicks }) => [
        spendMicros,
        valueMicros,
        conversions,
        clicks,
      ]),
      [
        [12_340_000, 99_500_000, 3, 40],
        [10_000, 0, 0, 1],
        [7_000_000, 41_250_000, 2, 20],
      ],
    )
    const names = b.fake.requests.flatMap(({ path, json }) =>
      path.endsWith('/reports') ? [(json as { params: { ReportName: string } }).params.ReportName] : [],
    )
    assert.equal(new Set(names).size, 1)
    await b.close()
  })

  it('AD1 a report that never comes ends in a failure, not in waiting', async () => {
    const b = await open()
    b.fake.queue.asks = 1_000
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.busy .*queue/)
    await b.close()
  })

  it('AD2 tries again what was refused for the number of connections', async () => {
    const b = await open()
    b.fake.strike('read', 'busy')
    await b.platform.read(ask)
    assert.deepEqual(b.waits, [500])
    b.fake.strike('write', 'busy')
    assert.deepEqual(await write(b, 550_000_000), { kind: 'accepted' })
    assert.equal(b.edits(), 1)
    await b.close()
  })

  it('AD3 an ended token asks for a person', async () => {
    const b = await open()
    b.fake.expireTokens()
    const said = await failureOf(b.platform.read(ask))
    assert.match(said, /^ads\.sign_in /)
    assert.ok(!said.includes(YANDEX_TOKEN))
    await b.close()
  })

  it('AD4 an error of the one object within a good answer is a refusal', async () => {
    const b = await open()
    b.fake.strike('write', 'refused')
    const refused = await write(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.refused.6000')
    await b.close()
  })

  it('AD11 one of three changes a day is not spent on a budget that is already so, and the mode stays', async () => {
    const b = await open()
    assert.deepEqual(await write(b, 500_000_000), { kind: 'accepted' })
    assert.equal(b.edits(), 0)
    await write(b, 550_000_000)
    const update = b.fake.requests.at(-1)?.json as { params: { Campaigns: { DailyBudget: object }[] } }
    assert.deepEqual(update.params.Campaigns[0]?.DailyBudget, { Amount: 550_000_000, Mode: 'DISTRIBUTED' })
    await b.close()
  })

  it('AD5 a campaign without a daily budget is not told and not raised, but paused', async () => {
    const b = await open()
    b.fake.odd.set('101', { DailyBudget: null })
    assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
    const refused = await write(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.no_daily_budget')
    assert.deepEqual(await write(b, 0), { kind: 'accepted' })
    await b.close()
  })

  it('AD7 a campaign in another currency is neither read nor raised', async () => {
    const b = await open({ currency: 'USD' })
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.currency /)
    assert.equal((await write(b, 550_000_000)).kind, 'refused')
    await b.close()
  })

  it('AD8 an answer that is not to be read is no yes', async () => {
    const b = await open()
    b.fake.strike('write', 'garbled')
    assert.equal((await write(b, 550_000_000)).kind, 'unknown')
    await b.close()
  })
})
