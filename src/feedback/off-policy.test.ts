// Rules F40 to F45: what another policy would have earned.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import {
  doublyRobust,
  ips,
  type LoggedChoice,
  type ModelledChoice,
  pairedDifference,
  snips,
} from './index.ts'
import { missing, readCsv } from './testing/data-sets.ts'

const BTS = 'obd_small/bts_men.csv.gz'
const RANDOM = 'obd_small/random_men.csv.gz'

type Csv = ReturnType<typeof readCsv>

/** Rows logged by one policy, weighed by how often another took that item at that position. */
const openBandit = (logged: Csv, judged: Csv): readonly LoggedChoice[] => {
  const taken = new Map<string, number>()
  const shown = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { item_id: item = '', position = '' } of judged) {
    count(taken, `${position} ${item}`)
    count(shown, position)
  }
  return logged.map(({ item_id: item = '', position = '', click, propensity_score: propensity }) => ({
    reward: Number(click),
    propensity: Number(propensity),
    target: (taken.get(`${position} ${item}`) ?? 0) / (shown.get(position) ?? 1),
  }))
}

const rounded = (value: number) => Number(value.toFixed(5))

describe('off-policy estimates', () => {
  it('F40 agree with the known figures of the Open Bandit data', {
    skip: missing(BTS) || missing(RANDOM),
  }, () => {
    const random = readCsv(RANDOM)
    const bts = readCsv(BTS)
    const rows = openBandit(random, bts)
    const score = ips(rows)
    assert.equal(rounded(score.value), 0.00566)
    assert.equal(rounded(snips(rows).value), 0.00574)
    assert.equal(Math.round(score.effectiveSample), 2869)
    assert.equal(score.refusal, null)
    assert.ok(score.interval.low <= 0.0069 && 0.0069 <= score.interval.high, 'the truth is inside')
    // The random policy is known: one of 34 items.
    const back = openBandit(bts, random).map((row) => ({ ...row, target: 1 / 34 }))
    assert.deepEqual(
      [rounded(ips(back).value), rounded(snips(back).value), Math.round(ips(back).effectiveSample)],
      [0.00301, 0.00319, 656],
    )
  })

  it('F41 refuse an estimate that hangs on few rows, or on one', () => {
    const row = { reward: 1, propensity: 0.5, target: 0.5 }
    const few = Array.from({ length: 99 }, () => row)
    assert.deepEqual(ips(few).refusal, { code: 'effective_sample_small', value: 99, limit: 100 })
    assert.equal(snips([...few, row]).refusal, null)
    const heavy = [...Array.from({ length: 2_000 }, () => row), { reward: 1, propensity: 0.005, target: 0.6 }]
    const refusal = ips(heavy).refusal
    assert.equal(refusal?.code, 'weight_share_large')
    assert.ok((refusal?.value ?? 0) > 0.05)
    assert.equal(snips([{ reward: 1, propensity: 0.5, target: 0 }]).refusal?.code, 'effective_sample_small')
    assert.equal(ips([]).refusal?.code, 'effective_sample_small')
  })

  it('F42 cover the truth of a known world at their confidence, and the doubly robust one is narrowest', () => {
    const rng = createRng('world')
    const covered = { ips: 0, snips: 0, robust: 0, bernstein: 0, bootstrap: 0 }
    const width = { ips: 0, robust: 0 }
    const runs = 200
    for (let run = 0; run < runs; run++) {
      const { rows, truth } = knownWorld(rng, 600)
      const count = (
        name: keyof typeof covered,
        { low, high }: { readonly low: number; readonly high: number },
      ) => {
        if (low <= truth && truth <= high) covered[name]++
      }
      const score = ips(rows).interval
      const robust = doublyRobust(rows).interval
      count('ips', score)
      count('robust', robust)
      count('snips', snips(rows).interval)
      count('bernstein', ips(rows, { interval: 'bernstein', rewards: { from: 0, to: 1 } }).interval)
      if (run < 60)
        count('bootstrap', snips(rows, { interval: 'bootstrap', seed: `${run}`, resamples: 200 }).interval)
      width.ips += score.high - score.low
      width.robust += robust.high - robust.low
    }
    // Four standard deviations below 95 %.
    const least = runs * (0.95 - 4 * Math.sqrt((0.95 * 0.05) / runs))
    for (const name of ['ips', 'snips', 'robust', 'bernstein'] as const)
      assert.ok(covered[name] >= least, `${name} covered ${covered[name]} of ${runs}`)
    assert.ok(
      covered.bootstrap >= 60 * (0.95 - 4 * Math.sqrt((0.95 * 0.05) / 60)),
      `bootstrap ${covered.bootstrap}`,
    )
    assert.ok(width.robust < 0.9 * width.ips)
  })

  it('F43 the doubly robust estimate is right with true propensities and a wrong model', () => {
    const rng = createRng('wrong model')
    let sum = 0
    const runs = 200
    let truth = 0
    for (let run = 0; run < runs; run++) {
      const world = knownWorld(rng, 600)
      truth = world.truth
      // Says 0.9 of the first action and 0.1 of the second, whoever it is: 0.26 of the policy.
      const wrong = world.rows.map((row) => ({
        ...row,
        predicted: row.propensity > 0.5 ? 0.9 : 0.1,
        expected: 0.26,
      }))
      sum += doublyRobust(wrong).value
    }
    assert.ok(Math.abs(sum / runs - truth) < 0.02, `${sum / runs} against ${truth}`)
  })

  it('F44 a policy compared with itself gains exactly nothing', () => {
    const { rows } = knownWorld(createRng('self'), 300)
    const { difference, low, high } = pairedDifference(rows, rows)
    assert.deepEqual([difference, low, high], [0, 0, 0])
  })
})

/** Two actions drawn .7 to .3; the policy to be judged draws them .2 to .8; what they bring hangs on one bit. */
const knownWorld = (
  rng: ReturnType<typeof createRng>,
  n: number,
): { readonly rows: readonly ModelledChoice[]; readonly truth: number } => {
  const chance = (bit: number, action: number) => (action === 0 ? 0.3 + 0.4 * bit : 0.6 - 0.3 * bit)
  const expected = (bit: number) => 0.2 * chance(bit, 0) + 0.8 * chance(bit, 1)
  const rows = Array.from({ length: n }, () => {
    const bit = rng.uniform() < 0.5 ? 1 : 0
    const action = rng.uniform() < 0.7 ? 0 : 1
    return {
      reward: rng.uniform() < chance(bit, action) ? 1 : 0,
      propensity: action === 0 ? 0.7 : 0.3,
      target: action === 0 ? 0.2 : 0.8,
      predicted: chance(bit, action),
      expected: expected(bit),
    }
  })
  return { rows, truth: (expected(0) + expected(1)) / 2 }
}
