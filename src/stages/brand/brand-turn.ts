// One turn of the brand watch: holds of the calendar, alarms that open or feed incidents, steps of playbooks, standing
// down. What is not in the log did not happen: a restart anywhere begins no step twice.

import {
  actsBefore,
  compileWhen,
  dueSteps,
  dueTakeBack,
  fitOf,
  INCIDENTS_OPEN_MAX,
  isCalm,
  isOver,
  postMortemOf,
  topicKey,
  type DueStep,
  type Incident,
} from '../../brand/index.ts'
import {
  INCIDENT_CALM,
  INCIDENT_CLOSED,
  INCIDENT_GREW,
  INCIDENT_OPENED,
  NOTICE_BEGUN,
  NOTICE_ENDED,
  STEP_SKIPPED,
  type IncidentClosed,
  type IncidentEvidence,
  type IncidentKind,
  type IncidentOpened,
  type NoticeEnded,
  type OwnAct,
  type PlaybookSpec,
} from '../../brand/events.ts'
import { nextProposalId, propose } from '../../governance/index.ts'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import { said, type Said } from '../../kernel/said.ts'
import type { NewEvent } from '../../log/port.ts'
import type { Loop } from '../../loop.ts'
import { wishFor } from '../proposing.ts'
import { takeBackFacts } from './executors.ts'
import type { BrandPost } from './post.ts'
import { standingHolds, textOfCreative, WATCH, type WordsIn } from './scope.ts'
import { deedOf, STAND_DOWN, standDownWish, wishOfStep } from './steps.ts'

/** Something out of the usual about one entity and topic, as the watch sees it at this moment. */
export type Alarm = {
  readonly kind: Exclude<IncidentKind, 'drill'>
  readonly severity: 1 | 2 | 3
  readonly entity: string
  readonly topic: string
  /** ms. */
  readonly since: number
  readonly evidence: IncidentEvidence
}

export type BrandPorts = {
  readonly loop: Loop
  /** What is out of the usual now. Pure. */
  readonly alarms: (now: number) => readonly Alarm[]
  readonly wordsIn: WordsIn
  readonly post: BrandPost
  /** Takes a call outside that goes on by itself: nothing that holds waits for it. */
  readonly beside: (call: Promise<void>) => void
}

/** Does what is due. Rejects with a Failure when the log cannot take it. */
export const brandTurn = async (ports: BrandPorts): Promise<void> => {
  const { loop, wordsIn } = ports
  const { state, ctx } = loop
  const { spec, incidents } = state.brand
  if (spec !== null) {
    const holds = standingHolds(state, spec, ctx.now(), wordsIn)
    if (holds.length > 0) await loop.record(holds)
    const seen = ports.alarms(ctx.now()).flatMap((alarm) => heed(ports, alarm))
    if (seen.length > 0) await loop.record(seen)
  }
  for (const { incidentId } of incidents.open.values()) await attend(ports, incidentId)
}

/** A new incident, or one that grows; [] when it was muted, is known as it is, or too many are open. */
const heed = (ports: BrandPorts, alarm: Alarm): readonly NewEvent[] => {
  const { state, ctx } = ports.loop
  const { incidents, mutes } = state.brand
  const now = ctx.now()
  const known = [...incidents.open.values()].find(
    ({ entity, topic, kind }) => entity === alarm.entity && topic === alarm.topic && kind !== 'drill',
  )
  if (known !== undefined) {
    const severity = Math.max(known.severity, alarm.severity) as Incident['severity']
    // Once a minute is enough to know that it goes on.
    if (severity === known.severity && now - known.seenAt < GROWS_EVERY_MS && known.status === 'open')
      return []
    const { incidentId } = known
    const data = { incidentId, severity, evidence: alarm.evidence }
    return [{ id: `grew:${incidentId}:${now}`, type: INCIDENT_GREW, key: incidentId, at: now, data }]
  }
  const mute = mutes.get(topicKey(alarm.entity, alarm.topic)) ?? mutes.get(topicKey(alarm.entity, ''))
  if (mute !== undefined && now < mute.until) return []
  if (incidents.open.size >= INCIDENTS_OPEN_MAX) return []
  return [openedEvent(ports, alarm, WATCH)]
}

const GROWS_EVERY_MS = 60_000

