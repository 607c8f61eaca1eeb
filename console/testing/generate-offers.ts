// Contract-valid attribution and recommendations from a seed.

import { CAMPAIGNS, FIXTURE_NOW, HOUR_MS, LONG, createRandom, type FixtureState } from './world.ts'
import type { AttributionView, RecommendationCounts, Recommendations } from '../../src/api/contract.ts'

const NOT_MEASURED = { margin: null, low: null, high: null, people: 0, verdict: 'not_known_yet' }
const MEASURED = { margin: 8_240, low: 1_150, high: 15_330, people: 18_200, verdict: 'ahead' }

export function makeAttribution(state: FixtureState, asked: URLSearchParams): AttributionView {
  const random = createRandom(17)
  const isEmpty = state === 'empty'
  const by = asked.get('by') === 'campaign' ? 'campaign' : 'channel'
  const names = by === 'channel' ? ['email', 'onsite', 'ads', 'organic'] : CAMPAIGNS.map(({ id }) => id)
  const scale = state === 'long' ? 9_000 : 1
  const credit = (level: number) => {
    const one = () => level * (0.8 + 0.4 * random())
    return {
      first: one(),
      last: one(),
      linear: one(),
      position: one(),
      decay: one(),
      markov1: one(),
      markov2: state === 'long' ? null : one(),
      shapley: one(),
    }
  }
  return {
    now: FIXTURE_NOW,
    by,
    touches: asked.get('touches') === 'clicks' ? 'clicks' : 'all',
    lookbackDays: 30,
    causal: false,
    rows: isEmpty
      ? []
      : [...names, ...(state === 'long' ? [`ads: ${LONG}`] : [])].map((id, index) => ({
          id,
          orders: credit((300 * scale) / (index + 1)),
          margin: credit((5_400 * scale) / (index + 1)),
          removal: 0.6 / (index + 1),
          measured: index === 1 ? MEASURED : index === 0 ? NOT_MEASURED : null,
        })),
    measured: isEmpty || state === 'unsure' ? NOT_MEASURED : MEASURED,
    orders: isEmpty ? 0 : 1_240 * scale,
    margin: isEmpty ? 0 : 21_800 * scale,
    alone: isEmpty ? { orders: 0, margin: 0 } : { orders: 310 * scale, margin: 5_100 * scale },
    without: isEmpty ? 0 : 6_300,
    markov2Refused: state === 'long' ? 'too many states' : null,
    cut: { journeys: 0, touches: 0 },
  }
}

const countsOf = (key: string, shown: number): RecommendationCounts => ({
  key,
  shown,
  clicked: Math.round(shown * 0.04),
  bought: Math.round(shown * 0.006),
  revenue: Math.round(shown * 0.12),
  clickRate: { value: 0.04, low: 0.036, high: 0.044 },
  revenuePerThousand: shown < 6_000 ? null : { value: 120, low: 96, high: 144 },
})

export function makeRecommendations(state: FixtureState): Recommendations {
  const isEmpty = state === 'empty'
  const name = state === 'long' ? LONG : 'Harbour Espresso 1 kg'
  return {
    products: isEmpty
      ? { known: 0, listed: 0, soldOut: 0, fresh: 0, freshShown: 0, shown: 0 }
      : { known: 1_240, listed: 1_200, soldOut: 41, fresh: 36, freshShown: 29, shown: 902 },
    interests: isEmpty ? 0 : 48_211,
    served: isEmpty ? 0 : 21_406,
    empty: isEmpty ? 0 : 12,
    model: isEmpty
      ? null
      : {
          version: 'ease-1f0c77ab',
          at: FIXTURE_NOW - 8 * HOUR_MS,
          kind: state === 'unsure' ? 'popularity' : 'ease',
          fallback: state === 'unsure' ? 'not_better' : null,
          split: 'time',
          people: 9_310,
          items: 1_240,
          rows: 48_211,
          backtest: [
            { kind: 'ease', ndcg: 0.142, error: 0.004, recall: 0.21, coverage: 0.62 },
            { kind: 'item_knn', ndcg: 0.131, error: 0.004, recall: 0.19, coverage: 0.7 },
            { kind: 'popularity', ndcg: 0.06, error: 0.003, recall: 0.09, coverage: 0.02 },
          ],
        },
    byModel: isEmpty ? [] : [countsOf('ease', 60_000), countsOf('nothing_known', 9_000)],
    byReason: isEmpty
      ? []
      : ['learnt', 'goes_together', 'popular', 'fresh'].map((key) => countsOf(key, 15_000)),
    byPlacement: isEmpty ? [] : [countsOf('home', 50_000), countsOf(`email ${CAMPAIGNS[0].id}`, 4_000)],
    exploring: 0.1,
    together: isEmpty
      ? []
      : [
          {
            id: 'p1',
            name,
            with: [
              { id: 'p2', name: 'Hand grinder', together: 312 },
              { id: 'p3', name, together: 201 },
            ],
          },
        ],
  }
}
