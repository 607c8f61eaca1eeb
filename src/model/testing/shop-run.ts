// Runs a bandit through the seeded shop: decides, waits until each window closes, learns, and reckons
// what the policy, the best single action, uniform choice and an oracle earn in expectation.

import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { BanditOptions } from '../bandit.ts'
import { createBandit, learn, scoreActions } from '../bandit.ts'
import { choose } from '../choose.ts'
import type { Example, PolicySpec } from '../events.ts'
import { distribution } from '../policy.ts'
import type { ShopWorldOptions } from './shop-world.ts'
import { runShop, SHOP_ACTIONS } from './shop-world.ts'

/** Expected reward per decision, in whole currency units. */
export type ShopEarnings = {
  readonly decisions: number
  /** Over the whole run, learning included. */
  readonly policy: number
  /** Over the last third of the days. */
  readonly policyLate: number
  /** The single action that is best over the whole run, known in hindsight, and the same over the last third. */
  readonly bestFixed: number
  readonly bestFixedLate: number
  readonly uniform: number
  readonly oracle: number
}

export type ShopRun = {
  readonly world: ShopWorldOptions
  readonly policy: PolicySpec
  readonly options?: Partial<BanditOptions>
  /** Days until a window closes and its reward is learnt. */
  readonly rewardDelayDays?: number
}

const ACTIONS = SHOP_ACTIONS.map(({ features }) => features)
const IDS = SHOP_ACTIONS.map(({ id }) => id)

export const earnInShop = ({ world, policy, options = {}, rewardDelayDays = 3 }: ShopRun): ShopEarnings => {
  const bandit = createBandit(options)
  const rng = createRng(`draws:${world.seed}`)
  const waiting: Example[] = []
  let settled = 0
  const days = world.days ?? 30
  const all = createTally()
  const late = createTally()
  runShop(
    world,
    ({ at, shared, truth, rewardOf }) => {
      const scores = scoreActions(bandit, { shared, actions: ACTIONS })
      const p = distribution(policy, scores, { examples: bandit.examples, actionIds: IDS })
      const { index, propensity } = choose(p, rng)
      count(all, truth, p)
      if (at >= (days * DAY_MS * 2) / 3) count(late, truth, p)
      waiting.push({ shared, action: ACTIONS[index] ?? [], reward: rewardOf(index), propensity, at })
    },
    (now) => {
      for (let next = waiting[settled]; next !== undefined; next = waiting[settled]) {
        if (next.at >= now - rewardDelayDays * DAY_MS) break
        learn(bandit, next)
        settled++
      }
    },
  )
  return {
    decisions: all.decisions,
    policy: all.policy / all.decisions,
    policyLate: late.policy / late.decisions,
    bestFixed: Math.max(...all.byAction) / all.decisions,
    bestFixedLate: Math.max(...late.byAction) / late.decisions,
    uniform: sum(all.byAction) / all.byAction.length / all.decisions,
    oracle: all.oracle / all.decisions,
  }
}

type Tally = { decisions: number; policy: number; oracle: number; readonly byAction: Float64Array }

const createTally = (): Tally => ({
  decisions: 0,
  policy: 0,
  oracle: 0,
  byAction: new Float64Array(SHOP_ACTIONS.length),
})

const count = (tally: Tally, truth: Float64Array, p: Float64Array): void => {
  tally.decisions++
  tally.oracle += Math.max(...truth)
  for (let a = 0; a < truth.length; a++) {
    const worth = truth[a] as number
    tally.policy += (p[a] as number) * worth
    tally.byAction[a] = (tally.byAction[a] as number) + worth
  }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