export const openedEvent = (
  { loop, wordsIn }: Pick<BrandPorts, 'loop' | 'wordsIn'>,
  alarm: Omit<Alarm, 'kind'> & { readonly kind: IncidentKind },
  by: string,
  playbookId?: string,
): NewEvent<IncidentOpened> => {
  const { state, ctx } = loop
  const { brand } = state
  const incidentId = `I${brand.incidents.opened + 1}`
  const playbooks = brand.spec?.playbooks ?? []
  const playbook =
    playbookId === undefined
      ? (playbooks.find((one) => fits(one, alarm)) ?? null)
      : (playbooks.find(({ id }) => id === playbookId) ?? null)
  const data: IncidentOpened = {
    incidentId,
    kind: alarm.kind,
    severity: alarm.severity,
    entity: alarm.entity,
    topic: alarm.topic,
    since: alarm.since,
    evidence: alarm.evidence,
    own: ownActsFor(loop, alarm.evidence, wordsIn),
    playbook,
    by,
  }
  return { id: `inc:${incidentId}`, type: INCIDENT_OPENED, key: incidentId, at: ctx.now(), data }
}

/** Without a rule a playbook is for crises. */
const fits = (
  { when }: PlaybookSpec,
  { kind, severity, entity, topic, evidence }: Parameters<typeof openedEvent>[1],
): boolean => {
  if (when === '') return kind === 'crisis'
  const { mentions, usual, negativeShare, voices } = evidence
  try {
    return (
      compileWhen(when)({
        incident: { kind, severity, entity, topic, mentions, usual, negativeShare, voices },
      }) === true
    )
  } catch (error) {
    // A rule that cannot be told is no reason to act; the incident is shown without a playbook.
    if (error instanceof Error) return false
    throw error
  }
}

const OWN_ACTS_MAX = 10

/** What Windvane did in the two days until it was found, best fitting first: when it really began nobody knows. */
const ownActsFor = (
  { state, ctx }: Loop,
  { phrases }: IncidentEvidence,
  wordsIn: WordsIn,
): readonly OwnAct[] =>
  actsBefore(state.brand.ownActs, ctx.now())
    .map((act): OwnAct => {
      const creative = [...state.delivery.creatives.values()].find(({ id }) => id === act.creativeId)
      const shared = creative === undefined ? [] : wordsIn(textOfCreative(creative), phrases)
      const { firstAt: at, what, campaignId, creativeId, people } = act
      const fit = fitOf(act, { until: ctx.now(), shared: shared.length, asked: phrases.length })
      return { at, what, campaignId, creativeId, people, shared, fit: Math.round(fit * 1_000) / 1_000 }
    })
    .toSorted((left, right) => right.fit - left.fit || right.at - left.at)
    .slice(0, OWN_ACTS_MAX)

const attend = async (ports: BrandPorts, incidentId: string): Promise<void> => {
  const { loop } = ports
  const { state, ctx } = loop
  const current = (): Incident | undefined => state.brand.incidents.open.get(incidentId)
  const incident = current()
  if (incident === undefined) return
  if (isCalm(incident, ctx.now()))
    await loop.record([
      {
        id: `calm:${incidentId}:${incident.seenAt}`,
        type: INCIDENT_CALM,
        key: incidentId,
        at: ctx.now(),
        data: { incidentId, by: WATCH },
      },
    ])
  for (const due of dueSteps(current() ?? incident, ctx.now())) await begin(ports, due)
  await standDown(ports, current() ?? incident)
  const last = current()
  if (last !== undefined && isOver(last)) await close(loop, last, { by: WATCH, falseAlarm: false })
}

/** Puts the wish on record, skips, or sends the notice. Each in one append, so that it is begun once. */
const begin = async (ports: BrandPorts, due: DueStep): Promise<void> => {
  const { loop, wordsIn } = ports
  const { state, ctx } = loop
  const { incident, step, spec } = due
  const { incidentId } = incident
  const skip = async (why: string): Promise<void> => {
    await loop.record([
      {
        id: `skip:${incidentId}:${step}:${incident.calmAt}`,
        type: STEP_SKIPPED,
        key: incidentId,
        at: ctx.now(),
        data: { incidentId, step, why },
      },
    ])
  }
  if (due.skip !== null) return skip(due.skip)
  if (spec.kind === 'notify') return sendNotice(ports, due, spec.to)
  const deed = deedOf(state, incident, due, wordsIn)
  if (deed === null) return skip('nothing_fits')
  const wish = wishOfStep(state, due, deed)
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const proposalId = nextProposalId(state.governance)
    const event = propose(state.governance, wish, { business: state.business, now: ctx.now(), proposalId })
    const [ack] = await loop.record([event])
    if (ack?.duplicate === false) return
  }
}

const TRIES_MAX = 20

