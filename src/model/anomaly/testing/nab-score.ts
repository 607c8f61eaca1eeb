// The Numenta Anomaly Benchmark's scoring (Lavin & Ahmad 2015): within a labelled window the first alert counts,
// the earlier the better; outside, each costs. Proven on published scores before it judges ours.

export type NabSeries = {
  /** One score per row, 0 to 1. */
  readonly scores: ArrayLike<number>
  /** First and last row of each labelled window. */
  readonly windows: readonly (readonly [number, number])[]
}

export type NabProfile = { readonly tp: number; readonly fn: number; readonly fp: number }
export const NAB_STANDARD: NabProfile = { tp: 1, fn: 1, fp: 0.11 }

const PROBATION_SHARE = 0.15
const PROBATION_ROWS_OF = 5_000

const sigmoidAt = (position: number): number => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1)
const BEST = sigmoidAt(-1)

type Row = { readonly score: number; readonly window: number; readonly gain: number }

/** What an alert in each row would bring, leaving out the rows at the beginning that are not judged. */
const rowsOf = ({ scores, windows }: NabSeries, { tp, fp }: NabProfile, offset: number): readonly Row[] => {
  const n = scores.length
  const probation = Math.min(Math.floor(PROBATION_SHARE * n), PROBATION_SHARE * PROBATION_ROWS_OF)
  const rows: Row[] = []
  for (let i = 0; i < n; i++) {
    if (i < probation) continue
    const w = windows.findIndex(([first, last]) => i >= first && i <= last)
    const inside = windows[w]
    if (inside !== undefined) {
      const position = -(inside[1] - i + 1) / (inside[1] - inside[0] + 1)
      rows.push({ score: scores[i] as number, window: offset + w, gain: (sigmoidAt(position) * tp) / BEST })
      continue
    }
    const before = windows.filter(([, last]) => last < i).at(-1)
    const gain = before === undefined ? -1 : sigmoidAt((i - before[1]) / (before[1] - before[0]))
    rows.push({ score: scores[i] as number, window: -1, gain: gain * fp })
  }
  return rows
}

export type NabResult = { readonly score: number; readonly threshold: number }

/**
 * Normalised score of a set of series: 0 for no alert at all, 100 for perfect ones. Without `threshold`
 * the best one is taken, as the benchmark's protocol does for every detector.
 */
export const nabScore = (
  set: readonly NabSeries[],
  threshold?: number,
  profile: NabProfile = NAB_STANDARD,
): NabResult => {
  let offset = 0
  const rows = set.flatMap((series) => {
    const part = rowsOf(series, profile, offset)
    offset += series.windows.length
    return part
  })
  const found = new Float64Array(offset).fill(-profile.fn)
  const sorted = [...rows].sort((left, right) => right.score - left.score)
  const worst = -profile.fn * offset
  const scale = 100 / (profile.tp * offset - worst)
  // With no alert at all the score is 0.
  let sum = worst
  let best: NabResult = { score: 0, threshold: Number.POSITIVE_INFINITY }
  for (let i = 0; i < sorted.length; i++) {
    const { score, window, gain } = sorted[i] as Row
    if (threshold !== undefined && score < threshold) break
    if (window < 0) sum += gain
    else if (gain > (found[window] as number)) {
      sum += gain - (found[window] as number)
      found[window] = gain
    }
    if (sorted[i + 1]?.score === score) continue
    const normal = (sum - worst) * scale
    if (threshold === undefined ? normal > best.score : true)
      best = { score: normal, threshold: threshold ?? score }
  }
  return threshold === undefined || Number.isFinite(best.threshold) ? best : { score: 0, threshold }
}
