// How long what people did and said is kept, by class of data, and what a run of it lets go. Months are whole ones, UTC: the key of
// a month is destroyed when all of that month is older than the period.

import type { LogEvent } from '../log/port.ts'
import {
  PRIVACY_APPLIED,
  type DataClass,
  type DataExpired,
  type PrivacyApplied,
  type RetentionSpec,
} from './events.ts'

export const DATA_CLASSES: readonly DataClass[] = ['contact', 'behaviour', 'orders', 'mentions']
/** Classes whose keys are by month. */
export const DATED_CLASSES = ['behaviour', 'orders', 'mentions'] as const
export type DatedClass = (typeof DATED_CLASSES)[number]

export type Retention = {
  readonly spec: RetentionSpec
  /** When it came in force, ms; 0 = never. */
  readonly appliedAt: number
  /** The last run, and when it was, ms; null = none. */
  readonly last: (DataExpired & { readonly at: number }) | null
}

export const KEEP_ALL: Retention = Object.freeze({
  spec: Object.freeze({ contact: 0, behaviour: 0, orders: 0, mentions: 0 }),
  appliedAt: 0,
  last: null,
})

export const foldRetention = (state: Retention, { type, at, data }: LogEvent): Retention =>
  type === PRIVACY_APPLIED
    ? { ...state, spec: { ...KEEP_ALL.spec, ...(data as PrivacyApplied).retention }, appliedAt: at }
    : { ...state, last: { ...(data as DataExpired), at } }

/**
 * The first month that is kept of a class with this period.
 * @example firstKept(Date.UTC(2026, 10, 26), 13) // '2025-10'
 */
export const firstKept = (now: number, months: number): string => {
  const date = new Date(now)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months)).toISOString().slice(0, 7)
}
