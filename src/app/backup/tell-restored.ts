// What a restored log is told before anything is made of it: that it is one, that everything is stopped, and who was
// erased since its backup was made: they are erased in it, too, before the folder is put in place.

import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Ctx } from '../../kernel/ctx.ts'
import { openSqliteLog } from '../../log/index.ts'
import type { NewEvent } from '../../log/port.ts'
import {
  ERASURES_REPEATED,
  STOP_RAISED,
  SYSTEM_RESTORED,
  type ErasuresRepeated,
  type StopRaised,
  type SystemRestored,
} from '../../guardrail/events.ts'
import { createCtx } from '../clock.ts'
import { readConfig } from '../config.ts'
import { erasurePartsOf, ledgerOf } from '../erasures/erasure-parts.ts'
import {
  dueErasures,
  expiredBefore,
  readLedgers,
  type DueErasures,
  type FoundLedger,
} from '../erasures/find-ledgers.ts'
import { LEDGER, ledgerCopy } from '../erasures/ledger-file.ts'
import type { LedgerEntry } from '../erasures/ledger.ts'
import { openKeys, type Keyring } from '../keys.ts'
import { openLoop } from '../open-loop.ts'
import { erasePerson, peopleBehind, personCalled, suppressionOf } from '../../stages/erasing.ts'
import { expireBefore } from '../../stages/expiring.ts'
import type { Manifest } from './manifest.ts'

export type RepeatedErasures = {
  /** Ledgers that were read. */
  readonly ledgers: readonly string[]
  /** The last erasure that they know, ms; null when none. */
  readonly lastAt: number | null
  readonly noted: number
  readonly people: number
  readonly unknown: DueErasures['unknown']
}

type Restoring = {
  readonly dir: string
  readonly unfinished: string
  readonly manifest: Manifest
  readonly epoch: number
  readonly erasures?: string
  readonly by: string
  readonly now: number
  readonly newId: () => string
}

export const tellRestored = async (restoring: Restoring): Promise<RepeatedErasures> => {
  const { unfinished, manifest, now } = restoring
  const keys = openKeys(unfinished)
  const found = readLedgers(placesOf(restoring), keys.anchorKey)
  const point = { epoch: manifest.epoch, offset: manifest.offset }
  const { due, unknown } = dueErasures(found, join(unfinished, 'log.db'), point)
  const facts = [
    ...restoredFacts(restoring, unknown),
    ...due.flatMap(({ suppressions }) => suppressions.map((one) => suppressionOf(one, now))),
  ]
  const [first] = found
  if (first !== undefined) writeFileSync(join(unfinished, LEDGER), first.text, { mode: 0o600, flush: true })
  const before = expiredBefore(found)
  const isQuiet = due.length === 0 && Object.keys(before).length === 0
  const people = isQuiet
    ? await tell(unfinished, facts)
    : await repeat(restoring, { found, due, before, keys, facts })
  const times = found.flatMap(({ ledger }) => ledger.entries.map(({ at }) => at))
  return {
    ledgers: found.map(({ path }) => path),
    lastAt: times.length === 0 ? null : times.reduce((left, right) => Math.max(left, right)),
    noted: due.length,
    people,
    unknown,
  }
}

const restoredFacts = (
  { manifest, epoch, by, now, newId }: Restoring,
  erasuresUnknown: DueErasures['unknown'],
): readonly NewEvent[] => {
  const { at: backupAt, offset, hash, version } = manifest
  const restored: SystemRestored = { epoch, backupAt, offset, hash, version, by, erasuresUnknown }
  const stop: StopRaised = {
    scope: { kind: 'all' },
    reason: `restored from the backup of ${new Date(backupAt).toISOString()}`,
    by,
  }
  return [
    { id: newId(), type: SYSTEM_RESTORED, key: '', at: now, data: restored },
    { id: newId(), type: STOP_RAISED, key: '', at: now, data: stop },
  ]
}

/** Where nobody is to be erased, nothing has to be folded. */
const tell = async (dir: string, facts: readonly NewEvent[]): Promise<number> => {
  const log = await openSqliteLog({ path: join(dir, 'log.db') })
  try {
    await log.append(facts)
    return 0
  } finally {
    await log.close()
  }
}

/** The one that was named, the one left in the folder, beside it, and beside the anchors. */
const placesOf = ({ dir, unfinished, erasures }: Restoring): readonly string[] => {
  const { audit } = readConfig({ dir: unfinished, env: {}, flags: {} })
  const copy = ledgerCopy(audit.anchorPath, unfinished)
  return [
    ...(erasures === undefined ? [] : [erasures]),
    join(dir, LEDGER),
    join(dirname(dir), LEDGER),
    ...(copy === null ? [] : [copy]),
  ]
}

type Repeating = {
  readonly found: readonly FoundLedger[]
  readonly due: readonly LedgerEntry[]
  /** Months that were let go. */
  readonly before: ReturnType<typeof expiredBefore>
  readonly keys: Keyring
  readonly facts: readonly NewEvent[]
}

/** Erases whom these lines speak of, as this log knows them, then any key of theirs that nobody here goes by. In memory until then: nothing folded is kept. */
const repeat = async (
  restoring: Restoring,
  { found, due, before, keys, facts }: Repeating,
): Promise<number> => {
  const { unfinished: dir, by, now, newId } = restoring
  const ctx: Ctx = { ...createCtx({ now: () => now }), newId }
  const opened = await openLoop({ dir, ctx })
  try {
    const { loop } = opened
    await loop.record(facts)
    const report = (error: unknown): never => {
      throw error
    }
    const ledger = ledgerOf(opened, { dir, keys, copy: null, report })
    const known = new Set(found[0]?.ledger.entries.map(({ id }) => id))
    for (const entry of due) if (!known.has(entry.id)) ledger?.add(entry)
    const parts = erasurePartsOf(opened, ledger, keys)
    const handles = due.flatMap((entry) => entry.handles)
    const people = peopleBehind(parts, new Set(handles))
    for (const profileId of people) await erasePerson(parts, personCalled(loop.state, profileId), by)
    const through = [...found.map(({ ledger: { tip } }) => tip), ledger?.tip() ?? '']
    const data: ErasuresRepeated = { noted: due.length, people: people.length, through, by }
    const destroys = { handles, mark: { slots: [], ignored: [] } }
    if (due.length > 0)
      await loop.record([{ id: newId(), type: ERASURES_REPEATED, key: '', at: now, data, destroys }])
    // What is folded here is thrown away: nothing has to be folded anew.
    await expireBefore({ ...parts, refold: async () => undefined }, before, by)
    return people.length
  } finally {
    await opened.close()
  }
}
