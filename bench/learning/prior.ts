// Whether a dense model that learns its prior (how far each feature sways) earns more in the market than one that takes it as
// given, and than the hashed model that all campaigns share unasked: in the bare market, whose tastes move half way, seed by seed.
// `node bench/learning/prior.ts [--seeds 12] [--customers 300] [--days 40]`

import { parseArgs } from 'node:util'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { present } from '../../src/kernel/assert.ts'
import type { BanditOptions } from '../../src/model/index.ts'
import { createBareLearner } from '../../src/sim/bare-learner.ts'
import { oracle, runBare } from '../../src/sim/bare-run.ts'
import { type Comparison, comparedIn, intervalOf, type Row } from './intervals.ts'
import { marketOf } from './market.ts'
import { printVerdicts } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

/** The first is a dense model unasked. */
const MODELS: Readonly<Record<string, { readonly words: string; readonly options: Partial<BanditOptions> }>> =
  {
    given: { words: 'dense, prior given', options: { kind: 'dense' } },
    learnt: { words: 'dense, prior learnt', options: { kind: 'dense', learnsPrior: true } },
    hashed: { words: 'hashed', options: {} },
  }
const PLACE = 'market'

type Settings = { readonly customers: number; readonly days: number }

const play = (seed: string, { customers, days }: Settings): Row => {
  const { campaign, options, people } = marketOf({ seed, customers, days, driftDay: days / 2 })
  const draw = { ...campaign, policy: { kind: 'uniform', explorationFloor: 0 } } as const
  const even = createBareLearner({ seed, campaign: draw, people, learns: false })
  const earned = Object.entries(MODELS).map(([name, { options: model }]) => [
    name,
    runBare({ ...options, campaign, player: createBareLearner({ seed, campaign, people, model }) }).earned,
  ])
  return {
    [PLACE]: {
      ...Object.fromEntries(earned),
      even: runBare({ ...options, campaign: draw, player: even }).earned,
      oracle: runBare({ ...options, campaign, player: oracle }).earned,
    },
  }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '12' },
      customers: { type: 'string', default: '300' },
      days: { type: 'string', default: '40' },
    },
  })
  const started = performance.now()
  const names = Array.from({ length: Number(values.seeds) }, (_, i) => `prior-${i + 1}`)
  const settings: Settings = { customers: Number(values.customers), days: Number(values.days) }
  const rows = await playSeeds<Row>(new URL(import.meta.url), settings, names)
  const words = Object.entries(MODELS).map(([name, model]) => [name, model.words])
  const comparison: Comparison = {
    ways: { ...Object.fromEntries(words), even: 'an even draw', oracle: 'the oracle' },
    better: 'large',
    digits: 2,
  }
  const gained = intervalOf(
    rows.map((row) => (row[PLACE]?.['learnt'] ?? Number.NaN) - (row[PLACE]?.['given'] ?? Number.NaN)),
  )
  printVerdicts(
    `Prior learnt and given: margin on top per person, ${values.seeds} markets of ${values.customers} people over ${values.days} days (95 % intervals; differences seed by seed)`,
    [
      ...comparedIn(PLACE, rows, comparison),
      {
        what: 'why it is off unasked: it is not surely better than the prior given',
        ours: gained.low > 0 ? 'it is' : 'it is not',
        known: '',
        peer: '',
        ok: !(gained.low > 0),
      },
    ],
  )
  process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`)
}

if (isMainThread) await main()
else {
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (seed: string) => port.postMessage(play(seed, workerData as Settings)))
}
