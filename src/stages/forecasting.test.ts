// Forecasts of campaigns that wait for events: before their launch, and on their own past.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { demoPlanYaml, readPlan } from '../app/demo-plan.ts'
import { createMemoryLog } from '../log/index.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS } from '../kernel/time.ts'
import { createLoop, createState } from '../loop.ts'
import { forecastAhead } from './forecasting.ts'

const START = Date.UTC(2026, 0, 10, 12)
const DAYS = 10

describe('forecasts ahead', () => {
  it('CF5 foretells a campaign that waits from how often its event came, then from its own decisions, else not at all', async () => {
    let now = START
    let ids = 0
    const ctx = { now: () => now, rng: createRng('ahead'), newId: () => `id${ids++}` }
    const loop = createLoop({ log: createMemoryLog(), ctx, state: createState() })
    const campaign = readPlan(demoPlanYaml()).campaigns.find(({ id }) => id === 'abandoned-cart')
    assert.ok(campaign !== undefined)
    const { state } = loop
    const none = forecastAhead(state, campaign, now)
    assert.deepEqual([none.of, none.times, none.forecast], ['days', 'unknown', null])

    for (let day = 0; day < DAYS; day++) {
      now = START + day * DAY_MS
      const batch = Array.from({ length: 20 }, (_event, k) => ({
        type: 'track',
        userId: `u${k}`,
        messageId: `${day} ${k}`,
        event: 'Cart Abandoned',
        timestamp: new Date(now).toISOString(),
      }))
      const value = { batch }
      const body = { text: JSON.stringify(value), value, bytes: 5_000 }
      await loop.receive({ endpoint: 'batch', body, source: 'test', strict: false })
    }
    now = START + DAYS * DAY_MS
    const before = forecastAhead(state, campaign, now)
    assert.equal(before.times, 'events')
    // 20 a day for 28 days, each with a chance of at most 1.
    const expected = before.forecast?.messages
    assert.ok(expected !== undefined && expected.mean <= 570, `${expected?.mean} messages`)
    assert.equal(before.known, 20)

    state.decision.activeSince.set(campaign.id, now - 5 * DAY_MS)
    const actions = { mail: { settled: 0, paid: 0, reward: 0, squares: 0 } }
    Object.assign(state.tally.campaigns, {
      [campaign.id]: { decisions: 50, acted: 40, nothing: 10, conversions: 0, reward: 0, actions },
    })
    const own = forecastAhead(state, campaign, now)
    assert.equal(own.times, 'own_decisions')
    // 10 decisions a day, four fifths of them acted on, for 28 days.
    const { mean = 0, low = 0, high = 0 } = own.forecast?.messages ?? {}
    assert.ok(Math.abs(mean - 224) < 6 && low < 190 && high > 255, `${low} ${mean} ${high}`)
    loop.close()
  })
})
