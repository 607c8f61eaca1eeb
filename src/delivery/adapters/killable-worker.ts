// A worker thread that is killed when a job takes too long or too much memory, and comes up again for
// the next one. What runs in it may be hostile; the thread that asks never waits longer than it said.

import { Worker, type ResourceLimits } from 'node:worker_threads'
import { messageOf } from '../../kernel/failure.ts'

export type KillableWorkerOptions = {
  /** Module of the worker; it answers by `answerJobs`. */
  readonly url: URL
  /**
   * Longest time for one job, real ms, from the moment it is handed over. A thread that the machine kept
   * waiting gets as much of its own time, up to ten times as long in all.
   */
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
      /** `starved` and `unstarted`: the machine gave the thread no turn; of the job that says nothing. */
      readonly why: 'timeout' | 'memory' | 'crashed' | 'starved' | 'unstarted' | 'closed'
      readonly message: string
    }

export type KillableWorker<Job, Reply> = {
  /** One job at a time; the caller waits for one before the next. Does not reject. */
  readonly run: (job: Job) => Promise<JobOutcome<Reply>>
  readonly close: () => Promise<void>
}

/** Of a thread, shared with it: the job it took up, the job it finished, its CPU ms when it took it up. */
export const TAKEN = 0
export const FINISHED = 1
export const CPU_AT_START = 2
const PATIENCE = 10

type Thread = { readonly worker: Worker; readonly ready: Promise<void>; readonly progress: Int32Array }

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
        return { kind: 'killed', why: 'unstarted', message: messageOf(error) }
      }
    },
    close: async () => {
      closed = true
      if (thread !== undefined) await drop(thread)
    },
  }
}

const startThread = ({ url, startMs, resourceLimits }: KillableWorkerOptions): Thread => {
  const progress = new Int32Array(new SharedArrayBuffer(12))
  // Nothing of our environment is in reach in there.
  const worker = new Worker(url, {
    workerData: { progress },
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
  return { worker, ready, progress }
}

const runOn = async <Job, Reply>(
  { worker, progress }: Thread,
  { id, job, wallMs }: { readonly id: number; readonly job: Job; readonly wallMs: number },
): Promise<JobOutcome<Reply>> =>
  await new Promise<JobOutcome<Reply>>((resolve) => {
    let settled = false
    let timer: NodeJS.Timeout | undefined
    const settle = (outcome: JobOutcome<Reply>): void => {
      settled = true
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
      resolve(outcome)
    }
    const startedAt = performance.now()
    const wait = (ms: number): void => {
      timer = setTimeout(() => void onTimeout(), ms)
    }
    const onTimeout = async (): Promise<void> => {
      const used = await cpuUsed({ worker, progress }, id)
      if (settled) return
      const patient = performance.now() - startedAt < wallMs * PATIENCE
      // Done, and only our own thread was too busy to hear of it; or the machine was, and it had no turn.
      if (Atomics.load(progress, FINISHED) === id) wait(wallMs)
      else if (used < wallMs * 0.8 && patient) wait(Math.max(10, wallMs - used))
      else if (used < wallMs * 0.8)
        settle({
          kind: 'killed',
          why: 'starved',
          message: `${used} ms of its own within ${wallMs * PATIENCE} ms`,
        })
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
    wait(wallMs)
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
    worker.postMessage({ id, job })
  })

/** CPU ms that a thread has spent on this job so far. */
const cpuUsed = async (
  { worker, progress }: Pick<Thread, 'worker' | 'progress'>,
  id: number,
): Promise<number> => {
  if (Atomics.load(progress, TAKEN) !== id) return 0
  try {
    const { user, system } = await worker.cpuUsage()
    return (user + system) / 1_000 - Atomics.load(progress, CPU_AT_START)
  } catch {
    // It is gone already; that it is gets told by its exit.
    return 0
  }
}
