// The thread in which a recommender is learnt: one job, one answer.

import { parentPort, workerData } from 'node:worker_threads'
import { isFailure } from '../../../kernel/failure.ts'
import { learnRecommender } from '../recommender.ts'
import type { LearnAnswer, LearnJob } from './learn-in-worker.ts'

const answer = (): LearnAnswer => {
  const { users, items, seconds, ids, easeItemsMax, perItem } = workerData as LearnJob
  const rows = Array.from(users, (user, k) => ({
    user: `p${user}`,
    item: ids[items[k] as number] ?? '',
    at: (seconds[k] as number) * 1_000,
  }))
  try {
    return { kind: 'learnt', recommender: learnRecommender({ rows, easeItemsMax, perItem }) }
  } catch (thrown) {
    // A failure crosses as data, since an error loses its class on the way; a bug ends the thread.
    if (!isFailure(thrown)) throw thrown
    return { kind: 'failed', code: thrown.code, message: thrown.message, hint: thrown.hint ?? '' }
  }
}

parentPort?.postMessage(answer())
