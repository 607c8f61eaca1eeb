// Recommendation: each rule on small tables whose answer can be worked out, and on a seeded shop with hidden tastes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { isFailure } from '../../kernel/failure.ts'
import { learnEase } from './ease.ts'
import { tabulate, type InteractionRow } from './interactions.ts'
import { scoreHistory, topItems } from './item-weights.ts'
import { learnItemKnn, learnRp3, scoreByPeople } from './neighbours.ts'
import { rankingScore } from './ranking.ts'
import { learnRecommender, recommendFor, RECOMMENDER_DEFAULTS, type RecommenderInput } from './recommender.ts'
import { createSessionKnn, learnSession, scoreSession } from './session-knn.ts'

const randomTable = (seed: string, users: number, items: number) => {
  const rng = createRng(seed)
  const rows: InteractionRow[] = []
  for (let user = 0; user < users; user++)
    for (let n = 0; n < 6; n++) rows.push({ user, item: Math.floor(items * rng.uniform() ** 2), at: n })
  return tabulate(rows, { userCount: users, itemCount: items })
}

/** (G + λI)⁻¹ by Gauss–Jordan, for tables small enough. */
const inverse = (matrix: number[][]): number[][] => {
  const n = matrix.length
  const a = matrix.map((row, i) => [...row, ...row.map((_x, j) => (i === j ? 1 : 0))])
  for (let i = 0; i < n; i++) {
    const pivot = a[i]?.[i] ?? 1
    a[i] = (a[i] ?? []).map((x) => x / pivot)
    for (let r = 0; r < n; r++) {
      if (r === i) continue
      const factor = a[r]?.[i] ?? 0
      a[r] = (a[r] ?? []).map((x, c) => x - factor * (a[i]?.[c] ?? 0))
    }
  }
  return a.map((row) => row.slice(n))
}

/** People of three tastes: each mostly has items of its own kind; popular items belong to all. */
const shop = (seed: string, people = 300): RecommenderInput['rows'] => {
  const rng = createRng(seed)
  const rows: { user: string; item: string; at: number }[] = []
  for (let p = 0; p < people; p++)
    for (let n = 0; n < 8; n++) {
      const kind = rng.uniform() < 0.8 ? p % 3 : 3
      rows.push({ user: `u${p}`, item: `${'abcx'[kind]}${rng.below(12)}`, at: 1_000 * n + rng.below(900) })
    }
  return rows
}
const learn = (rows: RecommenderInput['rows']) => learnRecommender({ rows, ...RECOMMENDER_DEFAULTS })

