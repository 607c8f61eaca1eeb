// Saves the folded state beside the log now and then. A snapshot is only a cache: failing to write one is told, and
// the log goes on.

import type { SnapshotStore } from '../log/index.ts'
import { dumpState, type LoopState } from '../loop.ts'

export type Saving = {
  /** When enough has happened since the last one. */
  readonly maybe: () => void
  readonly now: () => Promise<void>
  /** Runs `act` while nothing is saved: the state knows what it no more should. */
  readonly without: <T>(act: () => Promise<T>) => Promise<T>
  /** Of the last one. */
  readonly offset: () => number
}

export const createSaving = (
  state: LoopState,
  snapshots: SnapshotStore | null,
  {
    every,
    offset,
    report,
  }: {
    readonly every: number
    readonly offset: number
    readonly report: (error: unknown, where: string) => void
  },
): Saving => {
  let saved = offset
  let saving: Promise<void> | null = null
  let held = 0
  const save = async (): Promise<void> => {
    if (snapshots === null || state.offset === saved || held > 0) return
    const at = state.offset
    await snapshots.save({ offset: at, parts: dumpState(state) })
    saved = at
  }
  return {
    offset: () => saved,
    maybe: () => {
      if (saving !== null || held > 0 || state.offset - saved < every) return
      saving = save()
        .catch((error: unknown) => report(error, 'snapshot'))
        .finally(() => {
          saving = null
        })
    },
    now: async () => {
      await saving
      await save().catch((error: unknown) => report(error, 'snapshot'))
    },
    without: async (act) => {
      held++
      try {
        return await act()
      } finally {
        held--
      }
    },
  }
}
