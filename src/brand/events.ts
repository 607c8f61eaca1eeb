// What is said of a business, what came of it, and what playbooks did.

import type { Said } from '../kernel/said.ts'
import type { ChannelName } from '../profile/events.ts'
import type { Rating, RatingScale } from './mention/rating.ts'
import type { Emotion } from './tone/emotions.ts'
import type { OwnWord } from './tone/own-words.ts'
import type { RiskKind } from './tone/risk-words.ts'

/** Whom mentions are about. */
export type EntitySpec = {
  readonly id: string
  readonly kind: 'brand' | 'product' | 'competitor' | 'campaign'
  readonly name: string
  /** As people write it, in any case and language; inflected forms are found by themselves. */
  readonly names: readonly string[]
  /** At least one of these stands with it, where the name is a common word. */
  readonly near: readonly string[]
  /** None of these does. */
  readonly never: readonly string[]
  /** Only as it is written, capitals included. */
  readonly isCaseStrict: boolean
}

export type SourceKind = 'rss' | 'telegram' | 'vk' | 'reddit' | 'json' | 'push'
export type SourceSpec = {
  readonly id: string
  readonly kind: SourceKind
  /** A feed or an address; a channel's name for `telegram`; a search for `vk` and `reddit`; '' for `push`. */
  readonly from: string
  readonly everyMs: number
  /** For `json`, and for what is pushed as its sender writes it: where the list and its fields are. */
  readonly mapping: Readonly<Record<string, string>> | null
  /** What all of it is about, where texts need not say so: reviews, tickets, answers. Left out: whom they name. */
  readonly about?: string
  /** On what scale its numbers are. */
  readonly score?: RatingScale
  /** All of it is tickets of support. */
  readonly isTickets?: boolean
}

/** Words that make a message or a mention risky; 3 = people may come to harm. */
export type RiskWords = { readonly severity: 1 | 2 | 3; readonly words: readonly string[] }

/** Part of what is sent: every list that is empty means any. */
export type ScopeSpec = {
  readonly channels: readonly ChannelName[]
  readonly campaigns: readonly string[]
  readonly markets: readonly string[]
  /** Ids of products: only creatives that name one of them. */
  readonly products: readonly string[]
}

/** Texts by language. */
export type Texts = Readonly<Record<string, string>>

export type StepSpec = {
  /** Not before this long after the incident was opened. */
  readonly afterMs: number
  /** Left out once somebody has taken the incident over. */
  readonly unlessOwned: boolean
} & (
  | { readonly kind: 'pause'; readonly scope: ScopeSpec }
  | { readonly kind: 'tone'; readonly tone: string; readonly scope: ScopeSpec }
  | { readonly kind: 'freeze_offers'; readonly scope: ScopeSpec }
  /** Creatives that hold one of the words, or a phrase of the incident. */
  | { readonly kind: 'hold_words'; readonly words: readonly string[] }
  | { readonly kind: 'cut_spend'; readonly lines: readonly string[] }
  /** Ad lines that speak of the same: one of the words, or of those of the incident when there are none. */
  | { readonly kind: 'cut_spend_beside'; readonly words: readonly string[] }
  /** Campaigns that Windvane itself ran and that fit what people complain of. */
  | { readonly kind: 'roll_back' }
  /** Open tickets about it get this, once each. */
  | { readonly kind: 'answer'; readonly texts: Texts }
  | { readonly kind: 'statement'; readonly texts: Texts }
  | { readonly kind: 'notify'; readonly to: readonly string[] }
)
export type StepKind = StepSpec['kind']

export type PlaybookSpec = {
  readonly id: string
  readonly name: string
  /** CEL over the incident. */
  readonly when: string
  readonly steps: readonly StepSpec[]
  readonly standDown: {
    /** Quiet for so long, and it is over. */
    readonly calmMs: number
    /** Between two things that are taken back. */
    readonly everyMs: number
    /** A person says yes to each. */
    readonly ask: boolean
  }
}

/** A day or days of each year on which promotions of a scope are held. */
export type SensitiveDates = {
  readonly id: string
  readonly name: string
  /** MM-DD, both included, in the business's zone. */
  readonly from: string
  readonly to: string
  readonly scope: ScopeSpec
}

export type BrandSpec = {
  readonly entities: readonly EntitySpec[]
  readonly sources: readonly SourceSpec[]
  readonly riskWords: readonly RiskWords[]
  readonly dates: readonly SensitiveDates[]
  readonly playbooks: readonly PlaybookSpec[]
  /** Where notices, answers and statements go; '' = they stay in the console. */
  readonly webhook: string
}

export const BRAND_APPLIED = 'brand.applied.v1'
export type BrandApplied = { readonly version: string; readonly brand: BrandSpec }

/** One thing somebody said, as it was read when it was heard: never read again, so that replay is the same. */
export type Mention = {
  /** The source's own; with the source it is heard once. */
  readonly id: string
  readonly source: string
  /** ms, when it was said. */
  readonly at: number
  readonly author: string
  readonly url: string
  /** Without markup, tricks of script and more than can be read. */
  readonly text: string
  readonly language: 'ru' | 'en' | 'other'
  /** Entities it is about; [] = kept only to be looked at. */
  readonly entities: readonly MentionedEntity[]
  readonly emotion: Emotion | ''
  readonly risks: readonly { readonly kind: RiskKind; readonly severity: number; readonly word: string }[]
  /** Says itself that it repeats another. */
  readonly isRepost: boolean
  /** A ticket of support, that can be answered. */
  readonly isTicket: boolean
  /** What its author gave in stars, a grade or an answer to "would you recommend us". */
  readonly rating?: Rating
}
export type MentionedEntity = {
  readonly id: string
  /** −1 to 1, towards this entity. */
  readonly tone: number
  /** 0 to 1. */
  readonly confidence: number
}

