// Whether a rate is above its limit, judged on counts, however often one looks.
//
// A mixture of likelihood ratios against the limit (Robbins 1970; Ville 1939): while the true rate is at
// most the limit, each ratio of a higher rate to the limit is a supermartingale, and so is their mean.
// It reaches 1/α with probability at most α over the whole life of a campaign, so nobody need correct
// for looking every second.

/** Rates tried against the limit, as multiples of it. */
const MULTIPLES = [1.5, 2, 3, 5, 10, 20, 50, 100]
const RATE_MAX = 0.9

/**
 * Evidence against "the rate is at most `limit`" after `bad` of `all`: 1 says nothing, 20 is five
 * percent. 0 for a limit of 0 means that one case is enough.
 * @example evidenceAbove({ bad: 2, all: 30, limit: 0.001 }) > 20 // true
 */
export const evidenceAbove = ({
  bad,
  all,
  limit,
}: {
  readonly bad: number
  readonly all: number
  readonly limit: number
}): number => {
  if (bad === 0 || limit >= 1) return 1
  if (limit <= 0) return Number.POSITIVE_INFINITY
  const rates = [...new Set(MULTIPLES.map((multiple) => Math.min(RATE_MAX, multiple * limit)))].filter(
    (rate) => rate > limit,
  )
  if (rates.length === 0) return 1
  const good = Math.max(0, all - bad)
  let sum = 0
  for (const rate of rates)
    sum += Math.exp(bad * Math.log(rate / limit) + good * Math.log((1 - rate) / (1 - limit)))
  return sum / rates.length
}

/** Twenty to one: at most one campaign in twenty whose rate is exactly at its limit is ever stopped for it. */
export const EVIDENCE_ENOUGH = 20
