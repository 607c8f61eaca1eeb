// Ordered Shapley values (Zhao, Mahboobi and Bagheri 2018): a conversion belongs in equal parts to the different
// channels of its journey, and a channel's part to the touches at which it stood.

import type { Credit, Paths } from './paths.ts'

export type Shapley = {
  readonly conversions: Credit
  readonly values: Credit
  /** Conversions by touch (the last entry holds all later ones) and channel: where in the journey the credit arose. */
  readonly byTouch: readonly Credit[]
}

const TOUCHES_SHOWN = 20

/**
 * With the worth of a coalition the conversions of all journeys that stay within it, the sum over all 2ⁿ coalitions is
 * each journey's conversions over its number of channels; so no limit on channels is needed.
 */
export const shapleyAttribution = (paths: Paths): Shapley => {
  const size = paths.channels.length
  const conversions = new Float64Array(size)
  const values = new Float64Array(size)
  const byTouch: Float64Array[] = []
  for (const [index, steps] of paths.steps.entries()) {
    const converted = paths.conversions[index] as number
    const value = paths.values[index] as number
    if (converted === 0 && value === 0) continue
    const times = new Map<number, number>()
    for (const channel of steps) times.set(channel, (times.get(channel) ?? 0) + 1)
    for (const [touch, channel] of steps.entries()) {
      const share = 1 / (times.size * (times.get(channel) as number))
      const at = Math.min(touch, TOUCHES_SHOWN - 1)
      while (byTouch.length <= at) byTouch.push(new Float64Array(size))
      const credit = byTouch[at] as Float64Array
      credit[channel] = (credit[channel] as number) + converted * share
      conversions[channel] = (conversions[channel] as number) + converted * share
      values[channel] = (values[channel] as number) + value * share
    }
  }
  return { conversions, values, byTouch }
}
