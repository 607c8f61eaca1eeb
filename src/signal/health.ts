// Data health: what each source sent under each name, and what was wrong with it. The number of rows is
// bounded: a sender who makes up names ends in one row called "(other)".

import { present } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import { ITEM_CODES, type ItemCode } from './item.ts'

export type HealthOptions = {
  readonly sourcesMax: number
  /** Per source. */
  readonly namesMax: number
}

/** Counts of one source and name since the start of the log. `received` = accepted + duplicates + dropped. */
export type HealthRow = {
  readonly source: string
  /** Name of the track event; `$identify`, `$page`, … for the others; `$invalid` when unreadable. */
  readonly name: string
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  /** Duplicates whose body differed from the first one's. */
  readonly conflicts: number
  readonly dropped: number
  /** Events by a clock noticeably off, or dated after their receipt. */
  readonly clockSkewed: number
  /** By code; tolerated times are in here without being dropped. */
  readonly issues: Readonly<Partial<Record<ItemCode, number>>>
  /** Receipt of the latest one, ms. */
  readonly lastAt: number
}

/** A row while it is being counted. */
export type Tally = {
  received: number
  accepted: number
  duplicates: number
  conflicts: number
  dropped: number
  clockSkewed: number
  lastAt: number
  readonly issues: number[]
}

export type Health = {
  readonly options: HealthOptions
  readonly sources: Map<string, Map<string, Tally>>
}

export const OTHER = '(other)'

export const createHealth = (options: HealthOptions): Health => ({ options, sources: new Map() })

/** The rows of a source, or of "(other)" when there are too many sources. */
export const sourceTallies = ({ options, sources }: Health, source: string): Map<string, Tally> => {
  const key = sources.has(source) || sources.size < options.sourcesMax ? source : OTHER
  let tallies = sources.get(key)
  if (tallies === undefined) sources.set(key, (tallies = new Map<string, Tally>()))
  return tallies
}

/** The row to count under, or that of "(other)" when there are too many names. */
export const tallyOf = ({ options }: Health, tallies: Map<string, Tally>, name: string): Tally => {
  const known = tallies.get(name)
  if (known !== undefined) return known
  const key = tallies.size < options.namesMax ? name : OTHER
  let tally = tallies.get(key)
  if (tally === undefined) tallies.set(key, (tally = createTally()))
  return tally
}

export const countIssue = (tally: Tally, code: ItemCode): void => {
  const index = ITEM_CODES.indexOf(code)
  tally.issues[index] = (tally.issues[index] ?? 0) + 1
}

/** All rows, by source and name. */
export const healthRows = ({ sources }: Health): readonly HealthRow[] => {
  const rows: HealthRow[] = []
  for (const [source, tallies] of sources)
    for (const [name, { issues, ...counts }] of tallies)
      rows.push({ source, name, ...counts, issues: issuesByCode(issues) })
  return rows.toSorted((a, b) => compare(a.source, b.source) || compare(a.name, b.name))
}

const createTally = (): Tally => ({
  received: 0,
  accepted: 0,
  duplicates: 0,
  conflicts: 0,
  dropped: 0,
  clockSkewed: 0,
  lastAt: 0,
  issues: ITEM_CODES.map(() => 0),
})

const issuesByCode = (issues: readonly number[]): Partial<Record<ItemCode, number>> => {
  const byCode: Partial<Record<ItemCode, number>> = {}
  for (const [index, count] of issues.entries())
    if (count > 0) byCode[present(ITEM_CODES[index], 'an issue code')] = count
  return byCode
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Rows in the order of first sight, which restoring keeps: it decides who shares "(other)". */
export const dumpHealth = ({ sources }: Health): Json =>
  [...sources].map(([source, tallies]) => ({
    source,
    rows: [...tallies].map(([name, { issues, ...counts }]) => ({
      name,
      ...counts,
      issues: issuesByCode(issues),
    })),
  }))

export const restoreHealth = (dump: Json | undefined, options: HealthOptions): Health => {
  const health = createHealth(options)
  if (!Array.isArray(dump)) return health
  for (const entry of dump as { source: string; rows: HealthRow[] }[]) {
    const tallies = new Map<string, Tally>()
    health.sources.set(entry.source, tallies)
    for (const row of entry.rows) tallies.set(row.name, restoreTally(row))
  }
  return health
}

const restoreTally = (row: HealthRow): Tally => ({
  received: row.received,
  accepted: row.accepted,
  duplicates: row.duplicates,
  conflicts: row.conflicts,
  dropped: row.dropped,
  clockSkewed: row.clockSkewed,
  lastAt: row.lastAt,
  issues: ITEM_CODES.map((code) => row.issues[code] ?? 0),
})
