// Cuts each column into at most 255 bins for the trees: bin 0 is what is missing or was never seen, numbers
// follow in order, categories by level. Four columns share a 32-bit word, so that one load reads four bins.

import { Failure } from '../../kernel/failure.ts'
import { sortedColumns, type Frame, type FrameColumn } from './frame.ts'

/** Plain data, kept with the model. */
export type ColumnBins =
  | { readonly kind: 'number'; readonly name: string; readonly edges: readonly number[] }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[] }

export type BinnedRows = {
  readonly rows: number
  readonly features: number
  /** `blocks[f >> 2][row]` holds the bins of features f & ~3 to f | 3, lowest byte first. */
  readonly blocks: readonly Uint32Array[]
}

/** Bins beside bin 0. */
const VALUE_BINS_MAX = 254
const CELLS_MAX = 400_000_000

/** Learns the bins on `rows`: number columns in quantiles, categories by the most frequent levels. */
export const fitBins = (frame: Frame, rows: Int32Array): readonly ColumnBins[] =>
  sortedColumns(frame).map((column) =>
    column.kind === 'number'
      ? { kind: 'number', name: column.name, edges: edgesOf(column.values, column.missing, rows) }
      : { kind: 'category', name: column.name, levels: levelsOf(column.codes, column.levels, rows) },
  )

/** Upper edges: a value belongs to the first edge it does not exceed, or to one more bin above all. */
const edgesOf = (values: Float64Array, missing: Uint8Array, rows: Int32Array): readonly number[] => {
  const sorted = new Float64Array(rows.length)
  let count = 0
  for (const row of rows) if (missing[row] !== 1) sorted[count++] = values[row] as number
  const known = sorted.subarray(0, count).sort()
  const distinct: number[] = []
  const counts: number[] = []
  for (let i = 0; i < count; i++) {
    const value = known[i] as number
    if (distinct.at(-1) === value) counts[counts.length - 1] = (counts.at(-1) as number) + 1
    else {
      distinct.push(value)
      counts.push(1)
    }
  }
  const middle = (i: number): number => {
    const [low, high] = [distinct[i] as number, distinct[i + 1] as number]
    const half = low + (high - low) / 2
    return half < high ? half : low
  }
  if (distinct.length <= VALUE_BINS_MAX) return distinct.slice(0, -1).map((_, i) => middle(i))
  const edges: number[] = []
  let left = count
  let inBin = 0
  for (let i = 0; i < distinct.length - 1 && edges.length < VALUE_BINS_MAX - 1; i++) {
    inBin += counts[i] as number
    // What is left is shared out anew after each bin: a value that fills several must not starve the rest.
    if (inBin < left / (VALUE_BINS_MAX - edges.length)) continue
    edges.push(middle(i))
    left -= inBin
    inBin = 0
  }
  return edges
}

const levelsOf = (codes: Int32Array, levels: readonly string[], rows: Int32Array): readonly string[] => {
  const counts = new Int32Array(levels.length)
  for (const row of rows) {
    const code = codes[row] as number
    if (code >= 0) counts[code] = (counts[code] as number) + 1
  }
  return levels
    .map((level, code) => ({ level, count: counts[code] as number }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
    .slice(0, VALUE_BINS_MAX)
    .map(({ level }) => level)
}

/** Bins of `rows` of the frame, in that order. A column that is absent is missing in each row. */
export const binRows = (bins: readonly ColumnBins[], frame: Frame, rows: Int32Array): BinnedRows => {
  if (rows.length * bins.length > CELLS_MAX)
    throw new Failure({
      code: 'frame.too_large',
      message: `${rows.length} rows of ${bins.length} columns are more than can be held.`,
      hint: 'Take a random sample of the rows.',
    })
  const blocks = Array.from({ length: (bins.length + 3) >> 2 }, () => new Uint32Array(rows.length))
  const byName = new Map(frame.columns.map((column) => [column.name, column]))
  bins.forEach((columnBins, f) => {
    const column = byName.get(columnBins.name)
    if (column !== undefined && column.kind === columnBins.kind)
      binColumn(columnBins, column, rows, blocks[f >> 2] as Uint32Array, 8 * (f & 3))
  })
  return { rows: rows.length, features: bins.length, blocks }
}

const binColumn = (
  bins: ColumnBins,
  column: FrameColumn,
  rows: Int32Array,
  block: Uint32Array,
  shift: number,
): void => {
  if (bins.kind === 'number' && column.kind === 'number') {
    const edges = Float64Array.from(bins.edges)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      if (column.missing[row] !== 1)
        block[i] = (block[i] as number) | ((1 + firstEdge(edges, column.values[row] as number)) << shift)
    }
  } else if (bins.kind === 'category' && column.kind === 'category') {
    const known = new Map(bins.levels.map((level, at) => [level, at + 1]))
    const binOf = column.levels.map((level) => known.get(level) ?? 0)
    for (let i = 0; i < rows.length; i++) {
      const code = column.codes[rows[i] as number] as number
      if (code >= 0) block[i] = (block[i] as number) | ((binOf[code] as number) << shift)
    }
  }
}

/** Position of the first edge that `value` does not exceed; the number of edges when it exceeds all. */
const firstEdge = (edges: Float64Array, value: number): number => {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= (edges[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

/** Bin numbers in use, bin 0 among them. */
export const binCount = (bins: ColumnBins): number =>
  bins.kind === 'number' ? bins.edges.length + 2 : bins.levels.length + 1
