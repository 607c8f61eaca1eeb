// Guardrail and delivery put together: takes what is due from the outbox, has each message cleared at
// the moment of sending, and hands it to its channel. Bounded in what is under way at once.

import type { Ctx } from '../kernel/ctx.ts'
import type { NewEvent } from '../log/port.ts'
import type { ActionSpec, CampaignSpec, Reason } from '../decision/events.ts'
import { campaignOf } from '../decision/index.ts'
import type { ChannelName } from '../profile/events.ts'
import { addressOf, refOf, timeZoneOf } from '../profile/index.ts'
import {
  checkAgain,
  clear,
  limitsInForce,
  quietEndsAt,
  release,
  stopReasons,
  zoneFor,
  type OutsideStops,
} from '../guardrail/index.ts'
import {
  deliver,
  dueDeliveries,
  heldEvent,
  messageIdOf,
  queuedDelivery,
  refusalOf,
  refusedDeliveries,
  withheldEvent,
  type Channel,
  type OutgoingDelivery,
  type QueuedDelivery,
  type Rendered,
} from '../delivery/index.ts'
import type { LoopState } from '../loop.ts'
import { asActionId, asCreativeId } from '../kernel/ids.ts'
import { creativeStanding, creativeTone } from './deciding.ts'
import { haltOf, permittedNow, type MayReach } from './permit.ts'
import { recipientOf, type AddressHash } from './recipient.ts'
import { createReleaseGate } from './release-gate.ts'

export type CourierPorts = {
  readonly state: LoopState
  readonly ctx: Ctx
  readonly append: (
    events: readonly NewEvent[],
  ) => Promise<readonly { readonly offset: number; readonly duplicate: boolean }[]>
  readonly channels: ReadonlyMap<ChannelName, Channel>
  readonly render: (delivery: QueuedDelivery, ref: number, now: number) => Promise<Rendered>
  /** STOP from outside the log, read anew each time. */
  readonly outside: () => OutsideStops
  readonly hash: AddressHash
  /** Whom this installation may write to; absent: everybody. */
  readonly mayReach?: MayReach
  /** Domain of Message-IDs. */
  readonly domain: string
  readonly pause: (ms: number) => Promise<void>
  /** A bug in a delivery: told, and the message stays `attempted`, which a restart makes `unknown`. */
  readonly report: (error: unknown, where: string) => void
  readonly underWayMax?: number
}

export type Courier = {
  /** Starts what is due and may go; returns how many were started or withheld. */
  readonly dispatch: () => number
  readonly underWay: () => number
  /** Resolves when nothing is under way any more. */
  readonly idle: () => Promise<void>
  /** From now on nothing goes on to its next step: what was not attempted waits, what was is not tried again. */
  readonly end: () => void
}

const UNDER_WAY_MAX = 32
const UNRECORDED_MAX = 10_000

