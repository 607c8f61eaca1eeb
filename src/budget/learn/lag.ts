// How late results come: the share of a day's final value that is reported by each age. Learnt from days whose
// story is over, so that a young day is judged by what it will be, not by what is there yet.

/** Days after which a day's results are taken as final. */
export const LAG_DAYS = 14

/** A day of a line, as the platform tells it now. */
export type DayReport = {
  readonly day: number
  readonly spend: number
  /** Attributed value so far. */
  readonly value: number
}

export type LagModel = {
  /** Σ of final values of days that are over, and Σ of what they had by each age. */
  readonly final: number
  readonly byAge: Float64Array
}

/** Mean lag in days that is assumed before any day is over, and the weight of that belief in units of value. */
const PRIOR_MEAN_DAYS = 1.5
const PRIOR_SHARE = 0.05

export const createLag = (): LagModel => ({ final: 0, byAge: new Float64Array(LAG_DAYS) })

/** Takes in a finished day: what it had by each age 0 … LAG_DAYS − 1, older evidence fading by `keep`. */
export const learnLag = (lag: LagModel, byAge: ArrayLike<number>, final: number, keep = 0.98): LagModel =>
  final > 0
    ? {
        final: lag.final * keep + final,
        byAge: lag.byAge.map((sum, age) => sum * keep + Math.min(final, Math.max(0, byAge[age] ?? final))),
      }
    : lag

/** The share of its final value that a day of that age has, in (0, 1], never falling with age. */
export const shareByAge = (lag: LagModel, age: number): number => {
  if (age >= LAG_DAYS) return 1
  const prior = 1 - Math.exp(-(age + 0.5) / PRIOR_MEAN_DAYS)
  const weight = lag.final * PRIOR_SHARE || 1
  let share = 0
  for (let a = 0; a <= age; a++)
    share = Math.max(
      share,
      ((lag.byAge[a] ?? 0) + prior * weight * (a === age ? 1 : 0)) / (lag.final + weight),
    )
  return Math.min(1, Math.max(0.02, share))
}
