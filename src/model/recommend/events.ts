// What the recommender puts in the log: what was learnt in a worker, so that replay folds it and never learns again.

import type { RecommenderCard } from './recommender.ts'

export const RECOMMEND_TRAINED = 'recommend.trained.v1'
/** A trained recommender. `at` of the event is when it came into use. */
export type RecommendTrained = {
  /** Hash of what was learnt. */
  readonly version: string
  /** Offset of the last event it learnt from. */
  readonly asOf: number
  readonly card: RecommenderCard
  /** Product ids by number of the model. */
  readonly items: readonly string[]
  /** What an item says about others, little-endian numbers in base64; null when popularity is all. */
  readonly weights: {
    /** Uint32: row i is targets[start[i] … start[i + 1]). */
    readonly start: string
    /** Uint32. */
    readonly targets: string
    /** Float32. */
    readonly weights: string
  } | null
}
