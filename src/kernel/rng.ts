// Seeded randomness: sfc32 (Chris Doty-Humphrey, PractRand), seeded from a string by murmur3.
// Every draw of the product comes from here, so that a decision can be drawn again.

import { hash32 } from './hash.ts'

export type Rng = {
  /** Uniform in [0, 1), 32 bits of it random. */
  readonly uniform: () => number
  /** Standard normal (Marsaglia's polar method). */
  readonly normal: () => number
  /** Integer in [0, bound). */
  readonly below: (bound: number) => number
}

/**
 * A generator that gives the same draws for the same seed on every machine.
 * @example createRng('a').below(10) === createRng('a').below(10) // true
 */
export const createRng = (seed: string): Rng => {
  let a = hash32(seed, 0x9e3779b9)
  let b = hash32(seed, 0x243f6a88)
  let c = hash32(seed, 0xb7e15162)
  let counter = 1
  let spare: number | undefined

  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) next()

  const uniform = () => next() / 4294967296
  const normal = () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    for (;;) {
      const u = uniform() * 2 - 1
      const v = uniform() * 2 - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const scale = Math.sqrt((-2 * Math.log(s)) / s)
      spare = v * scale
      return u * scale
    }
  }
  return { uniform, normal, below: (bound) => Math.floor(uniform() * bound) }
}
