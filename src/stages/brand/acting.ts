// What people do with incidents: take one over, note, stand down, end it, say it was none; drill a playbook, or only look
// at what it would do.

import { isReversible, standing, type Incident } from '../../brand/index.ts'
import {
  INCIDENT_CALM,
  INCIDENT_NOTED,
  INCIDENT_OWNED,
  MENTION_CORRECTED,
  TOPIC_MUTED,
  type IncidentEvidence,
  type PlaybookSpec,
  type StepSpec,
} from '../../brand/events.ts'
import { actionOf, verdictOf, momentOf } from '../../governance/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Loop } from '../../loop.ts'
import { wordsIn } from './alarms.ts'
import type { LineBeside } from './beside-topic.ts'
import { close, openedEvent } from './brand-turn.ts'
import { takeBackFacts } from './executors.ts'
import { deedOf, wishOfStep } from './steps.ts'

export type IncidentDeed = {
  readonly incidentId: string
  readonly act: 'own' | 'note' | 'stand_down' | 'close' | 'false_alarm' | 'take_back'
  readonly text: string
  readonly step: number
  readonly by: string
}

/** Throws Failures `brand.no_incident`, `brand.still_holds`, `brand.nothing_to_take_back`, `log.*`. */
export const actOnIncident = async (loop: Loop, deed: IncidentDeed): Promise<void> => {
  const { state } = loop
  const { incidentId, act, text, by } = deed
  const incident = state.brand.incidents.open.get(incidentId)
  if (incident === undefined)
    throw new Failure({
      code: 'brand.no_incident',
      message: `${incidentId} is not open.`,
      hint: 'It may be over by itself: look at the page again.',
    })
  switch (act) {
    case 'own':
      return say(loop, INCIDENT_OWNED, { incidentId, by })
    case 'note':
      return say(loop, INCIDENT_NOTED, { incidentId, text, by })
    case 'stand_down':
      return say(loop, INCIDENT_CALM, { incidentId, by })
    case 'take_back':
      return takeBack(loop, incident, deed)
    case 'false_alarm':
      for (const step of standing(incident)) await takeBack(loop, incident, { ...deed, step })
      return close(loop, state.brand.incidents.open.get(incidentId) ?? incident, { by, falseAlarm: true })
    case 'close':
      if (standing(incident).length > 0)
        throw new Failure({
          code: 'brand.still_holds',
          message: `${incidentId} still holds ${standing(incident).length} things back.`,
          hint: 'Stand it down first, or take back each.',
        })
      return close(loop, incident, { by, falseAlarm: false })
  }
}

const takeBack = async (loop: Loop, incident: Incident, { step, by }: IncidentDeed): Promise<void> => {
  const spec = incident.playbook?.steps[step]
  if (spec === undefined || !isReversible(spec) || !standing(incident).includes(step))
    throw new Failure({
      code: 'brand.nothing_to_take_back',
      message: `Step ${step + 1} of ${incident.incidentId} holds nothing.`,
      hint: 'Only what was held can be let go.',
    })
  const { ctx } = loop
  await loop.record(
    takeBackFacts(incident.incidentId, step, by).map(({ type, key, data }) => ({
      id: ctx.newId(),
      type,
      key,
      at: ctx.now(),
      data,
    })),
  )
}

const say = async ({ record, ctx }: Loop, type: string, data: object): Promise<void> => {
  await record([{ id: ctx.newId(), type, key: '', at: ctx.now(), data }])
}

/** Days 0 = from now on again. Each mute with days teaches that it takes more. */
export const muteEntity = async (
  loop: Loop,
  { entity, days, by }: { readonly entity: string; readonly days: number; readonly by: string },
): Promise<void> => {
  entityOf(loop, entity)
  return say(loop, TOPIC_MUTED, { entity, topic: '', until: loop.ctx.now() + days * DAY_MS, by })
}

/** Throws Failure `brand.no_mention`. */
export const correctMention = async (
  loop: Loop,
  about: { readonly key: string; readonly entity: string; readonly tone: -1 | 0 | 1; readonly by: string },
): Promise<void> => {
  const { key, entity, tone, by } = about
  const mention = loop.state.brand.mentions.get(key)
  if (mention === undefined || !mention.entities.some(({ id }) => id === entity))
    throw new Failure({
      code: 'brand.no_mention',
      message: 'This mention is not at hand any more, or is not about that.',
      hint: 'Look at the page again.',
    })
  const { source, id, language } = mention
  return say(loop, MENTION_CORRECTED, { source, id, entity, tone, by, language })
}

