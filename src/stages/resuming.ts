// A STOP lifted: what came too late meanwhile is dropped as it falls due, or waits for a person first.

import { DELIVERY_PARKED, type DeliveryParked } from '../delivery/events.ts'
import { STOP_LIFTED, type StopLifted, type StopScope } from '../guardrail/events.ts'
import { isSeen, limitsInForce, scopeKey, stopState } from '../guardrail/index.ts'
import { Failure } from '../kernel/failure.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop, LoopState } from '../loop.ts'
import { lateLine } from './batches.ts'

export type Resuming = {
  readonly scope: StopScope
  readonly late: 'drop' | 'ask'
  /** In a restored system: what waits goes although it may have gone before. */
  readonly sendRestored: boolean
  /** In a restored system that does not know of erasures after the backup: a person has seen to it. */
  readonly erasuresSeen: boolean
  /** Offset in the log up to which whoever resumes has looked. */
  readonly seenUpTo: number
  readonly by: string
}

/**
 * To be appended in one go: what is late is out of the way before anything may leave. Throws Failures `stop.changed` when
 * somebody has raised STOP since, `resume.erasures_unknown` in a restored system that may hold people who were erased.
 */
export const resumeEvents = (
  { state, ctx }: Loop,
  { scope, late, sendRestored, erasuresSeen, seenUpTo, by }: Resuming,
): readonly NewEvent[] => {
  const now = ctx.now()
  if (!isSeen(state.guardrail.stops, { scope, seenUpTo })) throw raisedSince(state, scope)
  const { restored } = state.guardrail.pauses
  const isUnknown = scope.kind === 'all' && (restored?.erasuresUnknown ?? '') !== ''
  if (isUnknown && !erasuresSeen) throw erasuresUnknown()
  const lifted: StopLifted = {
    scope,
    by,
    // One that is raised while this is being written down stays.
    seenUpTo,
    ...(sendRestored ? { sendRestored } : {}),
    ...(isUnknown ? { erasuresSeen } : {}),
  }
  const event: NewEvent = { id: ctx.newId(), type: STOP_LIFTED, key: '', at: now, data: lifted }
  if (late === 'drop') return [event]
  const before = now - limitsInForce(state.guardrail).limits.latenessMsMax
  const parked: DeliveryParked = { line: lateLine(now), before, scope }
  return [{ id: ctx.newId(), type: DELIVERY_PARKED, key: '', at: now, data: parked }, event]
}

const raisedSince = (state: LoopState, scope: StopScope): Failure => {
  const stop = stopState(state.guardrail).find((one) => scopeKey(one.scope) === scopeKey(scope))
  return new Failure({
    code: 'stop.changed',
    message: `STOP was raised again since you looked: ${stop?.reason ?? ''}`,
    hint: 'Look at who stopped what and why, and resume again.',
  })
}

const erasuresUnknown = (): Failure =>
  new Failure({
    code: 'resume.erasures_unknown',
    message: 'This system was restored without knowing who was erased after its backup: they may be in it.',
    hint: 'Restore again with --erasures FILE; or erase them here (windvane person erase), then confirm: windvane resume --erasures-seen.',
  })
