// Answers "what shall this person see here and now": decided, cleared, rendered and on record before
// the answer leaves.

import { Failure, isFailure } from '../kernel/failure.ts'
import { NOTHING } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { NewEvent } from '../log/port.ts'
import type { ActionSpec, CampaignSpec, DecisionMade } from '../decision/events.ts'
import { campaignOf, campaignsForPlacement, decisionIdOf, peopleOf } from '../decision/index.ts'
import { clear, release, type OutsideStops } from '../guardrail/index.ts'
import { failedEvent, placementEvents, withheldEvent } from '../delivery/index.ts'
import { findProfile, normaliseIdentifier } from '../profile/index.ts'
import type { Loop, LoopState } from '../loop.ts'
import { creativeStanding, creativeTone, decideFor } from './deciding.ts'
import { admittedBy, permittedNow } from './permit.ts'
import { decisionEvent } from './decision-event.ts'
import { recipientOf, type AddressHash } from './recipient.ts'

export type PlacementQuestion = {
  readonly placement: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly email?: string
  readonly context: Readonly<Record<string, Json>>
  readonly locale?: string
  readonly requestId?: string
}

export type PlacementAnswer = {
  readonly decisionId: string | null
  readonly campaignId: string | null
  readonly actionId: string
  readonly content: Json
  readonly reason: string | null
}

export type PlacementPorts = {
  readonly loop: Loop
  readonly outside: () => OutsideStops
  readonly hash: AddressHash
  readonly render: (question: {
    readonly creativeId: string
    readonly ref: number
    readonly locale: string
    readonly decision: DecisionMade
  }) => Promise<Json>
}

const nothing = (reason: string, decision?: DecisionMade): PlacementAnswer => ({
  decisionId: decision?.decisionId ?? null,
  campaignId: decision?.campaignId ?? null,
  actionId: NOTHING,
  content: null,
  reason,
})

/** Throws a Failure `decide.no_person` when the question names nobody; `log.*` when it cannot be recorded. */
export const answerPlacement = async (
  ports: PlacementPorts,
  question: PlacementQuestion,
): Promise<PlacementAnswer> => {
  const { loop } = ports
  const { state, ctx } = loop
  const ref = await personOf(loop, question)
  const now = ctx.now()
  const people = peopleOf(state.profile, state.business, state.persons)
  const admits = admittedBy(state)
  const { serve, shadows } = campaignsForPlacement(state.decision, question.placement, {
    ref,
    now,
    people,
    ...(admits === undefined ? {} : { admits }),
  })
  const cause = { kind: 'request', ref: question.requestId ?? ctx.newId() } as const
  const profileId = people.idOf(ref)
  const made = (campaign: CampaignSpec) => {
    const decisionId = decisionIdOf(campaign.id, cause.ref, profileId)
    return decideFor(state, { decisionId, campaign, ref, cause, context: question.context, now }, ports.hash)
  }
  const events = shadows.map((campaign) => decisionEvent(made(campaign)))
  if (serve === undefined) {
    if (events.length > 0) await loop.record(events)
    return nothing('no_campaign')
  }
  const decision = made(serve)
  const action = serve.actions.find(({ id }) => id === decision.actionId)
  if (decision.verdict !== 'act' || action === undefined) {
    const repeated = await settle(ports, decision, [decisionEvent(decision), ...events])
    return repeated ?? nothing(decision.vetoes[0]?.code ?? 'drawn', decision)
  }
  return await show(ports, { decision, action, ref, locale: question.locale ?? '', shadows: events })
}

type Showing = {
  readonly decision: DecisionMade
  readonly action: ActionSpec
  readonly ref: number
  readonly locale: string
  readonly shadows: readonly NewEvent[]
}