const entityOf = ({ state }: Loop, id: string): void => {
  if (state.brand.spec?.entities.some((entity) => entity.id === id) !== true)
    throw new Failure({
      code: 'brand.no_entity',
      message: `Nobody watches \`${id}\`.`,
      hint: `Watched: ${state.brand.spec?.entities.map((one) => one.id).join(', ') ?? 'nothing'}.`,
    })
}

const playbookOf = ({ state }: Loop, id: string): PlaybookSpec => {
  const found = state.brand.spec?.playbooks.find((one) => one.id === id)
  if (found !== undefined) return found
  throw new Failure({
    code: 'brand.no_playbook',
    message: `There is no playbook \`${id}\`.`,
    hint: `In the plan: ${state.brand.spec?.playbooks.map((one) => one.id).join(', ') ?? 'none'}.`,
  })
}

const NOTHING_SEEN: IncidentEvidence = {
  mentions: 0,
  usual: 0,
  negativeShare: 0,
  usualNegative: 0,
  voices: 0,
  echoes: 0,
  riskWords: [],
  phrases: [],
  samples: [],
}

const trial = (loop: Loop) => ({
  kind: 'drill' as const,
  severity: 3 as const,
  entity: loop.state.brand.spec?.entities[0]?.id ?? '',
  topic: '',
  since: loop.ctx.now(),
  evidence: NOTHING_SEEN,
})

/** Calls whom the playbook calls, and holds nothing. Throws Failures `brand.no_playbook`, `log.*`. */
export const drillPlaybook = async (loop: Loop, id: string, by: string): Promise<void> => {
  playbookOf(loop, id)
  await loop.record([openedEvent({ loop, wordsIn }, trial(loop), by, id)])
}

export type DryStep = {
  readonly kind: string
  readonly class: string
  readonly would: 'goes' | 'waits' | 'nothing' | 'calls'
  readonly what: string
  readonly count: number
  readonly sample: readonly string[]
  /** Ad lines it would pause, why, and whether their platform has ever told of them. */
  readonly lines: readonly (LineBeside & { readonly told: boolean })[]
}

/**
 * What it would do if it began now: for the incident it is at work on, else for one of these words. Changes nothing.
 */
export const dryRunPlaybook = (loop: Loop, id: string, words: readonly string[] = []): readonly DryStep[] => {
  const { state, ctx } = loop
  const playbook = playbookOf(loop, id)
  const running = [...state.brand.incidents.open.values()].findLast(
    (one) => one.playbook?.id === id && one.kind !== 'drill',
  )
  const alarm = trial(loop)
  const opened = openedEvent(
    { loop, wordsIn },
    { ...alarm, evidence: { ...alarm.evidence, phrases: words } },
    '',
    id,
  ).data
  const made: Incident = {
    ...opened,
    at: ctx.now(),
    status: 'open',
    owner: '',
    seenAt: ctx.now(),
    calmAt: 0,
    closedAt: 0,
    falseAlarm: false,
    postMortem: '',
    steps: [],
    timeline: [],
  }
  const incident = words.length > 0 ? made : (running ?? made)
  return playbook.steps.map((spec, step) => dryStep(state, { incident, step, spec, now: ctx.now() }))
}

const dryStep = (
  state: Loop['state'],
  about: {
    readonly incident: Incident
    readonly step: number
    readonly spec: StepSpec
    readonly now: number
  },
): DryStep => {
  const { incident, step, spec, now } = about
  const nothing = { kind: spec.kind, class: '', what: '', count: 0, sample: [], lines: [] }
  if (spec.kind === 'notify')
    return { ...nothing, would: 'calls', what: 'people', count: spec.to.length, sample: spec.to }
  const deed = deedOf(state, incident, { step, spec }, wordsIn)
  if (deed === null) return { ...nothing, would: 'nothing' }
  const wish = wishOfStep(state, { incident, step, spec }, deed)
  const moment = momentOf(state.governance.policy, state.business, now)
  const { level } = verdictOf(state.governance, actionOf(wish), moment)
  const { what, count, sample } = wish.touches
  const beside = deed.kind === 'hold' ? (deed.beside ?? []) : []
  return {
    kind: spec.kind,
    class: wish.class,
    would: level >= 3 ? 'goes' : level === 2 || level === 1 ? 'waits' : 'nothing',
    what,
    count,
    sample,
    lines: beside.map((line) => ({
      ...line,
      told: (state.guardrail.books.lines.get(line.lineId)?.budgetMicros ?? null) !== null,
    })),
  }
}
