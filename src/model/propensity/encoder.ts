// Turns a frame into rows of (column, weight) for linear models: numbers standardised, categories one-hot.
// Means, deviations and levels are learnt on the training rows only; a value never seen there is nothing.

import { Failure } from '../../kernel/failure.ts'
import { sortedColumns, type Frame, type FrameColumn } from './frame.ts'

/** How one source column becomes design columns; plain data, so that it can be kept as JSON. */
type Part =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly mean: number
      readonly deviation: number
      readonly at: number
      /** Design column of "missing"; -1 when nothing was missing in training. */
      readonly missingAt: number
    }
  | {
      readonly kind: 'category'
      readonly name: string
      readonly levels: readonly string[]
      readonly at: number
      readonly missingAt: number
    }

export type Encoder = { readonly parts: readonly Part[]; readonly columns: number; readonly width: number }

/** `width` slots a row; an empty slot has value 0 and points at the intercept, column `columns`. */
export type Design = {
  readonly rows: number
  readonly columns: number
  readonly width: number
  readonly index: Int32Array
  readonly value: Float64Array
}

export type EncoderOptions = { readonly levelsMax?: number; readonly slotsMax?: number }

const LEVELS_MAX = 64
const SLOTS_MAX = 200_000_000
/** Numbers further off than this many deviations are cut there: one wild value must not rule. */
const CUT = 10

/** Learns the encoding on `rows`. */
export const fitEncoder = (frame: Frame, rows: Int32Array, options: EncoderOptions = {}): Encoder => {
  const { levelsMax = LEVELS_MAX } = options
  const parts: Part[] = []
  let columns = 0
  let width = 0
  for (const column of sortedColumns(frame)) {
    const missing = rows.some((row) => isMissing(column, row))
    const size = column.kind === 'number' ? 1 : 0
    if (column.kind === 'number') {
      const scale = scaleOf(column.values, column.missing, rows)
      const missingAt = missing ? columns + size : -1
      parts.push({ kind: 'number', name: column.name, ...scale, at: columns, missingAt })
      columns += size + (missing ? 1 : 0)
      width += missing ? 2 : 1
      continue
    }
    const levels = topLevels(column.codes, column.levels, rows, levelsMax)
    const missingAt = missing ? columns + levels.length : -1
    parts.push({ kind: 'category', name: column.name, levels, at: columns, missingAt })
    columns += levels.length + (missing ? 1 : 0)
    width += 1
  }
  return { parts, columns, width }
}

const isMissing = (column: FrameColumn, row: number): boolean =>
  column.kind === 'number' ? column.missing[row] === 1 : (column.codes[row] as number) < 0

const scaleOf = (values: Float64Array, missing: Uint8Array, rows: Int32Array) => {
  let count = 0
  let mean = 0
  let squares = 0
  for (const row of rows) {
    if (missing[row] === 1) continue
    count++
    const step = (values[row] as number) - mean
    mean += step / count
    squares += step * ((values[row] as number) - mean)
  }
  const deviation = count > 1 ? Math.sqrt(squares / count) : 0
  return { mean, deviation: deviation > 0 ? deviation : 1 }
}

const topLevels = (
  codes: Int32Array,
  levels: readonly string[],
  rows: Int32Array,
  levelsMax: number,
): readonly string[] => {
  const counts = new Int32Array(levels.length)
  for (const row of rows) {
    const code = codes[row] as number
    if (code >= 0) counts[code] = (counts[code] as number) + 1
  }
  return levels
    .map((level, code) => ({ level, count: counts[code] as number }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
    .slice(0, levelsMax)
    .map(({ level }) => level)
    .toSorted()
}

/** Encodes all rows of a frame. A column that is absent is as if nothing were known. */
export const encode = (encoder: Encoder, frame: Frame, options: EncoderOptions = {}): Design => {
  const { rows } = frame
  const { columns, width } = encoder
  const { slotsMax = SLOTS_MAX } = options
  if (rows * width > slotsMax)
    throw new Failure({
      code: 'frame.too_large',
      message: `${rows} rows of ${width} values are more than can be held (${slotsMax}).`,
      hint: 'Take a random sample of the rows.',
    })
  const index = new Int32Array(rows * width).fill(columns)
  const value = new Float64Array(rows * width)
  const byName = new Map(frame.columns.map((column) => [column.name, column]))
  let slot = 0
  for (const part of encoder.parts) {
    const column = byName.get(part.name)
    if (column?.kind === part.kind) encodePart(part, column, { index, value, width, slot })
    slot += part.kind === 'number' && part.missingAt >= 0 ? 2 : 1
  }
  return { rows, columns, width, index, value }
}

type Out = {
  readonly index: Int32Array
  readonly value: Float64Array
  readonly width: number
  readonly slot: number
}

const encodePart = (part: Part, column: FrameColumn, { index, value, width, slot }: Out): void => {
  const put = (row: number, offset: number, at: number, x: number): void => {
    const place = row * width + slot + offset
    index[place] = at
    value[place] = x
  }
  if (part.kind === 'number' && column.kind === 'number') {
    for (let row = 0; row < column.values.length; row++) {
      if (column.missing[row] === 1) {
        if (part.missingAt >= 0) put(row, 1, part.missingAt, 1)
        continue
      }
      const z = ((column.values[row] as number) - part.mean) / part.deviation
      put(row, 0, part.at, Math.max(-CUT, Math.min(CUT, z)))
    }
    return
  }
  if (part.kind !== 'category' || column.kind !== 'category') return
  const known = new Map(part.levels.map((level, at) => [level, part.at + at]))
  const atOf = column.levels.map((level) => known.get(level) ?? -1)
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row] as number
    const at = code < 0 ? part.missingAt : (atOf[code] ?? -1)
    if (at >= 0) put(row, 0, at, 1)
  }
}

/** What each design column stands for: `tenure`, `Contract=Two year`, `TotalCharges missing`. */
export const designNames = (encoder: Encoder): readonly string[] => {
  const names: string[] = Array.from({ length: encoder.columns }, () => '')
  for (const part of encoder.parts) {
    if (part.kind === 'number') names[part.at] = part.name
    else part.levels.forEach((level, i) => (names[part.at + i] = `${part.name}=${level}`))
    if (part.missingAt >= 0) names[part.missingAt] = `${part.name} missing`
  }
  return names
}
