// Ad lines for tests: a few of the lying platform's kind.

import type { AdsLinesApplied, PlatformTraits } from '../../delivery/index.ts'
import { SPEND_RULES } from '../../guardrail/index.ts'
import { toMicros } from '../../kernel/money.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'

/** 1 January 2026. */
export const START_DAY = Date.UTC(2026, 0, 1) / DAY_MS

export const TRAITS: PlatformTraits = {
  editsPerDayMax: 3,
  stepMicros: 10_000,
  dayMinMicros: 1_000_000,
  overspendDay: 2,
  spendFinalDays: 1,
  readLagMs: HOUR_MS,
  learningShare: 0.2,
  learningDays: 4,
}

/** Lines `line-0` … with the day's target shared evenly; caps of a line four times its share. */
export const adLines = (about: {
  readonly count: number
  readonly dayTarget: number
  readonly monthMax: number
}): AdsLinesApplied => ({
  version: '1',
  currency: 'EUR',
  timeZone: 'UTC',
  portfolio: {
    dayMaxMicros: toMicros(about.dayTarget * 2.5),
    monthMaxMicros: toMicros(about.monthMax),
    dayTargetMicros: toMicros(about.dayTarget),
  },
  rules: SPEND_RULES,
  lines: Array.from({ length: about.count }, (_line, index) => ({
    id: `line-${index}`,
    name: `Line ${index}`,
    platform: 'lying',
    externalId: String(index),
    traits: TRAITS,
    dayMaxMicros: toMicros((4 * about.dayTarget) / about.count),
    monthMaxMicros: toMicros(about.monthMax),
    dayLowMicros: 1_000_000,
    capacityMicros: null,
    marginShare: 1,
  })),
})
