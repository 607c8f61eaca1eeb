// Change points beside fading alone: what a turn of the world costs. In linear worlds whose weights are drawn anew half way
// (regret after the turn; false finds where nothing turned), and in the bare market whose tastes move half way.
// `node bench/learning/drift.ts [--seeds 10] [--markets 4]`

import { parseArgs } from 'node:util'
import { createState } from '../../src/loop.ts'
import { demoPlanYaml } from '../../src/app/demo-plan.ts'
import { parsePlan, planInForce } from '../../src/app/plan.ts'
import { present } from '../../src/kernel/assert.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { HOUR_MS } from '../../src/kernel/time.ts'
import {
  choose,
  createBandit,
  distribution,
  learn,
  scoreActions,
  type BanditOptions,
} from '../../src/model/index.ts'
import { runLinear } from '../../src/model/testing/linear-world.ts'
import { createBareLearner } from '../../src/sim/bare-learner.ts'
import { runBare } from '../../src/sim/bare-run.ts'
import { scheduledCampaign } from '../../src/sim/bare-seed.ts'
import { HEADLESS_DEFAULTS, type HeadlessOptions } from '../../src/sim/headless.ts'
import { createPeople } from '../../src/sim/people.ts'
import { WORLD_DEFAULTS } from '../../src/sim/world.ts'
import { printVerdicts, type Verdict } from './peer.ts'

const ROUNDS = 12_000
const TURN = 6_000
const POLICY = { kind: 'thompson', explorationFloor: 0.05 } as const

type Played = { readonly late: number; readonly found: number; readonly after: number | null }

const play = (
  options: Partial<BanditOptions>,
  world: { readonly seed: string; readonly noise: number; readonly turns: boolean },
): Played => {
  const bandit = createBandit(options)
  const rng = createRng(world.seed)
  let late = 0
  let after: number | null = null
  runLinear(
    { seed: world.seed, rounds: ROUNDS, noise: world.noise, ...(world.turns ? { driftAt: TURN } : {}) },
    ({ round, at, shared, actions, actionIds, truth, rewardOf }) => {
      const scores = scoreActions(bandit, { shared, actions })
      const p = distribution(POLICY, scores, { examples: bandit.examples, actionIds })
      const { index, propensity } = choose(p, rng)
      if (round >= TURN) late += Math.max(...truth) - (truth[index] ?? 0)
      const { found } = bandit.change
      learn(bandit, { shared, action: actions[index] ?? [], reward: rewardOf(index), propensity, at })
      if (bandit.change.found > found && round >= TURN) after ??= round - TURN
    },
  )
  return { late, found: bandit.change.found, after }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const interval = (values: readonly number[], digits: number): string => {
  const mean = meanOf(values)
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const half = 1.96 * Math.sqrt(variance / values.length)
  return `${mean.toFixed(digits)} [${(mean - half).toFixed(digits)}, ${(mean + half).toFixed(digits)}]`
}

const linear = (seeds: number): readonly Verdict[] => {
  const names = Array.from({ length: seeds }, (_, i) => `turn-${i + 1}`)
  return (['hashed', 'dense'] as const).flatMap((kind) =>
    [0.5, 3].flatMap((noise): readonly Verdict[] => {
      const of = (changePoints: boolean, turns: boolean, halfLifeDays = 60) =>
        names.map((seed) => play({ kind, changePoints, halfLifeDays }, { seed, noise, turns }))
      const [found, faded, quick] = [of(true, true), of(false, true), of(false, true, 5)]
      const still = of(true, false)
      const lates = (runs: readonly Played[]) => runs.map(({ late }) => late)
      const saved = found.map(({ late }, i) => (faded[i]?.late ?? 0) - late)
      const when = found.flatMap(({ after }) => (after === null ? [] : [after]))
      const what = `${kind}, noise ${noise}`
      return [
        {
          what: `${what}: regret after the turn (peer: fading alone, 60 days; 5 days)`,
          ours: interval(lates(found), 0),
          known: '',
          peer: `${meanOf(lates(faded)).toFixed(0)}; ${meanOf(lates(quick)).toFixed(0)}`,
          ok: meanOf(saved) >= 0,
        },
        {
          what: `${what}: found, examples after the turn`,
          ours: `${when.length} of ${seeds}, ${when.length === 0 ? 'none' : meanOf(when).toFixed(0)}`,
          known: '',
          peer: '',
          ok: null,
        },
        {
          what: `${what}: false finds in ${seeds} worlds without a turn`,
          ours: String(still.reduce((sum, one) => sum + one.found, 0)),
          known: '0',
          peer: '',
          ok: still.every((one) => one.found === 0),
        },
      ]
    }),
  )
}

const market = (markets: number): readonly Verdict[] => {
  const plan = present(parsePlan(demoPlanYaml(), planInForce(createState())).plan, "the demo's plan")
  const campaign = scheduledCampaign({ plan, campaignId: 'win-back' })
  const days = 60
  const runs = Array.from({ length: markets }, (_, i) => {
    const options: HeadlessOptions = {
      ...HEADLESS_DEFAULTS,
      plan,
      seed: `drift-${i + 1}`,
      customers: 2_000,
      days,
      stepMs: HOUR_MS,
      driftDay: days / 2,
    }
    const people = createPeople({ ...WORLD_DEFAULTS, ...options })
    const late = (changePoints: boolean) => {
      const player = createBareLearner({ seed: options.seed, campaign, people, model: { changePoints } })
      return {
        earned: runBare({ ...options, campaign, player }).halves[1],
        found: player.model.change.found,
      }
    }
    return { with: late(true), without: late(false) }
  })
  return [
    {
      what: 'bare market, tastes move half way: margin per person afterwards (peer: fading alone)',
      ours: interval(
        runs.map((run) => run.with.earned),
        2,
      ),
      known: '',
      peer: meanOf(runs.map((run) => run.without.earned)).toFixed(2),
      // Told, not judged: it is why changes are not watched for unasked.
      ok: null,
    },
    {
      what: 'bare market: changes found',
      ours: `${runs.filter((run) => run.with.found > 0).length} of ${markets}`,
      known: '',
      peer: '',
      ok: null,
    },
  ]
}

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '10' }, markets: { type: 'string', default: '4' } },
})
printVerdicts(
  `A turn of the world, ${values.seeds} linear worlds of ${ROUNDS} examples (200 a day) and ${values.markets} markets`,
  [...linear(Number(values.seeds)), ...market(Number(values.markets))],
)
