// How good a line is now compared with its usual: a level in logarithms that wanders slowly and sometimes jumps,
// followed by a Kalman filter. The filter's likelihood tells which of several expectations fits best.

export type LevelPoints = {
  /** log(observed / expected) of each point, in the order of time. */
  readonly ratio: Float64Array
  /** Their variances. */
  readonly variance: Float64Array
}

export type Level = {
  /** Of the last point. */
  readonly mean: number
  readonly variance: number
  readonly logLikelihood: number
  /** Σ innovation² / its variance: as large as the number of points when the noise is right. */
  readonly squares: number
}

/** How far the level wanders in a day, in logarithms. */
export const WANDER = 0.012
const JUMP_VARIANCE = 0.4
const START_VARIANCE = 0.5

/** Follows the level through the points in the order of time; at `jumps` it may have moved far. */
export const followLevel = ({ ratio, variance: noises }: LevelPoints, jumps: ReadonlySet<number>): Level => {
  let [mean, variance] = [0, START_VARIANCE]
  // Σ log of the variances is the logarithm of their product, taken whenever that comes near the end of a number's range.
  let [squares, logs, product] = [0, 0, 1]
  for (let t = 0; t < ratio.length; t++) {
    const predicted = variance + (jumps.size > 0 && jumps.has(t) ? JUMP_VARIANCE : WANDER ** 2)
    const total = predicted + (noises[t] as number)
    const innovation = (ratio[t] as number) - mean
    squares += (innovation * innovation) / total
    product *= total
    if (product < 1e-100 || product > 1e100) {
      logs += Math.log(product)
      product = 1
    }
    const gain = predicted / total
    mean += gain * innovation
    variance = predicted * (1 - gain)
  }
  return { mean, variance, logLikelihood: -0.5 * (logs + Math.log(product) + squares), squares }
}

/** Points that must agree, and by how many standard deviations together, before a jump is believed. */
const JUMP_POINTS = 3
const JUMP_SIGMAS = 4

/** Where the level jumped: from there on points lie together too far from it for chance. */
export const findJumps = (points: LevelPoints): ReadonlySet<number> => {
  const jumps = new Set<number>()
  let [mean, variance] = [0, START_VARIANCE]
  let last = 0
  for (let t = 0; t < points.ratio.length; t++) {
    let predicted = variance + WANDER ** 2
    if (t - last >= JUMP_POINTS && isJump(points, t, mean, predicted)) {
      jumps.add(t)
      last = t
      predicted = variance + JUMP_VARIANCE
    }
    const gain = predicted / (predicted + (points.variance[t] as number))
    mean += gain * ((points.ratio[t] as number) - mean)
    variance = predicted * (1 - gain)
  }
  return jumps
}

const isJump = (
  { ratio, variance: noises }: LevelPoints,
  t: number,
  mean: number,
  variance: number,
): boolean => {
  if (t + JUMP_POINTS > ratio.length) return false
  let [sum, noise] = [0, 0]
  for (let k = t; k < t + JUMP_POINTS; k++) {
    sum += (ratio[k] ?? 0) - mean
    noise += noises[k] ?? 0
  }
  const first = (ratio[t] ?? 0) - mean
  return (
    Math.sign(first) === Math.sign(sum) &&
    Math.abs(first) > 2 * Math.sqrt(variance + (noises[t] ?? 0)) &&
    Math.abs(sum) > JUMP_SIGMAS * Math.sqrt(noise + JUMP_POINTS ** 2 * variance)
  )
}
