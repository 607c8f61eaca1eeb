// The rows of a CSV or NDJSON file, one by one, each with its line; what cannot be read is a row too.

import { Failure } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { Reject, Row } from './cells.ts'
import { createCsvSplitter, type CsvRecord } from './csv-records.ts'
import { readHead, readText, type FileHead } from './file-text.ts'

export type RowFormat = {
  readonly format: 'csv' | 'ndjson'
  readonly delimiter: string
  readonly columns: readonly string[]
}

export type FileRow =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly line: number; readonly reject: Reject; readonly raw: string }

export type OpenOptions = {
  readonly format?: 'csv' | 'ndjson' | undefined
  readonly delimiter?: string | undefined
  readonly encoding?: string | undefined
  /** Longest row in UTF-16 units. */
  readonly rowCharsMax: number
}

export type OpenFile = {
  readonly head: FileHead
  readonly format: RowFormat
  readonly rows: (onBytes: (bytes: number) => void) => AsyncGenerator<readonly FileRow[]>
}

const DELIMITERS = [',', ';', '\t', '|']
const COLUMNS_MAX = 2_000

/** Opens `path` and finds out what it is. Rows come in runs, as they are read. */
export const openFile = async (path: string, options: OpenOptions): Promise<OpenFile> => {
  const head = await readHead(path, options.encoding)
  const format = formatOf(head, options)
  return {
    head,
    format,
    rows: (onBytes) =>
      format.format === 'csv' ? csvRows(head, format, options, onBytes) : jsonRows(head, options, onBytes),
  }
}

/** The first rows, for a guess at the mapping. */
export const sampleRows = ({ head, format }: OpenFile, rowCharsMax: number): readonly Row[] => {
  if (format.format === 'ndjson') {
    const lines = head.sample.split('\n').slice(0, -1)
    const rows = (lines.length === 0 ? [head.sample] : lines).map((text, index) =>
      jsonRow(text, index + 1, index + 1),
    )
    return rows.flatMap((row) => (row?.ok === true ? [row.row] : []))
  }
  const splitter = createCsvSplitter({ delimiter: format.delimiter, columns: 0, recordCharsMax: rowCharsMax })
  const records = [...splitter.push(skipSepLine(head.sample)), ...splitter.end()]
  const whole = records.slice(1, records.length > 2 ? -1 : undefined)
  return whole.flatMap((record, index) => {
    const row = csvRow(record, format.columns, index + 1)
    return row.ok ? [row.row] : []
  })
}

const formatOf = (head: FileHead, options: OpenOptions): RowFormat => {
  const start = head.sample.trimStart().charAt(0)
  const format = options.format ?? (start === '{' ? 'ndjson' : 'csv')
  if (format === 'ndjson') return { format, delimiter: '', columns: columnsOfJson(head.sample) }
  if (start === '[')
    throw new Failure({
      code: 'import.json_array',
      message: `${head.path} is one JSON array.`,
      hint: 'Write one JSON object a line (NDJSON): `jq -c ".[]" FILE > FILE.ndjson`.',
    })
  const text = skipSepLine(head.sample)
  const delimiter = options.delimiter ?? sniffDelimiter(text)
  const columns = headerOf(text, delimiter)
  const repeated = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index)
  if (repeated !== undefined || columns.length > COLUMNS_MAX || columns.every((column) => column === ''))
    throw new Failure({
      code: 'import.header_unusable',
      message:
        repeated === undefined
          ? `${head.path} has no usable header line.`
          : `${head.path} has the column "${repeated}" twice.`,
      hint: 'The first line must name each column once.',
    })
  return { format, delimiter, columns }
}

/** Excel writes `sep=;` above the header. */
const SEP_LINE = /^sep=.\r?\n/i
const skipSepLine = (text: string): string => text.replace(SEP_LINE, '')

const headerOf = (text: string, delimiter: string): string[] => {
  const splitter = createCsvSplitter({ delimiter, columns: 0, recordCharsMax: text.length })
  const first = [...splitter.push(text), ...splitter.end()][0]
  return first?.ok === true ? first.fields.map((name) => name.trim()) : []
}

