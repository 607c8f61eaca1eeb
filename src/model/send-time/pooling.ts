// How much each level speaks for itself: strengths of the beta-binomial priors, learnt from how answers scatter
// (empirical Bayes). Business and segments by the likelihood of their answers; people by how well their other sends
// foretell each one, which is what the strengths are for.

import { logBeta } from '../value/special.ts'
import { answeredIn, around, binsOf, sentIn, totalsOf, type Counts, type Part } from './counts.ts'

/** In sends: so many speak as loud as the level above. */
export type Strengths = {
  readonly business: number
  readonly segment: number
  readonly person: number
  /** How many bins to either side a person's own answers count for. */
  readonly reach: number
}
export type Pooling = {
  readonly hours: Strengths
  readonly weekdays: Strengths
  /** Expected answers at which a person's own willingness to answer counts as much as the mean's. */
  readonly level: number
}

export const POOLING_DEFAULT: Pooling = {
  hours: { business: 256, segment: 512, person: 64, reach: 2 },
  weekdays: { business: 512, segment: 1024, person: 128, reach: 0 },
  level: 4,
}

/** Pools are smoothed over the neighbouring hours; weekdays are not. */
export const POOL_REACH: Readonly<Record<Part, number>> = { hours: 1, weekdays: 0 }

const RATE_MAX = 0.95
const RATE_MIN = 1e-4
export const asRate = (rate: number): number => Math.min(RATE_MAX, Math.max(RATE_MIN, rate))

const POOL_STRENGTHS = Array.from({ length: 12 }, (_, k) => 16 * 2 ** k)
const PERSON_STRENGTHS = Array.from({ length: 9 }, (_, k) => 4 * 2 ** k)
const LEVELS = [0.5, 1, 2, 4, 8, 16, 32]
const REACHES: Readonly<Record<Part, readonly number[]>> = { hours: [1, 2, 3, 4, 5], weekdays: [0] }

/** The mean answer to a send, a little below what came: one send more than there were, half answered. */
export const meanRate = (counts: Counts): number => {
  const { sent, answered } = totalsOf(counts)
  return asRate((answered + 0.5) / (sent + 10))
}

/** Answers beside those expected of `sent` by `rates`, drawn towards 1 as if `strength` more had been expected and come. */
export const levelOf = (counts: Counts, rates: Float64Array, strength: number): number => {
  let expected = 0
  for (let hour = 0; hour < rates.length; hour++)
    expected += sentIn(counts, 'hours', hour) * (rates[hour] as number)
  return (totalsOf(counts).answered + strength) / (expected + strength)
}

/** Posterior rate by bin: the counts around it, drawn towards `prior` as if by `strength` sends. */
export const shrunk = (
  counts: Counts,
  part: Part,
  prior: (bin: number) => number,
  { strength, reach }: { readonly strength: number; readonly reach: number },
): Float64Array =>
  Float64Array.from({ length: binsOf(part) }, (_, bin) => {
    const { sent, answered } = around(counts, part, reach, bin)
    return (answered + strength * asRate(prior(bin))) / (sent + strength)
  })

/** The strength under which the answers of these groups are likeliest, each beta-binomial around its own prior. */
export const likeliestStrength = (
  groups: readonly { readonly counts: Counts; readonly prior: Float64Array }[],
  part: Part,
  byDefault: number,
): number => {
  let best = byDefault
  let most = Number.NEGATIVE_INFINITY
  for (const strength of groups.length === 0 ? [] : POOL_STRENGTHS) {
    let likelihood = 0
    for (const { counts, prior } of groups)
      for (let bin = 0; bin < binsOf(part); bin++) {
        const mean = asRate(prior[bin] as number)
        likelihood += betaBinomial(
          { sent: sentIn(counts, part, bin), answered: answeredIn(counts, part, bin) },
          strength * mean,
          strength * (1 - mean),
        )
      }
    if (likelihood > most + 1e-9) {
      most = likelihood
      best = strength
    }
  }
  return best
}

