// The simulated market on virtual time: people who visit, look, buy, tire and answer, event by event
// from a heap. Pure: time comes in through `advance`, luck from the seed. What is drawn for a visit or a
// contact hangs on the person and the moment alone, so that the same world can be run with and without
// contacts and differs by nothing but their effect.

import { assert } from '../kernel/assert.ts'
import { HOUR_MS } from '../kernel/time.ts'
import { reach } from './contacts.ts'
import type { Customer } from './people.ts'
import { expectedGain, type Contact } from './response.ts'
import {
  createStage,
  moodAt,
  type Job,
  type Stage,
  type WorldCounts,
  type WorldEvent,
  type WorldOptions,
} from './stage.ts'
import type { Truth } from './truth.ts'
import { abandon, join, order, peek, planDay, visit } from './visits.ts'

export const WORLD_DEFAULTS: Omit<WorldOptions, 'from'> = {
  seed: 'lighthouse',
  customers: 3_000,
  knownShare: 0.85,
  joinDays: 60,
  detail: 'full',
}

export type World = {
  readonly people: readonly Customer[]
  readonly truth: Truth
  /** What happens up to `until` (ms), in order; at most `limit` things or a few more, then call again. */
  readonly advance: (until: number, limit?: number) => readonly WorldEvent[]
  /** A message has reached somebody at `at` (ms; at the earliest when `advance` has told up to). */
  readonly contact: (customer: number, contact: Contact, at: number) => void
  /** What a contact would add if it came at `at`: for an oracle. */
  readonly gainOf: (customer: number, contact: Contact, at: number) => number
  readonly counts: () => WorldCounts
}

const STEP_MAX = 100_000
/** How long before signing up newcomers have a first look. */
const PEEK_MS = 26 * HOUR_MS

/** A market that begins at `options.from`. The same options give the same market. */
export const createWorld = (options: WorldOptions): World => {
  let told = options.from
  let out: WorldEvent[] = []
  const stage = createStage(options, (event) => out.push(event))
  for (const { joinsAt, index: customer } of stage.people) {
    stage.jobs.push({ kind: 'join', at: joinsAt, customer })
    if (joinsAt - PEEK_MS >= options.from) stage.jobs.push({ kind: 'peek', at: joinsAt - PEEK_MS, customer })
  }

  if (options.driftAt !== undefined) stage.jobs.push({ kind: 'drift', at: options.driftAt, customer: -1 })

  const advance: World['advance'] = (until, limit = STEP_MAX) => {
    out = []
    while (out.length < limit) {
      const job = stage.jobs.popUntil(until)
      if (job === undefined) {
        told = Math.max(told, until)
        break
      }
      assert(job.at >= options.from, 'nothing happens before the beginning')
      told = Math.max(told, job.at)
      run(stage, job)
    }
    return out
  }
  return {
    people: stage.people,
    truth: stage.truth,
    advance,
    contact: (customer, contact, at) => reach(stage, customer, contact, Math.max(at, told)),
    gainOf: (customer, contact, at) =>
      expectedGain(stage.personOf(customer), contact, moodAt(stage, customer, at)),
    counts: () => ({ ...stage.counts }),
  }
}

const run = (stage: Stage, job: Job): void => {
  const { customer, at } = job
  switch (job.kind) {
    case 'peek':
      return peek(stage, customer, at)
    case 'join':
      return join(stage, customer, at)
    case 'day':
      return planDay(stage, customer, at)
    case 'visit':
      return visit(stage, customer, at, job.number)
    case 'drift':
      return stage.drift()
    case 'abandon':
      return abandon(stage, job)
    case 'order':
      return order(stage, job)
    case 'emit':
      return stage.emit(customer, at, job.item)
    case 'react':
      return stage.tell({ kind: job.reaction, at, customer, contactId: job.contactId })
  }
}
