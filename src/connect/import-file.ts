// Brings a CSV or NDJSON file into the log. Rows become what the tracking API would have received, under
// ids made from the rows themselves, so importing a file again changes nothing.

import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { PRODUCTS_LISTED, type ProductRow, type ProductsListed } from '../catalogue/events.ts'
import { DECISION_IMPORTED, type DecisionImported } from '../decision/events.ts'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import { canonicalJson } from '../kernel/json.ts'
import { hash32 } from '../kernel/hash.ts'
import type { Ack, NewEvent } from '../log/port.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../signal/events.ts'
import { checkRequest, createIdWindow, sight, type IdWindow } from '../signal/index.ts'
import { createAppendQueue, type AppendQueue } from './append-queue.ts'
import type { Reject } from './cells.ts'
import { openFile, sampleRows, type FileRow } from './file-rows.ts'
import { guessMapping, type MappingGuess, type NamedColumns } from './guess-mapping.ts'
import type { ImportKind, Mapping } from './mapping-schema.ts'
import { createRejectsFile, type RejectsFile } from './rejects.ts'
import type { SaidRow } from './review-rows.ts'
import { compileRow, type Item, type RowReader } from './row-records.ts'

export type ImportLimits = {
  readonly batchRowsMax: number
  readonly batchBytesMax: number
  /** Appends that may be under way at once. */
  readonly appendsMax: number
  readonly rowCharsMax: number
  /** When so many rows from the beginning are rejected without a single good one, the import stops. */
  readonly hopelessRows: number
  /** Row ids remembered to find repeated rows. */
  readonly idsMax: number
}

export const IMPORT_LIMITS: ImportLimits = {
  batchRowsMax: 500,
  batchBytesMax: 400 * 1024,
  appendsMax: 4,
  rowCharsMax: 256 * 1024,
  hopelessRows: 1_000,
  idsMax: 16_000_000,
}

export type ImportProgress = {
  /** Of the file as it lies there, packed or not. */
  readonly bytesRead: number
  readonly bytesTotal: number
  readonly rows: number
  readonly rejected: number
}

export type HearRows = (
  source: string,
  rows: readonly SaidRow[],
) => Promise<{ readonly fresh: number; readonly heard: number }>

export type ImportInput = {
  readonly file: string
  readonly as: ImportKind
  /** Without it the columns are guessed. */
  readonly map?: Mapping
  /** Columns that somebody named; the others are guessed. */
  readonly named?: NamedColumns
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>
  /** Of `reviews`: reads them under the plan's source and says how many were new, and how many are about somebody watched. */
  readonly hear?: HearRows
  /** The plan's source that `reviews` come from; the mapping's or the file's name when absent. */
  readonly heardAs?: string
  /** Of dates without an offset when the mapping names none; UTC by default. */
  readonly timeZone?: string
  readonly now?: () => number
  readonly onProgress?: (progress: ImportProgress) => void
  /** Hears the guess before the first row is imported. */
  readonly onGuess?: (guess: MappingGuess) => void
  readonly rejectsPath?: string
  readonly signal?: AbortSignal
  readonly limits?: Partial<ImportLimits>
}

export type ImportSummary = {
  /** The mapping's or the file's: `importId` of decisions. */
  readonly name: string
  /** `import:<name>`: the source of signals. */
  readonly source: string
  readonly rows: number
  readonly imported: number
  readonly rejected: number
  /** Rows that the log has already, or that stand in the file twice. */
  readonly duplicates: number
  /** Rejected rows by code. */
  readonly reasons: Readonly<Record<string, number>>
  /** Where the rejected rows are; null when there are none. */
  readonly rejectsPath: string | null
  /** Of `reviews`: new ones that are about nobody who is watched, and so are not kept. */
  readonly aboutNobody?: number
}

/** The names of a file's columns. Throws Failures `import.*` for a file that cannot be read. */
export const columnsOf = async (file: string): Promise<readonly string[]> =>
  (await openFile(file, { rowCharsMax: IMPORT_LIMITS.rowCharsMax })).format.columns

/**
 * Imports `file`: good rows are appended in batches, bad ones written to `<file>.rejected.ndjson`. Resolves when all
 * is on the disk. Rejects with a Failure `import.*` (the file, the mapping) or `log.*`; what was appended before stays,
 * and importing again continues from there.
 */
