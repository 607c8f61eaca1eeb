// Off-policy estimates on the Open Bandit sample beside their known figures and a recomputation in
// pandas; a log with a tiny effective sample, which must be refused; and how often the bounds for adaptive
// logs hold. `node bench/learning/off-policy.ts`

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { importFile, parseMapping } from '../../src/connect/index.ts'
import type { DecisionImported } from '../../src/decision/events.ts'
import {
  createPurse,
  evaluateLike,
  hasWon,
  playBet,
  valueBets,
  type LikeEvaluation,
} from '../../src/feedback/index.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { dataFile, printVerdicts, runPeer, type Verdict } from './peer.ts'

type Figures = { readonly ips: number; readonly snips: number; readonly ess: number }
type Peer = { readonly btsFromRandom: Figures; readonly randomFromBts: Figures }

const MAP = fileURLToPath(new URL('../../examples/maps/open-bandit.yaml', import.meta.url))

const read = async (file: string): Promise<readonly DecisionImported[]> => {
  const rows: DecisionImported[] = []
  await importFile({
    file,
    as: 'decisions',
    map: parseMapping(readFileSync(MAP, 'utf8'), 'decisions'),
    append: async (events) => {
      for (const { data } of events) rows.push(data as DecisionImported)
      return events.map((_, index) => ({ offset: index + 1, duplicate: false }))
    },
  })
  return rows
}

const beside = (
  name: string,
  ours: LikeEvaluation,
  known: Figures,
  peer: Figures | undefined,
): readonly Verdict[] => {
  const row = (
    what: string,
    value: number,
    golden: number,
    other: number | undefined,
    digits: number,
  ): Verdict => ({
    what: `${name}, ${what}`,
    ours: value.toFixed(digits),
    known: golden.toFixed(digits),
    peer: other?.toFixed(digits) ?? '',
    ok: value.toFixed(digits) === golden.toFixed(digits),
  })
  return [
    row('IPS', ours.ips.value, known.ips, peer?.ips, 5),
    row('SNIPS', ours.snips.value, known.snips, peer?.snips, 5),
    row('effective sample', ours.ips.effectiveSample, known.ess, peer?.ess, 0),
  ]
}

const told = (
  name: string,
  { doublyRobust, switched, shrunk, anytime }: LikeEvaluation,
  truth: number,
): Verdict[] => {
  const { low, high } = doublyRobust.interval
  const inside = low <= truth && truth <= high && anytime.low <= truth && truth <= anytime.high
  return [
    {
      what: `${name}, doubly robust [95 %] holds the other log's mean`,
      ours: `${doublyRobust.value.toFixed(5)} [${low.toFixed(5)}, ${high.toFixed(5)}]`,
      known: truth.toFixed(5),
      peer: '',
      ok: inside,
    },
    {
      what: `${name}, SWITCH and DRos at the level SLOPE picks`,
      ours: `${switched.value.toFixed(5)} ${shrunk.value.toFixed(5)}`,
      known: '',
      peer: '',
      ok: null,
    },
  ]
}

/** The rarest action of a log, always: nearly no row took it. */
const refused = (rows: readonly DecisionImported[]): Verdict => {
  const counts = new Map<string, number>()
  for (const { action } of rows) counts.set(action, (counts.get(action) ?? 0) + 1)
  const [rarest = '', count = 0] = [...counts].toSorted((left, right) => left[1] - right[1])[0] ?? []
  const like = rows.filter(({ action }) => action === rarest)
  const { ips, refusal } = evaluateLike({ rows, like, by: [], rewardName: 'click' })
  return {
    what: `men, always item ${rarest} (${count} rows of BTS), effective sample`,
    ours: `${ips.effectiveSample.toFixed(0)}: ${refusal?.code ?? 'claimed'}`,
    known: 'refused below 100',
    peer: '',
    ok: refusal !== null && ips.effectiveSample < 100,
  }
}

const RUNS = 500
const STEPS = 2_000

/** How often a 95 % bound of either side is ever wrong on logs of a policy that learns as it goes. */
const coverage = (): Verdict => {
  const rng = createRng('off-policy bench')
  const chances = [0.02, 0.04, 0.08, 0.05]
  const policy = [0.25, 0.25, 0.25, 0.25]
  const truth = (20 * chances.reduce((sum, chance) => sum + chance, 0)) / chances.length
  const range = { gains: 20, losses: 0, spread: 4 }
  let missed = 0
  for (let run = 0; run < RUNS; run++) {
    const purses = [createPurse(truth), createPurse(-truth)] as const
    const sums = chances.map(() => 0)
    const counts = chances.map(() => 1)
    let wrong = false
    for (let step = 0; step < STEPS && !wrong; step++) {
      const predicted = sums.map((sum, i) => sum / (counts[i] ?? 1))
      const best = predicted.indexOf(Math.max(...predicted))
      const logged = chances.map((_, i) => (i === best ? 0.85 : 0.05))
      let point = rng.uniform()
      const taken = Math.max(
        0,
        logged.findIndex((p) => (point -= p) < 0),
      )
      const reward = rng.uniform() < (chances[taken] ?? 0) ? 20 : 0
      const { low, high } = valueBets({ taken, reward, logged, predicted }, policy, range)
      playBet(purses[0], low)
      playBet(purses[1], high)
      wrong = purses.some((purse) => hasWon(purse, 0.025))
      sums[taken] = (sums[taken] ?? 0) + reward
      counts[taken] = (counts[taken] ?? 0) + 1
    }
    if (wrong) missed++
  }
  return {
    what: `bounds for adaptive logs, ${RUNS} logs looked at after each of ${STEPS} rows: covered in`,
    ours: `${((100 * (RUNS - missed)) / RUNS).toFixed(1)} %`,
    known: 'at least 95 %',
    peer: '',
    ok: missed <= 0.05 * RUNS,
  }
}

const random = dataFile('obd_small', 'random_men.csv.gz')
const bts = dataFile('obd_small', 'bts_men.csv.gz')
if (random === null || bts === null)
  process.stdout.write('The Open Bandit sample is not here (set WINDVANE_DATA): nothing was measured.\n')
else {
  const [randomRows, btsRows] = [await read(random), await read(bts)]
  const forward = evaluateLike({ rows: randomRows, like: btsRows, by: ['position'], rewardName: 'click' })
  const back = evaluateLike({ rows: btsRows, like: 'uniform', by: [], rewardName: 'click' })
  const peer = runPeer<Peer>('off-policy-peer.py', [random, bts])
  printVerdicts('Off-policy evaluation on the Open Bandit sample (men)', [
    ...beside('BTS from random', forward, { ips: 0.00566, snips: 0.00574, ess: 2869 }, peer?.btsFromRandom),
    ...told('BTS from random', forward, 0.0069),
    ...beside('random from BTS', back, { ips: 0.00301, snips: 0.00319, ess: 656 }, peer?.randomFromBts),
    ...told('random from BTS', back, 0.0046),
    refused(btsRows),
    coverage(),
  ])
}
