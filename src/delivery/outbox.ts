// The outbox: what is to go out and when, what is on its way, and what became of the rest. A fold over
// the log: a crash loses nothing of it, and what a crash left open is seen here and called unknown.

import type { LogEvent, NewEvent } from '../log/port.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type ActionSpec,
  type CampaignsApplied,
  type DecisionMade,
  type Reason,
} from '../decision/events.ts'
import type { ChannelName } from '../profile/events.ts'
import {
  CREATIVES_APPLIED,
  DELIVERY_ATTEMPTED,
  DELIVERY_DENIED,
  DELIVERY_FAILED,
  DELIVERY_HELD,
  DELIVERY_PARKED,
  DELIVERY_RELEASED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
  type About,
  type CreativeSpec,
  type CreativesApplied,
  type DeliveryAttempted,
  type DeliveryDenied,
  type DeliveryHeld,
  type DeliveryParked,
  type DeliveryReleased,
  type DeliveryResponded,
  type SenderSpec,
} from './events.ts'
import { denyLine, expectedOf, parkLate, releaseLine, waitIn, waitingCount, type Waiting } from './waiting.ts'
import { createDueHeap, heapDelete, heapDue, heapGet, heapPut, type DueHeap } from './due-heap.ts'
import { aboutOf, unknownEvent, withheldEvent } from './outcome-events.ts'

export type OutboxOptions = {
  /** Most deliveries that may wait; further ones are refused and said to be. */
  readonly queuedMax: number
  /** Settled deliveries kept for the console. */
  readonly recentMax: number
  /** Most pairs of campaign and channel counted apart; the rest is counted under `*`. */
  readonly countsMax: number
}

export const OUTBOX_DEFAULTS: OutboxOptions = { queuedMax: 200_000, recentMax: 500, countsMax: 10_000 }

/** A delivery that waits for its hour. */
export type QueuedDelivery = About & {
  readonly key: string
  readonly dueAt: number
  readonly order: number
  readonly actionId: string
  readonly creativeId: string
  readonly offerId: string
  /** Contact cost in whole currency units. */
  readonly cost: number
  readonly discountShare: number
  /** When it was meant to leave, ms; `dueAt` is later where it was held. */
  readonly sendAt: number
  /** Offset of its decision in the log. */
  readonly decisionOffset: number
  /** The batch in which people see it; '' for what goes unasked. */
  readonly line: string
  /** Level of autonomy it was decided at; 4 where there were no levels. */
  readonly level: number
  /** Reward expected over doing nothing, and its standard error. */
  readonly gain: number
  readonly gainError: number
}

/** An act that will not leave, until the log says that it is withheld. */
export type Refused = About & { readonly reason: Reason }

/** An attempt whose result is not in the log. */
export type OpenAttempt = About & {
  readonly messageId: string
  readonly creativeId: string
  readonly at: number
}

export type SettledState = 'sent' | 'failed' | 'unknown' | 'withheld'
export type SettledDelivery = About & {
  readonly state: SettledState
  readonly at: number
  /** Response, code and message, reason, or codes of the reasons. */
  readonly detail: string
}
export type DeliveryCount = {
  readonly campaignId: string
  readonly channel: string
  readonly counts: Readonly<Record<string, number>>
}

export type Outbox = {
  readonly options: OutboxOptions
  readonly queue: DueHeap<QueuedDelivery>
  readonly open: Map<string, OpenAttempt>
  /** Acts that wait for people, by their batch. */
  readonly waiting: Waiting
  /** Acts that found no room or were denied, until the log says they are withheld. */
  readonly refused: Map<string, Refused>
  readonly recent: SettledDelivery[]
  readonly counts: Map<string, Map<string, number>>
  /** The campaign set in force and the one before: a decision may have been made under either. */
  campaigns: { readonly version: string; readonly actions: ReadonlyMap<string, ActionSpec> }[]
  creatives: ReadonlyMap<string, CreativeSpec>
  creativesVersion: string
  sender: SenderSpec
}

export const NO_SENDER: SenderSpec = { name: '', email: '', footer: '' }

export const createOutbox = (options: Partial<OutboxOptions> = {}): Outbox => ({
  options: { ...OUTBOX_DEFAULTS, ...options },
  queue: createDueHeap(),
  open: new Map(),
  waiting: new Map(),
  refused: new Map(),
  recent: [],
  counts: new Map(),
  campaigns: [],
  creatives: new Map(),
  creativesVersion: '',
  sender: NO_SENDER,
})

