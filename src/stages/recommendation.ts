// Answers "which products shall this person see here": drawn, checked against STOP and on record before the answer
// leaves, like any placement. Also the list that a message or a placement's content carries.

import type { NewEvent } from '../log/port.ts'
import { RECOMMENDATION_SERVED, type RecommendationServed } from '../feedback/events.ts'
import { recommendationIdOf } from '../feedback/index.ts'
import { stopReasons, type OutsideStops } from '../guardrail/index.ts'
import type { Loop, LoopState } from '../loop.ts'
import { personOf } from './placement.ts'
import { recommendNow, type RecommendAsk, type RecommendFilter } from './recommending.ts'

export type RecommendQuestion = {
  readonly userId?: string
  readonly anonymousId?: string
  readonly placement: string
  readonly slots: number
  readonly context: { readonly page?: string; readonly productId?: string; readonly cart?: readonly string[] }
  readonly filter: RecommendFilter
  readonly requestId?: string
}

export type RecommendedItem = {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly price: number | null
  readonly url: string
  readonly image: string
  readonly reason: string
}

export type RecommendAnswer = {
  /** Send it back as `recommendation_id` with `Product Viewed`, so that clicks count; null when nothing may be shown. */
  readonly recommendationId: string | null
  readonly items: readonly RecommendedItem[]
  readonly model: string
  /** Why what is known of the person did not lead, or why there is nothing; null when it did. */
  readonly fallback: string | null
}

export type RecommendPorts = { readonly loop: Loop; readonly outside: () => OutsideStops }

/** Campaign that a STOP names to hold recommendations alone. */
export const RECOMMENDATIONS_SCOPE = 'recommendations'

/** Throws a Failure `decide.no_person` when the question names nobody; `log.*` when it cannot be recorded. */
export const answerRecommendation = async (
  { loop, outside }: RecommendPorts,
  question: RecommendQuestion,
): Promise<RecommendAnswer> => {
  const { state, ctx } = loop
  const ref = await personOf(loop, question)
  if (isStopped(state, outside()))
    return { recommendationId: null, items: [], model: 'none', fallback: 'stopped' }
  const { context } = question
  const cause = question.requestId ?? ctx.newId()
  const served = recommendNow(state, {
    recommendationId: recommendationIdOf(cause),
    ref,
    placement: question.placement,
    page: context.page ?? '',
    productId: context.productId ?? '',
    cart: context.cart ?? [],
    slots: question.slots,
    filter: question.filter,
    now: ctx.now(),
  })
  return answerOf(state, await record(loop, served))
}

/** STOP for all, for what is on site, or for recommendations alone. */
const isStopped = ({ guardrail }: LoopState, outside: OutsideStops): boolean =>
  stopReasons(guardrail.stops, outside, { channel: 'onsite', campaignId: RECOMMENDATIONS_SCOPE }).length > 0

/** On record; an id seen before gives what was served then. */
const record = async (loop: Loop, served: RecommendationServed): Promise<RecommendationServed> => {
  const [ack] = await loop.record([servedEvent(served)])
  if (ack?.duplicate !== true) return served
  const [first] = await loop.log.get([ack.offset])
  return (first?.data ?? served) as RecommendationServed
}

const servedEvent = (served: RecommendationServed): NewEvent<RecommendationServed> => ({
  id: served.recommendationId,
  type: RECOMMENDATION_SERVED,
  key: served.profileId,
  at: served.at,
  data: served,
})

const answerOf = (state: LoopState, served: RecommendationServed): RecommendAnswer => ({
  recommendationId: served.recommendationId,
  items: itemsOf(state, served),
  model: served.model,
  fallback: served.fallback,
})

/** What a page or template needs of each product. */
export const itemsOf = ({ catalogue }: LoopState, served: RecommendationServed): readonly RecommendedItem[] =>
  served.items.flatMap(({ id, reason }) => {
    const product = catalogue.products.rows[catalogue.products.numbers.get(id) ?? -1]
    if (product === undefined) return []
    const { name, category, price, url, image } = product
    return [{ id, name, category, price, url, image, reason }]
  })

/** Products for a message or a placement's content, on record under the decision's own id before they are rendered. */
export const recommendForDecision = async (
  { loop, outside }: RecommendPorts,
  about: Pick<RecommendAsk, 'ref' | 'placement' | 'slots' | 'now'> & { readonly decisionId: string },
): Promise<readonly RecommendedItem[]> => {
  const { state } = loop
  if (isStopped(state, outside())) return []
  const served = recommendNow(state, {
    ...about,
    recommendationId: recommendationIdOf(about.decisionId),
    page: '',
    productId: '',
    cart: [],
    filter: {},
  })
  return itemsOf(state, await record(loop, served))
}