const sendNotice = async (
  { loop, post, beside }: BrandPorts,
  { incident, step }: DueStep,
  to: readonly string[],
): Promise<void> => {
  const { ctx, state } = loop
  const { incidentId } = incident
  const id = `notice:${incidentId}:${step}`
  const [ack] = await loop.record([
    { id, type: NOTICE_BEGUN, key: incidentId, at: ctx.now(), data: { incidentId, step } },
  ])
  if (ack?.duplicate !== false) return
  const entity = state.brand.spec?.entities.find((one) => one.id === incident.entity)?.name ?? incident.entity
  const ended = async (outcome: NoticeEnded['outcome'], detail: string, why?: Said): Promise<void> => {
    const data: NoticeEnded = {
      incidentId,
      step,
      outcome,
      detail,
      ...(why === undefined ? {} : { said: why }),
    }
    await loop.record([{ id: `${id}:end`, type: NOTICE_ENDED, key: incidentId, at: ctx.now(), data }])
  }
  const call = async (): Promise<void> => {
    const titles = noticeTitles(incident, entity)
    const texts = noticeTexts(incident, entity)
    const { detail, said: why } = await post({ id, kind: 'notice', incidentId, to, titles, texts })
    await ended('done', detail, why)
  }
  // What is refused certainly did not arrive; anything else may have.
  beside(
    call().catch(async (error: unknown) =>
      isFailure(error)
        ? ended('failed', messageOf(error), said('failure', { failure: error.code }))
        : ended('unknown', messageOf(error), said('maybe_arrived')),
    ),
  )
}

const noticeTitles = (
  { kind, incidentId, severity }: Incident,
  entity: string,
): Readonly<Record<string, string>> => ({
  en: `${kind === 'drill' ? 'DRILL ' : ''}${incidentId}: ${entity}, severity ${severity}`,
  ru: `${kind === 'drill' ? 'УЧЕНИЯ ' : ''}${incidentId}: ${entity}, тяжесть ${severity}`,
})

const noticeTexts = (
  { evidence, incidentId }: Incident,
  entity: string,
): Readonly<Record<string, string>> => {
  const percent = Math.round(100 * evidence.negativeShare)
  return {
    en: `${entity}: ${evidence.mentions} mentions, ${percent} % negative, ${evidence.voices} voices. ${evidence.phrases.join('; ')}. Open ${incidentId} in the console.`,
    ru: `${entity}: упоминаний ${evidence.mentions}, негативных ${percent} %, авторов ${evidence.voices}. ${evidence.phrases.join('; ')}. Откройте ${incidentId} в консоли.`,
  }
}

const standDown = async ({ loop }: BrandPorts, incident: Incident): Promise<void> => {
  const { state, ctx } = loop
  if (incident.status !== 'standing_down') return
  if (incident.playbook?.standDown.ask === true) {
    const wish = standDownWish(incident)
    const wasAsked = [...state.governance.open.values(), ...state.governance.closed].some(
      ({ kind, ground }) => kind === STAND_DOWN && ground === wish.ground,
    )
    if (!wasAsked && wish.changes.length > 0) await wishFor(loop, wish)
    return
  }
  const step = dueTakeBack(incident, ctx.now())
  if (step === undefined) return
  const { incidentId, calmAt } = incident
  await loop.record(
    takeBackFacts(incidentId, step, WATCH).map(({ type, key, data }) => ({
      id: `back:${incidentId}:${step}:${calmAt}:${type}`,
      type,
      key,
      at: ctx.now(),
      data,
    })),
  )
}

/** Ends an incident with its story. */
export const close = async (
  { record, state, ctx }: Loop,
  incident: Incident,
  { by, falseAlarm }: Pick<IncidentClosed, 'by' | 'falseAlarm'>,
): Promise<void> => {
  const { incidentId } = incident
  const entity = state.brand.spec?.entities.find((one) => one.id === incident.entity)?.name ?? incident.entity
  const data: IncidentClosed = {
    incidentId,
    by,
    falseAlarm,
    postMortem: postMortemOf(incident, {
      entityName: entity,
      locale: state.business.locale,
      now: ctx.now(),
    }),
  }
  await record([{ id: `closed:${incidentId}`, type: INCIDENT_CLOSED, key: incidentId, at: ctx.now(), data }])
}

/** For a start after a crash: a notice without an end may have arrived; it is shown, not sent again. */
export const recoverNotices = ({ brand }: Loop['state'], now: number): readonly NewEvent[] =>
  [...brand.incidents.open.values()].flatMap((incident) =>
    incident.steps.flatMap(({ status, proposalId }, step): NewEvent[] => {
      if (status !== 'begun' || proposalId !== '') return []
      const { incidentId } = incident
      const data: NoticeEnded = {
        incidentId,
        step,
        outcome: 'unknown',
        detail: '',
        said: said('process_ended'),
      }
      return [{ id: `notice:${incidentId}:${step}:end`, type: NOTICE_ENDED, key: incidentId, at: now, data }]
    }),
  )
