// Rules F45 to F48: bounds that may be looked at any time on logs that learnt while they were written.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng, type Rng } from '../kernel/rng.ts'
import { createPurse, hasWon, logWealth, lowerBound, playBet, upperBound } from './betting.ts'
import { createMoments, observe, summaryOf } from './moments.ts'
import { differenceBets, type FullChoice, type RewardRange, valueBets } from './policy-bets.ts'

const MARGIN = 20
const RANGE: RewardRange = { gains: MARGIN, losses: 0, spread: 4 }

/** A log of an ε-greedy policy that learns from every row: each action sells with its own chance. */
const adaptiveLog = (rng: Rng, n: number, chances: readonly number[]): readonly FullChoice[] => {
  const floor = 0.2
  const sums = chances.map(() => 0)
  const counts = chances.map(() => 1)
  return Array.from({ length: n }, () => {
    const predicted = sums.map((sum, i) => sum / (counts[i] ?? 1))
    const best = predicted.indexOf(Math.max(...predicted))
    const logged = chances.map((_, i) => floor / chances.length + (i === best ? 1 - floor : 0))
    let point = rng.uniform()
    const taken = Math.max(
      0,
      logged.findIndex((p) => (point -= p) < 0),
    )
    const reward = rng.uniform() < (chances[taken] ?? 0) ? MARGIN : 0
    sums[taken] = (sums[taken] ?? 0) + reward
    counts[taken] = (counts[taken] ?? 0) + 1
    return { taken, reward, logged, predicted }
  })
}

describe('bounds for adaptive logs', () => {
  it('F45 cover the value of a policy at every moment of 200 logs that learnt, where a fixed-n interval does not', () => {
    const rng = createRng('adaptive')
    const chances = [0.05, 0.07, 0.09]
    const policy = [1 / 3, 1 / 3, 1 / 3]
    const truth = (MARGIN * (0.05 + 0.07 + 0.09)) / 3
    const runs = 200
    const missed = { low: 0, high: 0, fixed: 0 }
    for (let run = 0; run < runs; run++) {
      const low = createPurse(truth)
      const high = createPurse(-truth)
      const moments = createMoments()
      const ever = { low: false, high: false, fixed: false }
      for (const [i, choice] of adaptiveLog(rng, 1_000, chances).entries()) {
        const bets = valueBets(choice, policy, RANGE)
        playBet(low, bets.low)
        playBet(high, bets.high)
        observe(moments, bets.score, 0, true)
        ever.low ||= hasWon(low, 0.05)
        ever.high ||= hasWon(high, 0.05)
        const { mean, variance, n } = summaryOf(moments)
        ever.fixed ||= i >= 100 && Math.abs(mean - truth) > 1.96 * Math.sqrt(variance / n)
      }
      for (const name of ['low', 'high', 'fixed'] as const) if (ever[name]) missed[name]++
    }
    assert.ok(missed.low <= 0.05 * runs, `lower bounds missed in ${missed.low} of ${runs}`)
    assert.ok(missed.high <= 0.05 * runs, `upper bounds missed in ${missed.high} of ${runs}`)
    assert.ok(missed.fixed > 0.1 * runs, `the fixed-n interval missed in only ${missed.fixed} of ${runs}`)
  })

  it('F46 find a better policy soon, and take one of equal worth for better in at most 5 % of 200 logs', () => {
    const rng = createRng('difference')
    const called = { equal: 0, better: 0 }
    const runs = 200
    for (let run = 0; run < runs; run++) {
      for (const [name, chances] of [
        ['equal', [0.06, 0.06]],
        ['better', [0.03, 0.12]],
      ] as const) {
        if (name === 'better' && run >= 40) continue
        const purse = createPurse(0)
        let won = false
        // The log holds on to its first action, whatever it sees.
        for (const { reward, taken } of adaptiveLog(rng, 1_000, chances)) {
          const choice: FullChoice = { taken, reward, logged: [0.9, 0.1], predicted: [1, 1] }
          const redrawn = rng.uniform() < 0.9 ? 0 : 1
          const drawn = { ...choice, taken: redrawn, reward: rng.uniform() < chances[redrawn] ? MARGIN : 0 }
          playBet(purse, differenceBets(drawn, [0.5, 0.5], RANGE).low)
          won ||= hasWon(purse, 0.05)
        }
        if (won) called[name]++
      }
    }
    assert.ok(called.equal <= 0.05 * runs, `equal policies called better in ${called.equal} of ${runs}`)
    assert.ok(called.better >= 30, `a better policy found in ${called.better} of 40`)
  })

  it('F47 a score is never below its floor and keeps its mean, whatever the weights and predictions', () => {
    const rng = createRng('floors')
    for (let run = 0; run < 500; run++) {
      const count = 2 + rng.below(5)
      const draw = () => normalised(Array.from({ length: count }, () => rng.uniform() ** 8 + 1e-4))
      const [logged, policy] = [draw(), draw()]
      const predicted = logged.map(() => 30 * rng.normal())
      const range = { gains: 50 * rng.uniform(), losses: 5 * rng.uniform(), spread: 10 * rng.uniform() }
      const rewards = logged.map(() => -range.losses + (range.losses + range.gains) * rng.uniform())
      for (const bets of [valueBets, differenceBets]) {
        const all = logged.map((_, taken) =>
          bets({ taken, reward: rewards[taken] ?? 0, logged, predicted }, policy, range),
        )
        const mean = (of: (index: number) => number) => logged.reduce((sum, p, i) => sum + p * of(i), 0)
        const against = bets === valueBets ? 0 : mean((i) => rewards[i] ?? 0)
        const truth = policy.reduce((sum, p, i) => sum + p * (rewards[i] ?? 0), 0) - against
        for (const { low, high } of all) {
          assert.ok(low.value >= low.floor && high.value >= high.floor, JSON.stringify({ low, high }))
        }
        const near = (value: number) => assert.ok(Math.abs(value - truth) < 1e-6 * (1 + Math.abs(truth)))
        near(mean((i) => all[i]?.low.value ?? 0))
        near(-mean((i) => all[i]?.high.value ?? 0))
        near(mean((i) => all[i]?.score ?? 0))
      }
    }
  })

  it('F48 a bound is where the purse would have won, and says nothing without rows', () => {
    const rng = createRng('bound')
    const rows = Array.from({ length: 800 }, () => ({
      value: rng.uniform() < 0.3 ? 1 : 0,
      floor: 0,
      ceiling: 1,
    }))
    const low = lowerBound(rows, 0.025)
    const high = upperBound(rows, 0.025)
    assert.ok(low > 0.2 && low < 0.3 && high > 0.3 && high < 0.4, `${low} to ${high}`)
    const wealthAt = (mean: number) => {
      const purse = createPurse(mean)
      for (const row of rows) playBet(purse, row)
      return logWealth(purse)
    }
    assert.ok(wealthAt(low) >= Math.log(40) && wealthAt(low + 1e-4) < Math.log(40))
    assert.equal(lowerBound([], 0.05), -Infinity)
    assert.equal(upperBound([], 0.05), Infinity)
  })
})

const normalised = (weights: readonly number[]): readonly number[] => {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}
