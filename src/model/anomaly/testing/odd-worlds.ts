// Seeded series with planted anomalies: level, season, noise of several tails, and spikes, shifts, dips and bursts
// at known places. Detectors are tuned here, never on a benchmark.

import { createRng, type Rng } from '../../../kernel/rng.ts'
import { HOUR_MS, MINUTE_MS } from '../../../kernel/time.ts'
import type { Observation } from '../detector.ts'

export type OddWorld = {
  readonly observations: readonly Observation[]
  /** First and last row of each window within which an alert is right. */
  readonly windows: readonly (readonly [number, number])[]
}

export type OddWorldOptions = {
  readonly seed: string
  readonly noise: 'normal' | 'heavy' | 'sticky' | 'count'
  readonly season: number
  readonly stepMs: number
  readonly rows: number
  readonly oddities: number
}

const KINDS = ['spike', 'shift', 'dip', 'burst'] as const

const noiseOf = (rng: Rng, kind: OddWorldOptions['noise'], before: number): number => {
  switch (kind) {
    case 'heavy':
      return (
        rng.normal() /
        Math.sqrt(Math.max(0.05, (rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2) / 3))
      )
    case 'sticky':
      return 0.9 * before + 0.44 * rng.normal()
    default:
      return rng.normal()
  }
}

/** A count with this mean that scatters more than Poisson. */
const countOf = (rng: Rng, mean: number): number =>
  Math.max(0, Math.round(mean + Math.sqrt(mean + 0.02 * mean * mean) * rng.normal()))

/** The world of a seed: the same for the same options. */
export const createOddWorld = ({
  seed,
  noise,
  season,
  stepMs,
  rows,
  oddities,
}: OddWorldOptions): OddWorld => {
  const rng = createRng(seed)
  const width = Math.round((0.1 * rows) / Math.max(1, oddities))
  const starts = Array.from({ length: oddities }, (_, i) =>
    Math.round(rows * (0.25 + (0.7 * (i + rng.uniform() * 0.8)) / oddities)),
  )
  const kinds = starts.map(() => KINDS[rng.below(KINDS.length)] ?? 'spike')
  const sizes = starts.map(() => 5 + 5 * rng.uniform())
  const lengths = starts.map(() => 3 + rng.below(width))
  let state = 0
  const observations = Array.from({ length: rows }, (_, t): Observation => {
    const at = t * stepMs
    const hour = (at / HOUR_MS) % 24
    state = noiseOf(rng, noise, state)
    const odd = starts.reduce((sum, start, i) => {
      const age = t - start
      const size = sizes[i] as number
      if (age < 0) return sum
      if (kinds[i] === 'spike') return age < 2 ? sum + 1.5 * size : sum
      if (kinds[i] === 'shift') return sum + size
      if (age >= (lengths[i] as number)) return sum
      return kinds[i] === 'dip' ? sum - size : sum + (rng.uniform() - 0.5) * 3 * size
    }, 0)
    const level = season * Math.sin((2 * Math.PI * (hour - 9)) / 24) + odd
    const value = noise === 'count' ? countOf(rng, 20 * Math.exp(0.2 * level)) : 100 + 5 * (level + state)
    return { at, value }
  })
  const half = Math.round(width / 2)
  return {
    observations,
    windows: starts.map((start) => [start - half, Math.min(rows - 1, start + half)] as const),
  }
}

const NOISES = ['normal', 'heavy', 'sticky', 'count'] as const
const STEPS = [5 * MINUTE_MS, HOUR_MS] as const

/** A mixed set: each noise, with and without a season, at five minutes and at an hour. */
export const oddWorlds = (seed: string, rows: number): readonly OddWorld[] =>
  NOISES.flatMap((noise) =>
    STEPS.flatMap((stepMs) =>
      [0, 3].map((season) =>
        createOddWorld({
          seed: `${seed}/${noise}/${stepMs}/${season}`,
          noise,
          season,
          stepMs,
          rows,
          oddities: 2,
        }),
      ),
    ),
  )
