// Combines methods by what they erred by before: at each origin the weights come only from origins whose
// outcome was known by then, so the backtest of the combination is as honest as that of its parts.

import { meanSize } from './backtest.ts'

/** Weights ∝ 1 / (mean error)²; equal where nothing is known. Sum to 1. */
export const weightsOf = (meanErrors: readonly number[]): readonly number[] => {
  const isUsable = meanErrors.every((error) => Number.isFinite(error))
  if (!isUsable) return meanErrors.map(() => 1 / meanErrors.length)
  const least = Math.min(...meanErrors)
  // A perfect method among others takes all.
  const raw = meanErrors.map((error) => (error === least ? 1 : (least / error) ** 2))
  const sum = raw.reduce((total, weight) => total + weight, 0)
  return raw.map((weight) => weight / sum)
}

/** The weighted sum of `forecasts`. */
export const blend = (forecasts: readonly Float64Array[], weights: readonly number[]): Float64Array =>
  (forecasts[0] as Float64Array).map((_, h) =>
    forecasts.reduce((sum, forecast, m) => sum + (weights[m] as number) * (forecast[h] as number), 0),
  )

/** The combination's forecast at each origin, by weights of the origins that were over by then. */
export const blendRolling = (
  byMethod: readonly (readonly Float64Array[])[],
  errors: readonly (readonly Float64Array[])[],
  origins: readonly number[],
  horizon: number,
): readonly Float64Array[] =>
  (byMethod[0] ?? []).map((_, k) => {
    const over = origins.filter((end) => end + horizon <= (origins[k] as number)).length
    const weights = weightsOf(errors.map((rows) => meanSize(rows.slice(0, over))))
    return blend(
      byMethod.map((forecasts) => forecasts[k] as Float64Array),
      weights,
    )
  })
