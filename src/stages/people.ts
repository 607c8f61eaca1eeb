// What deciding asks of profiles: who is who after merges, and whether a rule holds for someone.

import type { Business } from '../kernel/business.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { People } from '../decision/index.ts'
import {
  compileExpression,
  idsOf,
  matches,
  profileIdOf,
  refOf,
  slotCount,
  viewProfile,
  type Profiles,
} from '../profile/index.ts'

export const peopleOf = (profiles: Profiles, business: Business): People => ({
  slotCount: () => slotCount(profiles),
  idOf: (ref) => profileIdOf(profiles, ref),
  refOf: (id: ProfileId) => refOf(profiles, id),
  idsOf: (ref) => idsOf(profiles, ref),
  matches: (source, { ref, now, event }) => {
    if (source === '') return true
    const profile = viewProfile(profiles, ref, now, business)
    return matches(compileExpression(source), event === undefined ? { profile } : { profile, event })
  },
})
