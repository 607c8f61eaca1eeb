// Keeps the models trained: looks now and then whether some are due, and has one round at a time learnt in a
// thread of its own. Whoever asks for training waits for the round under way first.

import type { ModelKey } from '../model/events.ts'
import { trainInWorker } from '../model/index.ts'
import type { Loop } from '../loop.ts'
import { dueKeys, trainRound } from '../stages/training.ts'

export type ModelTrainer = {
  /** Called often: starts a round when one is due or was asked for. */
  readonly maybe: () => void
  /** Has these models learnt as soon as nothing else is. */
  readonly begin: (keys: readonly ModelKey[]) => void
  readonly isRunning: () => boolean
  /** Ends what is under way. */
  readonly close: () => Promise<void>
}

/** Real ms between looks at what is due, and after a round that failed. */
const LOOK_MS = 500
const TROUBLE_MS = 60_000

export const createModelTrainer = (
  loop: Loop,
  report: (error: unknown, where: string) => void,
): ModelTrainer => {
  const ending = new AbortController()
  const asked = new Set<ModelKey>()
  let underWay: Promise<void> | null = null
  let lookAt = 0

  const start = (keys: readonly ModelKey[]): void => {
    underWay = trainRound(loop, keys, async (input) => trainInWorker(input, ending.signal))
      .then(() => undefined)
      .catch((error: unknown) => {
        if (ending.signal.aborted) return
        // What could not be trained leaves the models as they are; it is told and tried again.
        lookAt = performance.now() + TROUBLE_MS
        report(error, 'training')
      })
      .finally(() => {
        underWay = null
      })
  }
  const maybe = (): void => {
    if (underWay !== null || ending.signal.aborted) return
    if (asked.size > 0) {
      const keys = [...asked]
      asked.clear()
      return start(keys)
    }
    if (performance.now() < lookAt) return
    lookAt = performance.now() + LOOK_MS
    const keys = dueKeys(loop.state, loop.ctx.now())
    if (keys.length > 0) start(keys)
  }

  return {
    isRunning: () => underWay !== null || asked.size > 0,
    maybe,
    begin: (keys) => {
      for (const key of keys) asked.add(key)
      maybe()
    },
    close: async () => {
      ending.abort()
      await underWay
    },
  }
}
