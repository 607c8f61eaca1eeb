// The model learns from settled outcomes (feedback/events.ts); of its own it records only resets.

export const MODEL_RESET = 'model.reset.v1'
/** Someone, or a drift alarm, made the model forget: it starts again from the prior. */
export type ModelReset = { readonly reason: string; readonly by: string }

/** One feature of the world or of an action. Categorical ones are spelt `name=value` with value 1. */
export type Feature = readonly [name: string, value: number]

export type PolicySpec = {
  readonly kind: 'squarecb' | 'thompson' | 'optimism' | 'epsilon_greedy' | 'uniform' | 'fixed'
  /** Least probability shared out evenly over the eligible actions, 0 to 1. */
  readonly explorationFloor: number
  /** For `fixed`: the action that is always taken when eligible. */
  readonly actionId?: string
  /** For `thompson` and `optimism`: what the standard errors are multiplied by; less explores less. */
  readonly posteriorScale?: number
  /** For `squarecb`: γ = gammaScale · examples^gammaExponent. */
  readonly gammaScale?: number
  readonly gammaExponent?: number
  /** For `epsilon_greedy`: share drawn evenly, on top of the floor. */
  readonly epsilon?: number
}

/** A model of a campaign's own, in place of the one that all campaigns share. */
export type ModelSpec = {
  readonly kind: 'hashed' | 'dense'
  /** What was learnt this long ago counts half; left out: as for the shared one. */
  readonly halfLifeDays?: number
}

/** What one decision showed: the features of its chosen action, and what that brought. */
export type Example = {
  readonly shared: readonly Feature[]
  readonly action: readonly Feature[]
  /** In reward units: margin in whole currency units unless the goal says otherwise. */
  readonly reward: number
  /** Probability with which the action was drawn, (0, 1]. */
  readonly propensity: number
  readonly at: number
}
