// Churn and purchase, learnt from people as they were: judged on the latest date whose outcome is known,
// learnt on dates whose outcome was known before that one, so that nothing of the future helps.

import { cross32 } from '../../kernel/hash.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { PERSON_COLUMNS } from '../../profile/index.ts'
import { calibrationOf } from './calibration-check.ts'
import type { CardFigures, ModelNotTrained, ModelTrained, NotTrainedReason, TrainedCard } from '../events.ts'
import { fitPropensity, type Contender, type Fitted } from '../propensity/fit.ts'
import { lossOf } from '../propensity/metrics.ts'
import { compileScorer } from '../propensity/score-one.ts'
import type { Journal } from './journal.ts'
import { firstSecondsOf, frameOf, observe, type Observations } from './observe.ts'

export type PropensityKey = 'churn' | 'purchase'

export type Task = {
  readonly key: PropensityKey
  readonly horizonMs: number
  /** ms. */
  readonly dataUntil: number
  /** Whom the trees have to beat; absent: logistic regression fitted at once. */
  readonly champion?: 'online'
}

/** Rows with the outcome, and without it, that a model takes. */
export const OUTCOMES_MIN = 200
const DATES_MAX = 8
const ROWS_MAX = 60_000
const TUNE_SHARE = 0.25
const DAY_S = 86_400
/** Time before the first date, in which people become known. */
const LEAD_S = 7 * DAY_S
const TREES = { treesMax: 150, leavesMax: 8, patience: 20 } as const
const PARAMETERS_CHARS_MAX = 1_000_000
const SEEN_WITHIN_DAYS = 90
/** Who has been gone for so many times the churn time is not asked about any more. */
const GONE_TIMES = 4

/** Whom a model is about, as it is asked when rows are made. */
export const questionOf = (
  { key, horizonMs }: Pick<Task, 'key' | 'horizonMs'>,
  dates: readonly number[],
) => ({
  of: key === 'churn' ? ('customers' as const) : ('everyone' as const),
  within: key === 'churn' ? (GONE_TIMES * horizonMs) / DAY_MS : SEEN_WITHIN_DAYS,
  dates,
  horizonS: horizonMs / 1_000,
})

export const outcomeOf = (key: PropensityKey, { ordered }: Observations): Uint8Array =>
  key === 'purchase' ? ordered : ordered.map((came) => 1 - came)

/** A trained model, or why there is none. Deterministic. */
export const trainPropensity = (journal: Journal, task: Task): ModelTrained | ModelNotTrained => {
  const { key, horizonMs, dataUntil } = task
  const refuse = (reason: NotTrainedReason, needs: number, has: number, detail = ''): ModelNotTrained => ({
    key,
    dataUntil,
    reason,
    needs,
    has,
    detail,
  })
  const dates = datesFor(firstSecondsOf(journal), task)
  if (dates === null) {
    const known = Math.max(0, dataUntil / 1_000 - firstSecondsOf(journal)) / DAY_S
    const needs = (2 * horizonMs) / DAY_MS + LEAD_S / DAY_S
    return refuse('history', needs, Number.isFinite(known) ? Math.floor(known) : 0)
  }
  const all = observe(journal, questionOf(task, [...dates.learn, dates.judge]))
  const target = outcomeOf(key, all)
  const positives = target.reduce((sum, y) => sum + y, 0)
  if (positives < OUTCOMES_MIN) return refuse('positives', OUTCOMES_MIN, positives)
  if (all.rows - positives < OUTCOMES_MIN) return refuse('negatives', OUTCOMES_MIN, all.rows - positives)
  const parts = partsOf(all, dates.judge)
  const fitted = fitPropensity({
    frame: frameOf(all),
    target,
    targetName: key,
    parts: { of: parts, column: 'date', testFrom: new Date(dates.judge * 1_000).toISOString() },
    // Rows are made from what was known: a value that decides is a habit, not a leak.
    keepWhy: ['decides'],
    time: { column: 'date', times: all.dates },
    options: { trees: TREES, champion: task.champion ?? 'logistic' },
  })
  const card = cardOf(fitted, { all, target, parts, dates })
  const quality = chosenFigures(card)
  if (quality.logLoss >= card.baseline.logLoss)
    return refuse(
      'not_better',
      0,
      0,
      `log-loss ${quality.logLoss.toFixed(4)}, plain rate ${card.baseline.logLoss.toFixed(4)}`,
    )
  const { slope, error, isOff } = judgedCalibration(fitted, all, target, parts)
  if (isOff) return refuse('not_calibrated', 0, 0, `slope ${slope.toFixed(2)} ± ${error.toFixed(2)}`)
  if (JSON.stringify(fitted.model).length > PARAMETERS_CHARS_MAX)
    return refuse('failed', 0, 0, 'propensity.too_large')
  return { key, version: fitted.model.version, dataUntil, horizonMs, parameters: fitted.model, card }
}

