// Which erasures are to be done again when a backup is restored: those that ledgers know and the backup's log does not.

import { existsSync, readFileSync } from 'node:fs'
import { Failure } from '../../kernel/failure.ts'
import { readTyped } from '../../log/index.ts'
import { ERASURES_REPEATED, type ErasuresRepeated } from '../../guardrail/events.ts'
import { PROFILE_ERASED, type ProfileErased } from '../../profile/events.ts'
import type { DatedClass } from '../../profile/index.ts'
import { readLedger, type Ledger, type LedgerEntry, type LedgerPoint } from './ledger.ts'

export type FoundLedger = { readonly path: string; readonly text: string; readonly ledger: Ledger }

/** The ledgers among these files, each once. Throws Failure `erasure.ledger_damaged` for one that this installation did not write so. */
export const readLedgers = (paths: readonly string[], privateKey: string): readonly FoundLedger[] => {
  const found: FoundLedger[] = []
  for (const path of new Set(paths)) {
    if (!existsSync(path)) continue
    const text = readFileSync(path, 'utf8')
    const read = readLedger(text, privateKey)
    if ('badLine' in read)
      throw new Failure({
        code: 'erasure.ledger_damaged',
        message: `${path}: line ${read.badLine} is not what this installation wrote there.`,
        hint: 'Name another copy with --erasures FILE: it lies beside the anchors (audit.anchorPath), too.',
      })
    if (found.every((other) => other.text !== text)) found.push({ path, text, ledger: read.ledger })
  }
  return found.toSorted((left, right) => byAge(left.ledger, right.ledger))
}

/** The one that began first, and of those the one that knows most, comes first. */
const byAge = (left: Ledger, right: Ledger): number =>
  left.opened.epoch - right.opened.epoch ||
  left.opened.offset - right.opened.offset ||
  right.entries.length - left.entries.length

export type DueErasures = {
  readonly due: readonly LedgerEntry[]
  /** Why erasures after the backup may be missing; '' when they are all here. */
  readonly unknown: '' | 'no_ledger' | 'began_later' | 'older_than_backup'
}

/** What is to be erased in the log at `logPath`, which stands at `point`. */
export const dueErasures = (
  ledgers: readonly FoundLedger[],
  logPath: string,
  point: LedgerPoint,
): DueErasures => {
  const told = readTyped(logPath, PROFILE_ERASED)
  const ids = new Set(told.map(({ id }) => id))
  const repeated = new Set(
    readTyped(logPath, ERASURES_REPEATED).flatMap(({ data }) => (data as ErasuresRepeated).through),
  )
  const due = new Map<string, LedgerEntry>()
  for (const { ledger } of ledgers) {
    const done = new Set(
      ledger.hashes.slice(0, ledger.hashes.findLastIndex((hash) => repeated.has(hash)) + 1),
    )
    for (const { hash, ...entry } of ledger.entries)
      if (!done.has(hash) && !ids.has(entry.id)) due.set(entry.id, entry)
  }
  const [first] = ledgers
  return { due: [...due.values()], unknown: first === undefined ? 'no_ledger' : lackOf(first, point, told) }
}

/** Up to where periods were let go, by any ledger: the first month that is kept of each class. */
export const expiredBefore = (ledgers: readonly FoundLedger[]): Partial<Record<DatedClass, string>> => {
  const before: Partial<Record<DatedClass, string>> = {}
  for (const { ledger } of ledgers)
    for (const { classes } of ledger.expiries)
      for (const { dataClass, before: month } of classes)
        if (month > (before[dataClass] ?? '')) before[dataClass] = month
  return before
}

const lackOf = (
  { ledger: { opened, entries } }: FoundLedger,
  { epoch, offset }: LedgerPoint,
  told: ReturnType<typeof readTyped>,
): DueErasures['unknown'] => {
  if (opened.epoch > epoch || (opened.epoch === epoch && opened.offset > offset)) return 'began_later'
  const known = new Set(entries.map(({ id }) => id))
  // A start that ends what a crash left half done tells it under another id.
  const isMissing = told.some(
    (event) =>
      event.offset > opened.offset && (event.data as ProfileErased).by !== 'restart' && !known.has(event.id),
  )
  return isMissing ? 'older_than_backup' : ''
}
