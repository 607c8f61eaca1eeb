// After the killing: holds the log, the state folded from it and the mail server's record against what
// the world knows.

import { openLoop } from '../../src/app/open-loop.ts'
import { addressHash } from '../../src/app/address-hash.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import { openKeys } from '../../src/app/keys.ts'
import { replayLog } from '../../src/app/replay.ts'
import { encodeDump } from '../../src/log/index.ts'
import type { EventLog } from '../../src/log/port.ts'
import { DECISION_MADE } from '../../src/decision/events.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
} from '../../src/delivery/events.ts'
import { createState, dumpState, foldEvent, type LoopState } from '../../src/loop.ts'
import { findProfile, viewProfile } from '../../src/profile/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../src/signal/events.ts'
import type { Ledger } from './ledger.ts'
import type { SmtpSink } from './smtp-sink.ts'

export type Findings = {
  readonly logRecords: number
  readonly acknowledged: number
  /** Acknowledged, but in no record of the log. */
  readonly lost: number
  /** People whose folded count of events is not the number of distinct events about them. */
  readonly miscounted: number
  readonly decisions: number
  /** Decided again from the log, of those looked at; and how many were looked at. */
  readonly replayed: number
  readonly replayLooked: number
  /** Folded anew from the first event and folded over all restarts and snapshots: the same bytes. */
  readonly sameState: boolean
  readonly attempts: number
  readonly sent: number
  readonly failed: number
  readonly withheld: number
  readonly unknownByCrash: number
  readonly unknownByServer: number
  /** Attempts with no result or more than one. */
  readonly unsettled: number
  readonly settledTwice: number
  readonly acceptedMails: number
  /** Message and recipient that the mail server accepted twice. */
  readonly twice: number
  /** Accepted by the mail server without an attempt in the log. */
  readonly unannounced: number
  /** Called sent and never accepted; called failed or withheld, and accepted. */
  readonly falselySent: number
  readonly falselyFailed: number
  readonly withoutConsent: number
  readonly afterLeaving: number
  readonly left: number
}

const REPLAYED_MAX = 3_000

/** Opens the folder that nobody runs on any more and looks at everything. */
export const inspect = async (dir: string, ledger: Ledger, sink: SmtpSink): Promise<Findings> => {
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  try {
    const { log, state } = opened.loop
    const events = await readEvents(log)
    const replay = await replayLog(log, {
      limit: REPLAYED_MAX,
      hash: addressHash(openKeys(dir).addressSecret),
    })
    return {
      logRecords: log.head(),
      acknowledged: ledger.acknowledged.size,
      lost: [...ledger.acknowledged].filter((id) => !events.messageIds.has(id)).length,
      miscounted: miscounted(state, ledger),
      decisions: events.decisions,
      replayed: replay.identical,
      replayLooked: replay.decisions,
      sameState: await isSameFromScratch(log, state),
      ...deliveries(events, sink),
      ...people(ledger, sink),
    }
  } finally {
    await opened.close()
  }
}

type Attempt = {
  readonly messageId: string
  readonly results: { readonly type: string; readonly reason: string }[]
}
type Events = { readonly messageIds: Set<string>; readonly attempts: Map<string, Attempt>; decisions: number }

const RESULTS = new Set<string>([DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNKNOWN, DELIVERY_WITHHELD])

const readEvents = async (log: EventLog): Promise<Events> => {
  const found: Events = { messageIds: new Set(), attempts: new Map(), decisions: 0 }
  for await (const page of log.read())
    for (const { type, data } of page) {
      if (type === SIGNAL_RECEIVED) {
        for (const id of idsIn(data as SignalReceived)) found.messageIds.add(id)
        continue
      }
      if (type === DECISION_MADE) found.decisions++
      const about = data as {
        readonly decisionId: string
        readonly messageId?: string
        readonly reason?: string
      }
      if (type === DELIVERY_ATTEMPTED)
        found.attempts.set(about.decisionId, { messageId: about.messageId ?? '', results: [] })
      else if (RESULTS.has(type))
        found.attempts.get(about.decisionId)?.results.push({ type, reason: about.reason ?? '' })
    }
  return found
}

