// A round of training: takes from the state what there is to learn from, has it learnt wherever `train` does
// that, and puts what came of it into the log. Only then anything is different.

import { MODEL_TRAINED, type ModelKey } from '../model/events.ts'
import {
  dueTrainings,
  trainableKeys,
  trainingInput,
  type TrainingFact,
  type TrainingInput,
} from '../model/index.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop, LoopState } from '../loop.ts'

export type Train = (input: TrainingInput) => Promise<readonly TrainingFact[]>

/** The models whose time to be trained has come. */
export const dueKeys = (state: LoopState, now: number): readonly ModelKey[] =>
  dueTrainings(state.persons, now, state.business, trainableKeys(state.persons))

/** Every model that could be trained. */
export const allKeys = ({ persons }: LoopState): readonly ModelKey[] => trainableKeys(persons)

/** Trains, and resolves when the log has what came of it. Rejects with Failures `models.*` and `log.*`. */
export const trainRound = async (
  loop: Loop,
  keys: readonly ModelKey[],
  train: Train,
): Promise<readonly TrainingFact[]> => {
  const { state, ctx } = loop
  const facts = await train(trainingInput(state.persons, state.business, keys))
  const events = facts.map(
    ({ type, data }): NewEvent => ({ id: ctx.newId(), type, key: data.key, at: ctx.now(), data }),
  )
  if (events.length > 0) await loop.record(events)
  return facts
}

/** How many of the facts are new models. */
export const trainedCount = (facts: readonly TrainingFact[]): number =>
  facts.filter(({ type }) => type === MODEL_TRAINED).length
