// What insight puts in the log: what it watched, what was out of the usual, what it expects.

/** The figures that are watched. Money is whole units of the business's currency. */
export const KPI_NAMES = [
  'orders',
  'revenue',
  'margin',
  'visits',
  'events',
  'sent',
  'failed',
  'unsubscribed',
  'clickRate',
] as const
export type KpiName = (typeof KPI_NAMES)[number]

export const KPI_HOURS_JUDGED = 'insight.hours_judged.v1'
/** These hours (since the epoch, both included) have been judged and learnt from. */
export type KpiHoursJudged = {
  readonly from: number
  readonly through: number
  /** Older figures had come in: all is learnt anew from `from` on. */
  readonly anew: boolean
}

export const ANOMALY_FOUND = 'insight.anomaly_found.v1'
/** A figure was out of the usual; at most so many in a week as the alert budget allows. */
export type AnomalyFound = {
  readonly kpi: KpiName
  /** Start of the hour, ms. */
  readonly hourAt: number
  readonly value: number
  /** For a rate: of how many. */
  readonly trials: number | null
  readonly expected: number
  readonly surprise: number
  readonly cause: 'spike' | 'drift' | 'level_shift' | 'extreme'
  readonly direction: 'above' | 'below'
  /** The direction that hurts. */
  readonly isRisk: boolean
}

export const ACTIONS_SHIFTED = 'insight.actions_shifted.v1'
/** A campaign shares out its actions otherwise than it did, or nearly all to one, and nobody had changed it. */
export type ActionsShifted = {
  readonly campaignId: string
  /** Product day (UTC) that was unlike those before, since 1970-01-01. */
  readonly day: number
  readonly kind: 'shifted' | 'collapsed'
  readonly decisions: number
  /** Population stability index against what was usual. */
  readonly distance: number
  /** The action that nearly all goes to, or that moved most; how likely it was drawn, that day and usually. */
  readonly actionId: string
  readonly share: number
  readonly usualShare: number
}

export const KPI_FORECAST_MADE = 'insight.forecast_made.v1'
/** What is expected of a figure on the days ahead; the newest one replaces the one before. */
export type KpiForecastMade = {
  readonly kpi: KpiName
  /** The first day ahead, in days since 1970-01-01 of the business's zone. */
  readonly fromDay: number
  readonly mean: readonly number[]
  readonly low80: readonly number[]
  readonly high80: readonly number[]
  readonly method: 'combination' | 'seasonal_naive'
  /** Why it is the seasonal naive; '' where it is not. */
  readonly fallback: '' | 'not_better_in_backtest' | 'too_short_for_backtest'
  /** Mean error in the backtest beside that of the seasonal naive; null without a backtest. */
  readonly error: number | null
  readonly naiveError: number | null
  readonly daysKnown: number
}
