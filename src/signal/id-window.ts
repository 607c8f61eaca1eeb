// Which message ids were seen lately: 64-bit hashes in open-addressed typed arrays, ten bytes a slot.
// Two generations of half the window each: when the younger is full, the older is dropped. Each is cut
// into shards that grow by themselves, so that no single insertion pays for a large rehash.

import type { Dump } from '../log/dump.ts'
import { assert, present } from '../kernel/assert.ts'

export type IdWindowOptions = {
  /** Ids remembered at most; at least half as many of the latest are always known. */
  readonly idsMax: number
}

type Shard = { capacity: number; count: number; keys: Uint32Array; prints: Uint16Array }
type Generation = { count: number; readonly shards: Shard[] }

export type IdWindow = {
  readonly generationMax: number
  young: Generation
  old: Generation
}

export type Sighting = 'new' | 'same' | 'conflict'

const SHARDS = 256
const CAPACITY_FIRST = 16
const LOAD_MAX = 0.8

export const createIdWindow = ({ idsMax }: IdWindowOptions): IdWindow => {
  assert(idsMax >= 2 && idsMax <= 2 ** 28, `idsMax out of range: ${idsMax}`)
  return { generationMax: Math.ceil(idsMax / 2), young: createGeneration(), old: createGeneration() }
}

/**
 * Whether `id` is new; if so it is remembered with the fingerprint of its body. `conflict`: it was seen
 * with another body (16 bits of the fingerprint are compared). `place`: the id's in what was looked ahead at, if it was.
 */
export const sight = (window: IdWindow, id: string, fingerprint: number, place = -1): Sighting => {
  const print = (fingerprint ^ (fingerprint >>> 16)) & 0xffff
  const isHashed = place >= 0 && place < ahead.count && ahead.ids[place] === id
  const low = isHashed ? (ahead.lows[place] as number) : hashLow(id)
  const high = isHashed ? (ahead.highs[place] as number) : hashHigh(id, low)
  const shard = low & (SHARDS - 1)
  const young = present(window.young.shards[shard], 'a shard')
  const slot = slotOf(young, high, low)
  if (young.keys[slot * 2] !== 0) return young.prints[slot] === print ? 'same' : 'conflict'
  if (window.old.count > 0) {
    const old = present(window.old.shards[shard], 'a shard')
    const oldSlot = slotOf(old, high, low)
    if (old.keys[oldSlot * 2] !== 0) return old.prints[oldSlot] === print ? 'same' : 'conflict'
  }
  if (window.young.count >= window.generationMax) {
    window.old = window.young
    window.young = createGeneration()
    insert(present(window.young.shards[shard], 'a shard'), high, low, print)
  } else if (young.count + 1 > young.capacity * LOAD_MAX) insert(young, high, low, print)
  else put(young, slot, high, low, print)
  window.young.count++
  return 'new'
}

/**
 * Says which ids will be sighted next, by place. It changes nothing but how long that takes: where they would lie is
 * somewhere in a hundred megabytes, and memory that is asked for all of it at once answers nearly as fast as for one.
 */
export const lookAhead = (window: IdWindow, items: readonly { readonly messageId: string }[]): void => {
  ahead.count = Math.min(items.length, AHEAD_MAX)
  for (let place = 0; place < ahead.count; place++) {
    const id = (items[place] as { readonly messageId: string }).messageId
    const low = hashLow(id)
    ahead.ids[place] = id
    ahead.lows[place] = low
    ahead.highs[place] = hashHigh(id, low)
  }
  let read = 0
  for (let place = 0; place < ahead.count; place++) {
    const [low, high] = [ahead.lows[place] as number, ahead.highs[place] as number]
    read += nearOf(window.young.shards[low & (SHARDS - 1)] as Shard, high)
    if (window.old.count > 0) read += nearOf(window.old.shards[low & (SHARDS - 1)] as Shard, high)
  }
  ahead.read = read
}

const AHEAD_MAX = 512
const ahead = {
  count: 0,
  ids: [] as string[],
  lows: new Uint32Array(AHEAD_MAX),
  highs: new Uint32Array(AHEAD_MAX),
  /** Kept, so that reading is not left out as useless. */
  read: 0,
}

const nearOf = ({ keys, prints, capacity }: Shard, high: number): number => {
  const slot = startOf(capacity, high)
  return (keys[slot * 2] as number) + (prints[slot] as number)
}

/** How many ids are remembered. */
export const countIds = (window: IdWindow): number => window.young.count + window.old.count

/** Bytes of memory that the tables take. */
export const idWindowBytes = (window: IdWindow): number => {
  let bytes = 0
  for (const { shards } of [window.young, window.old])
    for (const shard of shards) bytes += shard.keys.byteLength + shard.prints.byteLength
  return bytes
}

