// The standard normal density and distribution from tables: third-order interpolation that knows the
// exact derivatives, so within 2e-10 of the truth at a few nanoseconds.

const LIMIT = 8
const PER_UNIT = 64
const NODES = 2 * LIMIT * PER_UNIT + 1
const STEP = 1 / PER_UNIT

const densityAt = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)

/**
 * Upper tail by its series (x < 3) or continued fraction (x ≥ 3); only for filling the table.
 * Abramowitz and Stegun 26.2.11 and 26.2.14.
 */
const distributionAt = (x: number): number => {
  if (x < 0) return 1 - distributionAt(-x)
  if (x < 3) {
    let term = x
    let sum = x
    for (let n = 1; n < 100; n++) {
      term *= (x * x) / (2 * n + 1)
      sum += term
    }
    return 0.5 + densityAt(x) * sum
  }
  let fraction = x
  for (let n = 100; n >= 1; n--) fraction = x + n / fraction
  return 1 - densityAt(x) / fraction
}

const densities = new Float64Array(NODES + 1)
const distributions = new Float64Array(NODES + 1)
for (let i = 0; i <= NODES; i++) {
  const x = -LIMIT + i * STEP
  densities[i] = densityAt(x)
  distributions[i] = distributionAt(x)
}

/** Density of the standard normal at `x`; 0 beyond ± 8. */
export const normalDensity = (x: number): number => {
  if (!(x > -LIMIT && x < LIMIT)) return 0
  const position = (x + LIMIT) * PER_UNIT
  const i = position | 0
  const f0 = densities[i] as number
  const f1 = densities[i + 1] as number
  const left = -LIMIT + i * STEP
  // The density's derivative is −x times itself.
  return hermite(position - i, f0, f1, -left * f0 * STEP, -(left + STEP) * f1 * STEP)
}

/** Probability that a standard normal is below `x`; 0 and 1 beyond ∓ 8. */
export const normalDistribution = (x: number): number => {
  if (!(x > -LIMIT)) return 0
  if (x >= LIMIT) return 1
  const position = (x + LIMIT) * PER_UNIT
  const i = position | 0
  const f0 = distributions[i] as number
  const f1 = distributions[i + 1] as number
  return hermite(position - i, f0, f1, (densities[i] as number) * STEP, (densities[i + 1] as number) * STEP)
}

/**
 * Writes the distribution at `x` to `into[at]` and the density to `into[at + 1]`, for −8 < x < 8: both from
 * one look into the table, the density as the slope of the interpolated distribution (within 5e-8).
 */
export const normalInto = (x: number, into: Float64Array, at: number): void => {
  const position = (x + LIMIT) * PER_UNIT
  const i = position | 0
  const t = position - i
  const f0 = distributions[i] as number
  const d0 = (densities[i] as number) * STEP
  const d1 = (densities[i + 1] as number) * STEP
  const rise = (distributions[i + 1] as number) - f0
  const square = 3 * rise - 2 * d0 - d1
  const cube = d0 + d1 - 2 * rise
  into[at] = f0 + t * (d0 + t * (square + t * cube))
  into[at + 1] = (d0 + t * (2 * square + 3 * t * cube)) * PER_UNIT
}

const hermite = (t: number, f0: number, f1: number, d0: number, d1: number): number => {
  const rise = f1 - f0
  return f0 + t * (d0 + t * (3 * rise - 2 * d0 - d1 + t * (d0 + d1 - 2 * rise)))
}
