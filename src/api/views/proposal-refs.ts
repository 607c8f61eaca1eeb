// Decisions that stand for a batch, with the name of the person each is about, for who may see names.

import { refOf } from '../../profile/index.ts'
import { personLabel } from './person.ts'
import type { ViewSources } from './sources.ts'

export const findProposalRefs = (
  sources: ViewSources,
  refs: readonly string[],
  names: boolean,
): { readonly ref: string; readonly label: string }[] =>
  refs.map((ref) => {
    // The person is the last part of a decision's id.
    const slot = refOf(sources.loop.state.profile, ref.slice(ref.lastIndexOf(':') + 1))
    return { ref, label: slot === undefined || !names ? ref : personLabel(sources, slot) }
  })
