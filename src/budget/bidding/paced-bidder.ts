// Bids in second-price auctions with a budget for so many of them: linear in the expected rate of results, at the level
// that spends what is left over the auctions that are left. The level is worked out from the prices and rates met
// before, so that nothing is tuned; what was not spent early is spent later, and the other way round.

/** Chances of a result, relative to the mean, in equal steps of the logarithm from a tenth to ten times. */
const RATE_BINS = 41
const RATE_SPAN = Math.log(10)
/** Auctions' worth of belief that rates are like the mean, before any was met. */
const RATE_PRIOR = 50
/** Auctions after which the level's table is worked out again; in the beginning at each doubling. */
const TABLE_EVERY = 1_000

export type PacedBidder = {
  readonly meanRate: number
  readonly bidMax: number
  /** By bid, what an auction costs on average: the sum of the prices it would win, times their share. */
  readonly costAt: Float64Array
  readonly rates: Float64Array
  /** By level, what an auction costs on average when bids go with the rate. */
  readonly spendAt: Float64Array
  seen: number
}

/**
 * `priceCounts[p]` is how often the market price was p before, in whole units; `meanRate` the share of auctions that
 * brought a result. Both come from earlier auctions.
 */
export const createBidder = (about: {
  readonly priceCounts: readonly number[]
  readonly meanRate: number
}): PacedBidder => {
  const { priceCounts, meanRate } = about
  const all = priceCounts.reduce((sum, count) => sum + count, 0)
  let cost = 0
  const costAt = Float64Array.from(
    priceCounts,
    (count, price) => (cost += (price * count) / Math.max(1, all)),
  )
  const rates = new Float64Array(RATE_BINS)
  rates[(RATE_BINS - 1) / 2] = RATE_PRIOR
  const bidder: PacedBidder = {
    meanRate,
    bidMax: priceCounts.length - 1,
    costAt,
    rates,
    spendAt: new Float64Array(priceCounts.length),
    seen: 0,
  }
  tabulate(bidder)
  return bidder
}

/** The bid for an auction whose chance of a result is `rate`, in whole units; never above `budgetLeft`. */
export const bidFor = (
  { meanRate, bidMax, spendAt }: PacedBidder,
  about: { readonly rate: number; readonly budgetLeft: number; readonly auctionsLeft: number },
): number => {
  const { rate, budgetLeft, auctionsLeft } = about
  if (!(budgetLeft > 0 && auctionsLeft > 0 && rate > 0)) return 0
  const level = levelFor(spendAt, budgetLeft / auctionsLeft)
  return Math.max(0, Math.min(Math.floor((level * rate) / meanRate), bidMax, Math.floor(budgetLeft)))
}

/** Takes in the rate of an auction, won or not: those to come are taken to be alike. */
export const learnRate = (bidder: PacedBidder, rate: number): void => {
  const { rates, meanRate } = bidder
  const steps = RATE_BINS - 1
  const bin = Math.round(((Math.log(Math.max(rate, 1e-12) / meanRate) + RATE_SPAN) / (2 * RATE_SPAN)) * steps)
  const at = Math.max(0, Math.min(steps, bin))
  rates[at] = (rates[at] ?? 0) + 1
  const seen = ++bidder.seen
  const doubled = (seen & (seen - 1)) === 0
  if (seen % TABLE_EVERY === 0 || (doubled && seen < TABLE_EVERY)) tabulate(bidder)
}

/** Smallest level that spends `wanted` an auction, or the highest there is. */
const levelFor = (spendAt: Float64Array, wanted: number): number => {
  let [low, high] = [1, spendAt.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spendAt[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

const tabulate = ({ rates, costAt, bidMax, spendAt }: PacedBidder): void => {
  const all = rates.reduce((sum, count) => sum + count, 0)
  spendAt.fill(0)
  for (let bin = 0; bin < RATE_BINS; bin++) {
    const share = (rates[bin] ?? 0) / all
    if (share === 0) continue
    const relative = Math.exp(-RATE_SPAN + (2 * RATE_SPAN * bin) / (RATE_BINS - 1))
    for (let level = 1; level < spendAt.length; level++)
      spendAt[level] =
        (spendAt[level] as number) +
        share * (costAt[Math.min(bidMax, Math.floor(level * relative))] as number)
  }
}
