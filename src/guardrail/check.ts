// Whether one action may go to one person at one time. Every check runs and every reason is told:
// a person who asks "why nothing?" must see all of it, not the first that came up.

import type { ActionSpec, CampaignSpec, Reason } from '../decision/events.ts'
import { assert } from '../kernel/assert.ts'
import type { Business } from '../kernel/business.ts'
import { formatDuration } from '../kernel/duration.ts'
import type { ProfileId } from '../kernel/ids.ts'
import { fromMicros, toMicros } from '../kernel/money.ts'
import { localTime } from '../kernel/time.ts'
import type { ChannelName } from '../profile/events.ts'
import type { LimitsSpec } from './events.ts'
import { countSince } from './history.ts'
import type { Counted } from './history.ts'
import { holdReasons } from './hold.ts'
import { isQuiet, zoneFor } from './quiet-hours.ts'
import type { GuardrailState } from './state.ts'
import { stopReasons } from './stop.ts'
import type { OutsideStops } from './stop.ts'

/** What the guardrail must be told of a person; read from the profile by the caller. */
export type Recipient = {
  readonly profileId: ProfileId
  /** This profile's id and those merged into it: what any of them was sent counts. */
  readonly ids: readonly ProfileId[]
  /** Language or country, as `ru-RU`. */
  readonly market: string
  /** IANA zone; '' or unknown = the business's. */
  readonly timeZone: string
  readonly consentOf: (
    channel: ChannelName,
    purpose: string,
  ) => 'granted' | 'withdrawn' | 'unknown' | 'outdated'
  /** Hash of the address on a channel as in `suppression.added`; undefined when there is none to write to. */
  readonly addressHashOf: (channel: ChannelName) => string | undefined
}

export type ActionCheck = {
  /** ms when the message would leave: quiet hours and caps are judged at this time. */
  readonly sendAt: number
  /** As it stands now; undefined when it is gone. */
  readonly campaign: Pick<CampaignSpec, 'id' | 'status' | 'budget' | 'service'> | undefined
  readonly action: ActionSpec
  readonly recipient: Recipient
  readonly creative: 'approved' | 'unapproved' | 'missing'
  /** That its words are written for; '' = plain. */
  readonly tone: string
  readonly business: Business
  readonly outside: OutsideStops
}

/** At the door: what governance says of it now, asked at the moment of transmitting and once more at the first byte. */
export type LeaveCheck = ActionCheck & { readonly permitted: () => readonly Reason[] }

/**
 * Every reason why this action may not go to this person at `sendAt`; [] when it may. Run before the
 * draw: a blocked action is pruned, so that propensities stay true. Reads folded state alone, so that a
 * decision comes out the same when it is made again from the log. Changes nothing.
 */
export const checkAction = (state: GuardrailState, check: ActionCheck): readonly Reason[] => {
  const reasons = checkRights(state, check)
  checkCaps(state, check, nobodyHolds, reasons)
  checkBudget(state, check, 0, reasons)
  return reasons
}

/** The same with what is on its way out counted in: the check of `clear`. */
export const checkWithReservations = (state: GuardrailState, check: LeaveCheck): readonly Reason[] => {
  const reasons = [...checkRights(state, check), ...check.permitted()]
  checkCaps(state, check, (ids, what) => reservedFor(state, ids, what), reasons)
  checkBudget(
    state,
    check,
    check.campaign === undefined ? 0 : (state.reservedMicros.get(check.campaign.id) ?? 0),
    reasons,
  )
  return reasons
}

/**
 * All but caps and budget, in which a message that was cleared holds its own place already: asked again
 * with `sendAt` = now just before the first byte leaves, and before each retry.
 */
export const checkAgain = (state: GuardrailState, check: LeaveCheck): readonly Reason[] => [
  ...checkRights(state, check),
  ...check.permitted(),
]

const checkRights = (state: GuardrailState, check: ActionCheck): Reason[] => {
  assert(Number.isFinite(check.sendAt), 'a message leaves at a time')
  const reasons: Reason[] = []
  const { action, campaign, creative } = check
  if (campaign === undefined) reasons.push({ code: 'campaign_paused', detail: 'gone' })
  else if (campaign.status === 'paused') reasons.push({ code: 'campaign_paused', detail: campaign.id })
  if (creative === 'missing') reasons.push({ code: 'creative_missing', detail: action.creativeId })
  if (creative === 'unapproved') reasons.push({ code: 'creative_unapproved', detail: action.creativeId })
  const about = { channel: action.channel, campaignId: campaign?.id ?? '' }
  reasons.push(...stopReasons(state.stops, check.outside, about))
  if (state.holds.size > 0 || check.tone !== '')
    reasons.push(
      ...holdReasons(state.holds, {
        campaign,
        channel: action.channel,
        creativeId: action.creativeId,
        tone: check.tone,
        market: check.recipient.market,
        isOffer: (action.offer?.discountShare ?? 0) > 0,
      }),
    )
  checkPerson(state, check, reasons)
  checkQuiet(state.limits, check, reasons)
  return reasons
}

