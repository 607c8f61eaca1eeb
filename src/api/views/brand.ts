// What the console shows of the brand watch, read from folded state.

import {
  contradictionsOf,
  isReversible,
  judgeSpike,
  npsBetween,
  postMortemOf,
  topicKey,
  type Incident,
  type KnownMention,
} from '../../brand/index.ts'
import type { BrandSpec, EntitySpec } from '../../brand/events.ts'
import type { HoldScope } from '../../guardrail/events.ts'
import type { LoopState } from '../../loop.ts'
import { voicesNeeded } from '../../stages/brand/alarms.ts'
import { textOfCreative } from '../../stages/brand/scope.ts'
import type { Brand, BrandIncident } from '../contract.ts'
import { linesView } from './brand-lines.ts'
import { echoesOf, mentionView, nameOf } from './brand-mentions.ts'
import { sayIn } from './said-words.ts'
import type { Language, ViewSources } from './sources.ts'

const DAY_MS = 86_400_000
const MENTIONS_SHOWN = 60
const CLOSED_SHOWN = 20
const WORDS_SHOWN = 12

/** In the reader's language. */
export const viewBrand = ({ loop }: ViewSources, language: Language = 'en'): Brand => {
  const { state, ctx } = loop
  const { brand } = state
  const now = ctx.now()
  const recent = [...brand.mentions.values()].filter(({ at }) => at > now - DAY_MS)
  const echoes = echoesOf(recent)
  const entities = (brand.spec?.entities ?? []).map((entity) => entityView(state, entity, recent, now))
  return {
    configured: brand.spec !== null,
    now,
    entities,
    incidents: [
      ...[...brand.incidents.open.values()].toReversed(),
      ...brand.incidents.closed.slice(-CLOSED_SHOWN).toReversed(),
    ].map((incident) => incidentView(state, incident, language)),
    mentions: recent
      .filter(({ isEcho }) => !isEcho)
      .toSorted((left, right) => right.at - left.at)
      .slice(0, MENTIONS_SHOWN)
      .map((mention) => mentionView(state, mention, echoes)),
    learnt: [...brand.learnt.values()].map(({ language, judgedOn, right, isUsed, words }) => ({
      language,
      judgedOn,
      ...right,
      used: isUsed,
      words: words.slice(0, WORDS_SHOWN).map(({ stem, negative, positive }) => ({
        stem,
        tone: negative >= positive ? -1 : 1,
      })),
    })),
    corrections: brand.corrections.size,
    nps: npsView(state, brand.spec, now),
    quiet: {
      mentions: recent.length,
      echoes: recent.filter(({ isEcho }) => isEcho).length,
      loud: entities.filter(({ standing }) => ['loud', 'rising', 'good_news'].includes(standing)).length,
    },
    sources: sourcesView(state, brand.spec),
    holds: [...state.guardrail.holds.values()].map(({ holdId, why, said, by, at, scope }) => ({
      holdId,
      why: sayIn(language, said, why),
      by,
      at,
      ...scopeView(scope),
    })),
    statements: brand.statements.map(({ incidentId, proposalId, texts }) => ({
      incidentId,
      proposalId,
      texts: { ...texts },
    })),
    contradictions: contradictionsOf(
      state.decision.campaigns.values(),
      state.delivery.creatives,
      textOfCreative,
    ).map(({ what, about, places }) => ({ what, about, places: places.map((place) => ({ ...place })) })),
    playbooks: playbooksView(state),
  }
}

const entityView = (
  { brand }: LoopState,
  { id, kind, name }: EntitySpec,
  recent: readonly KnownMention[],
  now: number,
): Brand['entities'][number] => {
  const own = recent.filter(({ entities }) => entities.some((one) => one.id === id))
  const finding = judgeSpike(brand.watch.spikes, id, now)
  const tones = own.flatMap(({ entities }) => entities.filter((one) => one.id === id).map(({ tone }) => tone))
  const mute = brand.mutes.get(topicKey(id, ''))
  return {
    id,
    kind,
    name,
    mentions: own.length,
    usual: finding === null ? null : Math.round(finding.expected * 10) / 10,
    voices: new Set(own.map(({ voice }) => voice)).size,
    negativeShare: tones.length === 0 ? null : tones.filter((tone) => tone < NEGATIVE).length / tones.length,
    standing: finding?.kind ?? (brand.watch.spikes.subjects.has(id) ? 'calm' : 'learning'),
    risk: finding?.risk ?? 0,
    surprise: finding === null ? 0 : Math.round(finding.surprise * 10) / 10,
    severity: finding?.severity ?? 0,
    phrases: (finding?.topics ?? []).map(({ phrase }) => phrase),
    mutedUntil: mute !== undefined && mute.until > now ? mute.until : null,
    voicesNeeded: voicesNeeded(brand, id),
  }
}

