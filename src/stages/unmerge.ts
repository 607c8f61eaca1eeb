// Takes a wrong merge apart: marks the profile, folds its history anew with the two groups of
// identifiers kept from meeting, and puts the repaired halves into the log. A process that dies in
// between finds the mark again at its next start and goes on.

import { UNMERGE_STARTED, UNMERGED, type Identifier, type UnmergeStarted } from '../profile/events.ts'
import { openUnmerges, planUnmerge } from '../profile/index.ts'
import { createSignalState, foldSignal } from '../signal/index.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { Loop } from '../loop.ts'

export type UnmergeRequest = {
  readonly profileId: ProfileId
  /** Identifiers that leave for a profile of their own. */
  readonly leaving: readonly Identifier[]
  readonly by: string
}

/** Resolves when both halves stand. Throws Failures `profile.*` (then nothing was changed) and `log.*`. */
export const unmerge = async (loop: Loop, request: UnmergeRequest): Promise<void> => {
  const { profileId, leaving, by } = request
  // Planned once before the mark, so that a request that cannot be met changes nothing.
  await plan(loop, { unmergeId: 'check', profileId, leaving, by, upTo: 0 })
  const unmergeId = loop.ctx.newId()
  const started: UnmergeStarted = { unmergeId, profileId, leaving }
  const [ack] = await loop.record([
    { id: `unm:${unmergeId}`, type: UNMERGE_STARTED, key: profileId, at: loop.ctx.now(), data: started },
  ])
  await finish(loop, { unmergeId, profileId, leaving, by, upTo: ack?.offset ?? loop.state.offset })
}

/** Goes on with what a crash left half done. */
export const resumeUnmerges = async (loop: Loop): Promise<void> => {
  for (const { unmergeId, profileId, leaving, offset } of openUnmerges(loop.state.profile))
    await finish(loop, { unmergeId, profileId, leaving, by: 'restart', upTo: offset })
}

type Planned = UnmergeRequest & { readonly unmergeId: string; readonly upTo: number }

const plan = async (loop: Loop, { unmergeId, profileId, leaving, by, upTo }: Planned) => {
  const signals = createSignalState()
  return planUnmerge({
    state: loop.state.profile,
    history: loop.log.read({ upTo }),
    signalsOf: (event) => foldSignal(signals, event),
    upTo,
    unmergeId,
    profileId,
    leaving,
    by,
    business: loop.state.business,
  })
}

const finish = async (loop: Loop, planned: Planned): Promise<void> => {
  const data = await plan(loop, planned)
  await loop.record([
    { id: `unmd:${planned.unmergeId}`, type: UNMERGED, key: planned.profileId, at: loop.ctx.now(), data },
  ])
}
