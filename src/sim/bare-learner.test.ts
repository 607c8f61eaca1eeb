// Rules X23 to X25: markets played bare, with drift and long delays.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { present } from '../kernel/assert.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createBareLearner } from './bare-learner.ts'
import { always, oracle, runBare, type BarePlayer, type BareRun } from './bare-run.ts'
import { HEADLESS_DEFAULTS, type HeadlessOptions } from './headless.ts'
import { createPeople } from './people.ts'
import { arrivedShare, DELAYS_LONG, orderDelay } from './response.ts'
import { demoPlan } from './testing/demo-plan.ts'
import { createWorld, WORLD_DEFAULTS } from './world.ts'

const plan = { ...demoPlan(), segments: [] }
const campaign = {
  ...present(
    plan.campaigns.find(({ id }) => id === 'win-back'),
    'win-back',
  ),
  audience: '',
}
const base: HeadlessOptions = {
  ...HEADLESS_DEFAULTS,
  plan,
  seed: 'bare',
  customers: 250,
  days: 14,
  warmupDays: 4,
  stepMs: HOUR_MS,
}
const play = (player: BarePlayer, more: Partial<HeadlessOptions> = {}): BareRun =>
  runBare({ ...base, ...more, campaign, player })
const learner = () =>
  createBareLearner({ seed: 'bare', campaign, people: createPeople({ ...WORLD_DEFAULTS, ...base }) })

describe('markets played bare', () => {
  it('X23 the learner plays as in the loop: the same seed the same run, each closed decision learnt once', () => {
    const [first, second] = [learner(), learner()]
    const one = play(first)
    assert.deepEqual(play(second), one)
    assert.ok(one.decisions > 500, `${one.decisions} decisions`)
    // Those of the last two days are still open.
    assert.ok(first.examples() > 0.6 * one.decisions && first.examples() <= one.decisions)
    assert.ok(play(oracle).earned > one.earned)
    assert.equal(play(always(-1)).earned, 0)
  })

  it('X24 drift: what is loved moves to another shelf on that day, what can be seen stays, and other actions are good', () => {
    const at = base.from + 5 * DAY_MS
    const world = createWorld({ ...WORLD_DEFAULTS, ...base, detail: 'light', driftAt: at })
    const before = [...world.people]
    world.advance(at - 1)
    assert.deepEqual(world.people.slice(0, 20), before.slice(0, 20))
    world.advance(at + 1)
    for (const [index, person] of before.slice(0, 20).entries()) {
      const now = present(world.people[index], 'the same person')
      assert.deepEqual(now.taste, [...person.taste.slice(1), person.taste[0]])
      assert.deepEqual([now.userId, now.city, now.source], [person.userId, person.city, person.source])
    }
    const [coffee, gifts] = ['coffee-harvest/08:00', 'gift-ideas/08:00'].map((action) =>
      campaign.actions.findIndex(({ id }) => id === action),
    )
    const ahead = (driftDay: number) =>
      play(always(coffee ?? 0), { driftDay }).earned - play(always(gifts ?? 0), { driftDay }).earned
    // The loves of 34, 28, 22 and 16 % of the people move on by one shelf: gifts are loved most now.
    assert.ok(ahead(1e6) > ahead(0) + 0.05, `${ahead(1e6)} against ${ahead(0)}`)
  })

  it('X25 long delays: orders come as late as the truth says, and are worth as much', () => {
    const luck = createRng('delays')
    const n = 20_000
    for (const elapsed of [2 * HOUR_MS, DAY_MS, 4 * DAY_MS]) {
      let come = 0
      for (let i = 0; i < n; i++)
        if (orderDelay(luck.uniform(), luck.uniform(), DELAYS_LONG) <= elapsed) come += 1 / n
      assert.ok(Math.abs(come - arrivedShare(elapsed, DELAYS_LONG)) < 0.012)
    }
    assert.ok(arrivedShare(DAY_MS, DELAYS_LONG) < 0.5 && arrivedShare(14 * DAY_MS, DELAYS_LONG) > 0.99)
    const [quick, late] = [play(always(0)), play(always(0), { delays: DELAYS_LONG })]
    assert.ok(Math.abs(quick.earned - late.earned) < 0.15 * Math.abs(quick.earned) + 0.05)
  })
})
