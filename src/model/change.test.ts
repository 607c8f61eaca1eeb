// Rules M78 and M79: a changed world is noticed, and one that has not changed is left in peace.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { createBandit, dumpBandit, learn, modelVersionOf, restoreBandit, scoreActions } from './bandit.ts'
import type { Bandit, BanditOptions } from './bandit.ts'
import { createChangeWatch, watchChange } from './change.ts'
import { choose } from './choose.ts'
import { distribution } from './policy.ts'
import type { LinearWorldOptions } from './testing/linear-world.ts'
import { runLinear } from './testing/linear-world.ts'

const TURN = 2_500
const WORLD = { rounds: 4_000 } as const
const KEPT = { kind: 'dense', changePoints: true } as const

const playIn = (
  world: LinearWorldOptions,
  options: Partial<BanditOptions>,
): { readonly bandit: Bandit; readonly lost: number } => {
  const bandit = createBandit(options)
  const rng = createRng(world.seed)
  let lost = 0
  runLinear(world, ({ round, at, shared, actions, actionIds, truth, rewardOf }) => {
    const scores = scoreActions(bandit, { shared, actions })
    const policy = { kind: 'thompson', explorationFloor: 0.05 } as const
    const p = distribution(policy, scores, { examples: bandit.examples, actionIds })
    const { index, propensity } = choose(p, rng)
    if (round >= TURN) lost += Math.max(...truth) - (truth[index] ?? 0)
    learn(bandit, { shared, action: actions[index] ?? [], reward: rewardOf(index), propensity, at })
  })
  return { bandit, lost }
}

describe('changes of the world', () => {
  for (const kind of ['hashed', 'dense'] as const) {
    it(`M78 ${kind}: a turn is noticed, and less is lost than by fading alone`, () => {
      let [found, faded, noticed] = [0, 0, 0]
      for (const seed of ['left', 'right', 'back']) {
        const world = { ...WORLD, seed, driftAt: TURN }
        const watching = playIn(world, { kind, changePoints: true })
        if (watching.bandit.change.found === 1) {
          noticed++
          assert.match(modelVersionOf(watching.bandit), /-r0-c1-n4000$/)
        }
        found += watching.lost
        faded += playIn(world, { kind, changePoints: false }).lost
      }
      assert.ok(noticed >= 2, `${noticed} of 3`)
      assert.ok(found < 0.7 * faded, `${found} of ${faded}`)
    })

    it(`M79 ${kind}: without a turn none is found, and nothing is learnt otherwise`, () => {
      for (const seed of ['left', 'right']) {
        const watching = playIn({ ...WORLD, seed }, { kind, changePoints: true })
        assert.equal(watching.bandit.change.found, 0, seed)
        assert.equal(watching.lost, playIn({ ...WORLD, seed }, { kind, changePoints: false }).lost)
      }
    })
  }

  it('M79 rare purchases, heavy tails and an overconfident model are no change', () => {
    for (const slope of [1, 0.4, 0]) {
      const watch = createChangeWatch()
      const rng = createRng(`rare ${slope}`)
      for (let i = 0; i < 60_000; i++) {
        const effect = 0.1 * rng.normal()
        const buys = rng.uniform() < 0.03
        const reward = buys ? Math.exp(rng.normal()) / 0.32 - 0.155 : -0.155
        watchChange(watch, { effect, residual: reward + (slope - 1) * effect, at: i })
      }
      assert.equal(watch.found, 0, `slope ${slope}`)
    }
  })

  it('M78 the watch goes on after a restore as if nothing had been', () => {
    const { bandit } = playIn({ ...WORLD, seed: 'kept' }, KEPT)
    const restored = restoreBandit(dumpBandit(bandit), KEPT)
    assert.deepEqual(restored.change, bandit.change)
    const torn = { ...dumpBandit(bandit), change: new Float64Array(3) }
    assert.throws(() => restoreBandit(torn, KEPT), /watch of changes/)
  })
})
