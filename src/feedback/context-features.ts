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
  featuresMax: 250,
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
  /** From `column=value` to the feature's number. */
  readonly singles: ReadonlyMap<string, number>
  /** From a pair of such numbers, as {@link crossKey}, to the cross's number. */
  readonly crosses: ReadonlyMap<number, number>
  /** Features in all, the constant included. */
  readonly width: number
}

/** Learns columns, buckets and features from training contexts. `crosses`: pairs of columns too. */
export const fitContexts = (
  contexts: readonly Context[],
  input: { readonly crosses: boolean; readonly options?: Partial<FeatureOptions> },
): ContextEncoder => {
  const options = { ...DEFAULT_FEATURE_OPTIONS, ...input.options }
  const names = new Set<string>()
  for (const context of contexts) for (const name of Object.keys(context)) names.add(name)
  const columns = [...names]
    .toSorted()
    .slice(0, options.columnsMax)
    .map((name) => fitColumn(name, contexts, options))
    .filter((column) => column.values.size > 1 || (column.cuts?.length ?? 0) > 0)
  const seen = new Map<string, number>()
  for (const context of contexts) for (const column of columns) count(seen, tokenOf(column, context))
  const kept = mostFrequent(seen, options.featuresMax - 1, 1)
  const singles = new Map(kept.map((token, i) => [token, i + 1]))
  const crosses = input.crosses
    ? fitCrosses(contexts, columns, { singles, options })
    : new Map<number, number>()
  return { columns, singles, crosses, width: 1 + singles.size + crosses.size }
}

const fitCrosses = (
  contexts: readonly Context[],
  columns: readonly ColumnCode[],
  about: { readonly singles: ReadonlyMap<string, number>; readonly options: FeatureOptions },
): ReadonlyMap<number, number> => {
  const { singles, options } = about
  const seen = new Map<number, number>()
  for (const context of contexts) {
    const active = singlesOf(columns, singles, context)
    for (let i = 0; i < active.length; i++)
      for (let k = i + 1; k < active.length; k++) count(seen, crossKey(active[i] ?? 0, active[k] ?? 0))
  }
  const kept = mostFrequent(seen, options.featuresMax - 1 - singles.size, options.rowsMin)
  return new Map(kept.map((key, i) => [key, singles.size + 1 + i]))
}

/** The sorted numbers of the features that a context has. Unseen values have none. */
export const encodeContext = (encoder: ContextEncoder, context: Context): ActiveFeatures => {
  const { columns, singles, crosses } = encoder
  const own = singlesOf(columns, singles, context)
  const active = [0, ...own]
  if (crosses.size > 0)
    for (let i = 0; i < own.length; i++)
      for (let k = i + 1; k < own.length; k++) {
        const cross = crosses.get(crossKey(own[i] ?? 0, own[k] ?? 0))
        if (cross !== undefined) active.push(cross)
      }
  return Uint16Array.from(active).sort()
}

/** One number for two features' numbers, each below 65,536. */
const crossKey = (left: number, right: number): number => left * 65_536 + right

const singlesOf = (
  columns: readonly ColumnCode[],
  singles: ReadonlyMap<string, number>,
  context: Context,
): number[] => {
  const active: number[] = []
  for (const column of columns) {
    const single = singles.get(tokenOf(column, context))
    if (single !== undefined) active.push(single)
  }
  return active
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

const tokenOf = (column: ColumnCode, context: Context): string =>
  `${column.name}=${codeOf(column, context[column.name])}`

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

const count = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Keys seen at least `min` times, the most frequent first, ties in rising order, at most `max`. */
const mostFrequent = <Key extends string | number>(
  counts: ReadonlyMap<Key, number>,
  max: number,
  min: number,
): readonly Key[] =>
  [...counts]
    .filter(([, seen]) => seen >= min)
    .toSorted((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .slice(0, Math.max(0, max))
    .map(([key]) => key)
