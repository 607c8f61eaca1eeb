// What the next run of a campaign will bring, before it goes out: how many it reaches, how many of them buy, what is left.
// Rates are learnt from its own past, leaning on the business's other campaigns while that is short, and on what people
// order anyway while there is none; every interval is of futures drawn with all of that uncertainty in it.

import { createRng } from '../kernel/rng.ts'
import { drawBeta, drawBinomial, rangeOf, type Range80 } from './draws.ts'

/** What settled decisions to act have brought: results with costs taken off, over the goal's window. */
export type PastResults = {
  readonly settled: number
  /** Of them, with a result above 0. */
  readonly paid: number
  /** Sum of the results, and of their squares. */
  readonly sum: number
  readonly squares: number
}

export type CampaignAhead = {
  /** Chance that a message goes to each person of the audience, summed, and the variance of the number. */
  readonly messages: number
  readonly messagesVariance: number
  readonly own: PastResults
  /** The business's other campaigns, each. */
  readonly others: readonly PastResults[]
  /** Where nothing has run: orders of a person in the window, margin of an order, cost of a message; null: not known. */
  readonly organic: { readonly orders: number; readonly marginPerOrder: number; readonly cost: number } | null
  readonly seed: string
}

export type CampaignForecast = {
  readonly messages: Range80
  /** People with a result above 0 in the window, whatever made them buy; null: not known. */
  readonly buyers: Range80 | null
  readonly margin: Range80 | null
  /** Chance that what comes in does not cover the costs; null: not known. */
  readonly lossChance: number | null
  /** What the rates are learnt from. */
  readonly basis: 'own' | 'other_campaigns' | 'orders' | 'nothing'
}

const DRAWS = 4_000
/** Settled decisions from which a campaign's own past leads. */
const OWN_MIN = 200
/** How much campaigns of one business differ, as a share of the mean, while too few have run to tell. */
const SPREAD_UNKNOWN = 0.5
/** The same from one run of a campaign to the next: weather, season, the day. */
const SPREAD_OF_RUNS = 0.1

/** Deterministic for the same input. */
export const forecastCampaign = (ahead: CampaignAhead): CampaignForecast => {
  const rng = createRng(`campaign forecast ${ahead.seed}`)
  const prior = priorOf(ahead)
  const counts: number[] = []
  const buyers: number[] = []
  const margins: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    const messages = Math.max(
      0,
      Math.round(ahead.messages + Math.sqrt(ahead.messagesVariance) * rng.normal()),
    )
    counts.push(messages)
    if (prior === null) continue
    const run = Math.exp(SPREAD_OF_RUNS * rng.normal())
    const rate = Math.min(1, drawBeta(rng, prior.rate) * run)
    buyers.push(drawBinomial(rng, messages, rate))
    const mean = (prior.mean + prior.meanStderr * rng.normal()) * (prior.mean > 0 ? run : 1)
    margins.push(messages * mean + Math.sqrt(messages * prior.variance) * rng.normal())
  }
  return {
    messages: rangeOf(counts),
    buyers: prior === null ? null : rangeOf(buyers),
    margin: prior === null ? null : rangeOf(margins),
    lossChance: prior === null ? null : margins.filter((value) => value < 0).length / DRAWS,
    basis: prior?.basis ?? 'nothing',
  }
}

type Learnt = {
  /** Beta of the share that buys. */
  readonly rate: { readonly a: number; readonly b: number }
  /** Of one message's result. */
  readonly mean: number
  readonly meanStderr: number
  readonly variance: number
  readonly basis: Exclude<CampaignForecast['basis'], 'nothing'>
}

const priorOf = ({ own, others, organic }: CampaignAhead): Learnt | null => {
  const all = others.filter(({ settled }) => settled > 0)
  const pooled = all.reduce(sumOf, NO_RESULTS)
  if (own.settled + pooled.settled === 0) return organic === null ? null : organicOf(organic)
  // Without a past of others the campaign stands for itself.
  const base = pooled.settled === 0 ? own : pooled
  const share = (base.paid + 0.5) / (base.settled + 1)
  const spread = spreadOf(all, share)
  // A beta whose spread between campaigns is that: a + b = (1 − p) / (p · spread²).
  const weight = pooled.settled === 0 ? 1 : Math.min(1e4, Math.max(1, (1 - share) / (share * spread ** 2)))
  const mean = base.sum / base.settled
  const variance = varianceOf(sumOf(own, pooled))
  const between = Math.max((spread * mean) ** 2, variance / Math.max(1, weight))
  const precisionOwn = own.settled / Math.max(variance, 1e-12)
  const precision = precisionOwn + (pooled.settled === 0 ? 0 : 1 / (between + variance / base.settled))
  const ownMean = own.settled === 0 ? 0 : own.sum / own.settled
  return {
    rate: { a: share * weight + own.paid, b: (1 - share) * weight + own.settled - own.paid },
    mean: pooled.settled === 0 ? ownMean : mean + (precisionOwn / precision) * (ownMean - mean),
    meanStderr: Math.sqrt(1 / precision),
    variance,
    basis: own.settled >= OWN_MIN || pooled.settled === 0 ? 'own' : 'other_campaigns',
  }
}

/** People order without being written to: as often, give or take half of it. */
const organicOf = ({ orders, marginPerOrder, cost }: NonNullable<CampaignAhead['organic']>): Learnt => {
  const share = Math.min(0.9, Math.max(1e-4, 1 - Math.exp(-orders)))
  const a = 1 / SPREAD_UNKNOWN ** 2
  const mean = share * marginPerOrder - cost
  return {
    rate: { a, b: a / share - a },
    mean,
    meanStderr: SPREAD_UNKNOWN * share * Math.abs(marginPerOrder),
    // Margins of orders scatter about as much as their mean.
    variance: share * (2 - share) * marginPerOrder ** 2,
    basis: 'orders',
  }
}

const NO_RESULTS: PastResults = { settled: 0, paid: 0, sum: 0, squares: 0 }
const sumOf = (left: PastResults, right: PastResults): PastResults => ({
  settled: left.settled + right.settled,
  paid: left.paid + right.paid,
  sum: left.sum + right.sum,
  squares: left.squares + right.squares,
})

const varianceOf = ({ settled, sum, squares }: PastResults): number =>
  settled < 2 ? squares + 1 : Math.max(0, (squares - sum ** 2 / settled) / (settled - 1))

/** How far the campaigns' shares lie apart beyond chance, as a share of their mean; at least that of runs. */
const spreadOf = (others: readonly PastResults[], share: number): number => {
  if (others.length < 3 || share <= 0) return SPREAD_UNKNOWN
  const shares = others.map(({ paid, settled }) => paid / settled)
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length
  const seen = shares.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (shares.length - 1)
  const chance = others.reduce((sum, { settled }) => sum + (share * (1 - share)) / settled, 0) / others.length
  return Math.min(1, Math.max(SPREAD_OF_RUNS, Math.sqrt(Math.max(0, seen - chance)) / share))
}