const show = async (
  ports: PlacementPorts,
  { decision, action, ref, locale, shadows }: Showing,
): Promise<PlacementAnswer> => {
  const { state } = ports.loop
  const about = {
    decisionId: decision.decisionId,
    campaignId: decision.campaignId,
    profileId: decision.profileId,
    channel: action.channel,
  }
  const campaign = campaignOf(state.decision, decision.campaignId)
  const level = decision.autonomy?.level ?? 4
  const clearance = clear(state.guardrail, {
    decisionId: decision.decisionId,
    payload: decision,
    now: decision.at,
    sendAt: decision.at,
    campaign,
    action,
    permitted: () => permittedNow(state, { campaign, action, ref, now: decision.at, level }),
    recipient: recipientOf(state, ref, ports.hash),
    creative: creativeStanding(state, action),
    tone: creativeTone(state, action),
    business: state.business,
    outside: ports.outside(),
  })
  if (clearance.kind === 'withheld') {
    const repeated = await settle(ports, decision, [
      decisionEvent(decision),
      withheldEvent(about, clearance.reasons, decision.at),
      ...shadows,
    ])
    return repeated ?? nothing(clearance.reasons[0]?.code ?? 'withheld', decision)
  }
  try {
    const content = await rendered(ports, { creativeId: action.creativeId, ref, locale, decision })
    if (content instanceof Failure) {
      const failed = failedEvent(
        about,
        { code: content.code, message: content.message, permanent: true },
        decision.at,
      )
      const repeated = await settle(ports, decision, [decisionEvent(decision), failed, ...shadows])
      return repeated ?? nothing(content.code, decision)
    }
    const repeated = await settle(ports, decision, [
      decisionEvent(decision),
      ...placementEvents(decision, action),
      ...shadows,
    ])
    return (
      repeated ?? {
        decisionId: decision.decisionId,
        campaignId: decision.campaignId,
        actionId: action.id,
        content,
        reason: null,
      }
    )
  } finally {
    release(state.guardrail, clearance.cleared)
  }
}

const rendered = async (
  ports: PlacementPorts,
  question: Parameters<PlacementPorts['render']>[0],
): Promise<Json | Failure> => {
  try {
    return await ports.render(question)
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
}

/** Puts the decision on record. A request id seen before gets the answer it got then: an answer, or null when this one is new. */
const settle = async (
  { loop, render }: PlacementPorts,
  decision: DecisionMade,
  events: readonly NewEvent[],
): Promise<PlacementAnswer | null> => {
  const [ack] = await loop.record(events)
  if (ack?.duplicate !== true) return null
  const [first] = await loop.log.get([ack.offset])
  const recorded = (first?.data ?? decision) as DecisionMade
  const action = campaignOf(loop.state.decision, recorded.campaignId)?.actions.find(
    ({ id }) => id === recorded.actionId,
  )
  const ref = peopleOf(loop.state.profile, loop.state.business).refOf(recorded.profileId)
  if (recorded.verdict !== 'act' || action === undefined || ref === undefined)
    return nothing(recorded.vetoes[0]?.code ?? 'drawn', recorded)
  const content = await render({ creativeId: action.creativeId, ref, locale: '', decision: recorded })
  return {
    decisionId: recorded.decisionId,
    campaignId: recorded.campaignId,
    actionId: action.id,
    content,
    reason: null,
  }
}

/** The profile the question names; somebody never seen before gets one first. */
export const personOf = async (
  loop: Loop,
  { userId, anonymousId, email }: Pick<PlacementQuestion, 'userId' | 'anonymousId' | 'email'>,
): Promise<number> => {
  const known = knownPerson(loop.state, { userId, anonymousId, email })
  if (known !== undefined) return known
  const names = normaliseIdentifier('user', userId).ok || normaliseIdentifier('anonymous', anonymousId).ok
  if (!names && (userId !== undefined || anonymousId !== undefined)) throw nobody()
  if (userId === undefined && anonymousId === undefined)
    throw new Failure({
      code: 'decide.no_person',
      message: 'The question names nobody who is known.',
      hint: 'Send userId or anonymousId.',
    })
  const value = {
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
    ...(email === undefined ? {} : { traits: { email } }),
  }
  const text = JSON.stringify(value)
  await loop.receive({
    endpoint: 'identify',
    body: { text, value, bytes: text.length },
    source: 'decide',
    strict: false,
  })
  const made = knownPerson(loop.state, { userId, anonymousId, email })
  if (made === undefined) throw nobody()
  return made
}

const nobody = (): Failure =>
  new Failure({
    code: 'decide.no_person',
    message: 'These ids are not ones that can stand for a person.',
    hint: 'Ids such as "null" or "undefined" are refused.',
  })

const knownPerson = (
  { profile }: LoopState,
  ids: {
    readonly userId: string | undefined
    readonly anonymousId: string | undefined
    readonly email: string | undefined
  },
): number | undefined => {
  const { userId, anonymousId, email } = ids
  const byUser = userId === undefined ? undefined : findProfile(profile, { kind: 'user', value: userId })
  if (byUser !== undefined) return byUser
  const byAnonymous =
    anonymousId === undefined ? undefined : findProfile(profile, { kind: 'anonymous', value: anonymousId })
  if (byAnonymous !== undefined) return byAnonymous
  return email === undefined ? undefined : findProfile(profile, { kind: 'email', value: email })
}
