// The models in use: which version has the word, which had it before, what the last training gave, and
// whether the plain average stands in. A fold over the events of training.

import type { LogEvent } from '../../log/port.ts'
import { PERSON_COLUMNS } from '../../profile/index.ts'
import {
  MODEL_CHECKED,
  MODEL_DRIFT_FOUND,
  MODEL_NOT_TRAINED,
  MODEL_TRAINED,
  type ModelChecked,
  type ModelDriftFound,
  type ModelKey,
  type ModelNotTrained,
  type ModelTrained,
} from '../events.ts'
import type { PropensityModel } from '../propensity/model.ts'
import { compileScorer, type RowScorer } from '../propensity/score-one.ts'
import type { ValueDrift } from '../value/futures.ts'
import type { ValueModel } from '../value/value-model.ts'
import type { SaidVersion } from './check-propensity.ts'
import { compileUplift, type UpliftParameters } from './train-uplift.ts'
import { valueModelOf } from './train-value.ts'

/** What a trained model is once it is laid out for use. */
export type Ready =
  | { readonly kind: 'propensity'; readonly score: RowScorer }
  | { readonly kind: 'uplift'; readonly score: RowScorer }
  | { readonly kind: 'value'; readonly model: ValueModel; readonly drift: ValueDrift }

export type InUse = {
  readonly trained: ModelTrained
  /** ms, product time. */
  readonly at: number
  readonly ready: Ready
}

export type Attempt = {
  readonly at: number
  /** null: it gave a model. */
  readonly failed: ModelNotTrained | null
  /** Facts noted by then, to see whether another attempt is worth it. */
  readonly noted: number
}

export type KeyState = {
  inUse: InUse | null
  /** Versions before this one, the newest last. */
  past: readonly SaidVersion[]
  trainings: number
  attempt: Attempt | null
  checked: (ModelChecked & { readonly at: number }) | null
  /** The plain average stands in for the version in use, since it was found untrue. */
  drift: (ModelDriftFound & { readonly at: number }) | null
}

export type ModelsInUse = {
  readonly byKey: Map<ModelKey, KeyState>
  /** Counts changes: names what scores were reckoned with. */
  changes: number
}

/** Past versions of a model kept to be held against what came. */
const PAST_MAX = 12
const KEYS_MAX = 103

export const createModelsInUse = (): ModelsInUse => ({ byKey: new Map(), changes: 0 })

/** Takes one event in; true when what models say may have changed. */
export const foldModels = (
  state: ModelsInUse,
  event: LogEvent,
  { clock, noted }: { readonly clock: number; readonly noted: number },
): boolean => {
  switch (event.type) {
    case MODEL_TRAINED: {
      const trained = event.data as ModelTrained
      const key = keyStateOf(state, trained.key)
      if (key === null) return false
      takeOver(key, { trained, at: event.at, ready: readyOf(trained) }, { clock, noted })
      state.changes++
      return true
    }
    case MODEL_NOT_TRAINED: {
      const failed = event.data as ModelNotTrained
      const key = keyStateOf(state, failed.key)
      if (key !== null) key.attempt = { at: event.at, failed, noted }
      return false
    }
    case MODEL_CHECKED: {
      const key = keyStateOf(state, (event.data as ModelChecked).key)
      if (key !== null) key.checked = { ...(event.data as ModelChecked), at: event.at }
      return false
    }
    case MODEL_DRIFT_FOUND: {
      const found = event.data as ModelDriftFound
      const key = keyStateOf(state, found.key)
      // Of a version that has been replaced it is told, and nothing more.
      if (key === null || key.inUse?.trained.version !== found.version) return false
      key.drift = { ...found, at: event.at }
      state.changes++
      return true
    }
    default:
      return false
  }
}

/** The version that has the word; null when there is none. */
export const inUseOf = (state: ModelsInUse, key: ModelKey): InUse | null =>
  state.byKey.get(key)?.inUse ?? null

const keyStateOf = (state: ModelsInUse, key: ModelKey): KeyState | null => {
  const known = state.byKey.get(key)
  if (known !== undefined) return known
  if (state.byKey.size >= KEYS_MAX) return null
  const made: KeyState = { inUse: null, past: [], trainings: 0, attempt: null, checked: null, drift: null }
  state.byKey.set(key, made)
  return made
}

const takeOver = (
  key: KeyState,
  next: InUse,
  { clock, noted }: { readonly clock: number; readonly noted: number },
): void => {
  const { inUse } = key
  if (inUse !== null && inUse.trained.card.kind === 'propensity')
    key.past = [...key.past, saidOf(inUse, next.at)]
      .filter(({ until, horizonMs }) => until >= clock - 2 * horizonMs)
      .slice(-PAST_MAX)
  key.inUse = next
  key.trainings++
  key.attempt = { at: next.at, failed: null, noted }
  key.drift = null
}

const saidOf = ({ trained, at }: InUse, until: number): SaidVersion => ({
  key: trained.key,
  version: trained.version,
  horizonMs: trained.horizonMs,
  from: at,
  until,
  parameters: trained.parameters,
  scoreEdges: trained.card.kind === 'propensity' ? trained.card.scoreEdges : [],
})

/** Every version of a key that has or had the word. */
export const saidVersions = (state: ModelsInUse, key: ModelKey): readonly SaidVersion[] => {
  const known = state.byKey.get(key)
  if (known === undefined) return []
  const { inUse, past } = known
  return inUse === null || inUse.trained.card.kind !== 'propensity'
    ? past
    : [...past, saidOf(inUse, Number.POSITIVE_INFINITY)]
}

const readyOf = (trained: ModelTrained): Ready =>
  trained.card.kind === 'value'
    ? { kind: 'value', ...valueModelOf(trained.parameters) }
    : trained.card.kind === 'uplift'
      ? { kind: 'uplift', score: compileUplift(trained.parameters as UpliftParameters) }
      : {
          kind: 'propensity',
          score: compileScorer(trained.parameters as PropensityModel, PERSON_COLUMNS),
        }

type DumpedKey = Omit<KeyState, 'inUse'> & {
  readonly key: ModelKey
  readonly inUse: { readonly trained: ModelTrained; readonly at: number } | null
}

/** As JSON. */
export const dumpModels = (
  state: ModelsInUse,
): { readonly changes: number; readonly keys: readonly DumpedKey[] } => ({
  changes: state.changes,
  keys: [...state.byKey].map(([key, { inUse, ...rest }]) => ({
    key,
    ...rest,
    inUse: inUse === null ? null : { trained: inUse.trained, at: inUse.at },
  })),
})

export const restoreModels = (dumped: ReturnType<typeof dumpModels>): ModelsInUse => {
  const state = createModelsInUse()
  state.changes = dumped.changes
  for (const { key, inUse, ...rest } of dumped.keys)
    state.byKey.set(key, {
      ...rest,
      inUse: inUse === null ? null : { ...inUse, ready: readyOf(inUse.trained) },
    })
  return state
}
