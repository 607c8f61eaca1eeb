// Learns in a thread of its own, so that whoever asks goes on serving.

import { Worker } from 'node:worker_threads'
import { Failure } from '../../../kernel/failure.ts'
import type { Recommender } from '../recommender.ts'

/** Who had to do with what: users and items by number, product ids by item number, times in seconds. */
export type LearnJob = {
  readonly users: Uint32Array
  readonly items: Uint32Array
  readonly seconds: Uint32Array
  readonly ids: readonly string[]
  readonly easeItemsMax: number
  readonly perItem: number
}

export type LearnAnswer =
  | { readonly kind: 'learnt'; readonly recommender: Recommender }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string }

const HEAP_MB_MAX = 3_072

/** As `learnRecommender`, in a worker. Throws its Failures, and `recommend.worker` when the thread dies. */
export const learnInWorker = async (job: LearnJob, signal?: AbortSignal): Promise<Recommender> => {
  const file = import.meta.url.endsWith('.ts') ? './learn-worker.ts' : './learn-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  try {
    const answer = await new Promise<LearnAnswer>((resolve, reject) => {
      const died = (why: string, cause?: unknown) => {
        reject(
          new Failure({
            code: 'recommend.worker',
            message: `The thread that learns recommendations ended: ${why}.`,
            hint: 'The model in use stays. Give the process more memory, or look at the product list.',
            cause,
          }),
        )
      }
      signal?.addEventListener('abort', () => died('stopped'), { once: true })
      worker.once('message', (message: LearnAnswer) => resolve(message))
      worker.once('error', (error: Error) => died(error.message, error))
      worker.once('exit', (code) => died(`exit code ${code}`))
    })
    if (answer.kind === 'learnt') return answer.recommender
    throw new Failure(answer)
  } finally {
    await worker.terminate()
  }
}
