// What is expected of one person, reckoned when asked: risk of leaving, chance of buying, orders and value to
// come, whether still a customer, and when the next order may come. Scores are for the start of the present
// hour, so that they are the same whoever asks first.

import type { Business } from '../../kernel/business.ts'
import { HOUR_MS } from '../../kernel/time.ts'
import { personVector, PERSON_COLUMNS, profileIdOf, revenueOf, type Profiles } from '../../profile/index.ts'
import type { ModelKey } from '../events.ts'
import { drawFutures } from '../value/futures.ts'
import { valueOf, type ValueEstimate } from '../value/value-model.ts'
import { isCustomer, summaryOf } from './customer-book.ts'
import { inUseOf, type KeyState, type ModelsInUse } from './in-use.ts'
import { cached } from './score-cache.ts'
import type { Persons } from './state.ts'
import type { ValueModel } from '../value/value-model.ts'
import type { MonthsPeriod } from './month-mask.ts'
import { horizonOf } from './train-value.ts'

export const SCORE_NAMES = [
  'churn',
  'purchase',
  'alive',
  'orders',
  'orderValue',
  'clv',
  'nextOrderDays',
] as const
export type ScoreName = (typeof SCORE_NAMES)[number]

/** Why a score is not the model's own word. */
export type Fallback = {
  readonly key: 'churn' | 'purchase' | 'value'
  /** `no_model`: nothing is said. `drift`: the plain rate. The others: the average of the customer's cohort. */
  readonly reason: 'no_model' | 'drift' | 'few_repeat_buyers' | 'fit_failed' | 'backtest_lost' | 'asked_for'
}

const vector = new Float64Array(PERSON_COLUMNS.length)

/** Each is absent where no model can say it of this person: who never ordered has no risk of leaving. */
export class PersonScores {
  readonly #persons: Persons
  readonly #profiles: Profiles
  readonly #business: Business
  readonly #slot: number
  readonly #at: number
  #churn: number | undefined | null = null
  #purchase: number | undefined | null = null
  #value: ValueEstimate | undefined | null = null

  constructor(asked: ScoreQuestion, slot: number, at: number) {
    this.#persons = asked.persons
    this.#profiles = asked.profiles
    this.#business = asked.business
    this.#slot = slot
    this.#at = at
  }

