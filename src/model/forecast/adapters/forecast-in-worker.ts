// Forecasts several series in a thread of its own, so that whoever asks goes on serving.

import { Worker } from 'node:worker_threads'
import { Failure } from '../../../kernel/failure.ts'
import type { Forecast, ForecastInput } from '../forecast.ts'

export type ForecastAnswer =
  | { readonly kind: 'made'; readonly forecasts: readonly Forecast[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string }

const HEAP_MB_MAX = 256

/** As `forecastSeries` for each input, in a worker. Throws its Failures, and `forecast.worker` when the thread dies. */
export const forecastInWorker = async (inputs: readonly ForecastInput[]): Promise<readonly Forecast[]> => {
  // As a source file or as built: the worker lies beside this file either way.
  const file = import.meta.url.endsWith('.ts') ? './forecast-worker.ts' : './forecast-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: inputs,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  worker.unref()
  try {
    const answer = await new Promise<ForecastAnswer>((resolve, reject) => {
      const died = (why: string, cause?: unknown) => {
        reject(
          new Failure({
            code: 'forecast.worker',
            message: `The thread that forecasts ended: ${why}.`,
            hint: 'It is tried again with the next day.',
            cause,
          }),
        )
      }
      worker.once('message', (message: ForecastAnswer) => resolve(message))
      worker.once('error', (error: Error) => died(error.message, error))
      worker.once('exit', (code) => died(`exit code ${code}`))
    })
    if (answer.kind === 'made') return answer.forecasts
    throw new Failure(answer)
  } finally {
    await worker.terminate()
  }
}
