// What people in like sessions went on to: vector multiplication session-kNN (V-SKNN; Ludewig and Jannach 2018). For
// visitors nobody knows: only the order of what they have looked at so far counts. Incremental: sessions come and go.

import { Failure } from '../../kernel/failure.ts'

export type SessionKnnOptions = {
  /** Most recent sessions with a common item that are looked at. */
  readonly candidates: number
  /** Most alike of them that vote. */
  readonly neighbours: number
  /** Sessions remembered; the oldest goes first. */
  readonly sessionsMax: number
  /** Items of a session that count. */
  readonly lengthMax: number
}

export const SESSION_KNN_DEFAULTS: SessionKnnOptions = {
  candidates: 500,
  neighbours: 100,
  sessionsMax: 50_000,
  lengthMax: 30,
}

export type SessionKnn = {
  readonly options: SessionKnnOptions
  /** Ring of sessions: items in the order seen. */
  readonly sessions: (readonly number[] | undefined)[]
  /** Sessions by item, oldest first. */
  readonly byItem: Map<number, number[]>
  /** Sessions learnt in all; the next goes to place `learnt` mod `sessionsMax`. */
  learnt: number
}

export const createSessionKnn = (options: Partial<SessionKnnOptions> = {}): SessionKnn => ({
  options: { ...SESSION_KNN_DEFAULTS, ...options },
  sessions: [],
  byItem: new Map(),
  learnt: 0,
})

/** Takes in a finished session. Changes `model`. Throws Failure `recommend.bad_session`, and then it has not. */
export const learnSession = (model: SessionKnn, items: readonly number[]): void => {
  if (!items.every((item) => Number.isInteger(item) && item >= 0))
    throw new Failure({
      code: 'recommend.bad_session',
      message: `A session of the items ${items.join(', ')} cannot be.`,
      hint: 'Items are numbered from 0.',
    })
  const { sessionsMax, lengthMax } = model.options
  const kept = items.slice(-lengthMax)
  if (kept.length < 2) return
  const place = model.learnt % sessionsMax
  const gone = model.sessions[place]
  if (gone !== undefined)
    for (const item of new Set(gone)) {
      const sessions = model.byItem.get(item)
      // The oldest of each item stands first.
      if (sessions?.[0] === place) sessions.shift()
      if (sessions?.length === 0) model.byItem.delete(item)
    }
  model.sessions[place] = kept
  for (const item of new Set(kept)) {
    const sessions = model.byItem.get(item)
    if (sessions === undefined) model.byItem.set(item, [place])
    else sessions.push(place)
  }
  model.learnt++
}

/** Adds the votes of like sessions to `scores`; the latest items of `session` weigh most. */
export const scoreSession = (model: SessionKnn, session: readonly number[], scores: Float64Array): void => {
  const { candidates, neighbours, lengthMax } = model.options
  const seen = session.slice(-lengthMax)
  // Linear decay with place, from the last item back; an item seen twice counts at its last place.
  const weights = new Map<number, number>()
  seen.forEach((item, place) => weights.set(item, (place + 1) / seen.length))
  const alike = new Map<number, number>()
  for (const [item, weight] of [...weights].toReversed()) {
    const sessions = model.byItem.get(item) ?? []
    for (let k = sessions.length - 1; k >= 0 && sessions.length - k <= candidates; k--) {
      const place = sessions[k] as number
      alike.set(place, (alike.get(place) ?? 0) + weight)
    }
  }
  for (const { place, weight } of mostAlike(model, alike, { length: weights.size, neighbours })) {
    const items = model.sessions[place] ?? []
    // A common item late in this session makes what the other did near it likelier.
    const match = items.findLastIndex((item) => weights.has(item))
    const near = weights.get(items[match] ?? -1) ?? 0
    for (let k = 0; k < items.length; k++) {
      const item = items[k] as number
      if (item < scores.length && !weights.has(item) && items.indexOf(item) === k)
        scores[item] = (scores[item] as number) + weight * near
    }
  }
}

type Neighbour = { readonly place: number; readonly weight: number }

/** Those that share most for their length, best first; of equals the latest. Few are kept while thousands go by. */
const mostAlike = (
  { sessions }: SessionKnn,
  alike: ReadonlyMap<number, number>,
  { length, neighbours }: { readonly length: number; readonly neighbours: number },
): readonly Neighbour[] => {
  const best: Neighbour[] = []
  for (const [place, common] of alike) {
    const weight = common / Math.sqrt((sessions[place]?.length ?? 1) * length)
    const last = best.length < neighbours ? undefined : best.at(-1)
    if (last !== undefined && (weight < last.weight || (weight === last.weight && place < last.place)))
      continue
    let [low, high] = [0, best.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = best[middle] as Neighbour
      if (other.weight > weight || (other.weight === weight && other.place > place)) low = middle + 1
      else high = middle
    }
    best.splice(low, 0, { place, weight })
    if (best.length > neighbours) best.pop()
  }
  return best
}
