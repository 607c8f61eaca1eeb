// Carries one budget change out: the attempt is in the log before the write, the platform's word is not believed until
// it is read back, and what nobody knows stays pending until a reading settles it. A budget is set, not added to, so
// nothing is raised twice whatever is retried.

import type { NewEvent } from '../../log/port.ts'
import { assert } from '../../kernel/assert.ts'
import { isCleared, type Cleared } from '../../guardrail/index.ts'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import { fromMicros } from '../../kernel/money.ts'
import { said } from '../../kernel/said.ts'
import {
  MOVE_NOT_DONE,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SPEND_MOVE_FAILED,
  SPEND_MOVE_UNKNOWN,
  type AdLineSpec,
  type SpendIncidentOpened,
  type SpendMove,
  type SpendMoveConfirmed,
  type SpendMoveFailed,
  type SpendMoveUnknown,
} from './events.ts'
import type { AdPlatform } from './port.ts'

export type MovePorts = {
  readonly platform: AdPlatform
  readonly append: (events: readonly NewEvent[]) => Promise<unknown>
  readonly now: () => number
  /** Today in the account's zone. */
  readonly today: () => number
}

export type MoveResult = 'confirmed' | 'failed' | 'unknown' | 'mismatch'

/** Writes and reads back. Rejects only when the log cannot take the attempt: then nothing was written. */
export const applyMove = async (
  cleared: Cleared<SpendMove>,
  spec: AdLineSpec,
  ports: MovePorts,
): Promise<MoveResult> => {
  assert(isCleared(cleared), 'a budget is written with a pass of the guardrail')
  const move = cleared.payload
  const { platform, append, now } = ports
  await append([eventOf(SPEND_MOVE_ATTEMPTED, move, 'attempt', now(), move)])
  const written = await platform.write({
    externalId: spec.externalId,
    budgetMicros: move.toMicros,
    currency: move.currency,
    moveId: move.moveId,
  })
  if (written.kind === 'refused') {
    const failed: SpendMoveFailed = {
      moveId: move.moveId,
      lineId: move.lineId,
      code: written.code,
      detail: written.detail,
    }
    await append([eventOf(SPEND_MOVE_FAILED, move, 'failed', now(), failed)])
    return 'failed'
  }
  return settleMove(move, spec, ports, {
    doubt: written.kind === 'unknown' ? written.detail : null,
    attemptedAt: now(),
  })
}

export type Doubt = {
  /** Why the write's own answer cannot be relied on; null when it was a yes. */
  readonly doubt: string | null
  /** ms, when it was written. */
  readonly attemptedAt: number
}

/**
 * Reads what is in force and settles a move by it: done, not done, or something third, which is an incident. Called
 * after a write, and again for moves that a crash or a silent platform left open.
 */
export const settleMove = async (
  move: SpendMove,
  spec: AdLineSpec,
  { platform, append, now, today }: MovePorts,
  { doubt, attemptedAt }: Doubt,
): Promise<MoveResult> => {
  const read = await readBudget(platform, spec.externalId, today())
  const leaveOpen = async (detail: string): Promise<MoveResult> => {
    const unknown: SpendMoveUnknown = { moveId: move.moveId, lineId: move.lineId, detail }
    await append([eventOf(SPEND_MOVE_UNKNOWN, move, 'unknown', now(), unknown)])
    return 'unknown'
  }
  if (read.kind === 'unread')
    return leaveOpen([doubt, read.detail].filter((part) => part !== null).join('; '))
  const confirmed: SpendMoveConfirmed = {
    moveId: move.moveId,
    lineId: move.lineId,
    budgetMicros: read.budgetMicros,
  }
  if (read.budgetMicros === move.toMicros) {
    await append([eventOf(SPEND_MOVE_CONFIRMED, move, 'confirmed', now(), confirmed)])
    return 'confirmed'
  }
  // A platform may show what was in force before: its word counts only when it is old enough.
  if (now() - attemptedAt < spec.traits.readLagMs) return leaveOpen('not to be seen on the platform yet')
  if (read.budgetMicros === move.fromMicros && doubt !== null) {
    const failed: SpendMoveFailed = {
      moveId: move.moveId,
      lineId: move.lineId,
      code: MOVE_NOT_DONE,
      detail: doubt,
    }
    await append([eventOf(SPEND_MOVE_FAILED, move, 'failed', now(), failed)])
    return 'failed'
  }
  const [wanted, inForce] = [fromMicros(move.toMicros), fromMicros(read.budgetMicros)]
  const incident: SpendIncidentOpened = {
    incidentId: `mismatch:${move.moveId}`,
    kind: 'mismatch',
    lineId: move.lineId,
    detail: `${wanted} was written and ${inForce} is in force`,
    said: said('other_budget_in_force', { written: wanted, read: inForce }),
  }
  // The platform's truth goes into the books as it is; that it differs is for a person.
  await append([
    eventOf(SPEND_MOVE_CONFIRMED, move, 'confirmed', now(), confirmed),
    eventOf(SPEND_INCIDENT_OPENED, move, 'mismatch', now(), incident),
  ])
  return 'mismatch'
}

type Read =
  | { readonly kind: 'read'; readonly budgetMicros: number }
  | { readonly kind: 'unread'; readonly detail: string }

const readBudget = async (platform: AdPlatform, externalId: string, today: number): Promise<Read> => {
  try {
    const lines = await platform.read({
      externalIds: [externalId],
      fromDay: today,
      toDay: today,
      budgetsOnly: true,
    })
    const budgetMicros = lines.find((line) => line.externalId === externalId)?.budgetMicros ?? null
    return budgetMicros === null
      ? { kind: 'unread', detail: 'the platform did not tell the budget' }
      : { kind: 'read', budgetMicros }
  } catch (error) {
    // The platform's trouble is an answer too: not known. Anything else is our bug and goes on up.
    if (!isFailure(error)) throw error
    return { kind: 'unread', detail: messageOf(error) }
  }
}

const eventOf = (type: string, move: SpendMove, part: string, at: number, data: unknown): NewEvent => ({
  id: `spend:${move.moveId}:${part}`,
  type,
  key: move.lineId,
  at,
  data,
})
