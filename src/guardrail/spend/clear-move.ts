// The door for money: a budget is written with a pass, and passes for budgets are made here alone.

import type { SpendMove } from '../../delivery/events.ts'
import { passFor, type Cleared } from '../clear.ts'
import type { SpendBooks } from './books.ts'
import { checkMove, type SpendReason } from './check-move.ts'

export type MoveClearance =
  | { readonly kind: 'cleared'; readonly cleared: Cleared<SpendMove> }
  | { readonly kind: 'withheld'; readonly reasons: readonly SpendReason[] }

/**
 * Checks everything at the moment of writing. The move holds its place in all caps from `spend.move_attempted` on: the
 * caller appends that before it clears the next one, so that two raises never share the same room.
 */
export const clearMove = (
  books: SpendBooks,
  move: SpendMove,
  at: { readonly now: number; readonly stopped: boolean },
): MoveClearance => {
  const reasons = checkMove(books, move, at)
  return reasons.length > 0
    ? { kind: 'withheld', reasons }
    : { kind: 'cleared', cleared: passFor(move.moveId, move) }
}
