// A campaign decided again and again in a world of three actions, as events: for tests of the gate.

import {
  asActionId,
  asCampaignId,
  asCreativeId,
  asDecisionId,
  asProfileId,
  NOTHING,
} from '../../kernel/ids.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { LogEvent } from '../../log/port.ts'
import { createBandit, type Bandit, type PolicySpec } from '../../model/index.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type CampaignsApplied,
  type CampaignSpec,
  type DecisionMade,
} from '../../decision/events.ts'
import { decide } from '../../decision/index.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from '../../delivery/events.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../../feedback/events.ts'
import { servingFor, type Promotion } from '../index.ts'

export const CAMPAIGN = asCampaignId('cart')
export const START = Date.UTC(2026, 0, 1)

export const specOf = (policy: PolicySpec, more: Partial<CampaignSpec> = {}): CampaignSpec => ({
  id: CAMPAIGN,
  name: 'Cart',
  status: 'live',
  goal: { event: 'Order Completed', value: 'margin', windowMs: 2 * DAY_MS },
  trigger: { kind: 'event', event: 'Cart Abandoned', where: '', delayMs: 0, reentryMs: 0 },
  audience: '',
  actions: ['plain', 'offer'].map((id) => ({
    id: asActionId(id),
    channel: 'email' as const,
    creativeId: asCreativeId('c'),
    moment: 'now',
    contactCost: 0,
  })),
  policy,
  traitFeatures: [],
  ...more,
})

export const UNIFORM: PolicySpec = { kind: 'uniform', explorationFloor: 0 }
export const always = (actionId: string, floor = 0.1): PolicySpec => ({
  kind: 'fixed',
  explorationFloor: floor,
  actionId,
})

export const eventOf = <T>(offset: number, type: string, data: T, at = START): LogEvent<T> => ({
  offset,
  id: `e${offset}`,
  type,
  key: '',
  at,
  data,
})

export const appliedOf = (
  offset: number,
  campaigns: readonly CampaignSpec[],
  gated = true,
): LogEvent<CampaignsApplied> =>
  eventOf(offset, CAMPAIGNS_APPLIED, { version: `v${offset}`, campaigns, ...(gated ? { gated } : {}) })

export type World = {
  /** Chance that `nothing`, `plain` and `offer` end in an order of 20. */
  readonly chances: readonly [number, number, number]
  /** Chance that somebody who gets the offer leaves. */
  readonly leaves?: number
  readonly people?: number
}

const MARGIN = 20

/** The next `n` decisions and what they bring, drawn by whoever serves in `promotion`; `tell` hears them in order. */
export const playDecisions = (about: {
  readonly n: number
  readonly seed: string
  readonly world: World
  readonly campaign: CampaignSpec
  readonly promotion: Promotion
  readonly model?: Bandit
  readonly at?: number
  readonly tell: (event: LogEvent, made: DecisionMade) => void
}): void => {
  const { n, seed, world, campaign, promotion, tell } = about
  const rng = createRng(seed)
  const model = about.model ?? createBandit()
  const people = world.people ?? 400
  let offset = 1_000_000
  for (let i = 0; i < n; i++) {
    const profileId = asProfileId(`p${rng.below(people)}`)
    const at = about.at ?? START + i
    const made = decide(
      {
        decisionId: asDecisionId(`${seed}:${i}`),
        campaign,
        cause: { kind: 'event', ref: `${i}` },
        person: { profileId, features: [['tier=gold', 1]], timeZone: 'UTC', usualHours: [] },
        group: 'treated',
        context: {},
        model,
        serving: servingFor(promotion, model, { campaign, profileId }),
        blocked: () => [],
        vetoes: [],
        versions: { campaigns: seed, creatives: '', limits: '' },
        asOf: offset,
      },
      { now: at },
    )
    const action = made.actionId === NOTHING ? 0 : made.actionId === 'plain' ? 1 : 2
    tell(eventOf(offset++, DECISION_MADE, made, at), made)
    const about_ = { decisionId: made.decisionId, campaignId: CAMPAIGN, profileId }
    if (action === 2 && rng.uniform() < (world.leaves ?? 0)) {
      const left: DeliveryResponded = {
        ...about_,
        channel: 'email',
        kind: 'unsubscribed',
        machine: false,
        url: '',
      }
      tell(eventOf(offset++, DELIVERY_RESPONDED, left, at), made)
    }
    const total = rng.uniform() < (world.chances[action] ?? 0) ? MARGIN : 0
    const outcome: OutcomeSettled = {
      ...about_,
      actionId: made.actionId,
      kind: 'closed',
      reward: 0,
      total,
      causeMessageId: '',
      delayMs: 0,
    }
    tell(eventOf(offset++, OUTCOME_SETTLED, outcome, at), made)
  }
}
