// One incident from the first sign to the end, as a fold: what was seen, what was done, who took it over.

import type {
  EXECUTED,
  EXECUTING,
  Executed,
  EXPIRED,
  PROPOSED,
  Proposed,
  REJECTED,
  Rejected,
  STALE,
  UNDONE,
} from '../../governance/events.ts'
import { isRecord, type Json } from '../../kernel/json.ts'
import type { Said } from '../../kernel/said.ts'
import type { LogEvent } from '../../log/port.ts'
import {
  INCIDENT_CALM,
  INCIDENT_CLOSED,
  INCIDENT_GREW,
  INCIDENT_NOTED,
  INCIDENT_OPENED,
  INCIDENT_OWNED,
  NOTICE_BEGUN,
  NOTICE_ENDED,
  STEP_SKIPPED,
  STEP_TAKEN_BACK,
  type IncidentCalm,
  type IncidentClosed,
  type IncidentGrew,
  type IncidentNoted,
  type IncidentOpened,
  type IncidentOwned,
  type NoticeBegun,
  type NoticeEnded,
  type StepSkipped,
  type StepTakenBack,
} from '../events.ts'

export type StepStatus =
  /** Not begun. */
  | 'due'
  /** A person must say yes. */
  | 'waiting'
  /** Under way. */
  | 'begun'
  | 'done'
  | 'refused'
  | 'failed'
  /** May or may not have happened: shown, never done again by itself. */
  | 'unknown'
  | 'skipped'
  | 'taken_back'

export type StepState = {
  readonly status: StepStatus
  readonly proposalId: string
  /** ms of the last change. */
  readonly at: number
  readonly detail: string
  readonly said?: Said
}

export type TimelineEntry = {
  readonly at: number
  /** `opened`, `grew`, `owned`, `noted`, `calm`, `closed`, or `step <n> <status>`. */
  readonly what: string
  readonly detail: string
  readonly said?: Said
  readonly by: string
}

export type Incident = IncidentOpened & {
  readonly at: number
  readonly status: 'open' | 'standing_down' | 'closed'
  readonly owner: string
  /** ms, when the watch last saw it going on. */
  readonly seenAt: number
  readonly calmAt: number
  readonly closedAt: number
  readonly falseAlarm: boolean
  readonly postMortem: string
  readonly steps: readonly StepState[]
  readonly timeline: readonly TimelineEntry[]
}

export type Incidents = {
  /** Open ones and those that stand down, oldest first. */
  readonly open: Map<string, Incident>
  /** Oldest first. */
  readonly closed: Incident[]
  opened: number
  /** Which step a proposal is. */
  readonly proposals: Map<string, { readonly incidentId: string; readonly step: number }>
}

export const INCIDENTS_OPEN_MAX = 50
const CLOSED_KEPT = 100
const TIMELINE_MAX = 200

export const createIncidents = (): Incidents => ({
  open: new Map(),
  closed: [],
  opened: 0,
  proposals: new Map(),
})

/** Wishes of playbooks are of this kind, and say in their payload which step they are. */
export const STEP_WISH = 'brand.step'
/** Those that call outside. */
export const ANSWER_WISH = 'brand.answer'

// Spelt here since governance stands above; its types hold the spelling.
const proposed: typeof PROPOSED = 'governance.proposed.v1'
const executing: typeof EXECUTING = 'governance.executing.v1'
const executed: typeof EXECUTED = 'governance.executed.v1'
const rejected: typeof REJECTED = 'governance.rejected.v1'
const expired: typeof EXPIRED = 'governance.expired.v1'
const stale: typeof STALE = 'governance.stale.v1'
const undone: typeof UNDONE = 'governance.undone.v1'

export const foldIncidents = (state: Incidents, event: LogEvent): void => {
  const { at } = event
  switch (event.type) {
    case INCIDENT_OPENED:
      return foldOpened(state, event.data as IncidentOpened, at)
    case INCIDENT_GREW: {
      const { incidentId, severity, evidence } = event.data as IncidentGrew
      const before = state.open.get(incidentId)
      return change(state, incidentId, (incident) => ({
        ...incident,
        severity,
        evidence,
        seenAt: at,
        // It came back while it was being stood down.
        status: 'open',
        calmAt: 0,
        steps: incident.steps.map((one) => (isToBeDoneAgain(one) ? { ...one, status: 'due' } : one)),
        ...(before?.severity === severity ? {} : said(incident, at, 'grew', `${severity}`, 'watch')),
      }))
    }
    case INCIDENT_OWNED: {
      const { incidentId, by } = event.data as IncidentOwned
      return change(state, incidentId, (incident) => ({
        ...incident,
        owner: by,
        ...said(incident, at, 'owned', '', by),
      }))
    }
    case INCIDENT_NOTED: {
      const { incidentId, text, by } = event.data as IncidentNoted
      return change(state, incidentId, (incident) => ({
        ...incident,
        ...said(incident, at, 'noted', text, by),
      }))
    }
    case INCIDENT_CALM: {
      const { incidentId, by } = event.data as IncidentCalm
      return change(state, incidentId, (incident) => ({
        ...incident,
        status: 'standing_down',
        calmAt: at,
        ...said(incident, at, 'calm', '', by),
      }))
    }
    case INCIDENT_CLOSED:
      return foldClosed(state, event.data as IncidentClosed, at)
    default:
      return foldSteps(state, event)
  }
}

