// The measure that the soak judges memory by; the soak itself only in `npm run test:long`, where it takes its hour.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createRng } from '../../src/kernel/rng.ts'
import { soak } from './soak.ts'
import { faultsOf, showReport } from './soak-report.ts'
import { slopeOf } from './soak-samples.ts'

const LONG = process.env['WINDVANE_LONG'] === '1'

describe('soak', () => {
  const seconds = Array.from({ length: 180 }, (_, index) => index * 10)

  it('a flat series with outliers is flat, a leak is found with its rate', () => {
    const rng = createRng('soak')
    const noise = (): number => rng.normal() + (rng.uniform() < 0.05 ? 200 : 0)
    const flat = slopeOf(
      seconds,
      seconds.map(() => 100 + noise()),
    )
    assert.ok(flat.low < 0 && flat.high > 0, JSON.stringify(flat))
    const leaking = slopeOf(
      seconds,
      seconds.map((at) => 100 + (12 * at) / 3_600 + noise()),
    )
    assert.ok(leaking.low > 8 && leaking.low < 12 && leaking.high > 12, JSON.stringify(leaking))
  })

  if (LONG)
    it('S5 S12 an hour of 30,000 events and 1,000 decisions a second: memory flat, nothing lost; five times too much is turned away with a time', async (t) => {
      const dir = mkdtempSync(join(tmpdir(), 'windvane-soak-'))
      const report = await soak({
        dir,
        seconds: 3_600,
        sampleEverySeconds: 30,
        rates: { events: 30_000, decisions: 1_000, mails: 10 },
        people: 50_000,
        fill: 0,
        overloadSeconds: 20,
      })
      t.diagnostic(showReport(report))
      assert.deepEqual(faultsOf(report), [])
      rmSync(dir, { recursive: true, force: true })
    })
})
