// All ways of attribution side by side, and beside them what experiments have measured: attribution describes who was
// there, not who caused it, so it never stands alone.

import { Failure } from '../../kernel/failure.ts'
import { creditBy, HEURISTICS, type HeuristicOptions, splitOf } from './heuristics.ts'
import { markovAttribution } from './markov.ts'
import { type Journey, readPaths } from './paths.ts'
import { shapleyAttribution } from './shapley.ts'

/** What an experiment found a channel to have caused in the same period: a geo test, a holdout. */
export type Calibration = {
  readonly channel: string
  /** Incremental conversions, with the interval where it is known. */
  readonly incremental: number
  readonly low: number | null
  readonly high: number | null
}

export const METHODS = [...HEURISTICS, 'markov1', 'markov2', 'shapley'] as const
export type Method = (typeof METHODS)[number]

export type ChannelCredit = {
  readonly channel: string
  readonly conversions: { readonly [method in Method]: number | null }
  readonly values: { readonly [method in Method]: number | null }
  /** Share of conversions lost without it, by the Markov chain of order 1. */
  readonly removal: number
  /** Null: not measured. */
  readonly measured: Calibration | null
  /** Measured over last-touch conversions: below 1, last touch flatters the channel. */
  readonly measuredOverLast: number | null
}

export type Attribution = {
  readonly channels: readonly ChannelCredit[]
  readonly paths: number
  readonly totalConversions: number
  readonly totalValue: number
  readonly totalNulls: number
  readonly baseRate: number
  /** Why order 2 is absent. */
  readonly markov2Refused: string | null
  readonly measuredChannels: number
}

export type AttributeOptions = Partial<HeuristicOptions> & { readonly calibration: readonly Calibration[] }

/** Throws Failures `attribution.*`; a calibration of a channel that no path has is refused as `attribution.unknown_channel`. */
export const attribute = (
  journeys: readonly Journey[],
  options: Partial<AttributeOptions> = {},
): Attribution => {
  const paths = readPaths(journeys)
  const { calibration = [], ...heuristics } = options
  checkCalibration(calibration, paths.channels)
  const markov1 = markovAttribution(paths, 1)
  const markov2 = orRefused(() => markovAttribution(paths, 2))
  const shapley = shapleyAttribution(paths)
  const credit = (what: Float64Array) =>
    HEURISTICS.map((name) => [name, creditBy(paths, splitOf(name, heuristics), what)] as const)
  const [ofConversions, ofValues] = [credit(paths.conversions), credit(paths.values)]
  const pick = (rows: typeof ofConversions, index: number) =>
    Object.fromEntries(rows.map(([name, all]) => [name, all[index] as number])) as Record<
      (typeof HEURISTICS)[number],
      number
    >
  const channels = paths.channels.map((channel, index): ChannelCredit => {
    const measured = calibration.find((one) => one.channel === channel) ?? null
    const conversions = {
      ...pick(ofConversions, index),
      markov1: markov1.conversions[index] as number,
      markov2: markov2.result?.conversions[index] ?? null,
      shapley: shapley.conversions[index] as number,
    }
    const values = {
      ...pick(ofValues, index),
      markov1: markov1.values[index] as number,
      markov2: markov2.result?.values[index] ?? null,
      shapley: shapley.values[index] as number,
    }
    return {
      channel,
      conversions,
      values,
      removal: markov1.removal[index] as number,
      measured,
      measuredOverLast:
        measured === null || conversions.last === 0 ? null : measured.incremental / conversions.last,
    }
  })
  return {
    channels: channels.toSorted((left, right) => right.removal - left.removal),
    paths: journeys.length,
    totalConversions: paths.totalConversions,
    totalValue: paths.totalValue,
    totalNulls: paths.totalNulls,
    baseRate: markov1.baseRate,
    markov2Refused: markov2.refused,
    measuredChannels: calibration.length,
  }
}

const checkCalibration = (calibration: readonly Calibration[], channels: readonly string[]): void => {
  for (const [index, { channel, incremental, low, high }] of calibration.entries()) {
    const isNumber =
      [incremental, low ?? 0, high ?? 0].every(Number.isFinite) &&
      (low ?? incremental) <= (high ?? incremental)
    const isTwice = calibration.findIndex((one) => one.channel === channel) !== index
    if (channels.includes(channel) && isNumber && !isTwice) continue
    throw new Failure({
      code: isNumber && !isTwice ? 'attribution.unknown_channel' : 'attribution.bad_calibration',
      message: `The calibration of "${channel}" cannot be used.`,
      hint: `A channel of the paths, named once, with finite numbers and low <= high. Channels: ${channels.slice(0, 30).join(', ')}`,
    })
  }
}

const orRefused = <T>(solve: () => T): { result: T | null; refused: string | null } => {
  try {
    return { result: solve(), refused: null }
  } catch (thrown) {
    // Order 2 may have too many states; the rest still stands.
    if (!(thrown instanceof Failure)) throw thrown
    return { result: null, refused: thrown.message }
  }
}
