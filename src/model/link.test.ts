// Rules M14 and M15: a dense model of chances.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../kernel/failure.ts'
import { createRng } from '../kernel/rng.ts'
import type { BanditOptions } from './bandit.ts'
import { createBandit, dumpBandit, learn, restoreBandit, scoreActions } from './bandit.ts'
import { choose } from './choose.ts'
import type { Feature } from './events.ts'
import { distribution } from './policy.ts'

const ACTIONS = ['a', 'b', 'c', 'd']
const WIDTH = 6
const ROUNDS = 1_200
const LINE: Partial<BanditOptions> = {
  kind: 'dense',
  winsorise: false,
  learnsPrior: true,
  prior: { shared: 1e-9, action: 1, cross: 20 },
}
const CHANCES: Partial<BanditOptions> = {
  ...LINE,
  link: 'logit',
  prior: { shared: 1e-9, action: 4, cross: 80 },
}
const actionOf = (id: string): readonly Feature[] => [[`action=${id}`, 1]]

/** What is lost of the best action's chance, and how far chances said are from those that hold, late in the run. */
const play = (seed: string, options: Partial<BanditOptions>) => {
  const world = createRng(`chances ${seed}`)
  const rng = createRng(`draws ${seed}`)
  const weights = ACTIONS.map(() => Array.from({ length: WIDTH }, () => 2 * world.normal()))
  const bandit = createBandit(options)
  let [lost, off, told] = [0, 0, 0]
  for (let i = 0; i < ROUNDS; i++) {
    const x = Array.from({ length: WIDTH }, () => world.normal())
    const luck = world.uniform()
    const shared = x.map((value, c): Feature => [`x${c}`, value / Math.sqrt(WIDTH)])
    const truth = weights.map((own) => {
      const score = own.reduce((sum, w, c) => sum + w * (x[c] ?? 0), -2)
      return 1 / (1 + Math.exp(-score))
    })
    const scores = scoreActions(bandit, { shared, actions: ACTIONS.map(actionOf) })
    const policy = { kind: 'optimism', posteriorScale: 1, explorationFloor: 0 } as const
    const p = distribution(policy, scores, { examples: i, actionIds: ACTIONS })
    const { index, propensity } = choose(p, rng)
    lost += Math.max(...truth) - (truth[index] ?? 0)
    if (i > ROUNDS / 2) {
      off += Math.abs((scores.mean[index] ?? 0) - (truth[index] ?? 0))
      told++
    }
    const reward = luck < (truth[index] ?? 0) ? 1 : 0
    learn(bandit, { shared, action: actionOf(ACTIONS[index] ?? ''), reward, propensity, at: 0 })
  }
  return { lost, off: off / told, bandit }
}

describe('a dense model of chances', () => {
  it('M14 where outcomes stem from log-odds it loses less than a line, and says truer chances', () => {
    const seeds = ['1', '2', '3', '4']
    const [line, chances] = [LINE, CHANCES].map((options) => seeds.map((seed) => play(seed, options)))
    const sum = (runs: typeof line, of: 'lost' | 'off') =>
      (runs ?? []).reduce((total, run) => total + run[of], 0)
    assert.ok(
      sum(chances, 'lost') < 0.9 * sum(line, 'lost'),
      `${sum(chances, 'lost')} against ${sum(line, 'lost')}`,
    )
    assert.ok(
      sum(chances, 'off') < 0.7 * sum(line, 'off'),
      `${sum(chances, 'off')} against ${sum(line, 'off')}`,
    )
    const [run] = chances ?? []
    assert.ok(run !== undefined)
    const again = restoreBandit(dumpBandit(run.bandit), CHANCES)
    const ask = { shared: [['x1', 0.4]] as const, actions: ACTIONS.map(actionOf) }
    assert.deepEqual(scoreActions(again, ask), scoreActions(run.bandit, ask))
    for (const chance of scoreActions(again, ask).mean) assert.ok(chance > 0 && chance < 1)
  })

  it('M15 rewards other than 0 and 1 are refused, and so is a hashed model of chances', () => {
    const bandit = createBandit(CHANCES)
    const before = dumpBandit(bandit)
    const example = { shared: [], action: actionOf('a'), reward: 0.5, propensity: 1, at: 0 }
    assert.throws(
      () => learn(bandit, example),
      (thrown) => isFailure(thrown, 'model.example_invalid'),
    )
    assert.deepEqual(dumpBandit(bandit), before)
    assert.throws(
      () => createBandit({ link: 'logit' }),
      (thrown) => isFailure(thrown, 'model.options_invalid'),
    )
  })
})
