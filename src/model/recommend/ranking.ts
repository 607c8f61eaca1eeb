// How good a list of recommendations is: ranking measures by definition, averaged over people.

import { itemsOf, type Interactions } from './interactions.ts'
import { topItems } from './item-weights.ts'

export type RankingScore = {
  readonly people: number
  readonly ndcg: number
  readonly recall: number
  readonly precision: number
  readonly averagePrecision: number
  /** Standard error of the nDCG over people. */
  readonly ndcgError: number
  /** Share of items that were recommended to anybody. */
  readonly coverage: number
}

/** Fills in the scores of all items for a person with this history. */
export type Scorer = (user: number, history: Int32Array, scores: Float64Array) => void

/**
 * nDCG, recall, precision and MAP at `k` with binary gains, over people who have something in `test`. What a person
 * had in `train` is not recommended again. Ideal gain: as many hits as the person has in test, `k` at most.
 */
export const rankingScore = (
  train: Interactions,
  test: Interactions,
  scorer: Scorer,
  k = 10,
): RankingScore => {
  const scores = new Float64Array(train.itemCount)
  const shown = new Set<number>()
  const gains: number[] = []
  let [people, recall, precision, averages] = [0, 0, 0, 0]
  for (let user = 0; user < test.userCount; user++) {
    const wanted = new Set(itemsOf(test, user))
    if (wanted.size === 0) continue
    people++
    const history = itemsOf(train, user)
    scores.fill(0)
    scorer(user, history, scores)
    const list = topItems(scores, k, new Set(history))
    let [gain, hits, average] = [0, 0, 0]
    list.forEach((item, place) => {
      shown.add(item)
      if (!wanted.has(item)) return
      hits++
      gain += 1 / Math.log2(place + 2)
      average += hits / (place + 1)
    })
    let ideal = 0
    for (let place = 0; place < Math.min(k, wanted.size); place++) ideal += 1 / Math.log2(place + 2)
    gains.push(gain / ideal)
    recall += hits / wanted.size
    precision += hits / k
    averages += average / Math.min(k, wanted.size)
  }
  const n = Math.max(1, people)
  const ndcg = gains.reduce((sum, gain) => sum + gain, 0) / n
  const spread = gains.reduce((sum, gain) => sum + (gain - ndcg) ** 2, 0) / Math.max(1, n - 1)
  return {
    people,
    ndcg,
    recall: recall / n,
    precision: precision / n,
    averagePrecision: averages / n,
    ndcgError: Math.sqrt(spread / n),
    coverage: shown.size / Math.max(1, train.itemCount),
  }
}
