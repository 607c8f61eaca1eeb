// Rules KP1 to KP7: the business's figures, on a shop whose days are known.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { WIDE } from '../kernel/testing/wide.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import { ANOMALY_FOUND, KPI_FORECAST_MADE, type AnomalyFound, type KpiForecastMade } from './events.ts'
import { countedIn } from './kpi-counts.ts'
import { dailyHistory } from './kpi-forecasts.ts'
import { openAnomalies, usualIn } from './kpi-watch.ts'
import { createKpis, dueKpiJudgement, dumpKpis, foldKpis, restoreKpis, type Kpis } from './kpis.ts'

const START = Date.UTC(2026, 0, 5)
const MOSCOW = { ...DEFAULT_BUSINESS, timeZone: 'Europe/Moscow', marginShare: 0.4 }

const signalAt = (at: number, more: Partial<Signal> = {}): Signal => ({
  kind: 'page',
  messageId: `m${at}`,
  userId: '',
  anonymousId: 'a',
  previousId: '',
  groupId: '',
  name: '',
  properties: {},
  traits: {},
  context: {},
  at,
  receivedAt: at,
  source: 'site',
  ...more,
})
const orderAt = (at: number, revenue: number): Signal =>
  signalAt(at, { kind: 'track', name: 'Order Completed', properties: { order_id: `o${at}`, revenue } })

let offset = 0
const eventOf = (type: string, at: number, data: unknown = {}): LogEvent => ({
  offset: ++offset,
  id: `e${offset}`,
  type,
  key: '',
  at,
  data,
})
const take = (kpis: Kpis, signals: readonly Signal[], at: number): void =>
  foldKpis(kpis, eventOf('signal.received.v1', at), signals, MOSCOW)

/** Judges all that is due until nothing is, as the shell would, and gives what was found. */
const judgeAll = (kpis: Kpis, now: number): readonly AnomalyFound[] => {
  const found: AnomalyFound[] = []
  for (
    let due = dueKpiJudgement(kpis, now, MOSCOW);
    due.length > 0;
    due = dueKpiJudgement(kpis, now, MOSCOW)
  ) {
    found.push(...due.filter(({ type }) => type === ANOMALY_FOUND).map(({ data }) => data as AnomalyFound))
    due.forEach((event: NewEvent) => foldKpis(kpis, eventOf(event.type, now, event.data), [], MOSCOW))
  }
  return found
}

/** One signal stands for many: the number of visits of an hour by the clock of the shop. */
const visitsIn = (hour: number, rng: ReturnType<typeof createRng>): number => {
  const local = (hour + 3) % 24
  const mean = 20 * (1 + Math.sin(((local - 9) / 24) * 2 * Math.PI)) + 2
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * rng.normal()))
}
/** Lives through hours with visits, judging each as it closes. */
const live = (
  kpis: Kpis,
  { hours, from = 0, odd = () => 1 }: { hours: number; from?: number; odd?: (hour: number) => number },
): readonly AnomalyFound[] => {
  const rng = createRng('kpis')
  const found: AnomalyFound[] = []
  for (let hour = 0; hour < hours; hour++) {
    const count = Math.round(visitsIn(hour, rng) * odd(hour))
    if (hour < from) continue
    const at = START + hour * HOUR_MS
    take(
      kpis,
      Array.from({ length: count }, (_, i) => signalAt(at + i)),
      at,
    )
    found.push(...judgeAll(kpis, at + HOUR_MS + 11 * 60_000))
  }
  return found
}

