// What money in a line brings: spend lingers (geometric adstock) and saturates (logistic or Hill curve).
// After Jin et al. 2017 (adstock, Hill) and the logistic saturation that pymc-marketing documents.

/** Value v(a) of an adstocked spend a: logistic β·tanh(λa/2s), or Hill β·aʰ/((s/λ)ʰ + aʰ). */
export type Curve = {
  readonly family: 'logistic' | 'hill'
  /** Share of a step's effect that lasts into the next, in [0, 1). */
  readonly carryover: number
  /** Most that the line can bring in a step, in units of the outcome. */
  readonly ceiling: number
  /** How soon it saturates: larger is sooner. */
  readonly steepness: number
  /** Spend that `steepness` is relative to (the largest seen), > 0. */
  readonly scale: number
  /** Hill's exponent; 1 for a curve without a slow start. Not used by `logistic`. */
  readonly shape: number
}

/** Steps over which spend lingers; the weights are normalised to 1, so that steady spend a gives a. */
export const ADSTOCK_STEPS = 8

/**
 * Spend as it is felt: Σ carryoverˡ·spend[t − l] / Σ carryoverˡ, l < `steps`; before the first step it is 0.
 * @example [...adstock([1, 0, 0], 0.5, 2)] // [0.6667, 0.3333, 0]
 */
export const adstock = (
  spend: ArrayLike<number>,
  carryover: number,
  steps = ADSTOCK_STEPS,
): Float64Array<ArrayBuffer> => {
  const felt = new Float64Array(spend.length)
  let total = 0
  for (let l = 0, weight = 1; l < steps; l++, weight *= carryover) total += weight
  for (let t = 0; t < spend.length; t++) {
    let sum = 0
    for (let l = 0, weight = 1; l < steps && l <= t; l++, weight *= carryover)
      sum += weight * (spend[t - l] ?? 0)
    felt[t] = sum / total
  }
  return felt
}

/** Share of the ceiling that a felt spend reaches, in [0, 1). */
export const saturation = (
  { family, steepness, scale, shape }: Omit<Curve, 'ceiling'>,
  felt: number,
): number => {
  const x = (Math.max(0, felt) / scale) * steepness
  if (family === 'logistic') return Math.tanh(x / 2)
  const power = x ** shape
  return power / (1 + power)
}

/** What steady spend of `spend` a step brings in a step. */
export const valueAt = (curve: Curve, spend: number): number => curve.ceiling * saturation(curve, spend)

/** What the next unit of steady spend brings: the marginal return. */
export const marginalAt = ({ family, ceiling, steepness, scale, shape }: Curve, spend: number): number => {
  const x = (Math.max(0, spend) / scale) * steepness
  if (family === 'logistic') return ((ceiling * steepness) / (2 * scale)) * (1 - Math.tanh(x / 2) ** 2)
  if (x === 0) return shape > 1 ? 0 : shape === 1 ? (ceiling * steepness) / scale : Infinity
  const power = x ** shape
  return (ceiling * shape * power * steepness) / (x * scale * (1 + power) ** 2)
}

/** The spend within [low, high] that earns most after paying `price` for each unit: argmax of v(s) − price·s. */
export const bestSpend = (curve: Curve, price: number, low: number, high: number): number => {
  const inside = Math.min(high, Math.max(low, turningPoint(curve, price, high)))
  const net = (spend: number) => valueAt(curve, spend) - price * spend
  // An S-shaped curve may earn most at its lower bound: both ends of the slow start are tried.
  return net(inside) >= net(low) ? inside : low
}

/** Where the falling part of the marginal return meets `price`. */
const turningPoint = (curve: Curve, price: number, high: number): number => {
  const { family, ceiling, steepness, scale, shape } = curve
  if (ceiling <= 0) return 0
  if (price <= 0) return high
  if (family === 'logistic') {
    const rest = 1 - (2 * scale * price) / (ceiling * steepness)
    return rest <= 0 ? 0 : ((2 * scale) / steepness) * Math.atanh(Math.sqrt(rest))
  }
  if (shape === 1)
    return Math.max(0, (scale / steepness) * (Math.sqrt((ceiling * steepness) / (scale * price)) - 1))
  // Beyond the point of inflection the marginal return falls: halve until it is found.
  let from = shape > 1 ? (scale / steepness) * ((shape - 1) / (shape + 1)) ** (1 / shape) : 0
  if (from > 0 && marginalAt(curve, from) <= price) return 0
  let to = Math.max(high, from * 2)
  for (let i = 0; i < 100 && to - from > 1e-9 * to; i++) {
    const middle = (from + to) / 2
    if (marginalAt(curve, middle) > price) from = middle
    else to = middle
  }
  return (from + to) / 2
}