const foldSteps = (state: Incidents, event: LogEvent): void => {
  const { at } = event
  switch (event.type) {
    case STEP_SKIPPED: {
      const { incidentId, step, why } = event.data as StepSkipped
      return setStep(state, { incidentId, step }, { status: 'skipped', at, detail: why })
    }
    case NOTICE_BEGUN:
      return setStep(state, event.data as NoticeBegun, { status: 'begun', at, detail: '' })
    case NOTICE_ENDED: {
      const { incidentId, step, outcome, detail, said: why } = event.data as NoticeEnded
      return setStep(state, { incidentId, step }, { status: outcome, at, detail, ...withWhy(why) })
    }
    case STEP_TAKEN_BACK: {
      const { incidentId, step, by } = event.data as StepTakenBack
      return setStep(state, { incidentId, step }, { status: 'taken_back', at, detail: by })
    }
    case proposed: {
      const { kind, payload, proposalId, level } = event.data as Proposed
      const step = kind === STEP_WISH || kind === ANSWER_WISH ? stepOfPayload(payload) : null
      if (step === null) return
      state.proposals.set(proposalId, step)
      const status = level === 0 ? 'skipped' : level >= 3 ? 'begun' : 'waiting'
      return setStep(state, step, { status, at, detail: level === 0 ? 'shadow' : '', proposalId })
    }
    default:
      return foldAnswer(state, event)
  }
}

const withoutWhy = ({ said: _before, ...one }: StepState): StepState => one
const withWhy = (why: Said | undefined): Pick<StepState, 'said'> => (why === undefined ? {} : { said: why })

const BY_A_PERSON = 'by a person'

const foldAnswer = (state: Incidents, event: LogEvent): void => {
  const proposalId = isRecord(event.data) ? event.data['proposalId'] : undefined
  const step = typeof proposalId === 'string' ? state.proposals.get(proposalId) : undefined
  if (step === undefined) return
  const { at } = event
  switch (event.type) {
    case executing:
      return setStep(state, step, { status: 'begun', at, detail: '' })
    case executed: {
      const { outcome, detail, said: why } = event.data as Executed
      return setStep(state, step, { status: outcome, at, detail, ...withWhy(why) })
    }
    case rejected:
      return setStep(state, step, { status: 'refused', at, detail: (event.data as Rejected).reason })
    case expired:
      return setStep(state, step, { status: 'refused', at, detail: 'nobody answered' })
    case stale:
      return setStep(state, step, { status: 'refused', at, detail: 'things have changed' })
    case undone:
      return setStep(state, step, { status: 'taken_back', at, detail: BY_A_PERSON })
    default:
  }
}

const foldOpened = (state: Incidents, opened: IncidentOpened, at: number): void => {
  state.opened++
  const incident: Incident = {
    ...opened,
    at,
    status: 'open',
    owner: '',
    seenAt: at,
    calmAt: 0,
    closedAt: 0,
    falseAlarm: false,
    postMortem: '',
    steps: (opened.playbook?.steps ?? []).map(() => ({ status: 'due', proposalId: '', at, detail: '' })),
    timeline: [{ at, what: 'opened', detail: opened.playbook?.name ?? '', by: opened.by }],
  }
  state.open.set(opened.incidentId, incident)
}

const foldClosed = (
  state: Incidents,
  { incidentId, by, falseAlarm, postMortem }: IncidentClosed,
  at: number,
): void => {
  const incident = state.open.get(incidentId)
  if (incident === undefined) return
  state.open.delete(incidentId)
  state.closed.push({
    ...incident,
    status: 'closed',
    closedAt: at,
    falseAlarm,
    postMortem,
    ...said(incident, at, 'closed', falseAlarm ? 'false alarm' : '', by),
  })
  for (const gone of state.closed.splice(0, Math.max(0, state.closed.length - CLOSED_KEPT)))
    for (const { proposalId } of gone.steps) state.proposals.delete(proposalId)
}

/** Taken back because it was calm, or left out because it seemed over. */
const isToBeDoneAgain = ({ status, detail }: StepState): boolean =>
  (status === 'taken_back' && detail !== BY_A_PERSON) || (status === 'skipped' && detail === 'over')

const change = (state: Incidents, id: string, to: (incident: Incident) => Incident): void => {
  const incident = state.open.get(id)
  if (incident !== undefined) state.open.set(id, to(incident))
}

const said = (
  { timeline }: Incident,
  at: number,
  what: string,
  detail: string,
  by: string,
): Pick<Incident, 'timeline'> => ({
  timeline: [...timeline.slice(-(TIMELINE_MAX - 1)), { at, what, detail, by }],
})

const setStep = (
  state: Incidents,
  { incidentId, step }: { readonly incidentId: string; readonly step: number },
  to: Omit<StepState, 'proposalId'> & { readonly proposalId?: string },
): void =>
  change(state, incidentId, (incident) => ({
    ...incident,
    // What was said of it before goes with what it was.
    steps: incident.steps.map((one, index) => (index === step ? { ...withoutWhy(one), ...to } : one)),
    timeline: [
      ...incident.timeline.slice(-(TIMELINE_MAX - 1)),
      {
        at: to.at,
        what: `step ${step} ${to.status}`,
        detail: to.detail,
        ...withWhy(to.said),
        by: 'playbook',
      },
    ],
  }))

const stepOfPayload = (payload: Json): { readonly incidentId: string; readonly step: number } | null => {
  if (!isRecord(payload)) return null
  const { incidentId, step } = payload
  return typeof incidentId === 'string' && typeof step === 'number' ? { incidentId, step } : null
}
