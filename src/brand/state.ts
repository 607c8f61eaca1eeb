// What the brand watch knows, folded from the log: whom it watches, what was said lately, incidents, what was muted.

import { monthOf } from '../kernel/month.ts'
import type { LogEvent } from '../log/port.ts'
import {
  BRAND_APPLIED,
  MENTION_CORRECTED,
  MENTIONS_HEARD,
  SOURCE_FAILED,
  SOURCE_RECOVERED,
  STATEMENT_APPROVED,
  TONE_LEARNT,
  TOPIC_MUTED,
  type BrandApplied,
  type BrandSpec,
  type Mention,
  type MentionCorrected,
  type MentionsHeard,
  type SourceFailed,
  type SourceRecovered,
  type StatementApproved,
  type ToneLearnt,
  type TopicMuted,
} from './events.ts'
import { fingerprintOf, ownFingerprint } from './mention/fingerprint.ts'
import { placeEcho, type Placed } from './mention/echoes.ts'
import { wordsOf } from './mention/words.ts'
import { foldHeard } from './spike/spikes.ts'
import { createWatch, type Watch } from './read-mention.ts'
import { createIncidents, foldIncidents, type Incidents } from './incident/incident.ts'
import { foldNps, type NpsDays } from './nps-days.ts'
import { foldOwnActs, type OwnActs } from './own-acts.ts'

export type SourceState = {
  /** ms of the newest mention. */
  readonly newestAt: number
  /** ms, when something was last heard. */
  readonly heardAt: number
  readonly heard: number
  readonly echoes: number
  /** '' while it works. */
  readonly trouble: string
  readonly troubleAt: number
}

export type Mute = { readonly until: number; readonly times: number; readonly by: string }

/** With the voice it is of: copies of one text are one voice. */
export type KnownMention = Mention & { readonly voice: number; readonly isEcho: boolean }

/** With what was read: it may be gone from the mentions when it is learnt from. */
export type KnownCorrection = MentionCorrected & {
  readonly text: string
  readonly language: Mention['language']
}

export type BrandState = {
  /** null as long as nobody asked for a watch. */
  spec: BrandSpec | null
  version: string
  readonly incidents: Incidents
  /** By `source id`, oldest first: what is shown, and what was heard already. */
  readonly mentions: Map<string, KnownMention>
  /** Who says it first and who repeats, what is usual, what stands out. */
  watch: Watch
  /** Older ones: only that they were heard. */
  readonly heard: Set<string>
  /** How many the log has, by month. */
  readonly stored: Map<string, number>
  readonly sources: Map<string, SourceState>
  /** By `entity topic`. */
  readonly mutes: Map<string, Mute>
  /** By `source id entity`. */
  readonly corrections: Map<string, KnownCorrection>
  /** Corrections ever given, by language. */
  readonly lessons: Map<string, number>
  /** What they taught, the newest, by language. */
  readonly learnt: Map<string, ToneLearnt>
  readonly statements: StatementApproved[]
  readonly ownActs: OwnActs
  readonly nps: NpsDays
}

/** Of these, text and all. */
export const MENTIONS_KEPT = 5_000
/** Of these, that they were heard. */
export const HEARD_KEPT = 200_000
const CORRECTIONS_KEPT = 5_000
const CORRECTION_CHARS_MAX = 1_000
const STATEMENTS_KEPT = 50
const MUTES_KEPT = 500

export const createBrand = (): BrandState => ({
  spec: null,
  version: '',
  incidents: createIncidents(),
  mentions: new Map(),
  watch: createWatch(),
  heard: new Set(),
  stored: new Map(),
  sources: new Map(),
  mutes: new Map(),
  corrections: new Map(),
  lessons: new Map(),
  learnt: new Map(),
  statements: [],
  ownActs: new Map(),
  nps: new Map(),
})

export const mentionKey = ({ source, id }: Pick<Mention, 'source' | 'id'>): string => `${source} ${id}`
export const topicKey = (entity: string, topic: string): string => `${entity} ${topic}`

