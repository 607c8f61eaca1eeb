// Curves, fits and allocation, on seeded histories whose truth is planted.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { allocate } from '../allocate.ts'
import { adstock, marginalAt, saturation, valueAt, type Curve } from './curve.ts'
import { fitResponse, type Experiment, type ResponseHistory } from './fit.ts'
import { mixtureMarginal, mixtureResponse, mixtureValue, responseOf } from './response.ts'

const curveOf = (about: Partial<Curve>): Curve => ({
  family: 'logistic',
  carryover: 0.3,
  ceiling: 100,
  steepness: 3,
  scale: 10,
  shape: 1,
  ...about,
})
const near = (ours: number, known: number, within: number) =>
  assert.ok(Math.abs(ours - known) <= within, `${ours} is not ${known} ± ${within}`)

/** Weeks of two lines with known curves, spend at random, a trend, a season, noise. */
const history = (seed: string, demandDrives = 0): ResponseHistory & { readonly truth: readonly Curve[] } => {
  const rng = createRng(seed)
  const steps = 200
  const truth = [
    curveOf({ carryover: 0.5, steepness: 4 }),
    curveOf({ carryover: 0.2, ceiling: 60, steepness: 2 }),
  ]
  const demand = Float64Array.from({ length: steps }, () => rng.normal())
  // Where demand drives spend, the second line is the one that is raised in good weeks.
  const spend = [
    Float64Array.from({ length: steps }, () => 10 * rng.uniform()),
    demand.map((d) =>
      Math.min(10, Math.max(0, 5 + (demandDrives > 0 ? 2.5 * d : 5 * (rng.uniform() - 0.5) * 2))),
    ),
  ]
  const outcome = Float64Array.from({ length: steps }, (_step, t) => 200 + 0.1 * t + 4 * rng.normal())
  truth.forEach((curve, c) => {
    adstock(spend[c] ?? [], curve.carryover).forEach((felt, t) => {
      outcome[t] = (outcome[t] ?? 0) + curve.ceiling * saturation(curve, felt)
    })
  })
  if (demandDrives > 0) outcome.forEach((y, t) => (outcome[t] = y + demandDrives * (demand[t] ?? 0)))
  return { outcome, lines: spend.map((values, c) => ({ name: `line ${c}`, spend: values })), truth }
}

