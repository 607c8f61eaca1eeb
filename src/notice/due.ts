// Whom to call now: the first round goes to those named and on call, the next ones to whoever may act and has not been
// called, the last to the owners. Pure: the same state, people and moment give the same calls.

import type { GovernancePolicy } from '../governance/events.ts'
import { DEFAULT_CALLS, momentOf, onCallAt } from '../governance/index.ts'
import type { Business } from '../kernel/business.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import type { CallBegun, CalledFor, NoticeClosed, NoticeWithheld, WayName } from './events.ts'
import { noticeFrom } from './opening.ts'
import { fits, hourOf, isMeant, isQuietFor, type Person } from './people.ts'
import type { Notice, Notices } from './state.ts'

export type Around = {
  readonly now: number
  readonly people: readonly Person[]
  readonly policy: GovernancePolicy
  readonly business: Business
}

export type Due = {
  readonly calls: readonly CallBegun[]
  readonly withheld: readonly NoticeWithheld[]
  readonly closed: readonly NoticeClosed[]
}

export const ROUNDS_MAX = 3
/** What was answered at once is not told at all, and a batch has come together by then. */
export const SETTLE_MS = MINUTE_MS
/** So short before its end it is told outside working hours, too. */
export const ENDS_SOON_MS = 2 * HOUR_MS

/** Calls to begin at this moment, urgent ones first; who was called may be called again only in a later round. */
export const dueCalls = (state: Notices, around: Around): Due => {
  const due = { calls: [] as CallBegun[], withheld: [] as NoticeWithheld[], closed: [] as NoticeClosed[] }
  const budget = budgetOf(state, around)
  const isAtWork = momentOf(around.policy, around.business, around.now).workingHours
  const notices = [...state.open.values()].toSorted(
    (left, right) => Number(right.isUrgent) - Number(left.isUrgent),
  )
  for (const notice of notices) {
    const { noticeId, until, calls, withheld } = notice
    if (around.now >= until) {
      due.closed.push({ noticeId, why: 'unanswered' })
      continue
    }
    if (!isTime(notice, around.now, isAtWork)) continue
    const found = callsFor(notice, around, budget)
    due.calls.push(...found.calls)
    if (found.calls.length > 0) continue
    const isTold = !notice.asks && calls.length > 0 && calls.every(({ status }) => status !== 'begun')
    if (isTold && !found.isHeld) due.closed.push({ noticeId, why: 'told' })
    else if (found.isHeld && withheld !== 'budget') due.withheld.push({ noticeId, why: 'budget' })
    else if (calls.length === 0 && found.isNobody && withheld === '')
      due.withheld.push({ noticeId, why: 'nobody' })
  }
  return due
}

const isTime = (notice: Notice, now: number, isAtWork: boolean): boolean => {
  const { isUrgent, kind, at, until, notBefore } = notice
  if (now < notBefore) return false
  if (isUrgent) return true
  if (kind === 'proposal' && now - at < SETTLE_MS) return false
  return isAtWork || until - now <= ENDS_SOON_MS
}

type Budget = {
  /** Whether this person may be called for it, and whether it is the last call for a while. */
  readonly of: (person: Person, notice: Notice) => { readonly left: boolean; readonly isLast: boolean }
  readonly spend: (person: Person, notice: Notice) => void
}

const budgetOf = (state: Notices, { now, policy }: Around): Budget => {
  const { hourMax, dayMax } = policy.calls ?? DEFAULT_CALLS
  const planned = new Map<string, Set<string>>()
  const counts = ({ userId }: Person, notice: Notice) => {
    const recent = (state.called.get(userId) ?? []).filter(({ at }) => now - at < 24 * HOUR_MS)
    const extra = planned.get(userId) ?? new Set()
    const isKnown = recent.some(({ noticeId }) => noticeId === notice.noticeId) || extra.has(notice.noticeId)
    return {
      hour: recent.filter(({ at }) => now - at < HOUR_MS).length + extra.size,
      day: recent.length + extra.size,
      isKnown,
    }
  }
  return {
    of: (person, notice) => {
      const { hour, day, isKnown } = counts(person, notice)
      // Another way for the same thing is the same call.
      if (isKnown) return { left: true, isLast: false }
      const [hourLimit, dayLimit] = notice.isUrgent
        ? [hourMax, dayMax]
        : [Math.ceil(hourMax / 2), Math.ceil(dayMax / 2)]
      return { left: hour < hourLimit && day < dayLimit, isLast: hour + 1 >= hourMax || day + 1 >= dayMax }
    },
    spend: ({ userId }, { noticeId }) => {
      planned.set(userId, (planned.get(userId) ?? new Set<string>()).add(noticeId))
    },
  }
}

type Found = {
  readonly calls: readonly CallBegun[]
  /** Somebody would be called, and was too often. */
  readonly isHeld: boolean
  readonly isNobody: boolean
}