describe('kpis', () => {
  it('KP1 counts orders, revenue, margin and visits by hour, and by day of the business', () => {
    const kpis = createKpis()
    const late = START + 22 * HOUR_MS
    take(kpis, [signalAt(START), orderAt(START + 1, 100), orderAt(late, 50)], late)
    take(
      kpis,
      [signalAt(START, { kind: 'track', name: 'Order Refunded', properties: { revenue: 20 } })],
      late,
    )
    const hour = START / HOUR_MS
    const { hours, days } = kpis.counts
    assert.equal(countedIn(hours, 'orders', hour), 1)
    assert.equal(countedIn(hours, 'revenue', hour), 80)
    assert.equal(countedIn(hours, 'margin', hour), 32)
    assert.equal(countedIn(hours, 'visits', hour), 1)
    assert.equal(countedIn(hours, 'events', hour), 3)
    assert.equal(countedIn(hours, 'orders', hour + 5), 0)
    // 22:00 in London is the next day in Moscow.
    assert.equal(countedIn(days, 'orders', START / DAY_MS + 1), 1)
  })

  it('KP8 counts visits that began without an ad by day', () => {
    const kpis = createKpis()
    const at = START + 12 * HOUR_MS
    const page = (url: string, referrer: string) =>
      signalAt(at, { kind: 'page', properties: { url, referrer } })
    take(
      kpis,
      [
        page('https://shop.example/', ''),
        page('https://shop.example/b', 'https://shop.example/'),
        page('https://shop.example/?gclid=1', ''),
      ],
      at,
    )
    const day = Math.floor((at + 3 * HOUR_MS) / DAY_MS)
    assert.deepEqual(
      [countedIn(kpis.counts.days, 'visits', day), countedIn(kpis.counts.days, 'unpaid', day)],
      [3, 1],
    )
  })

  it(
    'KP2 finds an outage with the hour that closes on it, and hardly ever calls what is usual (wide)',
    WIDE,
    () => {
      const outage = 20 * 24 + 12
      const found = live(createKpis(), {
        hours: 24 * 24,
        odd: (hour) => (hour >= outage && hour < outage + 6 ? 0 : 1),
      })
      const hourOf = ({ hourAt }: AnomalyFound) => (hourAt - START) / HOUR_MS
      const seen = found.find(
        (one) => one.kpi === 'visits' && hourOf(one) >= outage && hourOf(one) < outage + 3,
      )
      assert.ok(
        found.every((one) => hourOf(one) >= 168),
        'the first week alerts nobody',
      )
      assert.ok(seen !== undefined && seen.isRisk && seen.direction === 'below' && seen.expected > 10)
      assert.ok(found.filter((one) => hourOf(one) < outage).length <= 4, `${found.length} alerts`)
    },
  )

  it('KP3 history that comes in teaches and alerts nobody, and all is learnt anew from it', () => {
    const kpis = createKpis()
    take(kpis, [signalAt(START + 30 * DAY_MS)], START + 30 * DAY_MS)
    judgeAll(kpis, START + 30 * DAY_MS + 2 * HOUR_MS)
    const rng = createRng('history')
    for (let hour = 0; hour < 28 * 24; hour++) {
      const count = hour === 300 ? 500 : visitsIn(hour, rng)
      take(
        kpis,
        Array.from({ length: count }, (_, i) => signalAt(START + hour * HOUR_MS + i)),
        START + 30 * DAY_MS,
      )
    }
    const found = judgeAll(kpis, START + 30 * DAY_MS + 3 * HOUR_MS)
    assert.ok(found.every(({ hourAt }) => hourAt >= START + 28 * DAY_MS))
    assert.equal(kpis.watch.rounds, 1)
    const noon = START / HOUR_MS + 30 * 24
    assert.ok(usualIn(kpis.watch, 'visits', noon) !== null)
  })

  it('KP4 what is due changes nothing until it is folded, and a dump goes on without a difference', () => {
    const kpis = createKpis()
    live(kpis, { hours: 8 * 24 })
    const at = START + 8 * DAY_MS
    take(kpis, [orderAt(at, 10)], at)
    const before = JSON.stringify(dumpKpis(kpis))
    const due = dueKpiJudgement(kpis, at + 3 * HOUR_MS, MOSCOW)
    assert.ok(due.length > 0)
    assert.deepEqual(dueKpiJudgement(kpis, at + 3 * HOUR_MS, MOSCOW), due)
    assert.equal(JSON.stringify(dumpKpis(kpis)), before)
    const restored = restoreKpis(structuredClone(dumpKpis(kpis)))
    assert.deepEqual(dumpKpis(restored), dumpKpis(kpis))
    const [left, right] = [kpis, restored].map((state) => live(state, { hours: 9 * 24, from: 8 * 24 }))
    assert.deepEqual(right, left)
    assert.deepEqual(dumpKpis(restored), dumpKpis(kpis))
  })

  it('KP5 there are never more alerts in a week than the budget, and what was withheld is counted', () => {
    const kpis = createKpis()
    const found = live(kpis, {
      hours: 13 * 24,
      odd: (hour) => (hour > 200 && hour % 13 === 0 ? (hour - 190) / 2 : 1),
    })
    const times = found.map(({ hourAt }) => hourAt)
    for (const at of times)
      assert.ok(times.filter((other) => other >= at && other < at + 7 * DAY_MS - 2 * HOUR_MS).length <= 7)
    assert.ok(found.length >= 5)
    assert.ok(kpis.watch.withheld > 0 || kpis.watch.budgets.visits.withheld > 0)
  })

  it('KP6 what was found within a day is open, and the list is bounded', () => {
    const kpis = createKpis()
    const found: AnomalyFound = {
      kpi: 'orders',
      hourAt: START,
      value: 0,
      trials: null,
      expected: 9,
      surprise: 5,
      cause: 'spike',
      direction: 'below',
      isRisk: true,
    }
    for (let i = 0; i < 100; i++)
      foldKpis(kpis, eventOf(ANOMALY_FOUND, START, { ...found, value: i }), [], MOSCOW)
    assert.equal(kpis.watch.found.length, 60)
    assert.equal(openAnomalies(kpis.watch, START + HOUR_MS).length, 60)
    assert.equal(openAnomalies(kpis.watch, START + 2 * DAY_MS).length, 0)
  })

  it('KP7 the newest forecast stands, and it is counted how often the one before it held', () => {
    const kpis = createKpis()
    const today = START / DAY_MS + 20
    for (let day = 0; day < 20; day++)
      for (let order = 0; order < 3 + (day % 2); order++)
        take(kpis, [orderAt(START + day * DAY_MS + order * HOUR_MS, 10)], START + day * DAY_MS)
    assert.deepEqual([...(dailyHistory(kpis.counts, 'orders', today)?.values ?? [])].slice(0, 3), [4, 3, 4])
    assert.equal(dailyHistory(kpis.counts, 'orders', today - 10), null)
    const forecast = (fromDay: number, high: number): KpiForecastMade => ({
      kpi: 'orders',
      fromDay,
      mean: [3, 3, 3],
      low80: [2, 2, 2],
      high80: [high, high, high],
      method: 'combination',
      fallback: '',
      error: 1,
      naiveError: 2,
      daysKnown: 18,
    })
    foldKpis(kpis, eventOf(KPI_FORECAST_MADE, START, forecast(today - 4, 3)), [], MOSCOW)
    foldKpis(kpis, eventOf(KPI_FORECAST_MADE, START, forecast(today - 2, 5)), [], MOSCOW)
    assert.deepEqual(kpis.forecasts.held.orders, { inside: 1, days: 2 })
    assert.equal(kpis.forecasts.made.orders?.fromDay, today - 2)
  })
})
