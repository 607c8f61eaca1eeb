// One turn of the wheel: everything that has fallen due is decided, settled or sent. Called again and
// again by whoever owns the clock; between turns nothing is remembered outside the log and its folds.

import type { NewEvent } from '../log/port.ts'
import { dueDecisions, dueSchedules, peopleOf } from '../decision/index.ts'
import { dueOutcomes } from '../feedback/index.ts'
import { limitsInForce } from '../guardrail/index.ts'
import { RuleScores } from '../model/index.ts'
import { refreshSegments } from '../profile/index.ts'
import { admittedBy } from './permit.ts'
import type { Loop } from '../loop.ts'
import type { Courier } from './courier.ts'
import { decideFor } from './deciding.ts'
import { decisionEvent } from './decision-event.ts'
import type { AddressHash } from './recipient.ts'

export type TurnLimits = {
  readonly decisionsMax: number
  readonly outcomesMax: number
  /** Profiles whose memberships are looked at again. */
  readonly segmentsMax: number
}

/** Small bites: whoever asks for a placement meanwhile waits for one of them, and the next follows at once. */
export const TURN_LIMITS: TurnLimits = { decisionsMax: 64, outcomesMax: 250, segmentsMax: 50 }
/** When nothing has come in since the last turn: then the sizes of segments catch up. */
export const IDLE_TURN_LIMITS: TurnLimits = { ...TURN_LIMITS, segmentsMax: 500 }

export type TurnReport = {
  readonly recorded: number
  readonly started: number
  /** Something was cut off by a limit: turn again at once. */
  readonly more: boolean
}

/** Does what is due now. Rejects with a Failure when the log cannot take it; then nothing was decided. */
export const turn = async (
  loop: Loop,
  courier: Courier,
  hash: AddressHash,
  limits: TurnLimits = TURN_LIMITS,
): Promise<TurnReport> => {
  const { state, ctx } = loop
  const now = ctx.now()
  const { latenessMsMax } = limitsInForce(state.guardrail).limits
  const people = peopleOf(state.profile, state.business, state.persons)

  const schedules = dueSchedules(state.decision, now, { business: state.business, latenessMsMax })
  if (schedules.length > 0) await loop.record(schedules)

  const admits = admittedBy(state)
  const due = dueDecisions(state.decision, now, {
    people,
    latenessMsMax,
    limit: limits.decisionsMax,
    ...(admits === undefined ? {} : { admits }),
  })
  const outcomes = dueOutcomes(state.feedback, now, limits.outcomesMax)
  const decisions: NewEvent[] = due.decide.map(({ campaign, ref, cause, decisionId }) => {
    const made = decideFor(state, { decisionId, campaign, ref, cause, context: {}, now }, hash)
    return decisionEvent(made)
  })
  const events = [...due.record, ...decisions, ...outcomes]
  if (events.length > 0) await loop.record(events)

  const started = courier.dispatch()
  const { persons, profile: profiles, business } = state
  refreshSegments(profiles, {
    now,
    business,
    budget: limits.segmentsMax,
    scoresOf: (ref) => new RuleScores({ persons, profiles, business }, { ref, now }),
  })
  return {
    recorded: schedules.length + events.length,
    started,
    more:
      due.decide.length + due.record.length >= limits.decisionsMax || outcomes.length >= limits.outcomesMax,
  }
}
