// The contract's part about what a campaign will bring before it runs. Clients import it through contract.ts.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const range = Type.Object({ mean: Type.Number(), low: Type.Number(), high: Type.Number() })

export const campaignForecastSchema = Type.Object({
  campaignId: Type.String(),
  /** `run`: of the next run of a scheduled campaign; `days`: of the days ahead of one that waits. */
  of: Type.Union([Type.Literal('run'), Type.Literal('days')]),
  days: Type.Integer(),
  /** People in the audience, of those known. */
  audience: Type.Integer(),
  known: Type.Integer(),
  /** Where the number of times comes from. */
  times: Type.Union([
    Type.Literal('audience'),
    Type.Literal('own_decisions'),
    Type.Literal('events'),
    Type.Literal('unknown'),
  ]),
  /** Intervals of 80 %. Null: how often it will be asked is not known. */
  forecast: nullable(
    Type.Object({
      messages: range,
      /** People with a result in the goal's window, those who would have bought anyway among them. */
      buyers: nullable(range),
      /** Costs taken off, whole currency units. */
      margin: nullable(range),
      /** Chance that what comes in does not cover the costs. */
      lossChance: nullable(Type.Number()),
      basis: Type.String(),
      /** What it may cost beside money; null: too few messages went out to tell. */
      risk: nullable(Type.Object({ unsubscribes: range, complaints: range, learntFrom: Type.Integer() })),
    }),
  ),
})

export type CampaignForecastView = Static<typeof campaignForecastSchema>
