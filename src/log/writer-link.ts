// The main thread's side of the writer: holds what waits, hands it over as a group whenever the writer
// has room for one, and turns the answers into acks. What is not flushed is never acknowledged.

import { Worker } from 'node:worker_threads'
import { assert, present } from '../kernel/assert.ts'
import { Failure, messageOf } from '../kernel/failure.ts'
import type { ChainTip } from './chain.ts'
import type { EncodedAppend } from './event-text.ts'
import { closedFailure, failureOf } from './failures.ts'
import type { Ack, LogEvent } from './port.ts'
import type { FromWriter, KeyWork, ToWriter, WriterSettings } from './writer-protocol.ts'

export type LinkLimits = {
  /** What may wait or be under way, in the units of {@link EncodedAppend.size}; more is refused with `log.overloaded`. */
  readonly pendingSizeMax: number
  /** A group is closed when it has this many events or this size; a single larger append is a group of its own. */
  readonly groupEventsMax: number
  readonly groupSizeMax: number
  /** Memory of the writer's thread, in MB; and of that for what is new, which else grows to a size that nothing here needs. */
  readonly writerHeapMbMax: number
  readonly writerYoungMbMax: number
}

type Pending = EncodedAppend & {
  readonly resolve: (acks: readonly Ack[]) => void
  readonly reject: (failure: unknown) => void
}

/** Groups handed over and not yet answered: the second one waits at the writer's door, so that it never idles. */
const GROUPS_IN_FLIGHT_MAX = 2

export class WriterLink {
  readonly #worker: Worker
  readonly #limits: LinkLimits
  readonly #tell: (events: readonly LogEvent[]) => void
  readonly #stopped: Promise<void>
  #waiting: Pending[] = []
  #inFlight: Pending[][] = []
  #pendingSize = 0
  #pumpDue = false
  #tip: ChainTip
  #closing: Promise<void> | undefined
  #broken: Failure | undefined
  #idle: (() => void) | undefined

  /** Starts the writer and waits until it has the log open. `tell` gets each run of durable events before their acks. */
  static async start(
    settings: WriterSettings,
    limits: LinkLimits,
    tell: (events: readonly LogEvent[]) => void,
  ): Promise<WriterLink> {
    const worker = startWorker(settings, limits)
    const tip = await opened(worker)
    return new WriterLink(worker, tip, limits, tell)
  }

