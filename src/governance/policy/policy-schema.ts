// The `governance` section of a plan: what the machine may do unasked, as people write it. What is left
// out keeps what the open policy says.

import Type from 'typebox'
import type { Static } from 'typebox'
import { DURATION_PATTERN } from '../../kernel/duration.ts'
import { ACTION_CLASSES } from '../events.ts'

const closed = { additionalProperties: false }
const oneOf = <const T extends readonly string[]>(words: T, description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words], description })

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export const PROPOSAL_CLASSES = [...ACTION_CLASSES, 'plan', 'policy'] as const

const Level = Type.Integer({
  minimum: 0,
  maximum: 4,
  description: '0 shadow, 1 suggests, 2 waits for approval, 3 acts with an undo window, 4 acts',
})
const ActionClassName = oneOf(ACTION_CLASSES, 'a class of action')
const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9_.-]{0,59}$',
  description: 'small letters, digits, -_.',
})
const Duration = Type.String({ pattern: DURATION_PATTERN, description: 'write a duration like `24h`' })
const Share = Type.Union(
  [Type.Number({ minimum: 0, maximum: 1 }), Type.String({ pattern: '^[0-9]{1,3}(\\.[0-9]{1,4})?%$' })],
  { description: 'write a share like `10%` or 0.1' },
)
const Role = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,39}$', description: 'a role such as approver' })
const User = Type.String({ minLength: 1, maxLength: 200, description: 'the id of a user' })
const Amount = Type.Number({ minimum: 0, maximum: 1e12 })
const hours = {
  weekdays: Type.Optional(
    Type.Array(oneOf(WEEKDAYS, 'a weekday: mon, tue, ...'), { minItems: 1, maxItems: 7, uniqueItems: true }),
  ),
  from: Type.String({
    pattern: '^([01][0-9]|2[0-3]):00$',
    description: 'write a whole local hour like `09:00`, in quotes',
  }),
  to: Type.String({
    pattern: '^([01][0-9]|2[0-4]):00$',
    description: 'write a whole local hour like `18:00`, in quotes',
  }),
}

const levelsSchema = Type.Object(
  Object.fromEntries(ACTION_CLASSES.map((name) => [name, Type.Optional(Level)])),
  { ...closed, description: 'a level from 0 to 4 per class of action' },
)

const exceptionSchema = Type.Object(
  {
    class: Type.Optional(ActionClassName),
    campaign: Type.Optional(Name),
    market: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2,8}([-_][A-Za-z0-9]{2,8})*$' })),
    above: Type.Optional(Amount),
    level: Level,
  },
  closed,
)

const ruleSchema = Type.Object(
  {
    id: Name,
    when: Type.String({ minLength: 1, maxLength: 2_000, description: 'CEL over action and context' }),
    reason: Type.Optional(Type.String({ maxLength: 300, description: 'why a person is a must, in words' })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
    eyes: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)], { description: '1 or 2' })),
  },
  closed,
)

const rampSchema = Type.Object(
  {
    stages: Type.Optional(
      Type.Array(
        Type.Object(
          {
            share: Share,
            hold: Type.Optional(Duration),
            contacts: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 })),
          },
          closed,
        ),
        { minItems: 1, maxItems: 8, description: 'shares of the audience, growing' },
      ),
    ),
    complaints: Type.Optional(Share),
    unsubscribes: Type.Optional(Share),
    bounces: Type.Optional(Share),
    errors: Type.Optional(Share),
  },
  closed,
)

