// What people allow the machine, what it wishes, what they answered, and what was done with the answer.

import type { Json } from '../kernel/json.ts'
import type { Said } from '../kernel/said.ts'

/** What is acted with: each class has a level of its own. */
export const ACTION_CLASSES = [
  'message',
  'placement',
  'offer',
  'spend',
  'creative',
  'publish',
  'reply',
  'pause',
] as const
export type ActionClass = (typeof ACTION_CLASSES)[number]
/** Beside actions, what people change themselves goes the same way. */
export type ProposalClass = ActionClass | 'plan' | 'policy'

/** 0 shadow, 1 suggests, 2 waits for approval, 3 acts and may be undone, 4 acts inside its envelope. */
export type Level = 0 | 1 | 2 | 3 | 4

/** Who did it, with the role they had then. A machine never approves. */
export type Actor = {
  readonly kind: 'user' | 'key' | 'local' | 'machine'
  readonly id: string
  readonly name: string
  /** A role of people, `agent` for a key of programs, `machine`. */
  readonly role: string
}

/** Why a level is what it is: a code, and what it was measured at. */
export type Ground = { readonly code: string; readonly detail: string }

export type ExceptionSpec = {
  /** '' = every class. */
  readonly class: ActionClass | ''
  /** '' = every campaign. */
  readonly campaign: string
  /** Language or country code, `ru` covers `ru-RU`; '' = every market. */
  readonly market: string
  /** Only above this amount: money of a spend, share of a discount; null = any. */
  readonly above: number | null
  readonly level: Level
}

export type RuleSpec = {
  readonly id: string
  /** CEL over `action` and `context`; what it cannot tell counts as yes. */
  readonly when: string
  readonly reason: string
  /** Highest level where it holds. */
  readonly level: Level
  readonly eyes: 1 | 2
}

/** Local hours [fromHour, toHour) of the business on these weekdays (0 = Sunday). */
export type HoursSpec = {
  readonly weekdays: readonly number[]
  readonly fromHour: number
  readonly toHour: number
}
export type OnCallSpec = HoursSpec & { readonly users: readonly string[] }

export type RampStage = {
  /** Of the campaign's audience, 0 to 1. */
  readonly share: number
  /** At least this long before the next stage. */
  readonly holdMs: number
  /** And at least so many contacts, unless the hold has passed three times over. */
  readonly contactsMin: number
}
export type RampSpec = {
  readonly stages: readonly RampStage[]
  /** Shares of contacts above which a campaign is stopped; errors are failed and unknown ones. */
  readonly complaints: number
  readonly unsubscribes: number
  readonly bounces: number
  readonly errors: number
}

/** When others are called, and how often one person may be. */
export type CallsSpec = {
  /** Nobody answered in this time: the next are called. */
  readonly answerMs: number
  /** The same where it is urgent. */
  readonly urgentMs: number
  /** Most calls of one person; what is not urgent may take half of them. */
  readonly hourMax: number
  readonly dayMax: number
}

export type GovernancePolicy = {
  readonly levels: Readonly<Record<ActionClass, Level>>
  /** The first that fits says the level. */
  readonly exceptions: readonly ExceptionSpec[]
  readonly rules: readonly RuleSpec[]
  readonly fourEyes: {
    readonly costAbove: number | null
    readonly peopleAbove: number | null
    readonly classes: readonly ProposalClass[]
  }
  /** Roles that may approve, by class; `default` for the others. */
  readonly approvers: Readonly<Record<string, readonly string[]>>
  /** null = always. */
  readonly hours: HoursSpec | null
  /** Highest levels outside working hours. */
  readonly outsideHours: Readonly<Partial<Record<ActionClass, Level>>>
  readonly onCall: readonly OnCallSpec[]
  /** How long what was done at level 3 can be taken back; messages wait for it in the outbox. */
  readonly undoMs: number
  /** After that a proposal nobody answered is over and nothing happens. */
  readonly expiryMs: number
  readonly first: {
    /** A campaign that was never there before waits for a person. */
    readonly campaign: boolean
    /** So does another audience of one that was. */
    readonly audience: boolean
    /** So does an audience that grows by more than this share, from so many people on. */
    readonly jump: { readonly share: number; readonly people: number } | null
  }
  /** How levels are earned; null = neither promoted nor demoted. */
  readonly earn: {
    readonly decisions: number
    readonly uneditedShare: number
    /** Data older than this takes a level away; null = not looked at. */
    readonly staleDataMs: number | null
  } | null
  readonly ramp: RampSpec | null
  /** Messages a minute after a STOP is lifted; null = as fast as they go. */
  readonly resumePerMinute: number | null
  /** Left out: `DEFAULT_CALLS`. */
  readonly calls?: CallsSpec
  /** Left out: agents answer nothing. */
  readonly agents?: AgentsSpec
  /** Left out: `DEFAULT_SENSITIVE`. */
  readonly sensitive?: SensitiveSpec
}

/** Whose proposals agents may answer, and whether their yes needs a person's beside it. */
export type AgentsSpec = { readonly classes: readonly ActionClass[]; readonly withPerson: boolean }

/** A sensitive trait that may be decided by, and who says so. */
export type AllowedTrait = {
  readonly trait: string
  /** '' = all of them, and segments. */
  readonly campaign: string
  readonly by: string
  readonly reason: string
}
export type SensitiveSpec = { readonly traits: readonly string[]; readonly allowed: readonly AllowedTrait[] }

export const POLICY_APPLIED = 'governance.policy_applied.v1'
/** From here on; `version` is the hash of the policy. */
export type PolicyApplied = {
  readonly version: string
  readonly policy: GovernancePolicy
  readonly by: Actor
  /** The proposal by which it came, '' when it only lowered risk. */
  readonly proposalId: string
}

