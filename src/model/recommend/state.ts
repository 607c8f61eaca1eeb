// The recommender in service: the last trained weights by the catalogue's numbers, and the sessions that visitors
// nobody knows are compared with. A fold: training comes back as an event, sessions as they end.

import { isRecord } from '../../kernel/json.ts'
import { hash32 } from '../../kernel/hash.ts'
import type { Dump } from '../../log/dump.ts'
import type { LogEvent } from '../../log/port.ts'
import { RECOMMEND_TRAINED, type RecommendTrained } from './events.ts'
import type { ItemWeights } from './item-weights.ts'
import type { Recommender, RecommenderCard } from './recommender.ts'
import { createSessionKnn, learnSession, type SessionKnn } from './session-knn.ts'

export type TrainedModel = {
  readonly version: string
  /** ms */
  readonly at: number
  readonly card: RecommenderCard
  /** By the catalogue's numbers; null when popularity is all. */
  readonly weights: ItemWeights | null
  /** 1 for each product that the model knows. */
  readonly known: Uint8Array
}

export type RecommenderState = {
  trained: TrainedModel | null
  sessions: SessionKnn
  /** Trainings so far. */
  trainings: number
}

export const createRecommenderState = (): RecommenderState => ({
  trained: null,
  sessions: createSessionKnn(),
  trainings: 0,
})

/** Takes one event in. `numberOf` gives the catalogue's number of a product id; undefined when it has none. */
export const foldRecommender = (
  state: RecommenderState,
  event: LogEvent,
  sessions: readonly (readonly number[])[],
  numberOf: (id: string) => number | undefined,
): void => {
  for (const session of sessions) learnSession(state.sessions, session)
  if (event.type !== RECOMMEND_TRAINED) return
  const { version, card, items, weights } = event.data as RecommendTrained
  const numbers = items.map((id) => numberOf(id) ?? -1)
  const size = numbers.reduce((most, number) => Math.max(most, number + 1), 0)
  const known = new Uint8Array(size)
  for (const number of numbers) if (number >= 0) known[number] = 1
  state.trainings++
  state.trained = {
    version,
    at: event.at,
    card,
    known,
    weights: weights === null ? null : renumbered(decodeWeights(items.length, weights), numbers, size),
  }
}

/** The same rows under other numbers; what has none is left out. */
const renumbered = (table: ItemWeights, numbers: readonly number[], size: number): ItemWeights => {
  const rowOf = new Int32Array(size).fill(-1)
  for (const [row, number] of numbers.entries()) if (number >= 0) rowOf[number] = row
  const start = new Int32Array(size + 1)
  const targets = new Int32Array(table.targets.length)
  const weights = new Float32Array(table.targets.length)
  let at = 0
  for (let number = 0; number < size; number++) {
    const row = rowOf[number] as number
    for (
      let k = row < 0 ? 0 : (table.start[row] as number);
      row >= 0 && k < (table.start[row + 1] as number);
      k++
    ) {
      const target = numbers[table.targets[k] as number] ?? -1
      if (target < 0) continue
      targets[at] = target
      weights[at++] = table.weights[k] as number
    }
    start[number + 1] = at
  }
  return { itemCount: size, start, targets: targets.slice(0, at), weights: weights.slice(0, at) }
}

/** The event's data for what was learnt. Weights keep their bits: replay scores the same to the byte. */
export const trainedFact = ({ card, items, weights }: Recommender, asOf: number): RecommendTrained => {
  const encoded = weights === null ? null : encodeWeights(weights)
  const print = hash32(
    `${card.kind} ${items.join()} ${encoded?.targets ?? ''} ${encoded?.weights ?? ''}`,
    asOf,
  )
  return {
    version: `${card.kind}-${print.toString(16).padStart(8, '0')}`,
    asOf,
    card,
    items,
    weights: encoded,
  }
}

const encodeWeights = ({
  start,
  targets,
  weights,
}: ItemWeights): NonNullable<RecommendTrained['weights']> => ({
  start: base64(start),
  targets: base64(targets),
  weights: base64(weights),
})

const decodeWeights = (itemCount: number, from: NonNullable<RecommendTrained['weights']>): ItemWeights => ({
  itemCount,
  start: new Int32Array(bytesOf(from.start)),
  targets: new Int32Array(bytesOf(from.targets)),
  weights: new Float32Array(bytesOf(from.weights)),
})

const base64 = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

/** A buffer of its own, aligned for numbers. */
const bytesOf = (text: string): ArrayBuffer => {
  const bytes = Buffer.from(text, 'base64')
  const own = new ArrayBuffer(bytes.length)
  new Uint8Array(own).set(bytes)
  return own
}

export const dumpRecommender = ({ trained, sessions, trainings }: RecommenderState): Dump => {
  const kept = sessions.sessions.map((items) => items ?? [])
  const lengths = Uint32Array.from(kept, (items) => items.length)
  return {
    trainings,
    learnt: sessions.learnt,
    lengths,
    sessionItems: Uint32Array.from(kept.flat()),
    model: trained === null ? null : { version: trained.version, at: trained.at, card: trained.card },
    hasWeights: trained !== null && trained.weights !== null,
    known: trained?.known ?? new Uint8Array(0),
    start: trained?.weights?.start ?? new Int32Array(0),
    targets: trained?.weights?.targets ?? new Int32Array(0),
    weights: trained?.weights?.weights ?? new Float32Array(0),
  }
}

export const restoreRecommender = (dump: Dump): RecommenderState => {
  const { model } = dump
  const start = dump['start'] as Int32Array
  const weights: ItemWeights | null =
    dump['hasWeights'] === true
      ? {
          itemCount: start.length - 1,
          start,
          targets: dump['targets'] as Int32Array,
          weights: dump['weights'] as Float32Array,
        }
      : null
  const trained = isRecord(model)
    ? ({ ...model, known: dump['known'], weights } as unknown as TrainedModel)
    : null
  return {
    trained,
    sessions: sessionsFrom(dump),
    trainings: Number(dump['trainings']),
  }
}

/** Sessions taught again in the order they were learnt, so that the index comes out the same. */
const sessionsFrom = (dump: Dump): SessionKnn => {
  const sessions = createSessionKnn()
  const { sessionsMax } = sessions.options
  const lengths = dump['lengths'] as Uint32Array
  const items = dump['sessionItems'] as Uint32Array
  const learnt = Number(dump['learnt'])
  const starts = new Uint32Array(lengths.length + 1)
  for (const [k, length] of lengths.entries()) starts[k + 1] = (starts[k] as number) + length
  sessions.learnt = learnt - lengths.length
  for (let k = 0; k < lengths.length; k++) {
    const place = (learnt - lengths.length + k) % sessionsMax
    learnSession(sessions, [...items.subarray(starts[place], starts[place + 1])])
  }
  return sessions
}