  private constructor(
    worker: Worker,
    tip: ChainTip,
    limits: LinkLimits,
    tell: (events: readonly LogEvent[]) => void,
  ) {
    this.#worker = worker
    this.#tip = tip
    this.#limits = limits
    this.#tell = tell
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', (thrown: unknown) => this.#break(writerDied(messageOf(thrown))))
    this.#stopped = new Promise((resolve) => {
      worker.on('exit', (code) => {
        // After `close` this finds nothing left to reject.
        this.#break(writerDied(`exit code ${code}`))
        resolve()
      })
    })
    worker.unref()
  }

  get head(): number {
    return this.#tip.offset
  }

  get tip(): ChainTip {
    return this.#tip
  }

  append(append: EncodedAppend): Promise<readonly Ack[]> {
    const refusal =
      this.#broken ?? (this.#closing === undefined ? this.#overload(append.size) : closedFailure())
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...append, resolve, reject })
      this.#pendingSize += append.size
      if (this.#pumpDue) return
      // At the end of this turn, so that what is appended in one go travels as one group.
      this.#pumpDue = true
      queueMicrotask(() => {
        this.#pumpDue = false
        this.#pump()
      })
    })
  }

  /** Waits for what is pending, then ends the writer. `beforeEnd` runs in between. */
  close(beforeEnd: () => void): Promise<void> {
    this.#closing ??= this.#close(beforeEnd)
    return this.#closing
  }

  async #close(beforeEnd: () => void): Promise<void> {
    if (this.#broken === undefined && this.#pendingSize > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    beforeEnd()
    this.#worker.ref()
    if (this.#broken === undefined) this.#send({ kind: 'close' })
    else await this.#worker.terminate()
    await this.#stopped
  }

  #overload(size: number): Failure | undefined {
    const { pendingSizeMax } = this.#limits
    if (this.#pendingSize + size <= pendingSizeMax) return undefined
    if (size > pendingSizeMax) {
      return new Failure({
        code: 'log.append_too_large',
        message: `An append of ${size} bytes is over the limit of ${pendingSizeMax}.`,
        hint: 'Append fewer events at a time.',
      })
    }
    return new Failure({
      code: 'log.overloaded',
      message: `The disk is behind: ${this.#pendingSize} bytes wait to be written, at most ${pendingSizeMax} may.`,
      hint: 'Try again shortly; send more slowly.',
      retryable: true,
    })
  }

  #pump(): void {
    if (this.#broken !== undefined) return
    while (this.#inFlight.length < GROUPS_IN_FLIGHT_MAX && this.#waiting.length > 0) {
      const group = this.#takeGroup()
      if (this.#inFlight.length === 0) this.#worker.ref()
      this.#inFlight.push(group)
      this.#send({ kind: 'group', sizes: group.map(({ events }) => events.length), rows: rowsOf(group) })
    }
  }

  #takeGroup(): Pending[] {
    const { groupEventsMax, groupSizeMax } = this.#limits
    let events = 0
    let size = 0
    let count = 0
    for (const append of this.#waiting) {
      if (count > 0 && (events + append.events.length > groupEventsMax || size + append.size > groupSizeMax))
        break
      events += append.events.length
      size += append.size
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromWriter): void {
    assert(
      message.kind === 'written' || message.kind === 'failed',
      'the writer says whether it could open only once',
    )
    const group = this.#inFlight.splice(0, message.groups).flat()
    if (message.kind === 'failed') {
      for (const { reject } of group) reject(failureOf(message.fault))
      if (message.fault.fatal) this.#break(failureOf(message.fault))
    }
    for (const { size } of group) this.#pendingSize -= size
    // First give the writer its next group, then do this thread's part.
    this.#pump()
    if (message.kind === 'written') this.#deliver(group, message)
    if (this.#inFlight.length > 0) return
    this.#worker.unref()
    this.#idle?.()
  }

  #deliver(group: readonly Pending[], written: Extract<FromWriter, { kind: 'written' }>): void {
    const { fresh, acks } = settle(group, written)
    this.#tip = { ...this.#tip, offset: written.first + fresh.length - 1, hash: written.hash }
    try {
      this.#tell(fresh)
    } catch (thrown) {
      // A state that missed an event is wrong from here on: better no service than wrong service.
      const failure = subscriberFailed(thrown)
      for (const { reject } of group) reject(failure)
      this.#break(failure)
      throw thrown
    }
    group.forEach(({ resolve, reject }, index) => {
      const fault = written.failed.get(index)
      if (fault === undefined) resolve(present(acks[index], 'an ack per append'))
      else reject(failureOf(fault))
    })
  }

  #break(failure: Failure): void {
    if (this.#broken !== undefined) return
    this.#broken = failure
    for (const { reject } of [...this.#inFlight.flat(), ...this.#waiting]) reject(failure)
    this.#inFlight = []
    this.#waiting = []
    this.#pendingSize = 0
    this.#idle?.()
  }
}

const settle = (
  group: readonly Pending[],
  { first, known, failed }: Extract<FromWriter, { kind: 'written' }>,
) => {
  const fresh: LogEvent[] = []
  const acks: (readonly Ack[])[] = []
  let place = 0
  group.forEach(({ events }, index) => {
    const own: Ack[] = []
    acks.push(own)
    for (const { id, type, key, at, data } of events) {
      const offset = known.get(place++)
      if (failed.has(index)) continue
      if (offset === undefined) fresh.push({ offset: first + fresh.length, id, type, key, at, data })
      own.push(
        offset === undefined
          ? { offset: first + fresh.length - 1, duplicate: false }
          : { offset, duplicate: true },
      )
    }
  })
  return { fresh, acks }
}

const rowsOf = (group: readonly Pending[]): (string | number | KeyWork | null)[] => {
  const rows: (string | number | KeyWork | null)[] = []
  for (const { events, texts } of group) {
    for (let index = 0; index < events.length; index++) {
      const { id, type, key, at, personal, destroys } = present(events[index], 'within bounds')
      const work =
        personal === undefined && destroys === undefined
          ? null
          : { ...(personal && { personal }), ...(destroys && { destroys }) }
      rows.push(id, type, key, at, present(texts[index], 'a text per event'), work)
    }
  }
  return rows
}

const startWorker = (settings: WriterSettings, { writerHeapMbMax, writerYoungMbMax }: LinkLimits): Worker => {
  // As a source file or as built: the writer lies beside this file either way.
  const file = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js'
  return new Worker(new URL(file, import.meta.url), {
    workerData: settings,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: writerHeapMbMax, maxYoungGenerationSizeMb: writerYoungMbMax },
  })
}

const opened = (worker: Worker): Promise<ChainTip> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off('error', reject)
      worker.off('exit', died)
    }
    const died = (code: number): void => reject(writerDied(`exit code ${code}`))
    worker.on('error', reject)
    worker.on('exit', died)
    worker.once('message', (message: FromWriter) => {
      done()
      if (message.kind === 'ready') resolve(message.tip)
      else if (message.kind === 'refused') reject(failureOf(message.fault))
    })
  })

const writerDied = (why: string): Failure =>
  new Failure({
    code: 'log.writer_died',
    message: `The log's writer stopped: ${why}.`,
    hint: 'Open the log again. What was not acknowledged may or may not be in it: append it again under the same ids.',
  })

const subscriberFailed = (thrown: unknown): Failure =>
  new Failure({
    code: 'log.subscriber_failed',
    message: `A subscriber threw: ${messageOf(thrown)}.`,
    hint: 'This is a bug. Start again: the state is folded anew from the log.',
    cause: thrown,
  })
