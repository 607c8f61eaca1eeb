// Ad money for people to look at, read from the books and the advisor.

import { moveEffect, type BudgetState, type LineMemory } from '../../budget/index.ts'
import {
  dayOfBooks,
  monthAtWorst,
  monthSpan,
  spendStopped,
  todayAtWorst,
  type LineBook,
} from '../../guardrail/index.ts'
import { fromMicros } from '../../kernel/money.ts'
import type { Money, MoneyLine } from '../contract.ts'
import { geoTestsOf } from './geo.ts'
import { sayIn } from './said-words.ts'
import type { Language, ViewSources } from './sources.ts'

const DAYS_SHOWN = 45
const MOVES_SHOWN = 60

export const viewMoney = (sources: ViewSources, language: Language = 'en'): Money => {
  const { state, ctx } = sources.loop
  const { books } = state.guardrail
  const now = ctx.now()
  const all = [...books.lines.values()]
  const lines = all.map((book) => lineOf(sources, book, now))
  const sum = (pick: (line: MoneyLine) => number) => lines.reduce((total, line) => total + pick(line), 0)
  const outside = {
    policyReadable: true,
    externalStops: sources.stopFile() === null ? [] : [{ kind: 'all' as const }],
  }
  const plan = state.budget.lastPlan
  return {
    configured: state.budget.lines !== null,
    currency: books.currency,
    timeZone: books.timeZone,
    stopped: spendStopped(state.guardrail.stops, outside),
    dayTarget: fromMicros(books.portfolio.dayTargetMicros),
    spentToday: sum((line) => line.spentToday),
    todayWorst: fromMicros(all.reduce((total, book) => total + todayAtWorst(books, book, 0, now), 0)),
    dayMax: fromMicros(books.portfolio.dayMaxMicros),
    spentMonth: sum((line) => line.spentMonth),
    monthWorst: sum((line) => line.monthWorst),
    monthMax: fromMicros(books.portfolio.monthMaxMicros),
    plan:
      plan === null
        ? null
        : { day: plan.day, total: fromMicros(plan.totalMicros), price: plan.price, gain: plan.gain },
    lines,
    owned: {
      currency: sources.loop.state.business.currency,
      channels: ownedOf(state.budget, dayOfBooks(books, now)),
    },
    experiments: geoTestsOf(state.budget.tests.values(), dayOfBooks(books, now)),
    demand: demandOf(state.budget),
    days: daysOf(all, dayOfBooks(books, now)),
    moves: all
      .flatMap((book) =>
        book.edits.map(({ moveId, at, fromMicros: from, toMicros: to, why }) => ({
          moveId,
          at,
          lineId: book.spec.id,
          from: fromMicros(from),
          to: fromMicros(to),
          why,
        })),
      )
      .toSorted((left, right) => right.at - left.at)
      .slice(0, MOVES_SHOWN),
    incidents: [...books.incidents.values()].map(({ incidentId, at, kind, lineId, detail, said }) => ({
      incidentId,
      at,
      kind,
      lineId,
      detail: sayIn(language, said, detail),
    })),
  }
}

const lineOf = ({ loop }: ViewSources, book: LineBook, now: number): MoneyLine => {
  const { books } = loop.state.guardrail
  const { budget } = loop.state
  const { spec } = book
  const today = dayOfBooks(books, now)
  const { first } = monthSpan(today)
  const planned = budget.lastPlan?.lines.find(({ lineId }) => lineId === spec.id)
  const memory = budget.memory.get(spec.id)
  const claimed = memory === undefined ? null : claimedReturn(memory, today, spec.marginShare)
  const curve = planned?.curve ?? null
  return {
    id: spec.id,
    name: spec.name,
    platform: spec.platform,
    budget: book.budgetMicros === null ? null : fromMicros(book.budgetMicros),
    pending: book.pending === null ? null : fromMicros(book.pending.toMicros),
    spentToday: fromMicros(book.days.find(({ day }) => day === today)?.spendMicros ?? 0),
    spentMonth: fromMicros(
      book.days.reduce((total, { day, spendMicros }) => total + (day >= first ? spendMicros : 0), 0),
    ),
    dayMax: fromMicros(spec.dayMaxMicros),
    monthMax: fromMicros(spec.monthMaxMicros),
    monthWorst: fromMicros(monthAtWorst(books, book, book.budgetMicros ?? 0, now)),
    reason: planned?.reason ?? 'no_data',
    evidence: planned?.evidence ?? 'none',
    marginal: planned?.marginal ?? null,
    ...monthOf(memory, first),
    totalLimit: memory?.totalLimit ?? null,
    claimedReturn: claimed,
    realReturn:
      claimed === null || planned?.evidence !== 'experiment' || planned.realShare === undefined
        ? null
        : claimed * planned.realShare,
    curve:
      curve === null
        ? []
        : curve.spend.map((spend, k) => ({
            spend,
            value: curve.value[k] ?? 0,
            low: curve.low[k] ?? 0,
            high: curve.high[k] ?? 0,
          })),
    effect: moveEffect(budget, spec, today),
  }
}

const monthOf = (
  memory: LineMemory | undefined,
  first: number,
): { readonly clicksMonth: number; readonly conversionsMonth: number } => {
  const days = [...(memory?.days ?? [])].filter(([day]) => day >= first).map(([, seen]) => seen)
  return {
    clicksMonth: days.reduce((sum, { clicks = 0 }) => sum + clicks, 0),
    conversionsMonth: days.reduce((sum, { conversions }) => sum + conversions, 0),
  }
}

const ownedOf = ({ owned }: BudgetState, today: number): Money['owned']['channels'] => {
  const { first } = monthSpan(today)
  return [...owned].map(([channel, days]) => {
    const month = days.filter(({ day }) => day >= first && day <= today)
    const now = days.find(({ day }) => day === today)
    return {
      channel,
      contactsToday: now?.contacts ?? 0,
      spentToday: fromMicros(now?.micros ?? 0),
      contactsMonth: month.reduce((sum, { contacts }) => sum + contacts, 0),
      spentMonth: fromMicros(month.reduce((sum, { micros }) => sum + micros, 0)),
    }
  })
}

const demandOf = ({ demand }: BudgetState): Money['demand'] => {
  const day = Math.max(...demand.keys())
  const index = demand.get(day)
  return index === undefined ? null : { day, index }
}

/** A week that is mostly told: from ten to three days ago. */
const claimedReturn = ({ days }: LineMemory, today: number, marginShare: number): number | null => {
  let [value, spend] = [0, 0]
  for (let day = today - 10; day < today - 3; day++) {
    value += (days.get(day)?.value ?? 0) * marginShare
    spend += days.get(day)?.spend ?? 0
  }
  return spend > 0 ? value / spend : null
}

const daysOf = (books: readonly LineBook[], today: number): Money['days'] => {
  const known = new Set(books.flatMap(({ days }) => days.map(({ day }) => day)))
  return [...known]
    .filter((day) => day > today - DAYS_SHOWN && day <= today)
    .toSorted((left, right) => left - right)
    .map((day) => ({
      day,
      spend: books.map(({ days }) => fromMicros(days.find((one) => one.day === day)?.spendMicros ?? 0)),
    }))
}
