// The log and what is folded from it, without anything that acts: commands on a folder that no server
// runs on use it as it is, the running system builds on it.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { shippedTone } from '../brand/index.ts'
import type { Ctx } from '../kernel/ctx.ts'
import { Failure, messageOf } from '../kernel/failure.ts'
import {
  createMemoryLog,
  openSnapshotKey,
  openSnapshots,
  openSqliteLog,
  type ChainTip,
  type EventLog,
  type KeyDesk,
  type SnapshotStore,
} from '../log/index.ts'
import { DATA_EXPIRED, PROFILE_ERASED } from '../profile/events.ts'
import { createToneReader } from '../stages/tone-reading.ts'
import { createLoop, createState, foldEvent, restoreState, type Loop, type LoopState } from '../loop.ts'

/** Version of what the folds make of the log: snapshots of another one are folded anew. */
const FOLD_VERSION = '13'

export type OpenLoop = {
  readonly loop: Loop
  readonly snapshots: SnapshotStore | null
  /** Of the snapshot that was used; 0 = none. */
  readonly snapshotOffset: number
  /** The end of the log's chain; null in memory. */
  readonly tip: (() => ChainTip) | null
  /** Keys of persons; null in memory. */
  readonly keys: KeyDesk | null
  readonly close: () => Promise<void>
}

/** Opens the log in `dir` (null: in memory) and folds it. Throws Failures `log.*`, `data.*`. */
export const openLoop = async ({
  dir,
  ctx,
}: {
  readonly dir: string | null
  readonly ctx: Ctx
}): Promise<OpenLoop> => {
  if (dir !== null) makeFolder(dir)
  const onDisk =
    dir === null ? null : await openSqliteLog({ path: join(dir, 'log.db'), keysPath: join(dir, 'keys.db') })
  const log = onDisk ?? createMemoryLog()
  try {
    const snapshots = dir === null ? null : sealedSnapshots(dir)
    const { state, snapshotOffset } = await restore(log, snapshots)
    const readTones = createToneReader({ state, models: shippedTone, pause: () => immediate() })
    const loop = createLoop({ log, ctx, state, readTones })
    return {
      loop,
      snapshots,
      snapshotOffset,
      tip: onDisk?.tip ?? null,
      keys: onDisk?.keys ?? null,
      close: async () => {
        loop.close()
        await log.close()
      },
    }
  } catch (error) {
    await log.close()
    throw error
  }
}

const sealedSnapshots = (dir: string): SnapshotStore =>
  openSnapshots({
    dir: join(dir, 'snapshots'),
    codeVersion: FOLD_VERSION,
    key: openSnapshotKey(join(dir, 'snapshots.key')),
  })

const makeFolder = (dir: string): void => {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (cause) {
    throw new Failure({
      code: 'data.no_folder',
      message: `cannot make the data folder ${dir}: ${messageOf(cause)}`,
      hint: 'Choose one this user may write to, with --data DIR.',
      cause,
    })
  }
}

type Restored = { readonly state: LoopState; readonly snapshotOffset: number }

const restore = async (log: EventLog, snapshots: SnapshotStore | null): Promise<Restored> => {
  const saved = snapshots?.latest(log.head()) ?? null
  const state = saved === null ? createState() : restoreState(saved.parts)
  let erased = false
  let expired = false
  for await (const events of log.read({ after: state.offset }))
    for (const event of events) {
      foldEvent(state, event)
      erased ||= event.type === PROFILE_ERASED
      expired ||= event.type === DATA_EXPIRED
    }
  // A crash came between an erasure and this: older copies of the state still name who is gone.
  if (erased || expired) snapshots?.clear()
  // And this one still knows what people did then: it is folded anew, from the log as it is now.
  if (expired && saved !== null) return restore(log, snapshots)
  return { state, snapshotOffset: saved?.offset ?? 0 }
}
