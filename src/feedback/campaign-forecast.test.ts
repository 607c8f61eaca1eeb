// Rules CF1 to CF4: forecasts of campaigns, on seeded businesses whose campaigns are drawn from a known law.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng, type Rng } from '../kernel/rng.ts'
import { WIDE } from '../kernel/testing/wide.ts'
import { forecastCampaign, type CampaignForecast, type PastResults } from './campaign-forecast.ts'
import { forecastRisk } from './campaign-risk.ts'
import { drawBinomial, type Range80 } from './draws.ts'

const NONE: PastResults = { settled: 0, paid: 0, sum: 0, squares: 0 }
const COST = 0.1

type Campaign = { readonly rate: number; readonly margin: number }

/** Campaigns of one business: shares that buy lie around 4 %, a third apart; margins around 30. */
const drawCampaign = (rng: Rng): Campaign => ({
  rate: Math.min(0.5, 0.04 * Math.exp(0.35 * rng.normal())),
  margin: 30 * Math.exp(0.15 * rng.normal()),
})

const live = (rng: Rng, { rate, margin }: Campaign, messages: number): PastResults => {
  const run = Math.exp(0.1 * rng.normal())
  let [paid, sum, squares] = [0, 0, 0]
  for (let i = 0; i < messages; i++) {
    const buys = rng.uniform() < rate * run
    const result = (buys ? margin * Math.exp(0.5 * rng.normal() - 0.125) : 0) - COST
    if (buys) paid++
    sum += result
    squares += result ** 2
  }
  return { settled: messages, paid, sum, squares }
}

const holds = ({ low, high }: Range80, value: number): number => (value >= low && value <= high ? 1 : 0)

/** How often the intervals held what then happened, over many businesses, and the forecasts. */
const coverage = (seed: string, pastRuns: number) => {
  const runs = 250
  const held = { buyers: 0, margin: 0 }
  const made: CampaignForecast[] = []
  for (let run = 0; run < runs; run++) {
    const rng = createRng(`${seed} ${run}`)
    const others = Array.from({ length: 5 }, () => live(rng, drawCampaign(rng), 1_500))
    const campaign = drawCampaign(rng)
    const past = Array.from({ length: pastRuns }, () => live(rng, campaign, 800))
    const own = past.reduce(
      (sum, one) => ({
        settled: sum.settled + one.settled,
        paid: sum.paid + one.paid,
        sum: sum.sum + one.sum,
        squares: sum.squares + one.squares,
      }),
      NONE,
    )
    const forecast = forecastCampaign({
      messages: 1_000,
      messagesVariance: 0,
      own,
      others,
      organic: null,
      seed: `${run}`,
    })
    made.push(forecast)
    const then = live(rng, campaign, 1_000)
    held.buyers += holds(forecast.buyers as Range80, then.paid) / runs
    held.margin += holds(forecast.margin as Range80, then.sum) / runs
  }
  return { ...held, made }
}

