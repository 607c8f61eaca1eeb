// Campaigns as people write them in a plan: the schema of the `campaigns` section.

import Type from 'typebox'
import type { Static } from 'typebox'
import { DURATION_PATTERN } from '../kernel/duration.ts'

const closed = { additionalProperties: false }
const Duration = Type.String({
  pattern: DURATION_PATTERN,
  description: 'write a duration like `7d`, `12h` or `30m`',
})
const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9_.-]{0,59}$',
  description: 'use small letters, digits, `-`, `_` and `.`, at most 60',
})
const Expression = Type.String({ maxLength: 2_000, description: 'write an expression over the profile' })
const EventName = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'name an event as the site sends it, like `Order Completed`',
})
const oneOf = <const T extends readonly string[]>(words: T, description = '') =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words], description })

export const CHANNEL_NAMES = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook'] as const
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export const POLICY_KINDS = ['squarecb', 'thompson', 'optimism', 'epsilon_greedy', 'uniform'] as const

const Hour = Type.String({
  pattern: '^([01][0-9]|2[0-3]):00$',
  description: 'write a whole local hour like `10:00`, in quotes',
})
const Moment = Type.String({
  pattern: '^(now|best|([01][0-9]|2[0-3]):00)$',
  description: 'write `now`, `best` or a whole local hour like `18:00`, in quotes',
})

export const eventTriggerSchema = Type.Object(
  {
    event: EventName,
    where: Type.Optional(Expression),
    delay: Type.Optional(Duration),
    reentry: Type.Optional(Duration),
  },
  closed,
)
export const scheduleTriggerSchema = Type.Object(
  {
    schedule: Type.Object(
      {
        at: Hour,
        weekdays: Type.Optional(
          Type.Array(oneOf(WEEKDAYS, 'a weekday: mon, tue, ...'), {
            minItems: 1,
            maxItems: 7,
            uniqueItems: true,
            description: 'list weekdays once each, like `[mon, thu]`',
          }),
        ),
      },
      closed,
    ),
  },
  closed,
)
export const requestTriggerSchema = Type.Object({ placement: Name }, closed)

const Share = Type.Union(
  [
    Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
    Type.String({ pattern: '^[0-9]{1,2}(\\.[0-9]{1,4})?%$' }),
  ],
  {
    description: 'write a share like `10%` or 0.1',
  },
)
const Offer = Type.Union(
  [
    Type.Literal('none'),
    Type.String({ pattern: '^[0-9]{1,2}(\\.[0-9]{1,4})?%$' }),
    Type.Object({ id: Name, discount: Share }, closed),
  ],
  { description: 'write `none`, a discount like `10%`, or `{id: vip, discount: 10%}`' },
)

export const ACTIONS_MAX = 64
const Creatives = Type.Array(Name, { minItems: 1, maxItems: ACTIONS_MAX, uniqueItems: true })

const actionSchema = Type.Object(
  {
    creative: Type.Optional(Name),
    creatives: Type.Optional(Creatives),
    channel: oneOf(CHANNEL_NAMES, 'a channel'),
    offer: Type.Optional(Offer),
    offers: Type.Optional(Type.Array(Offer, { minItems: 1, maxItems: ACTIONS_MAX })),
    moments: Type.Optional(
      Type.Array(Moment, {
        minItems: 1,
        maxItems: 25,
        uniqueItems: true,
        description: 'list moments once each',
      }),
    ),
    cost: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, description: 'cost of one contact' })),
  },
  closed,
)

const Floor = Type.Number({ minimum: 0, maximum: 1, description: 'a share from 0 to 1' })
const Policy = Type.Union(
  [
    oneOf(POLICY_KINDS),
    Type.Object(
      {
        kind: oneOf(POLICY_KINDS),
        floor: Type.Optional(Floor),
        scale: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })),
        gamma: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6 })),
        exponent: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        epsilon: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      },
      closed,
    ),
    Type.Object(
      { always: Type.String({ minLength: 1, maxLength: 200 }), floor: Type.Optional(Floor) },
      closed,
    ),
  ],
  {
    description: `write ${POLICY_KINDS.join(', ')}, or \`{kind: squarecb, floor: 0.05}\`, or \`{always: creative/now}\``,
  },
)

const Model = Type.Object(
  {
    kind: Type.Optional(oneOf(['hashed', 'dense'], 'hashed or dense')),
    half_life: Type.Optional(Duration),
    prior: Type.Optional(oneOf(['given', 'learnt'], 'given or learnt')),
  },
  { ...closed, description: 'write `{kind: dense, half_life: 30d}`, or leave it out for the shared model' },
)

const SendTime = Type.Union(
  [
    Type.Literal('best'),
    Type.Object(
      {
        within: Type.Optional(Duration),
        explore: Type.Optional(Share),
        at_once: Type.Optional(Share),
        answer: Type.Optional(oneOf(['open', 'click', 'goal'])),
      },
      closed,
    ),
  ],
  { description: 'write `best`, or `{within: 24h, explore: 20%, at_once: 10%, answer: click}`' },
)

/** One campaign of a plan. `trigger` is checked apart, by the key it has. */
export const campaignSchema = Type.Object(
  {
    id: Name,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    status: Type.Optional(oneOf(['live', 'paused', 'shadow'], 'live, paused or shadow')),
    family: Type.Optional(Name),
    goal: Type.Object(
      {
        event: EventName,
        value: Type.Optional(oneOf(['margin', 'revenue', 'count'], 'margin, revenue or count')),
        window: Type.Optional(Duration),
        delays: Type.Optional(oneOf(['learnt', 'wait'], 'learnt or wait')),
      },
      { ...closed, description: 'say what counts: `goal: {event: Order Completed}`' },
    ),
    trigger: Type.Record(Type.String(), Type.Unknown(), {
      description: 'write `{event: ...}`, `{schedule: {at: "10:00"}}` or `{placement: ...}`',
    }),
    audience: Type.Optional(Expression),
    actions: Type.Array(actionSchema, {
      minItems: 1,
      maxItems: ACTIONS_MAX,
      description: `list between 1 and ${ACTIONS_MAX} actions`,
    }),
    policy: Type.Optional(Policy),
    model: Type.Optional(Model),
    send_time: Type.Optional(SendTime),
    traits: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 32, uniqueItems: true }),
    ),
    service: Type.Optional(
      Type.Boolean({ description: 'true for what is no promotion, such as an order confirmation' }),
    ),
    budget: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1_000_000_000, description: 'in whole currency units' }),
    ),
  },
  closed,
)

export type FriendlyCampaign = Static<typeof campaignSchema>
export type FriendlyAction = Static<typeof actionSchema>
export type FriendlyOffer = Static<typeof Offer>
export type FriendlyPolicy = Static<typeof Policy>
export type FriendlyModel = Static<typeof Model>
export type FriendlySendTime = Static<typeof SendTime>
export type EventTrigger = Static<typeof eventTriggerSchema>
export type ScheduleTrigger = Static<typeof scheduleTriggerSchema>
export type RequestTrigger = Static<typeof requestTriggerSchema>