export const foldBrand = (state: BrandState, event: LogEvent): void => {
  switch (event.type) {
    case BRAND_APPLIED: {
      const { version, brand } = event.data as BrandApplied
      state.spec = brand
      state.version = version
      return
    }
    case MENTIONS_HEARD:
      return foldMentions(state, event.data as MentionsHeard, event.at)
    case MENTION_CORRECTED:
      return foldCorrection(state, event.data as MentionCorrected)
    case TONE_LEARNT: {
      const learnt = event.data as ToneLearnt
      state.learnt.set(learnt.language, learnt)
      return
    }
    case SOURCE_FAILED: {
      const { source, message } = event.data as SourceFailed
      return setSource(state, source, { trouble: message, troubleAt: event.at })
    }
    case SOURCE_RECOVERED:
      return setSource(state, (event.data as SourceRecovered).source, { trouble: '', troubleAt: event.at })
    case STATEMENT_APPROVED:
      state.statements.push(event.data as StatementApproved)
      state.statements.splice(0, Math.max(0, state.statements.length - STATEMENTS_KEPT))
      return
    case TOPIC_MUTED: {
      const { entity, topic, until, by } = event.data as TopicMuted
      const key = topicKey(entity, topic)
      // Calling again is no lesson.
      const times = (state.mutes.get(key)?.times ?? 0) + (until > event.at ? 1 : 0)
      state.mutes.set(key, { until, by, times })
      return dropOldest(state.mutes, MUTES_KEPT)
    }
    default:
      foldOwnActs(state.ownActs, event)
      return foldIncidents(state.incidents, event)
  }
}

/** Whether it is in the log already. */
export const wasHeard = (state: BrandState, mention: Pick<Mention, 'source' | 'id'>): boolean => {
  const key = mentionKey(mention)
  return state.mentions.has(key) || state.heard.has(key)
}

/** The month it counts to, UTC; what is said to be of the future counts to when it was heard (ms). */
export const mentionMonth = ({ at }: Pick<Mention, 'at'>, heardAt: number): string =>
  monthOf(Math.min(at, heardAt))

const foldCorrection = (state: BrandState, corrected: MentionCorrected): void => {
  const { text = '', language = corrected.language ?? 'other' } =
    state.mentions.get(mentionKey(corrected)) ?? {}
  const key = `${mentionKey(corrected)} ${corrected.entity}`
  // Said anew: the newest word counts, in the order of saying.
  state.corrections.delete(key)
  state.corrections.set(key, { ...corrected, text: text.slice(0, CORRECTION_CHARS_MAX), language })
  state.lessons.set(language, (state.lessons.get(language) ?? 0) + 1)
  dropOldest(state.corrections, CORRECTIONS_KEPT)
}

const foldMentions = (state: BrandState, { source, mentions }: MentionsHeard, at: number): void => {
  for (const mention of mentions) {
    if (wasHeard(state, mention)) continue
    const { voice, isEcho } = listen(state.watch, mention)
    state.mentions.set(mentionKey(mention), { ...mention, voice, isEcho })
    const month = mentionMonth(mention, at)
    state.stored.set(month, (state.stored.get(month) ?? 0) + 1)
    foldNps(state.nps, source, mention)
    const known = state.sources.get(source) ?? NEW_SOURCE
    state.sources.set(source, {
      ...known,
      newestAt: Math.max(known.newestAt, mention.at),
      heardAt: at,
      heard: known.heard + 1,
      echoes: known.echoes + (isEcho ? 1 : 0),
    })
  }
  for (const key of state.mentions.keys()) {
    if (state.mentions.size <= MENTIONS_KEPT) break
    state.mentions.delete(key)
    state.heard.add(key)
  }
  for (const key of state.heard) {
    if (state.heard.size <= HEARD_KEPT) break
    state.heard.delete(key)
  }
}

/** As it was read when it was heard: the fold reads no tone anew. */
const listen = (watch: Watch, mention: Mention): Placed => {
  const placed = placeEcho(watch.echoes, printOf(mention), mention.at)
  for (const { id: subject, tone } of mention.entities)
    foldHeard(watch.spikes, {
      id: mentionKey(mention),
      at: mention.at,
      subject,
      author: mention.author === '' ? mentionKey(mention) : mention.author,
      voice: placed.voice,
      isEcho: placed.isEcho,
      isRepost: mention.isRepost,
      score: tone,
      risks: mention.risks,
      text: mention.text,
    })
  return placed
}

/** "All good" under five stars is said by many, each for themselves; a long text twice is a copy here as anywhere. */
const printOf = (mention: Mention): Uint32Array =>
  mention.rating !== undefined && wordsOf(mention.text).length < COPY_WORDS_MIN
    ? ownFingerprint(mentionKey(mention))
    : fingerprintOf(mention.text)

const COPY_WORDS_MIN = 5

const NEW_SOURCE: SourceState = {
  newestAt: 0,
  heardAt: 0,
  heard: 0,
  echoes: 0,
  trouble: '',
  troubleAt: 0,
}

const setSource = (state: BrandState, source: string, to: Partial<SourceState>): void => {
  state.sources.set(source, { ...(state.sources.get(source) ?? NEW_SOURCE), ...to })
}

const dropOldest = (map: Map<string, unknown>, max: number): void => {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}