/** The first round from the present one on in which somebody can be called. */
const callsFor = (notice: Notice, around: Around, budget: Budget): Found => {
  const { now, policy, business } = around
  const { answerMs, urgentMs } = policy.calls ?? DEFAULT_CALLS
  const within = notice.isUrgent ? urgentMs : answerMs
  const { hour } = hourOf(now, business)
  let [isHeld, isNobody] = [false, true]
  for (let round = Math.max(0, notice.round); round < ROUNDS_MAX; round++) {
    const pending = recipientsOf(notice, round, around).filter(
      ({ person }) => waysLeft(notice, round, person).length > 0,
    )
    if (pending.length > 0) isNobody = false
    const awake = pending.filter(({ person }) => notice.isUrgent || !isQuietFor(person, hour))
    const free = awake.filter(({ person }) => budget.of(person, notice).left)
    if (awake.length > free.length) isHeld = true
    if (free.length > 0)
      return { calls: free.flatMap((one) => callsTo(notice, round, one, budget)), isHeld, isNobody: false }
    if (!notice.asks) break
    const hasBegun = notice.round >= round
    if (hasBegun && now - notice.roundAt < within) break
    if (!hasBegun && pending.length > 0 && now - notice.at < within * (round + 1)) break
  }
  return { calls: [], isHeld, isNobody }
}

type Recipient = { readonly person: Person; readonly why: CalledFor }

const callsTo = (
  notice: Notice,
  round: number,
  { person, why }: Recipient,
  budget: Budget,
): readonly CallBegun[] => {
  const { isLast } = budget.of(person, notice)
  budget.spend(person, notice)
  const { noticeId, isUrgent } = notice
  const left = waysLeft(notice, round, person)
  const ways = isUrgent || round > 0 ? left : left.slice(0, 1)
  return ways.map((way) => ({ noticeId, round, userId: person.userId, way, why, isLast }))
}

/** Ways that were not tried for it, unless one of them has reached them in this round or may have. */
const waysLeft = ({ calls }: Notice, round: number, { userId, ways }: Person): readonly WayName[] => {
  const tried = calls.filter((call) => call.round === round && call.userId === userId)
  if (tried.some(({ status }) => status !== 'failed')) return []
  return ways.filter((way) => !calls.some((call) => call.userId === userId && call.way === way))
}

const recipientsOf = (notice: Notice, round: number, around: Around): readonly Recipient[] => {
  const { named, only, roles, yes, calls } = notice
  const people = around.people.filter(
    ({ userId, ways }) => ways.length > 0 && !yes.includes(`user ${userId}`),
  )
  if (only.length > 0)
    return round === 0 ? pick(people, ({ userId }) => only.includes(userId), 'told_before') : []
  const wasCalled = ({ userId }: Person): boolean =>
    calls.some((call) => call.userId === userId && call.round < round)
  const isNamed = (person: Person): boolean => named.some((word) => isMeant(person, word))
  const byName = pick(people, (person) => isNamed(person) && !wasCalled(person), 'named')
  const able = people.filter((person) => fits(person, roles) && !(isNamed(person) && !wasCalled(person)))
  if (round === 0) {
    const onCall = onCallAt(around.policy, around.business, around.now)
    const first = [
      ...byName,
      ...pick(able, (person) => onCall.some((word) => isMeant(person, word)), 'on_call'),
    ]
    return first.length > 0 ? first : pick(able, () => true, 'role')
  }
  const fresh = able.filter((person) => !wasCalled(person))
  const next =
    round === 1
      ? pick(fresh, ({ role }) => role !== 'owner', 'role')
      : pick(people, (person) => person.role === 'owner' && !wasCalled(person), 'owner')
  // Who was told by mail and has not answered may hear a bell.
  const again = pick(able, wasCalled, 'told_before')
  return [...byName, ...next, ...again]
}

const pick = (
  people: readonly Person[],
  isOne: (person: Person) => boolean,
  why: CalledFor,
): readonly Recipient[] => people.filter(isOne).map((person) => ({ person, why }))

export type DueBrief = { readonly userId: string; readonly day: number }

/** Whose daily brief is due in this hour of the business. */
export const dueBriefs = (
  state: Notices,
  { now, people, business }: Pick<Around, 'now' | 'people' | 'business'>,
): readonly DueBrief[] => {
  const { hour, day } = hourOf(now, business)
  return people
    .filter(
      ({ userId, briefHour, ways }) =>
        briefHour === hour && ways.includes('mail') && state.briefs.get(userId) !== day,
    )
    .map(({ userId }) => ({ userId, day }))
}

export type PreviewRound = {
  readonly round: number
  /** After the first call, when nobody answers. */
  readonly afterMs: number
  readonly calls: readonly Pick<CallBegun, 'userId' | 'why' | 'way'>[]
}

/** Whom something urgent that anybody who approves may act on would call from this moment on, if nobody answered. */
export const previewCalls = (around: Around): readonly PreviewRound[] => {
  const { urgentMs } = around.policy.calls ?? DEFAULT_CALLS
  let notice = noticeFrom({ offset: 0, at: around.now }, { ...PREVIEWED, isUrgent: true, asks: true })
  const rounds: PreviewRound[] = []
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const calls = recipientsOf(notice, round, around).flatMap(({ person, why }) =>
      waysLeft(notice, round, person).map((way) => ({ userId: person.userId, why, way })),
    )
    if (calls.length === 0) continue
    const made = calls.map((call) => ({
      ...call,
      round,
      isLast: false,
      status: 'done' as const,
      at: around.now,
      detail: '',
    }))
    notice = { ...notice, round, calls: [...notice.calls, ...made] }
    rounds.push({ round, afterMs: rounds.length * urgentMs, calls })
  }
  return rounds
}

const PREVIEWED = { kind: 'incident', subject: 'preview', ref: '' } as const
