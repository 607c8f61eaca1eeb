// How long a decision takes in process: score 20 actions with 40 weights each and reckon exact
// propensities, beside the bare dot products on the same machine in the same run.

import { createRng } from '../src/kernel/rng.ts'
import type { Bandit, Feature, PolicySpec } from '../src/model/index.ts'
import { choose, createBandit, distribution, learn, scoreActions } from '../src/model/index.ts'
import type { Row } from './rows.ts'
import { rowOf } from './rows.ts'

const ACTIONS = 20
const SHARED = 9
/** Own weight and nine crosses for each of four features: 40 weights an action. */
const OWN = 4
const WEIGHTS = OWN * (SHARED + 1)
const EXAMPLES = 20_000
const WARM_UP = 20_000
/** Short rounds, so that most of them run undisturbed even on a busy machine. */
const ROUNDS = 400
const PER_ROUND = 100

type World = {
  readonly contexts: readonly (readonly Feature[])[]
  readonly actions: readonly (readonly Feature[])[]
  readonly actionIds: readonly string[]
}

const world = (): World => {
  const rng = createRng('bench')
  const actionIds = Array.from({ length: ACTIONS }, (_, a) => `a${a}`)
  return {
    actionIds,
    // No two actions share a feature here: the worst case, since shared ones are reckoned once.
    actions: actionIds.map((id): readonly Feature[] => [
      [`action=${id}`, 1],
      [`creative=${id}`, 1],
      [`offer=${id}`, 1],
      [`moment=${id}`, 1],
    ]),
    contexts: Array.from({ length: 512 }, () =>
      Array.from(
        { length: SHARED },
        (_, s): Feature => (s < 6 ? [`trait${s}=${rng.below(10)}`, 1] : [`number${s}`, rng.normal()]),
      ),
    ),
  }
}

const train = (bandit: Bandit, { contexts, actions }: World): void => {
  const rng = createRng('train')
  for (let i = 0; i < EXAMPLES; i++) {
    const shared = contexts[rng.below(contexts.length)] ?? []
    const action = actions[rng.below(ACTIONS)] ?? []
    learn(bandit, { shared, action, reward: rng.uniform() < 0.05 ? 20 : 0, propensity: 0.05, at: i })
  }
}

/** Lower quartile over the rounds, in µs per call. */
const microseconds = (work: (i: number) => void): number => {
  for (let i = 0; i < WARM_UP; i++) work(i)
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const start = performance.now()
    for (let i = 0; i < PER_ROUND; i++) work(round * PER_ROUND + i)
    return ((performance.now() - start) * 1_000) / PER_ROUND
  })
  return times.toSorted((a, b) => a - b)[ROUNDS >> 2] ?? 0
}

/** The same number of multiplications and reads from as large a table, and nothing else. */
const bareDotProducts = (): number => {
  const table = new Float32Array(2 ** 18).fill(0.5)
  const rng = createRng('bare')
  const index = Int32Array.from({ length: 512 * ACTIONS * WEIGHTS }, () => rng.below(table.length))
  const out = new Float64Array(ACTIONS)
  return microseconds((i) => {
    let at = (i % 512) * ACTIONS * WEIGHTS
    for (let a = 0; a < ACTIONS; a++) {
      let sum = 0
      for (let w = 0; w < WEIGHTS; w++) sum += table[index[at++] as number] as number
      out[a] = sum
    }
  })
}

export const run = async (): Promise<Row[]> => {
  const setting = world()
  const { contexts, actions, actionIds } = setting
  const bandit = createBandit()
  train(bandit, setting)
  const rng = createRng('draws')
  const baseline = bareDotProducts()
  const decide = (policy: PolicySpec) =>
    microseconds((i) => {
      const scores = scoreActions(bandit, { shared: contexts[i & 511] ?? [], actions })
      choose(distribution(policy, scores, { examples: bandit.examples, actionIds }), rng)
    })
  const scored = microseconds((i) => void scoreActions(bandit, { shared: contexts[i & 511] ?? [], actions }))
  const learnt = microseconds((i) => {
    const shared = contexts[i & 511] ?? []
    learn(bandit, {
      shared,
      action: actions[i % ACTIONS] ?? [],
      reward: i % 50 === 0 ? 20 : 0,
      propensity: 0.05,
      at: i,
    })
  })
  return [
    rowOf('score 20 actions × 40 weights, with standard errors', 'µs', scored, baseline),
    rowOf(
      'decide by squarecb, propensity included',
      'µs',
      decide({ kind: 'squarecb', explorationFloor: 0.05 }),
      baseline,
    ),
    rowOf(
      'decide by thompson, propensity by quadrature',
      'µs',
      decide({ kind: 'thompson', explorationFloor: 0.05 }),
      baseline,
    ),
    rowOf('learn one reward', 'µs', learnt, baseline / ACTIONS),
  ]
}

if (import.meta.main) console.table(await run())
