// Bidding within a budget: iPinYou campaign 2997 at 1/32 of the mean cost, in episodes of 1,000 auctions as published.
// What is known beforehand is the train part: how often each market price was, how many clicks. The chance of a click is
// the benchmark's own logistic model's, which comes with the data; its features do not, so none is learnt here.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { bidFor, createBidder, learnRate } from '../../src/budget/index.ts'
import { dataFile, printVerdicts, type Verdict } from './peer.ts'

const EPISODE = 1_000
const SHARE = 1 / 32
const LEVEL_MAX = 60

type Info = {
  readonly price_counter_train: readonly number[]
  readonly imp_train: number
  readonly clk_train: number
  readonly cost_train: number
}
type Auction = { readonly click: number; readonly price: number; readonly rate: number }
type Played = { readonly clicks: number; readonly cost: number; readonly over: number }

/** Plays all auctions; each episode begins with its budget, and what is left of the one before is lost. */
const play = (
  auctions: readonly Auction[],
  budget: number,
  bid: (auction: Auction, budgetLeft: number, auctionsLeft: number) => number,
): Played => {
  let [clicks, cost, over] = [0, 0, 0]
  for (let start = 0; start < auctions.length; start += EPISODE) {
    let left = budget
    for (let n = 0; n < EPISODE && start + n < auctions.length; n++) {
      const auction = auctions[start + n] as Auction
      if (bid(auction, left, EPISODE - n) < auction.price) continue
      left -= auction.price
      clicks += auction.click
      cost += auction.price
    }
    if (left < 0) over++
  }
  return { clicks, cost, over }
}

const bench = (infoFile: string, testFile: string): readonly Verdict[] => {
  const info = JSON.parse(readFileSync(infoFile, 'utf8')) as Info
  const auctions = gunzipSync(readFileSync(testFile))
    .toString()
    .trim()
    .split('\n')
    .map((line): Auction => {
      const [click, price, rate] = line.trim().split(/\s+/).map(Number)
      return { click: click ?? 0, price: price ?? 0, rate: rate ?? 0 }
    })
  const meanRate = info.clk_train / info.imp_train
  const budget = Math.floor((info.cost_train / info.imp_train) * SHARE * EPISODE)
  const bidder = createBidder({ priceCounts: info.price_counter_train, meanRate })
  const started = performance.now()
  const ours = play(auctions, budget, ({ rate }, budgetLeft, auctionsLeft) => {
    const offer = bidFor(bidder, { rate, budgetLeft, auctionsLeft })
    learnRate(bidder, rate)
    return offer
  })
  const perBid = ((performance.now() - started) * 1e6) / auctions.length
  const linear = (level: number) =>
    play(auctions, budget, ({ rate }, left) => Math.min(Math.floor((level * rate) / meanRate), left))
  const levels = Array.from({ length: LEVEL_MAX }, (_level, index) => linear(index + 1))
  const best = levels.reduce((left, right) => (right.clicks > left.clicks ? right : left))
  const from = bidder.costAt.findIndex((cost) => cost >= budget / EPISODE)
  const given = levels[from - 1]
  const episodes = Math.ceil(auctions.length / EPISODE)
  return [
    {
      what: `clicks of ${auctions.reduce((sum, { click }) => sum + click, 0)}, ${auctions.length} auctions`,
      ours: String(ours.clicks),
      known: 'at least 71 (linear 71, RLB 78)',
      peer: `linear, level from train ${given?.clicks ?? 0}`,
      ok: ours.clicks >= 71,
    },
    {
      what: 'beside linear bidding with its level tuned on the test part itself',
      ours: String(ours.clicks),
      known: '74',
      peer: String(best.clicks),
      ok: ours.clicks >= best.clicks,
    },
    {
      what: `episodes beyond their budget, of ${episodes}`,
      ours: String(ours.over),
      known: '0',
      peer: String(best.over),
      ok: ours.over === 0,
    },
    {
      what: 'share of all budgets spent',
      ours: (ours.cost / (budget * (auctions.length / EPISODE))).toFixed(3),
      known: '',
      peer: (best.cost / (budget * (auctions.length / EPISODE))).toFixed(3),
      ok: ours.cost <= budget * episodes,
    },
    {
      what: 'chance error of such a number of clicks',
      ours: `± ${(1.96 * Math.sqrt(ours.clicks)).toFixed(0)}`,
      known: '',
      peer: '',
      ok: null,
    },
    { what: 'time of a bid, ns', ours: perBid.toFixed(0), known: '', peer: '', ok: null },
  ]
}

const info = dataFile('ipinyou', '2997.info.json')
const test = dataFile('ipinyou', '2997.test.theta.txt.gz')
if (info === null || test === null)
  process.stdout.write('The data set ipinyou is not beside the project: nothing to reproduce.\n')
else printVerdicts('Bidding: iPinYou campaign 2997, 1/32 of the mean cost', bench(info, test))