export type Change = { readonly path: string; readonly is: string; readonly willBe: string }

/** What is expected of it, with its interval, in `unit` (a currency, or what is counted). */
export type Gain = {
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly unit: string
}

export type Evidence = {
  readonly kind: string
  readonly ref: string
  /** A name, a number, or the words of facts written before `said`. */
  readonly label: string
  readonly said?: Said
}

/** What an advisor, a campaign or a person wants done, before anybody has said how far it may go. */
export type Wish = {
  readonly class: ProposalClass
  /** Which executor does it. */
  readonly kind: string
  readonly campaignId: string
  /** A name; where it is more than that, `said` has it. */
  readonly title: string
  readonly said?: Said
  readonly changes: readonly Change[]
  readonly touches: { readonly what: string; readonly count: number; readonly sample: readonly string[] }
  /** Whole currency units that it commits. */
  readonly cost: number
  readonly gain: Gain | null
  readonly risk: {
    readonly level: 'low' | 'medium' | 'high'
    /** Codes, parted by commas; '' where `said` has it. */
    readonly note: string
    readonly said?: Said
  }
  readonly evidence: readonly Evidence[]
  readonly reversible: boolean
  /** Fingerprint of the facts it is based on: when they have moved, it is stale. */
  readonly ground: string
  readonly payload: Json
  readonly by: Actor
  /** For rules: market, share of an increase, share of a discount, amount, first of its kind. */
  readonly facts?: {
    readonly market?: string
    readonly amount?: number
    readonly increaseShare?: number
    readonly discountShare?: number
    readonly firstOfKind?: boolean
    readonly channel?: string
  }
  /** Asked instead of, or beside, a yes: answered in words. */
  readonly question?: string
}

export const PROPOSED = 'governance.proposed.v1'
export type Proposed = Wish & {
  readonly proposalId: string
  readonly level: Level
  /** How many different people must say yes. */
  readonly eyes: 1 | 2
  /** Roles that may. */
  readonly roles: readonly string[]
  /** Who is on call for it now. */
  readonly onCall: readonly string[]
  readonly grounds: readonly Ground[]
  readonly policyVersion: string
  /** ms; then nothing happens. */
  readonly expiresAt: number
  /** ms until which it can be taken back once done. */
  readonly undoMs: number
}

type Answered = { readonly proposalId: string; readonly by: Actor }

export const APPROVED = 'governance.approved.v1'
/** One person's yes. `seenUpTo` is the log offset of what they saw: a batch that grew since is not covered. */
export type Approved = Answered & {
  readonly note: string
  readonly seenUpTo: number
  /** How many people it needed when it was said: a batch may have grown over the threshold. */
  readonly eyes: 1 | 2
  /** `console`, `cli`, `telegram`, `mcp`, … */
  readonly via: string
}

export const EDITED = 'governance.edited.v1'
/** Another payload in its place; yeses given before count no more. */
export type Edited = Answered & {
  readonly payload: Json
  readonly changes: readonly Change[]
  readonly ground: string
}

export const REJECTED = 'governance.rejected.v1'
export type Rejected = Answered & { readonly reason: string; readonly via: string }

export const SNOOZED = 'governance.snoozed.v1'
export type Snoozed = Answered & { readonly until: number }

export const ANSWERED = 'governance.answered.v1'
export type AnsweredInWords = Answered & { readonly text: string }

export const EXPIRED = 'governance.expired.v1'
export type Expired = { readonly proposalId: string }

export const STALE = 'governance.stale.v1'
/** What it was based on is not so any more. */
export type Stale = { readonly proposalId: string; readonly ground: string }

export const EXECUTING = 'governance.executing.v1'
/** The next thing is a call outside: without a result after a restart it is unknown, and never done again by itself. */
export type Executing = { readonly proposalId: string }

export const EXECUTED = 'governance.executed.v1'
export type Executed = {
  readonly proposalId: string
  readonly outcome: 'done' | 'failed' | 'unknown'
  /** What an outside system answered, in its own words. */
  readonly detail: string
  readonly said?: Said
  /** What takes it back; null when nothing does. */
  readonly inverse: Json
}

export const UNDONE = 'governance.undone.v1'
export type Undone = Answered & { readonly reason: string }

export const BREACHED = 'governance.breached.v1'
/** Why autonomy is taken away: by itself, at once. */
export type BreachKind =
  | 'breach'
  | 'stale_data'
  | 'sample_ratio'
  | 'failed_gate'
  | 'model_changed'
  | 'policy_changed'
export type Breached = {
  readonly class: ActionClass
  /** '' = all of the class. */
  readonly campaignId: string
  readonly kind: BreachKind
  readonly detail: string
  /** Highest level from here on, until a person promotes. */
  readonly capTo: Level
}

export const PROMOTED = 'governance.promoted.v1'
export type Promoted = {
  readonly class: ActionClass
  readonly campaignId: string
  readonly level: Level
  readonly by: Actor
  readonly proposalId: string
}

export const RAMP_MOVED = 'governance.ramp_moved.v1'
/** `share` of a campaign's audience from here on; 0 = stopped by a stop condition. */
export type RampMoved = {
  readonly campaignId: string
  /** Index of the stage; the number of stages = the whole audience. */
  readonly stage: number
  readonly share: number
  readonly reason: Ground
}

/** The campaign that a drill stops: there is none of this name. */
export const DRILL_CAMPAIGN = 'windvane-drill'

export const DRILLED = 'governance.drilled.v1'
/** STOP tried: ms from each surface until nothing would leave any more. */
export type Drilled = {
  readonly by: Actor
  readonly surfaces: readonly {
    readonly surface: string
    readonly tries: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly maxMs: number
  }[]
  readonly passed: boolean
}