/** The `governance` section. */
export const governanceSchema = Type.Object(
  {
    levels: Type.Optional(levelsSchema),
    exceptions: Type.Optional(Type.Array(exceptionSchema, { maxItems: 200 })),
    rules: Type.Optional(Type.Array(ruleSchema, { maxItems: 50 })),
    four_eyes: Type.Optional(
      Type.Object(
        {
          cost_above: Type.Optional(Amount),
          people_above: Type.Optional(Amount),
          classes: Type.Optional(
            Type.Array(oneOf(PROPOSAL_CLASSES, 'a class'), { maxItems: 10, uniqueItems: true }),
          ),
        },
        closed,
      ),
    ),
    approvers: Type.Optional(
      Type.Object(
        Object.fromEntries(
          [...PROPOSAL_CLASSES, 'default'].map((name) => [
            name,
            Type.Optional(Type.Array(Role, { minItems: 1, maxItems: 20, uniqueItems: true })),
          ]),
        ),
        { ...closed, description: 'roles that may approve, per class and by default' },
      ),
    ),
    hours: Type.Optional(
      Type.Union([Type.Literal('always'), Type.Object(hours, closed)], {
        description: 'write `{from: "09:00", to: "18:00", weekdays: [mon, …]}` or `always`',
      }),
    ),
    outside_hours: Type.Optional(levelsSchema),
    on_call: Type.Optional(
      Type.Array(Type.Object({ users: Type.Array(User, { minItems: 1, maxItems: 20 }), ...hours }, closed), {
        maxItems: 50,
      }),
    ),
    undo: Type.Optional(Duration),
    expiry: Type.Optional(Duration),
    first: Type.Optional(
      Type.Object(
        {
          campaign: Type.Optional(oneOf(['ask', 'free'], 'ask or free')),
          audience: Type.Optional(oneOf(['ask', 'free'], 'ask or free')),
          audience_jump: Type.Optional(
            Type.Union(
              [
                Type.Literal('free'),
                Type.Object(
                  {
                    share: Type.Number({ minimum: 0, maximum: 100 }),
                    people: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 })),
                  },
                  closed,
                ),
              ],
              { description: 'write `{share: 0.5, people: 1000}` or `free`' },
            ),
          ),
        },
        closed,
      ),
    ),
    earn: Type.Optional(
      Type.Union(
        [
          Type.Literal('off'),
          Type.Object(
            {
              decisions: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e6 })),
              unedited: Type.Optional(Share),
              stale_data: Type.Optional(Duration),
            },
            closed,
          ),
        ],
        { description: 'write `{decisions: 50, unedited: 95%}` or `off`' },
      ),
    ),
    ramp: Type.Optional(
      Type.Union([Type.Literal('off'), rampSchema], {
        description: 'write `{stages: [{share: 1%, hold: 24h, contacts: 50}]}` or `off`',
      }),
    ),
    calls: Type.Optional(
      Type.Object(
        {
          answer_within: Type.Optional(Duration),
          urgent_within: Type.Optional(Duration),
          per_hour: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
          per_day: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
        },
        { ...closed, description: 'when nobody answers others are called; most calls of one person' },
      ),
    ),
    agents: Type.Optional(
      Type.Object(
        {
          answer: Type.Array(ActionClassName, { maxItems: 8, uniqueItems: true }),
          with_person: Type.Optional(Type.Boolean()),
        },
        { ...closed, description: 'classes whose proposals agents (MCP) may answer; none when left out' },
      ),
    ),
    sensitive: Type.Optional(
      Type.Object(
        {
          traits: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 200, uniqueItems: true }),
          ),
          allowed: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  trait: Type.String({ minLength: 1, maxLength: 100 }),
                  campaign: Type.Optional(Name),
                  by: Type.String({ minLength: 1, maxLength: 200, description: 'who allows it' }),
                  reason: Type.String({ minLength: 1, maxLength: 500, description: 'why, in words' }),
                },
                closed,
              ),
              { maxItems: 50 },
            ),
          ),
        },
        { ...closed, description: 'traits nothing is decided by, and who allowed which nevertheless' },
      ),
    ),
    resume: Type.Optional(
      Type.Union(
        [
          Type.Literal('at_once'),
          Type.Object({ per_minute: Type.Integer({ minimum: 1, maximum: 1e6 }) }, closed),
        ],
        { description: 'write `{per_minute: 600}` or `at_once`' },
      ),
    ),
  },
  closed,
)

export type FriendlyGovernance = Static<typeof governanceSchema>
