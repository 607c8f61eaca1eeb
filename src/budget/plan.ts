// The slow loop, once a day: from what is known of each line, the next budgets. Each move has its reason, its bounds
// and what it is expected to bring; what is not known is not raised.

import type { Rng } from '../kernel/rng.ts'
import { allocate } from './allocate.ts'
import { marginalBelief, type LineModel } from './learn/line-model.ts'
import { mixtureMarginal, mixtureResponse, mixtureValue, type Mixture } from './response/response.ts'

/** The share of the attributed value that is real, as experiments found it. */
export type Calibration = { readonly share: number; readonly standardError: number }

/** How it is known that spend causes results: an experiment, spend varied at random, or not at all. */
export type Evidence = 'experiment' | 'randomised' | 'none'

export type PlanLine = {
  readonly id: string
  /** Budget a day now. */
  readonly budget: number
  readonly low: number
  readonly high: number
  /** null while nothing was seen of it. */
  readonly model: LineModel | null
  readonly calibration: Calibration
  readonly evidence: Evidence
  /** After a large change platforms learn anew; until then steps are small. */
  readonly learning: boolean
  /** Nothing may move: cooling down, tracking lost, a write not yet read back. */
  readonly frozen: false | 'cooldown' | 'tracking' | 'unconfirmed' | 'stopped'
  /** Most that can be served a day (stock, staff), as spend; Infinity when there is no such limit. */
  readonly capacity: number
}

export type PlanRules = {
  /** Most that a line may change in a step, as a share of its budget. */
  readonly stepShareMax: number
  readonly stepShareMaxLearning: number
  /** Changes smaller than this share are not worth an edit. */
  readonly deadBand: number
  /** Value that a unit of spend must bring to be worth it: 1 for value in margin. */
  readonly returnMin: number
  /** A line is raised only if its marginal return is above `returnMin` at least with this probability. */
  readonly raiseProbabilityMin: number
}

export const PLAN_RULES: PlanRules = {
  stepShareMax: 0.2,
  stepShareMaxLearning: 0.1,
  deadBand: 0.04,
  returnMin: 1,
  raiseProbabilityMin: 0.2,
}

export type MoveReason =
  | 'earns_more_here'
  | 'earns_more_elsewhere'
  | 'below_return'
  | 'capacity'
  | 'sold_out'
  | 'held_unknown'
  | 'held_unlikely'
  | 'held_frozen'
  | 'in_dead_band'
  | 'no_data'

export type PlannedLine = {
  readonly id: string
  readonly from: number
  readonly to: number
  readonly reason: MoveReason
  readonly marginal: number
  readonly marginalLow: number
  readonly marginalHigh: number
  /** Incremental value a day expected of the move. */
  readonly gain: number
}

export type Plan = { readonly lines: readonly PlannedLine[]; readonly price: number; readonly gain: number }

/** Budgets for the next day within `total` a day. Raises only what is known to earn. */
export const planBudgets = (lines: readonly PlanLine[], total: number, rules: PlanRules, rng: Rng): Plan => {
  const real = lines.map(({ model, calibration }) =>
    model === null ? null : scaled(model.mean, calibration.share),
  )
  const beliefs = lines.map((line) => beliefOf(line, rules, rng))
  // Where there is less money than stands in the lines, what is not known gives way like the rest.
  const short = lines.reduce((sum, { budget }) => sum + budget, 0) > total * (1 + rules.deadBand)
  const bounds = lines.map((line, i) => boundsOf(line, rules, beliefs[i] as Belief, short))
  const { wanted, price } = settle(lines, real, bounds, total, rules)
  const planned = lines.map((line, i): PlannedLine => {
    const belief = beliefs[i] as Belief
    const to = wanted[i] ?? line.budget
    const mixture = real[i]
    return {
      id: line.id,
      from: line.budget,
      to,
      reason: reasonOf({
        line,
        to,
        wanted: wanted[i] ?? line.budget,
        bound: bounds[i] as Bounds,
        belief,
        price,
        rules,
      }),
      marginal: belief.marginal,
      marginalLow: belief.low,
      marginalHigh: belief.high,
      gain:
        mixture === null || mixture === undefined
          ? 0
          : mixtureValue(mixture, to) - mixtureValue(mixture, line.budget),
    }
  })
  return { lines: planned, price, gain: planned.reduce((sum, { gain }) => sum + gain, 0) }
}

type Belief = {
  readonly marginal: number
  readonly low: number
  readonly high: number
  readonly above: number
}
type Bounds = { readonly low: number; readonly high: number; readonly why: MoveReason | null }

/** Marginal return in real value: the attributed one times the share that is real, both uncertain. */
const beliefOf = ({ model, budget, calibration }: PlanLine, { returnMin }: PlanRules, rng: Rng): Belief => {
  if (model === null) return { marginal: 0, low: 0, high: Infinity, above: 0 }
  const marginals = marginalDraws(model, { budget, calibration }, rng)
  return {
    marginal: calibration.share * marginalBelief(model, budget, 0).mean,
    low: quantile(marginals, 0.1),
    high: quantile(marginals, 0.9),
    above: marginals.filter((m) => m > returnMin).length / Math.max(1, marginals.length),
  }
}

/** What the next unit may bring, ascending. */
const marginalDraws = (
  model: LineModel,
  { budget, calibration }: { readonly budget: number; readonly calibration: Calibration },
  rng: Rng,
): readonly number[] =>
  model.draws
    .map((draw) => {
      const share = Math.max(0, calibration.share + calibration.standardError * rng.normal())
      return share * mixtureMarginal(draw, budget)
    })
    .toSorted((left, right) => left - right)

const quantile = (ascending: readonly number[], q: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))] ?? 0

