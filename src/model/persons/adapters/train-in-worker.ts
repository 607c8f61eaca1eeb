// Trains in a thread of its own, so that whoever serves goes on serving.

import { Worker } from 'node:worker_threads'
import { Failure } from '../../../kernel/failure.ts'
import type { TrainingFact, TrainingInput } from '../train.ts'

const HEAP_MB_MAX = 2_048

/** As {@link trainModels}, in a worker. Throws Failure `models.worker` when the thread dies, and when `signal` ends it. */
export const trainInWorker = async (
  input: TrainingInput,
  signal?: AbortSignal,
): Promise<readonly TrainingFact[]> => {
  // As a source file or as built: the worker lies beside this file either way.
  const file = import.meta.url.endsWith('.ts') ? './train-worker.ts' : './train-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: input,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  try {
    return await new Promise<readonly TrainingFact[]>((resolve, reject) => {
      const died = (why: string, cause?: unknown) => {
        reject(
          new Failure({
            code: 'models.worker',
            message: `The thread that trains models ended: ${why}.`,
            hint: 'It is tried again at the next training hour.',
            retryable: true,
            cause,
          }),
        )
      }
      signal?.addEventListener('abort', () => died('it was told to'), { once: true })
      worker.once('message', (facts: readonly TrainingFact[]) => resolve(facts))
      worker.once('error', (error: Error) => died(error.message, error))
      worker.once('exit', (code) => died(`exit code ${code}`))
    })
  } finally {
    await worker.terminate()
  }
}
