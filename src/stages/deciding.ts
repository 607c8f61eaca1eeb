// Profile, model, decision and the guardrail's first look, put together for one person. Reads only
// folded state, so the same decision comes out again when the log is folded up to its `asOf`.

import type { DecisionId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ActionSpec, CampaignSpec, DecisionCause, DecisionMade, Reason } from '../decision/events.ts'
import { campaignOf, decide, personOf } from '../decision/index.ts'
import { checkAction, checkDecision, NO_OUTSIDE_STOPS } from '../guardrail/index.ts'
import { creativeOf } from '../delivery/index.ts'
import { groupFor } from '../feedback/index.ts'
import { decisionScores, upliftFor } from '../model/index.ts'
import { barredTraits } from '../governance/index.ts'
import type { GovernancePolicy } from '../governance/events.ts'
import { isSettled, refOf } from '../profile/index.ts'
import { servingFor } from '../promotion/index.ts'
import type { LoopState } from '../loop.ts'
import { autonomyFor } from './permit.ts'
import { recipientOf, type AddressHash } from './recipient.ts'
import { timingFor } from './timing.ts'

export type Ask = {
  /** Of the work item, or of the record that is decided again. */
  readonly decisionId: DecisionId
  readonly campaign: CampaignSpec
  readonly ref: number
  readonly cause: DecisionCause
  readonly context: Readonly<Record<string, Json>>
  /** ms, by the product's clock. */
  readonly now: number
}

/** The decision for this person now, from the state as it is folded. */
export const decideFor = (state: LoopState, ask: Ask, hash: AddressHash): DecisionMade => {
  const { profile, business, feedback } = state
  const { decisionId, campaign, ref, cause, context, now } = ask
  const traitNames = traitNamesFor(state, campaign)
  const person = personOf(profile, ref, { now, business, traitNames })
  const recipient = recipientOf(state, ref, hash)
  const asked = { persons: state.persons, profiles: profile, business }
  const blocked = (action: ActionSpec, sendAt: number): readonly Reason[] => [
    ...notConfigured(state, action),
    ...checkAction(state.guardrail, {
      sendAt,
      campaign,
      action,
      recipient,
      creative: creativeStanding(state, action),
      tone: creativeTone(state, action),
      business,
      outside: NO_OUTSIDE_STOPS,
    }),
  ]
  const group = groupFor(feedback, { ref, profileId: person.profileId }, campaign.id)
  const { timeZone } = person
  return decide(
    {
      decisionId,
      campaign,
      cause,
      person,
      scores: decisionScores(asked, ref, now),
      uplift: upliftFor(asked, { campaignId: campaign.id, ref, now }),
      timing:
        group === 'holdout' ? undefined : timingFor(state, { decisionId, campaign, ref, timeZone, now }),
      group,
      context,
      model: state.model,
      serving: servingFor(state.promotion, state.model, { campaign, profileId: person.profileId }),
      blocked,
      vetoes: checkDecision({ profileSettled: isSettled(profile, ref) }),
      autonomy: (action) => autonomyFor(state, { campaign, action, ref, now }),
      versions: {
        campaigns: state.decision.version,
        creatives: state.delivery.creativesVersion,
        limits: state.guardrail.limitsVersion,
      },
      asOf: state.offset,
    },
    { now },
  )
}

type TraitNames = { readonly policy: GovernancePolicy; readonly names: readonly string[] }
const traitNames = new WeakMap<CampaignSpec, TraitNames>()

/** Traits that the model may see: looked up once for as long as campaign and policy stay as they are. */
export const traitNamesFor = (
  { governance: { policy } }: Pick<LoopState, 'governance'>,
  campaign: CampaignSpec,
): readonly string[] => {
  const known = traitNames.get(campaign)
  if (known?.policy === policy) return known.names
  const barred = barredTraits(policy, campaign.traitFeatures, campaign.id)
  const names = campaign.traitFeatures.filter((name) => !barred.includes(name))
  traitNames.set(campaign, { policy, names })
  return names
}

/** Decides again what a record tells, from a state folded up to its `asOf`; null when its campaign or person is not there. */
export const redecide = (state: LoopState, record: DecisionMade, hash: AddressHash): DecisionMade | null => {
  const campaign = campaignOf(state.decision, record.campaignId)
  const ref = refOf(state.profile, record.profileId)
  if (campaign === undefined || ref === undefined) return null
  // Hour and weekday are worked out from the time and the person's zone; the rest was given.
  const { hour: _hour, weekday: _weekday, ...context } = record.context
  return decideFor(
    state,
    { decisionId: record.decisionId, campaign, ref, cause: record.cause, context, now: record.at },
    hash,
  )
}

/** Whether an action's words are there and somebody stands for them. */
export const creativeStanding = (
  state: LoopState,
  action: ActionSpec,
): 'approved' | 'unapproved' | 'missing' => {
  const creative = creativeOf(state.delivery, action.creativeId)
  if (creative === undefined) return 'missing'
  return creative.approvedBy === '' ? 'unapproved' : 'approved'
}

/** What moment its words are written for; '' when for none. */
export const creativeTone = (state: LoopState, action: ActionSpec): string =>
  creativeOf(state.delivery, action.creativeId)?.tone ?? ''

const notConfigured = (state: LoopState, action: ActionSpec): readonly Reason[] =>
  state.channels.includes(action.channel)
    ? []
    : [{ code: 'unreachable', detail: `${action.channel} is not configured` }]
