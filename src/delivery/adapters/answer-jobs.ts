// The other end of a killable worker: answers each job, and notes that it is done where the asking
// thread can see it without a message.

import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../kernel/assert.ts'
import { CPU_AT_START, FINISHED, TAKEN } from './killable-worker.ts'

/** CPU ms of this thread. */
export const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Runs in the worker: `answer` is called for each job; it must not throw. */
export const answerJobs = <Job, Reply>(answer: (job: Job) => Reply | Promise<Reply>): void => {
  const port = parentPort
  assert(port !== null, 'this runs in a worker')
  const { progress } = workerData as { readonly progress: Int32Array }
  port.on('message', ({ id, job }: { readonly id: number; readonly job: Job }) => {
    void (async () => {
      Atomics.store(progress, CPU_AT_START, Math.floor(cpuMs()))
      Atomics.store(progress, TAKEN, id)
      const reply = await answer(job)
      Atomics.store(progress, FINISHED, id)
      port.postMessage({ id, reply })
    })()
  })
  port.postMessage({ ready: true })
}
