// `POST /v1/decide`: what to show this person here and now, decided and on record before it is answered.

import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Json } from '../kernel/json.ts'
import { admit } from './admission.ts'

const idSchema = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }))

export const decideRequestSchema = Type.Object(
  {
    placement: Type.String({ minLength: 1, maxLength: 100 }),
    userId: idSchema,
    anonymousId: idSchema,
    email: idSchema,
    /** Hour and weekday are known; say what else the moment is: device, weather, place, page. */
    context: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Union([Type.String({ maxLength: 256 }), Type.Number(), Type.Boolean()]),
        { maxProperties: 32 },
      ),
    ),
    locale: Type.Optional(Type.String({ maxLength: 35 })),
    /** Makes the call idempotent: the same id gets the same decision. */
    requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
  { additionalProperties: false },
)
export type DecideRequest = Static<typeof decideRequestSchema>

export const decideResponseSchema = Type.Object({
  decisionId: Type.Union([Type.String(), Type.Null()]),
  campaignId: Type.Union([Type.String(), Type.Null()]),
  /** `nothing`: leave the place empty. */
  actionId: Type.String(),
  content: Type.Union([Type.Unknown(), Type.Null()]),
  /** Why nothing, when nothing: `no_campaign`, `drawn`, or the reason that withheld it. */
  reason: Type.Union([Type.String(), Type.Null()]),
})
export type DecideResponse = Static<typeof decideResponseSchema>

/** A {@link DecideRequest} with its context always there. */
export type PlacementQuestion = Omit<DecideRequest, 'context'> & {
  readonly context: Readonly<Record<string, Json>>
}

export type PlacementRouteOptions = {
  readonly answerPlacement: (question: PlacementQuestion) => Promise<DecideResponse>
}

const BODY_BYTES_MAX = 32 * 1024
/** A page that waits longer than this queue would rather show nothing. */
const ADMITTED = {
  requestsMax: 500,
  bytesMax: 4 << 20,
  bodyBytesMax: BODY_BYTES_MAX,
  receivingBytesMax: 8 << 20,
}

export const placementRoutes =
  ({ answerPlacement }: PlacementRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    admit(app, ADMITTED)
    app.post(
      '/v1/decide',
      {
        config: { needs: 'decisions.ask' },
        schema: { body: decideRequestSchema, response: { 200: decideResponseSchema } },
        bodyLimit: BODY_BYTES_MAX,
      },
      async (request): Promise<DecideResponse> => {
        const body = request.body as DecideRequest
        return await answerPlacement({ ...body, context: body.context ?? {} })
      },
    )
  }
