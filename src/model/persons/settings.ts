// What the business means by "gone" and "buys", and when models are trained: the `models` section of a plan.

import { Type, type Static } from 'typebox'
import { DURATION_PATTERN, formatDuration, parseDuration } from '../../kernel/duration.ts'
import { problem, shapeOf, type Problem } from '../../kernel/problem.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { ModelsSpec } from '../events.ts'

const Duration = (description: string) =>
  Type.Optional(Type.String({ pattern: DURATION_PATTERN, description }))

/** The `models` section as people write it. */
export const modelsSchema = Type.Object(
  {
    churn_after: Duration('write a duration like `60d`'),
    purchase_within: Duration('write a duration like `14d`'),
    value_horizon: Duration('write a duration like `365d`'),
    train_every: Duration('write a duration like `7d`, whole days'),
    train_at: Type.Optional(
      Type.String({
        pattern: '^([01][0-9]|2[0-3]):00$',
        description: 'write a whole hour of the business like `03:00`, in quotes',
      }),
    ),
    value_opportunities: Type.Optional(
      Type.Union([Type.Literal('month'), Type.Literal('quarter'), Type.Literal('year')], {
        description: 'write `month`, `quarter` or `year`',
      }),
    ),
    champion: Type.Optional(
      Type.Union([Type.Literal('logistic'), Type.Literal('online')], {
        description: 'write `logistic` or `online`',
      }),
    ),
    target_by_uplift: Type.Optional(Type.Boolean({ description: 'write `true` or `false`' })),
  },
  { additionalProperties: false },
)
export type FriendlyModels = Static<typeof modelsSchema>

export const DEFAULT_MODELS: ModelsSpec = {
  churnAfterMs: 60 * DAY_MS,
  purchaseWithinMs: 14 * DAY_MS,
  valueHorizonMs: 365 * DAY_MS,
  trainEveryMs: 7 * DAY_MS,
  trainAtHour: 3,
}

const DAYS_MAX = { churn_after: 365, purchase_within: 365, value_horizon: 1_825, train_every: 90 } as const

const check = shapeOf(modelsSchema)

/** What was written; what is left out has its default. Problems are added to `problems`. */
export const parseModels = (section: unknown, problems: Problem[]): ModelsSpec => {
  const found = check(section ?? {}, 'models')
  problems.push(...found)
  if (found.length > 0) return DEFAULT_MODELS
  const given = (section ?? {}) as FriendlyModels
  const days = (key: keyof typeof DAYS_MAX, byDefault: number): number => {
    const text = given[key]
    const ms = text === undefined ? byDefault : (parseDuration(text) ?? 0)
    const most = DAYS_MAX[key]
    if (ms < DAY_MS || ms > most * DAY_MS || ms % DAY_MS !== 0)
      problems.push(
        problem(`models.${key}`, `\`${text}\` cannot be used`, `write whole days, \`1d\` to \`${most}d\``),
      )
    return ms
  }
  return {
    churnAfterMs: days('churn_after', DEFAULT_MODELS.churnAfterMs),
    purchaseWithinMs: days('purchase_within', DEFAULT_MODELS.purchaseWithinMs),
    valueHorizonMs: days('value_horizon', DEFAULT_MODELS.valueHorizonMs),
    trainEveryMs: days('train_every', DEFAULT_MODELS.trainEveryMs),
    trainAtHour:
      given.train_at === undefined ? DEFAULT_MODELS.trainAtHour : Number(given.train_at.slice(0, 2)),
    ...(given.value_opportunities === undefined ? {} : { valueOpportunities: given.value_opportunities }),
    ...(given.champion === 'online' ? { champion: 'online' as const } : {}),
    ...(given.target_by_uplift === false ? { targetByUplift: false } : {}),
  }
}

/** The written form that {@link parseModels} reads back as the same. */
export const renderModels = (spec: ModelsSpec): FriendlyModels => ({
  churn_after: formatDuration(spec.churnAfterMs),
  purchase_within: formatDuration(spec.purchaseWithinMs),
  value_horizon: formatDuration(spec.valueHorizonMs),
  train_every: formatDuration(spec.trainEveryMs),
  train_at: `${String(spec.trainAtHour).padStart(2, '0')}:00`,
  ...(spec.valueOpportunities === undefined ? {} : { value_opportunities: spec.valueOpportunities }),
  champion: spec.champion ?? 'logistic',
  target_by_uplift: spec.targetByUplift !== false,
})
