// Who was told what, by which way, and what became of it. What there is to tell is in the log already: a proposal, an
// incident, a STOP; these are the calls to people that follow from it. Never an address, a chat or a token.

export const WAYS = ['mail', 'telegram', 'webhook'] as const
export type WayName = (typeof WAYS)[number]

/** Why this person: named by a playbook, on call, of a role that may act, an owner as the last resort, told of it before, or asked for it. */
export type CalledFor = 'named' | 'on_call' | 'role' | 'owner' | 'told_before' | 'asked'

export const CALL_BEGUN = 'notice.call_begun.v1'
/** The next thing is the call: without an end it may have arrived. */
export type CallBegun = {
  /** `n<offset>` of the event it is about, `brief:<day>`, `test:<id>`, `trouble:<id>`. */
  readonly noticeId: string
  /** 0 is the first; each further one is an escalation. */
  readonly round: number
  readonly userId: string
  readonly way: WayName
  readonly why: CalledFor
  /** It uses up what this person may be called in an hour; the text says so. */
  readonly isLast: boolean
}

export const CALL_ENDED = 'notice.call_ended.v1'
export type CallEnded = Pick<CallBegun, 'noticeId' | 'round' | 'userId' | 'way'> & {
  /** `failed` certainly did not arrive; `unknown` may have: it is shown and not sent again. */
  readonly outcome: 'done' | 'failed' | 'unknown'
  readonly detail: string
}

export const NOTICE_WITHHELD = 'notice.withheld.v1'
/** Told to nobody for now, or not at all: said once. */
export type NoticeWithheld = {
  readonly noticeId: string
  readonly why: 'budget' | 'nobody'
}

export const NOTICE_CLOSED = 'notice.closed.v1'
/** `told`: everybody who was to hear of it has; `unanswered`: its time is over. */
export type NoticeClosed = { readonly noticeId: string; readonly why: 'told' | 'unanswered' }

export const NOTICE_ACKNOWLEDGED = 'notice.acknowledged.v1'
/** Somebody has taken it on: nobody else is called. */
export type NoticeAcknowledged = {
  readonly noticeId: string
  readonly userId: string
  readonly name: string
  /** `console`, `cli`, `telegram`, … */
  readonly via: string
}

export const PREFERENCES_SET = 'notice.preferences_set.v1'
export type Preferences = {
  /** In the order in which they are tried; [] = is not called. */
  readonly ways: readonly WayName[]
  /** Local hours [from, to) of the business in which only what is urgent is told. */
  readonly quiet: { readonly fromHour: number; readonly toHour: number } | null
  /** Local hour of the daily brief by mail; null = none. */
  readonly briefHour: number | null
}
export type PreferencesSet = Preferences & { readonly userId: string; readonly by: string }

export const TELEGRAM_BOUND = 'notice.telegram_bound.v1'
export type TelegramBound = {
  readonly userId: string
  /** Keyed hash of the Telegram account. */
  readonly account: string
  readonly by: string
}
export const TELEGRAM_UNBOUND = 'notice.telegram_unbound.v1'
export type TelegramUnbound = { readonly userId: string; readonly by: string }
