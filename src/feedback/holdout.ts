// Who is left alone, so that what marketing brings can be measured: a share of all people, drawn by a
// salted hash, the same for every campaign and for good.

import { type Static, Type } from 'typebox'
import { bucketOf } from '../kernel/hash.ts'
import type { ProfileId } from '../kernel/ids.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { HoldoutSpec } from './events.ts'

export type Group = 'treated' | 'holdout'

/** The `holdout` section of a plan. */
export const holdoutSchema = Type.Object(
  {
    share: Type.Number({
      minimum: 0,
      maximum: 0.5,
      default: 0.1,
      description: 'Share of people who are left alone, 0 to 0.5.',
    }),
    salt: Type.String({
      minLength: 1,
      maxLength: 200,
      default: 'windvane',
      description: 'Changing it draws the groups anew and starts the measurement again.',
    }),
    horizonMs: Type.Integer({
      minimum: 1,
      maximum: 400 * DAY_MS,
      default: 30 * DAY_MS,
      description: "How long after a person's first decision their results count, in milliseconds.",
    }),
    exemptCampaigns: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 1_000,
        description: 'Campaigns that reach everybody, such as receipts.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const DEFAULT_HOLDOUT: HoldoutSpec & Static<typeof holdoutSchema> = {
  share: 0.1,
  salt: 'windvane',
  horizonMs: 30 * DAY_MS,
}

/**
 * The group that the hash gives a person. Raising the share under one salt only adds people to the
 * holdout. What a person was given at their first decision is kept: ask `groupFor` of a feedback state.
 * @example groupOf(asProfileId('p1'), { share: 0, salt: 's', horizonMs: 1 }) // 'treated'
 */
export const groupOf = (person: ProfileId, holdout: HoldoutSpec): Group =>
  bucketOf(person, holdout.salt) < holdout.share ? 'holdout' : 'treated'

export const isExempt = (holdout: HoldoutSpec, campaignId: string): boolean =>
  holdout.exemptCampaigns?.includes(campaignId) ?? false

/** Whether both describe one and the same experiment. */
export const sameHoldout = (left: HoldoutSpec, right: HoldoutSpec): boolean =>
  left.share === right.share &&
  left.salt === right.salt &&
  left.horizonMs === right.horizonMs &&
  (left.exemptCampaigns ?? []).join('\n') === (right.exemptCampaigns ?? []).join('\n')
