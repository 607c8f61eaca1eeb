// Orders as chances that come one by one (BG/BB in periods of the calendar): what is reckoned agrees with simulated
// customers, and time is counted as the calendar does.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { WIDE } from '../../kernel/testing/wide.ts'
import { backtestValue } from './backtest.ts'
import { bgBbAlive, bgBbExpected, bgBbNext } from './bg-bb.ts'
import { drawBeta } from './draws.ts'
import { drawFutures } from './futures.ts'
import { lastDayOf, lastPeriodBy, PERIOD_DAYS, PERIODS, periodOf } from './periods.ts'
import { summariseOrders, type Order } from './rfm.ts'
import { learnValue, valueOf } from './value-model.ts'

const near = (actual: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(actual - wanted) <= within, `${actual}, not ${wanted} ± ${within}`)

const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS
const order = (customer: string, date: string, value = 10): Order => ({
  customer,
  at: dayOf(date) * DAY_MS,
  value,
  isCredit: false,
})

const MODEL = { alpha: 1.2, beta: 1.5, gamma: 0.7, delta: 4 }

/** Customers who give once a month at most, from a month of their own on. */
const givers = (seed: string, people: number): readonly Order[] => {
  const rng = createRng(seed)
  return Array.from({ length: people }, (_, i) => {
    const takes = drawBeta(rng, MODEL.alpha, MODEL.beta)
    const goes = drawBeta(rng, MODEL.gamma, MODEL.delta)
    const orders: Order[] = []
    for (let month = rng.below(6), there = true; month < 24 && there; month++) {
      const date = new Date(Date.UTC(2024, month, 1 + rng.below(28))).toISOString().slice(0, 10)
      if (orders.length === 0 || rng.uniform() < takes) orders.push(order(`c${i}`, date, 5 + rng.below(20)))
      there = rng.uniform() >= goes
    }
    return orders
  }).flat()
}

describe('chances', () => {
  it('VA10 alive, expected orders and the next one agree with simulated customers', () => {
    const rng = createRng('VA10')
    const row = { frequency: 2, recency: 4, chances: 6 }
    const seen = { like: 0, alive: 0, orders: 0, next: 0 }
    for (let i = 0; i < 400_000; i++) {
      const takes = drawBeta(rng, MODEL.alpha, MODEL.beta)
      const goes = drawBeta(rng, MODEL.gamma, MODEL.delta)
      let [there, taken, last, later, alive] = [true, 0, 0, 0, false]
      for (let chance = 1; chance <= 11 && there; chance++) {
        there = rng.uniform() >= goes
        if (chance === 7) alive = there
        if (!there || rng.uniform() >= takes) continue
        if (chance > 6) later++
        else {
          taken++
          last = chance
        }
      }
      if (taken !== 2 || last !== 4) continue
      seen.like++
      if (alive) seen.alive++
      seen.orders += later
      if (later > 0) seen.next++
    }
    assert.ok(seen.like > 8_000)
    near(seen.alive / seen.like, bgBbAlive(MODEL, row, 1), 0.015)
    near(seen.orders / seen.like, bgBbExpected(MODEL, row, 5), 0.05)
    near(seen.next / seen.like, bgBbNext(MODEL, row, 5), 0.015)
    near(bgBbExpected(MODEL, row, 1), bgBbNext(MODEL, row, 1), 1e-12)
    near(bgBbNext(MODEL, row, 2.5), (bgBbNext(MODEL, row, 2) + bgBbNext(MODEL, row, 3)) / 2, 1e-12)
    assert.ok(bgBbNext(MODEL, row, 500) < bgBbAlive(MODEL, row))
  })

  it('VA11 a period of the calendar is one chance, and only what is over by the last day counts', () => {
    for (const period of PERIODS)
      for (let day = 19_000; day < 19_000 + 800; day++) {
        const number = periodOf(day, period)
        assert.ok(day <= lastDayOf(number, period) && day > lastDayOf(number - 1, period))
        assert.equal(lastPeriodBy(lastDayOf(number, period), period), number)
        assert.equal(lastPeriodBy(lastDayOf(number, period) - 1, period), number - 1)
      }
    assert.equal(lastDayOf(periodOf(dayOf('2026-05-20'), 'quarter'), 'quarter'), dayOf('2026-06-30'))
    const orders = [
      order('a', '2026-01-30', 10),
      order('a', '2026-02-01', 20),
      order('a', '2026-02-27', 30),
      order('a', '2026-05-03', 60),
      order('b', '2026-04-09'),
      order('c', '2026-05-01'),
    ]
    const { customers, unitDays, dropped, merged, lastDay } = summariseOrders(orders, { period: 'month' })
    assert.deepEqual(
      customers.map(({ id, frequency, recency, age, value }) => [id, frequency, recency, age, value]),
      [
        ['a', 1, 1, 3, 30],
        ['b', 0, 0, 0, 0],
        ['c', 0, 0, 0, 0],
      ],
    )
    assert.deepEqual([unitDays, dropped.unfinished, merged], [PERIOD_DAYS.month, 1, 1])
    assert.equal(lastDay, dayOf('2026-04-30'))
    const whole = summariseOrders(orders, { period: 'month', untilDay: dayOf('2026-05-31') })
    assert.deepEqual(whole.customers[0]?.frequency, 2)
    assert.equal(whole.dropped.unfinished, 0)
  })

  it(
    'VA12 periods are learnt by BG/BB, which finds what is planted, beats the average and holds its interval (wide)',
    WIDE,
    () => {
      const orders = givers('VA12', 1_500)
      const untilDay = dayOf('2025-12-31')
      const summary = summariseOrders(orders, { period: 'month', untilDay })
      const model = learnValue(summary)
      assert.ok(model.timing?.kind === 'bg-bb')
      const { alpha, beta, gamma, delta } = model.timing
      near(alpha / (alpha + beta), MODEL.alpha / (MODEL.alpha + MODEL.beta), 0.03)
      near(gamma / (gamma + delta), MODEL.gamma / (MODEL.gamma + MODEL.delta), 0.03)
      const test = backtestValue(orders, { unitDays: 7, period: 'month', untilDay })
      assert.ok(test !== null && test.isBetter)
      assert.equal(test.time, 8)
      assert.ok(test.orders.actual > 0.85 * test.orders.interval.low)
      assert.ok(test.orders.actual < 1.15 * test.orders.interval.high)
      const horizon = { time: 12, discount: 0.005, margin: 1 }
      const futures = drawFutures(model, summary.customers, horizon, { drawsTotal: 20_000 })
      const expected = summary.customers.reduce((sum, one) => sum + valueOf(model, one, horizon).orders, 0)
      assert.ok(expected > futures.totalOrders.low && expected < futures.totalOrders.high)
      const [first] = summary.customers
      assert.ok(first !== undefined && (valueOf(model, first, horizon).value ?? -1) >= 0)
    },
  )
})
