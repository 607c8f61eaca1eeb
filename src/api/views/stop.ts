// What is stopped, by whom, and what would leave once it is not.

import { dueDeliveries, type QueuedDelivery } from '../../delivery/index.ts'
import {
  isLongPause,
  limitsInForce,
  stopReasons,
  stopState,
  type OutsideStops,
} from '../../guardrail/index.ts'
import type { LoopState } from '../../loop.ts'
import type { StopState } from '../contract.ts'
import { spellScope } from '../scope.ts'
import type { Language, ViewSources } from './sources.ts'
import { stopReasonIn } from './stop-reason-words.ts'

/** Deliveries that are counted as waiting; beyond it the count stands still. */
const WAITING_MAX = 200_000
const LINES_MAX = 20

export const viewStop = ({ loop, stopFiles }: ViewSources, language: Language = 'en'): StopState => {
  const { state, ctx } = loop
  const now = ctx.now()
  const raised = stopState(state.guardrail)
  const files = stopFiles()
  const stops = raised.map(({ scope, reason, by, at, offset }) => ({
    scope: spellScope(scope),
    reason: stopReasonIn(language, reason),
    by,
    at,
    offset,
    mark: '',
    origin: 'log',
  }))
  for (const { scope, reason, mark } of files)
    stops.push({
      scope: spellScope(scope),
      reason: stopReasonIn(language, reason),
      by: 'STOP file',
      at: now,
      offset: 0,
      mark,
      origin: 'file',
    })
  const { restored } = state.guardrail.pauses
  const outside = { externalStops: files.map(({ scope }) => scope), policyReadable: true }
  const waiting = stops.length === 0 ? NONE : countWaiting(state, now, outside)
  return {
    asOf: state.offset,
    active: stops.length > 0,
    stops,
    ...waiting,
    slowly: raised.some(({ at }) => isLongPause(at, now)),
    restored:
      restored === null
        ? null
        : {
            at: restored.at,
            backupAt: restored.backupAt,
            epoch: restored.epoch,
            erasuresUnknown: (restored.erasuresUnknown ?? '') !== '',
          },
  }
}

type Waiting = Pick<StopState, 'waiting' | 'late' | 'lines'>
const NONE: Waiting = { waiting: 0, late: 0, lines: [] }

const countWaiting = (state: LoopState, now: number, outside: OutsideStops): Waiting => {
  const { latenessMsMax } = limitsInForce(state.guardrail).limits
  const lines = new Map<string, Waiting['lines'][number]>()
  let waiting = 0
  let late = 0
  // In a restored system what is not due yet is dropped with the rest.
  const upTo = state.guardrail.pauses.restored === null ? now : Number.MAX_SAFE_INTEGER
  for (const queued of dueDeliveries(state.delivery, upTo, WAITING_MAX)) {
    if (stopReasons(state.guardrail.stops, outside, queued).length === 0) continue
    const isLate = now - queued.sendAt > latenessMsMax
    waiting++
    if (isLate) late++
    addTo(lines, queued, isLate)
  }
  const sorted = [...lines.values()].toSorted((left, right) => right.waiting - left.waiting)
  return { waiting, late, lines: sorted.slice(0, LINES_MAX) }
}

const addTo = (
  lines: Map<string, Waiting['lines'][number]>,
  { campaignId, channel, sendAt }: QueuedDelivery,
  isLate: boolean,
): void => {
  const key = `${campaignId}\n${channel}`
  const line = lines.get(key) ?? { campaignId, channel, waiting: 0, late: 0, since: sendAt }
  lines.set(key, {
    ...line,
    waiting: line.waiting + 1,
    late: line.late + (isLate ? 1 : 0),
    since: Math.min(line.since, sendAt),
  })
}
