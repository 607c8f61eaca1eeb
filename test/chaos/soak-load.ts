// The world around a soak: batches of events, decisions and calls for mail, each by the clock, over kept-alive
// connections, of which there are enough that slow answers do not make the load less. Every event has a number, so that millions of acknowledgements are a bit each.

import { setTimeout as sleep } from 'node:timers/promises'
import { headOf, openConnection, type Connection } from '../../bench/load/connection.ts'
import { createNumberedBatches } from './numbered-batches.ts'
import type { Product } from './product.ts'

export type SoakRates = {
  /** Each per second. */
  readonly events: number
  readonly decisions: number
  readonly mails: number
}

export type SoakLoad = {
  /** Sends by the clock until told to end; resolves once everything sent has its answer. */
  readonly run: (product: Product, until: () => boolean) => Promise<void>
  /** Whether the event of this number was answered with a 200. */
  readonly isAcknowledged: (serial: number) => boolean
  /** Events sent, the numbers of which are all below this. */
  readonly sent: () => number
  readonly acknowledged: () => number
  readonly decided: () => number
  /** Answers that said to come again, by path; each was asked again until it was a yes. */
  readonly turnedAway: () => Readonly<Record<string, number>>
  /** Calls for mail that were acknowledged, by person. */
  readonly called: ReadonlyMap<string, number>
  /** Decisions since the last time this was asked, in order of arrival. */
  readonly takeAnswers: () => readonly Answered[]
  /** Answers that are neither a yes nor a "come again", with their text. */
  readonly refusals: readonly string[]
}

/** When a decision was asked for, and how long that took, ms. */
export type Answered = { readonly at: number; readonly ms: number }

const BATCH = 100
const MAILED_PEOPLE = 2_000
const REFUSALS_KEPT = 20
const PREFIX = 'soak-'

export const personOf = (index: number): string => `user-${index}`
export const emailOf = (userId: string): string => `${userId}@people.example`

/** The number of an event of this load; −1 for any other id. */
export const serialOf = (messageId: string): number =>
  messageId.startsWith(PREFIX) ? Number(messageId.slice(PREFIX.length)) : -1

type Counts = {
  serial: number
  acknowledged: number
  decided: number
  bits: Uint8Array
  answers: Answered[]
  readonly called: Map<string, number>
  readonly turnedAway: Record<string, number>
  readonly refusals: string[]
}

/** `people` are always the same ones: what the product knows of them must not grow for ever. */
export const createSoakLoad = (rates: SoakRates, people: number, firstSerial = 0): SoakLoad => {
  const counts: Counts = {
    serial: firstSerial,
    acknowledged: 0,
    decided: 0,
    bits: new Uint8Array(1 << 20),
    answers: [],
    called: new Map(),
    turnedAway: {},
    refusals: [],
  }
  const streams = [
    { perSecond: rates.events / BATCH, send: sendBatch(counts, people) },
    { perSecond: rates.decisions, send: sendDecision(counts, people) },
    { perSecond: rates.mails, send: sendCall(counts) },
  ].map((stream) => ({ ...stream, connections: connectionsFor(stream.perSecond) }))
  return {
    run: async (product, until) => {
      await Promise.all(
        streams.flatMap(({ perSecond, connections, send }) =>
          Array.from({ length: connections }, async (_, index) =>
            byTheClock(product, {
              everyMs: (1_000 * connections) / perSecond,
              lead: index / connections,
              until,
              send,
            }),
          ),
        ),
      )
    },
    isAcknowledged: (serial) => ((counts.bits[serial >> 3] ?? 0) & (1 << (serial & 7))) !== 0,
    sent: () => counts.serial,
    acknowledged: () => counts.acknowledged,
    decided: () => counts.decided,
    turnedAway: () => counts.turnedAway,
    called: counts.called,
    takeAnswers: () => {
      const taken = counts.answers
      counts.answers = []
      return taken
    },
    refusals: counts.refusals,
  }
}

