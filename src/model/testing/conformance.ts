// What every model class promises, as one suite that each of them runs.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Column, Dump } from '../../log/dump.ts'
import type { Bandit, BanditOptions } from '../bandit.ts'
import {
  createBandit,
  dumpBandit,
  foldModel,
  learn,
  modelVersionOf,
  restoreBandit,
  scoreActions,
} from '../bandit.ts'
import type { Example, Feature } from '../events.ts'
import { MODEL_RESET } from '../events.ts'
import { runLinear } from './linear-world.ts'

const ACTIONS: readonly (readonly Feature[])[] = ['nothing', 'mail', 'push'].map(
  (name): readonly Feature[] => [
    [`action=${name}`, 1],
    [`channel=${name === 'nothing' ? 'none' : name}`, 1],
    ['cost', 0.1],
  ],
)

/** Examples whose features come and go, over `days` days. */
export const someExamples = (seed: string, count: number, days = 20): readonly Example[] => {
  const rng = createRng(seed)
  return Array.from({ length: count }, (_, i) => ({
    shared: [
      [`segment=${rng.below(3)}`, 1],
      ['recency', rng.normal()],
      ...(rng.uniform() < 0.5 ? [[`city=${rng.below(20)}`, 1] as const] : []),
    ],
    action: ACTIONS[rng.below(3)] ?? [],
    reward: rng.uniform() < 0.2 ? 10 * rng.uniform() : -0.01,
    propensity: 1 / 3,
    at: Math.floor((i / count) * days * DAY_MS),
  }))
}

/** Equal to the last bit, column by column. */
export const sameDump = (left: Dump, right: Dump): void => {
  const bytes = (column: Column | undefined): unknown =>
    ArrayBuffer.isView(column)
      ? [
          column.constructor.name,
          Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('hex'),
        ]
      : column
  assert.deepEqual(Object.keys(left).toSorted(), Object.keys(right).toSorted())
  for (const name of Object.keys(left)) assert.deepEqual(bytes(left[name]), bytes(right[name]), name)
}

const learnt = (options: Partial<BanditOptions>, examples: readonly Example[]): Bandit => {
  const bandit = createBandit(options)
  for (const example of examples) learn(bandit, example)
  return bandit
}

const score = (bandit: Bandit, shared: readonly Feature[]) =>
  scoreActions(bandit, { shared, actions: ACTIONS })

export const modelConformance = (name: string, options: Partial<BanditOptions>): void => {
  describe(`every model: ${name}`, () => {
    learning(options)
    keeping(options)
    refusing(options)
  })
}

const learning = (options: Partial<BanditOptions>): void => {
  it('M1 a fresh model expects 0 of every action and tells none apart', () => {
    const { mean, noise } = score(createBandit(options), [['x', 1]])
    assert.deepEqual([...mean], [0, 0, 0])
    assert.equal(noise, 0)
  })

  it('M2 errors shrink as examples come, and an action nobody tried keeps its own', () => {
    const tried = learnt(
      options,
      someExamples('errors', 200).filter(({ action }) => action !== ACTIONS[2]),
    )
    const more = learnt(
      options,
      someExamples('errors', 2_000).filter(({ action }) => action !== ACTIONS[2]),
    )
    const relative = (bandit: Bandit) =>
      score(bandit, [['segment=1', 1]]).stderr.map((s, _, all) => s / (all[2] as number))
    assert.ok((relative(tried)[1] as number) < 1)
    assert.ok((relative(more)[1] as number) < (relative(tried)[1] as number))
  })

  it('M3 recovers a linear world, whatever the unit of reward', () => {
    for (const unit of [1, 1e6, 1e-6]) {
      const bandit = createBandit({
        ...options,
        halfLifeDays: Infinity,
        prior: { shared: 0.1, action: 1, cross: 4 },
      })
      let squared = 0
      let spread = 0
      runLinear({ seed: 'recover', unit, rounds: 6_000 }, (world) => {
        const a = world.round % world.actions.length
        if (world.round >= 5_000) {
          const { mean } = scoreActions(bandit, world)
          for (const [k, truth] of world.truth.entries()) {
            squared += ((mean[k] as number) - truth) ** 2
            spread += truth ** 2
          }
        }
        learn(bandit, {
          shared: world.shared,
          action: world.actions[a] ?? [],
          reward: world.rewardOf(a),
          propensity: 0.2,
          at: world.at,
        })
      })
      assert.ok(squared / spread < 0.02, `unexplained share ${squared / spread} in units of ${unit}`)
    }
  })

  it('M4 the order of features changes no byte', () => {
    const examples = someExamples('order', 100)
    const turned = examples.map((one) => ({
      ...one,
      shared: one.shared.toReversed(),
      action: one.action.toReversed(),
    }))
    sameDump(dumpBandit(learnt(options, examples)), dumpBandit(learnt(options, turned)))
    const bandit = learnt(options, examples)
    const shared: Feature[] = [
      ['segment=1', 1],
      ['recency', 0.3],
      ['city=4', 1],
    ]
    const turnedActions = ACTIONS.map((action) => action.toReversed())
    assert.deepEqual(
      scoreActions(bandit, { shared, actions: ACTIONS }),
      scoreActions(bandit, { shared: shared.toReversed(), actions: turnedActions }),
    )
  })

  it('M5 features may appear and vanish', () => {
    const bandit = learnt(options, someExamples('vanish', 300))
    const known = score(bandit, [['segment=1', 1]])
    const unknown = score(bandit, [
      ['segment=1', 1],
      ['never=seen', 1],
    ])
    for (const [a, mean] of known.mean.entries()) assert.equal(unknown.mean[a], mean)
    assert.ok(score(bandit, []).mean.every(Number.isFinite))
  })

  it('M6 scoring changes nothing, and inputs are left as they were', () => {
    const examples = someExamples('pure', 100)
    const before = structuredClone(examples)
    const bandit = learnt(options, examples)
    assert.deepEqual(examples, before)
    const dump = dumpBandit(bandit)
    const shared: Feature[] = [['fresh=feature', 1]]
    scoreActions(bandit, { shared, actions: [[['action=fresh', 1]]] })
    sameDump(dump, dumpBandit(bandit))
    assert.deepEqual(shared, [['fresh=feature', 1]])
  })
}

