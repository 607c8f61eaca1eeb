// Public exports of the guardrail: whether we may.
export { checkAction, checkAgain, checkDecision } from './check.ts'
export type { ActionCheck, LeaveCheck, Recipient } from './check.ts'
export { clear, isCleared, release, takeOverReservations } from './clear.ts'
export type { Clearance, Cleared, ClearRequest } from './clear.ts'
export { dumpGuardrail, restoreGuardrail } from './dump.ts'
export { isLineHeld, ALL_PROMOTIONS } from './hold.ts'
export type { Holds, PlacedHold } from './hold.ts'
export { DEFAULT_LIMITS } from './limits.ts'
export { limitsSchema, parseLimits, renderLimits } from './limits-schema.ts'
export type { FriendlyLimits } from './limits-schema.ts'
export { beginRamp, countReleased, isLongPause, isWithinRamps } from './pause.ts'
export type { Ramp } from './pause.ts'
export { isQuiet, quietEndsAt, zoneFor } from './quiet-hours.ts'
export {
  campaignSpend,
  createGuardrail,
  DEFAULT_GUARDRAIL_OPTIONS,
  foldGuardrail,
  limitsInForce,
  stopState,
} from './state.ts'
export type { GuardrailOptions, GuardrailState } from './state.ts'
export { isSeen, NO_OUTSIDE_STOPS, scopeKey, spendStopped, stopReasons } from './stop.ts'
export type { OutsideStops, RaisedStop } from './stop.ts'
export { createBooks, dayOfBooks, foldBooks, SPEND_RULES, stoppedFrom } from './spend/books.ts'
export type { BookDay, BookEdit, LineBook, SpendBooks } from './spend/books.ts'
export { readingTrouble } from './spend/check-reading.ts'
export { racingLines, trippedFrom, velocityIncident } from './spend/velocity.ts'
export type { Racing } from './spend/velocity.ts'
export { budgetCeiling, checkMove } from './spend/check-move.ts'
export type { SpendReason, SpendReasonCode } from './spend/check-move.ts'
export { monthAtWorst, monthSpan, todayAtWorst } from './spend/worst-case.ts'
export { clearMove } from './spend/clear-move.ts'
export type { MoveClearance } from './spend/clear-move.ts'
