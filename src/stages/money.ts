// One turn of the money wheel: STOP first, then what platforms tell, doubts settled, caps kept, and once a day the plan.
// Between turns nothing is remembered outside the log and its folds, but for when to ask next.

import type { BudgetState } from '../budget/index.ts'
import { BUDGET_DEMAND_READ, BUDGET_PLANNED, planDay, type PlanDayOptions } from '../budget/index.ts'
import {
  ADS_REPORTED,
  applyMove,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  settleMove,
  type AdPlatform,
  type AdsReported,
  type MovePorts,
  type MoveResult,
  type SpendIncidentOpened,
  type SpendMove,
} from '../delivery/index.ts'
import {
  budgetCeiling,
  clearMove,
  dayOfBooks,
  stoppedFrom,
  type LineBook,
  type SpendBooks,
  type SpendReason,
} from '../guardrail/index.ts'
import type { Ctx } from '../kernel/ctx.ts'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { DAY_MS, HOUR_MS, localTime } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import { trackingLost } from '../budget/index.ts'

export type MoneyPorts = {
  readonly books: SpendBooks
  readonly budget: BudgetState
  readonly platforms: ReadonlyMap<string, AdPlatform>
  readonly record: (events: readonly NewEvent[]) => Promise<unknown>
  readonly ctx: Ctx
  readonly stopped: () => boolean
  /** Whether a hold keeps this line from spending. */
  readonly isHeld: (lineId: string) => boolean
  /** Demand of a day relative to the usual, from what ads do not move; null when it is not known. */
  readonly demandOn: (day: number) => number | null
  /** Whether a raise may go without a person, goes after one said yes, or waits. Lowering never asks. */
  readonly mayRaise: (move: SpendMove) => boolean
  readonly plan?: Partial<PlanDayOptions>
}

export type MoneyClock = {
  /** ms, when platforms are asked next. */
  nextReadAt: number
  /** Readings in a row that failed, by platform. */
  readonly failures: Map<string, number>
}

export const createMoneyClock = (): MoneyClock => ({ nextReadAt: 0, failures: new Map() })

export type MoneyReport = {
  readonly moved: readonly { readonly move: SpendMove; readonly result: MoveResult }[]
  readonly withheld: readonly { readonly move: SpendMove; readonly reasons: readonly SpendReason[] }[]
}

const READ_EVERY_MS = HOUR_MS
/** Days that platforms still restate are read again each time. */
const READ_DAYS = 15
const PLAN_HOUR = 3
const FAILURES_MAX = 3
const UNKNOWN_RETRY_MS = 10 * 60_000

/** Does what is due now. Rejects with a Failure when the log cannot take it. */
export const moneyTurn = async (ports: MoneyPorts, clock: MoneyClock): Promise<MoneyReport> => {
  const { books, ctx } = ports
  const moved: { move: SpendMove; result: MoveResult }[] = []
  const withheld: { move: SpendMove; reasons: readonly SpendReason[] }[] = []
  if (books.lines.size === 0) return { moved, withheld }
  const carry = async (moves: readonly SpendMove[]): Promise<void> => {
    for (const move of moves) {
      const done = await carryOut(ports, move)
      if (done.kind === 'withheld') withheld.push({ move, reasons: done.reasons })
      else moved.push({ move, result: done.result })
    }
  }
  await carry(stopMoves(ports, ctx.now()))
  if (ctx.now() >= clock.nextReadAt) {
    clock.nextReadAt = ctx.now() + READ_EVERY_MS
    await readPlatforms(ports, clock)
    await watchTracking(ports)
  }
  await settleOpen(ports)
  await carry(capMoves(books, ctx.now()))
  if (ports.stopped()) return { moved, withheld }
  await carry(resumeMoves(ports, ctx.now()))
  const today = dayOfBooks(books, ctx.now())
  if (ports.budget.plannedDay < today && localTime(ctx.now(), books.timeZone).hour >= PLAN_HOUR)
    await recordPlan(ports, today)
  await carry(planMoves(ports, today))
  return { moved, withheld }
}

type Done =
  | { readonly kind: 'done'; readonly result: MoveResult }
  | { readonly kind: 'withheld'; readonly reasons: readonly SpendReason[] }

