// Splits CSV text (RFC 4180) into records as it streams in. Written here because a quote that is never
// closed must cost one row and not the rest of the file, and because each row must know its line.

export type CsvRecord =
  | { readonly ok: true; readonly line: number; readonly fields: readonly string[] }
  | {
      readonly ok: false
      readonly line: number
      readonly code: string
      readonly reason: string
      readonly raw: string
    }

export type CsvOptions = {
  readonly delimiter: string
  /** Columns of the header; a quoted record over several lines that does not have so many is a lone quote. 0: unknown. */
  readonly columns: number
  /** Longest record in UTF-16 units. */
  readonly recordCharsMax: number
}

type Scanned = { readonly fields: string[]; readonly end: number; readonly lines: number }
/** `more`: the text ends within the record. `stray`: a quote stands where none may. */
type Scan = Scanned | 'more' | 'stray'

const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/** A splitter that is fed text in pieces of any size; empty lines are passed over. */
export const createCsvSplitter = (options: CsvOptions) => {
  let pending = ''
  let line = 1
  let columns = options.columns
  /** The rest of a line that was given up as too long. */
  let isSkipping = false

  const take = (isLast: boolean): CsvRecord[] => {
    const records: CsvRecord[] = []
    let from = 0
    while (from < pending.length) {
      const scan = scanRecord(pending, from, options.delimiter.charCodeAt(0), isLast)
      if (scan === 'more' && !isLast && pending.length - from <= options.recordCharsMax) break
      const broken = scan === 'stray' || scan === 'more' || isLoneQuote(scan, columns, options)
      if (broken) {
        const end = lineEnd(pending, from)
        const isWaiting = end === -1 && !isLast && pending.length - from <= options.recordCharsMax
        if (isWaiting) break
        const raw = pending.slice(from, end === -1 ? pending.length : end)
        records.push({ ok: false, line, ...reasonOf(scan, raw, options), raw: raw.slice(0, RAW_CHARS_MAX) })
        isSkipping = end === -1
        from = isSkipping ? pending.length : end + 1
        line++
        continue
      }
      if (scan.fields.length > 1 || scan.fields[0] !== '') {
        if (columns === 0) columns = scan.fields.length
        records.push({ ok: true, line, fields: scan.fields })
      }
      from = scan.end
      line += scan.lines
    }
    pending = pending.slice(from)
    return records
  }
  return {
    push: (text: string): CsvRecord[] => {
      const end = isSkipping ? text.indexOf('\n') : -1
      if (isSkipping && end === -1) return []
      isSkipping = false
      pending += text.slice(end + 1)
      return take(false)
    },
    end: (): CsvRecord[] => take(true),
  }
}

const RAW_CHARS_MAX = 2_000

const isLoneQuote = (scan: Scanned, columns: number, { recordCharsMax }: CsvOptions): boolean =>
  (scan.lines > 1 && columns > 0 && scan.fields.length !== columns) ||
  scan.fields.some((field) => field.length > recordCharsMax)

const reasonOf = (
  scan: Scan,
  raw: string,
  { recordCharsMax }: CsvOptions,
): { code: string; reason: string } =>
  raw.length > recordCharsMax
    ? { code: 'row_too_long', reason: `the row is longer than ${recordCharsMax} characters` }
    : scan === 'stray'
      ? {
          code: 'quote_stray',
          reason: 'a closing quote is not followed by a delimiter or the end of the line',
        }
      : { code: 'quote_open', reason: 'a quote is opened and not closed' }

const lineEnd = (text: string, from: number): number => text.indexOf('\n', from)

/** One record from `from`: its fields, the position after its line end, and how many lines it covers. */
const scanRecord = (text: string, from: number, delimiter: number, isLast: boolean): Scan => {
  const fields: string[] = []
  let position = from
  let lines = 1
  for (;;) {
    let end: number
    if (text.charCodeAt(position) === QUOTE) {
      const quoted = scanQuoted(text, position + 1)
      if (quoted === null) return 'more'
      fields.push(quoted.value)
      lines += quoted.newlines
      end = quoted.end
      if (end === text.length && !isLast) return 'more'
    } else {
      end = fieldEnd(text, position, delimiter)
      if (end === text.length && !isLast) return 'more'
      const isReturn =
        text.charCodeAt(end) === NEWLINE && text.charCodeAt(end - 1) === RETURN && end > position
      fields.push(text.slice(position, isReturn ? end - 1 : end))
    }
    const code = text.charCodeAt(end)
    if (end >= text.length) return { fields, end, lines }
    if (code === delimiter) position = end + 1
    else if (code === NEWLINE) return { fields, end: end + 1, lines }
    else if (code === RETURN && (text.charCodeAt(end + 1) === NEWLINE || end + 1 === text.length))
      return end + 1 === text.length && !isLast
        ? 'more'
        : { fields, end: Math.min(end + 2, text.length), lines }
    else return 'stray'
  }
}

const fieldEnd = (text: string, from: number, delimiter: number): number => {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === delimiter || code === NEWLINE) return i
  }
  return text.length
}

/** A quoted field from behind its opening quote; null when it does not end here. */
const scanQuoted = (text: string, from: number): { value: string; end: number; newlines: number } | null => {
  let close = text.indexOf('"', from)
  let doubled = false
  while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) {
    doubled = true
    close = text.indexOf('"', close + 2)
  }
  if (close === -1) return null
  const value = text.slice(from, close)
  let newlines = 0
  for (let at = value.indexOf('\n'); at !== -1; at = value.indexOf('\n', at + 1)) newlines++
  return { value: doubled ? value.replaceAll('""', '"') : value, end: close + 1, newlines }
}
