// Public exports of deciding: what we would do.
export { actionIdOf, CONTACT_COST_DEFAULT } from './actions.ts'
export { DEFAULT_POLICY, parseCampaign, renderCampaign } from './campaign.ts'
export { ACTIONS_MAX, campaignSchema } from './campaign-schema.ts'
export type { FriendlyCampaign } from './campaign-schema.ts'
export { decide, decisionIdOf, sendAtOf, slotSeedOf } from './decide.ts'
export type { ChosenTime, DecideInput, Governed, Serving } from './decide.ts'
export { campaignOf, campaignsForPlacement, dueDecisions, dueSchedules, placementsOf } from './due.ts'
export type { Admits, DueDecision, DueQuery, DueWork } from './due.ts'
export { dumpDecisions, restoreDecisions } from './dump.ts'
export { explain } from './explain.ts'
export type { Explanation } from './explain.ts'
export { actionFeatures, contextFeatures, daypartOf, nothingFeatures } from './features.ts'
export { peopleOf, personOf } from './people.ts'
export type { Asked, People, Person } from './people.ts'
export { replayRecord, sameDecision } from './replay.ts'
export type { Replay } from './replay.ts'
export {
  campaignCounts,
  campaignsInForce,
  createDecisions,
  DEFAULT_DECISION_OPTIONS,
  foldDecisions,
  triggerNameOf,
} from './state.ts'
export { WORDS as DECISION_WORDS } from './words.ts'
export type { ExplainLocale } from './words.ts'
export type { CampaignCounts, DecisionOptions, Decisions, DecisionTouch } from './state.ts'
