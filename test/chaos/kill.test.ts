// The short form of the chaos script, in the wide set; `npm run test:long` runs the full one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { faultsOf, killProduct, showReport } from './kill.ts'

const kills = process.env['WINDVANE_LONG'] === '1' ? 200 : 6

describe('chaos', () => {
  it(
    `S1 S2 S5 S6 ${kills} kills of the product under load: nothing lost, nothing twice, nobody against their will (wide)`,
    WIDE,
    async (t) => {
      const dir = mkdtempSync(join(tmpdir(), 'windvane-kill-'))
      const report = await killProduct({
        dir,
        kills,
        rate: 4_000,
        seed: 'short',
        lifeMsMax: kills > 6 ? 1_200 : 800,
      })
      t.diagnostic(showReport(report))
      assert.deepEqual(faultsOf(report), [])
      rmSync(dir, { recursive: true, force: true })
    },
  )
})
