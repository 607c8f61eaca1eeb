// The forecast of one series: the season is chosen, methods are combined by their errors in a rolling
// backtest, intervals come from those errors, and what does not beat the seasonal naive is replaced by it.

import { Failure } from '../../kernel/failure.ts'
import {
  errorsOf,
  knownAt,
  meanSize,
  originsFor,
  rollForecasts,
  type BacktestOptions,
  type OriginPlan,
  type RollPlan,
} from './backtest.ts'
import { cleanSpikes } from './clean.ts'
import { blend, blendRolling, weightsOf } from './combine.ts'
import { halfWidths, type Band } from './conformal.ts'
import type { Calendar } from './effects.ts'
import { METHODS, type MethodName } from './methods.ts'
import { naiveScale } from './score.ts'
import { isSeasonal } from './season.ts'

export type ForecastOptions = BacktestOptions & {
  /** Only so many of the newest values are looked at. */
  readonly historyMax: number
  readonly horizonMax: number
}

export const FORECAST_DEFAULTS: ForecastOptions = {
  originsMax: 60,
  refitEvery: 20,
  clean: true,
  historyMax: 3_000,
  horizonMax: 730,
}

export type ForecastInput = {
  /** Equally spaced, oldest first. */
  readonly values: Float64Array
  /** 1 where a value was filled in; left out: none. */
  readonly isFilled?: Uint8Array
  readonly horizon: number
  /** Seasons worth looking at, in steps; 1 (none) is always tried. */
  readonly periods: readonly number[]
  /** Holidays, and the length of a year, over history and horizon. */
  readonly calendar?: Calendar
  readonly options?: Partial<ForecastOptions>
}

export type MethodFigures = {
  readonly method: MethodName | 'combination'
  /** In units of the series, by all origins and steps. */
  readonly meanError: number
  /** Mean error as a share of the seasonal naive's in the sample. */
  readonly mase: number
  /** Part in the combination, 0 to 1. */
  readonly weight: number
}

export type Forecast = {
  readonly mean: Float64Array
  readonly band80: Band
  readonly band95: Band
  readonly method: 'combination' | 'seasonal_naive'
  /** Why it is the seasonal naive, where it is. */
  readonly fallback?: 'not_better_in_backtest' | 'too_short_for_backtest'
  /** Season in steps; 1: none. */
  readonly period: number
  /** Whether a yearly wave is part of it. */
  readonly hasYear: boolean
  readonly origins: number
  readonly figures: readonly MethodFigures[]
  /** Share of later origins' values within the 80 % band of the earlier ones; NaN when too few. */
  readonly coverage80: number
  /** Positions in the input that were taken for spikes. */
  readonly spikes: readonly number[]
}

/** Fewer values than this cannot be forecast. */
export const VALUES_MIN = 4
const ORIGINS_MIN = 3
const TRAIN_MIN = 10
const COVERAGES = [0.8, 0.95]

/**
 * Forecasts `horizon` steps with intervals of 80 and 95 %.
 * Throws Failures `forecast.too_short`, `forecast.not_finite`, `forecast.horizon`.
 * @example forecastSeries({ values: Float64Array.of(1, 2, 1, 2, 1, 2, 1, 2), horizon: 2, periods: [2] }).mean // 1, 2
 */
export const forecastSeries = (input: ForecastInput): Forecast => {
  const options = { ...FORECAST_DEFAULTS, ...input.options }
  check(input, options)
  const cut = Math.max(0, input.values.length - options.historyMax)
  const values = input.values.slice(cut)
  const isFilled = input.isFilled?.slice(cut) ?? new Uint8Array(values.length)
  const plan = choosePlan(values, isFilled, input, cut, options)
  const { period, horizon } = plan
  const spikes = options.clean ? cleanSpikes(values, period).spikes.map((at) => at + cut) : []
  const origins = originsFor(values.length, originPlan(plan, period, input.calendar, options))
  if (origins.length < ORIGINS_MIN) return shortForecast(values, horizon, period, spikes)
  const trial = tryOut(values, isFilled, origins, plan)
  const mean = aheadOf(values, plan, trial)
  const isNonNegative = values.every((value) => value >= 0)
  const raw = trial.isBetter ? trial.combined : trial.naive
  const chosen = isNonNegative ? atLevelOfNow(raw, origins, values, period) : raw
  return {
    mean: isNonNegative ? mean.map((value) => Math.max(0, value)) : mean,
    ...bandsAround(mean, chosen, isNonNegative),
    method: trial.isBetter ? 'combination' : 'seasonal_naive',
    ...(trial.isBetter ? {} : { fallback: 'not_better_in_backtest' as const }),
    period,
    hasYear: trial.isBetter && plan.calendar.yearSteps !== undefined,
    origins: origins.length,
    figures: figuresOf(trial, plan, naiveScale(values, period)),
    coverage80: laterCoverage(chosen, horizon),
    spikes,
  }
}

