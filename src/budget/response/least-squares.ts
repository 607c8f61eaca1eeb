// Least squares with coefficients that may not be negative (Lawson and Hanson's active set, on the normal
// equations), after other columns have been taken out by projection.

/** An orthonormal basis of the columns (modified Gram–Schmidt, twice); dependent columns are left out. */
export const orthonormal = (columns: readonly Float64Array[]): Float64Array[] => {
  const basis: Float64Array[] = []
  for (const column of columns) {
    const size = Math.sqrt(dot(column, column))
    let rest: Float64Array = column
    for (let pass = 0; pass < 2; pass++) rest = without(rest, basis)
    const left = Math.sqrt(dot(rest, rest))
    if (left > 1e-9 * Math.max(size, 1e-300)) basis.push(rest.map((x) => x / left))
  }
  return basis
}

/** `column` less its part in the span of `basis`. */
export const without = (column: Float64Array, basis: readonly Float64Array[]): Float64Array => {
  const rest = Float64Array.from(column)
  for (const direction of basis) {
    const part = dot(direction, rest)
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) - part * (direction[i] ?? 0)
  }
  return rest
}

export const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < left.length; i++) sum += (left[i] ?? 0) * (right[i] ?? 0)
  return sum
}

/**
 * Coefficients b ≥ 0 that minimise |y − Xb|², from the Gram matrix XᵀX and the moments Xᵀy. A trace of ridge keeps
 * columns that say the same apart.
 */
export const nonNegative = (gram: readonly Float64Array[], moment: Float64Array): Float64Array => {
  const width = moment.length
  const free = new Uint8Array(width)
  let solution = new Float64Array(width)
  for (let round = 0; round < 3 * width + 3; round++) {
    // The column whose coefficient would grow most by being let in.
    let best = -1
    let gain = 0
    for (let j = 0; j < width; j++) {
      if (free[j] === 1) continue
      let slope = moment[j] ?? 0
      for (let k = 0; k < width; k++) slope -= (gram[j]?.[k] ?? 0) * (solution[k] ?? 0)
      const scaled = slope / Math.sqrt(gram[j]?.[j] || 1)
      if (scaled > gain) {
        gain = scaled
        best = j
      }
    }
    const largest = Math.max(...moment.map((m, j) => Math.abs(m) / Math.sqrt(gram[j]?.[j] || 1)), 0)
    if (best < 0 || gain <= 1e-10 * largest) break
    free[best] = 1
    solution = settle(gram, moment, free, solution)
  }
  return solution
}

/** Solves on the free columns, and takes out those that turn negative, until none does. */
const settle = (
  gram: readonly Float64Array[],
  moment: Float64Array,
  free: Uint8Array,
  from: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> => {
  let feasible = from
  for (;;) {
    const wanted = solveOn(gram, moment, free)
    let step = 1
    for (let j = 0; j < wanted.length; j++)
      if (free[j] === 1 && (wanted[j] ?? 0) <= 0) {
        const have = feasible[j] ?? 0
        step = Math.min(step, have / (have - (wanted[j] ?? 0) || 1))
      }
    if (step === 1 && wanted.every((x, j) => free[j] === 0 || x > 0)) return wanted
    feasible = feasible.map((x, j) => x + step * ((wanted[j] ?? 0) - x))
    let out = 0
    for (let j = 0; j < wanted.length; j++)
      if (free[j] === 1 && (feasible[j] ?? 0) <= 1e-12 * Math.max(1, Math.abs(wanted[j] ?? 0))) {
        free[j] = 0
        feasible[j] = 0
        out++
      }
    if (out === 0) return feasible
  }
}

const solveOn = (
  gram: readonly Float64Array[],
  moment: Float64Array,
  free: Uint8Array,
): Float64Array<ArrayBuffer> => {
  const index = [...free.keys()].filter((j) => free[j] === 1)
  const n = index.length
  const lower = Array.from({ length: n }, () => new Float64Array(n))
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = gram[index[i] as number] as Float64Array
    const target = lower[i] as Float64Array
    for (let j = 0; j <= i; j++) {
      let sum = row[index[j] as number] ?? 0
      if (i === j) sum *= 1 + 1e-10
      for (let k = 0; k < j; k++) sum -= (target[k] ?? 0) * (lower[j]?.[k] ?? 0)
      target[j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / (lower[j]?.[j] ?? 1)
    }
    let sum = moment[index[i] as number] ?? 0
    for (let k = 0; k < i; k++) sum -= (target[k] ?? 0) * (y[k] ?? 0)
    y[i] = sum / (target[i] ?? 1)
  }
  const solution = new Float64Array(moment.length)
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i] ?? 0
    for (let k = i + 1; k < n; k++) sum -= (lower[k]?.[i] ?? 0) * (solution[index[k] as number] ?? 0)
    solution[index[i] as number] = sum / (lower[i]?.[i] ?? 1)
  }
  return solution
}
