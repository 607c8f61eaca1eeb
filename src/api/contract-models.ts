// The part of the contract that is about models: what they expect of people, how good they are, and what
// they say of one person.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const intervalSchema = Type.Object({ value: Type.Number(), low: Type.Number(), high: Type.Number() })
const binsSchema = Type.Array(Type.Object({ rows: Type.Integer(), said: Type.Number(), came: Type.Number() }))

/** Churn or purchase: judged on rows later than those learnt from. */
export const propensityCardSchema = Type.Object({
  kind: Type.Literal('propensity'),
  rows: Type.Integer(),
  positives: Type.Integer(),
  learntAt: Type.Array(Type.Number()),
  judgedAt: Type.Number(),
  learntRows: Type.Integer(),
  judgedRows: Type.Integer(),
  chosen: Type.Union([Type.Literal('logistic'), Type.Literal('online'), Type.Literal('trees')]),
  contenders: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('logistic'), Type.Literal('online'), Type.Literal('trees')]),
      calibration: Type.String(),
      auc: Type.Number(),
      logLoss: Type.Number(),
      brier: Type.Number(),
      ece: Type.Number(),
      slope: Type.Number(),
    }),
  ),
  promoted: Type.Boolean(),
  lossGain: Type.Number(),
  lossGainError: Type.Number(),
  baseline: Type.Object({ rate: Type.Number(), logLoss: Type.Number() }),
  reliability: binsSchema,
  drivers: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number() })),
  leaks: Type.Array(
    Type.Object({ column: Type.String(), why: Type.String(), value: Type.Number(), kept: Type.Boolean() }),
  ),
  drift: Type.Array(Type.Object({ column: Type.String(), psi: Type.Number() })),
})

export const valueCardSchema = Type.Object({
  kind: Type.Literal('value'),
  customers: Type.Integer(),
  repeatBuyers: Type.Integer(),
  days: Type.Integer(),
  timing: Type.String(),
  /** Why the average of the cohort stands in; null when it does not. */
  reason: nullable(Type.String()),
  parameters: Type.Array(Type.Object({ name: Type.String(), value: Type.Number() })),
  backtest: nullable(
    Type.Object({
      days: Type.Integer(),
      ordersCame: Type.Number(),
      ordersSaid: Type.Number(),
      ordersAverage: Type.Number(),
      error: Type.Number(),
      errorAverage: Type.Number(),
      coverage: Type.Number(),
      level: Type.Number(),
    }),
  ),
  ordersPerYear: Type.Number(),
  orderValue: nullable(Type.Number()),
  meanValue: Type.Number(),
})

export const upliftCardSchema = Type.Object({
  kind: Type.Literal('uplift'),
  campaignId: Type.String(),
  rows: Type.Integer(),
  treatedRows: Type.Integer(),
  effect: intervalSchema,
  qini: intervalSchema,
  upliftTop: Type.Object({
    share: Type.Number(),
    value: Type.Number(),
    low: Type.Number(),
    high: Type.Number(),
  }),
  tenths: Type.Array(Type.Object({ said: Type.Number(), came: Type.Number() })),
  targeting: Type.Union([Type.Literal('individual'), Type.Literal('all'), Type.Literal('none')]),
  because: Type.Union([Type.Literal('qini'), Type.Literal('effect'), Type.Literal('unknown')]),
  targetShare: Type.Number(),
  cost: Type.Number(),
})

export const modelSchema = Type.Object({
  /** `churn`, `purchase`, `value`, `uplift:<campaign>`. */
  key: Type.String(),
  /** `not_yet`: there is none; `fallback`: the plain average stands in. */
  state: Type.Union([Type.Literal('in_use'), Type.Literal('fallback'), Type.Literal('not_yet')]),
  version: nullable(Type.String()),
  trainedAt: nullable(Type.Number()),
  dataUntil: nullable(Type.Number()),
  horizonDays: Type.Number(),
  trainings: Type.Integer(),
  card: nullable(Type.Union([propensityCardSchema, valueCardSchema, upliftCardSchema])),
  /** The last attempt, when it gave nothing. */
  notTrained: nullable(
    Type.Object({
      reason: Type.String(),
      needs: Type.Number(),
      has: Type.Number(),
      detail: Type.String(),
      at: Type.Number(),
    }),
  ),
  /** What was said one horizon ago, and what came. */
  checked: nullable(
    Type.Object({
      at: Type.Number(),
      saidAt: Type.Number(),
      version: Type.String(),
      rows: Type.Integer(),
      slope: Type.Number(),
      slopeError: Type.Number(),
      psi: Type.Number(),
      deciles: binsSchema,
    }),
  ),
  drift: nullable(
    Type.Object({ at: Type.Number(), measure: Type.String(), value: Type.Number(), error: Type.Number() }),
  ),
  /** Why it gives no score to decisions and rules now; null when it does. */
  gap: nullable(
    Type.Union([
      Type.Literal('no_model'),
      Type.Literal('stale'),
      Type.Literal('drift'),
      Type.Literal('average'),
      Type.Literal('not_a_customer'),
    ]),
  ),
  /** What reads it: `decisions` (the bandit sees it), `campaign:<id>` (a rule names it). */
  usedBy: Type.Array(Type.String()),
})

