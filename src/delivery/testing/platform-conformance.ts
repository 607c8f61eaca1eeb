// What every implementation of AdPlatform must do, whatever it speaks: run by each adapter against a fake server of its
// platform's wire format, and by the simulated platform that lies.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import type { AdPlatform } from '../index.ts'

export type PlatformBench = {
  readonly platform: AdPlatform
  /** Two lines that are there, running, at {@link PlatformBench.budgets}. */
  readonly lines: readonly [string, string]
  /** Two budgets in micros that fit its steps: the one in force, and another. */
  readonly budgets: readonly [number, number]
  readonly unknownLine: string
  /** The days that there are figures for. */
  readonly days: { readonly from: number; readonly to: number }
  /** What is in force in truth, 0 when paused. */
  readonly truth: (line: string) => number
  /** Changes that took effect so far. */
  readonly edits: () => number
  /** Strikes the next reading or write; null where the platform has no such trouble. */
  readonly strike:
    | ((on: 'read' | 'write', fault: 'lost_reply' | 'lost_write' | 'refused' | 'unread' | 'stale') => void)
    | null
  /** Carries out what was asked for, where the platform only passes it on to a person: its writes are then all `unknown`. */
  readonly carryOut?: () => void
  readonly close: () => Promise<void>
}

/** Tests of the port. `open` makes a fresh bench each time. */
export const checkAdPlatform = (name: string, open: () => Promise<PlatformBench>): void => {
  const bench = (what: string, run: (b: PlatformBench) => Promise<void>): void => {
    void it(what, async () => {
      const b = await open()
      try {
        await run(b)
      } finally {
        await b.platform.close()
        await b.close()
      }
    })
  }
  let moves = 0
  const set = async (
    { platform, carryOut }: PlatformBench,
    externalId: string,
    budgetMicros: number,
    currency?: string,
  ) => {
    const result = await platform.write({
      externalId,
      budgetMicros,
      currency: currency ?? platform.currency,
      moveId: `m-${++moves}`,
    })
    if (carryOut === undefined || result.kind === 'refused') return result
    // Nobody may be told that it is done before it is.
    assert.equal(result.kind, 'unknown')
    carryOut()
    return { kind: 'accepted' } as const
  }
  const read = async ({ platform, days }: PlatformBench, line: string) => {
    const [found] = await platform.read({ externalIds: [line], fromDay: days.from, toDay: days.to })
    assert.ok(found, `${line} is not told`)
    return found
  }

  describe(`${name}: an ad platform`, () => {
    bench(
      'V70 tells budget and days of the lines asked for, and leaves out what it does not know',
      async (b) => {
        const { platform, lines, budgets, unknownLine, days } = b
        const told = await platform.read({
          externalIds: [...lines, unknownLine],
          fromDay: days.from,
          toDay: days.to,
        })
        assert.deepEqual(told.map(({ externalId }) => externalId).toSorted(), lines.toSorted())
        for (const line of told) {
          assert.equal(line.budgetMicros, budgets[0])
          for (const { day, spendMicros, valueMicros, conversions, clicks = 0 } of line.days) {
            assert.ok(day >= days.from && day <= days.to)
            assert.ok(Number.isSafeInteger(spendMicros) && spendMicros >= 0)
            assert.ok(Number.isSafeInteger(valueMicros) && conversions >= 0 && clicks >= 0)
          }
        }
      },
    )

    bench('V71 sets, pauses and resumes one line, and reads back what it did', async (b) => {
      const [line, other] = b.lines
      for (const budget of [b.budgets[1], 0, b.budgets[0]]) {
        assert.deepEqual(await set(b, line, budget), { kind: 'accepted' })
        assert.equal((await read(b, line)).budgetMicros, budget)
        assert.equal(b.truth(line), budget)
        assert.equal(b.truth(other), b.budgets[0])
      }
    })

    bench('V72 has the same effect when it is told the same again', async (b) => {
      const [line] = b.lines
      for (const budget of [b.budgets[1], b.budgets[1], 0, 0]) {
        await set(b, line, budget)
        assert.equal(b.truth(line), budget)
      }
    })

    bench('V73 refuses what is no budget, before anything happens', async (b) => {
      const [line] = b.lines
      const { stepMicros, dayMinMicros } = b.platform.traits
      const wrong: readonly unknown[] = [null, undefined, -1, -b.budgets[0], 0.5, Number.NaN, Infinity, '1']
      for (const budget of [...wrong, b.budgets[0] + stepMicros / 2, dayMinMicros - stepMicros]) {
        if (budget === 0) continue
        const result = await set(b, line, budget as number)
        assert.equal(result.kind, 'refused', String(budget))
      }
      assert.equal((await set(b, line, b.budgets[1], 'XTS')).kind, 'refused')
      assert.equal((await set(b, b.unknownLine, b.budgets[1])).kind, 'refused')
      assert.equal(b.edits(), 0)
      assert.equal(b.truth(line), b.budgets[0])
    })

    bench('V74 says `unknown` where a reply is lost, and only then', async (b) => {
      const [line] = b.lines
      if (b.strike === null) return
      b.strike('write', 'lost_reply')
      assert.equal((await set(b, line, b.budgets[1])).kind, 'unknown')
      assert.equal((await read(b, line)).budgetMicros, b.budgets[1])
      b.strike('write', 'lost_write')
      assert.equal((await set(b, line, 0)).kind, 'unknown')
      assert.equal((await read(b, line)).budgetMicros, b.budgets[1])
      b.strike('write', 'refused')
      assert.equal((await set(b, line, b.budgets[0])).kind, 'refused')
      assert.equal(b.truth(line), b.budgets[1])
    })

    bench('V75 fails by name when it cannot be read, and shows old budgets as they come', async (b) => {
      const [line] = b.lines
      if (b.strike === null) return
      b.strike('read', 'unread')
      await assert.rejects(read(b, line), (error) => isFailure(error) && error.code.startsWith('ads.'))
      await set(b, line, b.budgets[1])
      b.strike('read', 'stale')
      assert.equal((await read(b, line)).budgetMicros, b.budgets[0])
      assert.equal((await read(b, line)).budgetMicros, b.budgets[1])
    })

    bench('V76 declares what it can do and how it may surprise', async ({ platform: { traits } }) => {
      assert.ok(Number.isInteger(traits.editsPerDayMax) && traits.editsPerDayMax >= 1)
      assert.ok(Number.isSafeInteger(traits.stepMicros) && traits.stepMicros > 0)
      assert.ok(traits.dayMinMicros > 0 && traits.dayMinMicros % traits.stepMicros === 0)
      assert.ok(traits.overspendDay >= 1 && traits.spendFinalDays >= 0 && traits.readLagMs >= 0)
    })
  })
}