export const createCourier = (ports: CourierPorts): Courier => {
  const { state, ctx } = ports
  const underWay = new Map<string, Promise<void>>()
  /** Results that the log could not take yet. */
  const unrecorded: NewEvent[] = []
  let ending = false

  const gate = createReleaseGate(ports, () => underWay.size)

  const finish = (decisionId: string, work: Promise<void>): void => {
    const settled = work
      .catch((error: unknown) => ports.report(error, `delivery of ${decisionId}`))
      .finally(() => void underWay.delete(decisionId))
    underWay.set(decisionId, settled)
  }

  const send = async (queued: QueuedDelivery, ref: number, channel: Channel): Promise<void> => {
    const request = clearRequestOf(ports, queued, ref)
    const clearance = clear(state.guardrail, request)
    if (clearance.kind === 'withheld') {
      await putBack(queued, ref, clearance.reasons)
      return
    }
    gate.count(queued)
    const outcome = await deliver(clearance.cleared, {
      append: ports.append,
      render: async () => await ports.render(queued, ref, ctx.now()),
      channel,
      mayProceed: () => (ending ? [ENDING, ...vetoesNow(ports, queued, ref)] : vetoesNow(ports, queued, ref)),
      now: ctx.now,
      pause: ports.pause,
      release: (cleared) => release(state.guardrail, cleared),
    })
    if (outcome.kind === 'unrecorded' && unrecorded.length < UNRECORDED_MAX)
      unrecorded.push(...outcome.events)
  }

  /** Not now: waits where waiting helps, until its hour where that is known, else it is withheld for good. */
  const putBack = async (queued: QueuedDelivery, ref: number, reasons: readonly Reason[]): Promise<void> => {
    if (reasons.some(({ code }) => code === 'stopped' || code === 'overloaded')) return
    const quiet = reasons.every(({ code }) => code === 'quiet_hours') ? quietUntil(ports, ref) : undefined
    await ports.append([
      quiet === undefined
        ? withheldEvent(queued, reasons, ctx.now())
        : heldEvent(queued, { reasons, until: quiet }, ctx.now()),
    ])
  }

  const withhold = async (queued: QueuedDelivery, reason: Reason): Promise<void> => {
    await ports.append([withheldEvent(queued, [reason], ctx.now())])
  }

  const start = (queued: QueuedDelivery): boolean => {
    const ref = refOf(state.profile, queued.profileId)
    const channel = ports.channels.get(queued.channel)
    if (isStopped(ports, queued)) return false
    if (ref === undefined)
      finish(queued.decisionId, withhold(queued, { code: 'profile_unsettled', detail: queued.profileId }))
    else if (channel === undefined)
      finish(
        queued.decisionId,
        withhold(queued, { code: 'unreachable', detail: `${queued.channel} is not configured` }),
      )
    else finish(queued.decisionId, send(queued, ref, channel))
    return true
  }

  const flushUnrecorded = (): void => {
    if (unrecorded.length === 0 || underWay.has('unrecorded')) return
    const events = unrecorded.splice(0)
    finish(
      'unrecorded',
      ports.append(events).then(
        () => undefined,
        () => {
          // Still no room: kept for the next turn. A crash before that leaves the attempts unknown.
          unrecorded.push(...events)
        },
      ),
    )
  }

  /** Under way already, or of a channel or campaign that is stopped or begins slowly: it must not hold up the others. */
  const staysBack = (decisionId: string): boolean => {
    if (underWay.has(decisionId)) return true
    const queued = queuedDelivery(state.delivery, decisionId)
    return queued !== undefined && (isStopped(ports, queued) || !gate.mayLeave(queued))
  }

  const dispatch = (): number => {
    flushUnrecorded()
    if (ending) return 0
    const free = (ports.underWayMax ?? UNDER_WAY_MAX) - underWay.size
    if (free <= 0) return 0
    const refused = refusedDeliveries(state.delivery, ctx.now(), (decisionId) => underWay.has(decisionId))
    if (refused.length > 0 && !underWay.has('refused'))
      finish(
        'refused',
        ports.append(refused).then(() => undefined),
      )
    let started = 0
    if (gate.isShut()) return 0
    for (const queued of dueDeliveries(state.delivery, ctx.now(), free, staysBack)) {
      if (started >= free) break
      if (gate.mayLeave(queued) && start(queued)) started++
    }
    return started
  }

  return {
    dispatch,
    underWay: () => underWay.size,
    end: () => {
      ending = true
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
  }
}

const isStopped = ({ state, outside }: CourierPorts, { channel, campaignId }: QueuedDelivery): boolean =>
  stopReasons(state.guardrail.stops, outside(), { channel, campaignId }).length > 0 ||
  haltOf(state, campaignId) !== undefined

const clearRequestOf = (ports: CourierPorts, queued: QueuedDelivery, ref: number) => {
  const { state, ctx } = ports
  const campaign = campaignOf(state.decision, queued.campaignId)
  const action = actionOf(campaign, queued)
  const payload: OutgoingDelivery = {
    decisionId: queued.decisionId,
    campaignId: queued.campaignId,
    profileId: queued.profileId,
    channel: queued.channel,
    creativeId: asCreativeId(queued.creativeId),
    to: addressOf(state.profile, ref, queued.channel) ?? '',
    messageId: messageIdOf(queued.decisionId, ports.domain),
    cost: queued.cost,
    discountShare: queued.discountShare,
  }
  return {
    decisionId: queued.decisionId,
    payload,
    now: ctx.now(),
    sendAt: queued.sendAt,
    decisionOffset: queued.decisionOffset,
    campaign,
    action,
    recipient: recipientOf(state, ref, ports.hash),
    creative: creativeStanding(state, action),
    tone: creativeTone(state, action),
    business: state.business,
    outside: ports.outside(),
    permitted: () => [
      ...permittedNow(state, { campaign, action, ref, now: ctx.now(), level: queued.level }),
      ...(ports.mayReach?.(queued.channel, payload.to) === false ? [NOT_ON_LIST] : []),
    ],
  }
}

const ENDING: Reason = { code: 'stopped', detail: 'the product ends' }
const NOT_ON_LIST: Reason = { code: 'not_allowed_here', detail: 'environment: test' }

/** The action as the plan has it now, or as it was when the plan has dropped it. */
const actionOf = (campaign: CampaignSpec | undefined, queued: QueuedDelivery): ActionSpec =>
  campaign?.actions.find(({ id }) => id === queued.actionId) ?? {
    id: asActionId(queued.actionId),
    channel: queued.channel,
    creativeId: asCreativeId(queued.creativeId),
    ...(queued.offerId === '' ? {} : { offer: { id: queued.offerId, discountShare: queued.discountShare } }),
    moment: 'now',
    contactCost: queued.cost,
  }

/** What speaks against going on, asked at the first byte and between retries: everything but the caps, in which it holds its place. */
const vetoesNow = (ports: CourierPorts, queued: QueuedDelivery, ref: number): readonly Reason[] => {
  // A person's no that came while it was being written down.
  const refusal = refusalOf(ports.state.delivery, queued.decisionId)
  const vetoes = checkAgain(ports.state.guardrail, {
    ...clearRequestOf(ports, queued, ref),
    sendAt: ports.ctx.now(),
  })
  return refusal === undefined ? vetoes : [refusal, ...vetoes]
}

/** When the person's quiet hours end; undefined when there are none. */
const quietUntil = ({ state, ctx }: CourierPorts, ref: number): number | undefined => {
  const { quietHours } = limitsInForce(state.guardrail).limits
  return quietEndsAt(
    ctx.now(),
    zoneFor(timeZoneOf(state.profile, ref, state.business), state.business),
    quietHours,
  )
}
