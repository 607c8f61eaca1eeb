// Whether a person is in a segment, asked afresh: what decisions go by.

import { matches } from './expression.ts'
import type { Profiles } from './state.ts'
import type { ProfileView, ScoreView } from './view-types.ts'

/** Ids of the segments this view is in. Without scores nobody is in a segment that asks for one. */
export const segmentsOf = (state: Profiles, profile: ProfileView, scores?: ScoreView): readonly string[] => {
  const { specs, expressions } = state.segments
  const facts = scores === undefined ? { profile } : { profile, scores }
  const found: string[] = []
  expressions.forEach((expression, i) => {
    if (expression !== null && matches(expression, facts)) found.push(specs[i]?.id ?? '')
  })
  return found
}
