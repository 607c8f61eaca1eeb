// The product in the confounded market: a season of budgets set by hand, then a month in which it moves the money, with
// an experiment on each line or without. What it says of the lines and what it raised, beside the truth.

import {
  BUDGET_EXPERIMENT_READ,
  createBudget,
  fitResponse,
  foldBudget,
  valueAt,
  type PlannedBudget,
} from '../budget/index.ts'
import { ADS_LINES_APPLIED } from '../delivery/index.ts'
import { createBooks, foldBooks } from '../guardrail/index.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import { createMoneyClock, moneyTurn } from '../stages/money.ts'
import { linesOf } from './ad-run.ts'
import { CONFOUNDED, createConfoundedMarket, type ConfoundedMarket } from './confounded-market.ts'
import { createLyingPlatform, NO_LIES } from './lying-platform.ts'

export type ConfoundedRun = {
  /** Lines from best to worst, as each way of looking has it, at the spend when the month began. */
  readonly truth: readonly number[]
  readonly claimed: readonly number[]
  /** By a regression of sales on spends, season unknown. */
  readonly together: readonly number[]
  /** By what the product holds for real; null where it says that it does not know. */
  readonly ours: readonly number[] | null
  /** Of each raise above where the month began, variation on purpose left out: what the next unit truly brought before it. */
  readonly raises: readonly number[]
  /** The first plan's lines that are held because nothing is known of what they cause. */
  readonly heldUnknown: number
  /** True value less spend a day, when the month began and in its last week. */
  readonly profitBefore: number
  readonly profitAfter: number
}

const HISTORY_DAYS = 60
const MONTH_DAYS = 30
const EXPERIMENT_DAYS = 14
const START_AT = Date.UTC(2026, 0, 1)

export const runConfounded = async (seed: string, withExperiments: boolean): Promise<ConfoundedRun> => {
  const market = createConfoundedMarket(seed)
  const total = CONFOUNDED.fair * CONFOUNDED.lines
  const lines = linesOf(CONFOUNDED.lines, total)
  const lying = createLyingPlatform({
    market,
    seed,
    startAt: START_AT,
    budgets: market.byHand(0).map(toStep),
    currency: lines.currency,
    lies: NO_LIES,
  })
  const [books, budget] = [createBooks(), createBudget()]
  const ids = new Set<string>()
  let offset = 0
  const plans: (readonly PlannedBudget[])[] = []
  const record = async (fresh: readonly NewEvent[]): Promise<void> => {
    for (const event of fresh) {
      if (ids.has(event.id)) continue
      ids.add(event.id)
      const logged = { ...event, offset: ++offset } as LogEvent
      foldBooks(books, logged)
      foldBudget(budget, logged)
    }
  }
  let now = START_AT
  const ports = {
    books,
    budget,
    platforms: new Map([['lying', lying.platform]]),
    record,
    ctx: { now: () => now, rng: createRng(`confounded:${seed}:product`), newId: () => `e${now}` },
    stopped: () => false,
    demandOn: () => null,
    isHeld: () => false,
    mayRaise: () => true,
    // Budgets varied on purpose would be an experiment too: here there is only what went together.
    plan: { varyShare: 0 },
  }
  await record([{ id: 'lines', type: ADS_LINES_APPLIED, key: '', at: now, data: lines }])
  const clock = createMoneyClock()
  const passDay = async (act: () => Promise<unknown>): Promise<void> => {
    for (let hour = 0; hour < 24; hour++) {
      await act()
      lying.passHour()
      now += HOUR_MS
    }
  }
  for (let day = 0; day < HISTORY_DAYS; day++) {
    market.byHand(day).forEach((amount, line) => lying.setBudget(line, toStep(amount)))
    await passDay(async () => undefined)
  }
  if (withExperiments) await record(experimentsOn(market, lines.lines, now))
  const held = [...Array(CONFOUNDED.lines).keys()].map((line) => lying.truth.budgetMicros(line) / 1e6)
  for (let day = 0; day < MONTH_DAYS; day++) {
    await passDay(() => moneyTurn(ports, clock))
    if (budget.lastPlan !== null) plans.push(budget.lastPlan.lines)
  }
  return judge({ market, plans, held, values: lying.truth })
}

const toStep = (amount: number): number => Math.round(amount * 100) * 10_000