export const MENTIONS_HEARD = 'brand.mentions_heard.v1'
export type MentionsHeard = {
  readonly source: string
  readonly mentions: readonly Mention[]
  /** Which model read them. */
  readonly toneVersion: string
}

export const MENTION_CORRECTED = 'brand.mention_corrected.v1'
/** A person read it otherwise; the tone is learnt from it. */
export type MentionCorrected = {
  readonly source: string
  readonly id: string
  readonly entity: string
  readonly tone: -1 | 0 | 1
  readonly by: string
  /** Of the mention, which may be gone when this is folded. */
  readonly language?: Mention['language']
}

export const TONE_LEARNT = 'brand.tone_learnt.v1'
/** What the corrections of one language taught, and whether it was better on those held back. */
export type ToneLearnt = {
  readonly language: 'ru' | 'en'
  readonly version: string
  /** Corrections given until then, and how many of them could be judged on. */
  readonly lessons: number
  readonly judgedOn: number
  /** Shares read as people did, and mean log-loss, each held back once: without the words and with them. */
  readonly right: { readonly before: number; readonly after: number }
  readonly loss: { readonly before: number; readonly after: number }
  readonly isUsed: boolean
  /** At most 300; none when they are not used. */
  readonly words: readonly OwnWord[]
}

export const SOURCE_FAILED = 'brand.source_failed.v1'
export const SOURCE_RECOVERED = 'brand.source_recovered.v1'
/** Told once when it begins, not at each try. */
export type SourceFailed = { readonly source: string; readonly message: string }
export type SourceRecovered = { readonly source: string }

export type IncidentKind = 'crisis' | 'slow_burn' | 'attack' | 'opportunity' | 'drill'

/** What the watch saw. */
export type IncidentEvidence = {
  readonly mentions: number
  /** In as long a time, as a rule. */
  readonly usual: number
  readonly negativeShare: number
  readonly usualNegative: number
  readonly voices: number
  readonly echoes: number
  readonly riskWords: readonly string[]
  readonly phrases: readonly string[]
  /** `source id` of a few. */
  readonly samples: readonly string[]
}

/** Something Windvane itself did shortly before. */
export type OwnAct = {
  readonly at: number
  readonly what: 'sent' | 'plan' | 'spend'
  readonly campaignId: string
  readonly creativeId: string
  readonly people: number
  /** Words that its text and the mentions share. */
  readonly shared: readonly string[]
  /** 0 to 1: how well it fits, not that it is the cause. */
  readonly fit: number
}

export const INCIDENT_OPENED = 'brand.incident_opened.v1'
export type IncidentOpened = {
  readonly incidentId: string
  readonly kind: IncidentKind
  readonly severity: 1 | 2 | 3
  readonly entity: string
  readonly topic: string
  /** ms, when it began. */
  readonly since: number
  readonly evidence: IncidentEvidence
  readonly own: readonly OwnAct[]
  /** As it is now: what is changed in the plan later is for later incidents. null = nobody wrote one for it. */
  readonly playbook: PlaybookSpec | null
  readonly by: string
}

export const INCIDENT_GREW = 'brand.incident_grew.v1'
export type IncidentGrew = {
  readonly incidentId: string
  readonly severity: 1 | 2 | 3
  readonly evidence: IncidentEvidence
}

export const INCIDENT_OWNED = 'brand.incident_owned.v1'
/** A person has taken it over: nobody else is called. */
export type IncidentOwned = { readonly incidentId: string; readonly by: string }

export const INCIDENT_NOTED = 'brand.incident_noted.v1'
export type IncidentNoted = { readonly incidentId: string; readonly text: string; readonly by: string }

export const STEP_SKIPPED = 'brand.step_skipped.v1'
/** Nothing to do, or not needed any more. */
export type StepSkipped = {
  readonly incidentId: string
  readonly step: number
  readonly why: 'nothing_fits' | 'owned' | 'over' | 'drill'
}

export const NOTICE_BEGUN = 'brand.notice_begun.v1'
/** The next thing is the call: without an end it may have arrived. */
export type NoticeBegun = { readonly incidentId: string; readonly step: number }
export const NOTICE_ENDED = 'brand.notice_ended.v1'
export type NoticeEnded = {
  readonly incidentId: string
  readonly step: number
  readonly outcome: 'done' | 'failed' | 'unknown'
  /** What an outside system answered, in its own words. */
  readonly detail: string
  readonly said?: Said
}

export const INCIDENT_CALM = 'brand.incident_calm.v1'
/** What it was about is as usual again: what was done is taken back, last first. */
export type IncidentCalm = { readonly incidentId: string; readonly by: string }

export const STEP_TAKEN_BACK = 'brand.step_taken_back.v1'
export type StepTakenBack = { readonly incidentId: string; readonly step: number; readonly by: string }

export const INCIDENT_CLOSED = 'brand.incident_closed.v1'
export type IncidentClosed = {
  readonly incidentId: string
  readonly by: string
  readonly falseAlarm: boolean
  /** What happened, in Markdown. */
  readonly postMortem: string
}

export const STATEMENT_APPROVED = 'brand.statement_approved.v1'
/** Words that may be said in the company's name; where they are published is up to people or the webhook. */
export type StatementApproved = {
  readonly incidentId: string
  readonly texts: Texts
  readonly proposalId: string
}

export const TOPIC_MUTED = 'brand.topic_muted.v1'
/** "Do not call me for this": until then, and it takes more from then on. */
export type TopicMuted = {
  readonly entity: string
  readonly topic: string
  readonly until: number
  readonly by: string
}
