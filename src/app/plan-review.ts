// Whether a change of the plan waits for a person, and as what it is put to them: another policy that
// allows more, a campaign or an audience that was never there, an audience that jumps.

import { campaignsInForce, peopleOf } from '../decision/index.ts'
import type { CampaignSpec } from '../decision/events.ts'
import type { Actor, Ground, Wish } from '../governance/events.ts'
import {
  actionOf,
  diffPolicy,
  isGoverned,
  momentOf,
  onlyLowersRisk,
  OPEN_POLICY,
  verdictOf,
} from '../governance/index.ts'
import { canonicalJson } from '../kernel/json.ts'
import { said } from '../kernel/said.ts'
import { countProfiles, retentionChanges, sampleProfiles, shortens } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'
import type { PlanSpec } from './plan.ts'
import { monthAtMost, planChanges } from './plan-changes.ts'
import { planVersion } from './plan.ts'
import type { PlanFact } from './plan-facts.ts'

export const PLAN_CHANGE = 'plan.change'

export type Review = {
  /** Why a person must look; [] when it takes effect at once. */
  readonly grounds: readonly Ground[]
  readonly wish: Wish
}

/** What stands in the log of a plan that waits: the facts of both ways. */
export type PlanPayload = {
  readonly version: string
  readonly facts: readonly PlanFact[]
  readonly inverse: readonly PlanFact[]
  readonly before: string
}

export type PlanStep = {
  readonly from: PlanSpec
  readonly to: PlanSpec
  readonly facts: readonly PlanFact[]
  readonly inverse: readonly PlanFact[]
}

/** Looks a change over as it would be made now. */
export const reviewPlan = (state: LoopState, step: PlanStep, by: Actor, now: number): Review => {
  const { from, to, facts, inverse } = step
  const policyChanges = diffPolicy(from.governance ?? OPEN_POLICY, to.governance ?? OPEN_POLICY)
  const onlyPolicy = facts.every(({ type }) => type === 'governance.policy_applied.v1')
  const audience = audienceReview(state, from, to, now)
  const [monthWas, monthWillBe] = [monthAtMost(from.ads), monthAtMost(to.ads)]
  const more = Math.max(0, monthWillBe - monthWas)
  const grounds: Ground[] = [
    ...(onlyLowersRisk(policyChanges)
      ? []
      : [
          {
            code: 'policy_raises',
            detail: policyChanges
              .filter(({ risk }) => risk === 'raise')
              .map(({ path }) => path)
              .join(' '),
          },
        ]),
    ...audience.grounds,
    ...retentionGrounds(state, from, to),
  ]
  const payload: PlanPayload = { version: planVersion(to), facts, inverse, before: planVersion(from) }
  const wish: Wish = {
    class: onlyPolicy ? 'policy' : 'plan',
    kind: PLAN_CHANGE,
    campaignId: '',
    title: facts
      .map(({ change }) => change)
      .join('; ')
      .slice(0, 300),
    changes: [
      ...policyChanges.map(({ path, is, willBe }) => ({ path: `governance.${path}`, is, willBe })),
      ...planChanges(from, to),
    ],
    touches: { what: 'people', count: audience.people, sample: [] },
    // What a month may cost more: the rules and the second pair of eyes of an amount hold for caps too.
    cost: more,
    gain: null,
    risk: { level: grounds.length > 0 ? 'medium' : 'low', note: grounds.map(({ code }) => code).join(', ') },
    evidence: [
      { kind: 'plan', ref: planVersion(from), label: planVersion(from), said: said('plan_in_force') },
    ],
    reversible: true,
    ground: planVersion(from),
    payload: payload,
    by,
    facts: {
      amount: more,
      increaseShare: Math.max(audience.growth, monthWas > 0 ? more / monthWas : 0),
      firstOfKind: audience.first || (from.ads === null && to.ads !== null),
    },
  }
  return { wish, grounds: [...grounds, ...asked(state, wish, now)] }
}

/** What goes is gone for good: where people are asked at all, they are asked. */
const retentionGrounds = (state: LoopState, from: PlanSpec, to: PlanSpec): readonly Ground[] =>
  isGoverned(state.governance) && shortens(from.privacy, to.privacy)
    ? [{ code: 'data_expires', detail: retentionChanges(from.privacy, to.privacy).join(', ') }]
    : []

/** What the policy's rules and its four eyes say of changing a plan at all. */
const asked = (state: LoopState, wish: Wish, now: number): readonly Ground[] => {
  const { governance, business } = state
  if (!isGoverned(governance)) return []
  const moment = momentOf(governance.policy, business, now)
  const verdict = verdictOf(governance, actionOf(wish), moment)
  const told = verdict.grounds.filter(({ code }) => code === 'rule' || code === 'four_eyes')
  return verdict.eyes === 2 && told.length === 0 ? [{ code: 'four_eyes', detail: wish.class }] : told
}

type AudienceReview = {
  readonly grounds: readonly Ground[]
  /** Most people that one of the changed campaigns reaches. */
  readonly people: number
  readonly growth: number
  readonly first: boolean
}

const audienceReview = (state: LoopState, from: PlanSpec, to: PlanSpec, now: number): AudienceReview => {
  const before = new Map(from.campaigns.map((campaign) => [campaign.id, campaign]))
  const { first } = (from.governance ?? OPEN_POLICY) satisfies { first: unknown }
  const governed = isGoverned(state.governance)
  const grounds: Ground[] = []
  let [people, growth, isFirst] = [0, 0, false]
  for (const campaign of to.campaigns) {
    const was = before.get(campaign.id)
    if (campaign.status === 'paused' || (was !== undefined && canonicalJson(was) === canonicalJson(campaign)))
      continue
    const size = audienceSize(state, campaign, now)
    people = Math.max(people, size)
    if (!state.governance.campaigns.has(campaign.id)) {
      isFirst = true
      if (governed && first.campaign) grounds.push({ code: 'first_campaign', detail: campaign.id })
      continue
    }
    if (was === undefined || was.audience === campaign.audience) continue
    if (governed && first.audience) grounds.push({ code: 'first_audience', detail: campaign.id })
    const had = audienceSize(state, was, now)
    const share = had === 0 ? (size > 0 ? 1 : 0) : size / had - 1
    growth = Math.max(growth, share)
    if (governed && first.jump !== null && size >= first.jump.people && share > first.jump.share)
      grounds.push({ code: 'audience_jump', detail: `${campaign.id} ${had} → ${size}` })
  }
  return { grounds, people, growth, first: isFirst }
}

const SAMPLE_MAX = 20_000

/** How many people an audience holds now: counted up to 20,000 profiles, beyond that from an even sample of them. */
export const audienceSize = (
  state: LoopState,
  { audience }: Pick<CampaignSpec, 'audience'>,
  now: number,
): number => {
  const all = countProfiles(state.profile)
  if (audience === '') return all
  const people = peopleOf(state.profile, state.business, state.persons)
  const sample = sampleProfiles(state.profile, Math.min(all, SAMPLE_MAX))
  if (sample.length === 0) return 0
  let hits = 0
  for (const ref of sample) if (people.matches(audience, { ref, now })) hits++
  return sample.length >= all ? hits : Math.round((hits / sample.length) * all)
}

/** Whether a campaign of this id is in force now. */
export const isInForce = (state: LoopState, campaignId: string): boolean =>
  campaignsInForce(state.decision).campaigns.some(({ id }) => id === campaignId)
