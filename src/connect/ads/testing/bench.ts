// An adapter and the fake server it talks to, as the conformance suite and the adapter's own tests use them.

import type { PlatformBench } from '../../../delivery/testing/platform-conformance.ts'
import type { AdPlatform, PlatformLine } from '../../../delivery/index.ts'
import { isFailure } from '../../../kernel/failure.ts'
import { createVettedFetch } from '../../../outbound/index.ts'
import type { AdsPorts } from '../ads-client.ts'
import { fakeLine, type FakeAds } from './fake-ads.ts'

export const TODAY = 20_500
const UNIT = 1_000_000

/** The real door out, and a clock that only waiting moves. */
export const testPorts = (): { readonly ports: AdsPorts; readonly waits: number[] } => {
  const waits: number[] = []
  let now = TODAY * 86_400_000
  return {
    waits,
    ports: {
      door: createVettedFetch({ hostsAllowed: ['127.0.0.1'], timeoutMs: 5_000 }),
      now: () => now,
      pause: async (ms) => {
        waits.push(ms)
        now += ms
      },
    },
  }
}

export const benchOf = (about: {
  readonly fake: FakeAds
  readonly platform: AdPlatform
  readonly lines: readonly [string, string]
  readonly budgets?: readonly [number, number]
  /** How the fake calls a line. */
  readonly idOf?: (line: string) => string
}): PlatformBench => {
  const { fake, platform, lines, budgets = [500 * UNIT, 550 * UNIT], idOf = (line) => line } = about
  for (const line of lines) fake.lines.set(idOf(line), fakeLine(budgets[0], TODAY))
  return {
    platform,
    lines,
    budgets,
    unknownLine: '999',
    days: { from: TODAY - 5, to: TODAY },
    truth: (line) => {
      const held = fake.lines.get(idOf(line))
      return held === undefined || held.paused ? 0 : held.budgetMicros
    },
    edits: () => [...fake.lines.values()].reduce((sum, { edits }) => sum + edits, 0),
    strike: (on, fault) => {
      // A reading is tried again: only trouble that stays makes it fail.
      const times = fault === 'unread' ? 4 : 1
      for (let i = 0; i < times; i++) fake.strike(on, fault === 'unread' ? 'broken' : fault)
    },
    close: fake.close,
  }
}

/** Code and message of the Failure that `asking` ends with; `none` when it ends well. */
export const failureOf = async (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'none',
    (error: unknown) => (isFailure(error) ? `${error.code} ${error.message}` : String(error)),
  )

/** Spend, value, conversions and clicks of each day of a line that {@link fakeLine} made, as a reading tells them. */
export const figuresOf = (line: PlatformLine | undefined): readonly (readonly number[])[] | undefined =>
  line?.days.map(({ spendMicros, valueMicros, conversions, clicks = 0 }) => [
    spendMicros,
    valueMicros,
    conversions,
    clicks,
  ])
export const FIGURES = [
  [12_340_000, 99_500_000, 3, 40],
  [10_000, 0, 0, 1],
  [7_000_000, 41_250_000, 2, 20],
] as const

/** Asks for one line's three days. */
export const askFor = (externalId: string) => ({
  externalIds: [externalId],
  fromDay: TODAY - 2,
  toDay: TODAY,
})

/** Writes a budget to the bench's first line. */
export const writeTo = async ({ platform, lines }: PlatformBench, budgetMicros: number) =>
  platform.write({ externalId: lines[0], budgetMicros, currency: platform.currency, moveId: 'm' })
