// Demand, what moves brought, and what own channels cost.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  DELIVERY_ATTEMPTED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
} from '../delivery/events.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { demandIndex, seasonIndex } from './demand.ts'
import { dumpBudget, restoreBudget } from './dump.ts'
import { BUDGET_DEMAND_READ, BUDGET_PLANNED } from './events.ts'
import { moveEffect } from './move-effect.ts'
import { createBudget, foldBudget } from './state.ts'
import { adLines, START_DAY } from './testing/ad-lines.ts'

const week = (level: number) => Array.from({ length: 28 }, (_day, day) => level * (day % 7 >= 5 ? 1.4 : 0.9))

/** A state with a line whose spend goes from 100 to 150 on day 14, value following `value`. */
const told = (value: (day: number) => number) => {
  const state = createBudget()
  let offset = 0
  const fold = (type: string, data: unknown, day: number) =>
    foldBudget(state, {
      offset: ++offset,
      id: `${offset}`,
      type,
      key: '',
      at: (START_DAY + day) * DAY_MS + HOUR_MS,
      data,
    })
  fold(ADS_LINES_APPLIED, adLines({ count: 1, dayTarget: 100, monthMax: 100_000 }), 0)
  const plan = (day: number) =>
    fold(
      BUDGET_PLANNED,
      {
        planId: `plan:${day}`,
        day: START_DAY + day,
        totalMicros: 1,
        price: 1,
        gain: 0,
        lines: [
          {
            lineId: 'line-0',
            fromMicros: 100_000_000,
            baseMicros: 150_000_000,
            toMicros: 150_000_000,
            reason: 'earns_more_here',
            evidence: 'experiment',
            marginal: { mean: 1, low: 0.6, high: 1.5 },
            gain: 50,
            realShare: 0.5,
            curve: { spend: [0, 100, 200], value: [0, 200, 300], low: [0, 150, 220], high: [0, 260, 390] },
          },
        ],
      },
      day,
    )
  const report = (today: number) =>
    fold(
      ADS_REPORTED,
      {
        platform: 'lying',
        lines: [
          {
            lineId: 'line-0',
            budgetMicros: 150_000_000,
            days: Array.from({ length: today }, (_day, day) => ({
              day: START_DAY + day,
              spendMicros: (day < 14 ? 100 : 150) * 1_000_000,
              valueMicros: Math.round(value(day) * 1_000_000),
              conversions: 1,
            })),
          },
        ],
      },
      today,
    )
  return { state, fold, plan, report }
}

describe('demand and what moves brought', () => {
  it('BU70 reads demand from counts beside the four weeks up to a day, and knows when it cannot', () => {
    const counts = week(1_000)
    const usual = counts.reduce((sum, x) => sum + x, 0) / 28
    assert.ok(Math.abs((demandIndex(counts) ?? 0) - 1_400 / usual) < 0.02)
    assert.ok(Math.abs((demandIndex([...counts, 1_900]) ?? 0) - 1.8) < 0.05)
    assert.equal(demandIndex(counts.slice(0, 13)), null)
    assert.equal(demandIndex(week(10)), null)
    assert.equal(demandIndex([...counts, 90_000]), 5)
    // Days that differ by chance alone say nothing: the index is drawn to 1.
    const rng = createRng('chance')
    let far = 0
    for (let round = 0; round < 50; round++) {
      const noise = Array.from({ length: 28 }, () => Math.round(40 + Math.sqrt(40) * rng.normal()))
      if (Math.abs((demandIndex(noise) ?? 1) - 1) > 0.12) far++
    }
    assert.ok(far <= 5, `${far}`)
  })

  it('BU70 takes the season from a forecast where counts are too few', () => {
    const forecast = { fromDay: 100, mean: [10, 10, 10, 10, 10, 20, 14] }
    assert.ok(Math.abs((seasonIndex(forecast, 105) ?? 0) - 20 / 12) < 1e-9)
    assert.ok(Math.abs((seasonIndex(forecast, 98) ?? 0) - 20 / 12) < 1e-9)
    assert.ok(Math.abs((seasonIndex(forecast, 94) ?? 0) - 14 / 12) > 0.1)
    assert.equal(seasonIndex({ fromDay: 100, mean: [1, 2] }, 100), null)
    assert.equal(seasonIndex({ fromDay: 100, mean: [0, 0, 0, 0, 0, 0, 0] }, 100), null)
  })

  it('BU71 holds a week’s moves against the plan they began with, demand and dark days taken out', () => {
    const rng = createRng('effect')
    const noise = Array.from({ length: 40 }, () => Math.exp(0.03 * rng.normal()))
    // Half of what is claimed is real: 200 a day before and 250 after, as the curve says.
    const { state, fold, plan, report } = told(
      (day) => (day < 14 ? 400 : 500) * (noise[day] ?? 1) * (day === 15 ? 1.5 : 1),
    )
    const effect = () => moveEffect(state, { id: 'line-0', marginShare: 1 }, START_DAY + 30)
    report(30)
    assert.equal(effect(), null)
    plan(14)
    plan(15)
    fold(BUDGET_DEMAND_READ, { day: START_DAY + 15, index: 1.5 }, 16)
    const seen = effect()
    assert.ok(seen !== null)
    assert.deepEqual([seen.fromDay, seen.toDay], [START_DAY + 14, START_DAY + 20])
    assert.deepEqual(seen.expected, { mean: 50, low: 30, high: 75 })
    assert.ok(seen.realised.low < 50 && 50 < seen.realised.high, JSON.stringify(seen.realised))
    assert.ok(seen.realised.high - seen.realised.low < 40)
    assert.equal(moveEffect(state, { id: 'line-0', marginShare: 1 }, START_DAY + 16), null)
    fold(SPEND_INCIDENT_OPENED, { incidentId: 'tracking', kind: 'tracking', lineId: '', detail: '' }, 16)
    fold(SPEND_INCIDENT_CLOSED, { incidentId: 'tracking', by: 'windvane' }, 21)
    assert.equal(effect(), null)
    const again = restoreBudget(JSON.parse(JSON.stringify(dumpBudget(state))))
    assert.deepEqual(dumpBudget(again), dumpBudget(state))
  })

  it('BU72 counts what contacts of own channels cost by day', () => {
    const { state, fold } = told(() => 0)
    const contact = (channel: string, cost: number, day: number) =>
      fold(DELIVERY_ATTEMPTED, { channel, cost, messageId: 'm', creativeId: 'c', discountShare: 0 }, day)
    contact('email', 0.001, 3)
    contact('email', 0.001, 3)
    contact('sms', 0.05, 4)
    contact('email', 0.001, 2)
    assert.deepEqual(
      [...state.owned].map(([channel, days]) => [
        channel,
        days.map(({ day, contacts, micros }) => [day - START_DAY, contacts, micros]),
      ]),
      [
        [
          'email',
          [
            [2, 1, 1_000],
            [3, 2, 2_000],
          ],
        ],
        ['sms', [[4, 1, 50_000]]],
      ],
    )
  })
})