export const modelsSchema = Type.Object({
  training: Type.Boolean(),
  nextTrainingAt: Type.Number(),
  trainEveryDays: Type.Number(),
  /** People whose past is learnt from. */
  sample: Type.Object({ people: Type.Integer(), customers: Type.Integer() }),
  models: Type.Array(modelSchema),
})

export const trainRequestSchema = Type.Object(
  {
    /** All models when left out. */
    keys: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 200 })),
  },
  { additionalProperties: false },
)

/** What models say of one person; null where they cannot. */
export const scoresSchema = Type.Object({
  churn: nullable(Type.Number()),
  purchase: nullable(Type.Number()),
  alive: nullable(Type.Number()),
  orders: nullable(Type.Number()),
  orderValue: nullable(Type.Number()),
  clv: nullable(Type.Number()),
  nextOrderDays: nullable(Type.Number()),
  /** Of futures drawn for this person. */
  intervals: nullable(
    Type.Object({
      level: Type.Number(),
      orders: nullable(Type.Object({ low: Type.Number(), high: Type.Number() })),
      clv: nullable(Type.Object({ low: Type.Number(), high: Type.Number() })),
    }),
  ),
  churnAfterDays: Type.Number(),
  purchaseWithinDays: Type.Number(),
  valueDays: Type.Number(),
  /** Why a score is missing, or is an average: `<model>: <reason>`. */
  fallbacks: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  version: Type.String(),
})

/** Difference in answers between the chosen hour and at once; null while there are too few sends. */
export const sendTimeCampaignSchema = Type.Object({
  campaignId: Type.String(),
  name: Type.String(),
  stage: Type.Union([Type.Literal('learning'), Type.Literal('choosing'), Type.Literal('no_better')]),
  best: Type.Object({ sent: Type.Integer(), answered: Type.Integer() }),
  explore: Type.Object({ sent: Type.Integer(), answered: Type.Integer() }),
  atOnce: Type.Object({ sent: Type.Integer(), answered: Type.Integer() }),
  verdict: Type.Union([Type.Literal('better'), Type.Literal('worse'), Type.Literal('not_known_yet')]),
  difference: nullable(intervalSchema),
  /** The smallest true difference that would be seen by now. */
  detectable: nullable(Type.Number()),
})

export const sendTimeSchema = Type.Object({
  /** Sends whose hour was drawn by chance, and people with a record of their own. */
  sends: Type.Number(),
  people: Type.Integer(),
  /** Answers to such sends, and how many there must be before hours are chosen. */
  answers: Type.Integer(),
  answersMin: Type.Integer(),
  /** Expected chance of an answer by weekday (from Sunday) and hour; null where too few were sent to. */
  rates: Type.Array(Type.Array(nullable(Type.Number()))),
  sendsByHour: Type.Array(Type.Number()),
  /** Sends that taught nothing, and why. */
  left: Type.Object({ otherHour: Type.Integer(), notSent: Type.Integer(), noRoom: Type.Integer() }),
  campaigns: Type.Array(sendTimeCampaignSchema),
})

export const MODEL_ROUTES = {
  sendTime: { method: 'GET', path: '/api/send-time' },
  models: { method: 'GET', path: '/api/models' },
  train: { method: 'POST', path: '/api/models/train' },
} as const

export type SendTimeView = Static<typeof sendTimeSchema>
export type SendTimeCampaign = Static<typeof sendTimeCampaignSchema>
export type Model = Static<typeof modelSchema>
export type Models = Static<typeof modelsSchema>
export type TrainRequest = Static<typeof trainRequestSchema>
export type Scores = Static<typeof scoresSchema>
export type PropensityCard = Static<typeof propensityCardSchema>
export type ValueCard = Static<typeof valueCardSchema>
export type UpliftCard = Static<typeof upliftCardSchema>
