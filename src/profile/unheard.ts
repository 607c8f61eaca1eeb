// People nobody has heard of for long, by what they themselves sent.

import { LAST_SEEN, wordOf } from './columns.ts'
import { eachProfile } from './queries.ts'
import type { ProfileRef, Profiles } from './state.ts'

/** Whose last word is older than `before`, ms. */
export const unheardSince = (state: Profiles, before: number): readonly ProfileRef[] => {
  const found: ProfileRef[] = []
  eachProfile(state, (ref) => {
    if (isUnheard(state, ref, before)) found.push(ref)
  })
  return found
}

export const isUnheard = (state: Profiles, ref: ProfileRef, before: number): boolean => {
  const last = wordOf(state.columns, ref, LAST_SEEN)
  return last > 0 && last < before / 1_000
}