const LEVEL_STEPS_MIN = 8

/**
 * Errors as they would be at the level of now: what grows errs in proportion. The level is the mean of the last season.
 */
const atLevelOfNow = (
  errors: readonly Float64Array[],
  origins: readonly number[],
  values: Float64Array,
  period: number,
): readonly Float64Array[] => {
  const levelAt = (end: number): number => {
    const steps = Math.min(end, Math.max(period, LEVEL_STEPS_MIN))
    return values.subarray(end - steps, end).reduce((sum, value) => sum + value, 0) / steps
  }
  const now = levelAt(values.length)
  return errors.map((row, k) => {
    const then = levelAt(origins[k] as number)
    return then > 0 && now > 0 ? row.map((error) => (error * now) / then) : row
  })
}

/** The backtest of all methods and of their combination. */
type Trial = {
  readonly meanErrors: readonly number[]
  readonly weights: readonly number[]
  readonly combined: readonly Float64Array[]
  readonly naive: readonly Float64Array[]
  /** Whether the combination errs less than the plain seasonal naive. */
  readonly isBetter: boolean
}

const tryOut = (
  values: Float64Array,
  isFilled: Uint8Array,
  origins: readonly number[],
  plan: RollPlan,
): Trial => {
  const { ahead } = rollForecasts(values, origins, plan)
  const forecasts = plan.methods.map((method) => ahead.get(method) as readonly Float64Array[])
  const errors = forecasts.map((rows) => errorsOf(values, isFilled, origins, rows))
  const combined = errorsOf(values, isFilled, origins, blendRolling(forecasts, errors, origins, plan.horizon))
  const bare = rollForecasts(values, origins, { ...plan, ...BARE })
  const naive = errorsOf(values, isFilled, origins, bare.ahead.get('seasonal_naive') ?? [])
  const meanErrors = errors.map((rows) => meanSize(rows))
  const isBetter = meanSize(combined) < meanSize(naive)
  return { meanErrors, weights: weightsOf(meanErrors), combined, naive, isBetter }
}

/** The yardstick knows neither calendar nor cleaning. */
const BARE: Pick<RollPlan, 'methods' | 'calendar' | 'clean'> = {
  methods: ['seasonal_naive'],
  calendar: {},
  clean: false,
}

const aheadOf = (values: Float64Array, plan: RollPlan, { isBetter, weights }: Trial): Float64Array => {
  const { period, horizon, methods } = plan
  if (!isBetter) return METHODS.seasonal_naive(values, period)(values, horizon)
  const { history, finish } = knownAt(values, values.length, plan)
  return finish(
    blend(
      methods.map((method) => METHODS[method](history, period)(history, horizon)),
      weights,
    ),
  )
}

const figuresOf = (trial: Trial, { methods }: RollPlan, scale: number): readonly MethodFigures[] => {
  const figure = (method: MethodFigures['method'], meanError: number, weight: number): MethodFigures => ({
    method,
    meanError,
    mase: meanError / scale,
    weight,
  })
  const { weights, meanErrors, combined, naive, isBetter } = trial
  return [
    figure(
      'seasonal_naive',
      meanSize(naive),
      isBetter ? (weights[methods.indexOf('seasonal_naive')] ?? 0) : 1,
    ),
    ...methods.flatMap((method, m) =>
      method === 'seasonal_naive'
        ? []
        : [figure(method, meanErrors[m] as number, isBetter ? (weights[m] as number) : 0)],
    ),
    figure('combination', meanSize(combined), isBetter ? 1 : 0),
  ]
}

const check = ({ values, horizon }: ForecastInput, { horizonMax }: ForecastOptions): void => {
  if (values.length < VALUES_MIN)
    throw new Failure({
      code: 'forecast.too_short',
      message: `${values.length} values are too few to forecast from.`,
      hint: `At least ${VALUES_MIN} are needed; a season needs three whole periods.`,
    })
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad !== -1)
    throw new Failure({
      code: 'forecast.not_finite',
      message: `Value ${bad + 1} is ${values[bad]}.`,
      hint: 'Leave out what was not measured; missing steps are filled in.',
    })
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > horizonMax)
    throw new Failure({
      code: 'forecast.horizon',
      message: `A horizon of ${horizon} steps is not possible.`,
      hint: `Ask for 1 to ${horizonMax} steps.`,
    })
}

const trainMin = (period: number): number => Math.max(TRAIN_MIN, 2 * period)

