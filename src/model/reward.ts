// What the model knows of rewards as such: where their tail begins, and how much of them is noise.
// Money comes in any unit and with a heavy tail, so both are learnt, and discounted like the rest.

/**
 * Rewards are cut at ± a cap. "Large" are rewards above the mean magnitude (purchases, not the pennies
 * that a contact costs). The cap is the {@link WINSOR_QUANTILE} of the large ones, read from a histogram
 * of magnitudes with eight bins an octave; until {@link WINSOR_LARGE_MIN} of them have been seen it is
 * {@link WINSOR_EARLY_FACTOR} times their median, and none before the first.
 */
export const WINSOR_QUANTILE = 0.95
export const WINSOR_LARGE_MIN = 30
export const WINSOR_EARLY_FACTOR = 8

const BINS_PER_OCTAVE = 8
const OCTAVE_MIN = -32
const BINS = 64 * BINS_PER_OCTAVE

export type RewardScale = {
  /** Discounted count of rewards whose magnitude is in the bin. */
  readonly magnitudes: Float64Array
  /** Discounted: count of examples, sum of cut magnitudes, sum of squared standardised residuals. */
  weight: number
  magnitudeSum: number
  residualSum: number
}

export const createRewardScale = (): RewardScale => ({
  magnitudes: new Float64Array(BINS),
  weight: 0,
  magnitudeSum: 0,
  residualSum: 0,
})

/** The reward cut to the cap that the rewards before it set. */
export const winsorise = (scale: RewardScale, reward: number): number => {
  const cap = capOf(scale)
  return reward > cap ? cap : reward < -cap ? -cap : reward
}

/** Largest magnitude that counts in full at present; Infinity before the first large reward. */
export const capOf = (scale: RewardScale): number => {
  if (scale.weight === 0) return Infinity
  const first = binOf(scale.magnitudeSum / scale.weight)
  let large = 0
  for (let bin = first; bin < BINS; bin++) large += scale.magnitudes[bin] as number
  if (large === 0) return Infinity
  const early = large < WINSOR_LARGE_MIN
  const above = large * (early ? 0.5 : 1 - WINSOR_QUANTILE)
  let seen = 0
  let bin = BINS - 1
  for (; bin > first; bin--) {
    seen += scale.magnitudes[bin] as number
    if (seen > above) break
  }
  return upperEdge(bin) * (early ? WINSOR_EARLY_FACTOR : 1)
}

/** Takes in a reward (raw, and as cut) and its residual, divided by sqrt(1 + relative variance of the prediction). */
export const observeReward = (
  scale: RewardScale,
  seen: { readonly reward: number; readonly cut: number; readonly residual: number; readonly weight: number },
): void => {
  const magnitude = Math.abs(seen.reward)
  if (magnitude > 0) {
    const bin = binOf(magnitude)
    scale.magnitudes[bin] = (scale.magnitudes[bin] as number) + seen.weight
  }
  scale.weight += seen.weight
  scale.magnitudeSum += seen.weight * Math.abs(seen.cut)
  scale.residualSum += seen.weight * seen.residual * seen.residual
}

/** Standard deviation of a reward around its prediction, in reward units; 0 before anything varied. */
export const noiseOf = (scale: RewardScale): number =>
  scale.weight === 0 ? 0 : Math.sqrt(scale.residualSum / scale.weight)

export const discountRewards = (scale: RewardScale, keep: number): void => {
  for (let bin = 0; bin < BINS; bin++) scale.magnitudes[bin] = (scale.magnitudes[bin] as number) * keep
  scale.weight *= keep
  scale.magnitudeSum *= keep
  scale.residualSum *= keep
}

const binOf = (magnitude: number): number => {
  const bin = Math.floor((Math.log2(magnitude) - OCTAVE_MIN) * BINS_PER_OCTAVE)
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin
}

const upperEdge = (bin: number): number => 2 ** ((bin + 1) / BINS_PER_OCTAVE + OCTAVE_MIN)