/** An answer may take so long, and the load is what it was to be. */
const ANSWER_SECONDS_MAX = 1
const CONNECTIONS_MIN = 32

const connectionsFor = (perSecond: number): number =>
  Math.max(CONNECTIONS_MIN, Math.ceil(perSecond * ANSWER_SECONDS_MAX))

type Send = (connection: Connection, product: Product) => Promise<void>

const byTheClock = async (
  product: Product,
  {
    everyMs,
    lead,
    until,
    send,
  }: { readonly everyMs: number; readonly lead: number; readonly until: () => boolean; readonly send: Send },
): Promise<void> => {
  const connection = await openConnection(product.port)
  try {
    for (let due = performance.now() + lead * everyMs; !until(); due += everyMs) {
      const wait = due - performance.now()
      if (wait > 1) await sleep(wait)
      await send(connection, product)
    }
  } finally {
    connection.close()
  }
}

/** Sends until the answer is a yes or a no for good; whether it was a yes. */
const insist = async (
  connection: Connection,
  counts: Counts,
  { path, key, body }: { readonly path: string; readonly key: string; readonly body: string | Buffer },
): Promise<boolean> => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  for (;;) {
    const { status, body: text } = await connection.send([headOf(path, key, bytes.length), bytes])
    if (status === 200) return true
    if (status !== 429 && status !== 503) {
      if (counts.refusals.length < REFUSALS_KEPT)
        counts.refusals.push(`${path} ${status} ${text.slice(0, 200)}`)
      return false
    }
    counts.turnedAway[path] = (counts.turnedAway[path] ?? 0) + 1
    await sleep(1_000)
  }
}

const acknowledge = (counts: Counts, first: number, count: number): void => {
  while (counts.bits.length * 8 <= first + count) {
    const wider = new Uint8Array(counts.bits.length * 2)
    wider.set(counts.bits)
    counts.bits = wider
  }
  for (let serial = first; serial < first + count; serial++)
    counts.bits[serial >> 3] = (counts.bits[serial >> 3] ?? 0) | (1 << (serial & 7))
  counts.acknowledged += count
}

const sendBatch = (counts: Counts, people: number): Send => {
  const batches = createNumberedBatches({
    count: Math.ceil(people / BATCH) + 1,
    size: BATCH,
    people,
    prefix: PREFIX,
  })
  return async (connection, { keys }) => {
    const first = counts.serial
    counts.serial += BATCH
    const body = batches.next(first)
    if (await insist(connection, counts, { path: '/v1/batch', key: keys.ingest, body }))
      acknowledge(counts, first, BATCH)
  }
}

const sendCall =
  (counts: Counts): Send =>
  async (connection, { keys }) => {
    const serial = counts.serial++
    const userId = personOf(serial % MAILED_PEOPLE)
    const event = {
      type: 'track',
      event: 'Nudge',
      userId,
      messageId: `${PREFIX}${serial}`,
      properties: { n: serial },
    }
    if (
      !(await insist(connection, counts, {
        path: '/v1/track',
        key: keys.ingest,
        body: JSON.stringify(event),
      }))
    )
      return
    acknowledge(counts, serial, 1)
    counts.called.set(userId, (counts.called.get(userId) ?? 0) + 1)
  }

const sendDecision =
  (counts: Counts, people: number): Send =>
  async (connection, { keys }) => {
    const userId = personOf((counts.decided * 7_919) % people)
    const body = JSON.stringify({
      placement: 'home_hero',
      userId,
      context: { device: counts.decided % 2 === 0 ? 'mobile' : 'desktop', weather: 'rain', page: '/home' },
    })
    const begun = performance.now()
    if (!(await insist(connection, counts, { path: '/v1/decide', key: keys.decide, body }))) return
    counts.answers.push({ at: begun, ms: performance.now() - begun })
    counts.decided++
  }
