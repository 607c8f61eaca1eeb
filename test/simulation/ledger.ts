// What the world knows, and holds against the product at every step: whom it may write to, what was stopped, held and
// approved, what was accepted. It reads facts only once they are durable, and judges by them alone.

import { DECISION_MADE, type DecisionMade } from '../../src/decision/events.ts'
import type { OutgoingMessage } from '../../src/delivery/index.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_RELEASED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
  type DeliveryAttempted,
  type DeliveryReleased,
  type DeliveryResponded,
  type DeliveryUnknown,
} from '../../src/delivery/events.ts'
import {
  HOLD_LIFTED,
  HOLD_PLACED,
  type HoldLifted,
  type HoldPlaced,
  type StopScope,
} from '../../src/guardrail/events.ts'
import { DAY_MS, localTime, MINUTE_MS, SECOND_MS } from '../../src/kernel/time.ts'
import type { LogEvent } from '../../src/log/port.ts'
import { CONSENT_CHANGED, type ConsentChanged } from '../../src/profile/events.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../src/signal/events.ts'
import { RULES, type Person } from './world.ts'

export type Violation = { readonly rule: string; readonly at: number; readonly detail: string }

type Attempt = DeliveryAttempted & { readonly at: number; readonly results: string[] }
type Accepted = { readonly at: number; readonly messageId: string; readonly decisionId: string }

export type Ledger = {
  readonly violations: Violation[]
  readonly people: ReadonlyMap<string, Person>
  /** STOPs that were acknowledged or lie as a file, until somebody asks to resume. */
  readonly stops: Map<string, { readonly scope: StopScope; readonly since: number }>
  readonly approved: Set<string>
  /** Message ids of events that a request was answered for. */
  readonly acknowledged: Set<string>
  readonly attempts: ReadonlyMap<string, Attempt>
  readonly accepted: ReadonlyMap<string, readonly Accepted[]>
  /** Addresses that a message was accepted for. */
  readonly reached: Set<string>
  /** Messages whose receiver did not tell the truth. */
  readonly lied: Set<string>
  readonly counts: Record<
    'accepted' | 'vetoed' | 'unknownByCrash' | 'unknownByServer' | 'optedOut' | 'held' | 'released',
    number
  >
  readonly read: (events: readonly LogEvent[]) => void
  /** The last moment before content leaves; what is said here was allowed by the product. */
  readonly goAhead: (message: OutgoingMessage) => void
  readonly accept: (message: OutgoingMessage) => void
  readonly violate: (rule: string, detail: string) => void
}

const STOP_GRACE_MS = SECOND_MS
/** Between being counted by the product and being accepted by the server, with retries. */
const UNDER_WAY_MS = 2 * MINUTE_MS

