// The rules of variants, on beliefs with a closed form and on seeded tests whose truth is known.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng, type Rng } from '../../kernel/rng.ts'
import { drawBeta } from '../value/draws.ts'
import { logBeta } from '../value/special.ts'
import { assessVariants, sharesOf, VARIANT_DEFAULTS } from './assess.ts'
import { compareRates, RATES_MAX } from './beta-best.ts'
import { believe, FLAT_PRIOR, learnVariantPrior, type Variant, type VariantPrior } from './prior.ts'
import { choosePosteriorScale, playTest, thompsonShares, type SharePolicy } from './play.ts'

const near = (actual: number, expected: number, within: number, what = '') =>
  assert.ok(Math.abs(actual - expected) <= within, `${what} ${actual} is not within ${within} of ${expected}`)
const at = (values: ArrayLike<number>, i: number): number => values[i] as number

/** P(first > second) for whole numbers, by the finite sum (Evan Miller's form). */
const firstIsHigher = (a: readonly [number, number], b: readonly [number, number]): number => {
  let sum = 0
  for (let i = 0; i < a[0]; i++)
    sum += Math.exp(
      logBeta(b[0] + i, a[1] + b[1]) - Math.log(a[1] + i) - logBeta(1 + i, a[1]) - logBeta(b[0], b[1]),
    )
  return sum
}

const PRIOR: VariantPrior = { mean: 0.03, testStrength: 80, variantStrength: 600, tests: 100 }

/** True rates of a test under the prior. */
const drawRates = (rng: Rng, prior: VariantPrior, count: number): readonly number[] => {
  const own = drawBeta(rng, prior.testStrength * prior.mean, prior.testStrength * (1 - prior.mean))
  const middle = Math.max(1e-4, own)
  return Array.from({ length: count }, () =>
    drawBeta(rng, prior.variantStrength * middle, prior.variantStrength * (1 - middle)),
  )
}

const drawCounts = (rng: Rng, rates: readonly number[], impressions: number): readonly Variant[] =>
  rates.map((rate) => {
    let clicks = 0
    for (let i = 0; i < impressions; i++) if (rng.uniform() < rate) clicks++
    return { impressions, clicks }
  })

