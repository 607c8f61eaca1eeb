// Items that go together by counting: item-kNN (cosine with shrinkage) and RP3beta (three steps of a random walk from
// person to item to person to item, with popular items held back; Christoffel et al. 2015).

import { itemsOf, popularity, type Interactions } from './interactions.ts'
import { createWeightTable, type ItemWeights } from './item-weights.ts'

export type ItemKnnOptions = {
  /** Neighbours that an item is scored by. */
  readonly neighbours: number
  /** Added to the denominator, so that few common people prove little. */
  readonly shrinkage: number
}

export const ITEM_KNN_DEFAULTS: ItemKnnOptions = { neighbours: 100, shrinkage: 5 }

/** Cosine between items by the people they share; each target keeps its nearest neighbours. */
export const learnItemKnn = (table: Interactions, options: Partial<ItemKnnOptions> = {}): ItemWeights => {
  const { neighbours, shrinkage } = { ...ITEM_KNN_DEFAULTS, ...options }
  const roots = popularity(table).map(Math.sqrt)
  return fromPairs(table, neighbours, (target, common) => {
    const own = roots[target] ?? 0
    return common.map(({ item, count }) => ({
      item,
      weight: count / (own * (roots[item] ?? 0) + shrinkage),
    }))
  })
}

export type Rp3Options = {
  readonly neighbours: number
  /** Power of each transition's probability. */
  readonly alpha: number
  /** Power of the target's popularity that it is divided by. */
  readonly beta: number
}

export const RP3_DEFAULTS: Rp3Options = { neighbours: 200, alpha: 0.6, beta: 0.4 }

export const learnRp3 = (table: Interactions, options: Partial<Rp3Options> = {}): ItemWeights => {
  const { neighbours, alpha, beta } = { ...RP3_DEFAULTS, ...options }
  const counts = popularity(table)
  const { userCount, userStart } = table
  const perUser = Float64Array.from({ length: userCount }, (_user, u) => {
    const n = (userStart[u + 1] ?? 0) - (userStart[u] ?? 0)
    return n > 0 ? (1 / n) ** alpha : 0
  })
  const sums = new Float64Array(table.itemCount)
  const weights = createWeightTable(table.itemCount, neighbours)
  for (let source = 0; source < table.itemCount; source++) {
    const leave = (1 / Math.max(1, counts[source] ?? 0)) ** alpha
    const touched: number[] = []
    for (let k = table.itemStart[source] ?? 0; k < (table.itemStart[source + 1] ?? 0); k++) {
      const user = table.users[k] ?? 0
      const weight = leave * (perUser[user] ?? 0)
      for (const item of itemsOf(table, user)) {
        if (sums[item] === 0) touched.push(item)
        sums[item] = (sums[item] ?? 0) + weight
      }
    }
    for (const target of touched) {
      weights.add(source, target, (sums[target] ?? 0) / Math.max(1, counts[target] ?? 0) ** beta)
      sums[target] = 0
    }
  }
  return weights.finish()
}

type Common = { readonly item: number; readonly count: number }

const fromPairs = (
  table: Interactions,
  neighbours: number,
  rank: (
    target: number,
    common: readonly Common[],
  ) => readonly { readonly item: number; readonly weight: number }[],
): ItemWeights => {
  // An item is scored by its own nearest; a source may be near to many, so rows are not cut here.
  const weights = createWeightTable(table.itemCount, Math.max(neighbours * 20, 1_000))
  const counts = new Int32Array(table.itemCount)
  for (let target = 0; target < table.itemCount; target++) {
    const touched: number[] = []
    for (let k = table.itemStart[target] ?? 0; k < (table.itemStart[target + 1] ?? 0); k++)
      for (const item of itemsOf(table, table.users[k] ?? 0)) {
        if (item === target) continue
        if (counts[item] === 0) touched.push(item)
        counts[item] = (counts[item] ?? 0) + 1
      }
    const ranked = rank(
      target,
      touched.map((item) => ({ item, count: counts[item] ?? 0 })),
    ).toSorted((left, right) => right.weight - left.weight || left.item - right.item)
    for (const { item, weight } of ranked.slice(0, neighbours)) weights.add(item, target, weight)
    for (const item of touched) counts[item] = 0
  }
  return weights.finish()
}

export type UserKnnOptions = { readonly neighbours: number }

/** Scores by people alike (cosine); for comparison, since it needs the whole table to answer. */
export const scoreByPeople = (
  table: Interactions,
  history: ArrayLike<number>,
  scores: Float64Array,
  { neighbours }: UserKnnOptions,
): void => {
  const common = new Map<number, number>()
  for (let h = 0; h < history.length; h++) {
    const item = history[h] ?? 0
    for (let k = table.itemStart[item] ?? 0; k < (table.itemStart[item + 1] ?? 0); k++) {
      const user = table.users[k] ?? 0
      common.set(user, (common.get(user) ?? 0) + 1)
    }
  }
  const alike = [...common]
    .map(([user, count]) => ({
      user,
      weight: count / Math.sqrt(history.length * Math.max(1, itemsOf(table, user).length)),
    }))
    // Whoever has exactly this history is the person itself.
    .filter(({ user, weight }) => !(weight > 1 - 1e-12 && itemsOf(table, user).length === history.length))
    .toSorted((left, right) => right.weight - left.weight || left.user - right.user)
    .slice(0, neighbours)
  for (const { user, weight } of alike)
    for (const item of itemsOf(table, user)) scores[item] = (scores[item] ?? 0) + weight
}
