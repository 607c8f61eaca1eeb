// One turn of the money wheel: STOP first, then what platforms tell, doubts settled, caps kept, and once a day the plan.
// Between turns nothing is remembered outside the log and its folds, but for when to ask next.

import { BUDGET_DEMAND_READ, BUDGET_PLANNED, planDay } from '../budget/index.ts'
import {
  applyMove,
  settleMove,
  type AdPlatform,
  type MovePorts,
  type MoveResult,
  type SpendMove,
} from '../delivery/index.ts'
import {
  budgetCeiling,
  clearMove,
  dayOfBooks,
  stoppedFrom,
  trippedFrom,
  type SpendBooks,
  type SpendReason,
} from '../guardrail/index.ts'
import { DAY_MS, HOUR_MS, localTime } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import { isKeptPaused, moveOf, type MoneyPorts } from './money-ports.ts'
import { carryStop, carryStops, dueStops, type StopClock, type StopDone } from './money-stop.ts'
import { readPlatforms, watchTracking, watchVelocity } from './money-watch.ts'

export type MoneyClock = {
  /** ms, when platforms are asked next. */
  nextReadAt: number
  /** Readings in a row that failed, by platform. */
  readonly failures: Map<string, number>
  readonly stops: StopClock
  /** ms, of the first turn: what was attempted before is an earlier process's. */
  startedAt: number | null
  /** ms, when a line's open move was last read, by line. */
  readonly settled: Map<string, number>
}

export const createMoneyClock = (): MoneyClock => ({
  nextReadAt: 0,
  failures: new Map(),
  stops: new Map(),
  startedAt: null,
  settled: new Map(),
})

export type MoneyReport = {
  readonly moved: readonly { readonly move: SpendMove; readonly result: MoveResult }[]
  readonly withheld: readonly { readonly move: SpendMove; readonly reasons: readonly SpendReason[] }[]
}

const READ_EVERY_MS = HOUR_MS
const PLAN_HOUR = 3
const DEMAND_DAYS = 15
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
  if (ports.stopsApart !== true)
    for (const move of dueStops(ports, clock.stops)) {
      const done = await carryStop(ports, clock.stops, move, async (one) => carryOut(ports, one))
      if (done.kind === 'withheld') withheld.push({ move, reasons: done.reasons })
      else moved.push({ move, result: done.result })
    }
  if (ctx.now() >= clock.nextReadAt) {
    clock.nextReadAt = ctx.now() + READ_EVERY_MS
    await readPlatforms(ports, clock.failures)
    await watchTracking(ports)
    await carry(await watchVelocity(ports))
  }
  await settleOpen(ports, clock)
  await carry(capMoves(books, ctx.now()))
  if (ports.stopped()) return { moved, withheld }
  await carry(resumeMoves(ports, ctx.now()))
  const today = dayOfBooks(books, ctx.now())
  if (ports.budget.plannedDay < today && localTime(ctx.now(), books.timeZone).hour >= PLAN_HOUR)
    await recordPlan(ports, today)
  await carry(planMoves(ports, today))
  return { moved, withheld }
}

/** STOP by itself, beside the turns: so a platform that is slow to tell keeps no line spending. */
export const stopTurn = async (ports: MoneyPorts, clock: MoneyClock): Promise<void> =>
  carryStops(ports, clock.stops, async (move) => carryOut(ports, move))

/** One move through the guardrail's door to its platform. */
const carryOut = async (ports: MoneyPorts, move: SpendMove): Promise<StopDone> => {
  const { books, ctx } = ports
  const book = books.lines.get(move.lineId)
  const platform = book === undefined ? undefined : ports.platforms.get(book.spec.platform)
  const clearance = clearMove(books, move, {
    now: ctx.now(),
    stopped: ports.stopped() || isKeptPaused(ports, move.lineId),
  })
  if (clearance.kind === 'withheld') return clearance
  if (book === undefined || platform === undefined)
    return { kind: 'withheld', reasons: [{ code: 'unknown_line', detail: `no platform for ${move.lineId}` }] }
  // An account of another currency would take the number for its own.
  if (platform.currency !== books.currency)
    return {
      kind: 'withheld',
      reasons: [{ code: 'currency', detail: `${platform.currency} is not ${books.currency}` }],
    }
  return { kind: 'done', result: await applyMove(clearance.cleared, book.spec, movePorts(ports, platform)) }
}

