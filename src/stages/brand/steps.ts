// What one step of a playbook wishes, as a proposal of its class: holding back is lowered risk and goes by itself where
// the policy lets it; answering and speaking for the company wait for a person unless that was earned.

import { holdIdOf, standing, STEP_WISH, ANSWER_WISH, type DueStep, type Incident } from '../../brand/index.ts'
import type { StepSpec } from '../../brand/events.ts'
import type { ActionClass, Change, Wish } from '../../governance/events.ts'
import type { HoldScope } from '../../guardrail/events.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import { said } from '../../kernel/said.ts'
import { versionOf } from '../../kernel/version.ts'
import type { LoopState } from '../../loop.ts'
import { linesBeside, saidBeside, type LineBeside } from './beside-topic.ts'
import { creativesWith, holdScopeOf, type WordsIn } from './scope.ts'

export const BRAND = { kind: 'machine', id: 'brand', name: 'Windvane', role: 'machine' } as const

/** What a step would do now, resolved against campaigns, creatives, lines and tickets as they are. */
export type Deed =
  | {
      readonly kind: 'hold'
      readonly holdId: string
      readonly scope: HoldScope
      readonly why: string
      /** Of ad lines: which word of theirs is beside the topic. */
      readonly beside?: readonly LineBeside[]
    }
  | {
      readonly kind: 'answer'
      readonly texts: Readonly<Record<string, string>>
      readonly tickets: readonly string[]
    }
  | { readonly kind: 'statement'; readonly texts: Readonly<Record<string, string>> }

const FIT_MIN = 0.5
const TICKETS_MAX = 500
const LINES_TOLD = 20

/** null when there is nothing that it would touch. */
export const deedOf = (
  state: LoopState,
  incident: Incident,
  { step, spec }: Pick<DueStep, 'step' | 'spec'>,
  wordsIn: WordsIn,
): Deed | null => {
  const hold = (scope: HoldScope | null): (Deed & { readonly kind: 'hold' }) | null =>
    scope === null
      ? null
      : { kind: 'hold', holdId: holdIdOf(incident.incidentId, step), scope, why: whyOf(incident) }
  switch (spec.kind) {
    case 'pause':
      return hold(holdScopeOf(state, spec.scope, { offersOnly: false, exceptTone: '' }, wordsIn))
    case 'freeze_offers':
      return hold(holdScopeOf(state, spec.scope, { offersOnly: true, exceptTone: '' }, wordsIn))
    case 'tone':
      return hold(holdScopeOf(state, spec.scope, { offersOnly: false, exceptTone: spec.tone }, wordsIn))
    case 'hold_words': {
      const words = spec.words.length > 0 ? spec.words : incident.evidence.phrases
      const creatives = creativesWith(state, words, wordsIn)
      return creatives.length === 0 ? null : hold({ ...EVERYTHING, creatives })
    }
    case 'roll_back': {
      const campaigns = [
        ...new Set(
          incident.own
            .filter(({ fit, what }) => what === 'sent' && fit >= FIT_MIN)
            .map((one) => one.campaignId),
        ),
      ]
      return campaigns.length === 0 ? null : hold({ ...EVERYTHING, campaigns })
    }
    case 'cut_spend':
      return state.guardrail.books.lines.size === 0 ? null : hold({ kind: 'lines', lines: spec.lines })
    case 'cut_spend_beside': {
      const beside = linesBeside(state, incident, spec.words, wordsIn)
      // An empty list would mean every line.
      if (beside.length === 0) return null
      const held = hold({ kind: 'lines', lines: beside.map(({ lineId }) => lineId) })
      return held === null ? null : { ...held, beside }
    }
    case 'answer': {
      const tickets = [...state.brand.mentions.values()]
        .filter(
          ({ isTicket, at, entities }) =>
            isTicket && at >= incident.since && entities.some(({ id }) => id === incident.entity),
        )
        .map(({ source, id }) => `${source} ${id}`)
        .slice(-TICKETS_MAX)
      return tickets.length === 0 ? null : { kind: 'answer', texts: spec.texts, tickets }
    }
    case 'statement':
      return { kind: 'statement', texts: spec.texts }
    case 'notify':
      return null
  }
}

const EVERYTHING = {
  kind: 'promotions',
  channels: [],
  campaigns: [],
  creatives: [],
  markets: [],
  offersOnly: false,
  exceptTone: '',
} as const

const whyOf = ({ incidentId, entity, topic }: Incident): string =>
  `${incidentId}: ${entity}${topic === '' ? '' : `, ${topic}`}`

const CLASS_OF: Readonly<Record<Exclude<StepSpec['kind'], 'notify'>, ActionClass>> = {
  pause: 'pause',
  tone: 'pause',
  freeze_offers: 'pause',
  hold_words: 'pause',
  roll_back: 'pause',
  cut_spend: 'pause',
  cut_spend_beside: 'pause',
  answer: 'reply',
  statement: 'publish',
}

