// Public exports of insight: what the log adds up to, for people to look at.
export { createTally, dumpTally, foldTally, restoreTally } from './tally.ts'
export type { ActionTally, CampaignTally, HourTally, Tally } from './tally.ts'
export {
  createDecisionIndex,
  decisionOffsets,
  dumpDecisionIndex,
  foldDecisionIndex,
  restoreDecisionIndex,
} from './decision-index.ts'
export type { DecisionIndex } from './decision-index.ts'
