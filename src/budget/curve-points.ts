// A line's curve as a few points with a band, for people, for plans, and to hold against what came afterwards.

import type { Rng } from '../kernel/rng.ts'
import type { PlannedCurve } from './events.ts'
import { attributedAt, type LineModel } from './learn/line-model.ts'
import type { Calibration } from './plan.ts'
import { mixtureValue } from './response/response.ts'

const POINTS = 9

const round = (value: number): number => Number(value.toPrecision(5))

/** Real value at spends from nothing to twice `budget`, with its 80 % interval: both the curve and the share are unsure. */
export const curvePoints = (
  { budget, calibration }: { readonly budget: number; readonly calibration: Calibration },
  model: LineModel,
  rng: Rng,
): PlannedCurve => {
  const spend = Array.from({ length: POINTS }, (_point, k) => round((2 * budget * k) / (POINTS - 1)))
  const draws = model.draws.map((draw) => {
    const share = Math.max(0, calibration.share + calibration.standardError * rng.normal())
    return spend.map((s) => share * mixtureValue(draw, s))
  })
  const quantile = (q: number) =>
    spend.map((_s, k) => {
      const values = draws.map((draw) => draw[k] ?? 0).toSorted((left, right) => left - right)
      return round(values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0)
    })
  return {
    spend,
    value: spend.map((s) => round(calibration.share * attributedAt(model, s))),
    low: quantile(0.1),
    high: quantile(0.9),
  }
}

/** The curve's value at a spend, straight between its points and level beyond the last. */
export const readCurve = (spends: readonly number[], values: readonly number[], spend: number): number => {
  const next = spends.findIndex((point) => point >= spend)
  if (next < 0) return values.at(-1) ?? 0
  if (next === 0) return values[0] ?? 0
  const [from, to] = [spends[next - 1] ?? 0, spends[next] ?? 0]
  const part = to > from ? (spend - from) / (to - from) : 0
  return (values[next - 1] ?? 0) * (1 - part) + (values[next] ?? 0) * part
}
