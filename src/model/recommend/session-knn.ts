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
  const best = [...alike]
    .map(([place, weight]) => ({
      place,
      weight: weight / Math.sqrt((model.sessions[place]?.length ?? 1) * weights.size),
    }))
    .toSorted((left, right) => right.weight - left.weight || right.place - left.place)
    .slice(0, neighbours)
  for (const { place, weight } of best) {
    const items = model.sessions[place] ?? []
    // A common item late in this session makes what the other did near it likelier.
    const match = items.findLastIndex((item) => weights.has(item))
    const near = weights.get(items[match] ?? -1) ?? 0
    for (const item of new Set(items)) {
      if (item < scores.length && !weights.has(item)) scores[item] = (scores[item] ?? 0) + weight * near
    }
  }
}
