// One round of training: takes the journal, gives facts for the log. Runs in a thread of its own or in
// place; the same input gives the same facts.

import { Failure, isFailure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'
import {
  MODEL_CHECKED,
  MODEL_DRIFT_FOUND,
  MODEL_NOT_TRAINED,
  MODEL_TRAINED,
  type ModelChecked,
  type ModelDriftFound,
  type ModelKey,
  type ModelNotTrained,
  type ModelsSpec,
  type ModelTrained,
} from '../events.ts'
import { checkPropensity, type SaidVersion } from './check-propensity.ts'
import { restoreJournal } from './journal-dump.ts'
import { trainPropensity } from './train-propensity.ts'
import { trainUplift } from './train-uplift.ts'
import { trainValue } from './train-value.ts'
import type { TrialTable } from './trials.ts'

export type TrainingInput = {
  readonly journal: Dump
  readonly settings: ModelsSpec
  readonly marginShare: number
  /** ms: what has happened by now is known. */
  readonly dataUntil: number
  readonly keys: readonly ModelKey[]
  /** Versions that have had the word, to be held against what came. */
  readonly said: readonly SaidVersion[]
  /** What campaigns' control groups tell, where uplift is asked for. */
  readonly trials?: readonly TrialTable[]
}

export type TrainingFact =
  | { readonly type: typeof MODEL_TRAINED; readonly data: ModelTrained }
  | { readonly type: typeof MODEL_NOT_TRAINED; readonly data: ModelNotTrained }
  | { readonly type: typeof MODEL_CHECKED; readonly data: ModelChecked }
  | { readonly type: typeof MODEL_DRIFT_FOUND; readonly data: ModelDriftFound }

/** Throws Failure `models.not_finite` when it is asked for no moment or with no margin. */
export const trainModels = (input: TrainingInput): readonly TrainingFact[] => {
  const { settings, dataUntil, marginShare } = input
  if (!Number.isFinite(dataUntil) || !Number.isFinite(marginShare))
    throw new Failure({
      code: 'models.not_finite',
      message: `Models cannot be trained up to ${dataUntil} with a margin of ${marginShare}.`,
      hint: 'The moment up to which is known and the share of margin are finite numbers.',
    })
  const journal = restoreJournal(input.journal)
  return input.keys.flatMap((key): readonly TrainingFact[] => {
    try {
      switch (key) {
        case 'churn':
        case 'purchase': {
          const horizonMs = key === 'churn' ? settings.churnAfterMs : settings.purchaseWithinMs
          const champion = settings.champion === undefined ? {} : { champion: settings.champion }
          const task = { key, horizonMs, dataUntil, ...champion }
          return [...checkPropensity(journal, task, input.said), factOf(trainPropensity(journal, task))]
        }
        case 'value':
          return [
            factOf(
              trainValue(journal, {
                horizonMs: settings.valueHorizonMs,
                dataUntil,
                marginShare,
                period: settings.valueOpportunities ?? null,
              }),
            ),
          ]
        default: {
          const table = input.trials?.find(({ campaignId }) => key === `uplift:${campaignId}`)
          return table === undefined ? [] : [factOf(trainUplift(table, dataUntil))]
        }
      }
    } catch (error) {
      if (!isFailure(error)) throw error
      const data: ModelNotTrained = {
        key,
        dataUntil,
        reason: 'failed',
        needs: 0,
        has: 0,
        detail: `${error.code}: ${error.message}`.slice(0, 500),
      }
      return [{ type: MODEL_NOT_TRAINED, data }]
    }
  })
}

const factOf = (data: ModelTrained | ModelNotTrained): TrainingFact =>
  'parameters' in data ? { type: MODEL_TRAINED, data } : { type: MODEL_NOT_TRAINED, data }