export const createLedger = (people: ReadonlyMap<string, Person>, now: () => number): Ledger => {
  const violations: Violation[] = []
  const attempts = new Map<string, Attempt>()
  const accepted = new Map<string, Accepted[]>()
  const byPerson = new Map<string, { readonly at: number; readonly discount: boolean }[]>()
  const spent = new Map<string, number>()
  const holds = new Map<string, HoldPlaced>()
  const released: DeliveryReleased[] = []
  const decided = new Map<string, number>()
  const byProfile = new Map<string, Person>()
  const counts: Ledger['counts'] = {
    accepted: 0,
    vetoed: 0,
    unknownByCrash: 0,
    unknownByServer: 0,
    optedOut: 0,
    held: 0,
    released: 0,
  }
  const violate: Ledger['violate'] = (rule, detail) => violations.push({ rule, at: now(), detail })
  const leave = (person: Person | undefined, at: number): void => {
    if (person === undefined || person.leftAt !== null) return
    person.leftAt = at
    counts.optedOut++
  }
  const settle = (event: LogEvent): void => {
    const { decisionId, reason = '' } = event.data as Partial<DeliveryUnknown> & {
      readonly decisionId: string
    }
    attempts.get(decisionId)?.results.push(event.type)
    if (event.type !== DELIVERY_UNKNOWN) return
    if (reason.startsWith('stopped between')) counts.unknownByCrash++
    else counts.unknownByServer++
  }
  const READ: Readonly<Record<string, (event: LogEvent) => void>> = {
    [DECISION_MADE]: ({ data, offset }) => {
      decided.set((data as DecisionMade).decisionId, offset)
    },
    [DELIVERY_ATTEMPTED]: ({ data, at }) => {
      const attempt = data as DeliveryAttempted
      if (attempts.has(attempt.decisionId)) violate('once', `${attempt.decisionId} attempted twice`)
      attempts.set(attempt.decisionId, { ...attempt, at, results: [] })
    },
    [DELIVERY_SENT]: settle,
    [DELIVERY_FAILED]: settle,
    [DELIVERY_WITHHELD]: settle,
    [DELIVERY_UNKNOWN]: settle,
    [DELIVERY_RESPONDED]: ({ data, at }) => {
      const { profileId, kind, machine } = data as DeliveryResponded
      if (!machine && (kind === 'unsubscribed' || kind === 'complained' || kind === 'bounced'))
        leave(byProfile.get(profileId), at)
    },
    [DELIVERY_RELEASED]: ({ data }) => {
      counts.released++
      released.push(data as DeliveryReleased)
    },
    [CONSENT_CHANGED]: ({ data, at }) => {
      const { profileId, granted } = data as ConsentChanged
      if (!granted) leave(byProfile.get(profileId), at)
    },
    [SIGNAL_RECEIVED]: ({ data, at }) => {
      for (const { userId, event, properties } of itemsOf(data as SignalReceived))
        if (event === 'Consent Changed' && properties?.granted === false) leave(people.get(userId ?? ''), at)
    },
    [HOLD_PLACED]: ({ data }) => {
      counts.held++
      holds.set((data as HoldPlaced).holdId, data as HoldPlaced)
    },
    [HOLD_LIFTED]: ({ data }) => void holds.delete((data as HoldLifted).holdId),
  }
  const isReleased = ({ decisionId, campaignId }: OutgoingMessage): boolean =>
    released.some(
      ({ line, upTo, proposalId }) =>
        upTo >= (decided.get(decisionId) ?? Number.POSITIVE_INFINITY) &&
        line.includes(campaignId) &&
        approvedIds.has(proposalId),
    )
  const approvedIds = new Set<string>()
  const ledger: Ledger = {
    violations,
    people,
    stops: new Map(),
    approved: approvedIds,
    acknowledged: new Set(),
    attempts,
    accepted,
    reached: new Set(),
    lied: new Set(),
    counts,
    violate,
    read: (events) => {
      for (const event of events) READ[event.type]?.(event)
    },
    goAhead: (message) => {
      const person = people.get(message.to.split('@')[0] ?? '')
      const about = `${message.messageId} of ${message.campaignId} to ${message.to}`
      if (person === undefined) return violate('consent', `${about}: nobody by that name`)
      byProfile.set(message.profileId, person)
      if (!person.agreed) violate('consent', `${about}, who never agreed`)
      if (person.leftAt !== null) violate('consent', `${about}, who left ${now() - person.leftAt} ms before`)
      for (const [name, { scope, since }] of ledger.stops)
        if (now() - since > STOP_GRACE_MS && covers(scope, message))
          violate('stop', `${about}, ${now() - since} ms after STOP ${name}`)
      if (!RULES.service.has(message.campaignId))
        for (const { holdId, scope } of holds.values())
          if (
            scope.kind === 'promotions' &&
            (scope.channels.length === 0 || scope.channels.includes('email'))
          )
            violate('hold', `${about}, while ${holdId} holds`)
      const { hour } = localTime(now(), person.zone)
      if (hour >= RULES.quietFrom || hour < RULES.quietTo) violate('hours', `${about}, at ${hour}:00 theirs`)
      if (RULES.governed.has(message.campaignId) && !isReleased(message))
        violate('approval', `${about}, which nobody approved`)
      if (!attempts.has(message.decisionId)) violate('announced', `${about}, without an attempt in the log`)
    },
    accept: (message) => {
      counts.accepted++
      const { messageId, decisionId, campaignId, to } = message
      ledger.reached.add(to)
      const one = { at: now(), messageId, decisionId }
      const before = accepted.get(messageId) ?? []
      accepted.set(messageId, [...before, one])
      if (before.length > 0) violate('once', `${messageId} accepted ${before.length + 1} times`)
      const attempt = attempts.get(decisionId)
      // What the receiver said that it refused is given back, whatever it did in truth.
      if (ledger.lied.has(messageId)) return
      const had = byPerson.get(to) ?? []
      had.push({ at: now(), discount: (attempt?.discountShare ?? 0) > 0 })
      byPerson.set(to, had)
      const within = (ms: number) => had.filter(({ at }) => at > now() - ms + UNDER_WAY_MS)
      for (const { max, perMs } of RULES.caps)
        if (within(perMs).length > max)
          violate('caps', `${to} got ${within(perMs).length} messages in ${perMs / DAY_MS} d, at most ${max}`)
      const offers = within(RULES.discounts.perMs).filter(({ discount }) => discount).length
      if (offers > RULES.discounts.max) violate('caps', `${to} got ${offers} discounts`)
      const cost = (spent.get(campaignId) ?? 0) + (attempt?.cost ?? 0)
      spent.set(campaignId, cost)
      const budget = RULES.budgets.get(campaignId)
      if (budget !== undefined && cost > budget + 1e-9)
        violate('budget', `${campaignId} has cost ${cost} of ${budget}`)
    },
  }
  return ledger
}

const covers = (scope: StopScope, { channel, campaignId }: OutgoingMessage): boolean =>
  scope.kind === 'all' ||
  (scope.kind === 'channel' ? scope.channel === channel : scope.campaignId === campaignId)

export type Item = {
  readonly userId?: string
  readonly event?: string
  readonly messageId: string
  readonly properties?: { readonly granted?: boolean }
}

export const itemsOf = ({ payload }: SignalReceived): readonly Item[] => {
  const { batch, ...single } = payload as Item & { readonly batch?: readonly Item[] }
  return batch ?? [single]
}
