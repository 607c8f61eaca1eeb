// Every act of the log as a file that an auditor takes away.

import { stringify } from 'csv-stringify/sync'
import { Failure } from '../../kernel/failure.ts'
import type { Act } from '../contract-audit.ts'
import { actsBetween } from './audit.ts'
import type { Language, ViewSources } from './sources.ts'

export type ActsFormat = 'csv' | 'ndjson'
export type ActsWanted = {
  readonly format?: ActsFormat
  /** ISO 8601, a day or a moment; both included. */
  readonly from?: string
  readonly to?: string
  readonly lang?: Language
}

/** The file piece by piece, oldest act first. Throws Failure `http.invalid` for what is no moment. */
export const actsFile = (sources: ViewSources, wanted: ActsWanted): AsyncGenerator<string> => {
  const acts = actsBetween(sources, {
    from: momentOf(wanted.from, 0),
    to: momentOf(wanted.to, Number.MAX_SAFE_INTEGER),
    language: wanted.lang ?? 'en',
  })
  return wanted.format === 'ndjson' ? linesOf(acts) : csvOf(acts)
}

/** The columns of an export: one row an act, nothing nested. */
const ACT_COLUMNS = [
  'offset',
  'time',
  'who',
  'who_id',
  'act',
  'text',
  'reason',
  'changes',
  'approved_by',
  'proposal',
  'event_id',
] as const

const actRow = (act: Act): Readonly<Record<(typeof ACT_COLUMNS)[number], string | number>> => ({
  offset: act.offset,
  time: new Date(act.at).toISOString(),
  who: act.who.name === '' ? 'windvane' : act.who.name,
  who_id: act.who.id,
  act: act.type,
  text: act.text,
  reason: act.reason,
  changes: act.changes
    .map(({ path, is, willBe }) => (willBe === '' && is === '' ? path : `${path}: ${is} → ${willBe}`))
    .join('; '),
  approved_by: act.approvals.map(({ name, via }) => `${name} (${via})`).join('; '),
  proposal: act.proposalId ?? '',
  event_id: act.id,
})

/** Throws Failure `http.invalid`. A day stands for its first moment. */
const momentOf = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new Failure({
    code: 'http.invalid',
    message: `${text} is no moment.`,
    hint: 'Write it as 2026-03-04 or 2026-03-04T12:00:00Z.',
  })
}

/**
 * CSV by RFC 4180, header first. A cell that a spreadsheet would take for a formula gets an apostrophe before it
 * (OWASP, CSV injection).
 */
async function* csvOf(acts: AsyncIterable<Act>): AsyncGenerator<string> {
  const rules = { columns: [...ACT_COLUMNS], escape_formulas: true, record_delimiter: '\r\n' } as const
  yield stringify([], { ...rules, header: true })
  for await (const act of acts) yield stringify([actRow(act)], rules)
}

async function* linesOf(acts: AsyncIterable<Act>): AsyncGenerator<string> {
  for await (const act of acts) yield `${JSON.stringify(act)}\n`
}
