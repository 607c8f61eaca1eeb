// The demo's yardstick: who has taken part since when, read from the log as it grows, so that the
// market can say what was planted for exactly the people whose lift is estimated.

import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import type { LogEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'
import { refOf, viewProfile } from '../profile/index.ts'

export type Participant = { readonly userId: string; readonly start: number; readonly treated: boolean }

export type Participants = {
  /** Those whose horizon is over at `now`. */
  readonly finished: (now: number, horizonMs: number) => readonly Participant[]
  readonly close: () => void
}

/** Notes the first decision of each person, those already in the log included. */
export const followParticipants = async (loop: Loop): Promise<Participants> => {
  const byProfile = new Map<string, Participant>()
  const note = ({ type, data }: LogEvent): void => {
    if (type !== DECISION_MADE) return
    const made = data as DecisionMade
    if (byProfile.has(made.profileId) || made.vetoes.some(({ code }) => code === 'shadow')) return
    const userId = userIdOf(loop, made)
    if (userId !== undefined)
      byProfile.set(made.profileId, { userId, start: made.at, treated: made.group === 'treated' })
  }
  for await (const events of loop.log.read()) events.forEach(note)
  const close = loop.log.subscribe((events) => events.forEach(note))
  return {
    finished: (now, horizonMs) => [...byProfile.values()].filter(({ start }) => start + horizonMs <= now),
    close,
  }
}

const userIdOf = ({ state, ctx }: Loop, made: DecisionMade): string | undefined => {
  const ref = refOf(state.profile, made.profileId)
  if (ref === undefined) return undefined
  return viewProfile(state.profile, ref, ctx.now(), state.business).identifiers.find(
    ({ kind }) => kind === 'user',
  )?.value
}
