// What one line's own reports say about it: a concave response, learnt from spend that was varied on purpose, times a
// level that may wander and jump. A posterior on a grid of shapes: how fast it saturates, how long spend lingers, how
// much of its value comes whatever is spent. For each shape the level is followed by a filter whose likelihood weighs it.

import type { Rng } from '../../kernel/rng.ts'
import { adstock } from '../response/curve.ts'
import { mixtureMarginal, mixtureValue, partAt, type Mixture, type Part } from '../response/response.ts'
import { findJumps, followLevel, type Level, type LevelPoints } from './level.ts'

export type LineDay = {
  readonly day: number
  readonly spend: number
  /** Attributed value that the day will have when all is reported: what is there, over the share expected by its age. */
  readonly value: number
  /** Share of the final value that is reported, in (0, 1]: a young day says less. */
  readonly share: number
  /** Demand on that day relative to the usual, from what ads do not move. */
  readonly demand: number
}

export type LineModel = {
  /** Response as attributed, at demand 1 and today's level, without what comes without spend. */
  readonly mean: Mixture
  /** As many draws from what it may be as were asked for. */
  readonly draws: readonly Mixture[]
  /** Value a day that the platform claims and that does not depend on spend. */
  readonly base: number
  /** Mean share of a day's effect that lasts into the next. */
  readonly carryover: number
  /** The last day on which the level jumped, or -1. */
  readonly jumpedAt: number
  readonly days: number
}

export type LineModelOptions = {
  readonly rng: Rng
  readonly drawCount: number
  /** Days until what a day says of the shape counts half. */
  readonly halfLifeDays: number
}

/** Half-saturation relative to the line's usual spend, from saturated at once to nearly straight. */
const HALVES = [0.08, 0.15, 0.25, 0.4, 0.65, 1, 1.6, 2.6, 5]
const FAMILIES = ['tanh', 'hill'] as const
const CARRYOVERS = [0, 0.25, 0.5]
/** Share of the value at usual spend that comes without spend. */
const BASES = [0.03, 0.15, 0.35, 0.6]
const BASE_PRIOR = [0.3, 0.35, 0.25, 0.1]

type Shape = {
  readonly part: Part
  readonly base: number
  readonly prior: number
  readonly carryover: number
}
type Judged = { readonly shape: Shape; readonly level: Level; readonly weight: number }

/** Learns a line from its days, in the order of time; null before the first day with spend. */
export const learnLine = (days: readonly LineDay[], options: LineModelOptions): LineModel | null => {
  const spent = days.filter(({ spend }) => spend > 0)
  if (spent.length === 0) return null
  const scale = mean(spent.map(({ spend }) => spend))
  const usual = Math.max(mean(days.map(({ value, demand }) => value / demand)), 1e-9)
  const shapes = shapesAt(scale)
  const reach = reachOf(days, scale)
  const points = (noise: number) =>
    createPoints(days, reach, { usual, noise, halfLifeDays: options.halfLifeDays })
  const none: ReadonlySet<number> = new Set()
  // Neighbouring days also differ by the varied spend: the best first fit tells how much of it is noise.
  const guess = noiseOf(days)
  const rough = heaviest(judge(shapes, points(guess), none))
  const noise = Math.min(1, Math.max(1e-4, guess * Math.min(2, rough.level.squares / days.length)))
  const pointsOf = points(noise)
  const jumps = findJumps(pointsOf(rough.shape))
  const judged = judge(shapes, pointsOf, jumps)
  const jumpedAt = Math.max(-1, ...jumps)
  return summarise(judged, { scale, usual, days: days.length, jumpedAt: days[jumpedAt]?.day ?? -1 }, options)
}

const shapesAt = (scale: number): readonly Shape[] =>
  FAMILIES.flatMap((family) =>
    HALVES.flatMap((half) => {
      const part: Part = { family, half: half * scale }
      return CARRYOVERS.flatMap((carryover) =>
        BASES.map((base, b) => ({
          part,
          base,
          carryover,
          // Where a line stands on its curve is not known beforehand: the middle is a little likelier.
          prior: (BASE_PRIOR[b] ?? 0) * Math.exp(-0.5 * (Math.log(half / 0.7) / 1.2) ** 2),
        })),
      )
    }),
  )

/** Saturation that each part with each carryover reaches on each day, relative to what it reaches at usual spend. */
const reachOf = (days: readonly LineDay[], scale: number): ReadonlyMap<string, Float64Array> => {
  const reach = new Map<string, Float64Array>()
  const spends = days.map(({ spend }) => spend)
  for (const carryover of CARRYOVERS) {
    const felt = adstock(spends, carryover)
    for (const family of FAMILIES)
      for (const half of HALVES) {
        const part: Part = { family, half: half * scale }
        const top = partAt(part, scale)
        reach.set(
          reachKey(part, carryover),
          felt.map((spend) => partAt(part, spend) / top),
        )
      }
  }
  return reach
}

const reachKey = ({ family, half }: Part, carryover: number): string => `${family} ${half} ${carryover}`

type PointsSetting = {
  readonly usual: number
  /** Variance of log value of a day of usual size that is wholly reported. */
  readonly noise: number
  readonly halfLifeDays: number
}