/** The delimiter that cuts the first lines into the most columns, the same number in each. */
const sniffDelimiter = (text: string): string => {
  const excel = /^sep=(.)/i.exec(text)?.[1]
  if (excel !== undefined) return excel
  const scores = DELIMITERS.map((delimiter) => {
    const splitter = createCsvSplitter({ delimiter, columns: 0, recordCharsMax: 65_536 })
    const widths = splitter
      .push(text)
      .slice(0, 20)
      .flatMap((record) => (record.ok ? [record.fields.length] : []))
    const width = widths[0] ?? headerWidth(text, delimiter)
    const same = widths.length === 0 ? 1 : widths.filter((other) => other === width).length / widths.length
    return { delimiter, score: width > 1 ? same * 1_000 + width : 0 }
  })
  const best = scores.reduce((left, right) => (right.score > left.score ? right : left))
  return best.delimiter
}

const headerWidth = (text: string, delimiter: string): number => headerOf(text, delimiter).length

const columnsOfJson = (sample: string): readonly string[] => {
  const first = sample.slice(0, lineEndOf(sample)).trim()
  const row = jsonRow(first, 1, 1)
  if (row?.ok !== true) return []
  return Object.entries(row.row.cells).flatMap(([name, value]) =>
    isRecord(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
  )
}

const lineEndOf = (text: string): number => {
  const end = text.indexOf('\n')
  return end === -1 ? text.length : end
}

async function* csvRows(
  head: FileHead,
  { delimiter, columns }: RowFormat,
  { rowCharsMax }: OpenOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly FileRow[]> {
  const splitter = createCsvSplitter({ delimiter, columns: columns.length, recordCharsMax: rowCharsMax })
  const sepLines = SEP_LINE.test(head.sample) ? 1 : 0
  // The line above the header, and the header itself, are no rows.
  let toSkip = sepLines + 1
  let number = 0
  const rowsOf = (records: CsvRecord[]): FileRow[] => {
    const skipped = Math.min(toSkip, records.length)
    toSkip -= skipped
    return records.slice(skipped).map((record) => csvRow(record, columns, ++number))
  }
  for await (const text of readText(head, onBytes)) yield rowsOf(splitter.push(text))
  yield rowsOf(splitter.end())
}

const csvRow = (record: CsvRecord, columns: readonly string[], number: number): FileRow => {
  const { line } = record
  if (!record.ok)
    return { ok: false, line, reject: { code: record.code, reason: record.reason }, raw: record.raw }
  const { fields } = record
  if (fields.length !== columns.length)
    return {
      ok: false,
      line,
      reject: {
        code: 'column_count',
        reason: `${fields.length} columns where the header has ${columns.length}`,
      },
      raw: JSON.stringify(fields).slice(0, 2_000),
    }
  const cells: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (let i = 0; i < columns.length; i++) cells[columns[i] as string] = fields[i]
  return { ok: true, row: { line, number, cells } }
}

async function* jsonRows(
  head: FileHead,
  { rowCharsMax }: OpenOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly FileRow[]> {
  let pending = ''
  let line = 0
  let number = 0
  const rowsOf = (texts: readonly string[]): FileRow[] => {
    const rows: FileRow[] = []
    for (const text of texts) {
      line++
      const row =
        text.length > rowCharsMax ? tooLong(text, line, rowCharsMax) : jsonRow(text, line, number + 1)
      if (row === null) continue
      number++
      rows.push(row)
    }
    return rows
  }
  let isSkipping = false
  for await (const text of readText(head, onBytes)) {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    // What is left of a line that was rejected already.
    if (isSkipping && lines.length > 0) {
      lines.shift()
      isSkipping = false
    }
    if (isSkipping) pending = ''
    yield rowsOf(lines)
    if (pending.length > rowCharsMax) {
      yield rowsOf([pending])
      pending = ''
      isSkipping = true
    }
  }
  yield rowsOf(isSkipping ? [] : [pending])
}

const tooLong = (text: string, line: number, rowCharsMax: number): FileRow => ({
  ok: false,
  line,
  reject: { code: 'row_too_long', reason: `the row is longer than ${rowCharsMax} characters` },
  raw: text.slice(0, 2_000),
})

/** null for an empty line. */
const jsonRow = (text: string, line: number, number: number): FileRow | null => {
  if (text.trim() === '') return null
  const bad = (code: string, reason: string): FileRow => ({
    ok: false,
    line,
    reject: { code, reason },
    raw: text.slice(0, 2_000),
  })
  let cells: unknown
  try {
    cells = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return bad('not_json', 'the line is not JSON')
  }
  return isRecord(cells)
    ? { ok: true, row: { line, number, cells } }
    : bad('not_an_object', 'the line is not a JSON object')
}
