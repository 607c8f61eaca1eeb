// Takes single spikes out of a history before a model is fitted to it: a day in the news must not become
// part of the level. Level shifts stay.

export type CleanOptions = {
  /** How many robust standard deviations from its neighbours a spike is away. */
  readonly sigmas: number
  /** Longest run that counts as a spike; a longer one is a new level. */
  readonly runMax: number
}

export const CLEAN_DEFAULTS: CleanOptions = { sigmas: 6, runMax: 3 }

/** Neighbours in the same phase on each side that say what is usual. */
const NEIGHBOURS = 3
/** A median deviation times this is a standard deviation, for a normal. */
const MAD_TO_SIGMA = 1.4826

export type Cleaned = {
  readonly values: Float64Array
  /** Positions that were replaced. */
  readonly spikes: readonly number[]
}

/** A copy in which spikes have become the median of their neighbours of the same phase. */
export const cleanSpikes = (
  values: Float64Array,
  period: number,
  { sigmas, runMax }: CleanOptions = CLEAN_DEFAULTS,
): Cleaned => {
  const n = values.length
  const lag = n >= 4 * period ? period : 1
  const usual = Float64Array.from(values, (_, t) => usualAt(values, t, lag))
  const distances = values.map((value, t) => Math.abs(value - (usual[t] as number)))
  const sigma = MAD_TO_SIGMA * medianOf(distances)
  if (!(sigma > 0)) return { values: values.slice(), spikes: [] }
  const cleaned = values.slice()
  const spikes: number[] = []
  for (let t = 0; t < n; t++) {
    if ((distances[t] as number) <= sigmas * sigma) continue
    let end = t
    while (end + 1 < n && (distances[end + 1] as number) > sigmas * sigma) end++
    // What has only just begun may stay, so the end is left as it is.
    if (end - t < runMax && end < n - 1)
      for (let i = t; i <= end; i++) {
        cleaned[i] = usual[i] as number
        spikes.push(i)
      }
    t = end
  }
  return { values: cleaned, spikes }
}

const usualAt = (values: Float64Array, t: number, lag: number): number => {
  const near: number[] = []
  for (let k = 1; k <= NEIGHBOURS; k++) {
    if (t - k * lag >= 0) insert(near, values[t - k * lag] as number)
    if (t + k * lag < values.length) insert(near, values[t + k * lag] as number)
  }
  return middleOf(near)
}

/** Into a handful that is kept in order: much faster than sorting it. */
const insert = (sorted: number[], value: number): void => {
  let i = sorted.length
  sorted.push(value)
  for (; i > 0 && (sorted[i - 1] as number) > value; i--) sorted[i] = sorted[i - 1] as number
  sorted[i] = value
}

/** The median; 0 of nothing. */
export const medianOf = (values: ArrayLike<number>): number => middleOf(Float64Array.from(values).sort())

const middleOf = (sorted: ArrayLike<number>): number => {
  const half = sorted.length >> 1
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
