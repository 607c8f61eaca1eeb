// Which products to show one person now: scored by what was learnt, by sessions like this one, by what goes with
// what lies in the cart, and by what is popular; drawn as a slate so that each place has its propensity. Reads only
// folded state, so the same list comes out again when the log is folded up to its `asOf`.

import { createRng } from '../kernel/rng.ts'
import { historyOf } from '../catalogue/index.ts'
import type { RecommendationServed, RecommendationReason } from '../feedback/events.ts'
import { limitsInForce } from '../guardrail/index.ts'
import { chooseSlate } from '../model/index.ts'
import { consentOf, profileIdOf } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'
import { isFresh, poolFor, RECOMMEND_SLOTS_MAX, type Candidate, type RecommendAsk } from './recommend-pool.ts'

export type { RecommendAsk, RecommendFilter } from './recommend-pool.ts'

export const PERSONALISATION = 'personalisation'
/** Share of places drawn evenly from the pool: what others cost is what is learnt of them. */
export const EXPLORING_SHARE = 0.1

/** The list for this person now, as the fact to record. Changes nothing. */
export const recommendNow = (state: LoopState, ask: RecommendAsk): RecommendationServed => {
  const { recommendationId, ref, placement, page, productId, cart, now } = ask
  const profileId = profileIdOf(state.profile, ref)
  const personal = mayPersonalise(state, ref)
  const had = personal ? historyOf(state.catalogue.histories, ref) : []
  const { pool, fallback } = poolFor(state, ask, { had, personal })
  const length = Math.min(ask.slots, RECOMMEND_SLOTS_MAX, pool.length)
  const seed = `recommend ${recommendationId}`
  const slate =
    length === 0
      ? { places: [], joint: 1 }
      : chooseSlate(
          {
            policy: { kind: 'epsilon_greedy', epsilon: EXPLORING_SHARE },
            scores: pool.map(({ score }) => score),
            length,
          },
          createRng(seed),
        )
  const trained = state.recommender.trained
  return {
    recommendationId,
    profileId,
    at: now,
    asOf: state.offset,
    placement,
    page,
    productId,
    cart: [...cart],
    filter: ask.filter,
    slots: ask.slots,
    personal,
    model: trained === null ? 'popularity' : trained.card.kind,
    modelVersion: trained?.version ?? '',
    fallback: length === 0 ? 'nothing_left' : fallback,
    policy: { kind: 'epsilon_greedy', epsilon: EXPLORING_SHARE },
    seed,
    candidates: pool.length,
    joint: slate.joint,
    items: slate.places.map(({ index, propensity, inclusion }) => {
      const candidate = pool[index] as Candidate
      return {
        id: state.catalogue.products.rows[candidate.item]?.id ?? '',
        score: round(candidate.score),
        reason: reasonOf(state, candidate, now),
        propensity,
        inclusion,
      }
    }),
  }
}

/** What a person did before counts unless they said no to it. */
const mayPersonalise = (state: LoopState, ref: number): boolean => {
  const { purposes } = limitsInForce(state.guardrail).limits
  const purpose = Object.hasOwn(purposes, 'onsite') ? (purposes['onsite'] ?? 'marketing') : 'marketing'
  if (consentOf(state.profile, ref, 'onsite', PERSONALISATION) === 'withdrawn') return false
  return purpose === '' || consentOf(state.profile, ref, 'onsite', purpose) !== 'withdrawn'
}

const reasonOf = (state: LoopState, { item, lead }: Candidate, now: number): RecommendationReason => {
  const { trained } = state.recommender
  if (lead > 0) {
    if (trained === null || trained.weights === null) return 'goes_together'
    return trained.known[item] === 1 ? 'learnt' : 'goes_together'
  }
  return isFresh(state.catalogue.products.since[item] ?? 0, now) ? 'fresh' : 'popular'
}

const round = (score: number): number => Number(score.toPrecision(6))
