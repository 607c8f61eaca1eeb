// Rules DL1 to DL6: how long results take, and what open decisions may teach.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { WIDE } from '../../kernel/testing/wide.ts'
import { createBandit, dumpBandit, learn, scoreActions } from '../bandit.ts'
import type { Example, Feature } from '../events.ts'
import { DELAYED_DEFAULTS, playDelayed } from '../testing/delayed-world.ts'
import { createDelays, delayGroups, noteResult, RESULTS_MIN, shareCome } from './delays.ts'
import { shareToTeach } from './slices.ts'

const WINDOW_MS = 16 * DAY_MS
const of = (campaignId: string, actionId = 'a') =>
  delayGroups({ campaignId, actionId, goalEvent: 'Order Completed', windowMs: WINDOW_MS })
const WIDEST = { groups: of('c').groups.slice(-1), windowMs: WINDOW_MS }
const near = (left: number | null, right: number, within: number): void =>
  assert.ok(Math.abs((left ?? Number.NaN) - right) <= within, `${left} instead of ${right} ± ${within}`)
/** Column edges of a window of 16 days: 1.5, 6, 13.5, 24, … hours. */
const edgeMs = (column: number): number => WINDOW_MS * (column / 16) ** 2

describe('delays', () => {
  it('DL1 of whole windows it tells the share of results that came by each age', () => {
    const delays = createDelays()
    const rng = createRng('whole')
    const waits = Array.from({ length: 400 }, () => WINDOW_MS * rng.uniform() ** 3)
    for (const [i, delayMs] of waits.entries()) noteResult(delays, WIDEST, { at: i * HOUR_MS, delayMs })
    const now = 400 * HOUR_MS + WINDOW_MS + DAY_MS
    for (const column of [1, 3, 7, 12, 16]) {
      const ageMs = edgeMs(column)
      const counted = waits.filter((wait) => wait < ageMs).length / waits.length
      near(shareCome(delays, WIDEST, { ageMs, now }), counted, 1e-12)
    }
    assert.equal(shareCome(delays, WIDEST, { ageMs: 0, now }), 0)
  })

  it('DL2 young decisions, cut short by the present, do not bend it', () => {
    const delays = createDelays()
    const rng = createRng('young')
    const mean = 6 * DAY_MS
    const now = 24 * DAY_MS
    const cut = 1 - Math.exp(-WINDOW_MS / mean)
    const truth = (ageMs: number) => (1 - Math.exp(-ageMs / mean)) / cut
    const seen: number[] = []
    for (let i = 0; i < 24_000; i++) {
      // Ever more decisions, so that most are young.
      const at = now * Math.sqrt(rng.uniform())
      const delayMs = -Math.log(1 - cut * rng.uniform()) * mean
      if (at + delayMs > now) continue
      seen.push(delayMs)
      noteResult(delays, WIDEST, { at, delayMs })
    }
    for (const column of [4, 8, 12]) {
      const ageMs = edgeMs(column)
      near(shareCome(delays, WIDEST, { ageMs, now }), truth(ageMs), 0.02)
    }
    const naive = seen.filter((wait) => wait < edgeMs(8)).length / seen.length
    assert.ok(naive > truth(edgeMs(8)) + 0.08, 'counting what is there would say too much')
  })

  it('DL3 few results of its own lean on the campaign, the goal and all; many speak for themselves; too few say nothing', () => {
    const delays = createDelays()
    const tell = (campaignId: string, count: number, delayMs: number): void => {
      for (let i = 0; i < count; i++) noteResult(delays, of(campaignId), { at: i * HOUR_MS, delayMs })
    }
    const now = 100 * DAY_MS
    const ask = (campaignId: string) => shareCome(delays, of(campaignId), { ageMs: 4 * DAY_MS, now })
    tell('quick', RESULTS_MIN - 1, HOUR_MS)
    assert.equal(ask('quick'), null)
    tell('quick', 371, HOUR_MS)
    tell('slow', 400, 10 * DAY_MS)
    near(ask('quick'), 1, 0.05)
    near(ask('slow'), 0, 0.05)
    near(ask('new'), 0.5, 0.01)
    tell('new', 10, HOUR_MS)
    const leaning = ask('new') ?? 0
    assert.ok(leaning > 0.55 && leaning < 0.95, String(leaning))
  })

  it('DL4 slices teach together exactly what the whole would have', () => {
    const options = { kind: 'dense', halfLifeDays: Infinity, winsorise: false } as const
    const [whole, sliced] = [createBandit(options), createBandit(options)]
    const rng = createRng('slices')
    const actions = ['a', 'b'].map((name): readonly Feature[] => [[`action=${name}`, 1]])
    for (let i = 0; i < 200; i++) {
      const about: Omit<Example, 'reward'> = {
        shared: [['x', rng.normal()]],
        action: actions[i % 2] ?? [],
        propensity: 0.5,
        at: 0,
      }
      const parts = [rng.below(3), rng.below(3), rng.below(3)]
      const shares = [0.5, 0.2, 0.3]
      learn(whole, { ...about, reward: parts.reduce((sum, part) => sum + part, 0) })
      for (const [k, reward] of parts.entries())
        learn(sliced, { ...about, reward, share: shares[k] ?? 1, further: k > 0 })
    }
    const [left, right] = [whole, sliced].map((bandit) =>
      scoreActions(bandit, { shared: [['x', 1]], actions }),
    )
    // The noise is another (each slice counts), the beliefs are the same.
    for (let a = 0; a < 2; a++) {
      near(left?.mean[a] ?? null, right?.mean[a] ?? 0, 1e-6)
      near((left?.stderr[a] ?? 0) / (left?.noise ?? 1), (right?.stderr[a] ?? 0) / (right?.noise ?? 1), 1e-6)
    }
    assert.equal(sliced.examples, 200)
    assert.equal(sliced.slices, 400)
    assert.deepEqual(Object.keys(dumpBandit(sliced)), Object.keys(dumpBandit(whole)))
  })

  it('DL5 a slice is taught when enough has come, and enough is left for the close', () => {
    const delays = createDelays()
    for (let i = 0; i < 1_600; i++)
      noteResult(delays, WIDEST, { at: 0, delayMs: (WINDOW_MS * (i + 0.5)) / 1_600 })
    const now = 2 * WINDOW_MS
    const ask = (share: number, taught: number) =>
      shareToTeach(delays, WIDEST, { ageMs: share * WINDOW_MS, now, taught })
    assert.equal(ask(1 / 16, 0), 0)
    near(ask(1 / 4, 0), 0.25, 0.01)
    near(ask(9 / 16, 0.25), 0.3125, 0.01)
    near(ask(0.99, 0), 0.8, 0.01)
    assert.equal(ask(0.99, 0.7), 0)
    assert.equal(shareToTeach(createDelays(), WIDEST, { ageMs: WINDOW_MS / 2, now, taught: 0 }), 0)
  })

  it('DL6 with learnt delays less is lost than by waiting (wide)', WIDE, () => {
    const lost = (teaching: 'slices' | 'wait') =>
      ['1', '2', '3', '4']
        .map((seed) =>
          playDelayed({
            ...DELAYED_DEFAULTS,
            days: 42,
            turnsOn: Infinity,
            perDay: 100,
            seed,
            teaching,
            meanShare: 0.3,
          }),
        )
        .reduce((sum, value) => sum + value, 0)
    const [slices, wait] = [lost('slices'), lost('wait')]
    assert.ok(slices < 0.95 * wait, `${slices} against ${wait} by waiting`)
  })
})
