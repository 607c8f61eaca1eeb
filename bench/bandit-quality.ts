// How well the bandits learn: published multiclass sets beside their reference figures, and seeded
// shops where the learnt policy is held against the best single action, uniform choice and an oracle.
// `node bench/bandit-quality.ts [multiclass] [shop] [--seeds 20]`; seeds are `r1`…, none used for tuning.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { BanditOptions, PolicySpec } from '../src/model/index.ts'
import { progressiveError, readMulticlass, RIDGE } from '../src/model/testing/multiclass.ts'
import type { ShopEarnings } from '../src/model/testing/shop-run.ts'
import { earnInShop } from '../src/model/testing/shop-run.ts'
import type { ShopWorldOptions } from '../src/model/testing/shop-world.ts'

const DATA = process.env['WINDVANE_DATA'] ?? join(import.meta.dirname, '../../shared/data')
const SETS = ['pendigits', 'waveform5000', 'segment'] as const
const MULTICLASS_SEEDS = ['1', '2', '3']

/** Progressive errors published (OAA) and of independent runs over three seeds. */
const REFERENCE: Readonly<Record<(typeof SETS)[number], Readonly<Record<string, number>>>> = {
  pendigits: {
    'published OAA': 0.138,
    full: 0.1394,
    'LinUCB .25': 0.1203,
    'LinTS .25': 0.123,
    'SquareCB γ10': 0.1555,
  },
  waveform5000: {
    'published OAA': 0.1562,
    full: 0.1593,
    'LinUCB .25': 0.1575,
    'LinTS .25': 0.1697,
    'SquareCB γ10': 0.1628,
  },
  segment: {
    'published OAA': 0.1784,
    full: 0.1812,
    'LinUCB .25': 0.1701,
    'LinTS .25': 0.1623,
    'SquareCB γ10': 0.226,
  },
}

const MULTICLASS_RUNS: readonly (readonly [string, Partial<BanditOptions>, PolicySpec | 'full'])[] = [
  ['dense full', RIDGE, 'full'],
  ['dense thompson .25', RIDGE, { kind: 'thompson', explorationFloor: 0, posteriorScale: 0.25 }],
  ['dense squarecb γ10', RIDGE, { kind: 'squarecb', explorationFloor: 0 }],
  [
    'hashed thompson, wide prior',
    { halfLifeDays: Infinity, prior: { shared: 1e-9, action: 10, cross: 200 } },
    { kind: 'thompson', explorationFloor: 0 },
  ],
  ['hashed, defaults, thompson', { halfLifeDays: Infinity }, { kind: 'thompson', explorationFloor: 0 }],
]

const multiclass = (): void => {
  const table: Record<string, Record<string, string>> = {}
  for (const name of SETS) {
    const file = join(DATA, 'cb_multiclass', `${name}.arff.gz`)
    if (!existsSync(file)) {
      console.log(`skipped: no data at ${file}`)
      continue
    }
    const arff = gunzipSync(readFileSync(file)).toString()
    const row: Record<string, string> = {}
    for (const [what, value] of Object.entries(REFERENCE[name])) row[what] = value.toFixed(4)
    for (const [label, options, policy] of MULTICLASS_RUNS) {
      const errors = MULTICLASS_SEEDS.map((seed) =>
        progressiveError({ data: readMulticlass(arff, seed), seed, options, policy }),
      )
      row[label] = mean(errors).toFixed(4)
    }
    table[name] = row
  }
  console.log('Progressive error, mean of three seeds; first the reference figures, then ours')
  console.table(table)
}

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

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '20' } },
})
if (positionals.length === 0 || positionals.includes('multiclass')) multiclass()
if (positionals.length === 0 || positionals.includes('shop')) shop(Number(values.seeds))