/** With a year in the calendar the origins are spread over one. */
const originPlan = (
  { horizon }: { readonly horizon: number },
  period: number,
  calendar: Calendar | undefined,
  { originsMax }: { readonly originsMax: number },
): OriginPlan => ({
  horizon,
  trainMin: trainMin(period),
  originsMax,
  stride: Math.max(1, Math.floor((calendar?.yearSteps ?? 0) / originsMax)),
})

const methodsFor = (values: Float64Array, period: number): readonly MethodName[] =>
  period > 1 && values.length >= 3 * period
    ? ['seasonal_naive', 'theta', 'damped_trend', 'holt_winters']
    : ['seasonal_naive', 'theta', 'damped_trend']

/** Season and yearly wave with which Theta errs least in the backtest, among those the history can show. */
const choosePlan = (
  values: Float64Array,
  isFilled: Uint8Array,
  { horizon, periods, calendar = {} }: ForecastInput,
  cut: number,
  { originsMax, refitEvery, clean }: ForecastOptions,
): RollPlan => {
  const { yearSteps, holidayAt } = calendar
  const holidays: Calendar = holidayAt === undefined ? {} : { holidayAt: holidayAt.slice(cut) }
  const planOf = (period: number, withYear: boolean): RollPlan => ({
    period,
    horizon,
    methods: methodsFor(values, period),
    calendar: withYear && yearSteps !== undefined ? { ...holidays, yearSteps } : holidays,
    refitEvery,
    clean,
  })
  const seasonal = periods.filter((period) => isSeasonal(values, period))
  const canHaveYear = yearSteps !== undefined && values.length >= 2 * yearSteps + horizon
  const plans = [1, ...seasonal].flatMap((period) =>
    canHaveYear ? [planOf(period, false), planOf(period, true)] : [planOf(period, false)],
  )
  const longest = Math.max(1, ...seasonal)
  const origins = originsFor(values.length, originPlan({ horizon }, longest, calendar, { originsMax }))
  if (plans.length === 1 || origins.length < ORIGINS_MIN) return planOf(seasonal[0] ?? 1, false)
  const tried = plans.map((plan) => {
    const { ahead } = rollForecasts(values, origins, { ...plan, methods: ['theta'] })
    return { plan, error: meanSize(errorsOf(values, isFilled, origins, ahead.get('theta') ?? [])) }
  })
  return tried.reduce((best, next) => (next.error < best.error ? next : best)).plan
}

const bandsAround = (
  mean: Float64Array,
  errors: readonly Float64Array[],
  isNonNegative: boolean,
): { readonly band80: Band; readonly band95: Band } => {
  const [narrow, wide] = halfWidths(errors, mean.length, COVERAGES)
  const band = (width: Float64Array | undefined): Band => ({
    lower: mean.map((value, h) => {
      const lower = value - (width?.[h] ?? 0)
      return isNonNegative ? Math.max(0, lower) : lower
    }),
    upper: mean.map((value, h) => value + (width?.[h] ?? 0)),
  })
  return { band80: band(narrow), band95: band(wide) }
}

/** How the 80 % band of the earlier half of origins did on the later half. */
const laterCoverage = (errors: readonly Float64Array[], horizon: number): number => {
  const half = errors.length >> 1
  if (half < 2 * ORIGINS_MIN) return Number.NaN
  const [width] = halfWidths(errors.slice(0, half), horizon, [0.8])
  let inside = 0
  let count = 0
  for (const row of errors.slice(half))
    for (let h = 0; h < horizon; h++) {
      const error = row[h] as number
      if (!Number.isFinite(error)) continue
      count++
      if (Math.abs(error) <= (width?.[h] ?? 0)) inside++
    }
  return inside / count
}

/** Too little to test on: the value of a period ago, give or take what it erred by within the sample. */
const shortForecast = (
  values: Float64Array,
  horizon: number,
  period: number,
  spikes: readonly number[],
): Forecast => {
  const lag = Math.min(period, values.length - 1)
  const mean = METHODS.seasonal_naive(values, lag)(values, horizon)
  const steps = Array.from(values.subarray(lag), (value, i) => value - (values[i] as number))
  const errors = steps.map((step) =>
    Float64Array.from({ length: horizon }, (_, h) => step * Math.sqrt(1 + Math.floor(h / lag))),
  )
  return {
    mean,
    ...bandsAround(
      mean,
      errors,
      values.every((value) => value >= 0),
    ),
    method: 'seasonal_naive',
    fallback: 'too_short_for_backtest',
    period: lag,
    hasYear: false,
    origins: 0,
    figures: [],
    coverage80: Number.NaN,
    spikes,
  }
}
