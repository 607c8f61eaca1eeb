// Learns from a table of who had what and when, lets the models compete on the most recent part of it, and keeps the
// winner: what was best at random is not what is best tomorrow. The result is plain data that fits into an event.

import { Failure } from '../../kernel/failure.ts'
import { learnEase } from './ease.ts'
import { tabulate, type InteractionRow, type Interactions } from './interactions.ts'
import { scoreHistory, topItems, type ItemWeights } from './item-weights.ts'
import { learnItemKnn, learnRp3 } from './neighbours.ts'
import { rankingScore, type RankingScore, type Scorer } from './ranking.ts'

export type RecommenderKind = 'popularity' | 'item_knn' | 'rp3beta' | 'ease'

export type RecommenderInput = {
  /** Rows by key; `at` in ms, 0 where it is not known. */
  readonly rows: readonly { readonly user: string; readonly item: string; readonly at: number }[]
  /** Items beyond which EASE takes too long. */
  readonly easeItemsMax: number
  /** Strongest weights kept of each item. */
  readonly perItem: number
}

export const RECOMMENDER_DEFAULTS = { easeItemsMax: 5_000, perItem: 160 } as const
const ROWS_MIN = 50
const PEOPLE_MIN = 20
/** Half-life of popularity, as a share of the time that the rows span. */
const RECENCY_SHARE = 0.15

export type RecommenderCard = {
  readonly kind: RecommenderKind
  /** How each fared on the part held out, best first. */
  readonly backtest: readonly ({ readonly kind: RecommenderKind } & RankingScore)[]
  /** Held out: the latest part of the time, or a part at random where there are no times. */
  readonly split: 'time' | 'random' | 'none'
  readonly people: number
  readonly items: number
  readonly rows: number
  /** Why popularity stands in for something learnt; null when it does not. */
  readonly fallback: 'too_few_rows' | 'not_better' | null
}

export type Recommender = {
  readonly card: RecommenderCard
  /** Item keys by number, the most popular and recent first. */
  readonly items: readonly string[]
  /** Popularity × recency of each item, 1 for the highest. */
  readonly popularity: readonly number[]
  /** What an item says about others; null when popularity is all. */
  readonly weights: ItemWeights | null
}

/** Learns and chooses. Throws Failures `recommend.*` for what cannot be learnt from. Same rows, same result. */
export const learnRecommender = (input: RecommenderInput): Recommender => {
  const { rows, easeItemsMax, perItem } = input
  for (const { user, item, at } of rows)
    if (user === '' || item === '' || !Number.isFinite(at))
      throw new Failure({
        code: 'recommend.bad_row',
        message: `A row of user "${user}", item "${item}" at ${at} cannot be.`,
        hint: 'Each row names a user and an item; times are numbers.',
      })
  const numbered = number(rows)
  const shape = { userCount: numbered.users.length, itemCount: numbered.items.length }
  const card = { people: shape.userCount, items: shape.itemCount, rows: rows.length }
  const simple = (
    fallback: 'too_few_rows' | 'not_better',
    backtest: RecommenderCard['backtest'],
    split: RecommenderCard['split'],
  ): Recommender => ({
    card: { ...card, kind: 'popularity', backtest, split, fallback },
    items: numbered.items,
    popularity: numbered.popularity,
    weights: null,
  })
  if (rows.length < ROWS_MIN || shape.userCount < PEOPLE_MIN) return simple('too_few_rows', [], 'none')
  const split = holdOut(numbered.rows)
  const [train, test] = [tabulate(split.train, shape), tabulate(split.test, shape)]
  const kinds: readonly RecommenderKind[] =
    shape.itemCount <= easeItemsMax ? ['ease', 'rp3beta', 'item_knn'] : ['rp3beta', 'item_knn']
  const popular = recentPopularity(split.train, shape.itemCount)
  const backtest = [
    {
      kind: 'popularity' as const,
      ...rankingScore(train, test, (_user, _history, scores) => scores.set(popular)),
    },
    ...kinds.map((kind) => ({
      kind,
      ...rankingScore(train, test, scorerOf(learnWeights(kind, train, perItem), popular)),
    })),
  ].toSorted((left, right) => right.ndcg - left.ndcg)
  const [best] = backtest
  const floor = backtest.find(({ kind }) => kind === 'popularity')
  // Popularity is what it takes to beat: by twice the error, since the best of several is judged.
  if (
    best === undefined ||
    best.kind === 'popularity' ||
    best.ndcg - (floor?.ndcg ?? 0) <= 2 * best.ndcgError
  )
    return simple('not_better', backtest, split.kind)
  return {
    card: { ...card, kind: best.kind, backtest, split: split.kind, fallback: null },
    items: numbered.items,
    popularity: numbered.popularity,
    weights: learnWeights(best.kind, tabulate(numbered.rows, shape), perItem),
  }
}

const learnWeights = (kind: RecommenderKind, table: Interactions, perItem: number): ItemWeights => {
  if (kind === 'ease') return learnEase(table, { perItem })
  if (kind === 'rp3beta') return learnRp3(table, { neighbours: perItem })
  return learnItemKnn(table, { neighbours: perItem })
}

/** Weights first; where they say nothing, popularity breaks the tie. */
const scorerOf =
  (weights: ItemWeights, popular: Float64Array): Scorer =>
  (_user, history, scores) => {
    scoreHistory(weights, history, scores)
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) + 1e-9 * (popular[i] ?? 0)
  }

type Numbered = {
  readonly rows: readonly InteractionRow[]
  readonly users: readonly string[]
  readonly items: readonly string[]
  readonly popularity: readonly number[]
}

