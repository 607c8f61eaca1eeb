// The market and the loop in one thread: the same outcome for the same seed, and a lift that may be checked.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { DAY_MS } from '../kernel/time.ts'
import { isFailure } from '../kernel/failure.ts'
import { WIDE } from '../kernel/testing/wide.ts'
import { runHeadless, type HeadlessOptions } from './headless.ts'
import { runSeed, type SeedRow } from './seed-run.ts'
import { summaryOf, simulateSeeds } from './simulate.ts'
import { renderSimulation } from './simulate-table.ts'
import { demoPlan } from './testing/demo-plan.ts'

const plan = { ...demoPlan(), segments: [] }
const short: Pick<HeadlessOptions, 'plan'> & Partial<HeadlessOptions> = {
  plan: { ...plan, holdout: { ...plan.holdout, share: 0.3, horizonMs: 4 * DAY_MS } },
  seed: 'short',
  customers: 550,
  days: 8,
  warmupDays: 3,
}

describe('headless runs', () => {
  it('X20 gives the same outcome for the same seed, under the whole plan of the demo', async () => {
    const [first, second] = [await runHeadless(short), await runHeadless(short)]
    const { tookMs: _first, ...one } = first
    const { tookMs: _second, ...other } = second
    assert.deepEqual(one, other)
    assert.ok(first.decisions > 400 && first.examples > 100)
    assert.ok(first.counts.contacts > 200)
    const { treated, holdout } = first.report
    const held = holdout.people / (treated.people + holdout.people)
    assert.ok(Math.abs(held - 0.3) < 0.07, `${held} held out`)
    assert.ok(Math.abs(treated.people - first.units.filter((unit) => unit.treated).length) <= 1)
    const { low, high } = first.report
    assert.ok(low !== null && high !== null && low <= first.planted && first.planted <= high)
  })

  it('X21 plays every policy on the same people, and the oracle earns most (wide)', WIDE, async () => {
    const row = await runSeed({ ...short, campaignId: 'win-back' })
    assert.ok(row.oracle > 1.6 * row.best, JSON.stringify(row))
    assert.ok(row.oracle > row.learnt && row.oracle > row.uniform)
    assert.ok(plan.campaigns[0]?.actions.some(({ id }) => id === row.bestAction))
    await assert.rejects(runSeed({ ...short, campaignId: 'welcome' }), (error) =>
      isFailure(error, 'simulate.no_campaign'),
    )
  })

  it('X22 counts how often the interval covers and the learner wins, and prints it', async () => {
    const row = (seed: string, over: Partial<SeedRow>): SeedRow => ({
      seed,
      planted: 1,
      difference: 1.2,
      low: 0.1,
      high: 2,
      covers: true,
      verdict: 'ahead',
      learnt: 3,
      uniform: 1,
      best: 2,
      bestAction: 'a',
      oracle: 5,
      decisions: 10,
      tookMs: 1,
      ...over,
    })
    const summary = summaryOf([
      row('s-1', {}),
      row('s-2', { covers: false, learnt: 1.5 }),
      row('s-3', { covers: null, low: null, high: null, difference: null }),
    ])
    assert.deepEqual(
      [summary.known, summary.covered, summary.winsOverBest, summary.winsOverUniform],
      [2, 1, 2, 3],
    )
    const text = renderSimulation(summary)
    assert.match(text, /1 of 2 seeds/)
    assert.match(text, /not known yet/)
    await assert.rejects(simulateSeeds({ plan, seeds: 0 }), (error) => isFailure(error, 'simulate.seeds'))
  })
})
