// Rules M50 to M55: how named features become keys and cells.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { createBandit, learn, scoreActions } from './bandit.ts'
import type { Feature } from './events.ts'
import {
  crossKey,
  createEncoder,
  encodeActions,
  encodeOne,
  encodeShared,
  ENCODER_LIMITS,
  type Encoder,
} from './features.ts'

describe('features', () => {
  it('M50 sorts, adds up duplicates, drops zeros and cuts the wild', () => {
    const encoder = createEncoder()
    encodeShared(encoder, [
      ['b', 2],
      ['a', 1],
      ['zero', 0],
      ['b', 3],
      ['wild', -1e9],
    ])
    const { keys, values, length } = encoder.shared
    assert.equal(length, 3)
    assert.deepEqual(
      keys.slice(0, 3),
      keys.slice(0, 3).toSorted((x, y) => x - y),
    )
    assert.deepEqual(
      Array.from(values.slice(0, 3)).toSorted((x, y) => x - y),
      [-10, 1, 5],
    )
  })

  it('M50 a list of features met before is encoded as if it were new, also when changed or elsewhere', () => {
    const used = createEncoder()
    const list: [string, number][] = [
      ['z', 2],
      ['action=a', 1],
      ['m', 0.5],
    ]
    const other: [string, number][] = [['only', 1]]
    const same = (...actions: readonly (readonly Feature[])[]) => {
      const fresh = createEncoder()
      encodeActions(fresh, structuredClone(actions))
      encodeActions(used, actions)
      for (const part of ['keys', 'values', 'identity'] as const)
        assert.deepEqual(
          used.distinct[part].slice(0, used.distinct.length),
          fresh.distinct[part].slice(0, fresh.distinct.length),
        )
      assert.deepEqual(used.entries.slice(0, used.starts[actions.length]), fresh.entries.slice(0, 4))
      assert.deepEqual(used.entryValues.slice(0, 4), fresh.entryValues.slice(0, 4))
    }
    same(list, other)
    same(list, other)
    same(other, list)
    list[0] = ['z', -99]
    same(list, other)
    list[2] = ['fresh', 3]
    same(list, other)
    list[1] = ['z', 1]
    same(list, [...other, ['more', 1]])
    list[0] = ['z', 0]
    assert.throws(() => encodeActions(used, [[...list, ['bad', Number.NaN]]]), { code: 'model.not_finite' })
  })

  it('M51 a feature that several actions have stands once, with its mean over the actions', () => {
    const encoder = createEncoder()
    encodeActions(encoder, [
      [
        ['channel=mail', 1],
        ['action=a', 1],
      ],
      [
        ['channel=mail', 1],
        ['action=b', 1],
      ],
      [['action=c', 1]],
    ])
    assert.equal(encoder.distinct.length, 4)
    const means = Array.from(encoder.distinctMean.slice(0, 4)).toSorted((x, y) => x - y)
    assert.deepEqual(means, [1 / 3, 1 / 3, 1 / 3, 2 / 3])
    assert.equal(
      Array.from(encoder.distinct.identity.slice(0, 4)).reduce((sum, x) => sum + x, 0),
      3,
    )
  })

  it('M51 banks of actions that come again with other values are encoded as if they were new, also after a refusal', () => {
    const used = createEncoder()
    const rng = createRng('banks')
    const names = Array.from({ length: 12 }, (_, i) => (i < 3 ? `action=${i}` : `f${i}`))
    const values = [1, 0.5, -2, 40, -40]
    const banks = Array.from({ length: 4 }, () =>
      Array.from({ length: 2 + rng.below(2) }, () => names.filter(() => rng.uniform() < 0.5)),
    )
    const plain = (encoder: Encoder, count: number) => {
      const { starts, entries, entryValues, distinct, distinctMean } = encoder
      const end = starts[count] ?? 0
      const { keys, identity, length } = distinct
      return {
        starts: starts.slice(0, count + 1),
        entries: entries.slice(0, end),
        entryValues: entryValues.slice(0, end),
        keys: keys.slice(0, length),
        identity: identity.slice(0, length),
        means: distinctMean.slice(0, length),
      }
    }
    let bank = banks[0] ?? []
    for (let round = 0; round < 400; round++) {
      if (rng.uniform() < 0.3) bank = banks[rng.below(banks.length)] ?? []
      const isZero = rng.uniform() < 0.1
      const actions = bank.map((own) =>
        own.map(
          (name): Feature => [name, isZero && name === 'f5' ? 0 : (values[rng.below(values.length)] ?? 1)],
        ),
      )
      if (rng.uniform() < 0.1)
        assert.throws(() =>
          encodeActions(used, [...actions.slice(1), [...(actions[0] ?? []), ['f11', Number.NaN]]]),
        )
      const fresh = createEncoder()
      encodeActions(fresh, actions)
      encodeActions(used, actions)
      assert.deepEqual(plain(used, bank.length), plain(fresh, bank.length))
    }
  })

  it('M52 the same name means different things of the person and of the action', () => {
    const encoder = createEncoder()
    encodeShared(encoder, [['x', 1]])
    encodeOne(encoder, [['x', 1]])
    assert.notEqual(encoder.shared.keys[0], encoder.row.keys[0])
  })

  it('M53 few crosses of a real bank of actions share a cell', () => {
    const encoder = createEncoder()
    const shared = Array.from({ length: 100 }, (_, i) => [`trait:${i}=value`, 1] as const)
    encodeShared(encoder, shared)
    const cells = new Set<number>()
    for (let a = 0; a < 40; a++) {
      encodeOne(encoder, [[`creative=${a}`, 1]])
      for (let s = 0; s < 100; s++) {
        cells.add(crossKey(encoder.shared.keys[s] as number, encoder.row.keys[0] as number) & (2 ** 18 - 1))
      }
    }
    // 4,000 keys in 262,144 cells: about 30 pairs meet by chance.
    assert.ok(cells.size > 3_940, `${cells.size} cells`)
  })

  it('M54 names of actions never share a cell, however few cells there are', () => {
    const bandit = createBandit({
      bits: 8,
      halfLifeDays: Infinity,
      prior: { shared: 1e-6, action: 100, cross: 1e-6 },
    })
    const actions = Array.from({ length: 150 }, (_, i): readonly Feature[] => [[`action=${i}`, 1]])
    for (let n = 0; n < 5; n++) {
      for (const [i, action] of actions.entries())
        learn(bandit, { shared: [], action, reward: i, propensity: 1, at: 0 })
    }
    const { mean } = scoreActions(bandit, { shared: [], actions })
    for (const [i, m] of mean.entries())
      assert.ok(Math.abs(m - i) < 0.5 + i * 0.1, `action ${i} is expected at ${m}`)
  })

  it('M55 limits are named and kept', () => {
    const many = Array.from({ length: 257 }, (_, i): Feature => [`f${i}`, 1])
    const encoder = createEncoder()
    assert.throws(() => encodeShared(encoder, many), { code: 'model.too_many_features' })
    assert.throws(() => encodeOne(encoder, many), { code: 'model.too_many_features' })
    assert.throws(
      () =>
        encodeActions(
          encoder,
          Array.from({ length: 201 }, () => []),
        ),
      { code: 'model.action_count' },
    )
    assert.throws(() => createEncoder({ ...ENCODER_LIMITS, actionsMax: 10_000 }), {
      code: 'model.options_invalid',
    })
    assert.throws(() => createBandit({ bits: 40 }), { code: 'model.options_invalid' })
    assert.throws(() => createBandit({ halfLifeDays: 0 }), { code: 'model.options_invalid' })
  })
})
