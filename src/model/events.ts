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
  /** Dense: how far each feature may sway is learnt too; left out: as given. */
  readonly learnsPrior?: boolean
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
  /** Of a decision taught in slices (see delay/): this slice's share of its results; 1 when left out. */
  readonly share?: number
  /** A slice after the first: it is no example more. */
  readonly further?: boolean
}

/** What the business means by its words, and when models are trained. */
export type ModelsSpec = {
  /** Nobody who orders nothing for this long counts as a customer any more. */
  readonly churnAfterMs: number
  readonly purchaseWithinMs: number
  /** How far ahead a customer's value is reckoned. */
  readonly valueHorizonMs: number
  /** Whole days. */
  readonly trainEveryMs: number
  /** Hour of the business. */
  readonly trainAtHour: number
  /** Orders are chances that come one by one, once in such a period, taken or not; absent: they may come at any time. */
  readonly valueOpportunities?: 'month' | 'quarter' | 'year'
  /** Whom the trees have to beat for churn and purchase: absent = `logistic`, fitted at once. */
  readonly champion?: 'online'
  /** False: campaigns reach everybody whatever uplift models say. Absent = true. */
  readonly targetByUplift?: boolean
}

export const MODELS_APPLIED = 'models.applied.v1'
/** The settings of the models from here on. */
export type ModelsApplied = ModelsSpec

/** The models whose word decisions use of any person. */
export type ScoreKey = 'churn' | 'purchase' | 'value'

/** Why a model has no word: `average` is a stand-in for a value model, `not_a_customer` says that it has none of this person. */
export type ScoreGap = 'no_model' | 'stale' | 'drift' | 'average' | 'not_a_customer'

/** What a model said of a person when it was decided on them, or why it could not. */
export type ScoreSaid =
  | {
      readonly key: ScoreKey
      /** A chance, or of `value` the expected margin in whole currency units. */
      readonly value: number
      /** Beside all people. */
      readonly level: 'low' | 'middle' | 'high'
      readonly version: string
      /** ms, product time. */
      readonly trainedAt: number
    }
  | { readonly key: ScoreKey; readonly gap: ScoreGap }

/** What a campaign's uplift model said of a person, and whether the campaign may go on to them. */
export type UpliftSaid = {
  readonly version: string
  readonly targeting: 'individual' | 'all' | 'none'
  /** What the campaign is expected to bring of this person, in the goal's unit, costs taken off. */
  readonly expected: number
  readonly admitted: boolean
  /** `explored`: not a target, let pass by chance so that the model goes on learning. */
  readonly as: 'target' | 'not_target' | 'everyone' | 'nobody' | 'explored'
}

/** How a campaign chooses the hour of what leaves at the best one. */
export type SendTimeSpec = {
  /** A message leaves within this time of its decision. */
  readonly withinMs: number
  /** Share of sends whose hour is drawn evenly among the allowed ones. */
  readonly explore: number
  /** Share of sends that leave as soon as they may, to compare with. */
  readonly atOnce: number
  /** What counts as an answer: at least opened, clicked, or the goal reached. */
  readonly answer: 'open' | 'click' | 'goal'
}

/** `only`: there was but one hour to choose from. */
export type TimingMode = 'best' | 'explore' | 'at_once' | 'only'

/** When a message is to leave and why, as the decision saw it. */
export type TimingSaid = {
  readonly mode: TimingMode
  /** Index of the hour taken among the `slots` allowed ones (0 = at once), of the best one, and shares of the draw. */
  readonly slot: number
  readonly best: number
  readonly slots: number
  readonly explore: number
  readonly atOnce: number
  /** Probability with which this hour was drawn. */
  readonly propensity: number
  /** `learning`: too little is known yet, hours are drawn by chance; `no_better`: waiting was found to lose. */
  readonly stage: 'learning' | 'choosing' | 'no_better'
  /** ms: the message leaves from here on, before `until` the hour is the one that was drawn. */
  readonly at: number
  readonly until: number
  /** On the person's clock. */
  readonly hour: number
  readonly weekday: number
  /** Expected chance of an answer then, at the best hour and at once. */
  readonly rate: number
  readonly rateBest: number
  readonly rateAtOnce: number
  /** Whose answers the best hour comes from mostly, how many sends of theirs, and the segment where it is one. */
  readonly source: 'person' | 'segment' | 'business' | 'nothing'
  readonly sends: number
  readonly segment: string
  /** All segments the person is in: their pools learn from the answer. */
  readonly segments: readonly string[]
}

/** `churn`, `purchase`, `value`, or `uplift:<campaign>`. */
export type ModelKey = 'churn' | 'purchase' | 'value' | `uplift:${string}`

export const MODEL_TRAINED = 'model.trained.v1'
/** A model was learnt from the log and stands by its own examination: with its parameters, so that nothing is learnt anew on replay. */
export type ModelTrained = {
  readonly key: ModelKey
  /** Names its parameters: equal parameters, equal versions. */
  readonly version: string
  /** ms: learnt from what had happened by then. */
  readonly dataUntil: number
  readonly horizonMs: number
  /** Of at most 1,000,000 characters as JSON. */
  readonly parameters: unknown
  readonly card: TrainedCard
}

