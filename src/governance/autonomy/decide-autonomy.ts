// How far the action of one decision may go by itself, and what that does to it: recorded with the
// decision, so that a replay finds the same.

import type { Business } from '../../kernel/business.ts'
import { isTimeZone, localTime } from '../../kernel/time.ts'
import type { ActionSpec, Autonomy, CampaignSpec, Reason } from '../../decision/events.ts'
import type { ActionClass } from '../events.ts'
import { NO_ACTION, type ProposedAction } from '../policy/rule.ts'
import { momentOf, verdictOf, type Verdict } from '../policy/verdict.ts'
import { isGoverned, type GovernanceState } from '../state.ts'

export type Deciding = {
  readonly campaign: Pick<CampaignSpec, 'id'>
  readonly action: ActionSpec
  /** Language or country of the person. */
  readonly market: string
  readonly business: Business
  readonly now: number
  /** Fingerprint of the campaign and its words, for what was allowed as long as it stays as it is. */
  readonly ground: () => string
}

/** Undefined where no policy is in force: then campaigns act as they always did. */
export const autonomyOf = (
  state: GovernanceState,
  deciding: Deciding,
): { readonly autonomy: Autonomy; readonly veto: Reason | null } | undefined => {
  if (!isGoverned(state)) return undefined
  const { campaign, action, business, now } = deciding
  const { verdict, of } = classVerdict(state, deciding)
  const { level, grounds } = verdict
  const isPlacement = action.channel === 'onsite'
  const allowed =
    isPlacement && level === 2 && state.grants.get(`placement ${campaign.id}`) === deciding.ground()
  const zone = isTimeZone(business.timeZone) ? business.timeZone : 'UTC'
  const seen = level === 1 || (level === 2 && !allowed) || (level === 3 && !isPlacement)
  const line = seen ? lineName({ campaignId: campaign.id, of, day: localTime(now, zone).day, level }) : ''
  return {
    autonomy: {
      level,
      class: of,
      policyVersion: state.policyVersion,
      grounds,
      line,
      holdUntil: level === 3 && !isPlacement ? now + state.policy.undoMs : 0,
    },
    veto: vetoOf(level, { isPlacement, allowed, of }),
  }
}

/** The level of what is decided now; of what was decided before it may have fallen since. */
export const levelNow = (state: GovernanceState, deciding: Deciding): number =>
  isGoverned(state) ? classVerdict(state, deciding).verdict.level : 4

/** A batch: one campaign, one class, one day of the business. */
export const lineName = ({
  campaignId,
  of,
  day,
  level,
}: {
  readonly campaignId: string
  readonly of: ActionClass
  readonly day: number
  readonly level: number
}): string => `${campaignId}/${of}/${day}/${level}`

/** A message with a discount is an offer as well: the lower of both levels holds. */
const classVerdict = (
  state: GovernanceState,
  { campaign, action, market, business, now }: Deciding,
): { readonly verdict: Verdict; readonly of: ActionClass } => {
  const discountShare = action.offer?.discountShare ?? 0
  const of: ActionClass = action.channel === 'onsite' ? 'placement' : 'message'
  const proposed: ProposedAction = {
    ...NO_ACTION,
    class: of,
    kind: 'decision',
    campaign: campaign.id,
    channel: action.channel,
    market,
    people: 1,
    cost: action.contactCost,
    amount: action.contactCost,
    discountShare,
    reversible: false,
  }
  const moment = momentOf(state.policy, business, now)
  const verdict = verdictOf(state, proposed, moment)
  if (discountShare <= 0) return { verdict, of }
  const offer = verdictOf(state, { ...proposed, class: 'offer', amount: discountShare }, moment)
  return offer.level < verdict.level ? { verdict: offer, of: 'offer' } : { verdict, of }
}

const vetoOf = (
  level: number,
  about: { readonly isPlacement: boolean; readonly allowed: boolean; readonly of: ActionClass },
): Reason | null => {
  if (level <= 1) return { code: 'autonomy', detail: `${about.of} ${level}` }
  // A page does not wait: until a person has allowed it, nothing is shown.
  if (about.isPlacement && level === 2 && !about.allowed)
    return { code: 'awaits_approval', detail: `${about.of} ${level}` }
  return null
}
