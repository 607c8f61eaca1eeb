// A business's ad money over many days of the simulated market, moved by the product through the lying platform, and
// beside it what an oracle and simple rules would have earned in the same world.

import {
  allocate,
  BUDGET_EXPERIMENT_READ,
  createBudget,
  foldBudget,
  learnLine,
  mixtureResponse,
  PLAN_RULES,
  type BudgetState,
  type LineDay,
} from '../budget/index.ts'
import { ADS_LINES_APPLIED, SPEND_INCIDENT_CLOSED, type AdsLinesApplied } from '../delivery/index.ts'
import { createBooks, foldBooks, SPEND_RULES, type SpendBooks } from '../guardrail/index.ts'
import { toMicros } from '../kernel/money.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import { createMoneyClock, moneyTurn } from '../stages/money.ts'
import { createAdMarket, type AdMarket, type AdMarketOptions } from './ad-market.ts'
import { createLyingPlatform, LYING_TRAITS, type Lies, type PlatformTruth } from './lying-platform.ts'

export type AdRunOptions = Partial<AdMarketOptions> & {
  readonly seed: string
  readonly lies?: Lies
  /** Days of one experiment on a line; 0 for none. */
  readonly experimentDays: number
}

export type AdRun = {
  /** Incremental value of each day. */
  readonly daily: readonly number[]
  readonly spent: number
  readonly breaches: Breaches
  readonly events: readonly LogEvent[]
  readonly books: SpendBooks
  readonly budget: BudgetState
  readonly truth: PlatformTruth
  readonly jumps: AdMarket['jumps']
}

export type Breaches = {
  /** Days and months, of lines and of all, whose true spend was above a cap. */
  readonly caps: number
  readonly edits: number
  /** A to B and back to A within a day. */
  readonly backAndForth: number
}

const START_AT = Date.UTC(2026, 0, 1)
const CURRENCY = 'EUR'

/** The product moves the money. */
export const runAds = async (options: AdRunOptions): Promise<AdRun> => {
  const market = createAdMarket(options)
  const days = options.days ?? 200
  const total = options.total ?? 12_000
  const lines = linesOf(market.lines, total)
  const fair = Math.floor(total / market.lines) * 1_000_000
  const lying = createLyingPlatform({
    market,
    seed: options.seed,
    startAt: START_AT,
    budgets: lines.lines.map(() => fair),
    currency: CURRENCY,
    ...(options.lies === undefined ? {} : { lies: options.lies }),
  })
  const [books, budget] = [createBooks(), createBudget()]
  const events: LogEvent[] = []
  const ids = new Set<string>()
  const record = async (fresh: readonly NewEvent[]): Promise<void> => {
    for (const event of fresh) {
      if (ids.has(event.id)) continue
      ids.add(event.id)
      const logged = { ...event, offset: events.length + 1 } as LogEvent
      events.push(logged)
      foldBooks(books, logged)
      foldBudget(budget, logged)
    }
  }
  let now = START_AT
  let id = 0
  const ctx = { now: () => now, rng: createRng(`ads:${options.seed}`), newId: () => `e${++id}` }
  const clock = createMoneyClock()
  await record([{ id: 'lines', type: ADS_LINES_APPLIED, key: '', at: now, data: lines }])
  const ports = {
    books,
    budget,
    platforms: new Map([['lying', lying.platform]]),
    record,
    ctx,
    stopped: () => false,
    demandOn: (day: number) => market.demandSeen(day - START_AT / DAY_MS),
    isHeld: () => false,
    mayRaise: () => true,
    // The judge compares what the same money brings: all of it is to be spent.
    plan: { rules: { ...PLAN_RULES, returnMin: 0 } },
  }
  for (let day = 0; day < days; day++) {
    for (let hour = 0; hour < 24; hour++) {
      await moneyTurn(ports, clock)
      lying.passHour()
      now += HOUR_MS
    }
    await record(closeSeen(books, now))
    for (const event of experiments(market, lines, day, options.experimentDays, now)) await record([event])
  }
  return {
    daily: lying.truth.value.map((row) => sum(row)),
    spent: sum(lying.truth.spend.map((row) => sum(row))),
    breaches: judge(lying.truth, lines),
    events,
    books,
    budget,
    truth: lying.truth,
    jumps: market.jumps,
  }
}

/** A person looks once a day at what differs and says that it was seen. */
const closeSeen = (books: SpendBooks, now: number): NewEvent[] =>
  [...books.incidents.values()]
    .filter(({ kind, at }) => kind === 'mismatch' && now - at >= DAY_MS / 2)
    .map(({ incidentId }) => ({
      id: `seen:${incidentId}`,
      type: SPEND_INCIDENT_CLOSED,
      key: '',
      at: now,
      data: { incidentId, by: 'person' },
    }))

/** One line after the other is tested, and again after a quarter. */
const experiments = (
  market: AdMarket,
  { lines }: AdsLinesApplied,
  day: number,
  length: number,
  now: number,
): NewEvent[] => {
  if (length === 0) return []
  return lines.flatMap((spec, line) => {
    const due = length + line * Math.ceil(length / 2)
    if (day !== due && day !== due + 90) return []
    const today = Math.floor(now / DAY_MS)
    return [
      {
        id: `experiment:${spec.id}:${day}`,
        type: BUDGET_EXPERIMENT_READ,
        key: spec.id,
        at: now,
        data: {
          lineId: spec.id,
          fromDay: today - length,
          toDay: today - 1,
          kind: 'geo',
          ...market.experiment(line, length),
        },
      },
    ]
  })
}

