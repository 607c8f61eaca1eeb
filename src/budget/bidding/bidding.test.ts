// The paced bidder in auctions whose prices and rates are planted.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { bidFor, createBidder, learnRate } from './paced-bidder.ts'

const AUCTIONS = 20_000

/** Auctions with prices from 1 to 100; the rate and the price do not hang together. */
const auctions = (seed: string) => {
  const rng = createRng(seed)
  return Array.from({ length: AUCTIONS }, () => {
    const rate = 0.02 * Math.exp(0.8 * rng.normal() - 0.32)
    return { rate, price: 1 + rng.below(100), result: rng.uniform() < rate ? 1 : 0 }
  })
}

const play = (
  seed: string,
  budget: number,
  bid: (auction: { rate: number; budgetLeft: number; auctionsLeft: number }) => number,
) => {
  let [left, rate] = [budget, 0]
  const spentBy: number[] = []
  for (const [index, auction] of auctions(seed).entries()) {
    const offer = bid({ rate: auction.rate, budgetLeft: left, auctionsLeft: AUCTIONS - index })
    assert.ok(Number.isInteger(offer) && offer >= 0 && offer <= left)
    if (offer >= auction.price) {
      left -= auction.price
      rate += auction.rate
    }
    spentBy.push(budget - left)
  }
  return { spent: budget - left, rate, spentBy }
}

const fresh = () =>
  createBidder({ priceCounts: Array.from({ length: 101 }, (_c, p) => (p > 0 ? 10 : 0)), meanRate: 0.02 })

describe('bidding within a budget', () => {
  it('BU50 spends its budget evenly, never beyond it, and buys more than a level bid of the same money', () => {
    for (const [seed, budget] of [
      ['few', 20_000],
      ['more', 100_000],
    ] as const) {
      const bidder = fresh()
      const ours = play(seed, budget, (auction) => {
        const offer = bidFor(bidder, auction)
        learnRate(bidder, auction.rate)
        return offer
      })
      assert.ok(ours.spent <= budget && ours.spent > 0.97 * budget, `${seed} ${ours.spent}`)
      for (const part of [0.25, 0.5, 0.75])
        assert.ok(Math.abs((ours.spentBy[AUCTIONS * part] ?? 0) / budget - part) < 0.04, `${seed} ${part}`)
      // A bid of that much for everybody spends the same, on average.
      const same = Math.round(Math.sqrt((2 * budget * 100) / AUCTIONS))
      const level = play(seed, budget, ({ budgetLeft }) => Math.min(same, budgetLeft))
      assert.ok(ours.rate > 1.1 * level.rate, `${seed} ${ours.rate} ${level.rate}`)
    }
  })

  it('BU51 bids nothing without budget, auctions or a chance, and catches up when others were dearer', () => {
    const bidder = fresh()
    for (const [rate, budgetLeft, auctionsLeft] of [
      [0.02, 0, 10],
      [0.02, 100, 0],
      [0, 100, 10],
      [Number.NaN, 100, 10],
    ] as const)
      assert.equal(bidFor(bidder, { rate, budgetLeft, auctionsLeft }), 0)
    const behind = bidFor(bidder, { rate: 0.02, budgetLeft: 5_000, auctionsLeft: 500 })
    const ahead = bidFor(bidder, { rate: 0.02, budgetLeft: 500, auctionsLeft: 500 })
    assert.ok(behind > ahead && ahead > 0)
    assert.equal(bidFor(bidder, { rate: 5, budgetLeft: 1e9, auctionsLeft: 1 }), 100)
  })
})
