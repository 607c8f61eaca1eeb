// One profile as a plain object: what templates and the console read. Costly parts are made when first
// asked for.

import type { Business } from '../kernel/business.ts'
import { listConsents } from './consents.ts'
import { at } from '../kernel/growable.ts'
import { FEATURE_NAMES, LiveFeatures } from './lazy-features.ts'
import { segmentsOf } from './membership.ts'
import { localeOf, timeZoneOf } from './places.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { hasFlag, identifiersOf, idOfSlot, IS_HELD, rootOf } from './state.ts'
import type { TraitValues } from './traits.ts'
import { viewTone } from './tones.ts'
import { readTraits } from './traits.ts'
import type { FeatureView, ProfileView, ScoreView } from './view-types.ts'

/** The profile as it stands at `now` (ms), its segments by these scores. `ref` must be one this state gave out. */
export const viewProfile = (
  state: Profiles,
  ref: ProfileRef,
  now: number,
  business: Business,
  scores?: ScoreView,
): ProfileView => {
  const slot = rootOf(state, ref)
  let traits: TraitValues | undefined
  let features: FeatureView | undefined
  let segments: readonly string[] | undefined
  const view: ProfileView = {
    id: idOfSlot(slot),
    timeZone: timeZoneOf(state, slot, business),
    locale: localeOf(state, slot, business),
    get identifiers() {
      return identifiersOf(state, slot)
    },
    get traits() {
      return (traits ??= readTraits(state.traits, slot))
    },
    get consents() {
      return listConsents(state.consents, at(state.slots.consentHeads, slot))
    },
    get features() {
      return (features ??= plainFeatures(new LiveFeatures(state, slot, now)))
    },
    get tone() {
      return viewTone(state.tones, slot, now)
    },
    get segments() {
      return (segments ??= segmentsOf(state, view, scores))
    },
    unsettled: hasFlag(state, slot, IS_HELD),
  }
  return view
}

/** All features of a lazy reader as plain own properties; absent ones are left out. */
const plainFeatures = (read: LiveFeatures): FeatureView => {
  const view: Record<string, unknown> = {}
  for (const name of FEATURE_NAMES) {
    const value = read[name]
    if (value !== undefined) view[name] = value
  }
  return view as FeatureView
}
