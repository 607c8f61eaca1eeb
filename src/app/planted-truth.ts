// The demo's yardstick: who has taken part since when, read from the log as it grows, so that the
// market can say what was planted for exactly the people whose lift is estimated.

import { asProfileId } from '../kernel/ids.ts'
import type { Loop } from '../loop.ts'
import { refOf, viewProfile } from '../profile/index.ts'
import { createUnitBook, type MarketUnit } from '../sim/index.ts'

export type Participants = {
  /** Those whose horizon is over at `now`, by the id the shop gave them. */
  readonly finished: (now: number, horizonMs: number) => readonly MarketUnit[]
  readonly close: () => void
}

/** Follows the first decision of each person, those already in the log included. */
export const followParticipants = async (loop: Loop): Promise<Participants> => {
  const book = createUnitBook()
  const userIds = new Map<string, string>()
  for await (const events of loop.log.read()) events.forEach(book.note)
  const close = loop.log.subscribe((events) => events.forEach(book.note))
  return {
    finished: (now, horizonMs) =>
      book.units(now - horizonMs).flatMap(({ profileId, start, treated }) => {
        const userId = userIds.get(profileId) ?? userIdOf(loop, profileId)
        if (userId === undefined) return []
        userIds.set(profileId, userId)
        return [{ userId, start, treated }]
      }),
    close,
  }
}

const userIdOf = ({ state, ctx }: Loop, profileId: string): string | undefined => {
  const ref = refOf(state.profile, asProfileId(profileId))
  if (ref === undefined) return undefined
  return viewProfile(state.profile, ref, ctx.now(), state.business).identifiers.find(
    ({ kind }) => kind === 'user',
  )?.value
}
