// Models of the fixture shop, and what they say of its people.

import { FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'
import type { Model, Models, PropensityCard, Scores } from '../../src/api/contract.ts'

const DAY_MS = 24 * HOUR_MS

export function makeScores(index: number, state: FixtureState): Scores {
  const known = state !== 'empty'
  return {
    churn: known ? 0.18 + 0.08 * index : null,
    purchase: known ? 0.42 - 0.03 * index : null,
    alive: known ? 0.93 - 0.05 * index : null,
    orders: known ? 6.4 - 0.5 * index : null,
    orderValue: known ? 2_310 : null,
    clv: known ? 5_870 - 400 * index : null,
    nextOrderDays: known ? 19 + index : null,
    intervals: known ? { level: 0.8, orders: { low: 3, high: 11 }, clv: { low: 2_700, high: 10_100 } } : null,
    churnAfterDays: 60,
    purchaseWithinDays: 14,
    valueDays: 365,
    fallbacks: known ? [] : [{ key: 'churn', reason: 'no_model' }],
    version: known ? 'logistic-5f0c2d6e' : 'none',
  }
}

export function makeModels(state: FixtureState): Models {
  const models =
    state === 'empty' ? EMPTY : state === 'unsure' ? [churn(true), ...EMPTY.slice(1)] : busy(state)
  return {
    training: state === 'stopped',
    nextTrainingAt: FIXTURE_NOW + 3 * DAY_MS,
    trainEveryDays: 7,
    sample: state === 'empty' ? { people: 38, customers: 1 } : { people: 10_000, customers: 6_214 },
    models: [...models],
  }
}

const busy = (state: FixtureState): readonly Model[] => [
  churn(false),
  {
    ...churn(false),
    key: 'purchase',
    horizonDays: 14,
    version: 'trees-dcedcd3fd3333201',
    card: { ...card(0.21), chosen: 'trees', promoted: true, lossGain: 0.0169, lossGainError: 0.004 },
    gap: null,
    usedBy: ['decisions'],
  },
  value(state),
  uplift(state === 'long' ? LONG : 'winback'),
]

const base = (key: string, horizonDays: number): Model => ({
  key,
  state: 'not_yet',
  version: null,
  trainedAt: null,
  dataUntil: null,
  horizonDays,
  trainings: 0,
  card: null,
  notTrained: null,
  checked: null,
  drift: null,
  gap: 'no_model',
  usedBy: [],
})

const failed = (reason: string, needs: number, has: number, detail = '') => ({
  reason,
  needs,
  has,
  detail,
  at: FIXTURE_NOW - 9 * HOUR_MS,
})

const EMPTY: readonly Model[] = [
  { ...base('churn', 60), notTrained: failed('history', 127, 21) },
  { ...base('purchase', 14), notTrained: failed('positives', 200, 43) },
  base('value', 365),
]

const card = (rate: number): PropensityCard => ({
  kind: 'propensity',
  rows: 41_200,
  positives: Math.round(41_200 * rate),
  learntAt: [FIXTURE_NOW - 180 * DAY_MS, FIXTURE_NOW - 150 * DAY_MS],
  judgedAt: FIXTURE_NOW - 60 * DAY_MS,
  learntRows: 32_960,
  judgedRows: 8_240,
  chosen: 'logistic',
  contenders: [
    {
      kind: 'logistic',
      calibration: 'isotonic',
      auc: 0.8312,
      logLoss: 0.4127,
      brier: 0.133,
      ece: 0.021,
      slope: 0.97,
    },
    {
      kind: 'trees',
      calibration: 'isotonic',
      auc: 0.8339,
      logLoss: 0.4109,
      brier: 0.132,
      ece: 0.026,
      slope: 1.04,
    },
  ],
  promoted: false,
  lossGain: 0.0018,
  lossGainError: 0.0014,
  baseline: { rate, logLoss: 0.5534 },
  reliability: Array.from({ length: 10 }, (_, bin) => {
    const said = 0.03 + 0.0085 * bin ** 2
    return { rows: 824, said, came: said * (bin % 2 === 0 ? 0.93 : 1.05) }
  }),
  drivers: [
    { name: 'daysSinceLastOrder', weight: 0.91 },
    { name: 'overdue', weight: 0.64 },
    { name: 'activity60d', weight: -0.52 },
    { name: 'orders', weight: -0.33 },
    { name: 'daysSinceLastCart missing', weight: 0.21 },
    { name: 'clickShare', weight: -0.14 },
  ],
  leaks: [],
  drift: [{ column: 'daysSinceFirstSeen', psi: 0.31 }],
})

const churn = (drifted: boolean): Model => ({
  ...base('churn', 60),
  state: drifted ? 'fallback' : 'in_use',
  version: 'logistic-5f0c2d6e5b7e4a3c',
  trainedAt: FIXTURE_NOW - 4 * DAY_MS,
  dataUntil: FIXTURE_NOW - 4 * DAY_MS,
  trainings: 9,
  card: card(0.26),
  notTrained: drifted ? failed('not_calibrated', 0, 0, 'slope 0.58 ± 0.04') : null,
  checked: {
    at: FIXTURE_NOW - 4 * DAY_MS,
    saidAt: FIXTURE_NOW - 64 * DAY_MS,
    version: 'logistic-11aa',
    rows: 5_930,
    slope: drifted ? 0.61 : 0.98,
    slopeError: 0.03,
    psi: 0.04,
    deciles: [],
  },
  drift: drifted
    ? { at: FIXTURE_NOW - 4 * DAY_MS, measure: 'calibration_slope', value: 0.61, error: 0.03 }
    : null,
  gap: drifted ? 'drift' : null,
  usedBy: drifted ? ['campaign:winback'] : ['decisions', 'campaign:winback'],
})

const value = (state: FixtureState): Model => ({
  ...base('value', 365),
  state: 'in_use',
  version: 'value-b585077c4632e306',
  trainedAt: FIXTURE_NOW - 4 * DAY_MS,
  dataUntil: FIXTURE_NOW - 4 * DAY_MS,
  trainings: 9,
  card: {
    kind: 'value',
    customers: 6_214,
    repeatBuyers: 3_377,
    days: 402,
    timing: state === 'long' ? 'bg-bb' : 'bg-nbd',
    reason: null,
    parameters: [{ name: 'r', value: 0.67 }],
    backtest: {
      days: 134,
      ordersCame: 7_820,
      ordersSaid: 8_104,
      ordersAverage: 11_930,
      error: 1.42,
      errorAverage: 2.37,
      coverage: 0.86,
      level: 0.8,
    },
    ordersPerYear: 2.71,
    orderValue: 2_310,
    meanValue: 1_940,
  },
  gap: null,
  usedBy: ['decisions'],
})

const uplift = (campaignId: string): Model => ({
  ...base(`uplift:${campaignId}`, 7),
  state: 'in_use',
  version: 'uplift-0b9c',
  trainedAt: FIXTURE_NOW - 4 * DAY_MS,
  dataUntil: FIXTURE_NOW - 4 * DAY_MS,
  trainings: 3,
  card: {
    kind: 'uplift',
    campaignId,
    rows: 4_980,
    treatedRows: 3_410,
    effect: { value: 11.3, low: 3.1, high: 19.6 },
    qini: { value: 1.42, low: 0.31, high: 2.55 },
    upliftTop: { share: 0.3, value: 27.4, low: 11.9, high: 43 },
    tenths: Array.from({ length: 10 }, (_, tenth) => ({ said: 34 - 7 * tenth, came: 31 - 6.6 * tenth })),
    targeting: 'individual',
    because: 'qini',
    targetShare: 0.54,
    cost: 0.4,
  },
  gap: null,
  usedBy: ['campaign:winback'],
})
