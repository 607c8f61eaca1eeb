// The shape of the plan's section `brand`, as people write it.

import { Type, type TSchema } from 'typebox'
import { RATING_SCALES } from '../mention/rating.ts'
import { DURATION_PATTERN } from '../../kernel/duration.ts'

const closed = { additionalProperties: false } as const
const Id = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,63}$',
  description: 'small letters, digits, - and _',
})
const Text = (max: number, description: string) => Type.String({ minLength: 1, maxLength: max, description })
const Words = Type.Array(Text(100, 'a word or phrase'), { minItems: 1, maxItems: 500 })
const Duration = Type.String({ pattern: DURATION_PATTERN, description: 'a duration such as 15m' })
const oneOf = (names: readonly string[], description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description },
  )
const CHANNELS = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']
const list = (item: TSchema, max = 100) =>
  Type.Optional(Type.Array(item, { maxItems: max, uniqueItems: true }))

const scopeFields = {
  channels: list(oneOf(CHANNELS, 'a channel')),
  campaigns: list(Id),
  markets: list(
    Type.String({ pattern: '^[A-Za-z]{2,8}([-_][A-Za-z0-9]{2,8})*$', description: 'such as ru or de-AT' }),
  ),
  products: list(Text(200, 'an id of a product')),
}
const Scope = Type.Object(scopeFields, { ...closed, description: 'channels, campaigns, markets, products' })
const Texts = Type.Record(
  Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }),
  Text(4_000, 'the words'),
  {
    description: 'words by language: `{en: …, ru: …}`',
  },
)

/** What a step does: one of these keys. */
const DEEDS = {
  pause: Scope,
  tone: Type.String({
    pattern: '^[a-z][a-z_-]{0,31}$',
    description: 'a tone that creatives are marked with',
  }),
  freeze_offers: Scope,
  hold_words: Type.Array(Text(100, 'a word'), {
    maxItems: 200,
    description: 'words; [] = those of the incident',
  }),
  cut_spend: Type.Array(Id, { maxItems: 1_000, description: 'ad lines; [] = all' }),
  cut_spend_beside: Type.Array(Text(100, 'a word'), {
    maxItems: 200,
    description: 'ad lines that speak of these words; [] = those of the incident',
  }),
  roll_back: Type.Literal(true, { description: 'write `roll_back: true`' }),
  answer: Texts,
  statement: Texts,
  notify: Type.Array(Text(200, 'an address'), { minItems: 1, maxItems: 20 }),
} as const
export const DEED_NAMES = Object.keys(DEEDS) as readonly (keyof typeof DEEDS)[]

const stepSchema = Type.Object(
  {
    ...Object.fromEntries(Object.entries(DEEDS).map(([name, schema]) => [name, Type.Optional(schema)])),
    in: Type.Optional(Scope),
    after: Type.Optional(Duration),
    unless_owned: Type.Optional(Type.Boolean()),
  },
  closed,
)

export const brandSchema = Type.Object(
  {
    entities: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            kind: Type.Optional(oneOf(['brand', 'product', 'competitor', 'campaign'], 'what it is')),
            name: Type.Optional(Text(100, 'for people')),
            names: Words,
            near: Type.Optional(Words),
            never: Type.Optional(Words),
            as_written: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
        { maxItems: 500 },
      ),
    ),
    sources: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            kind: oneOf(['rss', 'telegram', 'vk', 'reddit', 'json', 'push'], 'how it is read'),
            from: Type.Optional(Text(2_000, 'an address, a channel or a search')),
            every: Type.Optional(Duration),
            mapping: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }))),
            about: Type.Optional(Id),
            score: Type.Optional(oneOf(RATING_SCALES, 'stars 1 to 5, nps 0 to 10, ten 1 to 10')),
            tickets: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
        { maxItems: 200 },
      ),
    ),
    risk_words: Type.Optional(
      Type.Array(Type.Object({ severity: Type.Integer({ minimum: 1, maximum: 3 }), words: Words }, closed), {
        maxItems: 20,
      }),
    ),
    dates: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            name: Text(100, 'for people'),
            from: Type.String({
              pattern: '^[01][0-9]-[0-3][0-9]$',
              description: 'a day of the year as 05-09',
            }),
            to: Type.Optional(Type.String({ pattern: '^[01][0-9]-[0-3][0-9]$' })),
            in: Type.Optional(Scope),
          },
          closed,
        ),
        { maxItems: 100 },
      ),
    ),
    playbooks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            name: Type.Optional(Text(100, 'for people')),
            when: Type.Optional(Text(2_000, 'CEL over the incident')),
            steps: Type.Array(stepSchema, { minItems: 1, maxItems: 30 }),
            stand_down: Type.Optional(
              Type.Object(
                {
                  calm: Type.Optional(Duration),
                  every: Type.Optional(Duration),
                  ask: Type.Optional(Type.Boolean()),
                },
                closed,
              ),
            ),
          },
          closed,
        ),
        { maxItems: 50 },
      ),
    ),
    webhook: Type.Optional(
      Type.String({ maxLength: 2_000, description: 'https address for notices and answers' }),
    ),
  },
  closed,
)