  /** Chance that no order comes within the churn time; of customers. */
  get churn(): number | undefined {
    if (this.#churn === null) this.#churn = this.#isCustomer() ? this.#propensity('churn') : undefined
    return this.#churn
  }
  /** Chance of an order within the purchase time. */
  get purchase(): number | undefined {
    if (this.#purchase === null) this.#purchase = this.#propensity('purchase')
    return this.#purchase
  }
  /** Chance of still being a customer; of customers, where the model tells it. */
  get alive(): number | undefined {
    return this.#expected()?.alive ?? undefined
  }
  /** Orders expected within the value horizon; of customers. */
  get orders(): number | undefined {
    return this.#expected()?.orders
  }
  /** Expected revenue of one order. */
  get orderValue(): number | undefined {
    return this.#expected()?.orderValue ?? undefined
  }
  /** Margin expected within the value horizon, discounted; whole currency units. */
  get clv(): number | undefined {
    return this.#expected()?.value ?? undefined
  }
  /** Days until the next order has come with probability one half. */
  get nextOrderDays(): number | undefined {
    const time = this.#expected()?.nextOrderTime ?? null
    return time === null ? undefined : time * (this.#model()?.unitDays ?? Number.NaN)
  }

  #isCustomer(): boolean {
    return isCustomer(this.#persons.book, this.#slot)
  }

  #model(): ValueModel | undefined {
    const ready = this.#persons.models.byKey.get('value')?.inUse?.ready
    return ready?.kind === 'value' ? ready.model : undefined
  }

  #summary({ unitDays, period }: ValueModel) {
    return summaryOf(this.#persons.book, this.#slot, {
      now: this.#at,
      unitDays,
      // In the running system a period is of months: see the settings.
      period: period as MonthsPeriod | null,
      revenue: revenueOf(this.#profiles, this.#slot),
    })
  }

  #propensity(key: 'churn' | 'purchase'): number | undefined {
    const state = this.#persons.models.byKey.get(key)
    if (state?.inUse?.ready.kind !== 'propensity') return undefined
    if (state.drift !== null) return plainRate(state)
    personVector(this.#profiles, this.#slot, this.#at, vector)
    return state.inUse.ready.score(vector)
  }

  #expected(): ValueEstimate | undefined {
    if (this.#value !== null) return this.#value
    const inUse = this.#persons.models.byKey.get('value')?.inUse
    const summary = inUse?.ready.kind === 'value' ? this.#summary(inUse.ready.model) : null
    this.#value =
      summary === null || inUse?.ready.kind !== 'value'
        ? undefined
        : valueOf(inUse.ready.model, summary, this.#horizon(inUse.trained.horizonMs, inUse.ready.model))
    return this.#value
  }

  #horizon(horizonMs: number, { unitDays }: ValueModel) {
    return horizonOf({ horizonMs, marginShare: this.#business.marginShare }, unitDays)
  }

  /** Intervals of orders and value by drawn futures: for people to look at, too slow for rules. */
  intervals(): ScoreIntervals | null {
    const inUse = this.#persons.models.byKey.get('value')?.inUse
    if (inUse?.ready.kind !== 'value') return null
    const summary = this.#summary(inUse.ready.model)
    if (summary === null) return null
    const horizon = this.#horizon(inUse.trained.horizonMs, inUse.ready.model)
    const { orders, values, level } = drawFutures(inUse.ready.model, [summary], horizon, {
      seed: profileIdOf(this.#profiles, this.#slot),
      drift: inUse.ready.drift,
    })
    return { level, orders: orders[0] ?? null, clv: values?.[0] ?? null }
  }
}

export type ScoreIntervals = {
  readonly level: number
  readonly orders: { readonly low: number; readonly high: number } | null
  readonly clv: { readonly low: number; readonly high: number } | null
}

// The rule language reads what has no constructor of its own as a plain object, field by field as asked.
Reflect.deleteProperty(PersonScores.prototype, 'constructor')

const plainRate = ({ inUse }: KeyState): number | undefined =>
  inUse?.trained.card.kind === 'propensity' ? inUse.trained.card.baseline.rate : undefined

export type ScoreQuestion = {
  readonly persons: Persons
  readonly profiles: Profiles
  readonly business: Business
}

/** The scores of a person, for the start of the hour of `now` (ms). `slot` must be where merges lead. */
export const scoresOf = (asked: ScoreQuestion, slot: number, now: number): PersonScores => {
  const hour = Math.floor(now / HOUR_MS)
  const { cache } = asked.persons
  return cached(cache, slot, hour, () => new PersonScores(asked, slot, hour * HOUR_MS))
}

/** What stands in for a model's own word now, and why. */
export const fallbacksOf = ({ models }: Persons): readonly Fallback[] =>
  (['churn', 'purchase', 'value'] as const).flatMap((key): readonly Fallback[] => {
    const inUse = inUseOf(models, key)
    if (inUse === null) return [{ key, reason: 'no_model' }]
    if (hasDrifted(models, key)) return [{ key, reason: 'drift' }]
    const { ready } = inUse
    return ready.kind === 'value' && ready.model.reason !== null ? [{ key, reason: ready.model.reason }] : []
  })

const hasDrifted = (models: ModelsInUse, key: ModelKey): boolean =>
  (models.byKey.get(key)?.drift ?? null) !== null

/** Names the models that scores come from: changes with each of them. */
export const scoresVersion = ({ models }: Persons): string => {
  const versions = (['churn', 'purchase', 'value'] satisfies ModelKey[]).flatMap((key) => {
    const inUse = inUseOf(models, key)
    return inUse === null ? [] : [`${inUse.trained.version}${hasDrifted(models, key) ? '-drift' : ''}`]
  })
  return versions.length === 0 ? 'none' : versions.join(' ')
}
