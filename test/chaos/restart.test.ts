// The short form of the restarts, in the wide set; `npm run test:long` runs the full one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { showReport } from './kill.ts'
import { restartProduct } from './restart.ts'

const restarts = process.env['WINDVANE_LONG'] === '1' ? 100 : 2

describe('restarts', () => {
  it(
    `S1 S5 S9 ${restarts} orderly restarts under load: nothing lost, nothing twice, nothing uncertain (wide)`,
    WIDE,
    async (t) => {
      const dir = mkdtempSync(join(tmpdir(), 'windvane-restart-'))
      const { report, faults } = await restartProduct({
        dir,
        restarts,
        rate: restarts > 2 ? 2_000 : 1_000,
        // Some must leave for it to prove anything, and two lives bring few mails.
        leaveShare: restarts > 2 ? 0.03 : 0.5,
        seed: 'short',
      })
      t.diagnostic(showReport(report))
      assert.deepEqual(faults, [])
      rmSync(dir, { recursive: true, force: true })
    },
  )
})