export const wishOfStep = (
  state: LoopState,
  { incident, step, spec }: Pick<DueStep, 'incident' | 'step' | 'spec'>,
  deed: Deed,
): Wish => {
  const { incidentId, evidence, severity } = incident
  const isSaying = deed.kind !== 'hold'
  return {
    class: spec.kind === 'notify' ? 'pause' : CLASS_OF[spec.kind],
    kind: deed.kind === 'answer' ? ANSWER_WISH : STEP_WISH,
    campaignId: '',
    title: `${spec.kind} (${incidentId}, ${incident.entity})`,
    said: said('step', { step: spec.kind, incident: incidentId, entity: incident.entity }),
    changes: changesOf(state, deed),
    touches: touchesOf(state, deed),
    cost: 0,
    gain: null,
    risk: {
      level: isSaying ? 'high' : 'low',
      note: '',
      said: said(isSaying ? 'cannot_be_unsaid' : 'held_until_over'),
    },
    evidence: [
      {
        kind: 'incident',
        ref: incidentId,
        label: incidentId,
        said: said('incident_seen', { severity, mentions: evidence.mentions }),
      },
      ...evidence.samples.slice(0, 3).map((ref) => ({
        kind: 'mention',
        ref,
        // Whoever looks at it reads what was said, as long as it is kept; the wish holds only where it stands.
        label: ref,
      })),
      ...(deed.kind === 'hold' ? (deed.beside ?? []) : [])
        .slice(0, LINES_TOLD)
        .map((line) => ({ kind: 'ad_line', ref: line.lineId, label: line.name, said: saidBeside(line) })),
    ],
    reversible: !isSaying,
    ground: groundOfStep(state, incidentId),
    payload: { incidentId, step, deed: deed as unknown as Json },
    by: BRAND,
  }
}

/** It rests on the incident being open. */
export const groundOfStep = (state: LoopState, incidentId: string): string => {
  const incident = state.brand.incidents.open.get(incidentId)
  return incident === undefined ? 'gone' : versionOf({ incidentId, status: incident.status })
}

const changesOf = ({ guardrail }: LoopState, deed: Deed): readonly Change[] => {
  switch (deed.kind) {
    case 'hold': {
      const has = guardrail.holds.get(deed.holdId)
      const is = has === undefined ? '' : canonicalJson(has.scope)
      return [{ path: 'hold', is, willBe: canonicalJson(deed.scope) }]
    }
    case 'answer':
    case 'statement':
      return Object.entries(deed.texts).map(([locale, text]) => ({
        path: `text.${locale}`,
        is: '',
        willBe: text,
      }))
  }
}

const touchesOf = (state: LoopState, deed: Deed): Wish['touches'] => {
  if (deed.kind === 'answer')
    return { what: 'tickets', count: deed.tickets.length, sample: deed.tickets.slice(0, 5) }
  if (deed.kind === 'statement') return { what: 'statements', count: 1, sample: [] }
  if (deed.scope.kind === 'lines') {
    const all = [...state.guardrail.books.lines.keys()]
    const lines = deed.scope.lines.length === 0 ? all : deed.scope.lines
    return { what: 'ad lines', count: lines.length, sample: lines.slice(0, 5) }
  }
  const { campaigns } = deed.scope
  const held = [...state.decision.campaigns.values()].filter(
    ({ id, service }) => service !== true && (campaigns.length === 0 || campaigns.includes(id)),
  )
  return { what: 'campaigns', count: held.length, sample: held.slice(0, 5).map(({ id }) => String(id)) }
}

/** For the wish that takes everything back at once, where a person must say so. */
export const STAND_DOWN = 'brand.stand_down'

export const standDownWish = (incident: Incident): Wish => ({
  class: 'plan',
  kind: STAND_DOWN,
  campaignId: '',
  title: `stand_down (${incident.incidentId}, ${incident.entity})`,
  said: said('stand_down', { incident: incident.incidentId, entity: incident.entity }),
  changes: standing(incident).map((step) => ({
    path: holdIdOf(incident.incidentId, step),
    is: incident.playbook?.steps[step]?.kind ?? '',
    willBe: '',
  })),
  touches: { what: 'holds', count: standing(incident).length, sample: [] },
  cost: 0,
  gain: null,
  risk: { level: 'medium', note: '', said: said('promotions_go_again') },
  evidence: [
    {
      kind: 'incident',
      ref: incident.incidentId,
      label: incident.incidentId,
      said: said('calm_since', { at: incident.seenAt }),
    },
  ],
  reversible: false,
  ground: `${incident.incidentId} ${incident.calmAt}`,
  payload: { incidentId: incident.incidentId },
  by: BRAND,
})
