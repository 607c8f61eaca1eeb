// The model slice: what we expect of each action, and how sure we are.

export type { Bandit, BanditOptions, ScoreRoom, Scores } from './bandit.ts'
export {
  BANDIT_DEFAULTS,
  createBandit,
  createScoreRoom,
  dumpBandit,
  foldModel,
  learn,
  modelVersionOf,
  restoreBandit,
  scoreActions,
} from './bandit.ts'
export { probabilityOfBest } from './best-of.ts'
export type { Choice } from './choose.ts'
export { choose } from './choose.ts'
export type { Example, Feature, ModelReset, ModelSpec, PolicySpec } from './events.ts'
export { MODEL_RESET } from './events.ts'
export type { EncoderLimits } from './features.ts'
export type { PolicyConfig, PolicyInput } from './policy.ts'
export { distribution, policySchema } from './policy.ts'
export type { Prior } from './prior.ts'
export type { RewardScale } from './reward.ts'
export { capOf, createRewardScale, noiseOf, observeReward } from './reward.ts'
export type { Slate, SlateInput, SlatePlace, SlatePolicy } from './slate.ts'
export { chooseSlate, SLATE_CANDIDATES_MAX, SLATE_LENGTH_MAX } from './slate.ts'
// How long results take.
export type { DelayOf, Delays } from './delay/delays.ts'
export {
  createDelays,
  delayGroups,
  dumpDelays,
  noteResult,
  restoreDelays,
  shareCome,
} from './delay/delays.ts'
export { CHECK_AGES, shareToTeach } from './delay/slices.ts'
// Forecast.
export { forecastInWorker } from './forecast/adapters/forecast-in-worker.ts'
export type { Calendar } from './forecast/effects.ts'
export type { Forecast, ForecastInput, ForecastOptions, MethodFigures } from './forecast/forecast.ts'
export { FORECAST_DEFAULTS, forecastSeries } from './forecast/forecast.ts'
export type { MethodName } from './forecast/methods.ts'
export { METHODS } from './forecast/methods.ts'
export { coverage, mase, meanAbsoluteError, naiveScale, smape } from './forecast/score.ts'
export type { Frequency, Point, Series, SeriesOptions, Step } from './forecast/series.ts'
export { frequencyOf, seriesOf, stepsAfter } from './forecast/series.ts'
// Propensity and churn.
export { fitInWorker } from './propensity/adapters/fit-in-worker.ts'
export type { Drift, Leak } from './propensity/audit.ts'
export { renderCard } from './propensity/card-text.ts'
export type { FitInput, FitOptions, Fitted, ModelCard } from './propensity/fit.ts'
export { fitPropensity } from './propensity/fit.ts'
export type { DateColumn, Frame, FrameColumn, TextFrame } from './propensity/frame.ts'
export { frameOfText } from './propensity/frame.ts'
export type { Quality } from './propensity/metrics.ts'
export { qualityOf } from './propensity/metrics.ts'
export type { PropensityModel } from './propensity/model.ts'
export { dumpPropensity, predictPropensity, restorePropensity } from './propensity/model.ts'
export type { OnlineModel, OnlineOptions } from './propensity/online.ts'
export {
  createOnline,
  dumpOnline,
  learnOnline,
  ONLINE_DEFAULTS,
  predictOnline,
  restoreOnline,
} from './propensity/online.ts'
export type { Objective } from './propensity/lbfgs.ts'
export { minimise } from './propensity/lbfgs.ts'
// Uplift.
export { isNamedAsResult } from './uplift/afterwards.ts'
export type { AssessOptions, Assessed, UpliftAssessment } from './uplift/assess.ts'
export { assessUplift, decideTargeting } from './uplift/assess.ts'
export type { CurveSummary, Interval, Ranked } from './uplift/curve.ts'
export { averageEffect, qini, summariseCurve, upliftAt } from './uplift/curve.ts'
export type { Trial, UpliftModel } from './uplift/learners.ts'
export { fitDrLearner, fitTLearner, predictUplift } from './uplift/learners.ts'
export { renderUplift } from './uplift/report.ts'
// Anomalies.
export type { AlertBudget, AlertOptions, AlertStep } from './anomaly/budget.ts'
export { ALERT_DEFAULTS, createAlertBudget, runPeaks, spendAlert } from './anomaly/budget.ts'
export type {
  Anomaly,
  AnomalyDetector,
  AnomalyKind,
  AnomalyOptions,
  Observation,
} from './anomaly/detector.ts'
export {
  ANOMALY_DEFAULTS,
  createAnomalyDetector,
  dumpDetector,
  learnOne,
  predictOne,
  restoreDetector,
} from './anomaly/detector.ts'
export { logGamma } from './anomaly/distributions.ts'
export { usualRange, valuesLearnt } from './anomaly/usual.ts'
// Variants of an A/B test.
export type { VariantAssessment, VariantOptions, VariantOutcome, VariantStanding } from './variants/assess.ts'
export { assessVariants, sharesOf, VARIANT_DEFAULTS } from './variants/assess.ts'
export type { Beta, Comparison } from './variants/beta-best.ts'
export { compareRates } from './variants/beta-best.ts'
export type { ScaleChoice, SharePolicy } from './variants/play.ts'
export { choosePosteriorScale, playTest, thompsonShares } from './variants/play.ts'
export type { Variant, VariantPrior } from './variants/prior.ts'
export { believe, FLAT_PRIOR, learnVariantPrior, TESTS_MIN } from './variants/prior.ts'
export { renderVariantTest, renderVariantTests } from './variants/report.ts'
export type { NamedTest } from './variants/report.ts'
// Value: what customers will order and be worth.
export { backtestValue } from './value/backtest.ts'
export type { Backtest } from './value/backtest.ts'
export { bgBbAlive, bgBbExpected, bgBbNext, fitBgBb } from './value/bg-bb.ts'
export type { BgBb, Chances } from './value/bg-bb.ts'
export { bgNbdAlive, bgNbdExpected, bgNbdExpectedNew, bgNbdNext, fitBgNbd } from './value/bg-nbd.ts'
export type { BgNbd } from './value/bg-nbd.ts'
export type { Customer, Spender } from './value/customers.ts'
export { drawFutures } from './value/futures.ts'
export type { FutureOptions, Futures, ValueDrift } from './value/futures.ts'
export { fitGammaGamma, gammaGammaMean } from './value/gamma-gamma.ts'
export type { GammaGamma } from './value/gamma-gamma.ts'
export {
  fitParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdExpectedNew,
  paretoNbdNext,
} from './value/pareto-nbd.ts'
export type { ParetoNbd } from './value/pareto-nbd.ts'
export { lastDayOf, lastPeriodBy, PERIOD_DAYS, PERIODS } from './value/periods.ts'
export type { Period } from './value/periods.ts'
export { summariseOrders } from './value/rfm.ts'
export type { CustomerSummary, Order, Rfm } from './value/rfm.ts'
export { learnValue, valueOf } from './value/value-model.ts'
export type {
  FallbackReason,
  Horizon,
  LearnValueOptions,
  ValueEstimate,
  ValueModel,
} from './value/value-model.ts'
// Recommendation: what goes with what.
export { EASE_DEFAULTS, learnEase, visitEase } from './recommend/ease.ts'
export { itemsOf, popularity, tabulate } from './recommend/interactions.ts'
export type { InteractionRow, Interactions } from './recommend/interactions.ts'
export { createWeightTable, scoreHistory, topItems } from './recommend/item-weights.ts'
export type { ItemWeights } from './recommend/item-weights.ts'
export { learnItemKnn, learnRp3, scoreByPeople } from './recommend/neighbours.ts'
export { rankingScore } from './recommend/ranking.ts'
export type { RankingScore, Scorer } from './recommend/ranking.ts'
export { learnRecommender, recommendFor, RECOMMENDER_DEFAULTS } from './recommend/recommender.ts'
export type {
  Recommendation,
  Recommender,
  RecommenderCard,
  RecommenderInput,
  RecommenderKind,
} from './recommend/recommender.ts'
export { createSessionKnn, learnSession, scoreSession } from './recommend/session-knn.ts'
export type { SessionKnn } from './recommend/session-knn.ts'
export { learnInWorker } from './recommend/adapters/learn-in-worker.ts'
export type { LearnJob } from './recommend/adapters/learn-in-worker.ts'
export { RECOMMEND_TRAINED } from './recommend/events.ts'
export type { RecommendTrained } from './recommend/events.ts'
export {
  createRecommenderState,
  dumpRecommender,
  foldRecommender,
  restoreRecommender,
  trainedFact,
} from './recommend/state.ts'
export type { RecommenderState, TrainedModel } from './recommend/state.ts'
// What is expected of each person, learnt from the log.
export { trainInWorker } from './persons/adapters/train-in-worker.ts'
export { dueTrainings, nextTrainingAt, trainableKeys, trainingInput } from './persons/due.ts'
export { dumpPersons, restorePersons } from './persons/dump.ts'
export type { KeyState } from './persons/in-use.ts'
export { decisionScores, gapOf, RuleScores, SCORE_KEYS } from './persons/rule-scores.ts'
export type { DecisionScores } from './persons/rule-scores.ts'
export { fallbacksOf, SCORE_NAMES, scoresOf, scoresVersion } from './persons/scores.ts'
export type { PersonScores, ScoreIntervals, ScoreName } from './persons/scores.ts'
export { DEFAULT_MODELS, modelsSchema, parseModels, renderModels } from './persons/settings.ts'
export { createPersons, foldPersons } from './persons/state.ts'
export type { Persons } from './persons/state.ts'
export { trainModels } from './persons/train.ts'
export { upliftFor } from './persons/uplift-gate.ts'
export type { TrainingFact, TrainingInput } from './persons/train.ts'
// Send time: when people answer.
export { ANSWERS_MIN, createArms, judgeArms, noteArm, sharesFor, stageOf } from './send-time/arms.ts'
export type { Arms, ArmVerdict } from './send-time/arms.ts'
export { assessSendTime, bestHourOf, heatmapOf } from './send-time/assess.ts'
export type { PastSend, SendTimeAssessment } from './send-time/assess.ts'
export { totalsOf } from './send-time/counts.ts'
export { bestSlot, drawSlot, rateAt, slotsWithin } from './send-time/draw.ts'
export type { Slot } from './send-time/draw.ts'
export {
  affinityOf,
  businessAffinity,
  createSendTime,
  learnSend,
  sendsByHour,
} from './send-time/send-time.ts'
export type { Affinity, SendTime } from './send-time/send-time.ts'
export {
  armsOf,
  createSendTimeState,
  dumpSendTimeState,
  foldSendTime,
  randomAnswers,
  restoreSendTimeState,
  senderOf,
} from './send-time/state.ts'
export type { SendTimeState } from './send-time/state.ts'