export const importFile = async (input: ImportInput): Promise<ImportSummary> => {
  const limits = { ...IMPORT_LIMITS, ...input.limits }
  const opened = await openFile(input.file, {
    format: input.map?.format,
    delimiter: input.map?.delimiter,
    encoding: input.map?.encoding,
    rowCharsMax: limits.rowCharsMax,
  })
  const mapping =
    input.map ??
    guessed(
      input,
      guessMapping({
        as: input.as,
        columns: opened.format.columns,
        rows: sampleRows(opened, limits.rowCharsMax),
        ...(input.named === undefined ? {} : { named: input.named }),
      }),
    )
  if (opened.format.format === 'csv') checkColumns(mapping, opened.format.columns)
  const name = mapping.name ?? nameOf(input.file)
  const zone = mapping.timeZone ?? input.timeZone ?? 'UTC'
  const queue = createAppendQueue(input.append, limits.appendsMax)
  const rejects = createRejectsFile(input.rejectsPath ?? `${input.file}.rejected.ndjson`)
  const run = createRun({
    source: mapping.as === 'reviews' ? (input.heardAs ?? name) : `import:${name}`,
    hear: input.hear,
    limits,
    queue,
    rejects,
    readRow: compileRow(mapping, name, zone),
    now: input.now ?? Date.now,
  })
  let bytesRead = 0
  try {
    for await (const rows of opened.rows((bytes) => (bytesRead = bytes))) {
      for (const row of rows) await run.take(row)
      input.signal?.throwIfAborted()
      input.onProgress?.({
        bytesRead,
        bytesTotal: opened.head.bytesTotal,
        rows: run.counts.rows,
        rejected: run.counts.rejected,
      })
    }
    await run.flush()
    const { imported, duplicates } = await queue.drain()
    const { rows, rejected, repeated, reasons, fresh, known, aboutNobody } = run.counts
    const rejectsPath = await rejects.finish()
    return {
      name,
      source: run.source,
      rows,
      imported: imported + fresh,
      rejected,
      duplicates: duplicates + repeated + known,
      reasons,
      rejectsPath,
      ...(mapping.as === 'reviews' ? { aboutNobody } : {}),
    }
  } catch (thrown) {
    await queue.settle()
    await rejects.abandon()
    throw thrown
  }
}

/** A file's own name without its endings, as far as a source may be named so. */
const nameOf = (file: string): string => {
  const name = basename(file).replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|gz))+$/i, '')
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64) || 'file'
}

const guessed = ({ onGuess }: ImportInput, guess: MappingGuess): Mapping => {
  onGuess?.(guess)
  if (guess.mapping !== null) return guess.mapping
  throw new Failure({
    code: 'import.mapping_needed',
    message: `The columns could not be guessed: ${guess.notes.join(' ')}`,
    hint: `Complete this, save it and pass it with --map:\n${guess.yaml}`,
  })
}

/** Names a column that the mapping wants and the file does not have, before any row is rejected for it. */
const checkColumns = (mapping: Mapping, columns: readonly string[]): void => {
  const known = new Set(columns)
  const sections = ['fields', 'properties', 'traits', 'context', 'rewards'] as const
  const wanted = sections.flatMap((section) => Object.values(mapping[section]).map((cell) => cell.column))
  for (const { granted, textVersion } of mapping.consents) wanted.push(granted.column, textVersion?.column)
  wanted.push(...mapping.id.filter((column) => column !== '$row' && column !== '$content'))
  const missing = [...new Set(wanted)].filter((column) => column !== undefined && !known.has(column))
  if (missing.length > 0)
    throw new Failure({
      code: 'import.column_missing',
      message: `The file has no column ${missing.map((column) => `"${column}"`).join(', ')}.`,
      hint: `Its columns are: ${columns.join(', ')}.`,
    })
}

type RunOptions = {
  readonly source: string
  readonly hear: HearRows | undefined
  readonly limits: ImportLimits
  readonly queue: AppendQueue
  readonly rejects: RejectsFile
  readonly readRow: RowReader
  readonly now: () => number
}

