// The journeys that attribution splits: which channels in which order, how many converted, for what value, and how
// many did not. Checked once, so that the mathematics may trust them.

import { Failure } from '../../kernel/failure.ts'

export type Journey = {
  /** Channels in the order of touch, at least one. */
  readonly channels: readonly string[]
  readonly conversions: number
  /** Of all its conversions together. */
  readonly value: number
  /** How many went the same way and did not convert. */
  readonly nulls: number
}

/** Numbered channels, in the order in which they first appear. */
export type Paths = {
  readonly channels: readonly string[]
  readonly steps: readonly Uint16Array[]
  readonly conversions: Float64Array
  readonly values: Float64Array
  readonly nulls: Float64Array
  readonly totalConversions: number
  readonly totalValue: number
  readonly totalNulls: number
}

export const PATH_LIMITS = { channelsMax: 500, touchesMax: 10_000 } as const

/** Throws Failures `attribution.bad_path`, `attribution.too_many_channels`, `attribution.no_conversions`. */
export const readPaths = (journeys: readonly Journey[]): Paths => {
  const numbers = new Map<string, number>()
  const count = journeys.length
  const conversions = new Float64Array(count)
  const values = new Float64Array(count)
  const nulls = new Float64Array(count)
  const steps = journeys.map((journey, index) => {
    check(journey, index)
    conversions[index] = journey.conversions
    values[index] = journey.value
    nulls[index] = journey.nulls
    return Uint16Array.from(journey.channels, (channel) => {
      const known = numbers.get(channel)
      if (known !== undefined) return known
      if (numbers.size >= PATH_LIMITS.channelsMax) throw tooMany()
      numbers.set(channel, numbers.size)
      return numbers.size - 1
    })
  })
  const sum = (all: Float64Array) => all.reduce((total, value) => total + value, 0)
  if (sum(conversions) <= 0)
    throw new Failure({
      code: 'attribution.no_conversions',
      message: 'None of the paths converted.',
      hint: 'Check the column of conversions.',
    })
  return {
    channels: [...numbers.keys()],
    steps,
    conversions,
    values,
    nulls,
    totalConversions: sum(conversions),
    totalValue: sum(values),
    totalNulls: sum(nulls),
  }
}

const check = ({ channels, conversions, value, nulls }: Journey, index: number): void => {
  const wrong =
    channels.length === 0 || channels.includes('')
      ? 'it has no channel, or an empty one'
      : channels.length > PATH_LIMITS.touchesMax
        ? `it has more than ${PATH_LIMITS.touchesMax} touches`
        : !(Number.isFinite(conversions) && conversions >= 0 && Number.isFinite(nulls) && nulls >= 0)
          ? `conversions ${conversions} and nulls ${nulls} must be finite and not negative`
          : !Number.isFinite(value)
            ? `a value of ${value} is not finite`
            : null
  if (wrong === null) return
  throw new Failure({
    code: 'attribution.bad_path',
    message: `Path ${index + 1}: ${wrong}.`,
    hint: 'A path reads like "mail > search > mail", with counts of conversions and of those that did not.',
  })
}

const tooMany = (): Failure =>
  new Failure({
    code: 'attribution.too_many_channels',
    message: `There are more than ${PATH_LIMITS.channelsMax} channels.`,
    hint: 'Group them, such as campaigns into channels; or the separator of paths is another (--separator).',
  })

/** Conversions or value by channel, in the order of `Paths.channels`. */
export type Credit = Float64Array
