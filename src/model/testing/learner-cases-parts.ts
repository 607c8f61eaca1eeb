// Learners that stand behind others or on their own beside them: the recommenders one by one, the value models of
// chances and of spend, and how far a test explores. Their entries in the suite of all learners.

import { createRng } from '../../kernel/rng.ts'
import { learnEase } from '../recommend/ease.ts'
import { tabulate, type InteractionRow, type Interactions } from '../recommend/interactions.ts'
import { scoreHistory, type ItemWeights } from '../recommend/item-weights.ts'
import { learnItemKnn, learnRp3 } from '../recommend/neighbours.ts'
import { bgBbAlive, bgBbExpected, fitBgBb, type BgBb, type Chances } from '../value/bg-bb.ts'
import type { Spender } from '../value/customers.ts'
import { drawBeta, drawGamma } from '../value/draws.ts'
import { fitGammaGamma, gammaGammaMean, type GammaGamma } from '../value/gamma-gamma.ts'
import { choosePosteriorScale, type ScaleChoice } from '../variants/play.ts'
import { FLAT_PRIOR, TESTS_MIN, type Variant } from '../variants/prior.ts'
import { learnerConformance } from './learner-conformance.ts'

export const registerParts = (): void => {
  weights('EASE', 'learnEase', (table) => learnEase(table, { penalty: 20, perItem: 20 }))
  weights('item-kNN', 'learnItemKnn', (table) => learnItemKnn(table, { neighbours: 20 }))
  weights('RP3beta', 'learnRp3', (table) => learnRp3(table, { neighbours: 20 }))
  chances()
  spend()
  explore()
}

const asJson = {
  dump: (model: unknown) => JSON.stringify(model),
  restore: <T>(kept: string) => JSON.parse(kept) as T,
}

const ITEMS = 36

type Shop = { readonly rows: readonly InteractionRow[]; readonly histories: readonly (readonly number[])[] }

const weights = (name: string, covered: string, fit: (table: Interactions) => ItemWeights): void =>
  learnerConformance<Shop, ItemWeights>({
    name: `recommend ${name}`,
    covers: [covered],
    dataOf: (seed, many) => {
      const rng = createRng(`table:${seed}`)
      const rows = Array.from({ length: 80 * many }, (_, user) =>
        Array.from({ length: 6 }, (_n, n) => ({
          user,
          // People of three kinds, each with items of its own.
          item: ((rng.uniform() < 0.8 ? user % 3 : rng.below(3)) * ITEMS) / 3 + rng.below(ITEMS / 3),
          at: n,
        })),
      ).flat()
      return { rows, histories: [[0, 1], [ITEMS - 1], [3, 20]] }
    },
    learn: ({ rows }) =>
      fit(
        tabulate(rows, {
          userCount: 1 + Math.max(...rows.map(({ user }) => user)),
          itemCount: ITEMS,
        }),
      ),
    answer: (model, { histories }) =>
      histories.map((history) => {
        const scores = new Float64Array(ITEMS)
        // The order in which a history is added up moves the last bits of a sum.
        scoreHistory(
          model,
          history.toSorted((left, right) => left - right),
          scores,
        )
        return scores
      }),
    reordered: ({ rows, histories }) => ({
      rows: rows.toReversed(),
      histories: histories.map((history) => history.toReversed()),
    }),
    changed: (shop) => [
      { ...shop, histories: [[]] },
      { ...shop, histories: [[ITEMS + 5, 1], [-1]] },
    ],
    kept: {
      dump: (model) => ({ ...model }),
      restore: (kept: ItemWeights) => kept,
    },
    memory: { bytesMax: 64 * 1_024, many: 10 },
    broken: (shop) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`a time of ${bad}`, { ...shop, rows: shop.rows.with(5, { user: 1, item: 1, at: bad }) }] as const,
        [`an item of ${bad}`, { ...shop, rows: shop.rows.with(5, { user: 1, item: bad, at: 1 }) }] as const,
      ]),
  })

const NOT_FEATURES = 'A customer is two or three counts, not named features that could be missing.'
const LAST_BITS =
  'A customer is two or three counts, not named features; the order of rows moves only the last bits of a sum.'

