// Looks for columns that know too much, and for change: a column that alone tells the outcome, that is only
// filled afterwards or is named for it, and columns whose distribution has moved.

import { binCount, binRows, fitBins, type ColumnBins } from './bins.ts'
import { cross32 } from '../../kernel/hash.ts'
import type { DateColumn, Frame, FrameColumn } from './frame.ts'
import { auc } from './metrics.ts'

export type Leak = {
  readonly column: string
  /** `alone`: it alone ranks almost perfectly. `decides`: one of its values does. `name`, `time`: known only afterwards. */
  readonly why: 'alone' | 'decides' | 'name' | 'time'
  /** AUC of the column alone; rows with the deciding value; share of rows dated afterwards; 1 for a name. */
  readonly value: number
}

export type Drift = { readonly column: string; readonly psi: number }

const AUC_MAX = 0.97
const PSI_MAX = 0.2
const LATE_SHARE_MAX = 0.01
/** A value decides when so many rows of the rarer outcome would not come together by chance. */
const CHANCE_MAX = 1e-12
const DECIDING_ROWS_MIN = 30
const PSI_BINS = 10
const TELLING_WORDS: ReadonlySet<string> = new Set(
  (
    'churn churned cancel cancelled canceled cancellation terminated termination unsubscribed refund refunded ' +
    'exit exited closed closure reason outcome result attrition winback ' +
    'отток ушел ушёл отказ причина итог результат закрыт отписка возврат'
  ).split(' '),
)

export type AuditInput = {
  readonly frame: Frame
  readonly dates: readonly DateColumn[]
  readonly target: Uint8Array
  readonly rows: Int32Array
  /** When each row was observed, ms since 1970. */
  readonly time: { readonly column: string; readonly times: Float64Array } | null
}

/** Columns that must not be learnt from, each with the strongest reason. Dates are audited as well. */
export const findLeaks = ({ frame, dates, target, rows, time }: AuditInput): readonly Leak[] => {
  const audited: readonly FrameColumn[] = [...frame.columns, ...dates.map(numbersOf)]
  return audited.flatMap((column): readonly Leak[] => {
    const isTime = column.name === time?.column
    const late = time === null || isTime ? 0 : lateShare(dates, column.name, time.times, rows)
    if (late > LATE_SHARE_MAX) return [{ column: column.name, why: 'time', value: late }]
    if (isTime) return []
    const { alone, deciding } = tell(column, frame.rows, target, rows)
    if (alone > AUC_MAX) return [{ column: column.name, why: 'alone', value: alone }]
    if (deciding > 0) return [{ column: column.name, why: 'decides', value: deciding }]
    if (wordsOf(column.name).some((word) => TELLING_WORDS.has(word)))
      return [{ column: column.name, why: 'name', value: 1 }]
    return []
  })
}

const numbersOf = ({ name, times }: DateColumn): FrameColumn => ({
  name,
  kind: 'number',
  values: times.map((at) => (Number.isNaN(at) ? 0 : at)),
  missing: Uint8Array.from(times, (at) => (Number.isNaN(at) ? 1 : 0)),
})

const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)

const lateShare = (
  dates: readonly DateColumn[],
  name: string,
  observed: Float64Array,
  rows: Int32Array,
): number => {
  const date = dates.find((column) => column.name === name)
  if (date === undefined) return 0
  let late = 0
  for (const row of rows) if ((date.times[row] as number) > (observed[row] as number)) late++
  return late / rows.length
}

