// A profile as rules read it: every field reckoned when a rule asks for it, so that asking a million
// people one question makes no million views.

import type { Business } from '../kernel/business.ts'
import { listConsents } from './consents.ts'
import { matches } from './expression.ts'
import type { Expression, Facts } from './expression.ts'
import { at } from '../kernel/growable.ts'
import { LiveFeatures } from './lazy-features.ts'
import { segmentsOf } from './membership.ts'
import { localeOf, timeZoneOf } from './places.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { hasFlag, identifiersOf, idOfSlot, IS_HELD, rootOf } from './state.ts'
import { viewTone } from './tones.ts'
import { readTraits } from './traits.ts'
import type { FeatureView, ProfileView, ScoreView } from './view-types.ts'

export type RuleQuestion = {
  readonly ref: ProfileRef
  /** ms since the epoch. */
  readonly now: number
  readonly business: Business
  readonly event?: Readonly<Record<string, unknown>>
  readonly context?: Readonly<Record<string, unknown>>
  readonly scores?: ScoreView
}

/** {@link matches} for a person of this state, several times faster than over a view. */
export const matchesFor = (state: Profiles, expression: Expression, question: RuleQuestion): boolean => {
  if (expression.evaluate === null) return true
  const { event, context, scores } = question
  const profile = new RuleProfile(state, question)
  const facts: Facts = {
    profile,
    ...(event === undefined ? {} : { event }),
    ...(context === undefined ? {} : { context }),
    ...(scores === undefined ? {} : { scores }),
  }
  return matches(expression, facts)
}

/** Ids of the segments a person is in at that time, asked afresh: a function of the folded state. */
export const segmentsAt = (state: Profiles, question: RuleQuestion): readonly string[] =>
  state.segments.specs.length === 0 ? [] : segmentsOf(state, new RuleProfile(state, question))

class RuleProfile implements ProfileView {
  readonly #state: Profiles
  readonly #slot: number
  readonly #now: number
  readonly #business: Business
  readonly #scores: ScoreView | undefined

  constructor(state: Profiles, { ref, now, business, scores }: RuleQuestion) {
    this.#state = state
    this.#slot = rootOf(state, ref)
    this.#now = now
    this.#business = business
    this.#scores = scores
  }
  get id() {
    return idOfSlot(this.#slot)
  }
  get timeZone() {
    return timeZoneOf(this.#state, this.#slot, this.#business)
  }
  get locale() {
    return localeOf(this.#state, this.#slot, this.#business)
  }
  get identifiers() {
    return identifiersOf(this.#state, this.#slot)
  }
  get traits() {
    return readTraits(this.#state.traits, this.#slot)
  }
  get consents() {
    return listConsents(this.#state.consents, at(this.#state.slots.consentHeads, this.#slot))
  }
  get features() {
    return new LiveFeatures(this.#state, this.#slot, this.#now) as FeatureView
  }
  get tone() {
    return viewTone(this.#state.tones, this.#slot, this.#now)
  }
  get segments(): readonly string[] {
    return segmentsOf(this.#state, this, this.#scores)
  }
  get unsettled() {
    return hasFlag(this.#state, this.#slot, IS_HELD)
  }
}

// CEL takes what has no constructor of its own for a plain object, and reads it field by field, once each.
Reflect.deleteProperty(RuleProfile.prototype, 'constructor')
