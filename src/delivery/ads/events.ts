// Facts about money in ad lines: which lines there are, what platforms tell, and each change of a budget.

import type { DecisionId } from '../../kernel/ids.ts'
import type { Said } from '../../kernel/said.ts'

/** What a platform can do and how it may lie; declared by its adapter, kept with the lines so that folds need no adapter. */
export type PlatformTraits = {
  /** Changes of one line's budget a day that it takes. */
  readonly editsPerDayMax: number
  /** Budgets are multiples of this. */
  readonly stepMicros: number
  /** Smallest budget a day; below it a line is paused. */
  readonly dayMinMicros: number
  /** A day may cost up to this many times its budget. */
  readonly overspendDay: number
  /** Days after which a day's spend is final. */
  readonly spendFinalDays: number
  /** A reading may be as old as this: what was written later may not be in it. */
  readonly readLagMs: number
  /** A change larger than this share starts a learning phase of so many days. */
  readonly learningShare: number
  readonly learningDays: number
  /** Pausing and resuming is not counted among the edits. */
  readonly pausesFree?: boolean
}

export type AdLineSpec = {
  readonly id: string
  readonly name: string
  readonly platform: string
  /** The line's id on the platform. */
  readonly externalId: string
  readonly traits: PlatformTraits
  /** Hard limits of what the line may cost, worst case included. */
  readonly dayMaxMicros: number
  readonly monthMaxMicros: number
  /** Budgets the plan may choose between; the upper one follows from `dayMaxMicros`. */
  readonly dayLowMicros: number
  /** Spend a day beyond which nobody can serve what it brings; null for no limit. */
  readonly capacityMicros: number | null
  /** Results a day that can be served; null or left out for no limit. */
  readonly resultsMax?: number | null
  /** What it sells, by product ids and a category: paused while all of that is sold out. */
  readonly sells?: { readonly products: readonly string[]; readonly category: string } | null
  /** What it is shown for and says, as its name alone may not tell: kept from spending beside a crisis about these. */
  readonly says?: { readonly keywords: readonly string[]; readonly creatives: readonly string[] } | null
  /** Share of the reported value that is margin. */
  readonly marginShare: number
}

export type SpendRules = {
  /** Most that a raise may add in a step and in a day, as shares. */
  readonly raiseStepMax: number
  readonly raiseDayMax: number
  /** Least time between two raises of a line. */
  readonly raiseApartMs: number
  /** Edits a day that only a cut may use. */
  readonly editsReserved: number
  /** Days for which a line's worst case must fit the caps before anybody can react. */
  readonly reactDays: number
}

export const ADS_LINES_APPLIED = 'ads.lines_applied.v1'
export type AdsLinesApplied = {
  readonly version: string
  readonly currency: string
  /** IANA zone of the accounts: where a day and a month begin. */
  readonly timeZone: string
  readonly portfolio: {
    readonly dayMaxMicros: number
    readonly monthMaxMicros: number
    /** What all lines together should spend a day. */
    readonly dayTargetMicros: number
  }
  readonly rules: SpendRules
  readonly lines: readonly AdLineSpec[]
}

export type ReportedDay = {
  /** Days since 1970-01-01 in the accounts' zone. */
  readonly day: number
  readonly spendMicros: number
  /** Value the platform claims for the day's spend, so far. */
  readonly valueMicros: number
  readonly conversions: number
  readonly clicks?: number
}

export const ADS_REPORTED = 'ads.reported.v1'
/** What a platform said when asked. */
export type AdsReported = {
  readonly platform: string
  readonly lines: readonly {
    readonly lineId: string
    /** Budget in force, 0 when paused; null when it was not told. */
    readonly budgetMicros: number | null
    /** The platform's own limit for all the line's days; null or left out where it has or tells none. */
    readonly totalLimitMicros?: number | null
    readonly days: readonly ReportedDay[]
  }[]
}

export type SpendMove = {
  readonly moveId: DecisionId
  readonly lineId: string
  readonly currency: string
  readonly fromMicros: number
  /** 0 pauses the line. */
  readonly toMicros: number
  /** The daily plan, variation on purpose, pace through the month, a cap at its worst case, spend far beyond the plan, STOP and its end, products sold out, a person, or an undone move. */
  readonly why:
    | 'plan'
    | 'vary'
    | 'pace'
    | 'cap'
    | 'velocity'
    | 'stop'
    | 'stock'
    | 'resume'
    | 'person'
    | 'undo'
}

export const SPEND_MOVE_ATTEMPTED = 'spend.move_attempted.v1'
/** The next thing is the write. */
export type SpendMoveAttempted = SpendMove

export const SPEND_MOVE_CONFIRMED = 'spend.move_confirmed.v1'
/** Read back as written. */
export type SpendMoveConfirmed = {
  readonly moveId: DecisionId
  readonly lineId: string
  readonly budgetMicros: number
}

export const SPEND_MOVE_FAILED = 'spend.move_failed.v1'
/** Certainly not done. */
/** Of a write whose result was not known, once the platform has been read long enough after it: it is as if it had never been. */
export const MOVE_NOT_DONE = 'ads.not_done'
export type SpendMoveFailed = {
  readonly moveId: DecisionId
  readonly lineId: string
  readonly code: string
  readonly detail: string
}

export const SPEND_MOVE_UNKNOWN = 'spend.move_unknown.v1'
/** May or may not have been done; the worse of both counts until it is read. */
export type SpendMoveUnknown = {
  readonly moveId: DecisionId
  readonly lineId: string
  readonly detail: string
}

export const SPEND_INCIDENT_OPENED = 'spend.incident_opened.v1'
/** Something that a person must know: a read-back that differs, spend beyond the plan, results that stopped coming, amounts that cannot be. */
export type SpendIncidentOpened = {
  readonly incidentId: string
  readonly kind: 'mismatch' | 'velocity' | 'tracking' | 'unreachable' | 'sign_in' | 'cap' | 'reading'
  readonly lineId: string
  readonly detail: string
  /** What `detail` means, for readers of any language; not in older logs. */
  readonly said?: Said
}
export const SPEND_INCIDENT_CLOSED = 'spend.incident_closed.v1'
export type SpendIncidentClosed = { readonly incidentId: string; readonly by: string }
