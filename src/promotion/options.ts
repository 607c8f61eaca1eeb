// What the gate asks for and how fast a challenger may grow.

import { DAY_MS, HOUR_MS } from '../kernel/time.ts'

export type PromotionOptions = {
  /** Chance that a challenger which earns no more is ever taken for better; one-sided. */
  readonly alpha: number
  /** Of the bound that rolls back, two-sided, and the people at which it is narrowest. */
  readonly harm: { readonly alpha: number; readonly tuning: number }
  /** A safety update may earn this share of the champion's reward less. */
  readonly nonInferiority: number
  readonly effectiveSampleMin: number
  /** Of all decisions judged: the effective sample is at least that share of them, too. */
  readonly effectiveShareMin: number
  readonly weightShareMax: number
  readonly sampleRatioPMin: number
  /** Standard errors by which inverse probabilities may be off. */
  readonly propensityStderrsMax: number
  readonly slope: { readonly min: number; readonly max: number }
  /** Per message. */
  readonly unsubscribesMax: number
  readonly complaintsMax: number
  /** Messages before either rate is judged. */
  readonly messagesMin: number
  /** Shares of people, one after the other; the last is all of them. */
  readonly steps: readonly number[]
  /** A share is held at least so long, and never shorter than the goal's window. */
  readonly stepMsMin: number
  /** Settled decisions of the challenger's own before the next share. */
  readonly stepDecisionsMin: number
  /** A challenger that the gate has not let through by then is ended. */
  readonly expiryMs: number
  /** Between two looks of the gate. */
  readonly lookMs: number
  /** What the gate found is recorded again after this time, when nothing changed. */
  readonly recordMs: number
  /** Events read back for what the log says of a new challenger. */
  readonly scanEventsMax: number
}

export const PROMOTION_DEFAULTS: PromotionOptions = {
  alpha: 0.05,
  harm: { alpha: 0.05, tuning: 1_000 },
  nonInferiority: 0.05,
  effectiveSampleMin: 500,
  effectiveShareMin: 0.05,
  weightShareMax: 0.05,
  sampleRatioPMin: 0.001,
  propensityStderrsMax: 5,
  slope: { min: 0.8, max: 1.2 },
  unsubscribesMax: 0.01,
  complaintsMax: 0.003,
  messagesMin: 200,
  steps: [0.05, 0.2, 0.5, 1],
  stepMsMin: DAY_MS,
  stepDecisionsMin: 100,
  expiryMs: 60 * DAY_MS,
  lookMs: 6 * HOUR_MS,
  recordMs: DAY_MS,
  scanEventsMax: 2_000_000,
}
