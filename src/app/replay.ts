// Proof that decisions replay: folds the log from its first event and, at the point each decision was
// made from, makes it again. The two must be the same bytes.

import { canonicalJson } from '../kernel/json.ts'
import type { EventLog } from '../log/port.ts'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import { replayRecord } from '../decision/index.ts'
import { createState, foldEvent } from '../loop.ts'
import { DATA_EXPIRED } from '../profile/events.ts'
import { redecide } from '../stages/deciding.ts'
import type { AddressHash } from '../stages/recipient.ts'

export type ReplayReport = {
  readonly events: number
  readonly decisions: number
  /** Made again from the log, byte for byte the same. */
  readonly identical: number
  /** Draws that come out again from the record alone. */
  readonly fromRecord: number
  /** That differ because they were made on data whose time is over since. */
  readonly onExpired: number
  /** The first few others that differ, with both texts. */
  readonly differences: readonly {
    readonly decisionId: string
    readonly recorded: string
    readonly again: string
  }[]
}

const DIFFERENCES_MAX = 5

/** Replays at most `limit` decisions, the first ones of the log. */
export const replayLog = async (
  log: EventLog,
  { limit, hash }: { readonly limit: number; readonly hash: AddressHash },
): Promise<ReplayReport> => {
  const { madeAt, expiredAt } = await collect(log, limit)
  const state = createState()
  const differences: ReplayReport['differences'][number][] = []
  let identical = 0
  let fromRecord = 0
  let onExpired = 0
  let decisions = 0
  const check = (offset: number): void => {
    for (const record of madeAt.get(offset) ?? []) {
      decisions++
      if (replayRecord(record).agrees) fromRecord++
      const made = redecide(state, record, hash)
      const [recorded, again] = [canonicalJson(record), made === null ? '' : canonicalJson(made)]
      if (recorded === again) identical++
      else if (record.asOf < expiredAt) onExpired++
      else if (differences.length < DIFFERENCES_MAX)
        differences.push({ decisionId: record.decisionId, recorded, again })
    }
  }
  check(0)
  for await (const events of log.read())
    for (const event of events) {
      foldEvent(state, event)
      check(event.offset)
    }
  return { events: state.offset, decisions, identical, fromRecord, onExpired, differences }
}

/** Decisions by the offset they were made from, and where personal data was last let go: 0 when never. */
const collect = async (
  log: EventLog,
  limit: number,
): Promise<{
  readonly madeAt: ReadonlyMap<number, readonly DecisionMade[]>
  readonly expiredAt: number
}> => {
  let expiredAt = 0
  const madeAt = new Map<number, DecisionMade[]>()
  let found = 0
  for await (const events of log.read()) {
    for (const { type, data, offset } of events) {
      if (type === DATA_EXPIRED) expiredAt = offset
      if (type !== DECISION_MADE || found >= limit) continue
      found++
      const record = data as DecisionMade
      const known = madeAt.get(record.asOf)
      if (known === undefined) madeAt.set(record.asOf, [record])
      else known.push(record)
    }
  }
  return { madeAt, expiredAt }
}
