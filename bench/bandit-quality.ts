// How well the bandits learn in seeded shops, where the learnt policy is held against the best single
// action, uniform choice and an oracle. Public data: bench/learning/bandit.ts.
// `node bench/bandit-quality.ts [--seeds 20]`; seeds are `r1`…, none used for tuning.

import { parseArgs } from 'node:util'
import type { PolicySpec } from '../src/model/index.ts'
import type { ShopEarnings } from '../src/model/testing/shop-run.ts'
import { earnInShop } from '../src/model/testing/shop-run.ts'
import type { ShopWorldOptions } from '../src/model/testing/shop-world.ts'

const WORLDS: readonly (readonly [string, Omit<ShopWorldOptions, 'seed'>])[] = [
  ['30 days, 8 idle features', {}],
  ['no idle features', { idleFeatures: 0 }],
  ['16 idle features', { idleFeatures: 16 }],
  ['effects half as large', { effect: 0.5 }],
  ['60 days', { days: 60 }],
  ['60 days, tastes swap on day 20', { days: 60, driftDay: 20 }],
]
const POLICIES: readonly PolicySpec[] = [
  { kind: 'thompson', explorationFloor: 0.05 },
  { kind: 'squarecb', explorationFloor: 0.05 },
  { kind: 'optimism', explorationFloor: 0.05 },
]

/** One line as soon as it is known: all of it takes some minutes. */
const shop = (seeds: number): void => {
  console.log(
    `\nExpected margin per decision over ${seeds} shops; the best single action is known in hindsight.`,
  )
  console.log(
    '| world | policy | earns | best single | uniform | oracle | > single | > uniform | last third | best single | > single |',
  )
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const [world, options] of WORLDS)
    for (const policy of POLICIES) console.log(shopLine(world, options, policy, seeds))
}

const shopLine = (
  world: string,
  options: Omit<ShopWorldOptions, 'seed'>,
  policy: PolicySpec,
  seeds: number,
): string => {
  const runs = Array.from({ length: seeds }, (_, i) =>
    earnInShop({ world: { ...options, seed: `r${i + 1}` }, policy }),
  )
  const of = (pick: (run: ShopEarnings) => number) => mean(runs.map(pick)).toFixed(4)
  const wins = (won: (run: ShopEarnings) => boolean) => `${runs.filter(won).length}/${seeds}`
  const cells = [
    world,
    policy.kind,
    of((run) => run.policy),
    of((run) => run.bestFixed),
    of((run) => run.uniform),
    of((run) => run.oracle),
    wins((run) => run.policy > run.bestFixed),
    wins((run) => run.policy > run.uniform),
    of((run) => run.policyLate),
    of((run) => run.bestFixedLate),
    wins((run) => run.policyLate > run.bestFixedLate),
  ]
  return `| ${cells.join(' | ')} |`
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' } } })
shop(Number(values.seeds))