type Dates = { readonly learn: readonly number[]; readonly judge: number }

/** The latest date whose outcome is known, and dates whose outcomes were known by then, half a horizon apart. */
const datesFor = (first: number, { horizonMs, dataUntil }: Task): Dates | null => {
  const horizon = horizonMs / 1_000
  const judge = Math.floor(dataUntil / 1_000) - horizon
  const step = Math.max(DAY_S, Math.floor(horizon / 2))
  const learn: number[] = []
  for (let date = judge - horizon; date >= first + LEAD_S && learn.length < DATES_MAX; date -= step)
    learn.push(date)
  return learn.length === 0 ? null : { learn: learn.toReversed(), judge }
}

/** Learnt from, tuned on (other people at the same dates), judged on; what is too much is left out by person. */
const partsOf = ({ rows, slots, dates }: Observations, judge: number): Uint8Array => {
  const share = Math.min(1, ROWS_MAX / Math.max(1, rows))
  return Uint8Array.from(slots, (slot, row) => {
    if (cross32(slot, 0x2545f491) / 4_294_967_296 >= share) return 3
    if (dates[row] === judge) return 2
    return cross32(slot, 0x51ed270b) / 4_294_967_296 < TUNE_SHARE ? 1 : 0
  })
}

type Made = {
  readonly all: Observations
  readonly target: Uint8Array
  readonly parts: Uint8Array
  readonly dates: Dates
}

type PropensityCard = Extract<TrainedCard, { kind: 'propensity' }>

const cardOf = ({ card, model }: Fitted, { all, target, parts, dates }: Made): PropensityCard => {
  const rate = meanOf(target, parts, 0)
  let loss = 0
  let judged = 0
  target.forEach((y, row) => {
    if (parts[row] !== 2) return
    loss += lossOf(rate, y)
    judged++
  })
  return {
    kind: 'propensity',
    rows: card.split.trainRows + card.split.tuneRows + card.split.testRows,
    positives: target.reduce((sum, y, row) => sum + (parts[row] === 3 ? 0 : y), 0),
    learntAt: dates.learn.map((date) => date * 1_000),
    judgedAt: dates.judge * 1_000,
    learntRows: card.split.trainRows + card.split.tuneRows,
    judgedRows: card.split.testRows,
    chosen: card.chosen,
    contenders: [card.champion, card.challenger].map((one) => ({
      ...figuresOf(one),
      kind: one.kind,
      calibration: one.calibration,
    })),
    promoted: card.promoted,
    lossGain: card.lossGain,
    lossGainError: card.lossGainError,
    baseline: { rate, logLoss: loss / Math.max(1, judged) },
    reliability: card.reliability,
    drivers: card.drivers,
    leaks: card.leaks.map(({ column, why, value, kept }) => ({ column, why, value, kept })),
    drift: card.drift,
    scoreEdges: edgesOf(scoresOf(model, all, parts, 2)),
  }
}

const figuresOf = ({ quality }: Contender): CardFigures => ({
  auc: quality.auc,
  logLoss: quality.logLoss,
  brier: quality.brier,
  ece: quality.ece,
  slope: quality.calibrationSlope,
})

/** The figures of the contender that was kept. */
export const chosenFigures = (card: PropensityCard): CardFigures =>
  card.contenders.find(({ kind }) => kind === card.chosen) as CardFigures

const meanOf = (target: Uint8Array, parts: Uint8Array, part: number): number => {
  let [sum, rows] = [0, 0]
  target.forEach((y, row) => {
    if (parts[row] !== part) return
    sum += y
    rows++
  })
  // Never 0 or 1: as if one more of each had been seen.
  return (sum + 1) / (rows + 2)
}

const scoresOf = (model: Fitted['model'], all: Observations, parts: Uint8Array, part: number): Float64Array =>
  scoreRows(model, all).filter((_, row) => parts[row] === part)

/** The model's word on each row. */
export const scoreRows = (model: Fitted['model'], { rows, columns }: Observations): Float64Array => {
  const score = compileScorer(model, PERSON_COLUMNS)
  const vector = new Float64Array(PERSON_COLUMNS.length)
  return Float64Array.from({ length: rows }, (_, row) => {
    for (let c = 0; c < vector.length; c++) vector[c] = columns[c]?.[row] as number
    return score(vector)
  })
}

/** Nine edges between tenths. */
const edgesOf = (scores: Float64Array): readonly number[] => {
  const sorted = scores.toSorted()
  return Array.from({ length: 9 }, (_, i) => sorted[Math.floor((sorted.length * (i + 1)) / 10)] ?? 0)
}

const judgedCalibration = ({ model }: Fitted, all: Observations, target: Uint8Array, parts: Uint8Array) =>
  calibrationOf(
    scoresOf(model, all, parts, 2),
    target.filter((_, row) => parts[row] === 2),
  )
