// A world whose results come late: an action works with a chance that hangs on person and action; if it works, the result
// comes after an exponential wait cut at the window, and what people do anyway is spread over the window. It may stand still,
// turn at once or drift, and the best actions may be the slow ones.

import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { type Bandit, createBandit, learn, scoreActions } from '../bandit.ts'
import { choose } from '../choose.ts'
import { createDelays, delayGroups, type DelayOf, noteResult } from '../delay/delays.ts'
import { CHECK_AGES, shareToTeach } from '../delay/slices.ts'
import type { Feature, PolicySpec } from '../events.ts'
import { distribution } from '../policy.ts'

/**
 * What open decisions teach. `wait`: nothing. `failure`: at once that nothing came, put right by each result and at the close.
 * `quarter`: after a quarter of the window what has come, and never again. `slices`: by the learnt delays.
 * `at_once`: all that will come (cannot be had).
 */
export type Teaching = 'slices' | 'wait' | 'failure' | 'quarter' | 'at_once'

export type Delayed = {
  readonly seed: string
  readonly days: number
  readonly perDay: number
  readonly windowMs: number
  /** Mean wait, as a share of the window. */
  readonly meanShare: number
  /** Actions wait alike, up to four times as long or as short by luck, or the longer the more they bring (up to four times). */
  readonly waits: 'alike' | 'by_luck' | 'best_slow'
  /** Day on which chances and waits are drawn anew. */
  readonly turnsOn: number
  /** Each day the logarithm of each chance moves by a normal step of this size. */
  readonly driftADay: number
  readonly teaching: Teaching
  readonly policy: PolicySpec
}

export const DELAYED_DEFAULTS = {
  days: 80,
  perDay: 150,
  windowMs: 14 * DAY_MS,
  meanShare: 0.5,
  waits: 'by_luck',
  turnsOn: Infinity,
  driftADay: 0,
  policy: { kind: 'squarecb', explorationFloor: 0.05 },
} as const

const ACTIONS = ['nothing', 'a', 'b', 'c', 'd']
const SEGMENTS = 3
/** Share of people who would have come anyway. */
const ANYWAY = 0.04
const CHANCE_MAX = 0.12
const ROUNDS_A_LOOK = 10
/** What is taught of a decision at once when what has not come is counted as failure; results to come need some of the rest. */
const FAILURE_SHARE = 0.8

/** Results lost beside always taking what is best. The same options, the same loss. */
export const playDelayed = (options: Delayed): number => {
  const world = createWorld(options)
  const pupil = createPupil(options)
  const luck = createRng(`draw:${options.seed}`)
  let lost = 0
  for (let round = 0; round < options.days * options.perDay; round++) {
    const at = Math.floor((round / options.perDay) * DAY_MS)
    if (round % options.perDay === 0) world.dawn(round / options.perDay)
    if (round % ROUNDS_A_LOOK === 0) pupil.look(at)
    const segment = world.comes()
    const shared: readonly Feature[] = [[`segment=${segment}`, 1]]
    const { bandit } = pupil
    const scores = scoreActions(bandit, { shared, actions: FEATURES })
    const p = distribution(options.policy, scores, { examples: bandit.examples, actionIds: ACTIONS })
    const { index: action, propensity } = choose(p, luck)
    lost += world.lostBy(segment, action)
    pupil.decided({ at, shared, action, propensity, results: world.results(segment, action, at) })
  }
  return lost
}

const FEATURES = ACTIONS.map((name): readonly Feature[] => [[`action=${name}`, 1]])

type World = {
  readonly dawn: (day: number) => void
  /** Segment of the next person. */
  readonly comes: () => number
  readonly lostBy: (segment: number, action: number) => number
  /** When the results of this decision come. The luck of a round is the same whatever was decided. */
  readonly results: (segment: number, action: number, at: number) => readonly number[]
}

