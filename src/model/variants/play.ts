// Plays tests whose true rates are known, in batches, each shared out by a policy that sees only what came before: how
// policies are compared, and how it is learnt from past tests how much exploring a test of their length pays back.

import { Failure } from '../../kernel/failure.ts'
import { createRng, type Rng } from '../../kernel/rng.ts'
import { drawBeta } from '../value/draws.ts'
import { sharesOf } from './assess.ts'
import { believe, TESTS_MIN, type Variant, type VariantPrior } from './prior.ts'

export type TestRun = {
  readonly rates: readonly number[]
  /** In all. */
  readonly impressions: number
  readonly batches: number
  readonly rng: Rng
}

/** Share of the next batch for each variant, by what was seen and the share of the test that is over. */
export type SharePolicy = (seen: readonly Variant[], done: number) => ArrayLike<number>

/** Thompson sampling under a prior; `posteriorScale` below 1 explores less. */
export const thompsonShares =
  (prior: VariantPrior, posteriorScale = 1): SharePolicy =>
  (seen) =>
    sharesOf(seen, { prior, floor: 0, posteriorScale })

/** Expected successes of what was shown: chance enters only through what the policy saw. */
export const playTest = ({ rates, impressions, batches, rng }: TestRun, policy: SharePolicy): number => {
  const seen = rates.map(() => ({ impressions: 0, clicks: 0 }))
  let expected = 0
  for (let batch = 0; batch < batches; batch++) {
    const shares = policy(seen, batch / batches)
    const from = Math.round((batch * impressions) / batches)
    const to = Math.round(((batch + 1) * impressions) / batches)
    for (let shown = from; shown < to; shown++) {
      let point = rng.uniform()
      let arm = 0
      for (; arm < rates.length - 1; arm++) {
        point -= shares[arm] as number
        if (point < 0) break
      }
      const rate = rates[arm] as number
      const counts = seen[arm] as { impressions: number; clicks: number }
      expected += rate
      counts.impressions++
      if (rng.uniform() < rate) counts.clicks++
    }
  }
  return expected
}

/** Scales that are tried; 1 is plain Thompson sampling, which never stops exploring although a test ends. */
const SCALES = [1, 0.7, 0.5, 0.35, 0.25] as const

export type ScaleChoice = {
  readonly posteriorScale: number
  /** What each scale captured of the gap between showing the best and showing evenly. */
  readonly captured: readonly { readonly scale: number; readonly share: number }[]
}

/**
 * The posterior scale that would have earned most in past tests: each is played again, with as many impressions as it had
 * (or `impressions`) and with rates drawn from what is believed of it, since observed rates spread more than true ones.
 * Throws Failures `variants.too_few_tests`, `variants.bad_counts`.
 */
export const choosePosteriorScale = (
  tests: readonly (readonly Variant[])[],
  options: {
    readonly prior: VariantPrior
    readonly batches: number
    readonly seed: string
    readonly impressions?: number
  },
): ScaleChoice => {
  if (tests.length < TESTS_MIN)
    throw new Failure({
      code: 'variants.too_few_tests',
      message: `${tests.length} tests; ${TESTS_MIN} are needed to choose by.`,
      hint: 'Bring more tests, or leave the scale at 1.',
    })
  const gained = SCALES.map(() => 0)
  let gap = 0
  for (const [index, test] of tests.entries()) {
    const draw = createRng(`${options.seed} rates ${index}`)
    const rates = believe(options.prior, test).map(({ alpha, beta }) => drawBeta(draw, alpha, beta))
    const impressions = options.impressions ?? test.reduce((sum, one) => sum + one.impressions, 0)
    const uniform = (rates.reduce((sum, rate) => sum + rate, 0) / rates.length) * impressions
    gap += Math.max(...rates) * impressions - uniform
    for (const [at, scale] of SCALES.entries()) {
      const run = { rates, impressions, batches: options.batches, rng: createRng(`${options.seed} ${index}`) }
      gained[at] = (gained[at] ?? 0) + playTest(run, thompsonShares(options.prior, scale)) - uniform
    }
  }
  const captured = SCALES.map((scale, at) => ({ scale, share: gap > 0 ? (gained[at] ?? 0) / gap : 0 }))
  const best = captured.reduce((left, right) => (right.share > left.share ? right : left))
  return { posteriorScale: best.scale, captured }
}