const experimentsOn = (
  market: ConfoundedMarket,
  lines: readonly { readonly id: string }[],
  now: number,
): NewEvent[] =>
  lines.map(({ id }, line) => ({
    id: `experiment:${id}`,
    type: BUDGET_EXPERIMENT_READ,
    key: id,
    at: now,
    data: {
      lineId: id,
      fromDay: now / DAY_MS - EXPERIMENT_DAYS,
      toDay: now / DAY_MS - 1,
      kind: 'geo',
      ...market.experiment(line, EXPERIMENT_DAYS),
    },
  }))

const judge = (about: {
  readonly market: ConfoundedMarket
  readonly plans: readonly (readonly PlannedBudget[])[]
  readonly held: readonly number[]
  readonly values: {
    readonly spend: readonly (readonly number[])[]
    readonly value: readonly (readonly number[])[]
  }
}): ConfoundedRun => {
  const { market, plans, held, values } = about
  const week = { from: HISTORY_DAYS - 7, to: HISTORY_DAYS }
  const spend = held.map((_held, line) =>
    mean(values.spend.slice(week.from, week.to).map((row) => row[line] ?? 0)),
  )
  const claimed = held.map((_held, line) => {
    let sum = 0
    for (let day = week.from; day < week.to; day++) sum += market.report(line, day, day + 30).value
    return sum / 7 / (spend[line] ?? 1)
  })
  const first = plans[0] ?? []
  const known = first.length > 0 && first.every(({ evidence }) => evidence !== 'none')
  const raises: number[] = []
  const before = [...held]
  for (const plan of plans)
    plan.forEach(({ baseMicros }, line) => {
      const base = baseMicros / 1e6
      if (base > (before[line] ?? 0) * 1.001 && base > (held[line] ?? 0) * 1.001)
        raises.push(market.marginalAt(line, before[line] ?? 0))
      before[line] = base
    })
  const profit = (from: number, to: number) =>
    mean(values.value.slice(from, to).map((row, i) => sum(row) - sum(values.spend[from + i] ?? [])))
  return {
    truth: ranking(spend.map((amount, line) => market.returnAt(line, amount))),
    claimed: ranking(claimed),
    together: ranking(regressed(market, values.spend.slice(0, HISTORY_DAYS), spend)),
    ours: known ? ranking(first.map((line, i) => realReturn(line, spend[i] ?? 1))) : null,
    raises,
    heldUnknown: first.filter(({ evidence, reason }) => evidence === 'none' && reason === 'held_unknown')
      .length,
    profitBefore: profit(week.from, week.to),
    profitAfter: profit(HISTORY_DAYS + MONTH_DAYS - 7, HISTORY_DAYS + MONTH_DAYS),
  }
}

/** What the plan's own curve says that a unit of this spend brings. */
const realReturn = ({ curve }: PlannedBudget, spend: number): number => {
  if (curve === null) return 0
  const at = curve.spend.findIndex((s) => s >= spend)
  const [k, before] = [at < 0 ? curve.spend.length - 1 : at, Math.max(0, at - 1)]
  const [from, to] = [curve.spend[before] ?? 0, curve.spend[k] ?? 0]
  const part = to > from ? Math.min(1, (spend - from) / (to - from)) : 0
  const value = (curve.value[before] ?? 0) * (1 - part) + (curve.value[k] ?? 0) * part
  return value / Math.max(1e-9, spend)
}

const regressed = (
  market: ConfoundedMarket,
  spends: readonly (readonly number[])[],
  at: readonly number[],
): number[] => {
  const fit = fitResponse({
    outcome: Float64Array.from(market.sales.slice(0, spends.length)),
    lines: at.map((_spend, line) => ({
      name: `${line}`,
      spend: Float64Array.from(spends, (row) => row[line] ?? 0),
    })),
  })
  return at.map((spend, line) => {
    const curve = fit.curves[line]
    return curve === undefined || spend <= 0 ? 0 : valueAt(curve, spend) / spend
  })
}

const ranking = (returns: readonly number[]): number[] =>
  [...returns.keys()].toSorted((left, right) => (returns[right] ?? 0) - (returns[left] ?? 0))
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
const mean = (values: readonly number[]): number => sum(values) / Math.max(1, values.length)
