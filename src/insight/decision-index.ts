// Where the latest decisions stand in the log, so that a list of them can be paged without a scan.

import type { LogEvent } from '../log/port.ts'
import { DECISION_MADE } from '../decision/events.ts'
import { noteOffset, type OffsetRing } from './offset-ring.ts'

export const DECISIONS_KEPT = 100_000

export const foldDecisionIndex = (index: OffsetRing, event: LogEvent): void => {
  if (event.type === DECISION_MADE) noteOffset(index, event.offset)
}
