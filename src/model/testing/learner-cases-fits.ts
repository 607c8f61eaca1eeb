// Learners that are fitted to a whole table at once: their entries in the suite of all learners.

import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import { forecastSeries, type Forecast } from '../forecast/forecast.ts'
import { seriesOf, type Point } from '../forecast/series.ts'
import { fitPropensity, type FitInput } from '../propensity/fit.ts'
import { allRows, type Frame, type NumberColumn } from '../propensity/frame.ts'
import {
  dumpPropensity,
  predictPropensity,
  restorePropensity,
  type PropensityModel,
} from '../propensity/model.ts'
import { numbers, someCustomers } from '../propensity/testing/customers.ts'
import {
  learnRecommender,
  recommendFor,
  RECOMMENDER_DEFAULTS,
  type Recommender,
  type RecommenderInput,
} from '../recommend/recommender.ts'
import { fitDrLearner, fitTLearner, predictUplift, type Trial, type UpliftModel } from '../uplift/learners.ts'
import { drawBeta, drawExponential, drawGamma } from '../value/draws.ts'
import { summariseOrders, type Order } from '../value/rfm.ts'
import { learnValue, valueOf, type LearnValueOptions, type ValueModel } from '../value/value-model.ts'
import { assessVariants } from '../variants/assess.ts'
import { learnVariantPrior, type Variant, type VariantPrior } from '../variants/prior.ts'
import { learnerConformance } from './learner-conformance.ts'

export const registerFits = (): void => {
  propensity('logistic', 0)
  propensity('trees', 2)
  uplift('T-learner', fitTLearner)
  uplift('DR-learner', fitDrLearner)
  for (const timing of ['bg-nbd', 'pareto-nbd', 'cohort-average'] as const) value(timing)
  forecast()
  recommend()
  variants()
}

const turnedFrame = (frame: Frame): Frame => ({ ...frame, columns: frame.columns.toReversed() })
const fewer = (frame: Frame): Frame => ({ ...frame, columns: frame.columns.slice(1) })
const more = (frame: Frame): Frame => ({
  ...frame,
  columns: [
    ...frame.columns,
    numbers(
      'new',
      Array.from({ length: frame.rows }, (_, row) => row),
    ),
  ],
})
/** The first column of numbers with one of them broken. */
const spoilt = (frame: Frame, bad: number): Frame => {
  const at = frame.columns.findIndex(({ kind }) => kind === 'number')
  const column = frame.columns[at] as NumberColumn
  const values = column.values.with(11, bad)
  const missing = column.missing.with(11, 0)
  return { ...frame, columns: frame.columns.with(at, { ...column, values, missing }) }
}

/** As it is kept in events and handed between threads. */
const asJson = {
  dump: (model: unknown) => JSON.stringify(model),
  restore: <T>(kept: string) => JSON.parse(kept) as T,
}

const propensity = (name: 'logistic' | 'trees', bend: number): void =>
  learnerConformance<FitInput, PropensityModel>({
    name: `propensity ${name}`,
    covers: ['fitPropensity'],
    dataOf: (seed, many) => {
      const { frame, target } = someCustomers(seed, 700 * many, bend)
      return { frame, target, targetName: 'left', options: { trees: { treesMax: 20 } } }
    },
    learn: (input) => fitPropensity(input).model,
    answer: (model, { frame }) => predictPropensity(model, frame),
    reordered: (input) => ({ ...input, frame: turnedFrame(input.frame) }),
    changed: (input) => [
      { ...input, frame: fewer(input.frame) },
      { ...input, frame: more(input.frame) },
      { ...input, frame: { rows: input.frame.rows, columns: [] } },
    ],
    kept: { dump: dumpPropensity, restore: (kept: Dump) => restorePropensity(kept) },
    memory: { bytesMax: 256 * 1_024, many: 4 },
    broken: (input) =>
      [Number.NaN, Infinity].map((bad) => [
        `a number of ${bad}`,
        { ...input, frame: spoilt(input.frame, bad) },
      ]),
  })

