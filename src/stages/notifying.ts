// Calls to people: begun on record, made, ended on record. Each at most once; what a crash leaves open is unknown and
// shown. Nothing else waits for a call.

import { dueBriefs, dueCalls, noticeOf, openCalls, type Notice, type Person } from '../notice/index.ts'
import {
  CALL_BEGUN,
  CALL_ENDED,
  NOTICE_CLOSED,
  NOTICE_WITHHELD,
  type CallBegun,
  type CallEnded,
  type WayName,
} from '../notice/events.ts'
import { isFailure, messageOf } from '../kernel/failure.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop, LoopState } from '../loop.ts'

/** What is said to one person, in words; by which way does not matter to it. */
export type Letter = {
  /** The same for the same call: a receiver may drop what it has had. */
  readonly id: string
  readonly noticeId: string
  readonly kind: Notice['kind'] | 'brief' | 'test' | 'trouble'
  readonly isUrgent: boolean
  readonly title: string
  readonly lines: readonly string[]
  /** Where to look. */
  readonly url: string
  /** Whether "mine" ends the calling. */
  readonly asks: boolean
  /** Of a proposal that waits: what an answer needs. */
  readonly proposal: {
    readonly proposalId: string
    /** Of its content, as it is told. */
    readonly version: string
    readonly seenUpTo: number
    readonly until: number
  } | null
}

export type Way = {
  readonly name: WayName
  /** Resolves with what the receiver said. A Failure means that it certainly did not arrive; anything else that it may have. */
  readonly tell: (letter: Letter, userId: string) => Promise<string>
  readonly close: () => Promise<void>
}

export type NotifyPorts = {
  readonly loop: Loop
  readonly people: () => readonly Person[]
  readonly ways: ReadonlyMap<WayName, Way>
  readonly letterOf: (notice: Notice, call: CallBegun) => Letter
  readonly briefOf: (day: number) => Letter
  /** Takes a call that goes on by itself. */
  readonly beside: (call: Promise<void>) => void
}

/** Does what is due; resolves when the calls have begun. Rejects with a Failure when the log cannot take it. */
export const notifyTurn = async (ports: NotifyPorts): Promise<void> => {
  const { loop, people } = ports
  const { state, ctx } = loop
  const around = {
    now: ctx.now(),
    people: people(),
    policy: state.governance.policy,
    business: state.business,
  }
  const { calls, withheld, closed } = dueCalls(state.notices, around)
  const said = [
    ...withheld.map((data) => ({ type: NOTICE_WITHHELD, id: `${data.noticeId}:${data.why}`, data })),
    ...closed.map((data) => ({ type: NOTICE_CLOSED, id: `${data.noticeId}:closed`, data })),
  ].map(({ type, id, data }) => ({ id: `notice:${id}`, type, key: '', at: ctx.now(), data }))
  if (said.length > 0) await loop.record(said)
  for (const call of calls) {
    const notice = noticeOf(state.notices, call.noticeId)
    if (notice !== undefined) await makeCall(ports, call, () => ports.letterOf(notice, call))
  }
  for (const { userId, day } of dueBriefs(state.notices, around))
    await makeCall(ports, asideCall(`brief:${day}`, userId, 'mail'), () => ports.briefOf(day))
}

/** A call that is about no fact in the log: a brief, a test, trouble with the log itself. */
export const asideCall = (noticeId: string, userId: string, way: WayName): CallBegun => ({
  noticeId,
  round: 0,
  userId,
  way,
  why: 'asked',
  isLast: false,
})

const callKey = ({
  noticeId,
  round,
  userId,
  way,
}: Pick<CallBegun, 'noticeId' | 'round' | 'userId' | 'way'>): string =>
  `call:${noticeId}:${round}:${userId}:${way}`

/** Begins one call; whatever comes of it is on record. Resolves once it has begun, with the call itself. */
export const makeCall = async (
  { loop, ways, beside }: Pick<NotifyPorts, 'loop' | 'ways' | 'beside'>,
  call: CallBegun,
  letterOf: () => Letter,
): Promise<{ readonly ended: Promise<CallEnded> } | null> => {
  const id = callKey(call)
  const { ctx } = loop
  const [ack] = await loop.record([{ id, type: CALL_BEGUN, key: '', at: ctx.now(), data: call }])
  // Begun before: whatever came of that stands.
  if (ack?.duplicate !== false) return null
  const ended = tell(ways, call, letterOf).then(async (data) => {
    await loop.record([{ id: `${id}:end`, type: CALL_ENDED, key: '', at: ctx.now(), data }])
    return data
  })
  beside(ended.then(() => undefined))
  return { ended }
}

const DETAIL_MAX = 300

const tell = async (
  ways: NotifyPorts['ways'],
  { noticeId, round, userId, way }: CallBegun,
  letterOf: () => Letter,
): Promise<CallEnded> => {
  const about = { noticeId, round, userId, way }
  const through = ways.get(way)
  if (through === undefined) return { ...about, outcome: 'failed', detail: `There is no way ${way} here.` }
  try {
    const detail = await through.tell(letterOf(), userId)
    return { ...about, outcome: 'done', detail: detail.slice(0, DETAIL_MAX) }
  } catch (error) {
    // What is refused certainly did not arrive; anything else may have.
    const outcome = isFailure(error) ? 'failed' : 'unknown'
    return { ...about, outcome, detail: messageOf(error).slice(0, DETAIL_MAX) }
  }
}

/** For a start after a crash: a call without an end may have arrived. */
export const recoverCalls = ({ notices }: Pick<LoopState, 'notices'>, now: number): readonly NewEvent[] =>
  openCalls(notices).map((call) => {
    const { noticeId, round, userId, way } = call
    const data: CallEnded = {
      noticeId,
      round,
      userId,
      way,
      outcome: 'unknown',
      detail: 'the process ended before it was answered',
    }
    return { id: `${callKey(call)}:end`, type: CALL_ENDED, key: '', at: now, data }
  })
