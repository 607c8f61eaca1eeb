// Ad money in the simulated market against the lying platform: caps, edits, books and return.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runAds, runRule } from './ad-run.ts'
import { LIES } from './lying-platform.ts'

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

describe('ad money in the market', () => {
  it('S3 BU40 keeps every cap and quota, agrees with the platform, and comes near the oracle', async () => {
    const worlds = process.env['WINDVANE_LONG'] === '1' ? 10 : 2
    const ratios: number[] = []
    for (let world = 0; world < worlds; world++) {
      const options = { seed: `test ${world}`, days: 60, experimentDays: 10, lies: { ...LIES, dark: 0.06 } }
      const ours = await runAds(options)
      assert.deepEqual(ours.breaches, { caps: 0, edits: 0, backAndForth: 0 })
      for (const [id, book] of ours.books.lines)
        if (book.pending === null)
          assert.equal(book.budgetMicros, ours.truth.budgetMicros(Number(id.replace('line-', ''))), id)
      const attempts = ours.events.filter(({ type }) => type === 'spend.move_attempted.v1').length
      assert.ok(attempts > 60)
      ratios.push(
        sum(ours.daily) /
          sum(runRule(options, 'oracle').daily) /
          (sum(runRule(options, 'equal').daily) / sum(runRule(options, 'oracle').daily)),
      )
    }
    // Sixty days, from an even split: it must earn more than staying there.
    assert.ok(sum(ratios) / worlds > 1.05, ratios.join(' '))
  })
})