describe('variants', () => {
  it('VR1 the probability of being best equals the closed form for two, however far their certainty lies apart', () => {
    const pairs = [
      [
        [2, 5],
        [3, 4],
      ],
      [
        [30, 970],
        [45, 955],
      ],
      [
        [1, 1],
        [1_500, 98_500],
      ],
      [
        [1, 40],
        [12_000, 400_000],
      ],
    ] as const
    for (const [a, b] of pairs) {
      const { probabilityBest } = compareRates([
        { alpha: a[0], beta: a[1] },
        { alpha: b[0], beta: b[1] },
      ])
      near(at(probabilityBest, 0), firstIsHigher(a, b), 2e-5, `${a.join()} and ${b.join()}:`)
      near(at(probabilityBest, 0) + at(probabilityBest, 1), 1, 1e-12)
    }
  })

  it('VR1 probabilities, losses and bounds are those of many draws', () => {
    const rates = [
      { alpha: 3, beta: 90 },
      { alpha: 12, beta: 300 },
      { alpha: 0.7, beta: 20 },
      { alpha: 400, beta: 9_000 },
    ]
    const { probabilityBest, expectedLoss, low, high } = compareRates(rates, 0.9)
    const rng = createRng('draws')
    const draws = 40_000
    const wins = new Float64Array(4)
    const lost = new Float64Array(4)
    const outside = new Float64Array(4)
    for (let d = 0; d < draws; d++) {
      const drawn = rates.map(({ alpha, beta }) => drawBeta(rng, alpha, beta))
      const best = Math.max(...drawn)
      wins[drawn.indexOf(best)] = at(wins, drawn.indexOf(best)) + 1
      for (const [i, x] of drawn.entries()) {
        lost[i] = at(lost, i) + best - x
        if (x < at(low, i) || x > at(high, i)) outside[i] = at(outside, i) + 1
      }
    }
    for (const [i, p] of probabilityBest.entries()) {
      near(at(wins, i) / draws, p, 5 * Math.sqrt((p * (1 - p)) / draws), 'best')
      near(at(lost, i) / draws, at(expectedLoss, i), 0.02 * at(expectedLoss, i) + 1e-4, 'loss')
      near(at(outside, i) / draws, 0.1, 5 * Math.sqrt(0.09 / draws), 'bounds')
    }
  })

  it('VR2 in tests as the prior says, what is called best with a probability is the best so often', () => {
    const rng = createRng('calibrated')
    const bins = Array.from({ length: 4 }, () => ({ said: 0, came: 0, count: 0 }))
    let lossSaid = 0
    let lossCame = 0
    const tests = 600
    for (let t = 0; t < tests; t++) {
      const rates = drawRates(rng, PRIOR, 4)
      const { outcome, variants } = assessVariants(drawCounts(rng, rates, 300), { prior: PRIOR })
      const best = rates.indexOf(Math.max(...rates))
      for (const [i, { probabilityBest }] of variants.entries()) {
        const bin = bins[Math.min(3, Math.floor(probabilityBest * 4))] as (typeof bins)[number]
        bin.said += probabilityBest
        bin.came += i === best ? 1 : 0
        bin.count++
      }
      lossSaid += outcome.expectedLoss
      lossCame += Math.max(...rates) - (rates[outcome.index] as number)
    }
    for (const { said, came, count } of bins)
      near(came / count, said / count, 4 * Math.sqrt(0.25 / count), 'share that was best:')
    near(lossCame / tests, lossSaid / tests, 0.15 * (lossSaid / tests), 'loss:')
  })

  it('VR3 the prior of a world is found from its tests, and finds no difference where there is none', () => {
    const rng = createRng('prior')
    const learnt = learnVariantPrior(
      Array.from({ length: 400 }, () => drawCounts(rng, drawRates(rng, PRIOR, 4), 800)),
    )
    near(learnt.mean, PRIOR.mean, 0.003)
    near(learnt.variantStrength / PRIOR.variantStrength, 1, 0.35)
    near(learnt.testStrength / PRIOR.testStrength, 1, 0.35)
    const same = learnVariantPrior(
      Array.from({ length: 200 }, () => drawCounts(rng, [0.03, 0.03, 0.03], 2_000)),
    )
    assert.ok(same.variantStrength > 5_000, `${same.variantStrength}`)
  })

  it('VR4 order does not matter and equals share', () => {
    const counts = [
      { impressions: 500, clicks: 20 },
      { impressions: 400, clicks: 9 },
      { impressions: 500, clicks: 20 },
    ]
    const straight = assessVariants(counts, { prior: PRIOR }).variants
    const turned = assessVariants(counts.toReversed(), { prior: PRIOR }).variants.toReversed()
    for (const [i, { probabilityBest, share, expectedLoss }] of straight.entries()) {
      near(probabilityBest, turned[i]?.probabilityBest ?? 0, 1e-9)
      near(share, turned[i]?.share ?? 0, 1e-9)
      near(expectedLoss, turned[i]?.expectedLoss ?? 0, 1e-9)
    }
    near(straight[0]?.probabilityBest ?? 0, straight[2]?.probabilityBest ?? 0, 1e-9)
    const fresh = assessVariants([
      { impressions: 0, clicks: 0 },
      { impressions: 0, clicks: 0 },
    ]).variants
    near(fresh[0]?.share ?? 0, 0.5, 1e-9)
  })

  it('VR5 an outcome always has its probability and its loss, and is open while a better one may cost more', () => {
    const early = assessVariants(
      [
        { impressions: 100, clicks: 5 },
        { impressions: 100, clicks: 3 },
      ],
      { prior: PRIOR },
    ).outcome
    assert.equal(early.kind, 'open')
    assert.equal(early.index, 0)
    assert.ok(early.probabilityBest > 0.5 && early.probabilityBest < 0.7)
    assert.ok(early.relativeLoss > VARIANT_DEFAULTS.lossMax)
    const late = assessVariants(
      [
        { impressions: 50_000, clicks: 1_500 },
        { impressions: 50_000, clicks: 2_500 },
      ],
      { prior: PRIOR },
    ).outcome
    assert.equal(late.kind, 'good_enough')
    assert.equal(late.index, 1)
    assert.ok(late.probabilityBest > 0.999 && late.expectedLoss < 1e-6)
    const alike = assessVariants(
      [
        { impressions: 900_000, clicks: 27_010 },
        { impressions: 900_000, clicks: 27_000 },
      ],
      { prior: PRIOR },
    ).outcome
    assert.equal(alike.kind, 'good_enough', 'there is hardly a difference, so either will do')
    assert.ok(alike.probabilityBest < 0.6, 'and it does not pretend to know which is better')
  })

  it('VR6 earns more with what past tests taught than without it, and than an even share for a fifth of the time', () => {
    const rng = createRng('earn')
    const impressions = 20_000
    const past = Array.from({ length: 100 }, () => drawCounts(rng, drawRates(rng, PRIOR, 4), 600))
    const prior = learnVariantPrior(past)
    const batches = 12
    const { posteriorScale, captured } = choosePosteriorScale(past.slice(0, 40), {
      prior,
      batches,
      seed: 'scale',
      impressions,
    })
    assert.ok(posteriorScale < 1, 'a test that ends pays less exploring than plain Thompson does')
    assert.equal(captured.length, 5)
    const evenFifth: SharePolicy = (seen, done) => {
      if (done < 0.2) return seen.map(() => 1 / seen.length)
      const rates = seen.map(({ impressions: shown, clicks }) => clicks / Math.max(1, shown))
      return rates.map((rate) => (rate === Math.max(...rates) ? 1 : 0))
    }
    let [learnt, flat, commit, gap] = [0, 0, 0, 0]
    for (let t = 0; t < 100; t++) {
      const rates = drawRates(rng, PRIOR, 4)
      const uniform = (impressions * rates.reduce((sum, rate) => sum + rate, 0)) / 4
      gap += impressions * Math.max(...rates) - uniform
      const earn = (policy: SharePolicy) =>
        playTest({ rates, impressions, batches, rng: createRng(`run ${t}`) }, policy) - uniform
      learnt += earn(thompsonShares(prior, posteriorScale))
      flat += earn(thompsonShares(FLAT_PRIOR))
      commit += earn(evenFifth)
    }
    assert.ok(
      learnt > flat && learnt > commit && learnt > 0.6 * gap,
      `${learnt}, ${flat}, ${commit} of ${gap}`,
    )
  })

  it('VR7 refuses counts that cannot be, too many variants, and too few tests to learn from', () => {
    const code = (wanted: string) => (error: unknown) => isFailure(error, wanted)
    for (const bad of [
      { impressions: Number.NaN, clicks: 0 },
      { impressions: Infinity, clicks: 0 },
      { impressions: 10, clicks: 11 },
      { impressions: 10, clicks: -1 },
      { impressions: 10, clicks: Number.NaN },
    ])
      assert.throws(() => believe(FLAT_PRIOR, [bad]), code('variants.bad_counts'))
    const many = Array.from({ length: RATES_MAX + 1 }, () => ({ alpha: 1, beta: 1 }))
    assert.throws(() => compareRates(many), code('variants.rates_invalid'))
    assert.throws(() => compareRates([]), code('variants.rates_invalid'))
    assert.throws(() => compareRates([{ alpha: Number.NaN, beta: 1 }]), code('variants.rates_invalid'))
    assert.throws(() => sharesOf([{ impressions: 1, clicks: 0 }], { floor: 2 }), code('variants.bad_options'))
    assert.throws(() => learnVariantPrior([]), code('variants.too_few_tests'))
    assert.throws(
      () => choosePosteriorScale([], { prior: PRIOR, batches: 5, seed: '' }),
      code('variants.too_few_tests'),
    )
  })
})
