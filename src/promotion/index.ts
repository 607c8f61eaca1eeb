// Public exports of promotion: which policy decides, and how another one may take its place.
export {
  canRun,
  createPromotion,
  dumpPromotion,
  foldPromotion,
  hasChallenger,
  learnOwnModels,
  MODELS_MAX,
  restorePromotion,
  sameContender,
  servingFor,
} from './state.ts'
export type { Challenger, Contender, PastChallenger, Promotion, Track } from './state.ts'
export { createEvidence, noteEvidence } from './evidence.ts'
export type { Evidence, Question } from './evidence.ts'
export { judge } from './judge.ts'
export type { Judgement, JudgeInput } from './judge.ts'
export { nextMove } from './move.ts'
export type { Move } from './move.ts'
export { PROMOTION_DEFAULTS } from './options.ts'
export type { PromotionOptions } from './options.ts'
export { ending, overriding, proposals, proposing, spelt } from './propose.ts'
export type { ProposeInput, Proposals, PromotionFact } from './propose.ts'
