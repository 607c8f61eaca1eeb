// Rules BR1 to BR8: a log replayed as if policies that learn had decided.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import type { Frame } from '../../model/index.ts'
import { renderReplay, replayBandits, type ReplayInput } from '../index.ts'

const KINDS = ['young', 'old'] as const
const ACTIONS = ['a', 'b', 'c'] as const

/** Reward of an action: `taste` is what young people gain by `a` and old people by `b`. */
const meanOf = (kind: number, action: number, taste: number): number =>
  0.4 + (action === 2 ? 0.1 : 0) + (action === kind ? taste : 0)

type World = {
  readonly n: number
  readonly taste: number
  readonly seed: string
  /** Of each action; by the kind of person where there are two rows. */
  readonly draw?: readonly (readonly number[])[]
}

const logOf = ({ n, taste, seed, draw = [[1 / 3, 1 / 3, 1 / 3]] }: World): ReplayInput => {
  const rng = createRng(seed)
  const kinds = new Int32Array(n)
  const ages = new Float64Array(n)
  const rewards = new Float64Array(n)
  const propensities = new Float64Array(n)
  const actions = Array.from({ length: n }, (_, row) => {
    const kind = rng.below(2)
    const p = (draw[kind] ?? draw[0]) as readonly number[]
    const point = rng.uniform()
    const action = point < (p[0] ?? 0) ? 0 : point < (p[0] ?? 0) + (p[1] ?? 0) ? 1 : 2
    kinds[row] = kind
    ages[row] = 1000 + 300 * rng.normal()
    rewards[row] = meanOf(kind, action, taste) + 0.5 * rng.normal()
    propensities[row] = p[action] ?? 0
    return ACTIONS[action]
  })
  const context: Frame = {
    rows: n,
    columns: [
      { kind: 'category', name: 'kind', levels: [...KINDS], codes: kinds },
      { kind: 'number', name: 'age', values: ages, missing: new Uint8Array(n) },
    ],
  }
  return {
    context,
    actions,
    rewards,
    propensities,
    times: null,
    policies: [
      { name: 'thompson', policy: { kind: 'thompson', explorationFloor: 0.05 } },
      { name: 'squarecb', policy: { kind: 'squarecb', explorationFloor: 0.05 } },
    ],
    seed: '1',
  }
}

const UNEVEN = [
  [0.2, 0.3, 0.5],
  [0.6, 0.2, 0.2],
] as const
const refused = (code: string) => (error: unknown) => isFailure(error, code)

