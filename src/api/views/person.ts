// A person as views name them.

import { RuleScores } from '../../model/index.ts'
import { viewProfile, type ProfileView } from '../../profile/index.ts'
import type { DecisionRow } from '../contract.ts'
import type { ViewSources } from './sources.ts'

export const viewOf = ({ loop }: ViewSources, ref: number): ProfileView => {
  const { persons, profile: profiles, business } = loop.state
  const now = loop.ctx.now()
  const scores = new RuleScores({ persons, profiles, business }, { ref, now })
  return viewProfile(profiles, ref, now, business, scores)
}

/** A name or an address a person would recognise; the id when there is neither. */
export const personLabel = (sources: ViewSources, ref: number): string => {
  const view = viewOf(sources, ref)
  const { name, firstName, lastName } = view.traits
  if (typeof name === 'string' && name !== '') return name
  const full = [firstName, lastName].filter((part) => typeof part === 'string' && part !== '').join(' ')
  if (full !== '') return full
  return (
    view.identifiers.find(({ kind }) => kind === 'email')?.value ??
    view.identifiers.find(({ kind }) => kind === 'user')?.value ??
    view.id
  )
}

/** For who may look at decisions but not at people. */
export const withoutName = (row: DecisionRow): DecisionRow => ({ ...row, person: row.profileId })
