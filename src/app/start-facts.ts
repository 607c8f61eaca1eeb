// The first facts of a process on a log, before anything is under way: what a crash left between attempt and result is
// unknown, for good; and that it runs now, with these channels.

import { recoverUnknown } from '../delivery/index.ts'
import { recoverExecuting } from '../governance/index.ts'
import { SYSTEM_STARTED, type SystemStarted } from '../guardrail/events.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'
import { slotCount } from '../profile/index.ts'
import { recoverNotices } from '../stages/brand/brand-turn.ts'
import { recoverCalls } from '../stages/notifying.ts'

/** To be appended in one go. */
export const startFacts = ({ state, ctx }: Loop, started: SystemStarted): readonly NewEvent[] => [
  ...recoverUnknown(state.delivery, ctx.now()),
  ...recoverExecuting(state.governance, ctx.now()),
  ...recoverNotices(state, ctx.now()),
  ...recoverCalls(state, ctx.now()),
  {
    id: ctx.newId(),
    type: SYSTEM_STARTED,
    key: '',
    at: ctx.now(),
    data: { ...started, profiles: slotCount(state.profile) },
  },
]
