// People nobody has heard of for long, by what they themselves sent.

import { LAST_SEEN, wordOf } from './columns.ts'
import { eachProfile } from './queries.ts'
import type { ProfileRef, Profiles } from './state.ts'

/** Whose last word is older than `before`, ms. */
export const unheardSince = (state: Profiles, before: number): readonly ProfileRef[] => {
  const found: ProfileRef[] = []
  const seconds = before / 1_000
  eachProfile(state, (ref) => {
    const last = wordOf(state.columns, ref, LAST_SEEN)
    if (last > 0 && last < seconds) found.push(ref)
  })
  return found
}
