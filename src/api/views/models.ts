// The models as people look at them: what each predicts, how good it is, what uses it, or what is missing.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { ModelKey, TrainedCard } from '../../model/events.ts'
import { fallbacksOf, nextTrainingAt, scoresOf, scoresVersion, type KeyState } from '../../model/index.ts'
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
    models: allKeys(state).map((key) => viewModel(state, key)),
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

const viewModel = (state: LoopState, key: ModelKey): Model => {
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
    usedBy: [...usersOf(state, key)],
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
const NAMES: Readonly<Record<string, readonly string[]>> = {
  churn: ['churn'],
  purchase: ['purchase'],
  value: ['alive', 'orders', 'orderValue', 'clv', 'nextOrderDays'],
}

const usersOf = (state: LoopState, key: ModelKey): readonly string[] => {
  const names = NAMES[key] ?? []
  const asks = (source: string): boolean =>
    names.some((name) => new RegExp(`\\bscores\\.${name}\\b`).test(source))
  const { campaigns } = campaignsInForce(state.decision)
  return [
    ...segmentSpecs(state.profile).flatMap(({ id, when }) => (asks(when) ? [`segment:${id}`] : [])),
    ...campaigns.flatMap(({ id, audience, trigger }) =>
      asks(audience) || (trigger.kind === 'event' && asks(trigger.where)) ? [`campaign:${id}`] : [],
    ),
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
