// From surprises to alerts people can bear: a run of odd values is one alert, and there are never more than so
// many in a stretch of time.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Anomaly } from './detector.ts'

export type AlertOptions = {
  /** Surprise from which a value is odd; tuned on planted anomalies, where it balances late alerts and false ones. */
  readonly surpriseMin: number
  /** Odd values closer than this belong to one alert. */
  readonly mergeMs: number
  /** At most so many alerts … */
  readonly alertsMax: number
  /** … within this time. */
  readonly windowMs: number
}

export const ALERT_DEFAULTS: AlertOptions = {
  surpriseMin: 3.5,
  mergeMs: DAY_MS / 2,
  alertsMax: 7,
  windowMs: 7 * DAY_MS,
}

/** What to do with a value. `withheld`: it would have been an alert, but the budget is used up. */
export type AlertStep =
  | { readonly kind: 'quiet' }
  | { readonly kind: 'alert' }
  | { readonly kind: 'merged' }
  | { readonly kind: 'withheld' }

export type AlertBudget = {
  readonly options: AlertOptions
  /** Times of alerts within the window, oldest first; at most `alertsMax`. */
  readonly alerts: number[]
  /** Time of the last odd value; −∞ when there was none. */
  lastOddAt: number
  /** Whether the run going on was withheld. */
  isWithheld: boolean
  withheld: number
}

const ALERTS_MAX_LIMIT = 10_000

/** Throws Failure `anomaly.budget` for a budget that is none. */
export const createAlertBudget = (options: Partial<AlertOptions> = {}): AlertBudget => {
  const all = { ...ALERT_DEFAULTS, ...options }
  if (
    !(
      all.alertsMax >= 1 &&
      all.alertsMax <= ALERTS_MAX_LIMIT &&
      all.windowMs > 0 &&
      all.mergeMs >= 0 &&
      all.surpriseMin > 0
    )
  )
    throw new Failure({
      code: 'anomaly.budget',
      message: `${all.alertsMax} alerts in ${all.windowMs} ms is no budget.`,
      hint: `Between 1 and ${ALERTS_MAX_LIMIT} alerts in a time above 0.`,
    })
  return { options: all, alerts: [], lastOddAt: Number.NEGATIVE_INFINITY, isWithheld: false, withheld: 0 }
}

/** Takes the next value's judgement, in order of time. */
export const spendAlert = (
  budget: AlertBudget,
  at: number,
  { surprise }: Pick<Anomaly, 'surprise'>,
): AlertStep => {
  const { surpriseMin, mergeMs, alertsMax, windowMs } = budget.options
  if (surprise < surpriseMin) return { kind: 'quiet' }
  const isRun = at - budget.lastOddAt <= mergeMs
  budget.lastOddAt = at
  if (isRun && !budget.isWithheld) return { kind: 'merged' }
  while (budget.alerts.length > 0 && at - (budget.alerts[0] as number) >= windowMs) budget.alerts.shift()
  if (budget.alerts.length >= alertsMax) {
    if (!isRun) budget.withheld++
    budget.isWithheld = true
    return { kind: 'withheld' }
  }
  budget.isWithheld = false
  budget.alerts.push(at)
  return { kind: 'alert' }
}

/**
 * The surprise of each value that surpasses all within `mergeMs` before it, 0 of the others: what a run of odd values is
 * worth to whoever alerts on it once, at any threshold.
 * @example runPeaks([0, 1, 2], [3, 2, 4], 10) // [3, 0, 4]
 */
export const runPeaks = (
  at: readonly number[],
  surprise: readonly number[],
  mergeMs: number,
): readonly number[] => {
  // Values that may still be the largest of some window, descending.
  const waiting: number[] = []
  return surprise.map((own, i) => {
    while (waiting.length > 0 && (at[i] as number) - (at[waiting[0] as number] as number) > mergeMs)
      waiting.shift()
    const top = waiting[0] === undefined ? 0 : (surprise[waiting[0]] as number)
    while (waiting.length > 0 && (surprise[waiting.at(-1) as number] as number) <= own) waiting.pop()
    waiting.push(i)
    return own > top ? own : 0
  })
}
