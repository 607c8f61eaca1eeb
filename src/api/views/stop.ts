// What is stopped, by whom, and what would leave once it is not.

import { dueDeliveries } from '../../delivery/index.ts'
import { limitsInForce, NO_OUTSIDE_STOPS, stopReasons, stopState } from '../../guardrail/index.ts'
import type { StopState } from '../contract.ts'
import { spellScope } from '../scope.ts'
import type { ViewSources } from './sources.ts'

/** Deliveries that are counted as waiting; beyond it the count stands still. */
const WAITING_MAX = 200_000

export const viewStop = ({ loop, stopFile }: ViewSources): StopState => {
  const { state, ctx } = loop
  const now = ctx.now()
  const raised = stopState(state.guardrail)
  const file = stopFile()
  const stops = raised.map(({ scope, reason, by, at }) => ({
    scope: spellScope(scope),
    reason,
    by,
    at,
    origin: 'log',
  }))
  if (file !== null) stops.push({ scope: 'all', reason: file, by: 'STOP file', at: now, origin: 'file' })
  const { waiting, late } =
    stops.length === 0 ? { waiting: 0, late: 0 } : countWaiting(loop.state, now, file !== null)
  return { active: stops.length > 0, stops, waiting, late }
}

const countWaiting = (
  state: ViewSources['loop']['state'],
  now: number,
  all: boolean,
): { readonly waiting: number; readonly late: number } => {
  const { latenessMsMax } = limitsInForce(state.guardrail).limits
  let waiting = 0
  let late = 0
  for (const queued of dueDeliveries(state.delivery, now, WAITING_MAX)) {
    if (!all && stopReasons(state.guardrail.stops, NO_OUTSIDE_STOPS, queued).length === 0) continue
    waiting++
    if (now - queued.sendAt > latenessMsMax) late++
  }
  return { waiting, late }
}
