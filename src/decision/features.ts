// What the model is shown of an action and of the moment. Action features go from the general to the
// particular (family of campaigns, channel, offer, creative, the action itself), so that a new action starts from what its
// kind has shown elsewhere.

import { NOTHING } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { LocalTime } from '../kernel/time.ts'
import type { Feature } from '../model/events.ts'
import type { ActionSpec, CampaignSpec } from './events.ts'

/** Facts of a moment that features are made of; more are recorded but not learnt from. */
const CONTEXT_FEATURES_MAX = 16
const CONTEXT_VALUE_CHARS_MAX = 60

const DAYPARTS = ['night', 'morning', 'day', 'evening'] as const
type Daypart = (typeof DAYPARTS)[number]

/** The part of the day of a local hour: night to 6, morning to 11, day to 17, evening to 23. */
export const daypartOf = (hour: number): Daypart => DAYPARTS[partOf(hour)] ?? 'night'

const partOf = (hour: number): number => (hour < 6 ? 0 : hour < 11 ? 1 : hour < 17 ? 2 : hour < 23 ? 3 : 0)

/** Features of leaving the person alone in this campaign. */
export const nothingFeatures = (campaign: CampaignSpec): readonly Feature[] => bankOf(campaign).nothing

/** Features of an action that would leave at `sendHour` of the person's day. */
export const actionFeatures = (
  campaign: CampaignSpec,
  action: ActionSpec,
  sendHour: number,
  usualHours: readonly number[],
): readonly Feature[] => {
  const bank = bankOf(campaign).byAction.get(action)
  // Of an action there are only so many: each is spelt once and handed out again.
  const isUsual = usualHours.includes(sendHour)
  const variant = partOf(sendHour) + (isUsual ? DAYPARTS.length : 0)
  const known = bank?.variants[variant]
  if (known !== undefined) return known
  const features: Feature[] = [
    ...(bank?.fixed ?? fixedFeatures(campaign, action)),
    [`daypart=${daypartOf(sendHour)}`, 1],
  ]
  if (isUsual) features.push(['at_usual_hour', 1])
  if (bank !== undefined) bank.variants[variant] = features
  return features
}

/** Features of the moment: the hour and weekday of the person, and what the requester said of it. */
export const contextFeatures = (
  context: Readonly<Record<string, Json>>,
  local: LocalTime,
): readonly Feature[] => {
  const features: Feature[] = [
    [`hour=${local.hour}`, 1],
    [`weekday=${local.weekday}`, 1],
  ]
  for (const key of Object.keys(context).toSorted()) {
    if (features.length >= CONTEXT_FEATURES_MAX) break
    if (key === 'hour' || key === 'weekday') continue
    const value = context[key]
    if (typeof value === 'string') {
      if (value !== '') features.push([`context:${key}=${value.slice(0, CONTEXT_VALUE_CHARS_MAX)}`, 1])
    } else if (typeof value === 'number') features.push([`context:${key}`, squash(value)])
    else if (typeof value === 'boolean') features.push([`context:${key}=${value}`, 1])
  }
  return features
}

/** Logarithmic beyond 1 in size, at most 10: a number of unknown unit must not drown the others. */
const squash = (value: number): number => {
  const size = Math.abs(value)
  return size <= 1 ? value + 0 : Math.sign(value) * Math.min(10, 1 + Math.log(size))
}

type Bank = {
  readonly nothing: readonly Feature[]
  readonly byAction: ReadonlyMap<ActionSpec, ActionBank>
}
type ActionBank = {
  readonly fixed: readonly Feature[]
  /** By daypart, and further on where it is an hour of the person's: at most eight. */
  readonly variants: (readonly Feature[] | undefined)[]
}
/** Specs never change in place, so what depends on them alone is spelt once. */
const banks = new WeakMap<CampaignSpec, Bank>()

const bankOf = (campaign: CampaignSpec): Bank => {
  const known = banks.get(campaign)
  if (known !== undefined) return known
  const bank: Bank = {
    nothing: [
      [`action=${NOTHING}`, 1],
      ...(campaign.family === undefined ? [] : ([[`nothing_in=${campaign.family}`, 1]] as const)),
      [`action=${NOTHING}@${campaign.id}`, 1],
    ],
    byAction: new Map(
      campaign.actions.map((action) => [
        action,
        { fixed: fixedFeatures(campaign, action), variants: Array.from({ length: 2 * DAYPARTS.length }) },
      ]),
    ),
  }
  banks.set(campaign, bank)
  return bank
}

const fixedFeatures = (campaign: CampaignSpec, action: ActionSpec): readonly Feature[] => [
  ...(campaign.family === undefined ? [] : ([[`family=${campaign.family}`, 1]] as const)),
  [`campaign=${campaign.id}`, 1],
  [`channel=${action.channel}`, 1],
  [`creative=${action.creativeId}`, 1],
  [`moment=${action.moment}`, 1],
  ...(action.offer === undefined
    ? []
    : ([
        [`offer=${action.offer.id}`, 1],
        ['discount', action.offer.discountShare],
      ] as const)),
  [`action=${action.id}@${campaign.id}`, 1],
]