const createRun = ({ source, hear, limits, queue, rejects, readRow, now }: RunOptions) => {
  const seen: IdWindow = createIdWindow({ idsMax: limits.idsMax })
  const counts = {
    rows: 0,
    rejected: 0,
    repeated: 0,
    reasons: {} as Record<string, number>,
    fresh: 0,
    known: 0,
    aboutNobody: 0,
  }
  let said: SaidRow[] = []
  let texts: string[] = []
  let items: Item[] = []
  let decisions: NewEvent[] = []
  let products: ProductRow[] = []
  let batchRows = 0
  let batchBytes = 0
  let good = 0

  const flush = async (): Promise<void> => {
    if (batchRows === 0) return
    if (said.length > 0) await listen(said)
    else if (decisions.length > 0) await queue.push(decisions, () => 1)
    else if (products.length > 0) {
      const rows = batchRows
      await queue.push([productsEvent(source, products, now())], () => rows)
    } else {
      const rows = batchRows
      await queue.push([batchEvent(source, items, texts, now())], () => rows)
    }
    texts = []
    items = []
    decisions = []
    products = []
    said = []
    batchRows = 0
    batchBytes = 0
  }

  /** One batch after the other: each is read for names and tone where it is heard. */
  const listen = async (rows: readonly SaidRow[]): Promise<void> => {
    assert(hear !== undefined, 'reviews need somebody who hears them')
    for (let from = 0; from < rows.length; from += SAID_AT_ONCE) {
      const part = rows.slice(from, from + SAID_AT_ONCE)
      const { fresh, heard } = await hear(source, part)
      counts.fresh += fresh
      counts.known += part.length - fresh
      counts.aboutNobody += fresh - heard
    }
  }

  const refuse = async (line: number, reject: Reject, row: unknown): Promise<void> => {
    counts.rejected++
    counts.reasons[reject.code] = (counts.reasons[reject.code] ?? 0) + 1
    await rejects.add({ line, reject, row })
    if (good === 0 && counts.rejected >= limits.hopelessRows)
      throw new Failure({
        code: 'import.nothing_fits',
        message: `None of the first ${counts.rejected} rows fits the mapping: ${reject.reason} (line ${line}).`,
        hint: 'Check the columns, types and date format of the mapping against the file.',
      })
  }

  const take = async (fileRow: FileRow): Promise<void> => {
    counts.rows++
    if (!fileRow.ok) return refuse(fileRow.line, fileRow.reject, fileRow.raw)
    const { row } = fileRow
    const read = readRow(row)
    if (!read.ok) return refuse(row.line, read.error, row.cells)
    const record = read.value
    const wrong = record.items.length > 0 ? wrongItem(record.items) : null
    if (wrong !== null) return refuse(row.line, wrong, row.cells)
    const sighting = sight(seen, record.id, hash32(record.content))
    if (sighting === 'conflict') return refuse(row.line, ID_TAKEN, row.cells)
    good++
    if (sighting === 'same') {
      counts.repeated++
      return
    }
    const texted = record.items.map((item) => JSON.stringify(item))
    const plain = (record.said?.text?.length ?? 0) * 3 + (record.product === null ? 0 : 1_000)
    const bytes = texted.reduce((sum, text) => sum + text.length * 3, plain)
    if (batchRows >= limits.batchRowsMax || batchBytes + bytes > limits.batchBytesMax) await flush()
    items.push(...record.items)
    texts.push(...texted)
    if (record.product !== null) products.push(record.product)
    if (record.said !== null) said.push(record.said)
    if (record.decision !== null) decisions.push(decisionEvent(record.id, record.decision, now()))
    batchRows++
    batchBytes += bytes
  }

  return { source, counts, take, flush }
}

/** As many as one request takes. */
const SAID_AT_ONCE = 200

const ID_TAKEN: Reject = {
  code: 'id_taken',
  reason: 'an earlier row has the same identity and other content; add a column to `id` in the mapping',
}

const wrongItem = (items: readonly Item[]): Reject | null => {
  const checked = checkRequest({ endpoint: 'batch', body: { batch: items }, newId: () => '', strict: true })
  if (!checked.ok) return { code: checked.error.code, reason: checked.error.message }
  const wrong = checked.items[0]
  return wrong === undefined ? null : { code: wrong.code, reason: wrong.message }
}

/** One log record of many rows. Its id is the hash of its content: the same rows make the same record. */
const batchEvent = (
  source: string,
  items: readonly Item[],
  texts: readonly string[],
  at: number,
): NewEvent<SignalReceived> => {
  const header = { endpoint: 'batch' as const, source, receivedAt: at }
  const payload = `{"batch":[${texts.join(',')}]}`
  return {
    id: `imp:${hash('sha256', `${source}\n${payload}`, 'hex').slice(0, 40)}`,
    type: SIGNAL_RECEIVED,
    key: source,
    at,
    data: { header, payload: { batch: items } },
    encoded: `{"header":${canonicalJson(header)},"payload":${payload}}`,
  }
}

/** A list says how things stand when it is brought: brought again, it holds again, whatever came in between. */
const productsEvent = (
  source: string,
  products: readonly ProductRow[],
  at: number,
): NewEvent<ProductsListed> => ({
  id: `imp:${hash('sha256', `${source} ${at} ${canonicalJson(products)}`, 'hex').slice(0, 40)}`,
  type: PRODUCTS_LISTED,
  key: source,
  at,
  data: { source, products },
})

const decisionEvent = (id: string, decision: DecisionImported, at: number): NewEvent<DecisionImported> => ({
  id: `imp:${id}`,
  type: DECISION_IMPORTED,
  key: decision.importId,
  at,
  data: decision,
})
