// What is to be told and what was told: folded from the facts themselves, so that nothing is forgotten by a crash
// between a fact and its notice.

import type { Said } from '../kernel/said.ts'
import type { CallBegun, CallEnded, NoticeWithheld, Preferences } from './events.ts'

export type NoticeKind =
  | 'proposal'
  | 'incident'
  | 'incident_over'
  | 'stop'
  | 'resume'
  | 'spend'
  | 'campaign_stopped'
  | 'level_lost'
  | 'drill'
  | 'lockout'

export type Call = Omit<CallBegun, 'noticeId'> & {
  readonly status: 'begun' | CallEnded['outcome']
  /** ms, when it began. */
  readonly at: number
  readonly detail: string
}

export type Notice = {
  readonly noticeId: string
  readonly kind: NoticeKind
  /** What it is about: of the same subject there is one open notice. */
  readonly subject: string
  /** `P12`, `I3`, a campaign, a line. */
  readonly ref: string
  /** Goes at night and in quiet hours, by all ways of a person. */
  readonly isUrgent: boolean
  /** Somebody has to do something: when nobody does, others are called. */
  readonly asks: boolean
  readonly at: number
  /** ms after which nobody is called for it any more. */
  readonly until: number
  /** Not before this: it was snoozed. */
  readonly notBefore: number
  /** Roles that may act; [] = whoever approves. */
  readonly roles: readonly string[]
  /** Users by id, name or address, or roles, that are to be called first. */
  readonly named: readonly string[]
  /** Only these, who were told what went before; [] = anybody. */
  readonly only: readonly string[]
  /** For its text: short, as other slices wrote it. Data, never markup. */
  readonly facts: Readonly<Record<string, string | number>>
  /** What `detail` of the facts means, for readers of any language. */
  readonly said?: Said
  /** −1 before the first call. */
  readonly round: number
  readonly roundAt: number
  readonly calls: readonly Call[]
  readonly withheld: NoticeWithheld['why'] | ''
  /** Of a proposal: who said yes, how many must. */
  readonly yes: readonly string[]
  readonly eyes: number
  /** Why nobody is called any more; '' while it is open. */
  readonly over: string
  readonly overAt: number
}

export type Notices = {
  /** By subject, oldest first. */
  readonly open: Map<string, Notice>
  /** Oldest first. */
  readonly closed: Notice[]
  /** Calls that are about no fact: briefs, tests, trouble with the log itself; oldest first. */
  readonly asides: (Call & { readonly noticeId: string })[]
  /** When each person was called for what, the last day; one entry a notice. */
  readonly called: Map<string, readonly { readonly at: number; readonly noticeId: string }[]>
  readonly preferences: Map<string, Preferences>
  /** Keyed hash of each user's Telegram account. */
  readonly telegram: Map<string, string>
  /** Day of each person's last brief. */
  readonly briefs: Map<string, number>
  /** When somebody was last told that an account is being guessed. */
  readonly lockouts: Map<string, number>
  /** Not kept, since too many were open. */
  dropped: number
}

export const NOTICES_OPEN_MAX = 500
export const NOTICES_CLOSED_KEPT = 200
export const ASIDES_KEPT = 100
export const LOCKOUTS_KEPT = 200

export const createNotices = (): Notices => ({
  open: new Map(),
  closed: [],
  asides: [],
  called: new Map(),
  preferences: new Map(),
  telegram: new Map(),
  briefs: new Map(),
  lockouts: new Map(),
  dropped: 0,
})

/** For whom nobody has chosen: those who may approve get mail, others nothing. */
export const DEFAULT_PREFERENCES: Preferences = { ways: ['mail', 'telegram'], quiet: null, briefHour: null }
export const NO_PREFERENCES: Preferences = { ways: ['telegram'], quiet: null, briefHour: null }

export const preferencesOf = (state: Notices, userId: string, role: string): Preferences =>
  state.preferences.get(userId) ??
  (['approver', 'engineer', 'owner'].includes(role) ? DEFAULT_PREFERENCES : NO_PREFERENCES)

/** The user whose account in Telegram this is; '' when nobody's. */
export const userOfTelegram = (state: Notices, account: string): string =>
  [...state.telegram].find(([, bound]) => bound === account)?.[0] ?? ''

/** Open or closed, by its id. */
export const noticeOf = (state: Notices, noticeId: string): Notice | undefined =>
  [...state.open.values()].find((one) => one.noticeId === noticeId) ??
  state.closed.findLast((one) => one.noticeId === noticeId)

/** Calls whose end nobody knows or that have none yet. */
export const openCalls = (
  state: Notices,
): readonly (Pick<CallBegun, 'noticeId' | 'round' | 'userId' | 'way'> & { readonly at: number })[] => [
  ...[...state.open.values(), ...state.closed].flatMap(({ noticeId, calls }) =>
    calls
      .filter(({ status }) => status === 'begun')
      .map(({ round, userId, way, at }) => ({ noticeId, round, userId, way, at })),
  ),
  ...state.asides
    .filter(({ status }) => status === 'begun')
    .map(({ noticeId, round, userId, way, at }) => ({ noticeId, round, userId, way, at })),
]