const createWorld = ({ seed, windowMs, meanShare, waits, turnsOn, driftADay }: Delayed): World => {
  const rng = createRng(`delayed:${seed}`)
  const drifts = createRng(`drifts:${seed}`)
  const drawChances = () =>
    Array.from({ length: SEGMENTS }, () =>
      ACTIONS.map((_, a) => (a === 0 ? 0 : CHANCE_MAX * rng.uniform() ** 2)),
    )
  const drawWaits = () => ACTIONS.map(() => 2 * rng.uniform() - 1)
  let chances = drawChances()
  let luckOfWaits = drawWaits()
  const meanOf = (segment: number, action: number): number => {
    const chance = chances[segment]?.[action] ?? 0
    const exponent = { alike: 0, by_luck: luckOfWaits[action] ?? 0, best_slow: (2 * chance) / CHANCE_MAX - 1 }
    return meanShare * 4 ** exponent[waits]
  }
  return {
    dawn: (day) => {
      if (day === turnsOn) {
        chances = drawChances()
        luckOfWaits = drawWaits()
      }
      if (driftADay > 0)
        chances = chances.map((row) =>
          row.map((chance) => Math.min(CHANCE_MAX, chance * Math.exp(driftADay * drifts.normal()))),
        )
    },
    comes: () => rng.below(SEGMENTS),
    lostBy: (segment, action) => {
      const row = chances[segment] ?? []
      return Math.max(...row) - (row[action] ?? 0)
    },
    results: (segment, action, at) => {
      const [works, wait, anyway, when] = [rng.uniform(), rng.uniform(), rng.uniform(), rng.uniform()]
      const mean = meanOf(segment, action)
      const cut = 1 - Math.exp(-1 / mean)
      return [
        ...(works < (chances[segment]?.[action] ?? 0)
          ? [at - Math.log(1 - wait * cut) * mean * windowMs]
          : []),
        ...(anyway < ANYWAY ? [at + when * windowMs] : []),
      ]
    },
  }
}

type Decided = {
  readonly at: number
  readonly shared: readonly Feature[]
  readonly action: number
  readonly propensity: number
  /** When its results come; none after the window. */
  readonly results: readonly number[]
}
type Open = Decided & { taughtShare: number; taught: number }

type Pupil = {
  readonly bandit: Bandit
  readonly decided: (decision: Decided) => void
  readonly look: (now: number) => void
}

const createPupil = ({ windowMs, perDay, teaching }: Delayed): Pupil => {
  const bandit = createBandit()
  const delays = createDelays()
  const ages = [...CHECK_AGES, 1]
  const queues: readonly Open[][] = ages.map(() => [])
  const lookMs = (ROUNDS_A_LOOK / perDay) * DAY_MS
  /** Results on their way, by the look that finds them. */
  const underWay = new Map<number, { readonly at: number; readonly of: Open }[]>()

  const teach = (one: Open, upTo: number, share: number): void => {
    const { shared, action, propensity, at, taughtShare, taught } = one
    const reward = upTo - taught
    const further = taughtShare > 0
    learn(bandit, { shared, action: FEATURES[action] ?? [], reward, propensity, at, share, further })
    one.taught = upTo
    one.taughtShare += share
  }
  /** Share of a decision to teach at this age. */
  const shareAt = (age: number, one: Open, now: number): number => {
    const left = 1 - one.taughtShare
    if (age === 1 || (teaching === 'quarter' && age === 1 / 4)) return left
    if (teaching !== 'slices') return 0
    const taught = one.taughtShare
    return shareToTeach(delays, groupsOf(one.action, windowMs), { ageMs: now - one.at, now, taught })
  }
  const arrive = (now: number): void => {
    const look = Math.round(now / lookMs)
    for (const { at, of } of underWay.get(look) ?? []) {
      noteResult(delays, groupsOf(of.action, windowMs), { at: of.at, delayMs: at - of.at })
      if (teaching === 'failure') teach(of, of.taught + 1, (1 - of.taughtShare) / 2)
    }
    underWay.delete(look)
  }
  return {
    bandit,
    decided: (decision) => {
      const one: Open = { ...decision, taughtShare: 0, taught: 0 }
      if (teaching === 'at_once') return teach(one, one.results.length, 1)
      if (teaching === 'failure') teach(one, 0, FAILURE_SHARE)
      queues[0]?.push(one)
      for (const at of one.results) {
        const found = Math.floor(at / lookMs) + 1
        underWay.set(found, [...(underWay.get(found) ?? []), { at, of: one }])
      }
    },
    look: (now) => {
      arrive(now)
      for (const [i, queue] of queues.entries()) {
        const age = ages[i] ?? 1
        const waits = queue.findIndex(({ at }) => at + age * windowMs > now)
        for (const one of queue.splice(0, waits < 0 ? queue.length : waits)) {
          const share = shareAt(age, one, now)
          if (share > 0) teach(one, one.results.filter((at) => at <= now).length, share)
          queues[i + 1]?.push(one)
        }
      }
    },
  }
}

const groupsOf = (action: number, windowMs: number): DelayOf =>
  delayGroups({ campaignId: 'c', actionId: ACTIONS[action] ?? '', goalEvent: 'goal', windowMs })