/** Takes one event in; the state is changed in place and returned. Unknown events change nothing. */
export const foldOutbox = (state: Outbox, event: LogEvent): Outbox => {
  switch (event.type) {
    case DECISION_MADE:
      queueDecision(state, event.data as DecisionMade, event.offset)
      break
    case DELIVERY_ATTEMPTED:
      openAttempt(state, event.data as DeliveryAttempted, event.at)
      break
    case DELIVERY_HELD:
      hold(state, event.data as DeliveryHeld)
      break
    case DELIVERY_RELEASED:
      releaseLine(state, event.data as DeliveryReleased, event.at)
      break
    case DELIVERY_DENIED:
      denyLine(state, event.data as DeliveryDenied)
      break
    case DELIVERY_PARKED:
      parkLate(state, event.data as DeliveryParked)
      break
    case DELIVERY_SENT:
    case DELIVERY_FAILED:
    case DELIVERY_UNKNOWN:
    case DELIVERY_WITHHELD:
      settle(state, event)
      break
    case DELIVERY_RESPONDED:
      countResponse(state, event.data as DeliveryResponded)
      break
    case CAMPAIGNS_APPLIED:
      applyCampaigns(state, event.data as CampaignsApplied)
      break
    case CREATIVES_APPLIED:
      applyCreatives(state, event.data as CreativesApplied)
      break
  }
  return state
}

/**
 * At most `limit` deliveries due at `now`, soonest first (then in the order of their decisions). They
 * stay in the outbox until their attempt or result is folded; `isUnderWay` leaves out what the caller
 * has in its hands.
 */
export const dueDeliveries = (
  state: Outbox,
  now: number,
  limit: number,
  isUnderWay: (decisionId: string) => boolean = () => false,
): readonly QueuedDelivery[] => heapDue(state.queue, { now, limit, skip: isUnderWay })

/** Attempts without a result. While the process lives they are under way; after a restart nobody knows. */
export const unsettledAttempts = (state: Outbox): readonly OpenAttempt[] => [...state.open.values()]

/**
 * For the start, when nothing can be under way: each attempt without a result becomes
 * `delivery.unknown.v1`. It is never sent again by itself. Doing it twice changes nothing.
 */
export const recoverUnknown = (state: Outbox, at: number): readonly NewEvent[] =>
  unsettledAttempts(state).map((attempt) =>
    unknownEvent(attempt, 'stopped between the attempt and its result', at),
  )

/** So many are told in one append. */
const REFUSED_AT_ONCE_MAX = 1_000

/** Why an act must not leave any more; undefined when nobody denied it. */
export const refusalOf = (state: Outbox, decisionId: string): Reason | undefined =>
  state.refused.get(decisionId)?.reason

/**
 * Acts that found no room or were denied, as `delivery.withheld.v1`: safe, and said. Not those that
 * `isUnderWay`: their own end says what became of them, and a second result would hide it.
 */
export const refusedDeliveries = (
  state: Outbox,
  at: number,
  isUnderWay: (decisionId: string) => boolean = () => false,
): readonly NewEvent[] => {
  const events: NewEvent[] = []
  for (const { reason, ...about } of state.refused.values()) {
    if (events.length >= REFUSED_AT_ONCE_MAX) break
    if (isUnderWay(about.decisionId)) continue
    events.push(withheldEvent(about, [reason], at))
  }
  return events
}

/** A delivery that waits; undefined once it is attempted or settled. */
export const queuedDelivery = (state: Outbox, decisionId: string): QueuedDelivery | undefined =>
  heapGet(state.queue, decisionId)

export const creativeOf = (state: Outbox, creativeId: string): CreativeSpec | undefined =>
  state.creatives.get(creativeId)

/** How many wait, are on their way, and how many more the outbox takes. */
export const outboxSize = (
  state: Outbox,
): { readonly queued: number; readonly open: number; readonly room: number } => ({
  queued: state.queue.items.length,
  open: state.open.size,
  room: Math.max(0, state.options.queuedMax - notLeft(state)),
})

const notLeft = (state: Outbox): number => state.queue.items.length + waitingCount(state.waiting)

/** The last settled deliveries, newest first. */
export const recentDeliveries = (state: Outbox): readonly SettledDelivery[] => lastSettled(state).toReversed()

/** Oldest first; a few more may lie before them. */
export const lastSettled = ({ recent, options }: Outbox): readonly SettledDelivery[] =>
  recent.slice(Math.max(0, recent.length - options.recentMax))

/** Dropped together: one by one, all the others would be moved each time. */
const RECENT_SPARE = 100
const dropOldest = ({ recent, options }: Outbox): void => {
  recent.splice(0, recent.length - options.recentMax)
}

/** What became of deliveries and what came back, by campaign and channel. `machine` are scanners' visits. */
export const deliveryCounts = (state: Outbox): readonly DeliveryCount[] =>
  [...state.counts.entries()].map(([key, counts]) => {
    const [campaignId = '', channel = ''] = key.split('\n')
    return { campaignId, channel, counts: Object.fromEntries(counts) }
  })

