// What the decisions of a bare run teach, and when: in slices by the learnt delays as feedback does it in the loop, or, to
// be compared with, only when their windows are over, or counting what has not come as nothing.

import type { CampaignSpec, DecisionMade } from '../decision/events.ts'
import {
  type Bandit,
  CHECK_AGES,
  createDelays,
  delayGroups,
  learn,
  noteResult,
  shareToTeach,
} from '../model/index.ts'

/** `failure`: at once that nothing came, put right by each result and at the close; `quarter`: never again after a quarter. */
export type Early = 'slices' | 'none' | 'failure' | 'quarter'

export type Taught = {
  readonly made: DecisionMade
  readonly cost: number
  /** What it brought so far, before its cost. */
  reward: number
  taughtShare: number
  taughtReward: number
}

export type Teaching = {
  readonly opened: (one: Taught) => void
  readonly brought: (one: Taught, at: number) => void
  /** Looks at the open decisions that have come of age. */
  readonly look: (now: number) => void
  readonly closed: (one: Taught) => void
}

const QUARTER = 0.25
/** Taught at once when nothing yet counts as nothing; results to come need some of the rest. */
const FAILURE_SHARE = 0.8

export const createTeaching = (about: {
  readonly campaign: CampaignSpec
  readonly model: Bandit
  readonly early: Early
}): Teaching => {
  const { campaign, model, early } = about
  const delays = createDelays()
  const { windowMs, event: goalEvent } = campaign.goal
  const delayOf = ({ made }: Taught) =>
    delayGroups({ campaignId: campaign.id, actionId: made.actionId, goalEvent, windowMs })
  /** By age at which they are looked at, oldest first. */
  const checks = CHECK_AGES.map((): Taught[] => [])

  const shareNow = (one: Taught, now: number, age: number): number => {
    const { made, taughtShare: taught } = one
    if (early === 'quarter') return age === QUARTER ? 1 - taught : 0
    return early === 'slices' ? shareToTeach(delays, delayOf(one), { ageMs: now - made.at, now, taught }) : 0
  }

  const teachShare = (one: Taught, share: number): void => {
    if (share === 0) return
    const upTo = one.reward - (one.taughtShare + share) * one.cost
    teach(model, one, { reward: upTo - one.taughtReward, share })
    one.taughtShare += share
    one.taughtReward = upTo
  }

  return {
    opened: (one) => {
      if (early === 'failure') teachShare(one, FAILURE_SHARE)
      else if (early !== 'none') checks[0]?.push(one)
    },
    brought: (one, at) => {
      noteResult(delays, delayOf(one), { at: one.made.at, delayMs: at - one.made.at })
      if (early === 'failure') teachShare(one, (1 - one.taughtShare) / 2)
    },
    look: (now) => {
      for (const [i, age] of CHECK_AGES.entries()) {
        const queue = checks[i] ?? []
        const waits = queue.findIndex(({ made }) => made.at + age * windowMs > now)
        for (const one of queue.splice(0, waits < 0 ? queue.length : waits)) {
          teachShare(one, shareNow(one, now, age))
          checks[i + 1]?.push(one)
        }
      }
    },
    closed: (one) => {
      const { reward, cost, taughtShare, taughtReward } = one
      if (taughtShare < 1) teach(model, one, { reward: reward - cost - taughtReward, share: 1 - taughtShare })
    },
  }
}

const teach = (
  model: Bandit,
  { made, taughtShare }: Taught,
  { reward, share }: { readonly reward: number; readonly share: number },
): void => {
  const { shared, candidates, actionId, propensity, at } = made
  const action = candidates.find((candidate) => candidate.actionId === actionId)?.features ?? []
  const further = taughtShare > 0 ? { further: true } : {}
  learn(model, { shared, action, reward, propensity, at, ...(share < 1 ? { share } : {}), ...further })
}
