// Any other platform, by files: its spend comes in as a table (CSV or NDJSON) that somebody exports, and what should be
// changed goes out as proposals, a line each. Nothing is believed done until a later export shows it.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { AdPlatform, PlatformTraits, ReportedDay } from '../../delivery/index.ts'
import { Failure, isFailure, messageOf } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { createCsvSplitter } from '../csv-records.ts'
import { budgetOf, dayOfIso, microsOf, numberAt, refusal, refuseBudget, textAt } from './wire.ts'

export type FileAdsAccount = {
  readonly account: string
  readonly currency: string
  /** `.csv` or `.ndjson` with the columns line, day, spend and, where known, clicks, conversions, value, budget. */
  readonly spendFile: string
  /** NDJSON that proposals are appended to. */
  readonly proposalsFile: string
}

const BYTES_MAX = 64 << 20
const ROW_CHARS_MAX = 10_000
const NEEDED = ['line', 'day', 'spend'] as const

type Row = Readonly<Record<string, unknown>>

export const createFileAds = (
  account: FileAdsAccount,
  { traits, now }: { readonly traits: PlatformTraits; readonly now: () => number },
): AdPlatform => {
  const { currency } = account
  const read: AdPlatform['read'] = async ({ externalIds, fromDay, toDay }) => {
    const lines = new Map<string, { days: ReportedDay[]; lastDay: number; budget: unknown }>()
    for (const row of rowsOf(account.spendFile)) {
      const externalId = textAt(row, 'line')
      if (!externalIds.includes(externalId)) continue
      if (textAt(row, 'currency') !== '' && textAt(row, 'currency') !== currency)
        throw broken(`${textAt(row, 'currency')} in a file kept in ${currency}`)
      const day = dayOfIso(textAt(row, 'day'))
      const line = lines.get(externalId) ?? { days: [], lastDay: -1, budget: '' }
      lines.set(externalId, line)
      if (day >= line.lastDay && textAt(row, 'budget') !== '')
        Object.assign(line, { lastDay: day, budget: row['budget'] })
      if (day < fromDay || day > toDay) continue
      line.days.push({
        day,
        spendMicros: notNegative(microsOf(numberAt(row, 'spend')), 'spend'),
        valueMicros: microsOf(figure(row, 'value')),
        conversions: figure(row, 'conversions'),
        clicks: figure(row, 'clicks'),
      })
    }
    return [...lines].map(([externalId, { days, budget }]) => ({
      externalId,
      budgetMicros: budgetFrom(budget),
      days: days.toSorted((left, right) => left.day - right.day),
    }))
  }
  const write: AdPlatform['write'] = async (ask) => {
    const wrong = refuseBudget(ask, { currency, traits })
    if (wrong !== null) return wrong
    const { externalId, budgetMicros, moveId } = ask
    try {
      // Only read so far: nothing was proposed. A pause is proposed whatever the export says.
      if (budgetMicros > 0 && !rowsOf(account.spendFile).some((row) => textAt(row, 'line') === externalId))
        return refusal('ads.unknown_line', `${externalId} is not in ${account.spendFile}`)
    } catch (error) {
      if (!isFailure(error)) throw error
      return refusal(error.code, error.message, error.retryable)
    }
    const proposal = {
      moveId,
      at: new Date(now()).toISOString(),
      line: externalId,
      action: budgetMicros === 0 ? 'pause' : 'set_daily_budget',
      budget: budgetMicros / 1_000_000,
      currency,
    }
    try {
      if (!isProposed(account.proposalsFile, moveId))
        appendFileSync(account.proposalsFile, `${JSON.stringify(proposal)}\n`, { flush: true })
    } catch (error) {
      return refusal('ads.unreachable', `${account.proposalsFile}: ${messageOf(error)}`, true)
    }
    return { kind: 'unknown', detail: `proposed in ${account.proposalsFile}; a person carries it out` }
  }
  return { name: 'file', currency, traits, read, write, close: async () => {} }
}

const isProposed = (path: string, moveId: string): boolean =>
  existsSync(path) && readFileSync(path, 'utf8').includes(`"moveId":${JSON.stringify(moveId)}`)

/** 0 and `paused` are a paused line; an empty cell tells nothing. */
const budgetFrom = (cell: unknown): number | null => {
  if (cell === '') return null
  if (cell === 'paused') return 0
  const budget = numberAt({ cell }, 'cell')
  return budget === 0 ? 0 : budgetOf(microsOf(budget))
}

const figure = (row: Row, name: string): number => (textAt(row, name) === '' ? 0 : numberAt(row, name))

const notNegative = (micros: number, what: string): number => {
  if (micros < 0) throw broken(`a negative ${what}`)
  return micros
}

const broken = (detail: string): Failure =>
  new Failure({ code: 'ads.malformed', message: `file: ${detail}`, hint: 'Mend the export.' })

const rowsOf = (path: string): readonly Row[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new Failure({
      code: 'ads.unreachable',
      message: `file: ${messageOf(cause)}`,
      retryable: true,
      cause,
    })
  }
  if (text.length > BYTES_MAX) throw broken(`larger than ${BYTES_MAX} bytes`)
  return /\.(?:ndjson|jsonl)$/.test(path) ? jsonRows(text) : csvRows(text)
}

const jsonRows = (text: string): readonly Row[] =>
  text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      const row: unknown = JSON.parse(line)
      if (isRecord(row)) return [row]
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
    throw broken(`line ${index + 1} is no JSON object`)
  })

const csvRows = (text: string): readonly Row[] => {
  const [first = ''] = text.split('\n')
  const delimiter = [',', ';', '\t'].toSorted(
    (left, right) => first.split(right).length - first.split(left).length,
  )[0] as string
  const splitter = createCsvSplitter({ delimiter, columns: 0, recordCharsMax: ROW_CHARS_MAX })
  const [head, ...records] = [...splitter.push(text), ...splitter.end()]
  const names = head?.ok === true ? head.fields.map((name) => name.trim().toLowerCase()) : []
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0) throw broken(`no column ${missing.join(', ')}`)
  return records.map((record) => {
    // A row left out would be money not counted.
    if (!record.ok) throw broken(`line ${record.line}: ${record.reason}`)
    return Object.fromEntries(names.map((name, index) => [name, record.fields[index]?.trim() ?? '']))
  })
}
