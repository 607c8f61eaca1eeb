// The thread in which a propensity model is fitted: one job, one answer.

import { parentPort, workerData } from 'node:worker_threads'
import { isFailure } from '../../../kernel/failure.ts'
import { fitPropensity, type FitInput } from '../fit.ts'
import type { FitAnswer } from './fit-in-worker.ts'

const answer = (): FitAnswer => {
  try {
    return { kind: 'fitted', fitted: fitPropensity(workerData as FitInput) }
  } catch (thrown) {
    // A failure crosses as data, since an error loses its class on the way; a bug ends the thread.
    if (!isFailure(thrown)) throw thrown
    return { kind: 'failed', code: thrown.code, message: thrown.message, hint: thrown.hint ?? '' }
  }
}

parentPort?.postMessage(answer())
