// What a mapping may say: where each of our fields stands in someone's file, and how it is written there.

import { Type, type Static } from 'typebox'

export type ImportKind = 'events' | 'customers' | 'orders' | 'decisions' | 'products' | 'reviews'
export const IMPORT_KINDS: readonly ImportKind[] = [
  'events',
  'customers',
  'orders',
  'decisions',
  'products',
  'reviews',
]

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
  description: 'text, a number or true/false',
})

const CellSchema = Type.Object(
  {
    column: Type.Optional(
      Type.String({ minLength: 1, description: 'name of a column, or a dotted path in NDJSON' }),
    ),
    value: Type.Optional(Scalar),
    type: Type.Optional(
      Type.Union([
        Type.Literal('text'),
        Type.Literal('number'),
        Type.Literal('integer'),
        Type.Literal('boolean'),
        Type.Literal('date'),
        Type.Literal('json'),
      ]),
    ),
    format: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
    values: Type.Optional(Type.Record(Type.String(), Scalar)),
    otherwise: Type.Optional(Scalar),
    default: Type.Optional(Scalar),
    required: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

/** Where one value comes from: a column, converted, or a constant. */
export type Cell = Static<typeof CellSchema>
/** How the text of a column is read; `text` when nothing is said. */
export type CellType = NonNullable<Cell['type']>

const Cells = Type.Record(Type.String(), CellSchema)

const cellsOf = (names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(CellSchema)])), {
    additionalProperties: false,
    description: `fields: ${names.join(', ')}`,
  })

const ConsentSchema = Type.Object(
  {
    channel: Type.String({ minLength: 1 }),
    purpose: Type.String({ minLength: 1 }),
    granted: CellSchema,
    textVersion: Type.Optional(CellSchema),
  },
  { additionalProperties: false },
)

export const WHO = ['userId', 'anonymousId', 'email', 'phone'] as const

/** Fields that each kind of file has. */
export const FIELDS: Readonly<Record<ImportKind, readonly string[]>> = {
  events: [...WHO, 'at', 'event', 'kind', 'messageId'],
  customers: [...WHO, 'at'],
  orders: [...WHO, 'at', 'orderId', 'revenue', 'margin', 'currency', 'refund', 'products'],
  decisions: ['action', 'propensity'],
  products: ['sku', 'name', 'category', 'price', 'url', 'image', 'stock', 'margin', 'launched'],
  reviews: [...WHO, 'at', 'reviewId', 'score', 'scale', 'text', 'author', 'url', 'about'],
}

/** Fields without which a row is rejected; but for decisions, products and reviews one of userId, anonymousId, email, phone comes on top. */
export const REQUIRED: Readonly<Record<ImportKind, readonly string[]>> = {
  events: ['at', 'event'],
  customers: [],
  orders: ['at', 'orderId', 'revenue'],
  decisions: ['action', 'propensity'],
  products: ['sku', 'name'],
  reviews: ['at'],
}

/** What a field is read as when the mapping does not say. */
export const TYPE_OF_FIELD: Readonly<Record<string, CellType>> = {
  at: 'date',
  revenue: 'number',
  margin: 'number',
  refund: 'boolean',
  products: 'json',
  propensity: 'number',
  price: 'number',
  stock: 'number',
  launched: 'date',
  score: 'number',
}

const SECTIONS: Readonly<Record<ImportKind, readonly Section[]>> = {
  events: ['properties', 'traits'],
  customers: ['traits'],
  orders: ['properties', 'traits'],
  decisions: ['context', 'rewards'],
  products: [],
  reviews: [],
}
export const SECTION_NAMES = ['properties', 'traits', 'context', 'rewards'] as const
type Section = (typeof SECTION_NAMES)[number]

/** The schema of a mapping whose short forms are spelt out. */
export const schemaOf = (as: ImportKind) =>
  Type.Object(
    {
      as: Type.Literal(as),
      name: Type.Optional(
        Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'letters, digits, . _ -, at most 64' }),
      ),
      format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('ndjson')])),
      delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1, description: 'one character' })),
      encoding: Type.Optional(Type.String({ description: 'such as utf-8, windows-1251 or utf-16le' })),
      timeZone: Type.Optional(Type.String({ description: 'an IANA name such as Europe/Berlin' })),
      id: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 16 })),
      shape: Type.Optional(Type.Union([Type.Literal('columns'), Type.Literal('segment')])),
      fields: Type.Optional(cellsOf(FIELDS[as])),
      ...Object.fromEntries(SECTIONS[as].map((section) => [section, Type.Optional(Cells)])),
      ...(as === 'customers' ? { consents: Type.Optional(Type.Array(ConsentSchema, { maxItems: 20 })) } : {}),
    },
    { additionalProperties: false },
  )

export type ConsentMapping = Static<typeof ConsentSchema>
export type Mapping = {
  readonly as: ImportKind
  /** Names the source (`import:<name>`) or the set of decisions; the file's own name when absent. */
  readonly name?: string
  readonly format?: 'csv' | 'ndjson'
  readonly delimiter?: string
  readonly encoding?: string
  /** Of dates without an offset. */
  readonly timeZone?: string
  /** Columns that make a row's identity; `$row` is its number, `$content` all its cells. */
  readonly id: readonly string[]
  /** `segment`: each NDJSON line is an event of the Segment API already. */
  readonly shape: 'columns' | 'segment'
  readonly fields: Readonly<Record<string, Cell>>
  readonly properties: Readonly<Record<string, Cell>>
  readonly traits: Readonly<Record<string, Cell>>
  readonly context: Readonly<Record<string, Cell>>
  readonly rewards: Readonly<Record<string, Cell>>
  readonly consents: readonly ConsentMapping[]
}
