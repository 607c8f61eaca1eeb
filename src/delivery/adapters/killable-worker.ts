// A worker thread that is killed when a job takes too long or too much memory, and comes up again for
// the next one. What runs in it may be hostile; the thread that asks never waits longer than it said.

import { Worker, type ResourceLimits } from 'node:worker_threads'
import { messageOf } from '../../kernel/failure.ts'

export type KillableWorkerOptions = {
  /** Module of the worker; it answers by `answerJobs`. */
  readonly url: URL
  /** Longest time for one job, real ms, from the moment it is handed over. */
  readonly wallMs: number
  /** Longest time to start, real ms. */
  readonly startMs: number
  readonly resourceLimits: ResourceLimits
  /** Called when the thread is gone and with it what it had in memory. */
  readonly onGone?: () => void
}

export type JobOutcome<Reply> =
  | { readonly kind: 'done'; readonly reply: Reply }
  | {
      readonly kind: 'killed'
      readonly why: 'timeout' | 'memory' | 'crashed' | 'closed'
      readonly message: string
    }

export type KillableWorker<Job, Reply> = {
  /** One job at a time; the caller waits for one before the next. Does not reject. */
  readonly run: (job: Job) => Promise<JobOutcome<Reply>>
  readonly close: () => Promise<void>
}

type Thread = { readonly worker: Worker; readonly ready: Promise<void>; readonly finished: Int32Array }

/** Nothing is started before the first job. */
export const createKillableWorker = <Job, Reply>(
  options: KillableWorkerOptions,
): KillableWorker<Job, Reply> => {
  let thread: Thread | undefined
  let lastJob = 0
  let closed = false

  const drop = async (gone: Thread): Promise<void> => {
    if (thread === gone) {
      thread = undefined
      options.onGone?.()
    }
    await gone.worker.terminate()
  }

  return {
    run: async (job) => {
      if (closed) return { kind: 'killed', why: 'closed', message: 'the worker is closed' }
      const current = (thread ??= startThread(options))
      try {
        current.worker.ref()
        await current.ready
        lastJob = (lastJob % 1_000_000_000) + 1
        const outcome = await runOn<Job, Reply>(current, { id: lastJob, job, wallMs: options.wallMs })
        if (outcome.kind === 'killed') await drop(current)
        else current.worker.unref()
        return outcome
      } catch (error) {
        // Starting failed: nothing ran, the next job starts afresh.
        await drop(current)
        return { kind: 'killed', why: 'crashed', message: messageOf(error) }
      }
    },
    close: async () => {
      closed = true
      if (thread !== undefined) await drop(thread)
    },
  }
}

const startThread = ({ url, startMs, resourceLimits }: KillableWorkerOptions): Thread => {
  const finished = new Int32Array(new SharedArrayBuffer(4))
  // Nothing of our environment is in reach in there.
  const worker = new Worker(url, {
    workerData: { finished },
    resourceLimits,
    env: {},
    stdin: false,
    stdout: false,
    stderr: false,
  })
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new RangeError(`no start within ${startMs} ms`)), startMs)
    worker.once('message', () => {
      clearTimeout(timer)
      resolve()
    })
    worker.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
  // Whoever runs the first job sees it fail; without one there is nobody to tell.
  ready.catch(() => undefined)
  worker.on('error', () => undefined)
  return { worker, ready, finished }
}

const runOn = async <Job, Reply>(
  { worker, finished }: Thread,
  { id, job, wallMs }: { readonly id: number; readonly job: Job; readonly wallMs: number },
): Promise<JobOutcome<Reply>> =>
  await new Promise<JobOutcome<Reply>>((resolve) => {
    const settle = (outcome: JobOutcome<Reply>): void => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
      resolve(outcome)
    }
    const onTimeout = (): void => {
      // Done, and only our own thread was too busy to hear of it.
      if (Atomics.load(finished, 0) === id) timer = setTimeout(onTimeout, wallMs)
      else settle({ kind: 'killed', why: 'timeout', message: `not done within ${wallMs} ms` })
    }
    const onMessage = (message: { readonly id: number; readonly reply: Reply }): void => {
      if (message.id === id) settle({ kind: 'done', reply: message.reply })
    }
    const onError = (error: unknown): void => {
      const memory = (error as { readonly code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
      settle({ kind: 'killed', why: memory ? 'memory' : 'crashed', message: messageOf(error) })
    }
    const onExit = (): void => settle({ kind: 'killed', why: 'crashed', message: 'the worker ended' })
    let timer = setTimeout(onTimeout, wallMs)
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
    worker.postMessage({ id, job })
  })
