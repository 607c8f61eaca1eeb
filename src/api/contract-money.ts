// The console's contract for ad money: what it costs and may cost at worst, what is known of each line, what was moved
// and why. Part of `contract.ts`. Money is in whole units of the ad accounts' currency.

import { Type, type Static } from 'typebox'
import { geoTestSchema } from './contract-geo.ts'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

const pointSchema = Type.Object({
  spend: Type.Number(),
  /** Margin a day that such spend is expected to bring, with its 80 % interval. */
  value: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
})

const rangeSchema = Type.Object({ mean: Type.Number(), low: Type.Number(), high: Type.Number() })

export const moneySchema = Type.Object({
  /** False where the plan has no section `ads`. */
  configured: Type.Boolean(),
  currency: Type.String(),
  timeZone: Type.String(),
  stopped: Type.Boolean(),
  dayTarget: Type.Number(),
  spentToday: Type.Number(),
  /** What today may yet turn out to have cost. */
  todayWorst: Type.Number(),
  dayMax: Type.Number(),
  spentMonth: Type.Number(),
  monthWorst: Type.Number(),
  monthMax: Type.Number(),
  /** The plan in force; null before the first. */
  plan: nullable(
    Type.Object({ day: Type.Number(), total: Type.Number(), price: Type.Number(), gain: Type.Number() }),
  ),
  lines: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      platform: Type.String(),
      /** Budget a day in force; null before it was read. */
      budget: nullable(Type.Number()),
      /** A write whose result is not known yet. */
      pending: nullable(Type.Number()),
      spentToday: Type.Number(),
      spentMonth: Type.Number(),
      dayMax: Type.Number(),
      monthMax: Type.Number(),
      monthWorst: Type.Number(),
      reason: Type.String(),
      evidence: Type.Union([Type.Literal('experiment'), Type.Literal('randomised'), Type.Literal('none')]),
      marginal: nullable(Type.Object({ mean: Type.Number(), low: Type.Number(), high: Type.Number() })),
      /** What the platform tells of this month so far. */
      clicksMonth: Type.Number(),
      conversionsMonth: Type.Number(),
      /** The platform's own limit for all the line's days; null where it has none. */
      totalLimit: nullable(Type.Number()),
      /** Value a unit of spend in the last finished week, as the platform claims it; null without spend. */
      claimedReturn: nullable(Type.Number()),
      /** The same, as far as experiments found it to be real; null before one. */
      realReturn: nullable(Type.Number()),
      curve: Type.Array(pointSchema),
      /** The latest week's moves: margin a day more than in the week before, as it was expected and as it came, 80 %. */
      effect: nullable(
        Type.Object({
          fromDay: Type.Number(),
          toDay: Type.Number(),
          spendBefore: Type.Number(),
          spendAfter: Type.Number(),
          expected: rangeSchema,
          realised: rangeSchema,
        }),
      ),
    }),
  ),
  /** Channels of one's own as lines with a cost, in the business's currency. */
  owned: Type.Object({
    currency: Type.String(),
    channels: Type.Array(
      Type.Object({
        channel: Type.String(),
        contactsToday: Type.Number(),
        spentToday: Type.Number(),
        contactsMonth: Type.Number(),
        spentMonth: Type.Number(),
      }),
    ),
  }),
  /** Experiments over regions, newest first. */
  experiments: Type.Array(geoTestSchema),
  /** Demand of the latest day known, relative to the usual; null while nothing tells. */
  demand: nullable(Type.Object({ day: Type.Number(), index: Type.Number() })),
  /** Spend by day, oldest first, in the order of `lines`. */
  days: Type.Array(Type.Object({ day: Type.Number(), spend: Type.Array(Type.Number()) })),
  moves: Type.Array(
    Type.Object({
      moveId: Type.String(),
      at: Type.Number(),
      lineId: Type.String(),
      from: Type.Number(),
      to: Type.Number(),
      why: Type.String(),
    }),
  ),
  incidents: Type.Array(
    Type.Object({
      incidentId: Type.String(),
      at: Type.Number(),
      kind: Type.String(),
      lineId: Type.String(),
      detail: Type.String(),
    }),
  ),
})

export type Money = Static<typeof moneySchema>
export type MoneyLine = Money['lines'][number]
