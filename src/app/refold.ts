// The folded state made anew from the log while the system runs: what the log no more holds, nobody then knows.

import { takeOverReservations } from '../guardrail/index.ts'
import { createState, foldEvent, type Loop } from '../loop.ts'

/** Few at a time, so that requests are answered in between. */
const PAGE_EVENTS = 200

/** Folds the log from its first event on beside the living state, and takes that one's place when it has caught up. */
export const refold = async ({ log, state }: Loop): Promise<void> => {
  const fresh = createState()
  while (fresh.offset < state.offset)
    for await (const events of log.read({
      after: fresh.offset,
      upTo: state.offset,
      pageSize: PAGE_EVENTS,
    }))
      for (const event of events) foldEvent(fresh, event)
  // Messages between their pass and their attempt hold a place in caps that no event tells of.
  takeOverReservations(fresh.guardrail, state.guardrail)
  // Nothing comes in between: who reads the state next reads this one. Who may sign in is asked of one object for ever.
  Object.assign(state, fresh, { access: state.access })
}