export const linesOf = (count: number, total: number): AdsLinesApplied => ({
  version: '1',
  currency: CURRENCY,
  timeZone: 'UTC',
  portfolio: {
    dayMaxMicros: toMicros(total * 2.3),
    monthMaxMicros: toMicros(total * 34),
    dayTargetMicros: toMicros(total),
  },
  rules: SPEND_RULES,
  lines: Array.from({ length: count }, (_line, index) => ({
    id: `line-${index}`,
    name: `Line ${index}`,
    platform: 'lying',
    externalId: String(index),
    traits: LYING_TRAITS,
    dayMaxMicros: toMicros(total * 1.6),
    monthMaxMicros: toMicros(total * 26),
    dayLowMicros: toMicros(total * 0.005),
    capacityMicros: null,
    marginShare: 1,
  })),
})

const judge = ({ spend, changes, editsRefused }: PlatformTruth, lines: AdsLinesApplied): Breaches => {
  let caps = 0
  const months = new Map<string, number>()
  const add = (key: string, amount: number, cap: number): void => {
    const before = months.get(key) ?? 0
    months.set(key, before + amount)
    if (before <= cap && before + amount > cap) caps++
  }
  spend.forEach((row, day) => {
    const date = new Date(START_AT + day * DAY_MS)
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
    if (toMicros(sum(row)) > lines.portfolio.dayMaxMicros) caps++
    add(`all ${month}`, toMicros(sum(row)), lines.portfolio.monthMaxMicros)
    row.forEach((amount, line) => {
      const spec = lines.lines[line]
      if (spec === undefined) return
      if (toMicros(amount) > spec.dayMaxMicros) caps++
      add(`${line} ${month}`, toMicros(amount), spec.monthMaxMicros)
    })
  })
  const back = changes.filter(({ at, line, micros }, index) => {
    const before = changes.slice(0, index).filter((change) => change.line === line && change.at > at - DAY_MS)
    return before.length >= 2 && before.at(-2)?.micros === micros && before.at(-1)?.micros !== micros
  })
  return { caps, edits: editsRefused(), backAndForth: back.length }
}

export type Rule = 'oracle' | 'equal' | 'last_click' | 'static'

/** What a rule earns in the same world, on a platform that does not lie to it. */
export const runRule = (options: AdRunOptions, rule: Rule): Pick<AdRun, 'daily' | 'spent'> => {
  const market = createAdMarket(options)
  const [days, total] = [options.days ?? 200, options.total ?? 12_000]
  let budgets = Array.from({ length: market.lines }, () => total / market.lines)
  const rng = createRng(`rule:${options.seed}`)
  const daily: number[] = []
  let spent = 0
  for (let day = 0; day < days; day++) {
    if (rule === 'oracle') budgets = bestSplit(market, total)
    if (rule === 'static' && day === MONTH) budgets = fromFirstMonth(market, total)
    const varied = rule === 'static' && day < MONTH
    const lived = market.live(varied ? budgets.map((b) => b * (rng.uniform() < 0.5 ? 0.85 : 1.15)) : budgets)
    daily.push(sum(lived.value))
    spent += sum(lived.spend)
    if (rule === 'last_click' && day % 7 === 6) budgets = byLastClick(market, day, total, budgets)
  }
  return { daily, spent }
}

/** The optimum on the true curves as they are today. */
const bestSplit = (market: AdMarket, total: number): number[] => {
  const slope = (line: number, spend: number) =>
    (market.truthAt(line, spend * 1.0001 + 1e-6) - market.truthAt(line, spend)) / (spend * 1e-4 + 1e-6)
  const lines = Array.from({ length: market.lines }, (_line, line) => ({
    response: {
      value: (spend: number) => market.truthAt(line, spend),
      best: (price: number, low: number, high: number) => {
        let [from, to] = [low, high]
        for (let i = 0; i < 40; i++) {
          const middle = (from + to) / 2
          if (slope(line, middle) > price) from = middle
          else to = middle
        }
        return (from + to) / 2
      },
    },
    low: 0,
    high: total,
  }))
  return [...allocate(lines, total).spend]
}

const MONTH = 30

/** The optimum of the curves learnt from a month of varied spend, as the platform claims its results. */
const fromFirstMonth = (market: AdMarket, total: number): number[] => {
  const rng = createRng('static')
  const lines = Array.from({ length: market.lines }, (_line, line) => {
    const days = Array.from({ length: MONTH }, (_day, day): LineDay => {
      const { spend, value } = market.report(line, day, MONTH - 1)
      return { day, spend, value, share: 1, demand: market.demandSeen(day) }
    })
    const model = learnLine(days.slice(0, -3), { rng, drawCount: 1, halfLifeDays: 1_000 })
    return { response: mixtureResponse(model?.mean ?? { parts: [], weights: [] }), low: 0, high: total }
  })
  return [...allocate(lines, total).spend]
}

const byLastClick = (market: AdMarket, day: number, total: number, budgets: readonly number[]): number[] => {
  const returns = budgets.map((_budget, line) => {
    let [value, spend] = [0, 0]
    for (let d = day - 6; d <= day; d++) {
      const told = market.report(line, d, day)
      value += told.value
      spend += told.spend
    }
    return spend > 0 ? value / spend : 0
  })
  const all = sum(returns)
  return returns.map((one) => (all > 0 ? (total * one) / all : total / budgets.length))
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