type Body = { readonly messageId?: string; readonly batch?: readonly Body[] }

const idsIn = ({ payload }: SignalReceived): readonly string[] => {
  const { batch, messageId } = payload as Body
  return (batch ?? [{ messageId }]).flatMap((item) => item.messageId ?? [])
}

const miscounted = (state: LoopState, { people: all }: Ledger): number =>
  all.filter(({ userId, events }) => {
    const ref = findProfile(state.profile, { kind: 'user', value: userId })
    return (
      ref === undefined ||
      viewProfile(state.profile, ref, Date.now(), state.business).features.events !== events
    )
  }).length

const isSameFromScratch = async (log: EventLog, state: LoopState): Promise<boolean> => {
  const fresh = createState()
  for await (const page of log.read()) for (const event of page) foldEvent(fresh, event)
  const [ours, anew] = [dumpState(state), dumpState(fresh)]
  return Object.keys(ours).every((part) => {
    const [one, other] = [ours[part], anew[part]]
    return (
      one !== undefined &&
      other !== undefined &&
      Buffer.from(encodeDump(one)).equals(Buffer.from(encodeDump(other)))
    )
  })
}

const deliveries = ({ attempts }: Events, sink: SmtpSink) => {
  const acceptedIds = new Map<string, number>()
  for (const { messageId, to } of sink.accepted) {
    const key = `${messageId} ${to}`
    acceptedIds.set(key, (acceptedIds.get(key) ?? 0) + 1)
  }
  const accepted = new Set(sink.accepted.map(({ messageId }) => messageId))
  const announced = new Set([...attempts.values()].map(({ messageId }) => `<${messageId}>`))
  const all = [...attempts.values()]
  const count = (type: string, fits: (reason: string) => boolean = () => true): number =>
    all.filter(({ results }) => results.some((one) => one.type === type && fits(one.reason))).length
  const isCrash = (reason: string): boolean => reason.startsWith('stopped between')
  const has = (attempt: Attempt, ...types: readonly string[]): boolean =>
    attempt.results.some(({ type }) => types.includes(type))
  return {
    attempts: all.length,
    sent: count(DELIVERY_SENT),
    failed: count(DELIVERY_FAILED),
    withheld: count(DELIVERY_WITHHELD),
    unknownByCrash: count(DELIVERY_UNKNOWN, isCrash),
    unknownByServer: count(DELIVERY_UNKNOWN, (reason) => !isCrash(reason)),
    unsettled: all.filter(({ results }) => results.length === 0).length,
    settledTwice: all.filter(({ results }) => results.length > 1).length,
    acceptedMails: sink.accepted.length,
    twice: [...acceptedIds.values()].filter((times) => times > 1).length,
    unannounced: [...accepted].filter((id) => !announced.has(id)).length,
    falselySent: all.filter((one) => has(one, DELIVERY_SENT) && !accepted.has(`<${one.messageId}>`)).length,
    falselyFailed: all.filter(
      (one) => has(one, DELIVERY_FAILED, DELIVERY_WITHHELD) && accepted.has(`<${one.messageId}>`),
    ).length,
  }
}

const people = (ledger: Ledger, sink: SmtpSink) => {
  const about = sink.accepted.map((mail) => ({ mail, person: ledger.byEmail.get(mail.to) }))
  return {
    withoutConsent: about.filter(({ person }) => person === undefined || person.silent).length,
    afterLeaving: about.filter(({ mail, person }) => person !== undefined && mail.begunAt > person.leftAt)
      .length,
    left: ledger.people.filter(({ leftAt }) => leftAt < Number.POSITIVE_INFINITY).length,
  }
}
