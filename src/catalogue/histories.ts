// What each person last had to do with: a short ring of products with the strongest interest shown and when.
// One row of numbers per person and no object, so that half a million people fit into 100 MB.

import { createPlaces, dropPlace, placeOf, setPlace, type Places } from '../kernel/places.ts'
import type { Interest } from './products.ts'

export type Histories = {
  readonly historyMax: number
  readonly peopleMax: number
  /** Row by person. */
  readonly rowOf: Places
  /** Person by row + 1; 0 where the row is free. */
  owners: Uint32Array
  counts: Uint8Array
  /** Product number × 4 + interest, oldest first. */
  entries: Uint32Array
  /** When, in seconds. */
  seconds: Uint32Array
  rows: number
  readonly free: number[]
  /** Where the search for somebody long silent goes on. */
  cursor: number
}

export type Had = {
  readonly item: number
  readonly interest: Interest
  /** s */
  readonly seconds: number
}

const INTERESTS: readonly Interest[] = ['viewed', 'added', 'bought']
/** Rows looked at for somebody long silent, before the longest silent among them goes. */
const LOOKED_AT = 32
const START = 64

export const createHistories = (historyMax: number, peopleMax: number): Histories => ({
  historyMax,
  peopleMax,
  rowOf: createPlaces(),
  owners: new Uint32Array(START),
  counts: new Uint8Array(START),
  entries: new Uint32Array(START * historyMax),
  seconds: new Uint32Array(START * historyMax),
  rows: 0,
  free: [],
  cursor: 0,
})

/** The row of a person, opened when there is none. */
export const rowFor = (state: Histories, ref: number): number => {
  const row = placeOf(state.rowOf, ref)
  return row < 0 ? open(state, ref) : row
}

/** Remembers an interest of the person in a row; a product had before moves to its new time and keeps its strongest interest. */
export const remember = (state: Histories, row: number, { item, interest, seconds }: Had): void => {
  const base = row * state.historyMax
  let count = state.counts[row] as number
  let strongest = INTERESTS.indexOf(interest)
  let when = seconds
  for (let k = 0; k < count; k++) {
    const entry = state.entries[base + k] as number
    if (entry >>> 2 !== item) continue
    strongest = Math.max(strongest, entry & 3)
    when = Math.max(when, state.seconds[base + k] as number)
    drop(state, base, k, count--)
    break
  }
  if (count === state.historyMax) drop(state, base, leastWorth(state, base, count), count--)
  let place = count
  while (place > 0 && (state.seconds[base + place - 1] as number) > when) {
    state.entries[base + place] = state.entries[base + place - 1] as number
    state.seconds[base + place] = state.seconds[base + place - 1] as number
    place--
  }
  state.entries[base + place] = item * 4 + strongest
  state.seconds[base + place] = when
  state.counts[row] = count + 1
}

/** The oldest that was not bought; the oldest when all were. */
const leastWorth = (state: Histories, base: number, count: number): number => {
  for (let k = 0; k < count; k++) if (((state.entries[base + k] as number) & 3) !== 2) return k
  return 0
}

const drop = (state: Histories, base: number, place: number, count: number): void => {
  const { entries, seconds } = state
  for (let k = base + place; k < base + count - 1; k++) {
    entries[k] = entries[k + 1] as number
    seconds[k] = seconds[k + 1] as number
  }
}

const open = (state: Histories, ref: number): number => {
  const row = state.free.pop() ?? (state.rows < state.peopleMax ? state.rows++ : evict(state))
  reserve(state, row + 1)
  state.owners[row] = ref + 1
  state.counts[row] = 0
  setPlace(state.rowOf, ref, row)
  return row
}

const evict = (state: Histories): number => {
  let victim = state.cursor
  let least = Infinity
  for (let looked = 0; looked < LOOKED_AT; looked++) {
    const row = state.cursor
    state.cursor = (state.cursor + 1) % state.rows
    const last = lastSeconds(state, row)
    if (last < least) {
      least = last
      victim = row
    }
  }
  dropPlace(state.rowOf, (state.owners[victim] as number) - 1)
  return victim
}

const lastSeconds = (state: Histories, row: number): number => {
  const count = state.counts[row] as number
  return count === 0 ? 0 : (state.seconds[row * state.historyMax + count - 1] as number)
}

const reserve = (state: Histories, rows: number): void => {
  if (rows <= state.owners.length) return
  const size = Math.min(state.peopleMax, Math.max(rows, state.owners.length * 2))
  const copy = <T extends Uint32Array | Uint8Array>(from: T, to: T): T => {
    to.set(from)
    return to
  }
  state.owners = copy(state.owners, new Uint32Array(size))
  state.counts = copy(state.counts, new Uint8Array(size))
  state.entries = copy(state.entries, new Uint32Array(size * state.historyMax))
  state.seconds = copy(state.seconds, new Uint32Array(size * state.historyMax))
}

/** What a person had to do with, oldest first. */
export const historyOf = (state: Histories, ref: number): readonly Had[] => {
  const row = placeOf(state.rowOf, ref)
  return row < 0 ? [] : hadIn(state, row)
}

const hadIn = (state: Histories, row: number): readonly Had[] => {
  const base = row * state.historyMax
  return Array.from({ length: state.counts[row] as number }, (_had, k): Had => {
    const entry = state.entries[base + k] as number
    return {
      item: entry >>> 2,
      interest: INTERESTS[entry & 3] ?? 'viewed',
      seconds: state.seconds[base + k] as number,
    }
  })
}

/** Two people turned out to be one: what both had, the latest of it. */
export const mergeHistories = (state: Histories, from: number, into: number): void => {
  const row = placeOf(state.rowOf, from)
  if (row < 0) return
  const had = hadIn(state, row)
  dropPlace(state.rowOf, from)
  state.owners[row] = 0
  state.counts[row] = 0
  state.free.push(row)
  for (const one of had) remember(state, rowFor(state, into), one)
}

/** Visits everybody with a history, in the order of rows. */
export const eachHistory = (state: Histories, visit: (ref: number, had: readonly Had[]) => void): void => {
  for (let row = 0; row < state.rows; row++) {
    const owner = state.owners[row] as number
    if (owner > 0) visit(owner - 1, hadIn(state, row))
  }
}