export const MODEL_NOT_TRAINED = 'model.not_trained.v1'
/** Training was tried and gave nothing to use. The model in use, if any, stays. */
export type ModelNotTrained = {
  readonly key: ModelKey
  readonly dataUntil: number
  readonly reason: NotTrainedReason
  /** In the reason's unit: days, rows, people; 0 where it counts nothing. */
  readonly needs: number
  readonly has: number
  readonly detail: string
}
export type NotTrainedReason =
  /** Days of history. */
  | 'history'
  /** Rows with the outcome, and without it. */
  | 'positives'
  | 'negatives'
  | 'customers'
  /** Treated and untreated people of a campaign. */
  | 'treated'
  | 'untreated'
  /** Not better on later rows than the plain rate. */
  | 'not_better'
  /** Not true to its word on later rows. */
  | 'not_calibrated'
  | 'failed'

export const MODEL_CHECKED = 'model.checked.v1'
/** What a version in use had said, held against what came true. */
export type ModelChecked = {
  readonly key: ModelKey
  /** Whose word was checked. */
  readonly version: string
  /** ms: when it had been said. */
  readonly saidAt: number
  readonly rows: number
  readonly positives: number
  readonly slope: number
  readonly slopeError: number
  readonly deciles: readonly { readonly rows: number; readonly said: number; readonly came: number }[]
  /** How far the scores of the version in use have moved from those it was examined on. */
  readonly psi: number
}

export const MODEL_DRIFT_FOUND = 'model.drift_found.v1'
/** A model is not true to its word any more: until another one is trained, the plain average stands in for it. */
export type ModelDriftFound = {
  readonly key: ModelKey
  readonly version: string
  readonly measure: 'calibration_slope' | 'psi'
  readonly value: number
  readonly error: number
}

/** What people are shown of a trained model. */
export type TrainedCard =
  | {
      readonly kind: 'propensity'
      readonly rows: number
      readonly positives: number
      /** ms: when the rows learnt from, and those judged on, were observed. */
      readonly learntAt: readonly number[]
      readonly judgedAt: number
      readonly learntRows: number
      readonly judgedRows: number
      readonly chosen: 'logistic' | 'online' | 'trees'
      readonly contenders: readonly (CardFigures & {
        readonly kind: 'logistic' | 'online' | 'trees'
        readonly calibration: string
      })[]
      readonly promoted: boolean
      readonly lossGain: number
      readonly lossGainError: number
      /** Of saying the learnt rows' rate to everybody. */
      readonly baseline: { readonly rate: number; readonly logLoss: number }
      readonly reliability: readonly { readonly rows: number; readonly said: number; readonly came: number }[]
      readonly drivers: readonly { readonly name: string; readonly weight: number }[]
      readonly leaks: readonly {
        readonly column: string
        readonly why: string
        readonly value: number
        readonly kept: boolean
      }[]
      readonly drift: readonly { readonly column: string; readonly psi: number }[]
      /** Edges of the tenths of what it said on the judged rows. */
      readonly scoreEdges: readonly number[]
    }
  | {
      readonly kind: 'value'
      readonly customers: number
      readonly repeatBuyers: number
      readonly days: number
      readonly timing: 'bg-nbd' | 'pareto-nbd' | 'bg-bb' | 'cohort-average'
      readonly reason: string | null
      readonly parameters: readonly { readonly name: string; readonly value: number }[]
      /** Null where the time is too short to hold some back. */
      readonly backtest: {
        readonly days: number
        readonly ordersCame: number
        readonly ordersSaid: number
        readonly ordersAverage: number
        readonly error: number
        readonly errorAverage: number
        readonly coverage: number
        readonly level: number
      } | null
      readonly drift: { readonly orders: number; readonly value: number }
      readonly ordersPerYear: number
      readonly orderValue: number | null
      /** Mean expected margin within the horizon per customer: what buckets of value are parts of. */
      readonly meanValue: number
    }
  | {
      readonly kind: 'uplift'
      readonly campaignId: string
      readonly rows: number
      readonly treatedRows: number
      readonly effect: CardInterval
      readonly qini: CardInterval
      readonly upliftTop: CardInterval & { readonly share: number }
      readonly tenths: readonly { readonly said: number; readonly came: number }[]
      readonly targeting: 'individual' | 'all' | 'none'
      readonly because: 'qini' | 'effect' | 'unknown'
      /** Share of people with more expected uplift than cost. */
      readonly targetShare: number
      readonly cost: number
    }

export type CardFigures = {
  readonly auc: number
  readonly logLoss: number
  readonly brier: number
  readonly ece: number
  readonly slope: number
}
export type CardInterval = { readonly value: number; readonly low: number; readonly high: number }
