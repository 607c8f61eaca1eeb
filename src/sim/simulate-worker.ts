// A thread that plays seeds, one after the other, as they are handed to it.

import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../kernel/assert.ts'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { runBareSeed } from './bare-seed.ts'
import { runSeed, type SeedOptions } from './seed-run.ts'
import type { SeedAnswer } from './simulate.ts'

const port = present(parentPort, 'this file runs as a worker')

const play = async (seed: string): Promise<SeedAnswer> => {
  try {
    const settings = workerData as SeedOptions & { readonly bare?: boolean }
    const row =
      settings.bare === true ? runBareSeed({ ...settings, seed }) : await runSeed({ ...settings, seed })
    return { kind: 'row', row }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { kind: 'failed', code: error.code, message: messageOf(error), hint: error.hint ?? '' }
  }
}

port.on('message', (seed: string) => {
  // What is thrown here is a bug, and ends the thread: the other side hears of it.
  void play(seed).then((answer) => port.postMessage(answer))
})
