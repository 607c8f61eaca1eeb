// What one line's reports say, on seeded lines whose truth is planted.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { mixtureMarginal } from '../response/response.ts'
import { createLag, LAG_DAYS, learnLag, shareByAge } from './lag.ts'
import { attributedAt, learnLine, marginalBelief, type LineDay } from './line-model.ts'

/** Days of a line of 100 a day, varied by a fifth; value = level·(base + tanh). */
const line = (about: {
  readonly seed: string
  readonly half: number
  readonly days: number
  readonly base?: number
  readonly level?: (day: number) => number
}): LineDay[] => {
  const rng = createRng(about.seed)
  return Array.from({ length: about.days }, (_day, day) => {
    const spend = 100 * (rng.uniform() < 0.5 ? 0.8 : 1.2)
    const level = about.level?.(day) ?? 1
    const value = level * ((about.base ?? 20) + 400 * Math.tanh((0.5493 * spend) / about.half))
    return { day, spend, value: value * Math.exp(0.04 * rng.normal()), share: 1, demand: 1 }
  })
}
const options = (seed: string) => ({ rng: createRng(seed), drawCount: 200, halfLifeDays: 60 })

describe('learning a line', () => {
  it('BU20 tells a saturated line from a straight one, and how sure it is', () => {
    const slopes = [15, 200].map((half) => {
      const model = learnLine(line({ seed: `half ${half}`, half, days: 80 }), options('d'))
      assert.ok(model !== null)
      const truth = ((400 * 0.5493) / half) * (1 - Math.tanh((0.5493 * 100) / half) ** 2)
      const draws = model.draws.map((draw) => mixtureMarginal(draw, 100)).toSorted((a, b) => a - b)
      assert.ok(
        (draws[4] ?? 9) <= truth + 0.2 && truth - 0.2 <= (draws[195] ?? 0),
        `${truth} in ${draws[4]} … ${draws[195]}`,
      )
      return marginalBelief(model, 100, 0.5)
    })
    assert.ok((slopes[0]?.mean ?? 9) < 0.45 && (slopes[1]?.mean ?? 0) > 0.7)
    assert.ok((slopes[0]?.above ?? 1) < 0.3 && (slopes[1]?.above ?? 0) > 0.8)
    assert.equal(learnLine([], options('none')), null)
    const early = learnLine(line({ seed: 'few', half: 100, days: 8 }), options('e'))
    const late = learnLine(line({ seed: 'few', half: 100, days: 100 }), options('e'))
    const spread = (model: typeof early) => {
      const draws = (model?.draws ?? []).map((draw) => mixtureMarginal(draw, 100))
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
      return Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length)
    }
    assert.ok(spread(early) > 1.5 * spread(late))
  })

  it('BU21 follows a jump of the level within days, and drift without calling it one', () => {
    const at = (level: (day: number) => number, days: number) =>
      learnLine(line({ seed: 'level', half: 120, days, level }), options('l'))
    const jumped = at((day) => (day >= 60 ? 0.5 : 1), 64)
    const before = at(() => 1, 64)
    assert.ok(jumped !== null && before !== null)
    assert.ok(Math.abs(attributedAt(jumped, 100) / attributedAt(before, 100) - 0.5) < 0.08)
    assert.equal(jumped.jumpedAt, 60)
    assert.equal(before.jumpedAt, -1)
    const drift = at((day) => 1.006 ** day, 64)
    assert.equal(drift?.jumpedAt, -1)
    assert.ok(
      Math.abs(attributedAt(drift ?? before, 100) / attributedAt(before, 100) / 1.006 ** 63 - 1) < 0.1,
    )
  })

  it('BU22 learns how late results come, and never from a day that is not over', () => {
    const byAge = Array.from({ length: LAG_DAYS }, (_age, age) => 100 * (1 - 0.5 ** (age + 1)))
    let lag = createLag()
    for (let day = 0; day < 30; day++) lag = learnLag(lag, byAge, 100)
    assert.ok(Math.abs(shareByAge(lag, 0) - 0.5) < 0.02)
    assert.ok(Math.abs(shareByAge(lag, 2) - 0.875) < 0.02)
    assert.equal(shareByAge(lag, LAG_DAYS), 1)
    for (let age = 1; age < LAG_DAYS; age++) assert.ok(shareByAge(lag, age) >= shareByAge(lag, age - 1))
    const days = line({ seed: 'late', half: 100, days: 40 })
    // The last two days have a half and three quarters of their value so far: reckoned up, they are no loss.
    const told = days.map((day, t) => {
      const age = 39 - t
      const share = shareByAge(lag, age)
      return { ...day, value: (day.value * (byAge[age] ?? 100)) / 100 / share, share }
    })
    const [late, full] = [learnLine(told, options('x')), learnLine(days, options('x'))]
    assert.ok(Math.abs(attributedAt(late as never, 100) / attributedAt(full as never, 100) - 1) < 0.03)
  })
})
