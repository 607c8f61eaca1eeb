// What is popular now: interest in each product, halved every seven days. Beside the amounts stands each product's level,
// its amount as it would be at one common moment: shares of popularity then need no power for each product and answer.

export type Popularity = {
  /** Weighted interest, as of `at`. */
  amounts: Float64Array
  /** s */
  at: Float64Array
  /** Derived: amounts carried to `epoch`, comparable with each other. */
  levels: Float64Array
  /** s; a function of `newest` alone, so that a restored state has the same levels to the bit. */
  epoch: number
  /** Latest of `at`. */
  newest: number
}

const HALF_LIFE_S = 7 * 86_400
/** Levels stay far within what a number holds: 2^64 at the most. */
const EPOCH_S = 64 * HALF_LIFE_S
const START = 64

export const createPopularity = (
  amounts: Float64Array<ArrayBufferLike> = new Float64Array(START),
  at: Float64Array<ArrayBufferLike> = new Float64Array(START),
): Popularity => {
  const newest = at.reduce((latest, seconds) => Math.max(latest, seconds), 0)
  const levels = new Float64Array(amounts.length)
  const state: Popularity = { amounts, at, levels, epoch: epochOf(newest), newest }
  level(state)
  return state
}

/** Adds interest of so much weight at a time (s). */
export const addPopular = (state: Popularity, item: number, weight: number, seconds: number): void => {
  if (item >= state.amounts.length) grow(state, item)
  const then = state.at[item] as number
  const latest = Math.max(then, seconds)
  const old = (state.amounts[item] as number) * halved(latest - then)
  state.amounts[item] = old + weight * halved(latest - seconds)
  state.at[item] = latest
  state.newest = Math.max(state.newest, latest)
  const epoch = epochOf(state.newest)
  if (epoch === state.epoch) state.levels[item] = levelOf(state, item)
  else {
    state.epoch = epoch
    level(state)
  }
}

/** As of a moment (ms). */
export const popularNow = ({ amounts, at }: Popularity, item: number, now: number): number => {
  const amount = amounts[item] ?? 0
  return amount === 0 ? 0 : amount * halved(Math.max(0, now / 1_000 - (at[item] ?? 0)))
}

const grow = (state: Popularity, item: number): void => {
  const size = Math.max(item + 1, state.amounts.length * 2)
  for (const name of ['amounts', 'at', 'levels'] as const) {
    const larger = new Float64Array(size)
    larger.set(state[name])
    state[name] = larger
  }
}

const level = (state: Popularity): void => {
  for (let item = 0; item < state.levels.length; item++) state.levels[item] = levelOf(state, item)
}

/** amount · 2^((at − epoch) / half-life) */
const levelOf = ({ amounts, at, epoch }: Popularity, item: number): number =>
  (amounts[item] as number) * halved(epoch - (at[item] as number))

const epochOf = (seconds: number): number => Math.floor(seconds / EPOCH_S) * EPOCH_S

const halved = (seconds: number): number => {
  if (seconds === 0) return 1
  if (seconds !== last.seconds) {
    last.share = 0.5 ** (seconds / HALF_LIFE_S)
    last.seconds = seconds
  }
  return last.share
}
/** Remembered: much of what happens in a row happens in the same second. */
const last = { seconds: 0, share: 1 }
