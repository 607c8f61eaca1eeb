// After a soak: opens the folder whose process was killed and counts what it still has.

import { join } from 'node:path'
import { readTyped } from '../../src/log/index.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
} from '../../src/delivery/events.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../src/signal/events.ts'
import { emailOf, serialOf, type SoakLoad } from './soak-load.ts'
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

const RESULTS = new Set<string>([DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNKNOWN, DELIVERY_WITHHELD])

/** Attempts of the log without a result, once a process has started on it again: none may be left. */
export const openAttemptsIn = (dir: string): number => {
  const path = join(dir, 'log.db')
  const idsOf = (type: string): string[] =>
    readTyped(path, type).map(({ data }) => (data as { readonly decisionId: string }).decisionId)
  const settled = new Set([...RESULTS].flatMap(idsOf))
  return new Set(idsOf(DELIVERY_ATTEMPTED).filter((decisionId) => !settled.has(decisionId))).size
}

/** `before`: events acknowledged before the load began. */
export const inspectSoak = async (
  dir: string,
  { load, sink, before }: { readonly load: SoakLoad; readonly sink: SmtpSink; readonly before: number },
): Promise<SoakFindings> => {
  const begun = performance.now()
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  const openMs = performance.now() - begun
  try {
    const { log, state } = opened.loop
    const seen = new Uint8Array(load.sent())
    const settled: Record<string, number> = {}
    const open = new Set<string>()
    let attempts = 0
    for await (const page of log.read())
      for (const { type, data } of page) {
        if (type === SIGNAL_RECEIVED) see(seen, data as SignalReceived)
        const { decisionId } = data as { readonly decisionId: string }
        if (type === DELIVERY_ATTEMPTED) {
          attempts++
          open.add(decisionId)
        } else if (RESULTS.has(type)) {
          settled[type] = (settled[type] ?? 0) + 1
          open.delete(decisionId)
        }
      }
    let [lost, distinct] = [0, before]
    for (const [serial, there] of seen.entries()) {
      distinct += there
      if (there === 0 && load.isAcknowledged(serial)) lost++
    }
    return {
      logRecords: log.head(),
      acknowledged: load.acknowledged(),
      lost,
      folded: state.tally.totals.events,
      distinct,
      openMs,
      attempts,
      settled,
      unsettled: open.size,
      ...mails(load, sink),
    }
  } finally {
    await opened.close()
  }
}

type Body = { readonly messageId?: string; readonly batch?: readonly Body[] }

const see = (seen: Uint8Array, { payload }: SignalReceived): void => {
  const { batch, messageId } = payload as Body
  for (const item of batch ?? [{ messageId }]) {
    const serial = serialOf(String(item.messageId))
    if (serial >= 0) seen[serial] = 1
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
