// Minimises a smooth function of many variables by L-BFGS (Nocedal & Wright, algorithm 7.4) with a
// backtracking line search. Deterministic; memory is ten pairs of vectors.

export type Objective = (at: Float64Array, gradient: Float64Array) => number

export type MinimiseOptions = {
  readonly iterationsMax?: number
  /** Ends when no part of the gradient is larger. */
  readonly gradientMax?: number
}

export type Minimum = { readonly value: number; readonly iterations: number; readonly converged: boolean }

const PAIRS = 10
const ARMIJO = 1e-4
const HALVINGS_MAX = 40

/** Moves `x` to the minimum. `objective` fills the gradient and gives the value. */
export const minimise = (
  objective: Objective,
  x: Float64Array,
  { iterationsMax = 300, gradientMax = 1e-5 }: MinimiseOptions = {},
): Minimum => {
  const gradient = new Float64Array(x.length)
  const next = new Float64Array(x.length)
  const nextGradient = new Float64Array(x.length)
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = []
  let value = objective(x, gradient)
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    if (largest(gradient) <= gradientMax) return { value, iterations: iteration, converged: true }
    let direction = descent(gradient, pairs)
    let slope = dot(direction, gradient)
    if (slope >= 0) {
      pairs.length = 0
      direction = gradient.map((g) => -g)
      slope = -dot(gradient, gradient)
    }
    let step = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(-slope)) : 1
    let nextValue = Number.POSITIVE_INFINITY
    let halvings = 0
    for (; halvings < HALVINGS_MAX; halvings++, step /= 2) {
      for (let i = 0; i < x.length; i++) next[i] = (x[i] as number) + step * (direction[i] as number)
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + ARMIJO * step * slope) break
    }
    // No step goes down any more: the numbers end here.
    if (halvings === HALVINGS_MAX) return { value, iterations: iteration, converged: false }
    keepPair(pairs, { x, next, gradient, nextGradient })
    x.set(next)
    gradient.set(nextGradient)
    value = nextValue
  }
  return { value, iterations: iterationsMax, converged: false }
}

type Step = {
  readonly x: Float64Array
  readonly next: Float64Array
  readonly gradient: Float64Array
  readonly nextGradient: Float64Array
}

const keepPair = (
  pairs: { s: Float64Array; y: Float64Array; rho: number }[],
  { x, next, gradient, nextGradient }: Step,
): void => {
  const s = next.map((v, i) => v - (x[i] as number))
  const y = nextGradient.map((v, i) => v - (gradient[i] as number))
  const curvature = dot(s, y)
  if (curvature <= 1e-12 * dot(y, y)) return
  pairs.push({ s, y, rho: 1 / curvature })
  if (pairs.length > PAIRS) pairs.shift()
}

const descent = (
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array => {
  const q = gradient.map((g) => -g)
  const alphas: number[] = []
  for (const { s, y, rho } of pairs.toReversed()) {
    const alpha = rho * dot(s, q)
    alphas.push(alpha)
    addScaled(q, y, -alpha)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y))
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale
  }
  pairs.forEach(({ s, y, rho }, i) => {
    addScaled(q, s, (alphas[pairs.length - 1 - i] as number) - rho * dot(y, q))
  })
  return q
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

const addScaled = (to: Float64Array, from: Float64Array, scale: number): void => {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + scale * (from[i] as number)
}

const largest = (values: Float64Array): number => {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
