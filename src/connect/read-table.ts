// A whole CSV or NDJSON file as columns of text, for the commands that learn from a plain file.

import { Failure } from '../kernel/failure.ts'
import { openFile } from './file-rows.ts'

export type TextColumn = { readonly name: string; readonly cells: readonly string[] }

export type TextTable = {
  /** The file it was read from, as it was named. */
  readonly path: string
  readonly rows: number
  /** The line of the file in which each row begins, from 1. */
  readonly lines: readonly number[]
  readonly columns: readonly TextColumn[]
  /** Rows that could not be read, with the line and the reason of the first ten. */
  readonly rejected: number
  readonly rejects: readonly { readonly line: number; readonly reason: string }[]
}

export type ReadTableOptions = {
  readonly rowsMax?: number
  /** Rows times columns. */
  readonly cellsMax?: number
  readonly rowCharsMax?: number
  readonly delimiter?: string
  readonly encoding?: string
}

const DEFAULTS = { rowsMax: 2_000_000, cellsMax: 100_000_000, rowCharsMax: 1_000_000 }
const REJECTS_SHOWN = 10

/**
 * Reads `path` (gzip too). Each column has a cell per row, '' where the row has none.
 * Throws Failures `import.*` for a file that cannot be read and `table.too_large` beyond the limits.
 */
export const readTable = async (path: string, options: ReadTableOptions = {}): Promise<TextTable> => {
  const { rowsMax, cellsMax, rowCharsMax } = { ...DEFAULTS, ...options }
  const { delimiter, encoding } = options
  const file = await openFile(path, { delimiter, encoding, rowCharsMax })
  const names = file.format.columns.filter((name) => name !== '')
  const cells = names.map((): string[] => [])
  const lines: number[] = []
  const rejects: { line: number; reason: string }[] = []
  let rejected = 0
  let rows = 0
  for await (const run of file.rows(() => undefined)) {
    for (const row of run) {
      if (!row.ok) {
        rejected++
        if (rejects.length < REJECTS_SHOWN) rejects.push({ line: row.line, reason: row.reject.reason })
        continue
      }
      rows++
      if (rows > rowsMax || rows * names.length > cellsMax) throw tooLarge(path, rowsMax)
      lines.push(row.row.line)
      for (let c = 0; c < names.length; c++)
        (cells[c] as string[]).push(textOf(row.row.cells[names[c] as string]))
    }
  }
  const columns = names.map((name, c) => ({ name, cells: cells[c] as string[] }))
  return { path, rows, lines, columns, rejected, rejects }
}

/** Numbers, booleans and what NDJSON nests: as JSON spells them. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

const tooLarge = (path: string, rowsMax: number): Failure =>
  new Failure({
    code: 'table.too_large',
    message: `${path} has more than can be held in memory (${rowsMax} rows).`,
    hint: 'Take a random sample of its rows.',
  })
