// Prediction intervals from what the forecast has erred by in the backtest (split conformal prediction):
// no assumption about the shape of the errors, only that they go on as they were.

export type Band = { readonly lower: Float64Array; readonly upper: Float64Array }

/**
 * Half-widths by step ahead for each coverage. `errors[k][h]` is the error at origin k, step h; NaN where
 * there was nothing to compare. Errors of all steps are pooled after division by the mean size of their
 * step, which never shrinks with the distance.
 */
export const halfWidths = (
  errors: readonly Float64Array[],
  horizon: number,
  coverages: readonly number[],
): readonly Float64Array[] => {
  const scale = scaleByStep(errors, horizon)
  const sizes: number[] = []
  for (const row of errors)
    for (let h = 0; h < horizon; h++) {
      const error = row[h] as number
      if (Number.isFinite(error) && (scale[h] as number) > 0)
        sizes.push(Math.abs(error) / (scale[h] as number))
    }
  sizes.sort((left, right) => left - right)
  return coverages.map((coverage) => {
    const factor = quantileUp(sizes, coverage, errors.length)
    return scale.map((size) => size * factor)
  })
}

/** Errors of one origin go together, so the correction for few is by origins and not by errors. */
const quantileUp = (sorted: readonly number[], coverage: number, origins: number): number => {
  if (sorted.length === 0) return 0
  const level = Math.min(1, coverage * (1 + 1 / origins))
  const index = Math.ceil(level * sorted.length) - 1
  return sorted[Math.min(sorted.length - 1, Math.max(0, index))] as number
}

/** Mean error size by step, made non-decreasing by pooling neighbours that are out of order. */
const scaleByStep = (errors: readonly Float64Array[], horizon: number): Float64Array => {
  const blocks: { mean: number; weight: number }[] = []
  for (let h = 0; h < horizon; h++) {
    let sum = 0
    let count = 0
    for (const row of errors) {
      const error = row[h] as number
      if (!Number.isFinite(error)) continue
      sum += Math.abs(error)
      count++
    }
    const before = blocks.at(-1)?.mean ?? 0
    blocks.push({ mean: count > 0 ? sum / count : before, weight: 1 })
    for (;;) {
      const last = blocks.at(-1)
      const previous = blocks.at(-2)
      if (last === undefined || previous === undefined || previous.mean <= last.mean) break
      blocks.pop()
      const weight = previous.weight + last.weight
      previous.mean = (previous.mean * previous.weight + last.mean * last.weight) / weight
      previous.weight = weight
    }
  }
  return Float64Array.from(blocks.flatMap(({ mean, weight }) => Array.from({ length: weight }, () => mean)))
}