const uplift = (name: string, fit: typeof fitTLearner): void =>
  learnerConformance<Trial, UpliftModel>({
    name: `uplift ${name}`,
    covers: [fit.name],
    dataOf: (seed, many) => {
      const rng = createRng(`trial:${seed}`)
      const rows = 300 * many
      const draw = () => Array.from({ length: rows }, () => rng.normal())
      const [x, z] = [draw(), draw()]
      const treated = Uint8Array.from(x, () => rng.below(2))
      return {
        frame: { rows, columns: [numbers('x', x), numbers('z', z)] },
        treated,
        outcome: Float64Array.from(x, (own, row) =>
          rng.uniform() < 0.3 + (treated[row] === 1 && own > 0 ? 0.3 : 0) ? 1 : 0,
        ),
        propensity: 0.5,
      }
    },
    learn: (trial) => fit(trial, allRows(trial.frame.rows)),
    answer: (model, { frame }) => predictUplift(model, frame),
    reordered: (trial) => ({ ...trial, frame: turnedFrame(trial.frame) }),
    changed: (trial) => [
      { ...trial, frame: fewer(trial.frame) },
      { ...trial, frame: more(trial.frame) },
    ],
    kept: asJson,
    memory: { bytesMax: 16 * 1_024, many: 4 },
    broken: (trial) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`an outcome of ${bad}`, { ...trial, outcome: trial.outcome.with(3, bad) }] as const,
        [`a number of ${bad}`, { ...trial, frame: spoilt(trial.frame, bad) }] as const,
      ]),
  })

const someOrders = (seed: string, people: number): readonly Order[] => {
  const rng = createRng(`orders:${seed}`)
  return Array.from({ length: people }, (_, i) => {
    const rate = drawGamma(rng, 0.9) / 20
    const goes = drawBeta(rng, 0.6, 2.5)
    const orders: Order[] = []
    for (let day = rng.below(60); day < 300; day += drawExponential(rng) / rate) {
      const value = Math.round(100 * (5 + drawGamma(rng, 4) * 10)) / 100
      orders.push({ customer: `c${i}`, at: Math.floor(day) * DAY_MS, value, isCredit: false })
      if (orders.length > 1 && rng.uniform() < goes) break
    }
    return orders
  }).flat()
}

const value = (timing: LearnValueOptions['timing']): void =>
  learnerConformance<readonly Order[], ValueModel>({
    name: `value ${timing}`,
    covers: ['learnValue', 'fitBgNbd', 'fitParetoNbd'],
    dataOf: (seed, many) => someOrders(seed, 120 * many),
    // Few are fitted, so that it is soon done: Pareto/NBD takes a tenth of them.
    learn: (orders) =>
      learnValue(summariseOrders(orders), {
        timing,
        repeatBuyersMin: 20,
        fitCustomersMax: timing === 'pareto-nbd' ? 500 : 80,
      }),
    answer: (model, orders) =>
      summariseOrders(orders)
        .customers.toSorted((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, 20)
        .map((customer) => valueOf(model, customer, { time: 13, discount: 0.001, margin: 1 })),
    reordered: {
      doesNotApply:
        'A customer is three numbers, not named features; the order of rows moves only the last bits of a sum.',
    },
    changed: { doesNotApply: 'A customer is three numbers, not named features that could be missing.' },
    kept: asJson,
    memory: { bytesMax: 16 * 1_024, many: 4 },
    broken: (orders) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`a time of ${bad}`, orders.with(4, { ...(orders[4] as Order), at: bad })] as const,
        [`a value of ${bad}`, orders.with(4, { ...(orders[4] as Order), value: bad })] as const,
      ]),
  })

