// Where and in which language a person lives, as far as their devices told.

import type { Business } from '../kernel/business.ts'
import { at } from '../kernel/growable.ts'
import { nameOf } from './names.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { rootOf } from './state.ts'

/** The person's IANA zone, or the business's. */
export const timeZoneOf = (state: Profiles, ref: ProfileRef, business: Business): string => {
  const zone = at(state.slots.zones, rootOf(state, ref))
  return zone === 0 ? business.timeZone : nameOf(state.zoneNames, zone)
}

/** The person's BCP 47 language, or the business's. */
export const localeOf = (state: Profiles, ref: ProfileRef, business: Business): string => {
  const locale = at(state.slots.locales, rootOf(state, ref))
  return locale === 0 ? business.locale : nameOf(state.localeNames, locale)
}
