// Yandex Direct against a local server that speaks its dialect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAdPlatform } from '../../delivery/testing/platform-conformance.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { createYandexDirect } from './yandex-direct.ts'
import { askFor, benchOf, failureOf, FIGURES, figuresOf, testPorts, writeTo } from './testing/bench.ts'
import { startFakeYandex, weeklyClicks, YANDEX_TOKEN } from './testing/fake-yandex.ts'
import { AD_TRAITS, adTraits } from './traits.ts'

const traits = AD_TRAITS['yandex-direct'] as NonNullable<(typeof AD_TRAITS)[string]>

const open = async (given: Parameters<typeof startFakeYandex>[0] = {}) => {
  const fake = await startFakeYandex(given)
  const { ports, waits } = testPorts()
  const platform = createYandexDirect(
    { account: 'shop-login', currency: 'RUB', accessToken: YANDEX_TOKEN, baseUrl: fake.url },
    { traits, ports },
  )
  const isWeekly = given.weekly !== undefined
  return {
    ...benchOf({
      fake,
      platform,
      lines: isWeekly ? ['week:101', 'week:102'] : ['101', '102'],
      idOf: (line) => line.replace(/^week:/, ''),
    }),
    fake,
    waits,
  }
}
const ask = askFor('101')

checkAdPlatform('yandex-direct', open)
checkAdPlatform('yandex-direct, weekly budgets', async () => open({ weekly: weeklyClicks }))

describe('yandex-direct', () => {
  it('AD1 reads a report that waits in a queue, at the pace the server gives, with `--` for nothing', async () => {
    const b = await open()
    b.fake.queue.asks = 3
    const [line] = await b.platform.read(ask)
    assert.deepEqual(b.waits, [2_000, 2_000, 2_000])
    assert.deepEqual(figuresOf(line), FIGURES)
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
    assert.deepEqual(await writeTo(b, 550_000_000), { kind: 'accepted' })
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

  it('AD13 a weekly budget is seven times a day’s, and the strategy’s other settings stay', async () => {
    const b = await open({ weekly: weeklyClicks })
    assert.deepEqual(await writeTo(b, 550_000_000), { kind: 'accepted' })
    assert.deepEqual((b.fake.requests.at(-1)?.json as { params: object } | undefined)?.params, {
      Campaigns: [
        {
          Id: 101,
          TextCampaign: {
            BiddingStrategy: {
              Search: {
                BiddingStrategyType: 'WB_MAXIMUM_CLICKS',
                WbMaximumClicks: {
                  WeeklySpendLimit: 3_850_000_000,
                  BidCeiling: 25_000_000,
                  CustomPeriodBudget: null,
                },
              },
            },
          },
        },
      ],
    })
    const edits = b.edits()
    await writeTo(b, 550_000_000)
    assert.equal(b.edits(), edits)
    await b.close()
  })

  it('AD13 a budget for a period of its own, or two of them, is not told and not raised', async () => {
    const strategy = { BiddingStrategyType: 'X', Block: { WeeklySpendLimit: 7_000_000 } }
    const period = { ...strategy, Block: { ...strategy.Block, CustomPeriodBudget: { SpendLimit: 1 } } }
    for (const BiddingStrategy of [{ Search: period }, { Search: strategy, Network: strategy }, {}]) {
      const b = await open({ weekly: () => ({ BiddingStrategy }) })
      assert.equal((await b.platform.read(askFor('week:101')))[0]?.budgetMicros, null)
      const refused = await writeTo(b, 550_000_000)
      assert.ok(refused.kind === 'refused' && refused.code === 'ads.no_daily_budget')
      assert.deepEqual(await writeTo(b, 0), { kind: 'accepted' })
      await b.close()
    }
    assert.equal(adTraits('yandex-direct', 'RUB', 'week:1')?.overspendDay, 7)
    assert.equal(adTraits('yandex-direct', 'RUB', '1')?.overspendDay, traits.overspendDay)
  })

  it('AD14 renews both tokens while they are good, and keeps the later ones', async () => {
    const fake = await startFakeYandex()
    const { ports } = testPorts()
    let now = ports.now()
    const kept: string[] = []
    const platform = createYandexDirect(
      {
        account: 'shop-login',
        currency: 'RUB',
        accessToken: YANDEX_TOKEN,
        refreshToken: 'refresh-first',
        clientId: 'app',
        clientSecret: 'app-secret',
        keep: ({ accessToken, refreshToken }) => kept.push(`${accessToken} ${refreshToken}`),
        baseUrl: fake.url,
        tokenUrl: fake.url,
      },
      { traits, ports: { ...ports, now: () => now } },
    )
    const b = benchOf({ fake, platform, lines: ['101', '102'] })
    const grants = () =>
      fake.requests.filter(({ path }) => path === '/token').map(({ form }) => form.get('refresh_token'))
    await platform.read(ask)
    await platform.read(ask)
    assert.deepEqual(grants(), ['refresh-first'])
    now += 31 * DAY_MS
    await platform.read(ask)
    assert.deepEqual(kept, ['fake-token-1 refresh-fake-token-2', 'fake-token-3 refresh-fake-token-4'])
    assert.deepEqual(grants(), ['refresh-first', 'refresh-fake-token-2'])
    // Refused before its time: renewed, and the question asked again.
    fake.expireTokens()
    assert.equal((await platform.read(ask)).length, 1)
    await b.close()
  })

  it('AD4 an error of the one object within a good answer is a refusal', async () => {
    const b = await open()
    b.fake.strike('write', 'refused')
    const refused = await writeTo(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.refused.6000')
    await b.close()
  })

  it('AD11 one of three changes a day is not spent on a budget that is already so, and the mode stays', async () => {
    const b = await open()
    assert.deepEqual(await writeTo(b, 500_000_000), { kind: 'accepted' })
    assert.equal(b.edits(), 0)
    await writeTo(b, 550_000_000)
    const update = b.fake.requests.at(-1)?.json as { params: { Campaigns: { DailyBudget: object }[] } }
    assert.deepEqual(update.params.Campaigns[0]?.DailyBudget, { Amount: 550_000_000, Mode: 'DISTRIBUTED' })
    await b.close()
  })

  it('AD5 a campaign without a daily budget is not told and not raised, but paused', async () => {
    const b = await open()
    b.fake.odd.set('101', { DailyBudget: null })
    assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
    const refused = await writeTo(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.no_daily_budget')
    assert.deepEqual(await writeTo(b, 0), { kind: 'accepted' })
    await b.close()
  })

  it('AD7 a campaign in another currency is neither read nor raised', async () => {
    const b = await open({ currency: 'USD' })
    assert.match(await failureOf(b.platform.read(ask)), /^ads\.currency /)
    assert.equal((await writeTo(b, 550_000_000)).kind, 'refused')
    await b.close()
  })

  it('AD8 an answer that is not to be read is no yes', async () => {
    const b = await open()
    b.fake.strike('write', 'garbled')
    assert.equal((await writeTo(b, 550_000_000)).kind, 'unknown')
    await b.close()
  })
})
