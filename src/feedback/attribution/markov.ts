// Removal effects of an absorbing Markov chain (Anderl and others 2016), solved as a linear system, not simulated: how
// much of the conversion probability is lost when each journey that comes to a channel ends there.

import { assert } from '../../kernel/assert.ts'
import { Failure } from '../../kernel/failure.ts'
import type { Credit, Paths } from './paths.ts'

export type Markov = {
  readonly order: 1 | 2
  /** Share of the conversion probability that is lost without the channel, in [0, 1]. */
  readonly removal: Float64Array
  readonly conversions: Credit
  readonly values: Credit
  /** Probability that a journey converts. */
  readonly baseRate: number
  readonly states: number
}

/** A dense system of so many states takes a few seconds. */
export const STATES_MAX = 1_200

/** Throws Failure `attribution.too_many_states`. */
export const markovAttribution = (paths: Paths, order: 1 | 2): Markov => {
  const chain = buildChain(paths, order)
  const visits = inverseOfRest(chain)
  const convert = times(visits, chain.toConversion)
  const base = convert[0] as number
  const removal = Float64Array.from(paths.channels, (_, channel) => {
    const own = chain.channelOf.flatMap((other, state) => (other === channel ? [state] : []))
    return Math.min(1, Math.max(0, lostWithout(visits, convert, own) / base))
  })
  const total = removal.reduce((sum, effect) => sum + effect, 0)
  const credit = (amount: number): Credit =>
    removal.map((effect) => (total > 0 ? (effect / total) * amount : 0))
  return {
    order,
    removal,
    conversions: credit(paths.totalConversions),
    values: credit(paths.totalValue),
    baseRate: base,
    states: chain.size,
  }
}

type Chain = {
  /** State 0 is the start. */
  readonly size: number
  /** The channel at which a journey is in the state; −1 for the start. */
  readonly channelOf: readonly number[]
  /** Probabilities row by row. */
  readonly moves: Float64Array
  readonly toConversion: Float64Array
}

const buildChain = (paths: Paths, order: 1 | 2): Chain => {
  const channels = paths.channels.length
  const stateOf = new Map<number, number>()
  const channelOf = [-1]
  // A state of order 2 is a channel and the one before it; a journey's first channel has none before.
  const enter = (channel: number, before: number): number => {
    const key = order === 1 ? channel : (before + 1) * channels + channel
    const known = stateOf.get(key)
    if (known !== undefined) return known
    if (channelOf.length >= STATES_MAX) throw tooManyStates(order)
    stateOf.set(key, channelOf.length)
    channelOf.push(channel)
    return channelOf.length - 1
  }
  const counts = new Map<number, number>()
  const ends: number[] = []
  const leaves: number[] = []
  const add = (into: number[], state: number, weight: number) => {
    into[state] = (into[state] ?? 0) + weight
  }
  for (const [index, steps] of paths.steps.entries()) {
    const converted = paths.conversions[index] as number
    const weight = converted + (paths.nulls[index] as number)
    if (weight === 0) continue
    let state = 0
    let before = -1
    for (const channel of steps) {
      const next = enter(channel, before)
      const key = state * (STATES_MAX + 1) + next
      counts.set(key, (counts.get(key) ?? 0) + weight)
      add(leaves, state, weight)
      state = next
      before = channel
    }
    add(leaves, state, weight)
    add(ends, state, converted)
  }
  const size = channelOf.length
  const moves = new Float64Array(size * size)
  for (const [key, weight] of counts) {
    const from = Math.floor(key / (STATES_MAX + 1))
    moves[from * size + (key % (STATES_MAX + 1))] = weight / (leaves[from] ?? 1)
  }
  const toConversion = Float64Array.from(
    { length: size },
    (_, state) => (ends[state] ?? 0) / Math.max(leaves[state] ?? 0, Number.MIN_VALUE),
  )
  return { size, channelOf, moves, toConversion }
}

const tooManyStates = (order: number): Failure =>
  new Failure({
    code: 'attribution.too_many_states',
    message: `The Markov chain of order ${order} has more than ${STATES_MAX} states.`,
    hint: order === 2 ? 'Use order 1, or group channels.' : 'Group channels.',
  })

/** (I − Q)⁻¹: expected visits of each state from each, by Gauss and Jordan with row pivots. Row by row. */
const inverseOfRest = ({ size, moves }: Chain): Float64Array => {
  const left = moves.map((value, index) => (index % (size + 1) === 0 ? 1 : 0) - value)
  const right = new Float64Array(size * size)
  for (let i = 0; i < size; i++) right[i * size + i] = 1
  solveInPlace(left, right, size, size)
  return right
}

/** right := left⁻¹ · right, for `left` of n × n and `right` of n × m; `left` is used up. */
const solveInPlace = (left: Float64Array, right: Float64Array, n: number, m: number): void => {
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++)
      if (Math.abs(left[row * n + column] as number) > Math.abs(left[pivot * n + column] as number))
        pivot = row
    assert(left[pivot * n + column] !== 0, 'every journey of the chain ends')
    if (pivot !== column) {
      swapRows(left, pivot, column, n)
      swapRows(right, pivot, column, m)
    }
    const scale = 1 / (left[column * n + column] as number)
    for (let k = column; k < n; k++) left[column * n + k] = (left[column * n + k] as number) * scale
    for (let k = 0; k < m; k++) right[column * m + k] = (right[column * m + k] as number) * scale
    for (let row = 0; row < n; row++) {
      const factor = left[row * n + column] as number
      if (row === column || factor === 0) continue
      for (let k = column; k < n; k++)
        left[row * n + k] = (left[row * n + k] as number) - factor * (left[column * n + k] as number)
      for (let k = 0; k < m; k++)
        right[row * m + k] = (right[row * m + k] as number) - factor * (right[column * m + k] as number)
    }
  }
}

const swapRows = (matrix: Float64Array, one: number, other: number, width: number): void => {
  const kept = matrix.slice(one * width, (one + 1) * width)
  matrix.copyWithin(one * width, other * width, (other + 1) * width)
  matrix.set(kept, other * width)
}

const times = (matrix: Float64Array, vector: Float64Array): Float64Array => {
  const n = vector.length
  return vector.map((_, row) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += (matrix[row * n + k] as number) * (vector[k] as number)
    return sum
  })
}

/**
 * The conversion probability that passes through the states S: with visits N and conversion probabilities v it is
 * N[0,S] · N[S,S]⁻¹ · v[S], where N[0,S] · N[S,S]⁻¹ is the probability to come to each of S first.
 */
const lostWithout = (visits: Float64Array, convert: Float64Array, own: readonly number[]): number => {
  const n = convert.length
  const m = own.length
  const block = new Float64Array(m * m)
  const values = new Float64Array(m)
  for (let i = 0; i < m; i++) {
    values[i] = convert[own[i] as number] as number
    for (let j = 0; j < m; j++)
      block[i * m + j] = visits[(own[i] as number) * n + (own[j] as number)] as number
  }
  solveInPlace(block, values, m, 1)
  let lost = 0
  for (let i = 0; i < m; i++) lost += (visits[own[i] as number] as number) * (values[i] as number)
  return lost
}
