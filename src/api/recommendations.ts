// `POST /v1/recommend`: products for this person here and now, drawn and on record before it is answered.

import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { admit } from './admission.ts'

const id = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }))
const names = Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { maxItems: 200 }))
const amount = Type.Optional(Type.Number({ minimum: 0, maximum: 1e12 }))

const RecommendContextSchema = Type.Object(
  {
    page: Type.Optional(Type.String({ maxLength: 1_000 })),
    /** Product that is looked at: what goes with it comes first. */
    productId: id,
    cart: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 })),
  },
  { additionalProperties: false },
)

const RecommendFilterSchema = Type.Object(
  {
    categories: names,
    withoutCategories: names,
    /** Product ids that are not to be shown. */
    without: names,
    priceMin: amount,
    priceMax: amount,
    /** Bought within so many days is not shown again; 30 when not said. */
    boughtDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_650 })),
    /** Categories that people buy again and again: there `boughtDays` does not count. */
    repeatCategories: names,
  },
  { additionalProperties: false },
)

export const recommendRequestSchema = Type.Object(
  {
    userId: id,
    anonymousId: id,
    /** Where they are shown: results are counted by it. */
    placement: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    context: Type.Optional(RecommendContextSchema),
    slots: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
    filter: Type.Optional(RecommendFilterSchema),
    /** Makes the call idempotent: the same id gets the same list. */
    requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
  { additionalProperties: false },
)
export type RecommendRequest = Static<typeof recommendRequestSchema>

export const recommendResponseSchema = Type.Object({
  /** Send it as `recommendation_id` with `Product Viewed`, so that clicks and orders count. */
  recommendationId: Type.Union([Type.String(), Type.Null()]),
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      category: Type.String(),
      price: Type.Union([Type.Number(), Type.Null()]),
      url: Type.String(),
      image: Type.String(),
      /** `learnt`, `goes_together`, `fresh` or `popular`. */
      reason: Type.String(),
    }),
  ),
  /** Kind of the model in service. */
  model: Type.String(),
  /** Why what is known of the person did not lead: `no_consent`, `nothing_known`, `not_trained`, `too_few_rows`, `not_better`, `nothing_left`, `stopped`. */
  fallback: Type.Union([Type.String(), Type.Null()]),
})
export type RecommendResponse = Static<typeof recommendResponseSchema>

/** A {@link RecommendRequest} with what is left out filled in. */
export type RecommendQuestion = RecommendRequest & {
  readonly placement: string
  readonly slots: number
  readonly context: Static<typeof RecommendContextSchema>
  readonly filter: Static<typeof RecommendFilterSchema>
}

export type RecommendRouteOptions = {
  readonly answerRecommendation: (question: RecommendQuestion) => Promise<{
    readonly [key in keyof RecommendResponse]: key extends 'items'
      ? readonly RecommendResponse['items'][number][]
      : RecommendResponse[key]
  }>
}

const BODY_BYTES_MAX = 32 * 1024
const ADMITTED = {
  requestsMax: 500,
  bytesMax: 4 << 20,
  bodyBytesMax: BODY_BYTES_MAX,
  receivingBytesMax: 8 << 20,
}
const SLOTS = 8

export const recommendRoutes =
  ({ answerRecommendation }: RecommendRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    admit(app, ADMITTED)
    app.post(
      '/v1/recommend',
      {
        config: { needs: 'decisions.ask' },
        schema: { body: recommendRequestSchema, response: { 200: recommendResponseSchema } },
        bodyLimit: BODY_BYTES_MAX,
      },
      async (request) => {
        const body = request.body as RecommendRequest
        return await answerRecommendation({
          ...body,
          placement: body.placement ?? 'site',
          slots: body.slots ?? SLOTS,
          context: body.context ?? {},
          filter: body.filter ?? {},
        })
      },
    )
  }
