// How good a forecast was: the two measures of the M4 competition, and coverage of intervals.

/** Symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993). Pairs that are both 0 count as 0. */
export const smape = (actual: ArrayLike<number>, forecast: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i] as number
    const f = forecast[i] as number
    const size = Math.abs(y) + Math.abs(f)
    if (size > 0) sum += (200 * Math.abs(y - f)) / size
  }
  return sum / actual.length
}

/** Mean absolute error of a forecast. */
export const meanAbsoluteError = (actual: ArrayLike<number>, forecast: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < actual.length; i++) sum += Math.abs((actual[i] as number) - (forecast[i] as number))
  return sum / actual.length
}

/** Mean absolute step of the history over `period`: what the naive forecast errs by within the sample. */
export const naiveScale = (history: ArrayLike<number>, period: number): number => {
  const lag = history.length > period ? period : 1
  let sum = 0
  for (let i = lag; i < history.length; i++)
    sum += Math.abs((history[i] as number) - (history[i - lag] as number))
  return sum / (history.length - lag)
}

/** Mean absolute scaled error (Hyndman & Koehler 2006): below 1 beats the seasonal naive within the sample. */
export const mase = (
  history: ArrayLike<number>,
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  period: number,
): number => meanAbsoluteError(actual, forecast) / naiveScale(history, period)

/** Share of actual values within [lower, upper]. */
export const coverage = (
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number => {
  let inside = 0
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i] as number
    if (y >= (lower[i] as number) && y <= (upper[i] as number)) inside++
  }
  return inside / actual.length
}
