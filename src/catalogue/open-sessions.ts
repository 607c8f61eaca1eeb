// Visits that are not over yet, the longest silent first: a chain through columns of numbers. A map would have to
// forget and learn a person anew with each of their interests, and to walk over all that it forgot to find the oldest.

import { createPlaces, dropPlace, placeOf, setPlace, type Places } from '../kernel/places.ts'

export type OpenSessions = {
  /** By person. */
  readonly places: Places
  refs: Uint32Array
  /** Last sign, s. */
  lasts: Float64Array
  /** Place + 1 of the one that was silent less long; of a free place the next free one. 0 ends the chain. */
  nexts: Uint32Array
  /** Place + 1 of the one that was silent longer; 0 for the first. */
  befores: Uint32Array
  /** Place + 1; 0 where there is none. */
  first: number
  newest: number
  free: number
}

const START = 64

export const createSessions = (): OpenSessions => ({
  places: createPlaces(),
  refs: new Uint32Array(START),
  lasts: new Float64Array(START),
  nexts: new Uint32Array(START),
  befores: new Uint32Array(START),
  first: 0,
  newest: 0,
  free: 0,
})

export const countSessions = ({ places }: OpenSessions): number => places.size

/** A sign of a person at a time (s): their visit goes on, or begins; beyond `sessionsMax` the longest silent is forgotten. */
export const touchSession = (
  state: OpenSessions,
  ref: number,
  { seconds, sessionsMax }: { readonly seconds: number; readonly sessionsMax: number },
): void => {
  const place = placeOf(state.places, ref)
  if (place >= 0) {
    if (seconds > (state.lasts[place] as number)) state.lasts[place] = seconds
    if (state.newest === place + 1) return
    unlink(state, place)
    append(state, place)
    return
  }
  if (state.places.size >= sessionsMax && state.first > 0) remove(state, state.first - 1)
  addSession(state, ref, seconds)
}

/** Puts a visit at the end; of a person who has none. */
export const addSession = (state: OpenSessions, ref: number, last: number): void => {
  const place = newPlace(state)
  state.refs[place] = ref
  state.lasts[place] = Math.max(last, 0)
  append(state, place)
  setPlace(state.places, ref, place)
}

/** Two people turned out to be one. */
export const mergeSessions = (state: OpenSessions, from: number, into: number): void => {
  const gone = placeOf(state.places, from)
  if (gone < 0) return
  const last = state.lasts[gone] as number
  remove(state, gone)
  touchSession(state, into, { seconds: last, sessionsMax: Infinity })
}

/** Takes out whose last sign was before a time (s), up to the first whose was not: the longest silent first. */
export const endSessions = (
  state: OpenSessions,
  before: number,
  visit: (ref: number, last: number) => void,
): void => {
  while (state.first > 0) {
    const place = state.first - 1
    const last = state.lasts[place] as number
    if (last >= before) return
    const ref = state.refs[place] as number
    remove(state, place)
    visit(ref, last)
  }
}

/** Person and last sign of each, the longest silent first. */
export const listSessions = (state: OpenSessions): readonly (readonly [number, number])[] => {
  const listed: (readonly [number, number])[] = []
  for (let link = state.first; link > 0; link = state.nexts[link - 1] as number)
    listed.push([state.refs[link - 1] as number, state.lasts[link - 1] as number])
  return listed
}

const append = (state: OpenSessions, place: number): void => {
  state.nexts[place] = 0
  state.befores[place] = state.newest
  if (state.newest > 0) state.nexts[state.newest - 1] = place + 1
  else state.first = place + 1
  state.newest = place + 1
}

const unlink = (state: OpenSessions, place: number): void => {
  const next = state.nexts[place] as number
  const before = state.befores[place] as number
  if (before > 0) state.nexts[before - 1] = next
  else state.first = next
  if (next > 0) state.befores[next - 1] = before
  else state.newest = before
}

const remove = (state: OpenSessions, place: number): void => {
  unlink(state, place)
  dropPlace(state.places, state.refs[place] as number)
  state.nexts[place] = state.free
  state.free = place + 1
}

const newPlace = (state: OpenSessions): number => {
  if (state.free > 0) {
    const place = state.free - 1
    state.free = state.nexts[place] as number
    return place
  }
  // Without free places those in use are all from 0 on.
  const place = state.places.size
  if (place >= state.refs.length) {
    const size = state.refs.length * 2
    const copy = <T extends Uint32Array | Float64Array>(from: T, to: T): T => {
      to.set(from)
      return to
    }
    state.refs = copy(state.refs, new Uint32Array(size))
    state.lasts = copy(state.lasts, new Float64Array(size))
    state.nexts = copy(state.nexts, new Uint32Array(size))
    state.befores = copy(state.befores, new Uint32Array(size))
  }
  return place
}
