// The whole system, simulated by seed: a few half days every day, two hundred seeds in the long form, and as many as one
// likes by `npm run simulate`. That its rules can fail is shown by bugs put in on purpose.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { daily } from '../../src/kernel/testing/wide.ts'
import { BUGS, type Bug } from './bugs.ts'
import { runSeed, type SeedReport } from './run.ts'

const LONG = process.env['WINDVANE_LONG'] === '1'
const SEEDS = LONG ? 200 : 4
const DAYS = LONG ? 1 : 0.3
/** The bugs that are looked for every day, each in a seed where it was found; the others, and from seed 1 on, in the long form. */
const QUICK: readonly Bug[] = ['unknown_sent_again', 'no_second_look', 'snapshot_seam', 'money_caps_off']
const BUG_SEEDS_MAX = 10
/** What it takes to meet them. */
const BUG_DAYS: Readonly<Partial<Record<Bug, number>>> = { money_caps_off: 0.05 }

const said = (report: SeedReport): string =>
  `seed ${report.seed}: ${report.violations.map(({ rule, detail }) => `${rule}: ${detail}`).join('; ')}`

describe('simulation', () => {
  it(`X30 X31 ${SEEDS} seeds of kills, torn writes, full disks, lost and lying networks break none of the rules`, async (t) => {
    const reports: SeedReport[] = []
    for (let seed = 1; seed <= SEEDS; seed++) reports.push(await runSeed({ seed, days: DAYS }))
    assert.deepEqual(reports.filter(({ violations }) => violations.length > 0).map(said), [])
    const sum = (of: (report: SeedReport) => number): number =>
      reports.reduce((all, report) => all + of(report), 0)
    t.diagnostic(
      `${sum(({ steps }) => steps)} steps, ${sum(({ kills }) => kills)} kills, ${sum(({ counts }) => counts.accepted)} messages`,
    )
    // What never happened proves nothing.
    for (const [what, count] of Object.entries({
      kills: sum(({ kills }) => kills),
      messages: sum(({ counts }) => counts.accepted),
      left: sum(({ counts }) => counts.optedOut),
      vetoed: sum(({ counts }) => counts.vetoed),
      unknown: sum(({ counts }) => counts.unknownByCrash + counts.unknownByServer),
      held: sum(({ counts }) => counts.held),
      released: sum(({ counts }) => counts.released),
    }))
      assert.ok(count > 0, `${what}: none in ${SEEDS} seeds`)
  })

  it('X32 the same seed is the same history, to the step; another one is another', async () => {
    const [first, again, other] = [
      await runSeed({ seed: 7, days: 0.15 }),
      await runSeed({ seed: 7, days: 0.15 }),
      await runSeed({ seed: 8, days: 0.05 }),
    ]
    assert.equal(first.trace, again.trace)
    assert.deepEqual({ ...first, tookMs: 0 }, { ...again, tookMs: 0 })
    assert.notEqual(first.trace, other.trace)
  })

  for (const bug of LONG ? BUGS : QUICK) {
    const { end, options } = daily(bug === 'unknown_sent_again')
    it(`X33 finds a bug that was put in on purpose: ${bug}${end}`, options, async (t) => {
      for (let seed = 1; seed <= BUG_SEEDS_MAX; seed++) {
        const { violations } = await runSeed({ seed, days: LONG ? 2 : (BUG_DAYS[bug] ?? 0.3), bug })
        if (violations.length === 0) continue
        t.diagnostic(`seed ${seed}: ${violations[0]?.rule}: ${violations[0]?.detail.slice(0, 120)}`)
        return
      }
      assert.fail(`${bug} was not found in ${BUG_SEEDS_MAX} seeds`)
    })
  }
})
