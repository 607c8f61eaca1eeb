// When models are to be trained: at an hour of the business every so many days; a model that does not exist
// yet as soon as there is much more to learn from than at the last try.

import type { Business } from '../../kernel/business.ts'
import { DAY_MS, HOUR_MS, isTimeZone, MINUTE_MS, zoneOffsetMs } from '../../kernel/time.ts'
import type { ModelKey } from '../events.ts'
import { saidVersions } from './in-use.ts'
import { dumpJournal } from './journal-dump.ts'
import type { Persons } from './state.ts'
import type { TrainingInput } from './train.ts'
import { trialTable } from './trials.ts'

/** Facts below which nothing is tried. */
const NOTED_MIN = 200
const RETRY_MS_MIN = 10 * MINUTE_MS
/** So much more must have come in before a failed training is tried again the same day, or a trained model anew. */
const GROWTH_FAILED = 1.5
const GROWTH_TRAINED = 3

export const PERSON_KEYS: readonly ModelKey[] = ['churn', 'purchase', 'value']

/** Every model that could be trained: those of all people, and the uplift of each campaign with a control group. */
export const trainableKeys = ({ trials }: Persons): readonly ModelKey[] => [
  ...PERSON_KEYS,
  ...[...trials.byCampaign.keys()].map((id): ModelKey => `uplift:${id}`),
]

/** The models to train at `now`. */
export const dueTrainings = (
  state: Persons,
  now: number,
  business: Business,
  keys: readonly ModelKey[] = PERSON_KEYS,
): readonly ModelKey[] => {
  if (state.noted < NOTED_MIN) return []
  return keys.filter((key) => {
    const attempt = state.models.byKey.get(key)?.attempt ?? null
    if (attempt === null) return true
    if (periodOf(state, now, business) > periodOf(state, attempt.at, business)) return true
    const waited = now - attempt.at
    const growth = state.noted / Math.max(1, attempt.noted)
    if (waited < RETRY_MS_MIN) return false
    return attempt.failed === null ? growth >= GROWTH_TRAINED : growth >= GROWTH_FAILED || waited >= DAY_MS
  })
}

/** When the next training is due by the clock alone, ms. */
export const nextTrainingAt = (state: Persons, now: number, { timeZone }: Business): number => {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC'
  const shift = zoneOffsetMs(now, zone) - state.settings.trainAtHour * HOUR_MS
  const period = Math.floor((now + shift) / state.settings.trainEveryMs) + 1
  return period * state.settings.trainEveryMs - shift
}

/** Which stretch between two hours of training a moment is in. */
const periodOf = ({ settings }: Persons, at: number, { timeZone }: Business): number => {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC'
  const local = at + zoneOffsetMs(at, zone) - settings.trainAtHour * HOUR_MS
  return Math.floor(local / settings.trainEveryMs)
}

/** What a training takes: a copy, so that the log may go on meanwhile. */
export const trainingInput = (
  state: Persons,
  business: Business,
  keys: readonly ModelKey[],
): TrainingInput => ({
  journal: dumpJournal(state.journal),
  settings: state.settings,
  marginShare: business.marginShare,
  dataUntil: state.clock,
  keys,
  said: keys.flatMap((key) => saidVersions(state.models, key)),
  trials: keys.flatMap((key) => {
    const table = key.startsWith('uplift:')
      ? trialTable(state.trials, key.slice('uplift:'.length), state.clock)
      : null
    return table === null ? [] : [table]
  }),
})