const movePorts = ({ books, ctx, record }: MoneyPorts, platform: AdPlatform): MovePorts => ({
  platform,
  append: record,
  now: ctx.now,
  today: () => dayOfBooks(books, ctx.now()),
})

/** What STOP, an empty stock or the breaker paused comes back as it was, in so far as the caps have room. */
const resumeMoves = (ports: MoneyPorts, now: number): SpendMove[] =>
  [...ports.books.lines.values()].flatMap((book) => {
    const { books } = ports
    if (isKeptPaused(ports, book.spec.id)) return []
    const was = Math.max(stoppedFrom(book), trippedFrom(books, book, now))
    const toMicros = was > 0 ? Math.min(was, budgetCeiling(books, book.spec.id, now)) : 0
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
const planMoves = (ports: MoneyPorts, today: number): SpendMove[] => {
  const { books, budget, ctx, mayRaise } = ports
  const plan = budget.lastPlan
  if (plan === null || plan.day !== today) return []
  return plan.lines
    .flatMap(({ lineId, toMicros, baseMicros }) => {
      const book = books.lines.get(lineId)
      const moveId = `${plan.planId}:${lineId}`
      if (book === undefined || book.pending !== null || book.budgetMicros === null) return []
      if (isKeptPaused(ports, lineId)) return []
      if (book.budgetMicros === toMicros || book.edits.some((edit) => edit.moveId === moveId)) return []
      // What was lowered for another reason since the plan was made is not raised by it.
      if (
        book.edits.some(
          ({ at, why }) =>
            at > ctx.now() - DAY_MS / 2 && ['cap', 'stop', 'stock', 'velocity', 'person'].includes(why),
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
  await record(demandOfDays(ports, today))
  const planId = `plan:${today}`
  const plan = planDay(
    budget,
    books,
    {
      day: today,
      now: ctx.now(),
      planId,
      stopped: ports.stopped(),
      heldBack: (lineId) =>
        ports.isHeld(lineId) ? 'held_frozen' : ports.isSoldOut?.(lineId) === true ? 'sold_out' : null,
      rng: ctx.rng,
    },
    ports.plan,
  )
  if (plan !== null) await record([{ id: planId, type: BUDGET_PLANNED, key: '', at: ctx.now(), data: plan }])
}

/** Demand of the days whose results are still told, as far as it is known and not in the log yet. */
const demandOfDays = ({ budget, ctx, demandOn }: MoneyPorts, today: number): NewEvent[] =>
  Array.from({ length: DEMAND_DAYS }, (_day, k) => today - DEMAND_DAYS + k).flatMap((day) => {
    const index = budget.demand.has(day) ? null : demandOn(day)
    return index === null
      ? []
      : [{ id: `demand:${day}`, type: BUDGET_DEMAND_READ, key: '', at: ctx.now(), data: { day, index } }]
  })

/** Writes whose result nobody knows are read until they are settled; what an earlier process left open, at once. */
const settleOpen = async (ports: MoneyPorts, clock: MoneyClock): Promise<void> => {
  const { books, ctx } = ports
  clock.startedAt ??= ctx.now()
  for (const book of books.lines.values()) {
    const { pending, spec } = book
    const platform = ports.platforms.get(spec.platform)
    const attemptedAt = book.edits.findLast(({ moveId }) => moveId === pending?.moveId)?.at
    if (pending === null || platform === undefined || attemptedAt === undefined) continue
    const isLeft = attemptedAt < clock.startedAt && !clock.settled.has(spec.id)
    const lastAt = Math.max(clock.settled.get(spec.id) ?? 0, attemptedAt)
    if (!isLeft && ctx.now() - lastAt < UNKNOWN_RETRY_MS) continue
    clock.settled.set(spec.id, ctx.now())
    await settleMove(pending, spec, movePorts(ports, platform), {
      doubt: 'the result of the write was not known',
      attemptedAt,
    })
  }
}
