// Scores as decisions may use them: only the word of a model that is there, fresh and true to itself. Where it
// cannot be had there is a gap with a reason, never an average passed off as a score.

import { DAY_MS } from '../../kernel/time.ts'
import { rootOf } from '../../profile/index.ts'
import type { Feature, ModelKey, ScoreGap, ScoreKey, ScoreSaid } from '../events.ts'
import type { InUse } from './in-use.ts'
import { scoresOf, type PersonScores, type ScoreQuestion } from './scores.ts'
import type { Persons } from './state.ts'

export const SCORE_KEYS: readonly ScoreKey[] = ['churn', 'purchase', 'value']

/** A version that no training could renew for so many periods is of another time. */
const STALE_AFTER_PERIODS = 4
/** Of the tenths that scores fell into at the exam: the lowest four are low, the highest three high. */
const LOW_TENTHS = 4
const HIGH_TENTHS = 7
/** Parts of the mean expected margin of a customer. */
const LOW_VALUE = 0.5
const HIGH_VALUE = 2

/** Why a model may not be asked for a decision at `now` (ms); null when it may. */
export const gapOf = ({ models, settings }: Persons, key: ModelKey, now: number): ScoreGap | null => {
  const state = models.byKey.get(key)
  const inUse = state?.inUse ?? null
  if (inUse === null) return 'no_model'
  if ((state?.drift ?? null) !== null) return 'drift'
  if (now - inUse.at > STALE_AFTER_PERIODS * settings.trainEveryMs) return 'stale'
  return inUse.ready.kind === 'value' && inUse.ready.model.reason !== null ? 'average' : null
}

/**
 * What rules read as `scores`: each absent where it cannot be said. `missed` takes the gaps that a rule ran
 * into. A rule that asks for what is absent does not hold.
 */
export class RuleScores {
  readonly #asked: ScoreQuestion
  readonly #slot: number
  readonly #now: number
  readonly #missed: Map<ScoreKey, ScoreGap> | null

  constructor(
    asked: ScoreQuestion,
    about: { readonly ref: number; readonly now: number; readonly missed?: Map<ScoreKey, ScoreGap> },
  ) {
    this.#asked = asked
    this.#slot = rootOf(asked.profiles, about.ref)
    this.#now = about.now
    this.#missed = about.missed ?? null
  }

  get churn(): number | undefined {
    return this.#of('churn')?.churn
  }
  get purchase(): number | undefined {
    return this.#of('purchase')?.purchase
  }
  /** Margin expected within the value horizon. */
  get value(): number | undefined {
    return this.#of('value')?.clv
  }
  get alive(): number | undefined {
    return this.#of('value')?.alive
  }
  get orders(): number | undefined {
    return this.#of('value')?.orders
  }
  get orderValue(): number | undefined {
    return this.#of('value')?.orderValue
  }
  get nextOrderDays(): number | undefined {
    return this.#of('value')?.nextOrderDays
  }
  get versions(): { readonly [key in ScoreKey]?: string } {
    return this.#each(({ trained }) => trained.version)
  }
  get ageDays(): { readonly [key in ScoreKey]?: number } {
    return this.#each(({ at }) => Math.max(0, this.#now - at) / DAY_MS)
  }

  #of(key: ScoreKey): PersonScores | undefined {
    const gap = gapOf(this.#asked.persons, key, this.#now)
    if (gap === null) return scoresOf(this.#asked, this.#slot, this.#now)
    this.#missed?.set(key, gap)
    return undefined
  }

  #each<T>(read: (inUse: InUse) => T): { readonly [key in ScoreKey]?: T } {
    const { persons } = this.#asked
    const found: { [key in ScoreKey]?: T } = {}
    for (const key of SCORE_KEYS) {
      const gap = gapOf(persons, key, this.#now)
      const inUse = persons.models.byKey.get(key)?.inUse ?? null
      if (gap === null && inUse !== null) found[key] = read(inUse)
      else if (gap !== null) this.#missed?.set(key, gap)
    }
    return found
  }
}

// The rule language reads what has no constructor of its own as a plain object, field by field as asked.
Reflect.deleteProperty(RuleScores.prototype, 'constructor')

export type DecisionScores = {
  readonly said: readonly ScoreSaid[]
  /** The same for the bandit: which part of all people this one is in, so that a new version means the same. */
  readonly features: readonly Feature[]
}

const NONE: DecisionScores = { said: [], features: [] }

/** What models say of a person at `now` (ms), to be recorded with a decision; nothing while there is no model at all. */
export const decisionScores = (asked: ScoreQuestion, ref: number, now: number): DecisionScores => {
  const { persons } = asked
  const gaps = SCORE_KEYS.map((key) => gapOf(persons, key, now))
  if (gaps.every((gap) => gap === 'no_model')) return NONE
  const scores = new RuleScores(asked, { ref, now })
  const said: ScoreSaid[] = []
  const features: Feature[] = []
  for (const [at, key] of SCORE_KEYS.entries()) {
    const inUse = persons.models.byKey.get(key)?.inUse ?? null
    const gap = gaps[at] ?? null
    if (gap !== null || inUse === null) {
      said.push({ key, gap: gap ?? 'no_model' })
      continue
    }
    const value = scores[key]
    if (value === undefined) {
      said.push({ key, gap: 'not_a_customer' })
      continue
    }
    const level = levelOf(inUse, value)
    features.push([`score:${key}=${level}`, 1])
    said.push({ key, value, level, version: inUse.trained.version, trainedAt: inUse.at })
  }
  return { said, features }
}

const levelOf = ({ trained: { card } }: InUse, value: number): 'low' | 'middle' | 'high' => {
  if (card.kind === 'propensity') {
    const tenth = card.scoreEdges.filter((edge) => value > edge).length
    return tenth < LOW_TENTHS ? 'low' : tenth >= HIGH_TENTHS ? 'high' : 'middle'
  }
  const part = card.kind === 'value' && card.meanValue > 0 ? value / card.meanValue : 1
  return part < LOW_VALUE ? 'low' : part >= HIGH_VALUE ? 'high' : 'middle'
}