const forecast = (): void =>
  learnerConformance<readonly Point[], Forecast>({
    name: 'forecast of a series',
    covers: ['forecastSeries'],
    dataOf: (seed, many) => {
      const rng = createRng(`series:${seed}`)
      return Array.from({ length: 120 * many }, (_, day) => ({
        at: day * DAY_MS,
        value: 100 + 20 * Math.sin((2 * Math.PI * day) / 7) + 3 * rng.normal(),
      }))
    },
    learn: (points) => {
      const { values, isFilled } = seriesOf(points)
      return forecastSeries({ values, isFilled, horizon: 7, periods: [7] })
    },
    answer: ({ mean, band80, band95 }) => ({ mean, band80, band95 }),
    reordered: (points) => points.toReversed(),
    changed: {
      doesNotApply: 'A series has one figure and no features; holes in it are filled in and marked.',
    },
    kept: { doesNotApply: 'A forecast is made anew from the series each time; no model is kept.' },
    memory: { bytesMax: 128 * 1_024, many: 10 },
    broken: (points) =>
      [Number.NaN, Infinity].map((bad) => [
        `a value of ${bad}`,
        points.with(9, { at: 9 * DAY_MS, value: bad }),
      ]),
  })

type Shop = Pick<RecommenderInput, 'rows'> & { readonly history: readonly string[] }

const recommend = (): void =>
  learnerConformance<Shop, Recommender>({
    name: 'recommend items',
    covers: ['learnRecommender'],
    dataOf: (seed, many) => {
      const rng = createRng(`shop:${seed}`)
      const rows = Array.from({ length: 120 * many }, (_, person) =>
        Array.from({ length: 8 }, (_n, n) => ({
          user: `u${person}`,
          item: `${'abcx'[rng.uniform() < 0.8 ? person % 3 : 3]}${rng.below(12)}`,
          at: 1_000 * n + rng.below(900),
        })),
      ).flat()
      return { rows, history: ['a1', 'a3'] }
    },
    learn: ({ rows }) => learnRecommender({ rows, ...RECOMMENDER_DEFAULTS }),
    answer: (model, { history }) => recommendFor(model, { history, except: new Set(history), count: 10 }),
    reordered: ({ rows, history }) => ({ rows: rows.toReversed(), history: history.toReversed() }),
    changed: (shop) => [
      { ...shop, history: [] },
      { ...shop, history: ['never seen', 'a1'] },
    ],
    kept: asJson,
    memory: { bytesMax: 128 * 1_024, many: 5 },
    broken: (shop) =>
      [Number.NaN, Infinity].map((bad) => [
        `a time of ${bad}`,
        { ...shop, rows: shop.rows.with(5, { user: 'u1', item: 'a1', at: bad }) },
      ]),
  })

const variants = (): void =>
  learnerConformance<readonly (readonly Variant[])[], VariantPrior>({
    name: 'variants prior of tests',
    covers: ['learnVariantPrior'],
    dataOf: (seed, many) => {
      const rng = createRng(`tests:${seed}`)
      return Array.from({ length: 40 * many }, () => {
        const rate = 0.02 + 0.02 * rng.uniform()
        return Array.from({ length: 2 + rng.below(3) }, () => {
          const impressions = 500 + rng.below(500)
          const own = rate * (0.8 + 0.4 * rng.uniform())
          return { impressions, clicks: Math.round(impressions * own) }
        })
      })
    },
    learn: learnVariantPrior,
    answer: (prior, tests) =>
      tests
        .slice(0, 3)
        .map((test) => assessVariants(test, { prior }).variants.map((one) => one.share.toFixed(9))),
    reordered: {
      doesNotApply:
        'A test is a few counts, not named features; the order of tests moves only the last bits of a sum.',
    },
    changed: { doesNotApply: 'A test is a few counts, not named features that could be missing.' },
    kept: asJson,
    memory: { bytesMax: 1_024, many: 10 },
    broken: (tests) =>
      [Number.NaN, Infinity].map((bad) => [
        `impressions of ${bad}`,
        tests.with(3, [{ impressions: bad, clicks: 1 }]),
      ]),
  })