/** Vetoes that hold whatever was drawn: recorded with the decision, never answered by a second draw. */
export const checkDecision = (about: {
  /** The profile is being taken apart or put together: what it shows may be somebody else's. */
  readonly profileSettled: boolean
}): readonly Reason[] => (about.profileSettled ? [] : [{ code: 'profile_unsettled', detail: '' }])

/** Channels on which silence is a no; on the others only a withdrawal is. */
const ASKS_FIRST: ReadonlySet<ChannelName> = new Set(['email', 'push', 'sms', 'messenger'])

const checkPerson = (state: GuardrailState, { action, recipient }: ActionCheck, reasons: Reason[]): void => {
  const { channel } = action
  const { limits } = state
  const purpose = Object.hasOwn(limits.purposes, channel)
    ? (limits.purposes[channel] ?? 'marketing')
    : 'marketing'
  if (purpose !== '') {
    const consent = recipient.consentOf(channel, purpose)
    const assumed = !ASKS_FIRST.has(channel) || limits.assumedConsent?.includes(channel) === true
    // A consent to another text stands no higher than none.
    if (consent === 'withdrawn' || (consent !== 'granted' && !assumed))
      reasons.push({ code: 'no_consent', detail: `${channel} ${purpose} ${consent}` })
  }
  for (const id of state.suppressedPersons.size === 0 ? [] : recipient.ids) {
    const suppressed = state.suppressedPersons.get(`${channel} ${id}`)
    if (suppressed !== undefined) reasons.push({ code: 'suppressed', detail: `${channel} ${suppressed}` })
  }
  // A placement is shown to whoever is there, a webhook goes to a machine: neither needs an address.
  if (channel === 'onsite' || channel === 'webhook') return
  const hash = recipient.addressHashOf(channel)
  if (hash === undefined) reasons.push({ code: 'unreachable', detail: channel })
  else {
    const suppressed = state.suppressedAddresses.get(`${channel} ${hash}`)
    if (suppressed !== undefined) reasons.push({ code: 'suppressed', detail: `${channel} ${suppressed}` })
  }
}

const checkQuiet = (limits: LimitsSpec, check: ActionCheck, reasons: Reason[]): void => {
  const quiet = limits.quietHours
  if (quiet === null || check.action.channel === 'onsite') return
  const zone = zoneFor(check.recipient.timeZone, check.business)
  if (!isQuiet(check.sendAt, zone, quiet)) return
  const clock = zone === undefined ? '?' : clockOf(check.sendAt, zone)
  reasons.push({
    code: 'quiet_hours',
    detail: `${clock} ${zone ?? check.business.timeZone} in ${quiet.fromHour}-${quiet.toHour}`,
  })
}

/** How many messages on their way out count, beside those attempted. */
type Holding = (ids: readonly ProfileId[], what: Counted | '') => number
const nobodyHolds: Holding = () => 0

const checkCaps = (
  state: GuardrailState,
  { action, recipient, sendAt }: ActionCheck,
  holding: Holding,
  reasons: Reason[],
): void => {
  const { limits, options, histories } = state
  for (const cap of limits.personCaps) {
    const applies = cap.channel === '' ? action.channel !== 'onsite' : cap.channel === action.channel
    if (!applies) continue
    const max = Math.min(cap.max, options.entriesMax)
    const count =
      countSince(histories, recipient.ids, cap.channel, sendAt - cap.perMs) +
      holding(recipient.ids, cap.channel)
    if (count >= max)
      reasons.push({
        code: 'person_cap',
        detail: `${cap.channel === '' ? 'all' : cap.channel} ${count}/${max} ${formatDuration(cap.perMs)}`,
      })
  }
  const cap = limits.discountCap
  if (cap === null || (action.offer?.discountShare ?? 0) <= 0) return
  const max = Math.min(cap.max, options.entriesMax)
  const count =
    countSince(histories, recipient.ids, 'discount', sendAt - cap.perMs) + holding(recipient.ids, 'discount')
  if (count >= max)
    reasons.push({ code: 'discount_cap', detail: `${count}/${max} ${formatDuration(cap.perMs)}` })
}

const checkBudget = (
  state: GuardrailState,
  { campaign, action }: ActionCheck,
  heldMicros: number,
  reasons: Reason[],
): void => {
  if (campaign?.budget === undefined) return
  const spent = (state.spentMicros.get(campaign.id) ?? 0) + heldMicros
  const budget = toMicros(campaign.budget)
  // A spent budget ends a campaign even where contacts are free: its discounts are not.
  if (spent + toMicros(action.contactCost) > budget || spent >= budget)
    reasons.push({ code: 'campaign_budget', detail: `${fromMicros(spent)}/${campaign.budget}` })
}

const reservedFor = (state: GuardrailState, ids: readonly ProfileId[], what: Counted | ''): number => {
  let count = 0
  for (const id of ids) {
    for (const decisionId of state.reservedByProfile.get(id) ?? []) {
      const held = state.reservations.get(decisionId)
      if (held === undefined) continue
      if (
        what === 'discount' ? held.discount : what === '' ? held.channel !== 'onsite' : held.channel === what
      )
        count++
    }
  }
  return count
}

const clockOf = (at: number, zone: string): string => {
  const { hour, minute } = localTime(at, zone)
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
