// The models as people look at them: what each predicts, how good it is, what uses it, or what is missing.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { ModelKey, ScoreGap, ScoreKey, TrainedCard } from '../../model/events.ts'
import {
  fallbacksOf,
  gapOf,
  nextTrainingAt,
  SCORE_KEYS,
  scoresOf,
  scoresVersion,
  type KeyState,
} from '../../model/index.ts'
import { campaignsInForce } from '../../decision/index.ts'
import { segmentSpecs } from '../../profile/index.ts'
import { allKeys } from '../../stages/training.ts'
import type { LoopState } from '../../loop.ts'
import type { Model, Models, Scores } from '../contract.ts'
import type { ViewSources } from './sources.ts'

type ModelSources = Pick<ViewSources, 'loop'> & { readonly models: Pick<ViewSources['models'], 'isRunning'> }

export const viewModels = ({ loop, models }: ModelSources): Models => {
  const { state, ctx } = loop
  const { persons, business } = state
  return {
    training: models.isRunning(),
    nextTrainingAt: nextTrainingAt(persons, ctx.now(), business),
    trainEveryDays: persons.settings.trainEveryMs / DAY_MS,
    sample: { people: persons.journal.everyone, customers: persons.journal.customers },
    models: allKeys(state).map((key) => viewModel(state, key, ctx.now())),
  }
}

/** The models asked for. Throws Failure `models.unknown` for one that there is not. */
export const readKeys = (
  { loop }: Pick<ViewSources, 'loop'>,
  keys: readonly string[] | undefined,
): readonly ModelKey[] => {
  const known = allKeys(loop.state)
  return (keys ?? known).map((key) => {
    const found = known.find((one) => one === key)
    if (found !== undefined) return found
    throw new Failure({
      code: 'models.unknown',
      message: `There is no model ${key}.`,
      hint: `Models: ${known.join(', ')}.`,
    })
  })
}

const viewModel = (state: LoopState, key: ModelKey, now: number): Model => {
  const gap = gapOf(state.persons, key, now)
  const known = state.persons.models.byKey.get(key)
  const trained = known?.inUse?.trained ?? null
  const failed = known?.attempt?.failed ?? null
  const checked = known?.checked ?? null
  return {
    key,
    state: trained === null ? 'not_yet' : isFallback(known, trained.card) ? 'fallback' : 'in_use',
    version: trained?.version ?? null,
    trainedAt: known?.inUse?.at ?? null,
    dataUntil: trained?.dataUntil ?? null,
    horizonDays: (trained?.horizonMs ?? horizonNow(state, key)) / DAY_MS,
    trainings: known?.trainings ?? 0,
    // Equal to the schema but for lists that nobody may change.
    card: trained === null ? null : (trained.card as Model['card']),
    notTrained:
      failed === null
        ? null
        : {
            reason: failed.reason,
            needs: failed.needs,
            has: failed.has,
            detail: failed.detail,
            at: known?.attempt?.at ?? 0,
          },
    checked: checked === null ? null : { ...checked, deciles: [...checked.deciles] },
    drift: known?.drift ?? null,
    gap,
    usedBy: [...usersOf(state, key, gap)],
  }
}

const isFallback = (known: KeyState | undefined, card: TrainedCard): boolean =>
  (known?.drift ?? null) !== null || (card.kind === 'value' && card.reason !== null)

const horizonNow = ({ persons, decision }: LoopState, key: ModelKey): number => {
  const { churnAfterMs, purchaseWithinMs, valueHorizonMs } = persons.settings
  if (key === 'churn') return churnAfterMs
  if (key === 'purchase') return purchaseWithinMs
  if (key === 'value') return valueHorizonMs
  return decision.campaigns.get(key.slice(key.indexOf(':') + 1) as never)?.goal.windowMs ?? 0
}

/** The names under which rules ask for what a model says. */
const NAMES: Readonly<Record<ScoreKey, readonly string[]>> = {
  churn: ['churn'],
  purchase: ['purchase'],
  value: ['value', 'alive', 'orders', 'orderValue', 'nextOrderDays'],
}

/** What a rule that asks for this model's word contains. */
export const namesOfScore = (key: ScoreKey): RegExp =>
  new RegExp(`\\bscores\\.(?:versions\\.|ageDays\\.)?(?:${NAMES[key].join('|')})\\b`)

const isScoreKey = (key: ModelKey): key is ScoreKey => SCORE_KEYS.some((one) => one === key)

/** Who asks for a model's word: every decision that is learnt from while it has one, and rules that name it. */
const usersOf = (state: LoopState, key: ModelKey, gap: ScoreGap | null): readonly string[] => {
  if (!isScoreKey(key)) {
    const card = state.persons.models.byKey.get(key)?.inUse?.trained.card
    const chooses = card?.kind === 'uplift' && (card.targeting !== 'none' || card.because !== 'unknown')
    const asked = gap === null && state.persons.settings.targetByUplift !== false
    return chooses && asked ? [`campaign:${card.campaignId}`] : []
  }
  const names = namesOfScore(key)
  const { campaigns } = campaignsInForce(state.decision)
  const learns = campaigns.some(({ policy, status }) => status !== 'paused' && policy.kind !== 'fixed')
  return [
    ...(learns && gap === null ? ['decisions'] : []),
    ...campaigns.flatMap(({ id, audience, trigger }) =>
      names.test(audience) || (trigger.kind === 'event' && names.test(trigger.where))
        ? [`campaign:${id}`]
        : [],
    ),
    ...segmentSpecs(state.profile).flatMap(({ id, when }) => (names.test(when) ? [`segment:${id}`] : [])),
  ]
}

/** What models say of the person at `ref`, where merges lead. */
export const viewScores = ({ loop }: ViewSources, ref: number): Scores => {
  const { persons, profile: profiles, business } = loop.state
  const scores = scoresOf({ persons, profiles, business }, ref, loop.ctx.now())
  const { churnAfterMs, purchaseWithinMs, valueHorizonMs } = persons.settings
  const days = (key: ModelKey, now: number) =>
    (persons.models.byKey.get(key)?.inUse?.trained.horizonMs ?? now) / DAY_MS
  return {
    churn: scores.churn ?? null,
    purchase: scores.purchase ?? null,
    alive: scores.alive ?? null,
    orders: scores.orders ?? null,
    orderValue: scores.orderValue ?? null,
    clv: scores.clv ?? null,
    nextOrderDays: scores.nextOrderDays ?? null,
    intervals: scores.intervals(),
    churnAfterDays: days('churn', churnAfterMs),
    purchaseWithinDays: days('purchase', purchaseWithinMs),
    valueDays: days('value', valueHorizonMs),
    fallbacks: fallbacksOf(persons).map(({ key, reason }) => ({ key, reason })),
    version: scoresVersion(persons),
  }
}
