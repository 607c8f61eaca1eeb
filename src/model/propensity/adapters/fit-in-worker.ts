// Fits in a thread of its own, so that whoever asks goes on serving.

import { Worker } from 'node:worker_threads'
import { Failure } from '../../../kernel/failure.ts'
import type { FitInput, Fitted } from '../fit.ts'

export type FitAnswer =
  | { readonly kind: 'fitted'; readonly fitted: Fitted }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string }

export type WorkerLimits = { readonly heapMbMax: number }

const HEAP_MB_MAX = 2_048

/** As {@link fitPropensity}, in a worker. Throws its Failures, and `propensity.worker` when the thread dies. */
export const fitInWorker = async (
  input: FitInput,
  { heapMbMax }: WorkerLimits = { heapMbMax: HEAP_MB_MAX },
): Promise<Fitted> => {
  // As a source file or as built: the worker lies beside this file either way.
  const file = import.meta.url.endsWith('.ts') ? './fit-worker.ts' : './fit-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  })
  try {
    const answer = await new Promise<FitAnswer>((resolve, reject) => {
      const died = (why: string, cause?: unknown) => {
        reject(
          new Failure({
            code: 'propensity.worker',
            message: `The thread that fits the model ended: ${why}.`,
            hint: 'Take fewer rows, or give it more memory.',
            cause,
          }),
        )
      }
      worker.once('message', (message: FitAnswer) => resolve(message))
      worker.once('error', (error: Error) => died(error.message, error))
      worker.once('exit', (code) => died(`exit code ${code}`))
    })
    if (answer.kind === 'fitted') return answer.fitted
    throw new Failure(answer)
  } finally {
    await worker.terminate()
  }
}
