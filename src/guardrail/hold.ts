// A hold keeps promotions of one scope back for as long as it stands: what a brand's trouble, a sensitive day or a word of
// risk asks for. It is narrower than STOP: service messages go on, and what fits the moment's tone may.

import type { CampaignSpec, Reason } from '../decision/events.ts'
import type { HoldLifted, HoldPlaced, HoldScope } from './events.ts'

export type PlacedHold = HoldPlaced & {
  /** ms, by the product's clock. */
  readonly at: number
}

export type Holds = Map<string, PlacedHold>

/** A hold of the same id replaces the one before: its scope may have grown. */
export const foldHoldPlaced = (holds: Holds, placed: HoldPlaced, at: number, holdsMax: number): void => {
  // More than can be kept apart: the safe reading is that all promotions are held.
  if (!holds.has(placed.holdId) && holds.size >= holdsMax)
    holds.set(OVERFLOW, { ...placed, holdId: OVERFLOW, scope: ALL_PROMOTIONS, at })
  else holds.set(placed.holdId, { ...placed, at })
}

/** The last one that is lifted takes the catch-all with it. */
export const foldHoldLifted = (holds: Holds, { holdId }: HoldLifted): void => {
  holds.delete(holdId)
  if (holds.size === 1) holds.delete(OVERFLOW)
}

export type Promotion = {
  readonly campaign: Pick<CampaignSpec, 'id' | 'service'> | undefined
  readonly channel: string
  readonly creativeId: string
  /** '' = plain. */
  readonly tone: string
  /** Language or country of the person, as `ru-RU`. */
  readonly market: string
  readonly isOffer: boolean
}

/**
 * Every hold that keeps this message back, and its tone when no hold asks for that; [] when nothing does. Words
 * written for a moment are for that moment: a creative with a tone goes only while a hold asks for it.
 */
export const holdReasons = (holds: Holds, about: Promotion): Reason[] => {
  if (about.campaign?.service === true) return []
  const reasons: Reason[] = []
  let isToneAsked = about.tone === ''
  for (const { holdId, scope, why } of holds.values()) {
    if (scope.kind !== 'promotions' || !covers(scope, about)) continue
    if (about.tone !== '' && scope.exceptTone === about.tone) isToneAsked = true
    else reasons.push({ code: 'held', detail: `${holdId}: ${why}` })
  }
  if (!isToneAsked) reasons.push({ code: 'wrong_tone', detail: about.tone })
  return reasons
}

/** Whether a hold keeps an ad line from spending. */
export const isLineHeld = (holds: Holds, lineId: string): boolean => {
  for (const { scope } of holds.values())
    if (scope.kind === 'lines' && (scope.lines.length === 0 || scope.lines.includes(lineId))) return true
  return false
}

const OVERFLOW = 'too many holds'

export const ALL_PROMOTIONS: HoldScope = {
  kind: 'promotions',
  channels: [],
  campaigns: [],
  creatives: [],
  markets: [],
  offersOnly: false,
  exceptTone: '',
}

const covers = (
  scope: HoldScope & { readonly kind: 'promotions' },
  { campaign, channel, creativeId, market, isOffer }: Promotion,
): boolean =>
  named(scope.channels, channel) &&
  // A campaign that is gone may have been the one that is meant.
  (campaign === undefined || named(scope.campaigns, campaign.id)) &&
  named(scope.creatives, creativeId) &&
  (scope.markets.length === 0 || scope.markets.some((one) => isOfMarket(market, one))) &&
  (!scope.offersOnly || isOffer)

const named = (list: readonly string[], one: string): boolean => list.length === 0 || list.includes(one)

const isOfMarket = (locale: string, market: string): boolean => {
  const [has = '', wanted = ''] = [locale, market].map((one) => one.toLowerCase().replaceAll('_', '-'))
  return has === wanted || has.startsWith(`${wanted}-`) || has.endsWith(`-${wanted}`)
}