const queueDecision = (state: Outbox, decision: DecisionMade, offset: number): void => {
  if (decision.verdict !== 'act') return
  const action = findAction(state, decision)
  // An act that no known campaign has can be neither addressed nor rendered: it is only counted.
  if (action === undefined) {
    count(state, { campaignId: decision.campaignId, channel: '*' }, 'lost')
    return
  }
  if (action.channel === 'onsite') return
  const about: About = {
    decisionId: decision.decisionId,
    campaignId: decision.campaignId,
    profileId: decision.profileId,
    channel: action.channel,
  }
  if (state.open.has(decision.decisionId)) return
  if (notLeft(state) >= state.options.queuedMax) {
    const detail = `the outbox is full (${state.options.queuedMax} waiting)`
    state.refused.set(decision.decisionId, { ...about, reason: { code: 'late', detail } })
    return
  }
  const { autonomy } = decision
  // What may be taken back stays here until it may not.
  const sendAt = Math.max(decision.sendAt, autonomy?.holdUntil ?? 0)
  const delivery: QueuedDelivery = {
    ...about,
    key: decision.decisionId,
    dueAt: sendAt,
    order: offset,
    actionId: action.id,
    creativeId: action.creativeId,
    offerId: action.offer?.id ?? '',
    cost: action.contactCost,
    discountShare: action.offer?.discountShare ?? 0,
    sendAt,
    decisionOffset: offset,
    line: autonomy?.line ?? '',
    level: autonomy?.level ?? 4,
    ...expectedOf(decision),
  }
  if (autonomy?.level === 2) waitIn(state.waiting, delivery)
  else heapPut(state.queue, delivery)
}

const findAction = (state: Outbox, decision: DecisionMade): ActionSpec | undefined => {
  const key = actionKey(decision.campaignId, decision.actionId)
  const made = state.campaigns.find(({ version }) => version === decision.campaignsVersion)
  return made?.actions.get(key) ?? state.campaigns.find(({ actions }) => actions.has(key))?.actions.get(key)
}

const actionKey = (campaignId: string, actionId: string): string => `${campaignId}\n${actionId}`

const openAttempt = (state: Outbox, attempt: DeliveryAttempted, at: number): void => {
  heapDelete(state.queue, attempt.decisionId)
  // What was denied while its attempt was being written stays denied: it is asked for at the first byte.
  state.open.set(attempt.decisionId, {
    ...aboutOf(attempt),
    messageId: attempt.messageId,
    creativeId: attempt.creativeId,
    at,
  })
}

const hold = (state: Outbox, held: DeliveryHeld): void => {
  const queued = heapGet(state.queue, held.decisionId)
  if (queued !== undefined) heapPut(state.queue, { ...queued, dueAt: held.until })
}

const settle = (state: Outbox, event: LogEvent): void => {
  const about = event.data as About
  heapDelete(state.queue, about.decisionId)
  state.refused.delete(about.decisionId)
  state.open.delete(about.decisionId)
  const settled = settledOf(event)
  count(state, about, settled)
  state.recent.push({ ...aboutOf(about), state: settled, at: event.at, detail: detailOf(event.data) })
  if (state.recent.length > state.options.recentMax + RECENT_SPARE) dropOldest(state)
}

const settledOf = ({ type }: LogEvent): SettledState => {
  if (type === DELIVERY_SENT) return 'sent'
  if (type === DELIVERY_FAILED) return 'failed'
  return type === DELIVERY_UNKNOWN ? 'unknown' : 'withheld'
}

const detailOf = (data: unknown): string => {
  const { response, code, message, reason, reasons } = data as {
    readonly response?: string
    readonly code?: string
    readonly message?: string
    readonly reason?: string
    readonly reasons?: readonly { readonly code: string }[]
  }
  return (
    response ??
    (code === undefined ? undefined : `${code}: ${message ?? ''}`) ??
    reason ??
    reasonCodes(reasons)
  )
}

const reasonCodes = (reasons: readonly { readonly code: string }[] = []): string =>
  reasons.map(({ code }) => code).join(', ')

const countResponse = (state: Outbox, response: DeliveryResponded): void =>
  count(state, response, response.machine ? 'machine' : response.kind)

const count = (
  state: Outbox,
  { campaignId, channel }: { readonly campaignId: string; readonly channel: ChannelName | '*' },
  what: string,
): void => {
  const wanted = `${campaignId}\n${channel}`
  const key = state.counts.has(wanted) || state.counts.size < state.options.countsMax ? wanted : '*\n*'
  let counts = state.counts.get(key)
  if (counts === undefined) state.counts.set(key, (counts = new Map()))
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

const applyCampaigns = (state: Outbox, { version, campaigns }: CampaignsApplied): void => {
  const actions = new Map<string, ActionSpec>()
  for (const campaign of campaigns)
    for (const action of campaign.actions) actions.set(actionKey(campaign.id, action.id), action)
  state.campaigns = [{ version, actions }, ...state.campaigns.filter((set) => set.version !== version)].slice(
    0,
    2,
  )
}

const applyCreatives = (state: Outbox, { version, creatives, sender }: CreativesApplied): void => {
  state.creatives = new Map(creatives.map((creative) => [creative.id, creative]))
  state.creativesVersion = version
  state.sender = sender
}
