// When a message to this person had best leave, drawn for one decision from what is known of their hours. Reads folded
// state alone, so that a decision made again draws the same hour.

import { confidenceSequence, smallestDetectableEffect } from '../feedback/index.ts'
import { isQuiet, limitsInForce, zoneFor } from '../guardrail/index.ts'
import type { CampaignSpec } from '../decision/events.ts'
import { slotSeedOf, type ChosenTime } from '../decision/index.ts'
import {
  affinityOf,
  armsOf,
  bestSlot,
  drawSlot,
  judgeArms,
  randomAnswers,
  rateAt,
  senderOf,
  sharesFor,
  slotsWithin,
  stageOf,
  type Affinity,
  type ArmVerdict,
  type SendTimeState,
  type Slot,
} from '../model/index.ts'
import { segmentsAt } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'

export type WhenQuestion = {
  readonly decisionId: string
  readonly campaign: CampaignSpec
  readonly ref: number
  /** That the runtime knows. */
  readonly timeZone: string
  readonly now: number
}

/** Undefined where the campaign has no action that leaves at the best hour, or no hour is allowed. */
export const timingFor = (state: LoopState, question: WhenQuestion): ChosenTime | undefined => {
  const { campaign, ref, timeZone, now } = question
  const { sendTime } = campaign
  if (sendTime === undefined || !campaign.actions.some(({ moment }) => moment === 'best')) return undefined
  const { quietHours } = limitsInForce(state.guardrail).limits
  const zone = zoneFor(timeZone, state.business)
  const slots = slotsWithin(now, sendTime.withinMs, timeZone, (at) => !isQuiet(at, zone, quietHours))
  const [first] = slots
  if (first === undefined) return undefined
  const segments = segmentsAt(state.profile, { ref, now, business: state.business })
  const affinity = affinityOf(state.sendTime.model, { person: senderOf(ref), segments })
  const stage = stageOf(randomAnswers(state.sendTime), verdictOn(state.sendTime, campaign.id).claim < 0)
  const shares = sharesFor(stage, sendTime)
  const best = stage === 'no_better' ? 0 : bestSlot(affinity, slots)
  const choice = drawSlot(slots.length, best, shares, slotSeedOf(question.decisionId))
  const taken = slots[choice.slot] ?? first
  const chosen = slots[best] ?? first
  const source = affinity.sourceAt(chosen.hour)
  return {
    said: {
      ...choice,
      slots: slots.length,
      ...shares,
      stage,
      ...taken,
      rate: rateAt(affinity, taken),
      rateBest: rateAt(affinity, chosen),
      rateAtOnce: rateAt(affinity, first),
      source,
      sends: source === 'nothing' ? 0 : affinity.sends[source],
      segment: source === 'segment' ? affinity.segment : '',
      segments,
    },
    leanAt: (hour) => leanOf(affinity, slots, hour),
  }
}

/** The chosen hour against at once in this campaign: an interval that may be looked at at any time. */
export const verdictOn = (state: SendTimeState, campaignId: string): ArmVerdict =>
  judgeArms(armsOf(state, campaignId), { confidenceSequence, smallestDetectableEffect })

const LEAN_MAX = 2

/** Of an hour beside the mean of those allowed. */
const leanOf = ({ hours }: Affinity, slots: readonly Slot[], hour: number): number => {
  const mean = slots.reduce((sum, slot) => sum + (hours[slot.hour] ?? 0), 0) / slots.length
  return Math.min(LEAN_MAX, Math.max(-LEAN_MAX, Math.log((hours[hour] ?? mean) / mean)))
}