describe('campaign forecast', () => {
  it('CF1 of a campaign that never ran, the intervals hold about as often as they say, leaning on the others', () => {
    const { buyers, margin, made } = coverage('new', 0)
    // 250 runs: the standard error of a share of .8 is .025.
    assert.ok(buyers > 0.72 && buyers < 0.9, `buyers ${buyers}`)
    assert.ok(margin > 0.72 && margin < 0.92, `margin ${margin}`)
    assert.ok(made.every(({ basis }) => basis === 'other_campaigns'))
  })

  it('CF2 its own past narrows them, and they still hold (wide)', WIDE, () => {
    const fresh = coverage('new', 0).made
    const { buyers, margin, made } = coverage('old', 6)
    assert.ok(buyers > 0.72 && buyers < 0.9, `buyers ${buyers}`)
    assert.ok(margin > 0.72 && margin < 0.92, `margin ${margin}`)
    assert.ok(made.every(({ basis }) => basis === 'own'))
    const width = (all: readonly CampaignForecast[]) =>
      all.reduce((sum, { buyers: range }) => sum + ((range?.high ?? 0) - (range?.low ?? 0)), 0)
    assert.ok(width(made) < 0.7 * width(fresh))
  })

  it('CF3 where nothing has run it says what people order anyway, widely, or that nothing is known', () => {
    const nothing = { messages: 500, messagesVariance: 40, own: NONE, others: [], seed: 's' }
    const blind = forecastCampaign({ ...nothing, organic: null })
    assert.deepEqual(
      [blind.buyers, blind.margin, blind.lossChance, blind.basis],
      [null, null, null, 'nothing'],
    )
    assert.ok(blind.messages.low < 500 && blind.messages.high > 500)
    const wide = forecastCampaign({ ...nothing, organic: { orders: 0.05, marginPerOrder: 20, cost: 0.1 } })
    assert.equal(wide.basis, 'orders')
    assert.ok(wide.buyers !== null && wide.buyers.low < 15 && wide.buyers.high > 35)
  })

  it('CF4 the same input gives the same forecast; dear messages that sell nothing are a risk', () => {
    const ahead = {
      messages: 1_000,
      messagesVariance: 0,
      own: { settled: 2_000, paid: 2, sum: -180, squares: 1_200 },
      others: [],
      organic: null,
      seed: 's',
    }
    assert.deepEqual(forecastCampaign(ahead), forecastCampaign(ahead))
    assert.ok((forecastCampaign(ahead).lossChance ?? 0) > 0.9)
  })

  it(
    'CF6 foretells who leaves and complains, with intervals that hold, and nothing from few messages (wide)',
    WIDE,
    () => {
      const nobody = { sent: 0, unsubscribed: 0, complained: 0 }
      const few = {
        messages: 5_000,
        messagesVariance: 0,
        own: nobody,
        others: { ...nobody, sent: 150 },
        seed: 'few',
      }
      assert.equal(forecastRisk(few), null)
      // Businesses whose campaigns differ by half in how many leave: as often inside as the interval says, at both ages.
      for (const ownSent of [0, 4_000]) {
        const held = { unsubscribes: 0, complaints: 0 }
        const runs = 300
        for (let run = 0; run < runs; run++) {
          const rng = createRng(`risk ${ownSent} ${run}`)
          const rateOf = (mean: number) => mean * Math.exp(0.5 * rng.normal() - 0.125)
          const send = (sent: number, leave: number, complain: number) => ({
            sent,
            unsubscribed: drawBinomial(rng, sent, leave),
            complained: drawBinomial(rng, sent, complain),
          })
          const rates = Array.from({ length: 6 }, () => [rateOf(0.004), rateOf(0.0005)] as const)
          const others = rates.slice(1).map(([leave, complain]) => send(4_000, leave, complain))
          const sum = (name: 'sent' | 'unsubscribed' | 'complained') =>
            others.reduce((total, one) => total + one[name], 0)
          const [leave = 0, complain = 0] = rates[0] ?? []
          const risk = forecastRisk({
            messages: 5_000,
            messagesVariance: 0,
            own: ownSent === 0 ? nobody : send(ownSent, leave, complain),
            others: { sent: sum('sent'), unsubscribed: sum('unsubscribed'), complained: sum('complained') },
            seed: `${run}`,
          })
          assert.ok(risk !== null && risk.learntFrom === 20_000 + ownSent)
          const came = send(5_000, leave, complain)
          held.unsubscribes += holds(risk.unsubscribes, came.unsubscribed)
          held.complaints += holds(risk.complaints, came.complained)
        }
        for (const [what, count] of Object.entries(held)) {
          // Whole numbers: an interval of 0 to 2 holds more than 80 %.
          assert.ok(count / runs > 0.74 && count / runs < 0.97, `${what} ${ownSent}: ${count / runs}`)
        }
      }
    },
  )
})
