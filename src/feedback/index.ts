// Public exports of the feedback slice: what came of it.
export { createPurse, hasWon, logWealth, lowerBound, playBet, upperBound } from './betting.ts'
export type { Bet, PackedBets, Purse } from './betting.ts'
export {
  confidenceSequence,
  DEFAULT_SEQUENCE,
  empiricalBernstein,
  expectedLoss,
  guardVariances,
  normalInterval,
  relativeSequence,
  sampleRatioTest,
  sequenceHalfWidth,
  smallestDetectableEffect,
} from './confidence.ts'
export type { Interval, SequenceOptions } from './confidence.ts'
export { DEFAULT_FEATURE_OPTIONS } from './context-features.ts'
export type { Context, FeatureOptions } from './context-features.ts'
export { evaluateLogged } from './evaluate.ts'
export type {
  ArmReport,
  EvaluateInput,
  Evaluation,
  EvaluationReason,
  EvaluationVerdict,
  PolicyReport,
} from './evaluate.ts'
export { evaluateLike } from './evaluate-like.ts'
export type { LikeEvaluation, LikeInput } from './evaluate-like.ts'
export { renderLike } from './evaluate-like-render.ts'
export { renderEvaluation } from './evaluate-render.ts'
export { DEFAULT_HOLDOUT, groupOf, holdoutSchema, isExempt } from './holdout.ts'
export type { Group } from './holdout.ts'
export { liftReport } from './lift.ts'
export type { LiftGroup, LiftReport, LiftVerdict } from './lift.ts'
export type { HistoryPoint } from './lift-scope.ts'
export {
  createRecommendations,
  dumpRecommendations,
  exposuresOf,
  foldRecommendations,
  recommendationIdOf,
  restoreRecommendations,
} from './recommendations.ts'
export type { RecommendationCount, Recommendations } from './recommendations.ts'
export { summaryFromSums } from './moments.ts'
export type { Summary } from './moments.ts'
export {
  doublyRobust,
  EFFECTIVE_SAMPLE_MIN,
  ips,
  pairedDifference,
  snips,
  WEIGHT_SHARE_MAX,
} from './off-policy.ts'
export type { Estimate, EstimateOptions, LoggedChoice, ModelledChoice, Refusal } from './off-policy.ts'
export { differenceBets, valueBets } from './policy-bets.ts'
export type { FullChoice, PolicyBets, RewardRange } from './policy-bets.ts'
export { estimateAt, shrunkEstimate, shrunkWeight } from './shrinkage.ts'
export type { ShrunkEstimate, Shrinkage } from './shrinkage.ts'
export { dueOutcomes, earlyExamples, exampleOf, foldFeedback, groupFor } from './outcomes.ts'
export type { FeedbackInput, NewOutcome } from './outcomes.ts'
export { createFeedback, DEFAULT_FEEDBACK_OPTIONS, dumpFeedback, restoreFeedback } from './state.ts'
export type { FeedbackCounts, Feedback, FeedbackOptions, LateCount } from './state.ts'
// Attribution: who was there, beside what experiments measured.
export { attribute, METHODS } from './attribution/attribute.ts'
export type {
  Attribution,
  AttributeOptions,
  Calibration,
  ChannelCredit,
  Method,
} from './attribution/attribute.ts'
export type { Journey } from './attribution/paths.ts'
export {
  CONTACT_LIMITS,
  createContacts,
  dumpContacts,
  foldContacts,
  restoreContacts,
} from './attribution/contacts.ts'
export type { Contacts } from './attribution/contacts.ts'
export { journeysOf } from './attribution/journeys.ts'
export type { JourneyWish } from './attribution/journeys.ts'
export { forecastCampaign } from './campaign-forecast.ts'
export type { CampaignForecast, PastResults } from './campaign-forecast.ts'
export { forecastRisk } from './campaign-risk.ts'
export type { CampaignRisk, PastContacts } from './campaign-risk.ts'
export type { Range80 } from './draws.ts'
export { createFairness } from './fairness.ts'
export type { FairnessReport, FairnessShare } from './fairness.ts'
// Geo experiments: regions treated and regions left alone.
export { DESIGN_DEFAULTS, designGeo } from './geo/design.ts'
export type { DesignOptions, GeoDesign } from './geo/design.ts'
export { panelOf } from './geo/panel.ts'
export type { GeoRow, Panel } from './geo/panel.ts'
export { readGeo } from './geo/read.ts'
export type { GeoReading, GeoWarning, ReadOptions } from './geo/read.ts'
export type { Range } from './geo/tbr.ts'
// A log replayed as if other policies had learnt along the way.
export type { ReplayInput } from './replay/log.ts'
export type { OwnReplay } from './replay/own.ts'
export { renderReplay } from './replay/render.ts'
export { replayBandits } from './replay/replay.ts'
export type { BanditReplay, PolicyReplay, ReplayedAction, ReplayReason } from './replay/replay.ts'
