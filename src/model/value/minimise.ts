// Finds the smallest value of a smooth function of a few variables: Nelder and Mead's simplex, begun again from
// where it ended until that brings nothing more, and the curvature there.

export type Minimum = {
  readonly point: Float64Array
  readonly value: number
  readonly evaluations: number
  readonly converged: boolean
}

export type MinimiseOptions = {
  readonly evaluationsMax: number
  /** Ends when a fresh start improves by less, relative to the value. */
  readonly tolerance: number
  /** Each variable stays within. */
  readonly low: number
  readonly high: number
}

const DEFAULTS: MinimiseOptions = { evaluationsMax: 6_000, tolerance: 1e-12, low: -Infinity, high: Infinity }
const RESTARTS_MAX = 12

type Objective = (point: Float64Array) => number

/** Nelder–Mead with restarts. Values that are not finite count as very bad. */
export const minimise = (
  objective: Objective,
  start: readonly number[] | Float64Array,
  options: Partial<MinimiseOptions> = {},
): Minimum => {
  const limits = { ...DEFAULTS, ...options }
  let evaluations = 0
  const bounded: Objective = (point) => {
    evaluations++
    // A point outside is moved to the edge and made worse by how far it was out.
    let out = 0
    const inside = point.map((x) => {
      const kept = Math.min(limits.high, Math.max(limits.low, x))
      out += Math.abs(x - kept)
      return kept
    })
    const value = objective(inside) + (out > 0 ? out * 1e3 : 0)
    return Number.isFinite(value) ? value : Number.MAX_VALUE
  }
  let point: Float64Array = Float64Array.from(start)
  let value = bounded(point)
  let size = 0.5
  for (let restart = 0; restart < RESTARTS_MAX; restart++) {
    const found = descend(bounded, point, size, limits.tolerance, () => evaluations < limits.evaluationsMax)
    const gain = value - found.value
    if (found.value <= value) {
      point = found.point
      value = found.value
    }
    if (evaluations >= limits.evaluationsMax) return { point, value, evaluations, converged: false }
    if (restart > 0 && gain <= limits.tolerance * (1 + Math.abs(value)))
      return { point, value, evaluations, converged: true }
    size = 0.1
  }
  return { point, value, evaluations, converged: false }
}

type Vertex = { point: Float64Array; value: number }

const descend = (
  objective: Objective,
  start: Float64Array,
  size: number,
  tolerance: number,
  mayGoOn: () => boolean,
): Vertex => {
  const vertex = (point: Float64Array): Vertex => ({ point, value: objective(point) })
  const n = start.length
  const simplex = [vertex(start)]
  for (let i = 0; i < n; i++) simplex.push(vertex(start.map((x, j) => (i === j ? x + size : x))))
  while (mayGoOn()) {
    simplex.sort((left, right) => left.value - right.value)
    const best = simplex[0] as Vertex
    const worst = simplex[n] as Vertex
    const spread = Math.max(
      ...simplex.flatMap(({ point }) => [...point].map((x, j) => Math.abs(x - (best.point[j] ?? 0)))),
    )
    if (worst.value - best.value <= tolerance * (1 + Math.abs(best.value)) && spread < 1e-6) break
    const centre = new Float64Array(n)
    for (const { point } of simplex.slice(0, n))
      for (let j = 0; j < n; j++) centre[j] = (centre[j] ?? 0) + (point[j] ?? 0) / n
    const towards = (step: number): Vertex =>
      vertex(centre.map((x, j) => x + step * (x - (worst.point[j] ?? 0))))
    const reflected = towards(1)
    if (reflected.value < best.value) {
      const expanded = towards(2)
      simplex[n] = expanded.value < reflected.value ? expanded : reflected
      continue
    }
    if (reflected.value < (simplex[n - 1]?.value ?? Infinity)) {
      simplex[n] = reflected
      continue
    }
    const contracted = reflected.value < worst.value ? towards(0.5) : towards(-0.5)
    if (contracted.value < Math.min(reflected.value, worst.value)) {
      simplex[n] = contracted
      continue
    }
    for (let i = 1; i <= n; i++)
      simplex[i] = vertex((simplex[i] as Vertex).point.map((x, j) => ((best.point[j] ?? 0) + x) / 2))
  }
  return simplex.reduce((left, right) => (right.value < left.value ? right : left))
}

/** Second derivatives at `point` by central differences, row by row. */
export const hessian = (objective: Objective, point: Float64Array, step = 1e-3): Float64Array[] => {
  const n = point.length
  const at = (i: number, di: number, j: number, dj: number) =>
    objective(point.map((x, k) => x + (k === i ? di * step : 0) + (k === j ? dj * step : 0)))
  const middle = objective(point)
  return Array.from({ length: n }, (_row, i) =>
    Float64Array.from({ length: n }, (_cell, j) =>
      i === j
        ? (at(i, 1, -1, 0) - 2 * middle + at(i, -1, -1, 0)) / step ** 2
        : (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * step ** 2),
    ),
  )
}

/**
 * The lower triangular L with L·Lᵀ = `matrix`⁻¹, for normal draws with that covariance; null when the matrix is not
 * positive definite, so there is no minimum with that curvature.
 */
export const rootOfInverse = (matrix: readonly Float64Array[]): Float64Array[] | null => {
  const root = cholesky(matrix)
  if (root === null) return null
  const n = matrix.length
  const inverse = Array.from({ length: n }, () => new Float64Array(n))
  for (let column = 0; column < n; column++) {
    const y = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      let sum = i === column ? 1 : 0
      for (let k = 0; k < i; k++) sum -= (root[i]?.[k] ?? 0) * (y[k] ?? 0)
      y[i] = sum / (root[i]?.[i] ?? 1)
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = y[i] ?? 0
      for (let k = i + 1; k < n; k++) sum -= (root[k]?.[i] ?? 0) * (inverse[k]?.[column] ?? 0)
      ;(inverse[i] as Float64Array)[column] = sum / (root[i]?.[i] ?? 1)
    }
  }
  return cholesky(inverse)
}

const cholesky = (matrix: readonly Float64Array[]): Float64Array[] | null => {
  const n = matrix.length
  const root = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] ?? 0
      for (let k = 0; k < j; k++) sum -= (root[i]?.[k] ?? 0) * (root[j]?.[k] ?? 0)
      if (i === j && !(sum > 0)) return null
      ;(root[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / (root[j]?.[j] ?? 1)
    }
  return root
}
