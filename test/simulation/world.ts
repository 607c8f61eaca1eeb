// Who lives in the simulated world, and the rules they set: people, the shop's plan, its ad lines.

import type { AdsLinesApplied } from '../../src/delivery/events.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import { toMicros } from '../../src/kernel/money.ts'
import { DAY_MS } from '../../src/kernel/time.ts'
import { linesOf } from '../../src/sim/ad-run.ts'

/** The last day of a month: what is left of its caps must do for the day, and they must hold over the turn. */
export const START = Date.UTC(2026, 0, 31)

export type Person = {
  readonly userId: string
  readonly zone: string
  readonly agreed: boolean
  /** Events that were sent about them, each under an id of its own. */
  events: number
  /** Has asked to be left alone, or is about to. */
  leaving: boolean
  /** ms, when that was durable; null before. */
  leftAt: number | null
}

const ZONES = ['Europe/Berlin', 'Europe/Moscow', 'Asia/Tokyo', 'America/New_York'] as const
const AGREED_SHARE = 0.9

export const createPeople = (count: number, rng: Rng): ReadonlyMap<string, Person> =>
  new Map(
    Array.from({ length: count }, (_, index): [string, Person] => [
      `u${index}`,
      {
        userId: `u${index}`,
        zone: ZONES[rng.below(ZONES.length)] ?? 'UTC',
        agreed: rng.uniform() < AGREED_SHARE,
        events: 0,
        leaving: false,
        leftAt: null,
      },
    ]),
  )

/** The rules of the plan below, in the judge's own words. */
export const RULES = {
  caps: [
    { max: 2, perMs: DAY_MS },
    { max: 3, perMs: 3 * DAY_MS },
  ],
  discounts: { max: 1, perMs: 2 * DAY_MS },
  quietFrom: 22,
  quietTo: 8,
  /** Whole currency units. */
  budgets: new Map([['cart', 12]]),
  service: new Set(['thanks']),
  /** Campaigns that wait for a person. */
  governed: new Set(['vip']),
}

const CAPS = 'caps: [{max: 2, per: 1d}, {channel: email, max: 3, per: 3d}]'

/** As the shop wants it, or with what a planted bug leaves out of it. */
export const planOf = ({
  capsOff,
  ungoverned,
}: {
  readonly capsOff: boolean
  readonly ungoverned: boolean
}): string => `
business: {name: Harbour, time_zone: Europe/Berlin, currency: EUR, locale: en, margin_share: 0.4}
holdout: {share: 0.05, salt: sim, horizon: 1d}
governance:
  levels: {message: 4, offer: 4, placement: 4, spend: 4, pause: 4}
  exceptions: ${ungoverned ? '[]' : '[{class: message, campaign: vip, level: 2}]'}
  resume: {per_minute: 30}
  undo: 15m
  expiry: 12h
limits:
  ${capsOff ? 'caps: []' : CAPS}
  quiet_hours: "22:00-08:00"
  discounts: ${capsOff ? 'unlimited' : '{max: 1, per: 2d}'}
  lateness: 6h
sender: {name: Harbour, email: hello@shop.example, footer: 'Quay 1. <a href="{{ links.unsubscribe }}">Unsubscribe</a>'}
segments: [{id: buyers, name: Buyers, when: profile.features.orders > 0.0}]
creatives:
  plain: {channel: email, approved_by: anna, en: {subject: 'Hello', body: '<p>What is new this week.</p>'}}
  loud: {channel: email, approved_by: anna, en: {subject: 'SALE', body: '<p>Everything must go.</p>'}}
  thanks: {channel: email, approved_by: anna, en: {subject: 'Thank you', body: '<p>Your order is on its way.</p>'}}
campaigns:
  - id: cart
    goal: {event: Order Completed, value: margin, window: 1d}
    trigger: {event: Cart Viewed, delay: 20m, reentry: 2h}
    actions:
      - {creatives: [plain, loud], channel: email, cost: 0.25, offers: [none, '10%'], moments: [now, '18:00']}
    policy: {kind: squarecb, floor: 0.1}
    budget: 12
  - id: vip
    goal: {event: Order Completed, value: revenue, window: 1d}
    trigger: {event: Vip Seen, delay: 5m, reentry: 1h}
    actions: [{creatives: [plain, loud], channel: email, cost: 0.001}]
    policy: {kind: thompson, floor: 0.05}
  - id: morning
    goal: {event: Order Completed, value: revenue, window: 1d}
    trigger: {schedule: {at: '10:00'}}
    audience: profile.features.orders > 0.0
    actions: [{creatives: [plain, loud], channel: email, cost: 0.001}]
  - id: thanks
    service: true
    goal: {event: Order Completed, value: count, window: 1d}
    trigger: {event: Order Completed, delay: 0m, reentry: 0m}
    actions: [{creative: thanks, channel: email, cost: 0.001}]
    policy: {always: thanks/now, floor: 0}
brand:
  entities: [{id: shop, names: [Harbour]}]
  playbooks:
    - id: storm
      name: Storm
      when: incident.kind == "crisis"
      steps:
        - notify: [owner@shop.example]
        - pause: {channels: [email]}
        - cut_spend: []
      stand_down: {calm: 30m, every: 5m}
`

const LINES = 3
const DAY_TOTAL = 3_000
/** What the platform has in force when it begins, whole units a day. */
export const FAIR_BUDGET = DAY_TOTAL / LINES

/**
 * Ad lines with caps that bind: some of the day, some of the month, some of all together. What is left of the month is
 * often less than what is in force would spend in that day: whoever does not cut at once passes it.
 */
export const adLines = (rng: Rng): AdsLinesApplied => {
  const base = linesOf(LINES, DAY_TOTAL)
  const between = (low: number, high: number): number => low + (high - low) * rng.uniform()
  return {
    ...base,
    portfolio: {
      dayMaxMicros: toMicros(DAY_TOTAL * between(2.2, 3.3)),
      monthMaxMicros: toMicros(DAY_TOTAL * between(0.5, 1.2)),
      dayTargetMicros: toMicros(DAY_TOTAL),
    },
    lines: base.lines.map((line) => ({
      ...line,
      dayMaxMicros: toMicros(FAIR_BUDGET * between(2.2, 5)),
      monthMaxMicros: toMicros(FAIR_BUDGET * between(0.4, 1.1)),
    })),
  }
}

/** The lines as the product is told them when its caps are planted wrong. */
export const looseLines = (lines: AdsLinesApplied): AdsLinesApplied => ({
  ...lines,
  portfolio: {
    dayMaxMicros: lines.portfolio.dayMaxMicros * 10,
    monthMaxMicros: lines.portfolio.monthMaxMicros * 10,
    dayTargetMicros: lines.portfolio.dayTargetMicros * 3,
  },
  lines: lines.lines.map((line) => ({
    ...line,
    dayMaxMicros: line.dayMaxMicros * 3,
    monthMaxMicros: line.monthMaxMicros * 3,
  })),
})
