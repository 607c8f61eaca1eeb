// What a template may see and what a creative is once it is compiled: MJML gone, Liquid still in it.

import type { Json } from '../kernel/json.ts'
import type { Business } from '../kernel/business.ts'
import type { ChannelName } from '../profile/events.ts'

export type CompiledContent =
  | {
      readonly kind: 'email'
      readonly subject: string
      readonly html: string /** null: made from the HTML. */
      readonly text: string | null
    }
  | { readonly kind: 'json'; readonly body: Json }

export type CompiledCreative = {
  readonly id: string
  readonly channel: ChannelName
  /** Changes with the text, the sender's footer included. */
  readonly version: string
  readonly contents: Readonly<Record<string, CompiledContent>>
}

/** Plain JSON, as templates read it: `{{ profile.traits.name }}`. */
export type TemplateVars = {
  readonly profile: Json
  readonly offer: {
    readonly id: string
    readonly discountShare: number /** 10 for 10 %. */
    readonly percent: number
  }
  /** Properties of the event that caused it; {} otherwise. */
  readonly event: Json
  readonly business: {
    readonly name: string
    readonly timeZone: string
    readonly currency: string
    readonly locale: string
  }
  readonly context: Json
  /** Products for the person: `{% for item in recommendations %}{{ item.name }}{% endfor %}`. */
  readonly recommendations: Json
  /** Product time, ms: what `now` and `today` mean in a template. */
  readonly now: number
}

/** Words that stand for something in a template; the links come with each message. */
export const KNOWN_VARIABLES: Readonly<Record<string, readonly string[] | null>> = {
  profile: null,
  event: null,
  context: null,
  recommendations: null,
  offer: ['id', 'discountShare', 'percent'],
  business: ['name', 'timeZone', 'currency', 'locale'],
  links: ['unsubscribe'],
  sender: ['name', 'email'],
}

/** The variables of one message. `profile` is the profile's view: traits, segments and so on. */
export const templateVars = (given: {
  readonly profile: unknown
  readonly business: Business
  readonly now: number
  readonly offer?: { readonly id: string; readonly discountShare: number }
  readonly event?: unknown
  readonly context?: unknown
  readonly recommendations?: unknown
}): TemplateVars => {
  const { name, timeZone, currency, locale } = given.business
  const offer = given.offer ?? { id: '', discountShare: 0 }
  return {
    profile: jsonOf(given.profile, null),
    offer: { ...offer, percent: Math.round(offer.discountShare * 10_000) / 100 },
    event: jsonOf(given.event, {}),
    business: { name, timeZone, currency, locale },
    context: jsonOf(given.context, {}),
    recommendations: jsonOf(given.recommendations, []),
    now: given.now,
  }
}

const jsonOf = (value: unknown, absent: Json): Json =>
  value === null || value === undefined ? absent : (JSON.parse(JSON.stringify(value)) as Json)

/** Web address of each kind of link in one message. */
export type MessageLinks = {
  readonly unsubscribe: string
  readonly click: (url: string) => string
  /** Address of the open pixel; '' = none. */
  readonly open: string
  /** Addresses that begin so are ours and are not wrapped again. */
  readonly own: readonly string[]
}
