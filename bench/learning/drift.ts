// What forgetting is worth where the world changes, and costs where it does not: never forgetting, discounting (the default, and quicker),
// and letting go of what was learnt when a change is found. In linear worlds that stand still, drift slowly or turn at once,
// clear and noisy; and in the bare market whose tastes stay or move half way. `node bench/learning/drift.ts [--seeds 10] [--only worlds|markets]
// [--kind hashed|dense] [--rounds 12000]`

import { parseArgs } from 'node:util'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { present } from '../../src/kernel/assert.ts'
import { createRng } from '../../src/kernel/rng.ts'
import {
  type BanditOptions,
  choose,
  createBandit,
  distribution,
  learn,
  scoreActions,
} from '../../src/model/index.ts'
import { type LinearWorldOptions, runLinear } from '../../src/model/testing/linear-world.ts'
import { createBareLearner } from '../../src/sim/bare-learner.ts'
import { runBare } from '../../src/sim/bare-run.ts'
import { type Comparison, comparedIn, intervalOf, type Row } from './intervals.ts'
import { marketOf } from './market.ts'
import { printVerdicts, type Verdict } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

const POLICY = { kind: 'thompson', explorationFloor: 0.05 } as const

const worldsOf = (rounds: number): Readonly<Record<string, Partial<LinearWorldOptions>>> => ({
  'stands still': {},
  'drifts slowly (half gone in 30 days)': { driftADay: 0.21 },
  'turns at once half way': { driftAt: rounds / 2 },
})
/** The first is what the product does unasked. */
const WAYS: Readonly<Record<string, { readonly words: string; readonly options: Partial<BanditOptions> }>> = {
  default: { words: 'discounting, 60 days', options: {} },
  never: { words: 'never forgetting', options: { halfLifeDays: Infinity } },
  quick: { words: 'discounting, 10 days', options: { halfLifeDays: 10 } },
  changes: { words: 'change points', options: { changePoints: true } },
}
const NOISES = { clear: 0.5, noisy: 3 } as const
const KINDS = ['hashed', 'dense'] as const
const MARKETS = { 'tastes stay': false, 'tastes move half way': true } as const
const DAYS = 40

type Settings = { readonly only: string; readonly kind: string; readonly rounds: number }

const lostIn = (options: Partial<BanditOptions>, world: LinearWorldOptions) => {
  const bandit = createBandit(options)
  const rng = createRng(world.seed)
  let lost = 0
  runLinear(world, ({ at, shared, actions, actionIds, truth, rewardOf }) => {
    const scores = scoreActions(bandit, { shared, actions })
    const p = distribution(POLICY, scores, { examples: bandit.examples, actionIds })
    const { index, propensity } = choose(p, rng)
    lost += Math.max(...truth) - (truth[index] ?? 0)
    learn(bandit, { shared, action: actions[index] ?? [], reward: rewardOf(index), propensity, at })
  })
  return { lost, found: bandit.change.found }
}

const playWorlds = (seed: string, { kind: only, rounds }: Settings): Row =>
  Object.fromEntries(
    KINDS.filter((kind) => kind.startsWith(only)).flatMap((kind) =>
      Object.entries(NOISES).flatMap(([clarity, noise]) =>
        Object.entries(worldsOf(rounds)).map(([name, world]) => {
          const runs = Object.entries(WAYS).map(
            ([way, { options }]) =>
              [way, lostIn({ kind, ...options }, { seed, rounds, noise, ...world })] as const,
          )
          const lost = runs.map(([way, run]) => [way, run.lost])
          const found = runs.find(([way]) => way === 'changes')?.[1].found ?? 0
          return [`${kind}, ${clarity}, ${name}`, { ...Object.fromEntries(lost), found }]
        }),
      ),
    ),
  )

const playMarkets = (seed: string): Row => {
  const under = (moves: boolean): Readonly<Record<string, number>> => {
    const { campaign, options, people } = marketOf({
      seed,
      customers: 400,
      days: DAYS,
      ...(moves ? { driftDay: DAYS / 2 } : {}),
    })
    let found = 0
    const earned = Object.entries(WAYS).map(([way, { options: model }]) => {
      const player = createBareLearner({ seed, campaign, people, model })
      const run = runBare({ ...options, campaign, player })
      if (way === 'changes') found = player.model.change.found
      return [way, run.earned]
    })
    return { ...Object.fromEntries(earned), found }
  }
  return Object.fromEntries(Object.entries(MARKETS).map(([name, moves]) => [`market, ${name}`, under(moves)]))
}

const play = (seed: string, settings: Settings): Row => ({
  ...(settings.only === 'markets' ? {} : playWorlds(seed, settings)),
  ...(settings.only === 'worlds' ? {} : playMarkets(seed)),
})

const isMarket = (place: string): boolean => place.startsWith('market')

const comparisonOf = (place: string): Comparison => ({
  ways: Object.fromEntries(Object.entries(WAYS).map(([way, { words }]) => [way, words])),
  ...(isMarket(place) ? { better: 'large', digits: 2 } : { better: 'small', digits: 0 }),
})

const foundIn = (place: string, rows: readonly Row[]): Verdict => ({
  what: `${place}: changes found`,
  ours: `in ${rows.filter((row) => (row[place]?.['found'] ?? 0) > 0).length} of ${rows.length}`,
  known: place.includes('still') ? '0' : '',
  peer: '',
  ok: place.includes('still') ? rows.every((row) => row[place]?.['found'] === 0) : null,
})

/** What must hold for the default to be as it is. */
const defaults = (rows: readonly Row[], places: readonly string[]): readonly Verdict[] => {
  const meanOf = (place: string, way: string) =>
    intervalOf(rows.map((row) => row[place]?.[way] ?? Number.NaN)).mean
  const turned = places.filter((place) => place.includes('clear, turns'))
  const markets = places.filter(isMarket)
  const judged = (what: string, those: readonly string[], holds: (place: string) => boolean) =>
    those.length === 0
      ? []
      : [
          {
            what,
            ours: `in ${those.filter(holds).length} of ${those.length}`,
            known: '',
            peer: '',
            ok: those.every(holds),
          },
        ]
  return [
    ...judged(
      'why they can be asked for: clear worlds that turn at once, in which change points lose less than the default',
      turned,
      (place) => meanOf(place, 'changes') <= meanOf(place, 'default'),
    ),
    ...judged(
      'why they are off unasked: markets in which the default earns at least as much as change points',
      markets,
      (place) => meanOf(place, 'default') >= meanOf(place, 'changes'),
    ),
  ]
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10' },
      only: { type: 'string', default: '' },
      kind: { type: 'string', default: '' },
      rounds: { type: 'string', default: '12000' },
    },
  })
  const started = performance.now()
  const names = Array.from({ length: Number(values.seeds) }, (_, i) => `drift-${i + 1}`)
  const { only, kind, rounds } = values
  const settings: Settings = { only, kind, rounds: Number(rounds) }
  const rows = await playSeeds<Row>(new URL(import.meta.url), settings, names)
  const places = Object.keys(rows[0] ?? {})
  printVerdicts(
    `Worlds that change, ${values.seeds} seeds: regret over ${rounds} examples (200 a day), margin on top per person in markets of ${DAYS} days (95 % intervals; differences seed by seed)`,
    [
      ...places.flatMap((place) => [...comparedIn(place, rows, comparisonOf(place)), foundIn(place, rows)]),
      ...defaults(rows, places),
    ],
  )
  process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`)
}

if (isMainThread) await main()
else {
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (seed: string) => port.postMessage(play(seed, workerData as Settings)))
}