/** One move through the guardrail's door to its platform. */
const carryOut = async (ports: MoneyPorts, move: SpendMove): Promise<Done> => {
  const { books, ctx } = ports
  const book = books.lines.get(move.lineId)
  const platform = book === undefined ? undefined : ports.platforms.get(book.spec.platform)
  const clearance = clearMove(books, move, {
    now: ctx.now(),
    stopped: ports.stopped() || ports.isHeld(move.lineId),
  })
  if (clearance.kind === 'withheld') return clearance
  if (book === undefined || platform === undefined)
    return { kind: 'withheld', reasons: [{ code: 'unknown_line', detail: `no platform for ${move.lineId}` }] }
  return { kind: 'done', result: await applyMove(clearance.cleared, book.spec, movePorts(ports, platform)) }
}

const movePorts = ({ books, ctx, record }: MoneyPorts, platform: AdPlatform): MovePorts => ({
  platform,
  append: record,
  now: ctx.now,
  today: () => dayOfBooks(books, ctx.now()),
})

const moveOf = (
  books: SpendBooks,
  book: LineBook,
  about: { readonly moveId: string; readonly toMicros: number; readonly why: SpendMove['why'] },
): SpendMove => ({
  moveId: about.moveId as SpendMove['moveId'],
  lineId: book.spec.id,
  currency: books.currency,
  fromMicros: book.budgetMicros ?? 0,
  toMicros: about.toMicros,
  why: about.why,
})

/** Every line that spends or may spend is paused: all of them on STOP, else those that are held. */
const stopMoves = ({ books, stopped, isHeld }: MoneyPorts, now: number): SpendMove[] =>
  [...books.lines.values()]
    .filter(({ spec }) => stopped() || isHeld(spec.id))
    .filter((book) => (book.budgetMicros ?? 1) > 0 && (book.pending === null || book.pending.toMicros > 0))
    .map((book) => moveOf(books, book, { moveId: `stop:${book.spec.id}:${now}`, toMicros: 0, why: 'stop' }))

/** What STOP paused comes back as it was, in so far as the caps have room. */
const resumeMoves = ({ books, isHeld }: MoneyPorts, now: number): SpendMove[] =>
  [...books.lines.values()].flatMap((book) => {
    if (isHeld(book.spec.id)) return []
    const toMicros = Math.min(stoppedFrom(book), budgetCeiling(books, book.spec.id, now))
    return toMicros > 0 && book.pending === null
      ? [moveOf(books, book, { moveId: `resume:${book.spec.id}:${now}`, toMicros, why: 'resume' })]
      : []
  })

/** A line whose worst case no longer fits its caps is cut to what fits, at once. */
const capMoves = (books: SpendBooks, now: number): SpendMove[] =>
  [...books.lines.values()].flatMap((book) => {
    const ceiling = budgetCeiling(books, book.spec.id, now)
    return book.budgetMicros !== null && book.pending === null && book.budgetMicros > ceiling
      ? [moveOf(books, book, { moveId: `cap:${book.spec.id}:${now}`, toMicros: ceiling, why: 'cap' })]
      : []
  })

/** The plan's moves that were not tried yet, lowering before raising, so that there is room. */
const planMoves = ({ books, budget, ctx, mayRaise, isHeld }: MoneyPorts, today: number): SpendMove[] => {
  const plan = budget.lastPlan
  if (plan === null || plan.day !== today) return []
  return plan.lines
    .flatMap(({ lineId, toMicros, baseMicros }) => {
      const book = books.lines.get(lineId)
      const moveId = `${plan.planId}:${lineId}`
      if (book === undefined || book.pending !== null || book.budgetMicros === null) return []
      if (isHeld(lineId)) return []
      if (book.budgetMicros === toMicros || book.edits.some((edit) => edit.moveId === moveId)) return []
      // What was lowered for another reason since the plan was made is not raised by it.
      if (
        book.edits.some(
          ({ at, why }) => at > ctx.now() - DAY_MS / 2 && ['cap', 'stop', 'person'].includes(why),
        )
      )
        return []
      const move = moveOf(books, book, { moveId, toMicros, why: toMicros === baseMicros ? 'plan' : 'vary' })
      return toMicros < book.budgetMicros || mayRaise(move) ? [move] : []
    })
    .toSorted((left, right) => left.toMicros - left.fromMicros - (right.toMicros - right.fromMicros))
}