/** Log-likelihood of `answered` of `sent`, without the binomial coefficient, which no strength changes. */
const betaBinomial = (
  { sent, answered }: { readonly sent: number; readonly answered: number },
  alpha: number,
  beta: number,
): number => (sent === 0 ? 0 : logBeta(alpha + answered, beta + sent - answered) - logBeta(alpha, beta))

/** A person to learn strengths from: own counts, and the rates by hour and by weekday that their segment or business has. */
export type Sampled = {
  readonly counts: Counts
  readonly hours: Float64Array
  readonly weekdays: Float64Array
}

/** Strengths for people: those under which each answer is foretold best by the same person's other sends. */
export const personStrengths = (
  people: readonly Sampled[],
  byDefault: Pooling,
): { readonly level: number; readonly hours: Own; readonly weekdays: Own } => {
  let level = byDefault.level
  let most = Number.NEGATIVE_INFINITY
  for (const strength of people.length === 0 ? [] : LEVELS) {
    const told = people.reduce((sum, one) => sum + foretold(one, 'hours', strength)(NOT_OWN), 0)
    if (told > most) {
      most = told
      level = strength
    }
  }
  return {
    level,
    hours: ownStrength(people, 'hours', level, byDefault.hours),
    weekdays: ownStrength(people, 'weekdays', level, byDefault.weekdays),
  }
}

type Own = { readonly person: number; readonly reach: number }
const NOT_OWN: Own = { person: Number.POSITIVE_INFINITY, reach: 0 }

const ownStrength = (people: readonly Sampled[], part: Part, level: number, byDefault: Own): Own => {
  if (people.length === 0) return { person: byDefault.person, reach: byDefault.reach }
  const asked = people.map((one) => foretold(one, part, level))
  let best: Own = byDefault
  let most = Number.NEGATIVE_INFINITY
  for (const reach of REACHES[part])
    for (const person of PERSON_STRENGTHS) {
      const told = asked.reduce((sum, ask) => sum + ask({ person, reach }), 0)
      if (told <= most + 1e-9) continue
      most = told
      best = { person, reach }
    }
  return { person: best.person, reach: best.reach }
}

/** Log-likelihood of each of a person's answers, foretold from the others of theirs. */
const foretold = ({ counts, ...rates }: Sampled, part: Part, level: number): ((own: Own) => number) => {
  const bins = binsOf(part)
  const { answered: all } = totalsOf(counts)
  let expected = 0
  for (let bin = 0; bin < bins; bin++) expected += sentIn(counts, part, bin) * (rates[part][bin] as number)
  const sums = new Map<number, readonly { readonly sent: number; readonly answered: number }[]>()
  const sumsOf = (reach: number) => {
    const known = sums.get(reach)
    if (known !== undefined) return known
    const made = Array.from({ length: bins }, (_, bin) => around(counts, part, reach, bin))
    sums.set(reach, made)
    return made
  }
  return ({ person, reach }) => {
    let told = 0
    for (let bin = 0; bin < bins; bin++) {
      const sent = sentIn(counts, part, bin)
      if (sent === 0) continue
      const yes = Math.min(sent, answeredIn(counts, part, bin))
      const rate = rates[part][bin] as number
      for (const answered of [0, 1] as const) {
        const times = answered === 1 ? yes : sent - yes
        if (times <= 0) continue
        const own = (Math.max(0, all - answered) + level) / (Math.max(0, expected - rate) + level)
        const prior = asRate(own * rate)
        const near = person === Number.POSITIVE_INFINITY ? undefined : sumsOf(reach)[bin]
        const chance =
          near === undefined
            ? prior
            : asRate(
                (Math.max(0, near.answered - answered) + person * prior) /
                  (Math.max(0, near.sent - 1) + person),
              )
        told += times * Math.log(answered === 1 ? chance : 1 - chance)
      }
    }
    return told
  }
}
