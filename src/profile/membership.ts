// Whether a person is in a segment, asked afresh: what decisions go by.

import { matches } from './expression.ts'
import type { Profiles } from './state.ts'
import type { ProfileView } from './view-types.ts'

/** Ids of the segments this view is in. */
export const segmentsOf = (state: Profiles, profile: ProfileView): readonly string[] => {
  const { specs, expressions } = state.segments
  const found: string[] = []
  expressions.forEach((expression, i) => {
    if (expression !== null && matches(expression, { profile })) found.push(specs[i]?.id ?? '')
  })
  return found
}