const NEGATIVE = -0.2

export const incidentView = (
  state: LoopState,
  incident: Incident,
  language: Language = 'en',
): BrandIncident => {
  const { brand } = state
  const { evidence, playbook, steps, own, timeline, topic: _topic, by: _by, ...plain } = incident
  return {
    ...plain,
    name: nameOf(brand.spec, incident.entity),
    evidence: {
      ...evidence,
      riskWords: [...evidence.riskWords],
      phrases: [...evidence.phrases],
      samples: evidence.samples.flatMap((key) => {
        const mention = brand.mentions.get(key)
        return mention === undefined ? [] : [{ key, text: mention.text, url: mention.url }]
      }),
    },
    own: own.map((act) => ({ ...act, shared: [...act.shared] })),
    playbook: playbook?.name ?? '',
    postMortem: storyIn(state, incident, language),
    steps: steps.map(({ said, ...step }, index) => {
      const spec = playbook?.steps[index]
      return {
        ...step,
        detail: sayIn(language, said, step.detail),
        kind: spec?.kind ?? '',
        afterMs: spec?.afterMs ?? 0,
        reversible: spec !== undefined && isReversible(spec),
        lines: linesView(state, incident, index),
      }
    }),
    timeline: timeline.map(({ said, ...entry }) => ({
      ...entry,
      detail: sayIn(language, said, entry.detail),
    })),
  }
}

/** Told anew from the record: the one in the log is in the language of the business. */
const storyIn = ({ brand }: LoopState, incident: Incident, language: Language): string =>
  incident.postMortem === ''
    ? ''
    : postMortemOf(
        {
          ...incident,
          steps: incident.steps.map(({ said, ...step }) => ({
            ...step,
            detail: sayIn(language, said, step.detail),
          })),
          timeline: incident.timeline.map(({ said, ...entry }) => ({
            ...entry,
            detail: sayIn(language, said, entry.detail),
          })),
        },
        { entityName: nameOf(brand.spec, incident.entity), locale: language, now: incident.closedAt },
      )

/** Days of the figure. */
const NPS_DAYS = 90

const npsView = ({ brand }: LoopState, spec: BrandSpec | null, now: number): Brand['nps'] =>
  (spec?.sources ?? [])
    .filter(({ score }) => score === 'nps')
    .map(({ id, about }) => ({
      source: id,
      name: nameOf(spec, about ?? ''),
      days: NPS_DAYS,
      ...npsBetween(brand.nps, { now, days: NPS_DAYS, source: id }),
    }))

const sourcesView = ({ brand }: LoopState, spec: BrandSpec | null): Brand['sources'] =>
  (spec?.sources ?? []).map(({ id, kind }) => {
    const known = brand.sources.get(id)
    return {
      id,
      kind,
      heard: known?.heard ?? 0,
      heardAt: known?.heardAt ?? 0,
      trouble: known?.trouble ?? '',
      troubleAt: known?.troubleAt ?? 0,
    }
  })

const scopeView = (scope: HoldScope): Pick<Brand['holds'][number], 'what' | 'scope'> => {
  const { kind, ...parts } = scope
  const what =
    scope.kind === 'lines'
      ? 'lines'
      : scope.exceptTone !== ''
        ? `tone ${scope.exceptTone}`
        : scope.offersOnly
          ? 'offers'
          : kind
  return {
    what,
    scope: Object.entries(parts).flatMap(([part, values]) =>
      Array.isArray(values) && values.length > 0 ? [{ part, values: values.map(String) }] : [],
    ),
  }
}

const playbooksView = ({ brand }: LoopState): Brand['playbooks'] => {
  const all = [...brand.incidents.closed, ...brand.incidents.open.values()]
  return (brand.spec?.playbooks ?? []).map(({ id, name, when, steps, standDown }) => {
    const used = all.filter(({ playbook }) => playbook?.id === id)
    const drill = used.findLast(({ kind }) => kind === 'drill')
    const told = (drill?.steps ?? []).filter(({ status }) => status === 'done').map(({ at }) => at)
    return {
      id,
      name,
      when,
      steps: steps.map(({ kind, afterMs, unlessOwned }) => ({ kind, afterMs, unlessOwned })),
      calmMs: standDown.calmMs,
      everyMs: standDown.everyMs,
      ask: standDown.ask,
      lastDrillAt: drill?.at ?? null,
      lastDrillMs: drill === undefined || told.length === 0 ? null : Math.max(...told) - drill.at,
      lastUsedAt: used.findLast(({ kind }) => kind !== 'drill')?.at ?? null,
    }
  })
}
