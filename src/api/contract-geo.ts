// The console's contract for experiments over regions: planned, begun, read. Part of `contract.ts`.

import { Type, type Static } from 'typebox'

const ROWS_MAX = 200_000
const dateSchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })
const rowSchema = Type.Object(
  {
    region: Type.String({ minLength: 1, maxLength: 200 }),
    date: dateSchema,
    /** What was sold there on that day, in money. */
    value: Type.Number(),
  },
  { additionalProperties: false },
)
const modeSchema = Type.Union([Type.Literal('off'), Type.Literal('on')])

export const geoAskSchema = Type.Object(
  {
    lineId: Type.String({ minLength: 1, maxLength: 100 }),
    /** `off`: the line is taken out of the treated regions; `on`: it runs in them alone. */
    mode: modeSchema,
    testDays: Type.Integer({ minimum: 7, maximum: 120 }),
    /** One region of so many is treated. */
    oneOf: Type.Integer({ minimum: 2, maximum: 20 }),
    /** First day; tomorrow when left out. */
    fromDate: Type.Optional(dateSchema),
    rows: Type.Array(rowSchema, { minItems: 1, maxItems: ROWS_MAX }),
  },
  { additionalProperties: false },
)
export type GeoAskBody = Static<typeof geoAskSchema>

export const geoDesignSchema = Type.Object({
  treated: Type.Array(Type.String()),
  control: Type.Array(Type.String()),
  treatedShare: Type.Number(),
  correlation: Type.Number(),
  /** What the treated regions would sell in the test without it. */
  expected: Type.Number(),
  /** Smallest effect that is told from none with 80 % power, and as a share of what is expected. */
  detectable: Type.Number(),
  detectableShare: Type.Number(),
  /** Tests of nothing in days the choice had not seen, and how many called an effect. */
  placeboRuns: Type.Integer(),
  placeboCalled: Type.Integer(),
  fromDay: Type.Integer(),
  toDay: Type.Integer(),
})
export type GeoDesignAnswer = Static<typeof geoDesignSchema>

export const geoReadSchema = Type.Object(
  { rows: Type.Array(rowSchema, { minItems: 1, maxItems: ROWS_MAX }) },
  { additionalProperties: false },
)
export type GeoReadBody = Static<typeof geoReadSchema>

export const geoDropSchema = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
)

const rangeSchema = Type.Object({ value: Type.Number(), low: Type.Number(), high: Type.Number() })
export const geoResultSchema = Type.Object({
  experimentId: Type.String(),
  /** What the treated regions sold more than expected, 95 %, and as a share of that. */
  found: rangeSchema,
  lift: rangeSchema,
  p: Type.Number(),
  warnings: Type.Array(Type.String()),
  /** Margin that the whole line brought in those days: what pins its curve. */
  effect: Type.Number(),
  standardError: Type.Number(),
})
export type GeoResultAnswer = Static<typeof geoResultSchema>

export const geoTestSchema = Type.Object({
  experimentId: Type.String(),
  lineId: Type.String(),
  mode: modeSchema,
  treated: Type.Array(Type.String()),
  controlCount: Type.Integer(),
  fromDay: Type.Integer(),
  toDay: Type.Integer(),
  detectableShare: Type.Number(),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('to_read'),
    Type.Literal('read'),
    Type.Literal('dropped'),
  ]),
  effect: Type.Union([Type.Number(), Type.Null()]),
  standardError: Type.Union([Type.Number(), Type.Null()]),
})
export type GeoTest = Static<typeof geoTestSchema>
