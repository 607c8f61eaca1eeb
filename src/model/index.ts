// The model slice: what we expect of each action, and how sure we are.

export type { Bandit, BanditOptions, Scores } from './bandit.ts'
export {
  BANDIT_DEFAULTS,
  createBandit,
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
export type { Example, Feature, ModelReset, PolicySpec } from './events.ts'
export { MODEL_RESET } from './events.ts'
export type { EncoderLimits } from './features.ts'
export type { PolicyConfig, PolicyInput } from './policy.ts'
export { distribution, policySchema } from './policy.ts'
export type { Prior } from './prior.ts'
