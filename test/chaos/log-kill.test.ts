// The short form of the log's chaos script; `npm run test:long` runs the full one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { killLog, showReport } from './log-kill.ts'

const kills = process.env['WINDVANE_LONG'] === '1' ? 200 : 5

describe('chaos', () => {
  it(`S5 L4 ${kills} kills of the writer under load lose no acknowledged event`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'windvane-log-kill-'))
    const report = await killLog({ dir, kills, rate: 5_000, seed: 'short', lifeMsMax: kills > 5 ? 500 : 250 })
    rmSync(dir, { recursive: true, force: true })
    t.diagnostic(showReport(report))
    assert.equal(report.lost, 0)
    assert.ok(report.acknowledged > 0)
    if (kills > 5) assert.ok(report.ratePerSecond >= 2_000, `only ${report.ratePerSecond} events/s`)
  })
})