const keeping = (options: Partial<BanditOptions>): void => {
  it('M7 the same examples give the same bytes, also over a dump and restore anywhere', () => {
    const examples = someExamples('restore', 400)
    const whole = dumpBandit(learnt(options, examples))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: examples.length }), (cut) => {
        const half = restoreBandit(
          structuredClone(dumpBandit(learnt(options, examples.slice(0, cut)))),
          options,
        )
        for (const example of examples.slice(cut)) learn(half, example)
        sameDump(whole, dumpBandit(half))
      }),
      { numRuns: 10 },
    )
  })

  it('M8 what is old counts less, by half each half-life, and the prior returns', () => {
    const examples = someExamples('fade', 500, 1)
    const later = (days: number): Bandit => {
      const bandit = learnt({ ...options, halfLifeDays: 10 }, examples)
      learn(bandit, { ...(examples[0] as Example), shared: [], action: [['other', 1]], at: days * DAY_MS })
      return bandit
    }
    const error = (bandit: Bandit) =>
      (score(bandit, [['segment=1', 1]]).stderr[0] as number) / score(bandit, []).noise
    assert.ok(error(later(2)) < error(later(12)) && error(later(12)) < error(later(60)))
    const near = Math.abs(later(2).reward.weight - 1)
    const far = Math.abs(later(12).reward.weight - 1)
    assert.ok(Math.abs(near / far - 2) < 1e-9, `weights ${near} and ${far}`)
  })

  it('M9 a reset brings back the prior and shows in the version', () => {
    const bandit = learnt(options, someExamples('reset', 50))
    const version = modelVersionOf(bandit)
    foldModel(bandit, {
      offset: 1,
      id: 'r',
      type: MODEL_RESET,
      key: '',
      at: 0,
      data: { reason: 'drift', by: 'test' },
    })
    assert.notEqual(modelVersionOf(bandit), version)
    assert.equal(bandit.examples, 0)
    assert.deepEqual([...score(bandit, [['segment=1', 1]]).mean], [0, 0, 0])
    const fresh = { ...dumpBandit(createBandit(options)), about: 0 }
    sameDump({ ...dumpBandit(bandit), about: 0 }, fresh)
  })
}

const refusing = (options: Partial<BanditOptions>): void => {
  it('M10 refuses what is not finite or over a limit, and stays as it was', () => {
    const bandit = learnt(options, someExamples('refuse', 50))
    const before = dumpBandit(bandit)
    const [sound] = someExamples('sound', 1) as [Example]
    const bad: readonly Partial<Example>[] = [
      { reward: Number.NaN },
      { reward: Infinity },
      { propensity: 0 },
      { propensity: 1.5 },
      { propensity: Number.NaN },
      { at: Number.NaN },
      { at: -1 },
      { shared: [['x', Number.NaN]] },
      { action: [['x', -Infinity]] },
      { shared: Array.from({ length: 300 }, (_, i) => [`f${i}`, 1] as const) },
    ]
    for (const part of bad) {
      assert.throws(
        () => learn(bandit, { ...sound, ...part }),
        (error) => isFailure(error) && error.code.startsWith('model.'),
      )
    }
    assert.throws(() => scoreActions(bandit, { shared: [], actions: [] }), { code: 'model.action_count' })
    sameDump(before, dumpBandit(bandit))
  })

  it('M11 a dump of other options, or a torn one, is refused', () => {
    const dump = dumpBandit(learnt(options, someExamples('torn', 20)))
    assert.throws(() => restoreBandit(dump, { ...options, halfLifeDays: 7 }), { code: 'model.dump_invalid' })
    for (const name of Object.keys(dump)) {
      const { [name]: _gone, ...torn } = dump
      assert.throws(() => restoreBandit(torn, options), { code: 'model.dump_invalid' })
    }
  })
}