/** How well a column alone ranks (rates per bin learnt on one half, judged on the other), and a value that decides. */
const tell = (
  column: FrameColumn,
  frameRows: number,
  target: Uint8Array,
  rows: Int32Array,
): { alone: number; deciding: number } => {
  const frame = { rows: frameRows, columns: [column] }
  const bins = fitBins(frame, rows)
  const size = binCount(bins[0] as ColumnBins)
  const block = binRows(bins, frame, rows).blocks[0] as Uint32Array
  const y = Uint8Array.from(rows, (row) => target[row] as number)
  // Two halves by hash, one behind the other in each array.
  const half = Uint8Array.from(rows, (row) => cross32(row, 0x2c1b3c6d) & 1)
  const counts = new Float64Array(2 * size)
  const hits = new Float64Array(2 * size)
  for (let i = 0; i < rows.length; i++) {
    const place = (half[i] as number) * size + (block[i] as number)
    counts[place] = (counts[place] as number) + 1
    hits[place] = (hits[place] as number) + (y[i] as number)
  }
  const base = y.reduce((sum, value) => sum + value, 0) / y.length
  // The rate of the other half; one row is judged by rows that do not hold it.
  const rate = Float64Array.from(y, (_, i) => {
    const place = (1 - (half[i] as number)) * size + (block[i] as number)
    return ((hits[place] as number) + base) / ((counts[place] as number) + 1)
  })
  const all = Array.from({ length: size }, (_, bin) => ({
    rows: (counts[bin] as number) + (counts[size + bin] as number),
    hits: (hits[bin] as number) + (hits[size + bin] as number),
  }))
  // Many bins of few rows hide what a column tells in order, so numbers are judged as they are, too.
  const ordered = auc(Float64Array.from(block), y)
  const alone = Math.max(auc(rate, y), ...(column.kind === 'number' ? [ordered, 1 - ordered] : []))
  return { alone, deciding: decidingRows(all, base, column.kind === 'number') }
}

type BinTally = { readonly rows: number; readonly hits: number }

/** The most rows in a value (or a run of numbers) that all have the rarer outcome; 0 when chance could do it. */
const decidingRows = (bins: readonly BinTally[], base: number, isNumber: boolean): number => {
  const rare = Math.min(base, 1 - base)
  const isPure = ({ rows, hits }: BinTally): boolean => (base <= 0.5 ? hits === rows : hits === 0)
  let most = 0
  let run = 0
  bins.forEach((bin, at) => {
    run = !isPure(bin) ? 0 : isNumber && at > 1 ? run + bin.rows : bin.rows
    most = Math.max(most, run)
  })
  return most >= DECIDING_ROWS_MIN && rare ** most < CHANCE_MAX ? most : 0
}

/** Columns whose population stability index between two sets of rows is above .2, the worst first. */
export const findDrift = (frame: Frame, before: Int32Array, after: Int32Array): readonly Drift[] =>
  frame.columns
    .map((column) => ({ column: column.name, psi: psiOf(column, frame.rows, before, after) }))
    .filter(({ psi }) => psi > PSI_MAX)
    .toSorted((a, b) => b.psi - a.psi)

/** Population stability index: Σ (after − before) · ln(after / before) over ten bins of `before`, what is missing apart. */
export const psiOf = (
  column: FrameColumn,
  frameRows: number,
  before: Int32Array,
  after: Int32Array,
): number => {
  const frame = { rows: frameRows, columns: [column] }
  const bins = fitBins(frame, before)
  const tally = (rows: Int32Array): Float64Array => {
    const counts = new Float64Array(256)
    for (const word of binRows(bins, frame, rows).blocks[0] as Uint32Array)
      counts[word] = (counts[word] as number) + 1
    return counts
  }
  const groups = groupsOf(tally(before), before.length, column.kind === 'number')
  const now = tally(after)
  const was = tally(before)
  const kinds = new Set(groups).size
  const share = (counts: Float64Array, group: number, total: number): number => {
    let sum = 0
    counts.forEach((count, bin) => (sum += groups[bin] === group ? count : 0))
    return (sum + 0.5) / (total + 0.5 * kinds)
  }
  let psi = 0
  for (const group of new Set(groups)) {
    const a = share(now, group, after.length)
    const b = share(was, group, before.length)
    psi += (a - b) * Math.log(a / b)
  }
  return psi
}

/** Which of ten groups each fine bin belongs to: runs of equal size for numbers, the most frequent levels else. */
const groupsOf = (counts: Float64Array, total: number, isNumber: boolean): readonly number[] => {
  if (!isNumber) {
    const order = [...counts.keys()].toSorted(
      (a, b) => (counts[b] as number) - (counts[a] as number) || a - b,
    )
    const rank = new Map(order.map((bin, at) => [bin, Math.min(at, PSI_BINS - 1)]))
    return Array.from(counts, (_, bin) => rank.get(bin) ?? 0)
  }
  let seen = 0
  return Array.from(counts, (count, bin) => {
    if (bin === 0) return PSI_BINS
    const group = Math.min(PSI_BINS - 1, Math.floor(((seen + count / 2) / Math.max(1, total)) * PSI_BINS))
    seen += count
    return group
  })
}
