// The confounded market: what is known with experiments, and that nothing is raised without.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runConfounded } from './confounded-run.ts'

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length

describe('the confounded market', () => {
  it('BU41 ranks the lines truly with experiments; without it says that it cannot know and raises nothing', async () => {
    const seeds = process.env['WINDVANE_LONG'] === '1' ? 10 : 2
    let misled = 0
    for (let seed = 0; seed < seeds; seed++) {
      const tested = await runConfounded(`test ${seed}`, true)
      assert.deepEqual(tested.ours, tested.truth)
      assert.ok(tested.raises.length > 0 && mean(tested.raises) > 1)
      if (tested.claimed.join() !== tested.truth.join()) misled++
      const untested = await runConfounded(`test ${seed}`, false)
      assert.equal(untested.ours, null)
      assert.deepEqual(untested.raises, [])
    }
    assert.ok(misled > 0, 'the claims alone must mislead, or the world proves nothing')
  })
})