/** Keys to numbers in an order that the order of rows does not change. */
const number = (rows: RecommenderInput['rows']): Numbered => {
  const users = [...new Set(rows.map(({ user }) => user))].toSorted()
  const found = [...new Set(rows.map(({ item }) => item))].toSorted()
  const [userAt, foundAt] = [
    new Map(users.map((key, u) => [key, u])),
    new Map(found.map((key, i) => [key, i])),
  ]
  const plain = rows.map(({ user, item, at }) => ({
    user: userAt.get(user) ?? 0,
    item: foundAt.get(item) ?? 0,
    at,
  }))
  const popular = recentPopularity(plain, found.length)
  const order = [...found.keys()].toSorted(
    (left, right) => (popular[right] ?? 0) - (popular[left] ?? 0) || left - right,
  )
  const rank = new Map(order.map((item, place) => [item, place]))
  return {
    users,
    items: order.map((item) => found[item] ?? ''),
    popularity: order.map((item) => Number((popular[item] ?? 0).toPrecision(6))),
    rows: plain
      .map(({ user, item, at }) => ({ user, item: rank.get(item) ?? 0, at }))
      .toSorted((left, right) => left.at - right.at || left.user - right.user || left.item - right.item),
  }
}

/** How often each item was had, by half less for each 15 % of the time passed; 1 for the highest. */
const recentPopularity = (rows: readonly InteractionRow[], itemCount: number): Float64Array => {
  const times = rows.map(({ at }) => at)
  const last = times.reduce((high, at) => Math.max(high, at), -Infinity)
  const span = last - times.reduce((low, at) => Math.min(low, at), Infinity)
  const sums = new Float64Array(itemCount)
  for (const { item, at } of rows)
    sums[item] = (sums[item] ?? 0) + (span > 0 ? 0.5 ** ((last - at) / (span * RECENCY_SHARE)) : 1)
  const highest = sums.reduce((high, sum) => Math.max(high, sum), 0)
  return sums.map((sum) => (highest > 0 ? sum / highest : 0))
}

type Split = {
  readonly kind: 'time' | 'random'
  readonly train: readonly InteractionRow[]
  readonly test: readonly InteractionRow[]
}

/** The latest fifth of the rows; where all have one time, every fifth row of each person by a hash of its numbers. */
const holdOut = (rows: readonly InteractionRow[]): Split => {
  const first = rows[0]?.at ?? 0
  const timed = rows.some(({ at }) => at !== first)
  if (!timed) {
    const held = ({ user, item }: InteractionRow) => ((user * 73_856_093) ^ (item * 19_349_663)) % 5 === 0
    return { kind: 'random', train: rows.filter((row) => !held(row)), test: rows.filter(held) }
  }
  const cut = rows[Math.floor(rows.length * 0.8)]?.at ?? 0
  const train = rows.filter(({ at }) => at < cut)
  const had = new Set(train.map(({ user, item }) => `${user} ${item}`))
  // Buying the same again is no recommendation.
  return {
    kind: 'time',
    train,
    test: rows.filter((row) => row.at >= cut && !had.has(`${row.user} ${row.item}`)),
  }
}

export type Recommendation = {
  readonly item: string
  readonly score: number
  /** Which item of the history says so most; null for popularity. */
  readonly because: string | null
  readonly source: RecommenderKind
}

/**
 * The best items for somebody who had these, best first: by the weights, and where they have nothing left to say, by
 * popularity. Unknown items in `history` say nothing; those in `except` are left out.
 */
export const recommendFor = (
  { card, items, weights }: Recommender,
  {
    history,
    except,
    count,
  }: { readonly history: readonly string[]; readonly except: ReadonlySet<string>; readonly count: number },
): readonly Recommendation[] => {
  const at = numbersOf(items)
  const had = history.flatMap((key) => at.get(key) ?? [])
  const without = new Set([...except].flatMap((key) => at.get(key) ?? []))
  const scores = new Float64Array(items.length)
  if (weights !== null) scoreHistory(weights, had, scores)
  const found = topItems(scores, count, without).map(
    (item): Recommendation => ({
      item: items[item] ?? '',
      score: scores[item] ?? 0,
      because: weights === null ? null : (items[strongest(weights, had, item)] ?? null),
      source: card.kind,
    }),
  )
  if (found.length === count) return found
  const taken = new Set([...without, ...found.flatMap(({ item }) => at.get(item) ?? [])])
  for (let i = 0; found.length < count && i < items.length; i++)
    if (!taken.has(i)) found.push({ item: items[i] ?? '', score: 0, because: null, source: 'popularity' })
  return found
}

/** Numbers by key, made once for each list of items: that takes longer than an answer. */
const numbersOf = (items: readonly string[]): ReadonlyMap<string, number> => {
  const known = NUMBERS.get(items)
  if (known !== undefined) return known
  const numbers = new Map(items.map((key, i) => [key, i]))
  NUMBERS.set(items, numbers)
  return numbers
}
const NUMBERS = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

const strongest = (
  { start, targets, weights }: ItemWeights,
  had: readonly number[],
  target: number,
): number => {
  let best = { item: -1, weight: 0 }
  for (const item of had)
    for (let k = start[item] ?? 0; k < (start[item + 1] ?? 0); k++)
      if (targets[k] === target && (weights[k] ?? 0) > 0) {
        const weight = weights[k] ?? 0
        // Of equals the first in number, in whatever order they were had.
        if (weight > best.weight || (weight === best.weight && item < best.item)) best = { item, weight }
      }
  return best.item
}