const createGeneration = (): Generation => ({
  count: 0,
  shards: Array.from({ length: SHARDS }, () => createShard(CAPACITY_FIRST)),
})

const createShard = (capacity: number): Shard => ({
  capacity,
  count: 0,
  keys: new Uint32Array(capacity * 2),
  prints: new Uint16Array(capacity),
})

const startOf = (capacity: number, high: number): number => Math.floor((high * capacity) / 4294967296)

/** Where this hash is stored, or would be: there the key is 0. */
const slotOf = ({ keys, capacity }: Shard, high: number, low: number): number => {
  let slot = startOf(capacity, high)
  for (;;) {
    const storedHigh = keys[slot * 2] as number
    if (storedHigh === 0 || (storedHigh === high && keys[slot * 2 + 1] === low)) return slot
    slot = slot + 1 === capacity ? 0 : slot + 1
  }
}

/** Of a hash that is not there. */
const insert = (shard: Shard, high: number, low: number, print: number): void => {
  if (shard.count + 1 > shard.capacity * LOAD_MAX) grow(shard)
  put(shard, slotOf(shard, high, low), high, low, print)
}

const put = (shard: Shard, slot: number, high: number, low: number, print: number): void => {
  shard.keys[slot * 2] = high
  shard.keys[slot * 2 + 1] = low
  shard.prints[slot] = print
  shard.count++
}

const grow = (shard: Shard): void => {
  const { keys, prints, capacity } = shard
  const next = createShard(Math.ceil(capacity * 1.5))
  for (let slot = 0; slot < capacity; slot++) {
    const high = keys[slot * 2] as number
    const low = keys[slot * 2 + 1] as number
    if (high !== 0) put(next, slotOf(next, high, low), high, low, prints[slot] as number)
  }
  shard.capacity = next.capacity
  shard.keys = next.keys
  shard.prints = next.prints
}

/** Column names carry `prefix`; the arrays are copies. */
export const dumpIdWindow = (window: IdWindow): Dump => ({
  generationMax: window.generationMax,
  ...dumpGeneration('young', window.young),
  ...dumpGeneration('old', window.old),
})

export const restoreIdWindow = (dump: Dump, options: IdWindowOptions): IdWindow => ({
  generationMax: Math.ceil(options.idsMax / 2),
  young: restoreGeneration('young', dump),
  old: restoreGeneration('old', dump),
})

const dumpGeneration = (name: string, { shards }: Generation): Dump => {
  const slots = shards.reduce((sum, shard) => sum + shard.capacity, 0)
  const keys = new Uint32Array(slots * 2)
  const prints = new Uint16Array(slots)
  let slot = 0
  for (const shard of shards) {
    keys.set(shard.keys, slot * 2)
    prints.set(shard.prints, slot)
    slot += shard.capacity
  }
  return {
    [`${name}Counts`]: Uint32Array.from(shards, (shard) => shard.count),
    [`${name}Capacities`]: Uint32Array.from(shards, (shard) => shard.capacity),
    [`${name}Keys`]: keys,
    [`${name}Prints`]: new Uint8Array(prints.buffer),
  }
}

const restoreGeneration = (name: string, dump: Dump): Generation => {
  const counts = dump[`${name}Counts`]
  const capacities = dump[`${name}Capacities`]
  const keys = dump[`${name}Keys`]
  const bytes = dump[`${name}Prints`]
  assert(counts instanceof Uint32Array && capacities instanceof Uint32Array, `${name}: no shard sizes`)
  assert(keys instanceof Uint32Array && bytes instanceof Uint8Array, `${name}: no slots`)
  const prints = new Uint16Array(bytes.slice().buffer)
  const shards: Shard[] = []
  let slot = 0
  let total = 0
  for (let i = 0; i < SHARDS; i++) {
    const capacity = present(capacities[i], 'a shard capacity')
    const count = present(counts[i], 'a shard count')
    shards.push({
      capacity,
      count,
      keys: keys.slice(slot * 2, (slot + capacity) * 2),
      prints: prints.slice(slot, slot + capacity),
    })
    slot += capacity
    total += count
  }
  return { count: total, shards }
}

const hashLow = (id: string): number => {
  let h = 0x243f6a88 ^ id.length
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193)
  return finish(h)
}

const hashHigh = (id: string, seed: number): number => {
  let h = seed ^ 0x5bd1e995
  for (let i = 0; i < id.length; i++) {
    h = Math.imul(h ^ id.charCodeAt(i), 0x9e3779b1)
    h = (h << 13) | (h >>> 19)
  }
  // Two zero words mark an empty slot.
  return finish(h) || 1
}

const finish = (hash: number): number => {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
