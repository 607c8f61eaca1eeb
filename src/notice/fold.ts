// Takes one event in: what is to be told, what was told, what people chose.

import type { LogEvent } from '../log/port.ts'
import { DAY_MS } from '../kernel/time.ts'
import {
  CALL_BEGUN,
  CALL_ENDED,
  NOTICE_ACKNOWLEDGED,
  NOTICE_CLOSED,
  NOTICE_WITHHELD,
  PREFERENCES_SET,
  TELEGRAM_BOUND,
  TELEGRAM_UNBOUND,
  type CallBegun,
  type CallEnded,
  type NoticeAcknowledged,
  type NoticeClosed,
  type NoticeWithheld,
  type PreferencesSet,
  type TelegramBound,
  type TelegramUnbound,
} from './events.ts'
import { GUESSES_APART_MS, turnsOf, type Turn } from './opening.ts'
import {
  ASIDES_KEPT,
  LOCKOUTS_KEPT,
  NOTICES_CLOSED_KEPT,
  NOTICES_OPEN_MAX,
  type Call,
  type Notice,
  type Notices,
} from './state.ts'

export const foldNotices = (state: Notices, event: LogEvent): void => {
  if (event.type.startsWith('notice.')) foldOwn(state, event)
  else for (const turn of turnsOf(event)) take(state, turn, event.at)
}

const take = (state: Notices, turn: Turn, at: number): void => {
  switch (turn.do) {
    case 'open':
      return openOne(state, turn.notice, at)
    case 'follow': {
      const { subject } = turn.notice
      const before = state.open.get(subject) ?? state.closed.findLast((one) => one.subject === subject)
      close(state, subject, turn.notice.kind, at)
      const told = [...new Set((before?.calls ?? []).map(({ userId }) => userId))]
      // Who was not told that it began need not hear that it is over.
      if (told.length > 0 && before?.kind !== turn.notice.kind)
        openOne(state, { ...turn.notice, only: told }, at)
      return
    }
    case 'close':
      return close(state, turn.subject, turn.why, at)
    case 'change': {
      const notice = state.open.get(turn.subject)
      if (notice === undefined) return
      const changed = turn.change(notice)
      if (changed.over === '') state.open.set(turn.subject, changed)
      else close(state, turn.subject, changed.over, at)
      return
    }
    case 'guessed': {
      const last = state.lockouts.get(turn.account)
      if (last !== undefined && at - last < GUESSES_APART_MS) return
      state.lockouts.delete(turn.account)
      if (state.lockouts.size >= LOCKOUTS_KEPT)
        state.lockouts.delete(state.lockouts.keys().next().value ?? '')
      state.lockouts.set(turn.account, at)
      return openOne(state, turn.notice, at)
    }
  }
}

const openOne = (state: Notices, notice: Notice, at: number): void => {
  close(state, notice.subject, 'followed', at)
  if (state.open.size >= NOTICES_OPEN_MAX) {
    const least = [...state.open.values()].find(({ isUrgent }) => !isUrgent) ?? [...state.open.values()][0]
    if (least !== undefined) close(state, least.subject, 'too_many', at)
    state.dropped++
  }
  state.open.set(notice.subject, notice)
}

const close = (state: Notices, subject: string, why: string, at: number): void => {
  const notice = state.open.get(subject)
  if (notice === undefined) return
  state.open.delete(subject)
  state.closed.push({ ...notice, over: why, overAt: at })
  if (state.closed.length > NOTICES_CLOSED_KEPT)
    state.closed.splice(0, state.closed.length - NOTICES_CLOSED_KEPT)
}

const closeById = (state: Notices, noticeId: string, why: string, at: number): void => {
  const found = [...state.open.values()].find((one) => one.noticeId === noticeId)
  if (found !== undefined) close(state, found.subject, why, at)
}

const foldOwn = (state: Notices, event: LogEvent): void => {
  switch (event.type) {
    case CALL_BEGUN:
      return begin(state, event.data as CallBegun, event.at)
    case CALL_ENDED:
      return end(state, event.data as CallEnded)
    case NOTICE_WITHHELD: {
      const { noticeId, why } = event.data as NoticeWithheld
      changeById(state, noticeId, (notice) => ({ ...notice, withheld: why }))
      return
    }
    case NOTICE_CLOSED: {
      const { noticeId, why } = event.data as NoticeClosed
      return closeById(state, noticeId, why, event.at)
    }
    case NOTICE_ACKNOWLEDGED:
      return closeById(state, (event.data as NoticeAcknowledged).noticeId, 'acknowledged', event.at)
    case PREFERENCES_SET: {
      const { userId, ways, quiet, briefHour } = event.data as PreferencesSet
      state.preferences.set(userId, { ways, quiet, briefHour })
      return
    }
    case TELEGRAM_BOUND: {
      const { userId, account } = event.data as TelegramBound
      // An account stands for one person: the last to bind it.
      for (const [other, bound] of state.telegram) if (bound === account) state.telegram.delete(other)
      state.telegram.set(userId, account)
      return
    }
    case TELEGRAM_UNBOUND:
      state.telegram.delete((event.data as TelegramUnbound).userId)
      return
  }
}

/** A person's calls of the last day, this one among them; several ways for one notice are one call. */
const begin = (state: Notices, begun: CallBegun, at: number): void => {
  const { noticeId, userId } = begun
  const call: Call = { ...withoutId(begun), status: 'begun', at, detail: '' }
  const found = changeById(state, noticeId, (notice) => ({
    ...notice,
    withheld: '',
    ...(begun.round > notice.round ? { round: begun.round, roundAt: at } : {}),
    calls: [...notice.calls, call],
  }))
  if (!found) {
    state.asides.push({ noticeId, ...call })
    if (state.asides.length > ASIDES_KEPT) state.asides.splice(0, state.asides.length - ASIDES_KEPT)
    const [what, day] = noticeId.split(':')
    if (what === 'brief') state.briefs.set(userId, Number(day))
    return
  }
  const recent = (state.called.get(userId) ?? []).filter((one) => at - one.at < DAY_MS)
  if (!recent.some((one) => one.noticeId === noticeId)) recent.push({ at, noticeId })
  state.called.set(userId, recent)
}

const withoutId = ({ noticeId: _noticeId, ...call }: CallBegun): Omit<CallBegun, 'noticeId'> => call

const end = (state: Notices, ended: CallEnded): void => {
  const { noticeId, round, userId, way, outcome, detail } = ended
  const isIt = (call: Call): boolean =>
    call.round === round && call.userId === userId && call.way === way && call.status === 'begun'
  const settle = (call: Call): Call => (isIt(call) ? { ...call, status: outcome, detail } : call)
  if (changeById(state, noticeId, (notice) => ({ ...notice, calls: notice.calls.map(settle) }))) return
  const at = state.asides.findLastIndex((one) => one.noticeId === noticeId && isIt(one))
  const aside = state.asides[at]
  if (aside !== undefined) state.asides[at] = { ...aside, status: outcome, detail }
}

/** Whether there is such a notice, open or closed. */
const changeById = (state: Notices, noticeId: string, change: (notice: Notice) => Notice): boolean => {
  for (const [subject, notice] of state.open)
    if (notice.noticeId === noticeId) {
      state.open.set(subject, change(notice))
      return true
    }
  const at = state.closed.findLastIndex((one) => one.noticeId === noticeId)
  const closed = state.closed[at]
  if (closed === undefined) return false
  state.closed[at] = change(closed)
  return true
}
