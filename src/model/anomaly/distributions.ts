// Tails of the two distributions that business figures follow: counts that scatter more than Poisson, and
// shares of trials that scatter more than binomial.

const LANCZOS = [
  76.18009172947146, -86.5053203294168, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
]

/** Natural logarithm of the gamma function for x > 0 (Lanczos), within 2e-10. */
export const logGamma = (x: number): number => {
  let series = 1.000000000190015
  LANCZOS.forEach((coefficient, i) => {
    series += coefficient / (x + 1 + i)
  })
  const t = x + 5.5
  return (x + 0.5) * Math.log(t) - t + Math.log((2.506628274631 * series) / x)
}

/** Both tails of a discrete value: each includes half of the value's own probability. */
export type Tails = { readonly lower: number; readonly upper: number }

/** Beyond so many terms a normal with the same mean and variance is as good. */
const TERMS_MAX = 5_000

const tailsFrom = (
  logMass: (k: number) => number,
  value: number,
  mean: number,
  sd: number,
  top: number,
): Tails => {
  // Summed from the side that is nearer, so that a small tail keeps its digits.
  const isUpper = value > mean
  const own = Math.exp(logMass(value))
  let sum = own / 2
  for (let i = 1; i <= TERMS_MAX; i++) {
    const k = isUpper ? value + i : value - i
    if (k < 0 || k > top) break
    const mass = Math.exp(logMass(k))
    sum += mass
    if (mass < sum * 1e-14 && i > sd) break
  }
  const small = Math.min(1, sum)
  return isUpper ? { lower: 1 - small, upper: small } : { lower: small, upper: 1 - small }
}

/**
 * Tails of the negative binomial with this mean and variance = mean + dispersion · mean². Dispersion 0 is
 * Poisson. Undefined where a normal does as well.
 */
export const countTails = (value: number, mean: number, dispersion: number): Tails | undefined => {
  if (mean <= 0 || value > TERMS_MAX || mean > TERMS_MAX) return undefined
  const k = Math.max(0, Math.round(value))
  const sd = Math.sqrt(mean + dispersion * mean * mean)
  if (dispersion < 1e-6)
    return tailsFrom((i) => i * Math.log(mean) - mean - logGamma(i + 1), k, mean, sd, Infinity)
  const size = 1 / dispersion
  const logStart = size * Math.log(size / (size + mean)) - logGamma(size)
  const logStep = Math.log(mean / (size + mean))
  return tailsFrom(
    (i) => logGamma(i + size) - logGamma(i + 1) + logStart + i * logStep,
    k,
    mean,
    sd,
    Infinity,
  )
}

/**
 * Tails of the beta-binomial of `trials` with this mean share and `precision` (the two beta parameters' sum).
 * Undefined where a normal does as well.
 */
export const shareTails = (
  successes: number,
  trials: number,
  share: number,
  precision: number,
): Tails | undefined => {
  if (trials < 1 || trials > TERMS_MAX || share <= 0 || share >= 1) return undefined
  const a = share * precision
  const b = (1 - share) * precision
  const constant =
    logGamma(trials + 1) - logGamma(trials + a + b) + logGamma(a + b) - logGamma(a) - logGamma(b)
  const logMass = (k: number) =>
    constant - logGamma(k + 1) - logGamma(trials - k + 1) + logGamma(k + a) + logGamma(trials - k + b)
  const k = Math.min(trials, Math.max(0, Math.round(successes)))
  const sd = Math.sqrt((trials * share * (1 - share) * (precision + trials)) / (precision + 1))
  return tailsFrom(logMass, k, trials * share, sd, trials)
}

/** Size of a standard normal whose one tail is `probability` (Acklam's rational approximation, 1e-9 relative). */
export const normalSize = (probability: number): number => {
  const p = Math.max(1e-300, Math.min(0.5, probability))
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return -(
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
        q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
        1)
    )
  }
  const q = p - 0.5
  const r = q * q
  return -(
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  )
}
