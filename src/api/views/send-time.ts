// When people answer, as people look at it: a week of hours with its evidence, and each campaign's comparison of the
// chosen hour with sending at once.

import { campaignsInForce } from '../../decision/index.ts'
import type { CampaignSpec } from '../../decision/events.ts'
import {
  ANSWERS_MIN,
  armsOf,
  businessAffinity,
  heatmapOf,
  randomAnswers,
  sendsByHour,
  stageOf,
  totalsOf,
} from '../../model/index.ts'
import { verdictOn } from '../../stages/timing.ts'
import type { LoopState } from '../../loop.ts'
import type { SendTimeCampaign, SendTimeView } from '../contract.ts'
import type { ViewSources } from './sources.ts'

/** Of an hour, before its chance is shown. */
const HOUR_SENDS_MIN = 20

export const viewSendTime = ({ loop }: Pick<ViewSources, 'loop'>): SendTimeView => {
  const { state } = loop
  const { model, left } = state.sendTime
  const byHour = sendsByHour(model)
  const { hours, weekdays } = businessAffinity(model)
  return {
    sends: totalsOf(model.business).sent,
    people: model.persons.size,
    answers: randomAnswers(state.sendTime),
    answersMin: ANSWERS_MIN,
    rates: heatmapOf(
      byHour.map((count, hour) => (count < HOUR_SENDS_MIN ? null : (hours[hour] ?? null))),
      [...weekdays],
    ).map((row) => [...row]),
    sendsByHour: [...byHour],
    left: { ...left },
    campaigns: campaignsInForce(state.decision).campaigns.flatMap((campaign) =>
      campaign.sendTime === undefined ? [] : [viewCampaign(state, campaign)],
    ),
  }
}

const viewCampaign = (state: LoopState, { id, name }: CampaignSpec): SendTimeCampaign => {
  const { best, explore, at_once: atOnce } = armsOf(state.sendTime, id)
  const { claim, difference, low, high, detectable } = verdictOn(state.sendTime, id)
  return {
    campaignId: id,
    name,
    stage: stageOf(randomAnswers(state.sendTime), claim < 0),
    best: { ...best },
    explore: { ...explore },
    atOnce: { ...atOnce },
    verdict: claim > 0 ? 'better' : claim < 0 ? 'worse' : 'not_known_yet',
    difference:
      difference === null || low === null || high === null ? null : { value: difference, low, high },
    detectable,
  }
}