const recordPlan = async (ports: MoneyPorts, today: number): Promise<void> => {
  const { books, budget, ctx, record } = ports
  const index = ports.demandOn(today - 1)
  if (index !== null)
    await record([
      {
        id: `demand:${today - 1}`,
        type: BUDGET_DEMAND_READ,
        key: '',
        at: ctx.now(),
        data: { day: today - 1, index },
      },
    ])
  const planId = `plan:${today}`
  const plan = planDay(
    budget,
    books,
    { day: today, now: ctx.now(), planId, stopped: ports.stopped(), rng: ctx.rng },
    ports.plan,
  )
  if (plan !== null) await record([{ id: planId, type: BUDGET_PLANNED, key: '', at: ctx.now(), data: plan }])
}

const readPlatforms = async (ports: MoneyPorts, clock: MoneyClock): Promise<void> => {
  const { books, ctx, record } = ports
  const today = dayOfBooks(books, ctx.now())
  for (const [name, platform] of ports.platforms) {
    const lines = [...books.lines.values()].filter(({ spec }) => spec.platform === name)
    if (lines.length === 0) continue
    try {
      const read = await platform.read({
        externalIds: lines.map(({ spec }) => spec.externalId),
        fromDay: today - READ_DAYS,
        toDay: today,
      })
      const told = new Map(read.map((line) => [line.externalId, line]))
      const data: AdsReported = {
        platform: name,
        lines: lines.flatMap(({ spec }) => {
          const line = told.get(spec.externalId)
          return line === undefined
            ? []
            : [{ lineId: spec.id, budgetMicros: line.budgetMicros, days: line.days }]
        }),
      }
      await record([{ id: `ads:${name}:${ctx.now()}`, type: ADS_REPORTED, key: name, at: ctx.now(), data }])
      if ((clock.failures.get(name) ?? 0) >= FAILURES_MAX) await closeIncident(ports, `unreachable:${name}`)
      clock.failures.set(name, 0)
    } catch (error) {
      // The platform's trouble: told to a person when it lasts. Our own bugs go on up.
      if (!isFailure(error)) throw error
      const failures = (clock.failures.get(name) ?? 0) + 1
      clock.failures.set(name, failures)
      if (failures >= FAILURES_MAX)
        await openIncident(ports, {
          incidentId: `unreachable:${name}`,
          kind: 'unreachable',
          lineId: '',
          detail: `${name}: ${messageOf(error)}`,
        })
    }
  }
}

/** Writes whose result nobody knows are read until they are settled. */
const settleOpen = async (ports: MoneyPorts): Promise<void> => {
  const { books, ctx } = ports
  for (const book of books.lines.values()) {
    const { pending, spec } = book
    const platform = ports.platforms.get(spec.platform)
    const attemptedAt = book.edits.findLast(({ moveId }) => moveId === pending?.moveId)?.at
    if (pending === null || platform === undefined || attemptedAt === undefined) continue
    if (ctx.now() - attemptedAt < UNKNOWN_RETRY_MS) continue
    await settleMove(pending, spec, movePorts(ports, platform), {
      doubt: 'the result of the write was not known',
      attemptedAt,
    })
  }
}

/** While results do not arrive although money is spent, nothing is raised: what looks bad may only be unseen. */
const watchTracking = async (ports: MoneyPorts): Promise<void> => {
  const { books, budget, ctx } = ports
  const lost = trackingLost(budget, dayOfBooks(books, ctx.now()), localTime(ctx.now(), books.timeZone).hour)
  const open = books.incidents.has('tracking')
  if (lost !== null && !open)
    await openIncident(ports, { incidentId: 'tracking', kind: 'tracking', lineId: '', detail: lost })
  if (lost === null && open) await closeIncident(ports, 'tracking')
}

const openIncident = async (
  { books, ctx, record }: MoneyPorts,
  incident: SpendIncidentOpened,
): Promise<void> => {
  if (books.incidents.has(incident.incidentId)) return
  const id = `incident:${incident.incidentId}:${ctx.now()}`
  await record([{ id, type: SPEND_INCIDENT_OPENED, key: incident.lineId, at: ctx.now(), data: incident }])
}

const closeIncident = async ({ books, ctx, record }: MoneyPorts, incidentId: string): Promise<void> => {
  if (!books.incidents.has(incidentId)) return
  const id = `closed:${incidentId}:${ctx.now()}`
  await record([
    { id, type: SPEND_INCIDENT_CLOSED, key: '', at: ctx.now(), data: { incidentId, by: 'windvane' } },
  ])
}