/** Marginal return in real value at a budget, with its 80 % interval. */
export const marginalRange = (
  model: LineModel,
  at: { readonly budget: number; readonly calibration: Calibration },
  rng: Rng,
): { readonly mean: number; readonly low: number; readonly high: number } => {
  const draws = marginalDraws(model, at, rng)
  return {
    mean: at.calibration.share * marginalBelief(model, at.budget, 0).mean,
    low: quantile(draws, 0.1),
    high: quantile(draws, 0.9),
  }
}

const boundsOf = (line: PlanLine, rules: PlanRules, belief: Belief, short: boolean): Bounds => {
  const { budget, low, capacity } = line
  const high = Math.min(line.high, capacity)
  if (line.frozen !== false) return { low: budget, high: budget, why: 'held_frozen' }
  if (line.model === null) return { low: budget, high: budget, why: 'no_data' }
  const share = line.learning ? rules.stepShareMaxLearning : rules.stepShareMax
  const down = Math.max(low, budget * (1 - share))
  const up = Math.min(high, budget * (1 + share))
  // A limit that came down below the budget is followed at once.
  if (up <= down)
    return {
      low: Math.max(low, Math.min(up, down)),
      high: Math.max(low, Math.min(up, down)),
      why: 'capacity',
    }
  // What only goes together with spend shows too much, if anything: it lowers a line only where even that is too little.
  if (line.evidence === 'none') {
    const least = short || belief.high < rules.returnMin ? down : Math.min(up, budget)
    return { low: Math.max(down, least), high: Math.min(up, budget), why: 'held_unknown' }
  }
  if (belief.above < rules.raiseProbabilityMin)
    return { low: down, high: Math.min(up, budget), why: 'held_unlikely' }
  return { low: down, high: up, why: null }
}

/**
 * Splits what there is. Lines whose change would lie in the dead band stay where they are, and the rest is split
 * again without them, so that small steps left undone neither leak money nor add any.
 */
const settle = (
  lines: readonly PlanLine[],
  real: readonly (Mixture | null)[],
  bounds: readonly Bounds[],
  total: number,
  rules: PlanRules,
): { readonly wanted: readonly number[]; readonly price: number } => {
  const wanted = lines.map(({ budget }, i) => {
    const { low, high } = bounds[i] as Bounds
    return Math.min(high, Math.max(low, budget))
  })
  const open = new Set(
    [...lines.keys()].filter((i) => real[i] !== null && (bounds[i]?.low ?? 0) < (bounds[i]?.high ?? 0)),
  )
  let price = 0
  for (let round = 0; round <= lines.length && open.size > 0; round++) {
    const moving = [...open]
    const taken = wanted.reduce((sum, spend, i) => sum + (open.has(i) ? 0 : spend), 0)
    const least = moving.reduce((sum, i) => sum + (bounds[i]?.low ?? 0), 0)
    const split = allocate(
      moving.map((i) => ({
        response: mixtureResponse(real[i] as Mixture),
        low: bounds[i]?.low ?? 0,
        high: bounds[i]?.high ?? 0,
      })),
      Math.max(total - taken, least),
      rules.returnMin,
    )
    price = split.price
    moving.forEach((i, k) => (wanted[i] = split.spend[k] ?? 0))
    // The smallest change of all goes first: the others may grow by what it leaves.
    const still = moving
      .map((i) => ({ i, change: Math.abs((wanted[i] ?? 0) / (lines[i]?.budget || 1) - 1) }))
      .filter(({ change }) => change < rules.deadBand)
      .toSorted((left, right) => left.change - right.change)[0]
    if (still === undefined) break
    open.delete(still.i)
    wanted[still.i] = lines[still.i]?.budget ?? 0
  }
  return { wanted, price }
}

const reasonOf = ({
  line,
  to,
  wanted,
  bound,
  belief,
  price,
  rules,
}: {
  readonly line: PlanLine
  readonly to: number
  readonly wanted: number
  readonly bound: Bounds
  readonly belief: Belief
  readonly price: number
  readonly rules: PlanRules
}): MoveReason => {
  if (to > line.budget) return 'earns_more_here'
  if (to < line.budget) {
    if (to > Math.min(line.high, line.capacity) * 0.999) return 'capacity'
    return belief.marginal < rules.returnMin && price <= rules.returnMin
      ? 'below_return'
      : 'earns_more_elsewhere'
  }
  if (bound.why !== null && (bound.why !== 'held_unknown' || wanted >= bound.high)) return bound.why
  return 'in_dead_band'
}

const scaled = ({ weights, parts }: Mixture, share: number): Mixture => ({
  weights: Array.from(weights, (w) => w * share),
  parts,
})

/**
 * A line's budget for one day, varied on purpose so that its slope can be known: up or down by `share`, drawn evenly,
 * independent of everything else and of all other lines.
 */
export const variedBudget = (budget: number, share: number, rng: Rng): number =>
  budget * (1 + (rng.uniform() < 0.5 ? -share : share))

/** The share of the attributed value that is real, after an experiment: a normal prior and a normal reading. */
export const calibrate = (
  prior: Calibration,
  reading: { readonly effect: number; readonly standardError: number; readonly attributed: number },
): Calibration => {
  if (!(reading.attributed > 0)) return prior
  const share = reading.effect / reading.attributed
  const error = reading.standardError / reading.attributed
  const [a, b] = [1 / prior.standardError ** 2, 1 / error ** 2]
  return {
    share: Math.min(1.5, Math.max(0.02, (prior.share * a + share * b) / (a + b))),
    standardError: Math.sqrt(1 / (a + b)),
  }
}

/** Before any experiment: platforms claim more than they bring, by how much nobody knows. */
export const CALIBRATION_PRIOR: Calibration = { share: 0.7, standardError: 0.3 }
