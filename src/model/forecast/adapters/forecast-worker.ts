// The thread in which series are forecast: one job, one answer.

import { parentPort, workerData } from 'node:worker_threads'
import { isFailure } from '../../../kernel/failure.ts'
import { forecastSeries, type ForecastInput } from '../forecast.ts'
import type { ForecastAnswer } from './forecast-in-worker.ts'

const answer = (): ForecastAnswer => {
  try {
    return { kind: 'made', forecasts: (workerData as readonly ForecastInput[]).map(forecastSeries) }
  } catch (thrown) {
    // A failure crosses as data, since an error loses its class on the way; a bug ends the thread.
    if (!isFailure(thrown)) throw thrown
    return { kind: 'failed', code: thrown.code, message: thrown.message, hint: thrown.hint ?? '' }
  }
}

parentPort?.postMessage(answer())
