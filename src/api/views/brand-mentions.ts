// What was said, as the console shows it: the latest, or all of one name, phrase or incident.

import type { BrandState, KnownMention } from '../../brand/index.ts'
import type { BrandSpec } from '../../brand/events.ts'
import { MINUTE_MS } from '../../kernel/time.ts'
import type { LoopState } from '../../loop.ts'
import { wordsIn } from '../../stages/brand/alarms.ts'
import type { BrandMention, MentionsAbout } from '../contract.ts'
import type { ViewSources } from './sources.ts'

const SHOWN_MAX = 100
const DAY_MS = 86_400_000
/** What was said while it was being told. */
const AFTER_MS = 5 * MINUTE_MS

/** Voices on one entity in the last day, or while an incident went on, that hold a phrase; newest first. */
export const viewMentionsAbout = (
  { loop }: ViewSources,
  ask: { readonly entity: string; readonly phrase: string; readonly incident: string },
): MentionsAbout => {
  const { state, ctx } = loop
  const [from, to] = spanOf(state.brand, ask.incident, ctx.now())
  const all = [...state.brand.mentions.values()].filter(
    ({ at, entities }) => at >= from && at <= to && entities.some(({ id }) => id === ask.entity),
  )
  const echoes = echoesOf(all)
  const found = all.filter(
    ({ isEcho, text }) => !isEcho && (ask.phrase === '' || wordsIn(text, [ask.phrase]).length > 0),
  )
  return {
    total: found.length,
    mentions: found
      .toSorted((left, right) => right.at - left.at)
      .slice(0, SHOWN_MAX)
      .map((mention) => mentionView(state, mention, echoes)),
  }
}

const spanOf = ({ incidents }: BrandState, id: string, now: number): readonly [number, number] => {
  const incident = incidents.open.get(id) ?? incidents.closed.find(({ incidentId }) => incidentId === id)
  return incident === undefined ? [now - DAY_MS, now] : [incident.since, incident.seenAt + AFTER_MS]
}

export const echoesOf = (mentions: readonly KnownMention[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const { voice, isEcho } of mentions) if (isEcho) counts.set(voice, (counts.get(voice) ?? 0) + 1)
  return counts
}

export const mentionView = (
  { brand }: LoopState,
  mention: KnownMention,
  echoes: ReadonlyMap<number, number>,
): BrandMention => {
  const { id, source, at, author, url, text, language, entities, emotion, risks, voice, rating } = mention
  const key = `${source} ${id}`
  return {
    key,
    source,
    at,
    author,
    url,
    text,
    language,
    entities: entities.map((entity) => ({
      id: entity.id,
      name: nameOf(brand.spec, entity.id),
      tone: entity.tone,
      confidence: entity.confidence,
      corrected: brand.corrections.get(`${key} ${entity.id}`)?.tone ?? null,
    })),
    emotion,
    risks: [...new Set(risks.map(({ word }) => word))],
    rating: rating === undefined ? null : { ...rating },
    echoes: echoes.get(voice) ?? 0,
  }
}

export const nameOf = (spec: BrandSpec | null, id: string): string =>
  spec?.entities.find((entity) => entity.id === id)?.name ?? id
