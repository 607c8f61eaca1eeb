// Rule F14: what open decisions teach before their window is over.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOTHING } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createFeedback, dumpFeedback, earlyExamples, type Feedback, restoreFeedback } from './index.ts'
import {
  applied,
  bought,
  campaignOf,
  createStory,
  decided,
  foldStep,
  madeOf,
  START,
} from './testing/story.ts'

const WEEK_MS = 7 * DAY_MS

const dumped = (state: Feedback): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(dumpFeedback(state)).map(([name, column]) => [
        name,
        ArrayBuffer.isView(column) ? [...(column as Uint8Array)] : column,
      ]),
    ),
  )

describe('early lessons', () => {
  it('F14 where asked, an open decision teaches what came, by how long orders are known to take, and the close the rest', () => {
    const told = (delays: 'learnt' | 'wait') => {
      const goal = { ...campaignOf('cart').goal, delays }
      const story = createStory()
      story.tell(applied(campaignOf('cart', { goal })))
      // Whole windows to learn from: every order comes after an hour.
      for (let i = 0; i < 40; i++)
        story.tell(
          decided(madeOf(`p${i}`, 100 + i, START, { actionId: NOTHING })),
          bought(100 + i, `p${i}`, START + HOUR_MS, 10),
        )
      story.settle(START + WEEK_MS)
      const before = story.examples.length
      const at = START + 2 * WEEK_MS
      story.tell(
        decided(madeOf('d1', 1, at, { actionId: NOTHING })),
        bought(1, 'o1', at + HOUR_MS, 40),
        bought(2, 'tick', at + WEEK_MS / 64, 1),
      )
      const early = story.examples.slice(before)
      story.tell(bought(1, 'o2', at + 3 * DAY_MS, 6))
      story.settle(at + WEEK_MS)
      return { story, early, all: story.examples.slice(before) }
    }
    const learnt = told('learnt')
    const shareOf = (i: number) => learnt.all[i]?.share ?? Number.NaN
    assert.deepEqual(
      learnt.early.map(({ reward }) => reward),
      [20],
    )
    assert.deepEqual(
      learnt.all.map(({ reward }) => reward),
      [20, 3],
    )
    assert.ok(Math.abs(shareOf(0) - 0.8) < 1e-9)
    assert.ok(Math.abs(shareOf(0) + shareOf(1) - 1) < 1e-9)

    const waited = told('wait')
    assert.deepEqual(waited.early, [])
    assert.deepEqual(waited.all, [{ reward: 23, action: 'action=nothing' }])

    // Restored after each step it teaches the same, to the byte.
    const { steps, examples, state } = learnt.story
    const again = createStory()
    again.tell(...steps)
    assert.deepEqual(again.examples, examples)
    const early: unknown[] = []
    let restored = createFeedback({ graceMs: 0 })
    for (const [i, step] of steps.entries()) {
      if (i % 7 === 0) restored = restoreFeedback(dumpFeedback(restored), { graceMs: 0 })
      foldStep(restored, step, i + 1, new Map())
      early.push(...earlyExamples(restored))
    }
    assert.equal(dumped(restored), dumped(state))
    assert.equal(early.length, state.counts.early)
    assert.ok(early.length > 0)
  })
})