describe('recommendation', () => {
  it('RE1 EASE solved by conjugate gradients equals the closed form', () => {
    const table = randomTable('ease', 60, 40)
    const gram = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => 0))
    for (let u = 0; u < 60; u++) {
      const items = table.items.subarray(table.userStart[u], table.userStart[u + 1])
      for (const i of items) for (const j of items) (gram[i] as number[])[j] = (gram[i]?.[j] ?? 0) + 1
    }
    for (let i = 0; i < 40; i++) (gram[i] as number[])[i] = (gram[i]?.[i] ?? 0) + 7
    const p = inverse(gram)
    const weights = learnEase(table, { penalty: 7, perItem: 100, tolerance: 1e-9 })
    let compared = 0
    for (let i = 0; i < 40; i++)
      for (let k = weights.start[i] ?? 0; k < (weights.start[i + 1] ?? 0); k++) {
        const j = weights.targets[k] ?? 0
        const expected = -(p[i]?.[j] ?? 0) / (p[j]?.[j] ?? 1)
        assert.ok(Math.abs((weights.weights[k] ?? 0) - expected) < 1e-6)
        compared++
      }
    assert.ok(compared > 500)
    assert.throws(
      () => learnEase(table, { penalty: Number.NaN }),
      (error) => isFailure(error, 'recommend.penalty'),
    )
  })

  it('RE2 cosine, random walk and people alike give the numbers of a table worked out by hand', () => {
    // 0 and 1 share two of their people, 2 has one of them.
    const table = tabulate(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
        [2, 0],
        [2, 2],
        [3, 1],
      ].map(([user = 0, item = 0]) => ({ user, item, at: 0 })),
      { userCount: 4, itemCount: 3 },
    )
    const scoresOf = (weights: Parameters<typeof scoreHistory>[0], history: number[]) => {
      const scores = new Float64Array(3)
      scoreHistory(weights, history, scores)
      return scores
    }
    const knn = scoresOf(learnItemKnn(table, { neighbours: 5, shrinkage: 0 }), [0])
    assert.ok(Math.abs((knn[1] ?? 0) - 2 / 3) < 1e-6)
    assert.ok(Math.abs((knn[2] ?? 0) - 1 / Math.sqrt(3)) < 1e-6)
    const walk = scoresOf(learnRp3(table, { neighbours: 5, alpha: 1, beta: 1 }), [0])
    // From 0: each of its three people with 1/3, then one of their two items with 1/2; divided by popularity.
    assert.ok(Math.abs((walk[1] ?? 0) - 2 / 3 / 2 / 3) < 1e-6)
    assert.ok(Math.abs((walk[2] ?? 0) - 1 / 3 / 2) < 1e-6)
    const people = new Float64Array(3)
    scoreByPeople(table, [1], people, { neighbours: 9 })
    assert.ok((people[0] ?? 0) > (people[2] ?? 0))
  })

  it('RE3 measures of a list follow their definitions', () => {
    const dims = { userCount: 1, itemCount: 5 }
    const train = tabulate([{ user: 0, item: 0, at: 0 }], dims)
    const test = tabulate(
      [1, 3].map((item) => ({ user: 0, item, at: 0 })),
      dims,
    )
    const score = rankingScore(train, test, (_user, _history, scores) => scores.set([9, 2, 5, 1, 0]), 3)
    // The list is 2, 1, 3: hits at places 2 and 3.
    const gain = 1 / Math.log2(3) + 1 / Math.log2(4)
    assert.ok(Math.abs(score.ndcg - gain / (1 + 1 / Math.log2(3))) < 1e-12)
    assert.equal(score.recall, 1)
    assert.ok(Math.abs(score.precision - 2 / 3) < 1e-12)
    assert.ok(Math.abs(score.averagePrecision - (1 / 2 + 2 / 3) / 2) < 1e-12)
    assert.equal(score.coverage, 3 / 5)
  })

  it('RE4 keeps popularity unless beaten on the latest part, and says why', () => {
    const rng = createRng('noise')
    const noise = Array.from({ length: 3_000 }, (_row, n) => ({
      user: `u${rng.below(200)}`,
      item: `i${rng.below(60)}`,
      at: n,
    }))
    const plain = learn(noise)
    assert.equal(plain.card.kind, 'popularity')
    assert.equal(plain.card.fallback, 'not_better')
    assert.equal(plain.card.split, 'time')
    assert.equal(learn(noise.slice(0, 30)).card.fallback, 'too_few_rows')
    assert.equal(learn(shop('split').map((row) => ({ ...row, at: 0 }))).card.split, 'random')
  })

  it('RE5 same rows in any order give the same bytes, input stays as it was, bad rows are refused', () => {
    const rows = shop('order')
    const copy = structuredClone(rows)
    const flat = (recommender: ReturnType<typeof learn>) =>
      JSON.stringify({
        ...recommender,
        weights:
          recommender.weights === null
            ? null
            : [[...recommender.weights.targets], [...recommender.weights.weights]],
      })
    assert.equal(flat(learn(rows)), flat(learn(rows.toReversed())))
    assert.deepEqual(rows, copy)
    for (const bad of [
      { user: '', item: 'a', at: 1 },
      { user: 'u', item: 'a', at: Number.NaN },
    ])
      assert.throws(
        () => learn([...rows, bad]),
        (error) => isFailure(error, 'recommend.bad_row'),
      )
  })

  it('RE6 never recommends what was had or excluded, and names popularity where it fills up', () => {
    const recommender = learn(shop('had'))
    const had = ['a0', 'a1', 'a2']
    const list = recommendFor(recommender, { history: had, except: new Set([...had, 'a3']), count: 48 })
    assert.equal(new Set(list.map(({ item }) => item)).size, list.length)
    assert.ok(list.every(({ item }) => !had.includes(item) && item !== 'a3'))
    assert.ok(list[0]?.item.startsWith('a') && had.includes(list[0].because ?? ''))
    assert.ok(
      recommendFor(recommender, { history: [], except: new Set(), count: 3 }).every(
        ({ source }) => source === 'popularity',
      ),
    )
  })

  it('RE7 keeps the strongest weights of each item and no more', () => {
    const table = randomTable('bound', 200, 80)
    const all = learnEase(table, { penalty: 5, perItem: 200 })
    const few = learnEase(table, { penalty: 5, perItem: 10 })
    for (let i = 0; i < 80; i++) {
      const strongest = [...all.weights.subarray(all.start[i], all.start[i + 1])]
        .map(Math.abs)
        .toSorted((a, b) => b - a)
      const kept = [...few.weights.subarray(few.start[i], few.start[i + 1])].map(Math.abs)
      assert.ok(kept.length <= 10)
      assert.deepEqual(kept, strongest.slice(0, kept.length))
    }
    assert.deepEqual(topItems(Float64Array.of(1, 3, 0, 2), 2, new Set([1])), [3, 0])
  })

  it('RE8 sessions vote for what followed, and the oldest is forgotten', () => {
    const model = createSessionKnn({ sessionsMax: 4 })
    learnSession(model, [0, 1, 2])
    learnSession(model, [0, 1, 3])
    learnSession(model, [5, 6])
    const votes = () => {
      const scores = new Float64Array(8)
      scoreSession(model, [0, 1], scores)
      return scores
    }
    assert.ok((votes()[2] ?? 0) > 0 && (votes()[3] ?? 0) > 0 && votes()[6] === 0)
    assert.equal(votes()[1], 0)
    for (let n = 0; n < 3; n++) learnSession(model, [0, 1, 4])
    assert.equal(votes()[2], 0)
    assert.ok((votes()[4] ?? 0) > 0)
    assert.equal(model.sessions.length, 4)
  })

  it('RE9 finds hidden tastes that popularity does not know', () => {
    const { card } = learn(shop('tastes'))
    const of = (kind: string) => card.backtest.find((one) => one.kind === kind)
    assert.notEqual(card.kind, 'popularity')
    assert.ok((of(card.kind)?.ndcg ?? 0) > 1.5 * (of('popularity')?.ndcg ?? 1))
  })
})
