// Public exports of the signal slice: what arrived.
export { checkRequest } from './check.ts'
export type { ItemError, RequestCheck, RequestError, RequestInput } from './check.ts'
export { isUnpaidLanding } from './landing.ts'
export { ORDER_COMPLETED, ORDER_REFUNDED, amountOf, orderMargin, orderOf, refundOf } from './commerce.ts'
export type { Order, OrderedProduct, Refund } from './commerce.ts'
export { CONSENT_CHANGED_NAME, consentOfSignal } from './consent.ts'
export type { SignalConsent } from './consent.ts'
export { correctTime } from './correct-time.ts'
export {
  createSignalState,
  dumpSignal,
  foldSignal,
  restoreSignal,
  signalHealth,
  SIGNAL_OPTIONS,
} from './fold.ts'
export type { SignalHealth, SignalOptions, SignalState } from './fold.ts'
export type { HealthRow } from './health.ts'
export { countIds, createIdWindow, sight } from './id-window.ts'
export type { IdWindow, IdWindowOptions, Sighting } from './id-window.ts'
export { parseIsoTime } from './iso-time.ts'
export type { ItemCode } from './item.ts'
export { withoutTone } from './item.ts'
export { classOf, retainedOf } from './retained.ts'
export type { Retained, SignalClass } from './retained.ts'
export { storedMonths } from './stored.ts'
export type { StoredMonth } from './stored.ts'
export { SIGNAL_LIMITS } from './limits.ts'
export type { SignalLimits } from './limits.ts'
