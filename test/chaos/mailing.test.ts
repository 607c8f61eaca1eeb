// The short form of a mailing under kills, in the wide set; `npm run test:long` runs the full one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { faultsOf, sendMailing, showReport } from './mailing.ts'

const LONG = process.env['WINDVANE_LONG'] === '1'
const [recipients, kills] = LONG ? [100_000, 200] : [400, 1]

describe('mailing', () => {
  it(
    `S1 S2 ${recipients} people, ${kills} kills, a mail server that drops, delays and lies: nobody gets two, no one who left gets one (wide)`,
    WIDE,
    async (t) => {
      const dir = mkdtempSync(join(tmpdir(), 'windvane-mailing-'))
      const report = await sendMailing({
        dir,
        recipients,
        kills,
        leavers: recipients / 10,
        faults: LONG ? 0.03 : 0.2,
        seed: 'short',
        minutesMax: LONG ? 240 : 5,
      })
      t.diagnostic(showReport(report))
      assert.deepEqual(faultsOf(report), [])
      rmSync(dir, { recursive: true, force: true })
    },
  )
})
