// The other end of a killable worker: answers each job, and notes that it is done where the asking
// thread can see it without a message.

import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../kernel/assert.ts'

/** Runs in the worker: `answer` is called for each job; it must not throw. */
export const answerJobs = <Job, Reply>(answer: (job: Job) => Reply | Promise<Reply>): void => {
  const port = parentPort
  assert(port !== null, 'this runs in a worker')
  const { finished } = workerData as { readonly finished: Int32Array }
  port.on('message', ({ id, job }: { readonly id: number; readonly job: Job }) => {
    void (async () => {
      const reply = await answer(job)
      Atomics.store(finished, 0, id)
      port.postMessage({ id, reply })
    })()
  })
  port.postMessage({ ready: true })
}