describe('a replayed log', () => {
  it('BR1 estimates of single actions and of an even draw are those of the world, from uneven propensities', () => {
    const result = replayBandits(logOf({ n: 2_000, taste: 0.6, seed: 'truth', draw: UNEVEN }))
    const truths = [0.7, 0.7, 0.5]
    for (const [i, { name, estimate }] of result.constants.entries()) {
      const off = Math.abs(estimate.value - (truths[i] ?? 0))
      assert.ok(off < 3.5 * estimate.stderr && estimate.stderr < 0.07, `${name} ${estimate.value}`)
    }
    assert.ok(Math.abs(result.even.estimate.value - 1.9 / 3) < 3.5 * result.even.estimate.stderr)
    assert.equal(result.propensities, 'logged')
    for (const { propensityCheck } of result.actions) assert.ok(Math.abs(propensityCheck - 1) < 0.1)
  })

  it('BR2 learning is said to pay where tastes differ, and where they do not it is not', () => {
    const differ = replayBandits(logOf({ n: 1_500, taste: 0.6, seed: 'differ', draw: UNEVEN }))
    assert.equal(differ.verdict.kind, 'learning_pays')
    const [thompson] = differ.learners
    // At its best it would earn 1.0 less the floor; learning on the way costs some of it.
    assert.ok((thompson?.estimate.value ?? 0) > 0.85 && (thompson?.overBest?.low ?? 0) > 0.1)
    assert.ok((thompson?.overLog?.low ?? 0) > 0.1)
    assert.ok((thompson?.fifths.at(-1) ?? 0) > 0.85)
    let said = 0
    for (let i = 0; i < 8; i++) {
      const { verdict } = replayBandits(logOf({ n: 400, taste: 0, seed: `same ${i}`, draw: UNEVEN }))
      if (verdict.kind === 'learning_pays') said++
    }
    assert.ok(said <= 1, `${said} of 8 logs without anything to learn`)
  })

  it('BR3 each row is judged before it is learnt from, in the order of time', () => {
    const log = logOf({ n: 500, taste: 0.6, seed: 'before' })
    const changed = { ...log, rewards: log.rewards.with(499, (log.rewards[499] ?? 0) + 7) }
    const [one, two] = [replayBandits(log), replayBandits(changed)]
    // Nothing but the last row's own reward has moved: even draw, weight 1.
    assert.ok(Math.abs(two.even.estimate.value - one.even.estimate.value - 7 / 500) < 1e-12)
    assert.deepEqual(two.learners[0]?.fifths.slice(0, 4), one.learners[0]?.fifths.slice(0, 4))
    const rows = Array.from({ length: 500 }, (_, row) => 499 - row)
    const turned: ReplayInput = {
      ...log,
      actions: log.actions.toReversed(),
      rewards: log.rewards.toReversed(),
      propensities: log.propensities?.toReversed() ?? null,
      context: {
        rows: 500,
        columns: log.context.columns.map((column) =>
          column.kind === 'number'
            ? { ...column, values: column.values.toReversed() }
            : { ...column, codes: column.codes.toReversed() },
        ),
      },
      times: Float64Array.from(rows, (row) => row * 60_000),
    }
    const timed = { ...log, times: Float64Array.from(log.actions, (_, row) => row * 60_000) }
    assert.deepEqual(replayBandits(turned).learners, replayBandits(timed).learners)
  })

  it('BR4 without propensities chance is assumed, unless the log is seen to have chosen by a column', () => {
    const even = logOf({ n: 1_200, taste: 0.6, seed: 'chance' })
    const assumed = replayBandits({ ...even, propensities: null })
    assert.equal(assumed.propensities, 'assumed')
    assert.equal(assumed.verdict.kind, 'learning_pays')
    const chosen = replayBandits({
      ...logOf({ n: 1_200, taste: 0.6, seed: 'chosen', draw: UNEVEN }),
      propensities: null,
    })
    assert.deepEqual(
      [chosen.verdict.kind, chosen.verdict.reason, chosen.verdict.columns],
      ['refused', 'choice_depends_on_context', ['kind']],
    )
  })

  it('BR5 on the rows it would have drawn itself a policy learns only from those, and too few are refused', () => {
    const { learners } = replayBandits(logOf({ n: 3_000, taste: 0.6, seed: 'own', draw: UNEVEN }))
    const own = learners[0]?.own
    assert.ok(own !== null && own !== undefined && !own.isRefused)
    // A fifth of the rows is left when all actions are made as rare as the rarest; of these it keeps what it drew too.
    assert.ok(own.n > 400 && own.n < 800, `${own.n} rows`)
    assert.ok(own.value > 0.8 && own.low < own.value && own.value < own.high)
    const few = replayBandits(logOf({ n: 200, taste: 0.6, seed: 'few', draw: UNEVEN })).learners[0]?.own
    assert.equal(few?.isRefused, true)
  })

  it('BR6 wrong propensities get no verdict, and rows that cannot be are named', () => {
    const log = logOf({ n: 1_000, taste: 0.6, seed: 'wrong', draw: UNEVEN })
    const { verdict } = replayBandits({ ...log, propensities: new Float64Array(1_000).fill(0.2) })
    assert.deepEqual([verdict.kind, verdict.reason], ['refused', 'propensities_do_not_add_up'])
    const one = replayBandits({ ...log, actions: log.actions.map(() => 'a') })
    assert.deepEqual([one.verdict.kind, one.verdict.reason], ['refused', 'one_action'])
    const bad = (more: Partial<ReplayInput>) => () => replayBandits({ ...log, ...more })
    const { propensities, rewards } = log
    assert.throws(
      bad({ propensities: (propensities ?? rewards).with(3, 0) }),
      refused('replay.propensity_invalid'),
    )
    assert.throws(bad({ rewards: rewards.with(3, Number.NaN) }), refused('replay.reward_invalid'))
    assert.throws(
      bad({ actions: log.actions.map((_, row) => `a${row}`) }),
      refused('replay.too_many_actions'),
    )
    assert.throws(() => replayBandits(logOf({ n: 0, taste: 0, seed: '' })), refused('replay.no_rows'))
  })

  it('BR7 the same log and seed give the same result, and the log is left as it was', () => {
    const log = logOf({ n: 300, taste: 0.6, seed: 'same' })
    const before = structuredClone(log)
    assert.deepEqual(replayBandits(log), replayBandits(log))
    assert.deepEqual(log, before)
  })

  it('BR8 the table is printed in English and Russian, and no name in it steers the terminal', () => {
    const log = logOf({ n: 700, taste: 0.6, seed: 'print' })
    const hostile = { ...log, actions: log.actions.map((action) => `${action}\u001b[2J`) }
    const en = renderReplay(replayBandits(hostile))
    assert.match(en, /always a\?\[2J/)
    assert.match(en, /Verdict: nothing that learns surely earns more than always b/)
    assert.ok(!en.includes('\u001b'))
    const ru = renderReplay(replayBandits({ ...log, propensities: null }), 'ru')
    assert.match(ru, /Вероятностей в журнале нет/)
    assert.match(ru, /Вывод: /)
  })
})