describe('response', () => {
  it('BU1 adstock and saturation follow their definitions, and the marginal return is the derivative', () => {
    assert.deepEqual(
      [...adstock([1, 0, 0], 0.5, 2)].map((x) => x.toFixed(4)),
      ['0.6667', '0.3333', '0.0000'],
    )
    const steady = adstock(new Float64Array(20).fill(7), 0.6)
    near(steady[19] ?? 0, 7, 1e-12)
    for (const curve of [
      curveOf({}),
      curveOf({ family: 'hill', shape: 1 }),
      curveOf({ family: 'hill', shape: 2.2 }),
    ])
      for (const spend of [0.5, 3, 12]) {
        const slope = (valueAt(curve, spend + 1e-5) - valueAt(curve, spend - 1e-5)) / 2e-5
        near(marginalAt(curve, spend), slope, 1e-6)
      }
    const mixture = {
      parts: [
        { family: 'tanh', half: 3 },
        { family: 'hill', half: 8 },
      ] as const,
      weights: [40, 70],
    }
    near(
      mixtureMarginal(mixture, 5),
      (mixtureValue(mixture, 5 + 1e-5) - mixtureValue(mixture, 5 - 1e-5)) / 2e-5,
      1e-6,
    )
    near(mixtureValue({ ...mixture, weights: [40, 0] }, 3), 20, 1e-12)
  })

  it('BU2 finds planted curves again', () => {
    for (const seed of ['a', 'b', 'c']) {
      const { truth, ...given } = history(seed)
      const { curves, noise } = fitResponse(given)
      curves.forEach((curve, c) => {
        const true_ = truth[c] as Curve
        near(curve.carryover, true_.carryover, 0.12)
        for (const spend of [2, 5, 9])
          near(valueAt(curve, spend), valueAt({ ...true_, carryover: 0 }, spend), 6)
      })
      near(noise, 4, 0.8)
    }
  })

  it('BU3 in a confounded history the true order comes out with an experiment, and not without', () => {
    const { truth, ...given } = history('confounded', 60)
    const worth = (experiments: readonly Experiment[]) =>
      fitResponse({ ...given, experiments }).curves.map((curve) => valueAt(curve, 5))
    const [first = 0, second = 0] = worth([])
    assert.ok(second > first, 'demand makes the second line look better than the first')
    const brought = (line: number) => {
      const curve = truth[line] as Curve
      const felt = adstock(given.lines[line]?.spend ?? [], curve.carryover)
      const silent = adstock(
        (given.lines[line]?.spend ?? new Float64Array()).map((s, t) => (t >= 100 && t < 108 ? 0 : s)),
        curve.carryover,
      )
      let sum = 0
      for (let t = 100; t < 108; t++)
        sum += curve.ceiling * (saturation(curve, felt[t] ?? 0) - saturation(curve, silent[t] ?? 0))
      return sum
    }
    const [a = 0, b = 0] = worth(
      [0, 1].map((line) => ({
        line: `line ${line}`,
        from: 100,
        to: 108,
        effect: brought(line),
        standardError: 15,
      })),
    )
    assert.ok(a > b)
    near(b, valueAt(truth[1] as Curve, 5), 12)
  })

  it('BU4 refuses histories that cannot be learnt from, and says why', () => {
    const { truth: _truth, ...good } = history('good')
    const line = { name: 'x', spend: new Float64Array(200) }
    const bad: readonly (readonly [string, ResponseHistory])[] = [
      [
        'short',
        { ...good, outcome: good.outcome.slice(0, 5), lines: [{ name: 'x', spend: new Float64Array(5) }] },
      ],
      ['no_lines', { ...good, lines: [] }],
      ['uneven', { ...good, lines: [{ name: 'x', spend: new Float64Array(7) }] }],
      ['not_finite', { ...good, lines: [{ name: 'x', spend: line.spend.with(3, Number.NaN) }] }],
      ['negative', { ...good, lines: [{ name: 'x', spend: line.spend.with(3, -1) }] }],
      [
        'experiment_line',
        { ...good, experiments: [{ line: '?', from: 0, to: 3, effect: 1, standardError: 1 }] },
      ],
      [
        'experiment',
        { ...good, experiments: [{ line: 'line 0', from: 5, to: 3, effect: 1, standardError: 1 }] },
      ],
    ]
    for (const [code, given] of bad)
      assert.throws(
        () => fitResponse(given),
        (error) => isFailure(error, `budget.history_${code}`),
        code,
      )
  })
})

describe('allocation', () => {
  it('BU10 stands at one marginal return, and no split of a fine grid brings more', () => {
    const curves = [
      curveOf({}),
      curveOf({ ceiling: 60, steepness: 1 }),
      curveOf({ family: 'hill', ceiling: 90, shape: 1 }),
    ]
    const lines = curves.map((curve) => ({ response: responseOf(curve), low: 0.5, high: 12 }))
    const { spend, price, value } = allocate(lines, 15)
    near(
      [...spend].reduce((sum, s) => sum + s, 0),
      15,
      1e-6,
    )
    curves.forEach((curve, c) => {
      const s = spend[c] ?? 0
      if (s > 0.51 && s < 11.99) near(marginalAt(curve, s), price, 1e-4 * price)
    })
    for (let x = 0.5; x <= 12; x += 0.25)
      for (let y = 0.5; y <= 12; y += 0.25) {
        const z = 15 - x - y
        if (z < 0.5 || z > 12) continue
        const other = [x, y, z].reduce((sum, s, c) => sum + valueAt(curves[c] as Curve, s), 0)
        assert.ok(other <= value + 1e-6)
      }
  })

  it('BU11 leaves what is not worth its price, and refuses bounds that cannot be met', () => {
    const response = mixtureResponse({ parts: [{ family: 'tanh', half: 5 }], weights: [20] })
    const { spend } = allocate([{ response, low: 0, high: 100 }], 100, 1)
    const [s = 0] = spend
    assert.ok(s > 0 && s < 100)
    near((response.value(s + 1e-4) - response.value(s)) / 1e-4, 1, 1e-3)
    assert.throws(
      () => allocate([{ response, low: 5, high: 9 }], 3),
      (error) => isFailure(error, 'budget.bounds'),
    )
    assert.throws(
      () => allocate([{ response, low: 5, high: 4 }], 9),
      (error) => isFailure(error, 'budget.bounds'),
    )
  })
})
