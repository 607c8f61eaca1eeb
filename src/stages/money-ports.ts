// What the money wheel works with, and the moves it makes.

import type { BudgetState, PlanDayOptions } from '../budget/index.ts'
import type { AdPlatform, SpendMove } from '../delivery/index.ts'
import type { LineBook, SpendBooks } from '../guardrail/index.ts'
import type { Ctx } from '../kernel/ctx.ts'
import type { NewEvent } from '../log/port.ts'

export type MoneyPorts = {
  readonly books: SpendBooks
  readonly budget: BudgetState
  readonly platforms: ReadonlyMap<string, AdPlatform>
  readonly record: (events: readonly NewEvent[]) => Promise<unknown>
  readonly ctx: Ctx
  readonly stopped: () => boolean
  /** Whether a hold keeps this line from spending. */
  readonly isHeld: (lineId: string) => boolean
  /** Whether all that a line sells is sold out; left out where no stock is known. */
  readonly isSoldOut?: (lineId: string) => boolean
  /** Demand of a day relative to the usual, from what ads do not move; null when it is not known. */
  readonly demandOn: (day: number) => number | null
  /** Whether a raise may go without a person, goes after one said yes, or waits. Lowering never asks. */
  readonly mayRaise: (move: SpendMove) => boolean
  readonly plan?: Partial<PlanDayOptions>
  /** Lines are paused by `stopTurn`, beside the turns. */
  readonly stopsApart?: boolean
}

/** Whether a line is to stay paused: by a hold, or with nothing to sell. */
export const isKeptPaused = ({ isHeld, isSoldOut }: MoneyPorts, lineId: string): boolean =>
  isHeld(lineId) || isSoldOut?.(lineId) === true

/** A change of a line's budget from what is in force. */
export const moveOf = (
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
