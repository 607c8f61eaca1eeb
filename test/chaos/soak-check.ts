// After a soak: opens the folder whose process was killed and counts what it still has.

import { join } from 'node:path'
import { openLoop } from '../../src/app/open-loop.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import { emailOf, type SoakLoad } from './soak-load.ts'
import { openAttemptsOf, scanLog } from './soak-scan.ts'
import type { SmtpSink } from './smtp-sink.ts'

export type SoakFindings = {
  readonly logRecords: number
  readonly acknowledged: number
  /** Acknowledged and in no record of the log. */
  readonly lost: number
  /** Events that the state has counted, and distinct events in the log. */
  readonly folded: number
  readonly distinct: number
  readonly openMs: number
  readonly attempts: number
  readonly settled: Readonly<Record<string, number>>
  readonly unsettled: number
  readonly acceptedMails: number
  /** Message and recipient that the mail server accepted twice. */
  readonly twice: number
  /** People with more mails accepted than acknowledged calls for one. */
  readonly tooMany: number
}

/** Attempts of the log without a result, once a process has started on it again: none may be left. */
export const openAttemptsIn = (dir: string): number => openAttemptsOf(join(dir, 'log.db'))

/** `before`: events acknowledged before the load began. */
export const inspectSoak = async (
  dir: string,
  { load, sink, before }: { readonly load: SoakLoad; readonly sink: SmtpSink; readonly before: number },
): Promise<SoakFindings> => {
  const begun = performance.now()
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  const openMs = performance.now() - begun
  const folded = opened.loop.state.tally.totals.events
  await opened.close()
  const { records, seen, ...deliveries } = await scanLog(
    join(dir, 'log.db'),
    join(dir, 'keys.db'),
    load.sent(),
  )
  let [lost, distinct] = [0, before]
  for (const [serial, there] of seen.entries()) {
    distinct += there
    if (there === 0 && load.isAcknowledged(serial)) lost++
  }
  return {
    logRecords: records,
    acknowledged: load.acknowledged(),
    lost,
    folded,
    distinct,
    openMs,
    ...deliveries,
    ...mails(load, sink),
  }
}

const mails = (load: SoakLoad, sink: SmtpSink) => {
  const messages = new Map<string, number>()
  const people = new Map<string, number>()
  for (const { messageId, to } of sink.accepted) {
    messages.set(`${messageId} ${to}`, (messages.get(`${messageId} ${to}`) ?? 0) + 1)
    people.set(to, (people.get(to) ?? 0) + 1)
  }
  const callsOf = new Map([...load.called].map(([userId, calls]) => [emailOf(userId), calls]))
  return {
    acceptedMails: sink.accepted.length,
    twice: [...messages.values()].filter((times) => times > 1).length,
    tooMany: [...people].filter(([to, times]) => times > (callsOf.get(to) ?? 0)).length,
  }
}
