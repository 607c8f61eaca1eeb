// Over many seeded markets with drift and late orders: what the learner earns beside the best single
// action, an even draw and an oracle, and whom the gate lets through. Worse policies (an even draw, always
// a discount, silence, a model that stopped learning) must not pass in more than 5 % of seeds; of better
// ones it says how many pass. `node bench/learning/gate.ts [--seeds 50] [--days 60] [--customers 700]`

import { parseArgs } from 'node:util'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { present } from '../../src/kernel/assert.ts'
import { playGateSeed, type GateSeed, type GateSeedOptions } from './gate-seed.ts'
import { printVerdicts, type Verdict } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

const Z95 = 1.959964

const meanOf = (values: readonly number[]): string => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1)
  const half = Z95 * Math.sqrt(variance / n)
  return `${mean.toFixed(2)} [${(mean - half).toFixed(2)}, ${(mean + half).toFixed(2)}]`
}

const playAll = async (settings: GateSeedOptions, seeds: number): Promise<readonly GateSeed[]> =>
  playSeeds<GateSeed>(
    new URL(import.meta.url),
    settings,
    Array.from({ length: seeds }, (_, index) => `gate-${index + 1}`),
  )

const profit = (rows: readonly GateSeed[]): readonly Verdict[] => {
  const of = (pick: (row: GateSeed) => number) => meanOf(rows.map(pick))
  const wins = (won: (row: GateSeed) => boolean) => `${rows.filter(won).length} of ${rows.length} seeds`
  const line = (what: string, ours: string, ok: boolean | null = null): Verdict => ({
    what,
    ours,
    known: '',
    peer: '',
    ok,
  })
  return [
    line(
      'margin on top per person: the learner',
      of((row) => row.learnt),
    ),
    line(
      'the best single action (known in hindsight)',
      of((row) => row.best),
    ),
    line(
      'an even draw',
      of((row) => row.uniform),
    ),
    line(
      'the oracle',
      of((row) => row.oracle),
    ),
    line(
      'learner less best single action',
      of((row) => row.learnt - row.best),
    ),
    line(
      'the same in the second half, after the drift',
      of((row) => row.lateLearnt - row.lateBest),
    ),
    line(
      'learner earns more than the best single action in',
      wins((row) => row.learnt > row.best),
    ),
    line(
      'learner earns more than an even draw in',
      wins((row) => row.learnt > row.uniform),
      rows.filter((row) => row.learnt > row.uniform).length > rows.length / 2,
    ),
  ]
}

/** Each kind of challenger: how many were worse by the truth, how many passed, how many of those were worse. */
const gate = (rows: readonly GateSeed[]): readonly Verdict[] => {
  const kinds = [...new Set(rows.flatMap(({ tried }) => tried.map(({ name }) => name)))]
  const verdicts = kinds.map((name): Verdict => {
    const all = rows.flatMap(({ tried }) => tried.filter((one) => one.name === name))
    const worse = all.filter(({ truth }) => truth <= 0)
    const passed = all.filter((one) => one.passedAt !== null)
    const wrong = worse.filter((one) => one.passedAt !== null)
    const gain = all.reduce((sum, { truth }) => sum + truth, 0) / all.length
    return {
      what: `${name} (truth ${gain.toFixed(3)} per decision)`,
      ours: `worse in ${worse.length} of ${all.length}; passed ${passed.length}, of them worse ${wrong.length}`,
      known: wrong.length > 0 || worse.length > 0 ? 'worse: at most 5 %' : '',
      peer: '',
      ok: worse.length === 0 ? null : wrong.length <= 0.05 * rows.length,
    }
  })
  const seedsWrong = rows.filter(({ tried }) =>
    tried.some(({ truth, passedAt }) => truth <= 0 && passedAt !== null),
  ).length
  const better = rows.flatMap(({ tried }) => tried.filter(({ truth }) => truth > 0))
  return [
    ...verdicts,
    {
      what: 'seeds in which any worse policy passed',
      ours: `${seedsWrong} of ${rows.length}`,
      known: 'at most 5 %',
      peer: '',
      ok: seedsWrong <= 0.05 * rows.length,
    },
    {
      what: 'better policies that passed, of all that were better',
      ours: `${better.filter(({ passedAt }) => passedAt !== null).length} of ${better.length}`,
      known: '',
      peer: '',
      ok: null,
    },
  ]
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '50' },
      days: { type: 'string', default: '60' },
      customers: { type: 'string', default: '700' },
    },
  })
  const settings = { days: Number(values.days), customers: Number(values.customers) }
  const seeds = Number(values.seeds)
  const started = performance.now()
  const rows = await playAll(settings, seeds)
  const decisions = rows.reduce((sum, row) => sum + row.decisions, 0) / rows.length
  printVerdicts(
    `${seeds} markets of ${settings.customers} people over ${settings.days} days, tastes move half way, half of the orders come after 1.5 days; ${Math.round(decisions)} decisions each`,
    [...profit(rows), ...gate(rows)],
  )
  process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`)
}

if (isMainThread) await main()
else {
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (seed: string) => port.postMessage(playGateSeed(workerData as GateSeedOptions, seed)))
}