const chances = (): void =>
  learnerConformance<readonly Chances[], BgBb>({
    name: 'value BG/BB',
    covers: ['fitBgBb'],
    dataOf: (seed, many) => {
      const rng = createRng(`drives:${seed}`)
      const counts = new Map<string, Chances>()
      for (let person = 0; person < 200 * many; person++) {
        const [buys, goes] = [drawBeta(rng, 1.2, 0.8), drawBeta(rng, 0.7, 2.8)]
        let [frequency, recency] = [0, 0]
        for (let chance = 1; chance <= 6 && rng.uniform() >= goes; chance++)
          if (rng.uniform() < buys) [frequency, recency] = [frequency + 1, chance]
        const key = `${frequency} ${recency}`
        const weight = (counts.get(key)?.weight ?? 0) + 1
        counts.set(key, { frequency, recency, chances: 6, weight })
      }
      return [...counts.values()]
    },
    learn: (rows) => {
      const { fit: _fit, ...model } = fitBgBb(rows)
      return model
    },
    answer: (model, rows) =>
      rows.slice(0, 8).map((row) => [bgBbAlive(model, row), bgBbExpected(model, row, 5)]),
    reordered: { doesNotApply: LAST_BITS },
    changed: { doesNotApply: NOT_FEATURES },
    kept: asJson,
    memory: { bytesMax: 1_024, many: 5 },
    broken: (rows) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`a frequency of ${bad}`, rows.with(2, { ...(rows[2] as Chances), frequency: bad })] as const,
        [`a weight of ${bad}`, rows.with(2, { ...(rows[2] as Chances), weight: bad })] as const,
      ]),
  })

const spend = (): void =>
  learnerConformance<readonly Spender[], GammaGamma>({
    name: 'value Gamma-Gamma',
    covers: ['fitGammaGamma'],
    dataOf: (seed, many) => {
      const rng = createRng(`spend:${seed}`)
      return Array.from({ length: 150 * many }, (): Spender => {
        const frequency = 1 + rng.below(5)
        const scale = drawGamma(rng, 4) / 15
        return { frequency, value: drawGamma(rng, 6 * frequency) / scale / frequency }
      })
    },
    learn: (spenders) => {
      const { fit: _fit, ...model } = fitGammaGamma(spenders)
      return model
    },
    answer: (model, spenders) => spenders.slice(0, 10).map((one) => gammaGammaMean(model, one)),
    reordered: { doesNotApply: LAST_BITS },
    changed: { doesNotApply: NOT_FEATURES },
    kept: asJson,
    memory: { bytesMax: 1_024, many: 5 },
    broken: (spenders) =>
      [Number.NaN, Infinity].flatMap((bad) => [
        [`a value of ${bad}`, spenders.with(2, { frequency: 2, value: bad })] as const,
        [`a frequency of ${bad}`, spenders.with(2, { frequency: bad, value: 2 })] as const,
      ]),
  })

const explore = (): void =>
  learnerConformance<readonly (readonly Variant[])[], ScaleChoice>({
    name: 'variants scale of exploring',
    covers: ['choosePosteriorScale'],
    dataOf: (seed, many) => {
      const rng = createRng(`scale:${seed}`)
      return Array.from({ length: TESTS_MIN * many }, () =>
        Array.from({ length: 3 }, () => ({ impressions: 100, clicks: 2 + rng.below(9) })),
      )
    },
    learn: (tests) => choosePosteriorScale(tests, { prior: FLAT_PRIOR, batches: 4, seed: 'scale' }),
    answer: ({ posteriorScale, captured }) => ({ posteriorScale, captured }),
    reordered: { doesNotApply: 'A test is a few counts, and each is played with draws of its own place.' },
    changed: { doesNotApply: 'A test is a few counts, not named features that could be missing.' },
    kept: asJson,
    memory: { bytesMax: 2_048, many: 3 },
    broken: (tests) =>
      [Number.NaN, Infinity].map((bad) => [
        `impressions of ${bad}`,
        tests.with(3, [
          { impressions: bad, clicks: 1 },
          { impressions: 5, clicks: 1 },
        ]),
      ]),
  })
