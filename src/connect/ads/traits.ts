// What each ad platform can do and how it may surprise, as its own documents say; where they are silent, the careful
// end. The envelope reckons with these, so they stand in the log with every plan.

import type { PlatformTraits } from '../../delivery/index.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'

const CENT = 10_000
const UNIT = 1_000_000

/** By the name a plan uses. */
export const AD_TRAITS: Readonly<Record<string, PlatformTraits>> = {
  /** Google Ads: a day may cost twice its average daily budget; 20 % is what practitioners take as a new learning phase. */
  'google-ads': {
    editsPerDayMax: 12,
    stepMicros: CENT,
    dayMinMicros: UNIT,
    overspendDay: 2,
    spendFinalDays: 3,
    readLagMs: 10 * MINUTE_MS,
    learningShare: 0.2,
    learningDays: 7,
    pausesFree: true,
  },
  /** Meta: up to 75 % above the daily budget on single days; budgets may be changed four times an hour. */
  meta: {
    editsPerDayMax: 12,
    stepMicros: CENT,
    dayMinMicros: UNIT,
    overspendDay: 1.75,
    spendFinalDays: 3,
    readLagMs: 10 * MINUTE_MS,
    learningShare: 0.2,
    learningDays: 7,
    pausesFree: true,
  },
  /** Yandex Direct: a campaign's daily budget may be changed three times a day. */
  'yandex-direct': {
    editsPerDayMax: 3,
    stepMicros: CENT,
    dayMinMicros: 300 * UNIT,
    overspendDay: 1.3,
    spendFinalDays: 2,
    readLagMs: 30 * MINUTE_MS,
    learningShare: 0.2,
    learningDays: 7,
    pausesFree: true,
  },
  /** VK Ads: no sandbox and no word on overspend: twice is assumed. */
  'vk-ads': {
    editsPerDayMax: 6,
    stepMicros: UNIT,
    dayMinMicros: 100 * UNIT,
    overspendDay: 2,
    spendFinalDays: 2,
    readLagMs: 30 * MINUTE_MS,
    learningShare: 0.2,
    learningDays: 7,
    pausesFree: true,
  },
  /** Files: a person carries proposals out, within days, and the next export shows it. */
  file: {
    editsPerDayMax: 1,
    stepMicros: CENT,
    dayMinMicros: UNIT,
    overspendDay: 2,
    spendFinalDays: 7,
    readLagMs: 72 * HOUR_MS,
    learningShare: 0.2,
    learningDays: 7,
    pausesFree: true,
  },
  /** The simulated market of the demo. */
  simulated: {
    editsPerDayMax: 3,
    stepMicros: CENT,
    dayMinMicros: UNIT,
    overspendDay: 2,
    spendFinalDays: 1,
    readLagMs: HOUR_MS,
    learningShare: 0.2,
    learningDays: 4,
  },
}

/** Currencies whose smallest coin is a whole unit. */
const WHOLE_UNITS: ReadonlySet<string> = new Set('CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND'.split(' '))

/** A weekly budget: nothing says how it is spread, so all of it may go on one day. */
const DAYS_A_WEEK = 7

/** Traits of a platform for a line of an account in `currency`; undefined for a platform there is not. */
export const adTraits = (platform: string, currency: string, externalId = ''): PlatformTraits | undefined => {
  const known = Object.hasOwn(AD_TRAITS, platform) ? AD_TRAITS[platform] : undefined
  const isWeekly = platform === 'yandex-direct' && externalId.startsWith('week:')
  const traits = known !== undefined && isWeekly ? { ...known, overspendDay: DAYS_A_WEEK } : known
  return traits === undefined || !WHOLE_UNITS.has(currency)
    ? traits
    : { ...traits, stepMicros: Math.max(traits.stepMicros, UNIT) }
}
