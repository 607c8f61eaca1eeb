// Appends a few batches at once, so that reading and flushing overlap, and never more than a few, so that
// a slow disk slows the reader down.

import type { Ack, NewEvent } from '../log/port.ts'

export type AppendQueue = {
  /** Waits for room, then starts the append. `rowsOf` says how many rows stand behind the event at an index. */
  readonly push: (events: readonly NewEvent[], rowsOf: (index: number) => number) => Promise<void>
  /** Waits for all appends; throws the first failure. Rows written, and rows that were in the log already. */
  readonly drain: () => Promise<{ readonly imported: number; readonly duplicates: number }>
  /** Waits for all appends whatever becomes of them: something has failed already. */
  readonly settle: () => Promise<void>
}

type Append = (events: readonly NewEvent[]) => Promise<readonly Ack[]>

export const createAppendQueue = (append: Append, appendsMax: number): AppendQueue => {
  const underWay: Promise<void>[] = []
  let imported = 0
  let duplicates = 0
  let failure: { readonly cause: unknown } | null = null

  const start = async (events: readonly NewEvent[], rowsOf: (index: number) => number): Promise<void> => {
    try {
      const acks = await append(events)
      for (const [index, ack] of acks.entries())
        if (ack.duplicate) duplicates += rowsOf(index)
        else imported += rowsOf(index)
    } catch (cause) {
      // Told to whoever pushes or drains next.
      failure ??= { cause }
    }
  }
  const throwFailure = (): void => {
    if (failure !== null) throw failure.cause
  }

  return {
    push: async (events, rowsOf) => {
      if (underWay.length >= appendsMax) await underWay.shift()
      throwFailure()
      underWay.push(start(events, rowsOf))
    },
    drain: async () => {
      await Promise.all(underWay.splice(0))
      throwFailure()
      return { imported, duplicates }
    },
    settle: async () => {
      await Promise.all(underWay.splice(0))
    },
  }
}
