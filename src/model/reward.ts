// What the model knows of rewards as such: where their tail begins, and how much of them is noise.
// Money comes in any unit and with a heavy tail, so both are learnt, and discounted like the rest.

/**
 * Gains and losses are each cut at a cap: the {@link WINSOR_QUANTILE} of those seen, read from a histogram of
 * magnitudes with eight bins an octave. A reward weighs in that quantile by log2(1 + its size / the
 * median), so that a few purchases among many clicks are no tail, and one absurd order is. Until
 * {@link WINSOR_MIN} gains (or losses) have been seen their cap is {@link WINSOR_EARLY_FACTOR} times
 * their median, and there is none before the first.
 */
export const WINSOR_QUANTILE = 0.95
export const WINSOR_MIN = 30
export const WINSOR_EARLY_FACTOR = 8

const BINS_PER_OCTAVE = 8
const OCTAVE_MIN = -32
const BINS = 64 * BINS_PER_OCTAVE
/** log2(1 + 2^(k / 8)) at k + BINS, for the distance k of a bin from the median's. */
const SIZES = Float64Array.from({ length: 2 * BINS }, (_, k) =>
  Math.log2(1 + 2 ** ((k - BINS) / BINS_PER_OCTAVE)),
)

export type RewardScale = {
  /** Discounted count of rewards whose magnitude is in the bin: gains, then losses. */
  readonly magnitudes: Float64Array
  /** Discounted: count of examples, and sum of squared standardised residuals. */
  weight: number
  residualSum: number
}

export const createRewardScale = (): RewardScale => ({
  magnitudes: new Float64Array(2 * BINS),
  weight: 0,
  residualSum: 0,
})

/** The reward cut to the cap that the rewards before it set. */
export const winsorise = (scale: RewardScale, reward: number): number =>
  reward === 0
    ? 0
    : reward > 0
      ? Math.min(reward, capOf(scale, 'gains'))
      : Math.max(reward, -capOf(scale, 'losses'))

/** Largest magnitude that counts in full at present; Infinity before the first. */
export const capOf = ({ magnitudes }: RewardScale, side: 'gains' | 'losses'): number => {
  const from = side === 'gains' ? 0 : BINS
  let total = 0
  for (let bin = 0; bin < BINS; bin++) total += magnitudes[from + bin] as number
  if (total === 0) return Infinity
  let seen = 0
  let median = 0
  for (; median < BINS - 1; median++) {
    seen += magnitudes[from + median] as number
    if (seen >= total / 2) break
  }
  if (total < WINSOR_MIN) return upperEdge(median) * WINSOR_EARLY_FACTOR
  const shift = BINS - median
  let size = 0
  for (let bin = 0; bin < BINS; bin++)
    size += (magnitudes[from + bin] as number) * (SIZES[bin + shift] as number)
  const tail = size * (1 - WINSOR_QUANTILE)
  let above = 0
  let bin = BINS - 1
  for (; bin > median; bin--) {
    above += (magnitudes[from + bin] as number) * (SIZES[bin + shift] as number)
    if (above > tail) break
  }
  return upperEdge(bin)
}

/** Takes in a reward as it came, and its residual divided by sqrt(1 + relative variance of the prediction). */
export const observeReward = (
  scale: RewardScale,
  {
    reward,
    residual,
    weight,
  }: { readonly reward: number; readonly residual: number; readonly weight: number },
): void => {
  if (reward !== 0) {
    const bin = binOf(Math.abs(reward)) + (reward > 0 ? 0 : BINS)
    scale.magnitudes[bin] = (scale.magnitudes[bin] as number) + weight
  }
  scale.weight += weight
  scale.residualSum += weight * residual * residual
}

/** Standard deviation of a reward around its prediction, in reward units; 0 before anything varied. */
export const noiseOf = (scale: RewardScale): number =>
  scale.weight === 0 ? 0 : Math.sqrt(scale.residualSum / scale.weight)

export const discountRewards = (scale: RewardScale, keep: number): void => {
  for (let bin = 0; bin < 2 * BINS; bin++) scale.magnitudes[bin] = (scale.magnitudes[bin] as number) * keep
  scale.weight *= keep
  scale.residualSum *= keep
}

const binOf = (magnitude: number): number => {
  const bin = Math.floor((Math.log2(magnitude) - OCTAVE_MIN) * BINS_PER_OCTAVE)
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin
}

const upperEdge = (bin: number): number => 2 ** ((bin + 1) / BINS_PER_OCTAVE + OCTAVE_MIN)
