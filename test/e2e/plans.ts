// Plans for tests: a small shop that writes at once to everybody who buys, and shows a banner.

export type PlanParts = {
  readonly holdout?: number
  readonly caps?: number
  readonly delay?: string
  readonly lateness?: string
  readonly reentry?: string
  readonly policy?: string
  readonly more?: string
  readonly subject?: string
  readonly greeting?: string
}

const list = (text: string): string => text.replace(/^\n/, '')

/** Everybody who ordered gets one mail, for certain (`always`), unless told otherwise. */
export const shopPlan = ({
  holdout = 0,
  caps = 60,
  delay = '0m',
  lateness = '1h',
  reentry = '0m',
  policy = '{always: thanks/now, floor: 0}',
  more = '',
  subject = 'Thank you, {{ profile.traits.firstName | default: "friend" }}',
  greeting = 'Hello',
}: PlanParts = {}): string =>
  list(`
business: {name: Harbour, time_zone: UTC, currency: EUR, locale: en, margin_share: 0.4}
holdout: {share: ${holdout}, salt: e2e, horizon: 30d}
limits:
  caps: [{max: ${caps}, per: 1d}]
  quiet_hours: none
  discounts: unlimited
  lateness: ${lateness}
  assume_consent: [email]
sender: {name: Harbour, email: hello@shop.example, footer: 'Harbour, 1 Quay Street. <a href="{{ links.unsubscribe }}">Unsubscribe</a>'}
segments:
  - {id: buyers, name: Buyers, when: profile.features.orders > 0.0}
creatives:
  thanks:
    channel: email
    approved_by: anna
    en:
      subject: '${subject}'
      body: '<html><body><p>${greeting}, here is what is new in our shop this week.</p><a href="https://shop.example/new?a=1&amp;b=2">New things</a> <a href="https://shop.example/sale">Sale</a></body></html>'
  banner:
    channel: onsite
    approved_by: anna
    en: {title: 'Hello {{ profile.traits.firstName }}', url: 'https://shop.example/banner'}
campaigns:
  - id: thanks
    goal: {event: Order Completed, value: margin, window: 7d}
    trigger: {event: Cart Viewed, delay: ${delay}, reentry: ${reentry}}
    actions: [{creative: thanks, channel: email, cost: 0.001}]
    policy: ${policy}
  - id: home
    goal: {event: Order Completed, value: count, window: 1d}
    trigger: {placement: home}
    actions: [{creative: banner, channel: onsite}]
    policy: {always: banner/now, floor: 0}
${more}`)

let sequence = 0
const nextId = (): string => `m${(++sequence).toString(36).padStart(6, '0')}`

export const identify = (
  userId: string,
  traits: object = {},
  more: object = {},
): { readonly userId: string; readonly [more: string]: unknown } => ({
  type: 'identify',
  userId,
  messageId: nextId(),
  traits: { email: `${userId}@shop.example`, ...traits },
  ...more,
})

export const track = (userId: string, event: string, properties: object = {}, more: object = {}): object => ({
  type: 'track',
  userId,
  event,
  messageId: nextId(),
  properties,
  ...more,
})