/**
 * What a shape expects of each day at level 0, beside what was seen: shapes are relative to the usual value. One shape at
 * a time: the next overwrites the points of the one before.
 */
const createPoints = (
  days: readonly LineDay[],
  reach: ReadonlyMap<string, Float64Array>,
  { usual, noise, halfLifeDays }: PointsSetting,
) => {
  const last = days.at(-1)?.day ?? 0
  // A value of nothing is not minus infinity: as much is added on both sides as noise alone brings, relative to the usual.
  const seen = Float64Array.from(days, ({ value, demand }) => Math.log(value / demand / usual + noise))
  const own = Float64Array.from(days, ({ share, demand }) => noise / (share * demand))
  const fade = Float64Array.from(days, ({ day }) => 2 ** ((last - day) / halfLifeDays))
  const ratio = new Float64Array(days.length)
  const variance = new Float64Array(days.length)
  return ({ part, base, carryover }: Shape): LevelPoints => {
    const reached = reach.get(reachKey(part, carryover)) as Float64Array
    for (let t = 0; t < days.length; t++) {
      const relative = base + (1 - base) * (reached[t] as number)
      ratio[t] = (seen[t] as number) - Math.log(relative + noise)
      variance[t] = ((own[t] as number) / Math.max(relative, 0.02) + MISFIT) * (fade[t] as number)
    }
    return { ratio, variance }
  }
}

/** Variance in logarithms that no noise explains: days differ in more than spend and demand. */
const MISFIT = 4e-4

/** Noise from neighbouring days: half the mean square of their differences in logarithms, without the largest tenth. */
const noiseOf = (days: readonly LineDay[]): number => {
  const logs = days.filter(({ value }) => value > 0).map(({ value, demand }) => Math.log(value / demand))
  const squares = logs
    .slice(1)
    .map((log, t) => (log - (logs[t] ?? log)) ** 2 / 2)
    .toSorted((left, right) => left - right)
  const kept = squares.slice(0, Math.ceil(squares.length * 0.9))
  return Math.min(1, Math.max(1e-4, kept.length < 3 ? 0.04 : mean(kept)))
}

const judge = (
  shapes: readonly Shape[],
  pointsOf: (shape: Shape) => LevelPoints,
  jumps: ReadonlySet<number>,
): readonly Judged[] => {
  const levels = shapes.map((shape) => followLevel(pointsOf(shape), jumps))
  const scores = levels.map(({ logLikelihood }, k) => logLikelihood + Math.log(shapes[k]?.prior ?? 0))
  const highest = Math.max(...scores)
  const raw = scores.map((score) => Math.exp(score - highest))
  const sum = raw.reduce((all, one) => all + one, 0)
  return shapes.map((shape, k) => ({ shape, level: levels[k] as Level, weight: (raw[k] ?? 0) / sum }))
}

const heaviest = (judged: readonly Judged[]): Judged =>
  judged.reduce((left, right) => (right.weight > left.weight ? right : left))

const summarise = (
  judged: readonly Judged[],
  { scale, usual, days, jumpedAt }: { scale: number; usual: number; days: number; jumpedAt: number },
  { rng, drawCount }: LineModelOptions,
): LineModel => {
  const parts = FAMILIES.flatMap((family) => HALVES.map((half): Part => ({ family, half: half * scale })))
  const weights = new Float64Array(parts.length)
  let [base, carryover] = [0, 0]
  const ceilingOf = ({ shape, level }: Judged) =>
    (usual * Math.exp(level.mean) * (1 - shape.base)) / partAt(shape.part, scale)
  for (const one of judged) {
    const { part, base: share, carryover: lasting } = one.shape
    const k =
      FAMILIES.indexOf(part.family) * HALVES.length + HALVES.findIndex((half) => half * scale === part.half)
    weights[k] = (weights[k] ?? 0) + one.weight * ceilingOf(one)
    base += one.weight * share * usual * Math.exp(one.level.mean)
    carryover += one.weight * lasting
  }
  const draws = Array.from({ length: drawCount }, (): Mixture => {
    const one = drawFrom(judged, rng)
    const noise = Math.exp(rng.normal() * Math.sqrt(one.level.variance))
    return { parts: [one.shape.part], weights: [ceilingOf(one) * noise] }
  })
  return { mean: { parts, weights }, draws, base, carryover, jumpedAt, days }
}

const drawFrom = (judged: readonly Judged[], rng: Rng): Judged => {
  let left = rng.uniform()
  for (const one of judged) {
    left -= one.weight
    if (left < 0) return one
  }
  return heaviest(judged)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length)

/** Marginal return as attributed at a spend: its mean and how likely it is above `floor`. */
export const marginalBelief = (
  { mean: expected, draws }: LineModel,
  spend: number,
  floor: number,
): { readonly mean: number; readonly above: number } => ({
  mean: mixtureMarginal(expected, spend),
  above: draws.filter((draw) => mixtureMarginal(draw, spend) > floor).length / Math.max(1, draws.length),
})

/** Value that a spend brings as attributed, beyond the base. */
export const attributedAt = ({ mean: expected }: LineModel, spend: number): number =>
  mixtureValue(expected, spend)
