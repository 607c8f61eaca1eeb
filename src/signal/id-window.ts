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
 * with another body (16 bits of the fingerprint are compared).
 */
export const sight = (window: IdWindow, id: string, fingerprint: number): Sighting => {
  const print = (fingerprint ^ (fingerprint >>> 16)) & 0xffff
  const low = hashLow(id)
  // Two zero words mark an empty slot.
  const high = hashHigh(id, low) || 1
  const shard = low & (SHARDS - 1)
  const known = find(present(window.young.shards[shard], 'a shard'), high, low)
  const found = known >= 0 ? known : find(present(window.old.shards[shard], 'a shard'), high, low)
  if (found >= 0) return found === print ? 'same' : 'conflict'
  if (window.young.count >= window.generationMax) {
    window.old = window.young
    window.young = createGeneration()
  }
  insert(present(window.young.shards[shard], 'a shard'), high, low, print)
  window.young.count++
  return 'new'
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

/** The fingerprint stored under this hash, or -1. */
const find = (shard: Shard, high: number, low: number): number => {
  const { keys, capacity } = shard
  let slot = Math.floor((high * capacity) / 4294967296)
  for (;;) {
    const storedHigh = keys[slot * 2] as number
    if (storedHigh === 0) return -1
    if (storedHigh === high && keys[slot * 2 + 1] === low) return shard.prints[slot] as number
    slot = slot + 1 === capacity ? 0 : slot + 1
  }
}

const insert = (shard: Shard, high: number, low: number, print: number): void => {
  if (shard.count + 1 > shard.capacity * LOAD_MAX) grow(shard)
  place(shard, high, low, print)
  shard.count++
}

const place = ({ keys, prints, capacity }: Shard, high: number, low: number, print: number): void => {
  let slot = Math.floor((high * capacity) / 4294967296)
  while (keys[slot * 2] !== 0) slot = slot + 1 === capacity ? 0 : slot + 1
  keys[slot * 2] = high
  keys[slot * 2 + 1] = low
  prints[slot] = print
}

const grow = (shard: Shard): void => {
  const { keys, prints, capacity } = shard
  const next = createShard(Math.ceil(capacity * 1.5))
  for (let slot = 0; slot < capacity; slot++) {
    const high = keys[slot * 2] as number
    if (high !== 0) place(next, high, keys[slot * 2 + 1] as number, prints[slot] as number)
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
  return finish(h)
}

const finish = (hash: number): number => {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
