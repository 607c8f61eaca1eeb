// A level that has moved and stays: the Page-Hinkley test on standardised residuals, both ways.

export type PageHinkley = Float64Array

export type PageHinkleyOptions = {
  /** Drift per value that is put up with, in standard deviations. */
  readonly slack: number
  /** Sum that means a shift, in standard deviations. */
  readonly limit: number
}

export const PAGE_HINKLEY_DEFAULTS: PageHinkleyOptions = { slack: 0.75, limit: 25 }

/** Sums upwards and downwards. */
export const createPageHinkley = (): PageHinkley => new Float64Array(2)

/** One value counts at most this much, so that a spike is no shift. */
const SIZE_MAX = 4

/** The sums after one more residual `z`; does not change the state. */
export const peekShift = (
  state: PageHinkley,
  z: number,
  { slack }: PageHinkleyOptions,
): readonly [number, number] => {
  const bounded = Math.max(-SIZE_MAX, Math.min(SIZE_MAX, z))
  return [
    Math.max(0, (state[0] as number) + bounded - slack),
    Math.max(0, (state[1] as number) - bounded - slack),
  ]
}

/** Takes a residual in; +1 or −1 when the level has moved up or down (and begins anew), else 0. */
export const learnShift = (state: PageHinkley, z: number, options: PageHinkleyOptions): -1 | 0 | 1 => {
  const [up, down] = peekShift(state, z, options)
  const shift = up > options.limit ? 1 : down > options.limit ? -1 : 0
  state[0] = shift === 0 ? up : 0
  state[1] = shift === 0 ? down : 0
  return shift
}
