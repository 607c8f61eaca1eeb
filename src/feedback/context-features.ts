// Contexts of logged decisions as one-hot features with crosses, learnt from the training rows alone:
// numbers fall into buckets between quantiles, rare values share one feature.

import type { Json } from '../kernel/json.ts'
import type { ActiveFeatures } from './regression.ts'

export type Context = Readonly<Record<string, Json>>

export type FeatureOptions = {
  /** Buckets of a numeric column. */
  readonly bucketsMax: number
  /** Values of a column with a feature of their own; the others share one. */
  readonly valuesMax: number
  /** Training rows a value or a cross needs for a feature of its own. */
  readonly rowsMin: number
  /** Columns looked at, in alphabetical order. */
  readonly columnsMax: number
  /** Features in all, the constant included; the rarest crosses go first. */
  readonly featuresMax: number
}

export const DEFAULT_FEATURE_OPTIONS: FeatureOptions = {
  bucketsMax: 5,
  valuesMax: 50,
  rowsMin: 50,
  columnsMax: 40,
  featuresMax: 400,
}

/** A column and how a value of it becomes a bucket or a name. */
type ColumnCode = {
  readonly name: string
  /** Upper bounds of the buckets but the last; null for a column of names. */
  readonly cuts: readonly number[] | null
  readonly values: ReadonlySet<string>
}

export type ContextEncoder = {
  readonly columns: readonly ColumnCode[]
  /** From `column=value` or `column=value&column=value` to the feature's number. */
  readonly numbers: ReadonlyMap<string, number>
  /** Features in all, the constant included. */
  readonly width: number
}

/** Learns columns, buckets and features from training contexts. `crosses`: pairs of columns too. */
export const fitContexts = (
  contexts: readonly Context[],
  input: { readonly crosses: boolean; readonly options?: Partial<FeatureOptions> },
): ContextEncoder => {
  const options = { ...DEFAULT_FEATURE_OPTIONS, ...input.options }
  const names = [...new Set(contexts.flatMap((context) => Object.keys(context)))].toSorted()
  const columns = names
    .slice(0, options.columnsMax)
    .map((name) => fitColumn(name, contexts, options))
    .filter((column) => column.values.size > 1 || (column.cuts?.length ?? 0) > 0)
  const singles = new Map<string, number>()
  const crosses = new Map<string, number>()
  for (const context of contexts) {
    const tokens = tokensOf(columns, context)
    for (const [i, token] of tokens.entries()) {
      count(singles, token)
      if (!input.crosses) continue
      for (const other of tokens.slice(i + 1)) count(crosses, `${token}&${other}`)
    }
  }
  const kept = mostFrequent(singles, options.featuresMax - 1, 1)
  const numbers = new Map(kept.map((token, i) => [token, i + 1]))
  for (const cross of mostFrequent(crosses, options.featuresMax - 1 - numbers.size, options.rowsMin))
    numbers.set(cross, numbers.size + 1)
  return { columns, numbers, width: numbers.size + 1 }
}

/** The sorted numbers of the features that a context has. Unseen values have none. */
export const encodeContext = (encoder: ContextEncoder, context: Context): ActiveFeatures => {
  const tokens = tokensOf(encoder.columns, context)
  const active = [0]
  for (const [i, token] of tokens.entries()) {
    const single = encoder.numbers.get(token)
    if (single !== undefined) active.push(single)
    for (let k = i + 1; k < tokens.length; k++) {
      const cross = encoder.numbers.get(`${token}&${tokens[k] ?? ''}`)
      if (cross !== undefined) active.push(cross)
    }
  }
  return Uint16Array.from(active).sort()
}

const fitColumn = (name: string, contexts: readonly Context[], options: FeatureOptions): ColumnCode => {
  const numbers: number[] = []
  const texts = new Map<string, number>()
  for (const context of contexts) {
    const value = context[name]
    const number = numberOf(value)
    if (number !== undefined) numbers.push(number)
    count(texts, textOf(value))
  }
  // Few distinct numbers are names: a flag or a code tells more apart than in buckets.
  const numeric = numbers.length > 0.5 * contexts.length && texts.size > options.bucketsMax
  const common = mostFrequent(texts, options.valuesMax, options.rowsMin)
  return numeric
    ? { name, cuts: cutsOf(numbers, options.bucketsMax), values: new Set() }
    : { name, cuts: null, values: new Set(common.length < texts.size ? [...common, OTHER] : common) }
}

const OTHER = '(other)'
const ABSENT = '(none)'

const tokensOf = (columns: readonly ColumnCode[], context: Context): string[] =>
  columns.map((column) => `${column.name}=${codeOf(column, context[column.name])}`)

const codeOf = ({ cuts, values }: ColumnCode, value: Json | undefined): string => {
  if (cuts === null) {
    const text = textOf(value)
    return values.has(text) ? text : OTHER
  }
  const number = numberOf(value)
  if (number === undefined) return ABSENT
  let bucket = 0
  while (bucket < cuts.length && number > (cuts[bucket] ?? Infinity)) bucket++
  return `#${bucket}`
}

/** Distinct quantiles that part the numbers into buckets of about equal size. */
const cutsOf = (numbers: readonly number[], buckets: number): readonly number[] => {
  const sorted = Float64Array.from(numbers).sort()
  const cuts = new Set<number>()
  for (let i = 1; i < buckets; i++) cuts.add(sorted[Math.floor((i * sorted.length) / buckets)] ?? 0)
  return [...cuts].filter((cut) => cut < (sorted.at(-1) ?? 0))
}

const numberOf = (value: Json | undefined): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(value.trim())) return undefined
  return Number(value)
}

const textOf = (value: Json | undefined): string => {
  if (value === undefined || value === null || value === '') return ABSENT
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Keys seen at least `min` times, the most frequent first, ties in alphabetical order, at most `max`. */
const mostFrequent = (counts: ReadonlyMap<string, number>, max: number, min: number): readonly string[] =>
  [...counts]
    .filter(([, seen]) => seen >= min)
    .toSorted((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .slice(0, Math.max(0, max))
    .map(([key]) => key)
