// What the suite of every event log needs of an implementation, and the words its tests are written in.

import assert from 'node:assert/strict'
import { isFailure } from '../../kernel/failure.ts'
import type { EventLog, LogEvent, NewEvent } from '../port.ts'

export type LogHarness = {
  readonly name: string
  /** An empty log of its own. `eventSizeMax` as the implementation's option. */
  readonly create: (options?: { readonly eventSizeMax?: number }) => Promise<EventLog>
  /** Closes the log and opens what it left behind; left out when nothing outlives the process. */
  readonly reopen?: (log: EventLog) => Promise<EventLog>
  readonly cleanUp: () => Promise<void>
}

export const note = (id: string, data: unknown = { id }): NewEvent => ({
  id,
  type: 'note.v1',
  key: `k-${id}`,
  at: 1_000,
  data,
})

export const readAll = async (
  log: EventLog,
  query?: Parameters<EventLog['read']>[0],
): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read(query)) events.push(...page)
  return events
}

export const rejectsWith = (code: string) => (thrown: unknown) => {
  assert.ok(isFailure(thrown, code), `expected ${code}, got ${String(thrown)}`)
  return true
}
