// The row that every benchmark gives, and small sums over rounds.

export type Row = {
  readonly name: string
  readonly ours: number
  /** Measured in the same run; 0 where there is nothing to hold it against. */
  readonly baseline: number
  readonly unit: string
  /** ours / baseline. */
  readonly ratio: number
}

export const rowOf = (name: string, unit: string, ours: number, baseline: number): Row => ({
  name,
  ours,
  baseline,
  unit,
  ratio: baseline === 0 ? 0 : ours / baseline,
})

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
