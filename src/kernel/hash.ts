// Fast non-cryptographic hashing for buckets, holdouts and feature indices: murmur3 (Austin Appleby).

const mix = (h: number): number => {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * 32-bit hash of a string over its UTF-16 code units (unsigned).
 * @example hash32('windvane') === hash32('windvane') // true
 */
export const hash32 = (text: string, seed = 0): number => {
  let h = seed | 0
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  return mix(h ^ text.length)
}

/** Two numbers into one 32-bit hash (unsigned), for crossing features already hashed. */
export const cross32 = (left: number, right: number): number =>
  mix(Math.imul(left, 0x9e3779b1) ^ ((right << 13) | (right >>> 19)))

/** A number in [0, 1) that stays the same for the same key and salt: holdouts and ramps hang on it. */
export const bucketOf = (key: string, salt: string): number =>
  hash32(key, hash32(salt, 0x51ed270b)) / 4294967296
