// Rolling origins: each method forecasts from several past days with only what was known then, and is held
// against what came.

import { cleanSpikes } from './clean.ts'
import { effectsOf, withEffects, withoutEffects, type Calendar } from './effects.ts'
import { METHODS, type Ahead, type MethodName } from './methods.ts'

export type BacktestOptions = {
  /** Most origins forecast from, the newest ones. */
  readonly originsMax: number
  /** Parameters are searched for anew after this many origins. */
  readonly refitEvery: number
  /** Clean spikes out of the history that a model sees. */
  readonly clean: boolean
}

export type Rolling = {
  /** How many values were known at each origin, ascending. */
  readonly origins: readonly number[]
  /** By method: forecasts by origin. */
  readonly ahead: ReadonlyMap<MethodName, readonly Float64Array[]>
}

export type Known = {
  /** The history up to an origin, without the calendar's effects and spikes. */
  readonly history: Float64Array
  /** Puts the effects back onto a forecast from there. */
  readonly finish: (ahead: Float64Array) => Float64Array
}

/** What a method may look at when `end` values are known. */
export const knownAt = (values: Float64Array, end: number, plan: RollPlan): Known => {
  const { period, calendar, clean } = plan
  const history = values.subarray(0, end)
  const effects = effectsOf(history, calendar, period)
  const plain = withoutEffects(history, effects, calendar)
  return {
    history: clean ? cleanSpikes(plain, period).values : plain,
    finish: (ahead) => withEffects(ahead, effects, calendar, end),
  }
}

export type OriginPlan = {
  readonly horizon: number
  readonly trainMin: number
  readonly originsMax: number
  /** Steps from one origin to the next. */
  readonly stride: number
}

/** The newest origins after which the whole horizon is known, none before `trainMin` values; ascending. */
export const originsFor = (
  n: number,
  { horizon, trainMin, originsMax, stride }: OriginPlan,
): readonly number[] => {
  const last = n - horizon
  const count = Math.min(originsMax, Math.floor((last - trainMin) / stride) + 1)
  return Array.from({ length: Math.max(0, count) }, (_, i) => last - (count - 1 - i) * stride)
}

export type RollPlan = {
  readonly period: number
  readonly horizon: number
  readonly methods: readonly MethodName[]
  readonly calendar: Calendar
  readonly refitEvery: number
  readonly clean: boolean
}

/** Forecasts of the plan's methods from each of `origins`. `values` are as measured. */
export const rollForecasts = (values: Float64Array, origins: readonly number[], plan: RollPlan): Rolling => {
  const ahead = new Map<MethodName, Float64Array[]>(plan.methods.map((method) => [method, []]))
  const fitted = new Map<MethodName, Ahead>()
  origins.forEach((end, index) => {
    const { history, finish } = knownAt(values, end, plan)
    for (const method of plan.methods) {
      if (index % plan.refitEvery === 0) fitted.set(method, METHODS[method](history, plan.period))
      const forecast = (fitted.get(method) as Ahead)(history, plan.horizon)
      ahead.get(method)?.push(finish(forecast))
    }
  })
  return { origins, ahead }
}

/** actual − forecast by origin and step; NaN where the value was filled in and not observed. */
export const errorsOf = (
  values: Float64Array,
  isFilled: Uint8Array,
  origins: readonly number[],
  forecasts: readonly Float64Array[],
): readonly Float64Array[] =>
  origins.map((end, k) =>
    (forecasts[k] as Float64Array).map((forecast, h) =>
      isFilled[end + h] === 1 ? Number.NaN : (values[end + h] as number) - forecast,
    ),
  )

/** Mean size of the errors that are numbers; NaN of none. */
export const meanSize = (errors: Iterable<Float64Array>): number => {
  let sum = 0
  let count = 0
  for (const row of errors)
    for (const error of row)
      if (Number.isFinite(error)) {
        sum += Math.abs(error)
        count++
      }
  return sum / count
}
