// From one plan to another: the facts that make the difference, nothing else.

import { canonicalJson, type Json } from '../kernel/json.ts'
import { versionOf } from '../kernel/version.ts'
import { BRAND_APPLIED, type BrandApplied } from '../brand/events.ts'
import { CAMPAIGNS_APPLIED } from '../decision/events.ts'
import { ADS_LINES_APPLIED, CREATIVES_APPLIED } from '../delivery/events.ts'
import { HOLDOUT_APPLIED } from '../feedback/events.ts'
import { POLICY_APPLIED, type PolicyApplied, type Actor } from '../governance/events.ts'
import { diffPolicy, OPEN_POLICY } from '../governance/index.ts'
import { LIMITS_APPLIED } from '../guardrail/events.ts'
import { MODELS_APPLIED } from '../model/events.ts'
import {
  BUSINESS_APPLIED,
  CONSENTS_APPLIED,
  PRIVACY_APPLIED,
  SEGMENTS_APPLIED,
  TONE_APPLIED,
} from '../profile/events.ts'
import { retentionChanges } from '../profile/index.ts'
import type { PlanSpec } from './plan.ts'

/** Who applies what nobody in particular does: a simulation, a first start. */
export const SYSTEM: Actor = { kind: 'machine', id: 'windvane', name: 'Windvane', role: 'machine' }
const BY_ITSELF = { by: SYSTEM, proposalId: '' }
/** Which way a change of the policy goes. */
const RISK_SIGNS = { lower: '-', raise: '+', same: '~' } as const

export type PlanFact = {
  readonly type: string
  readonly data: Json /** In words, for people. */
  readonly change: string
}

/** The facts that turn the plan in force into another one: only what differs. */
export const planFacts = (
  from: PlanSpec,
  to: PlanSpec,
  { by, proposalId }: { readonly by: Actor; readonly proposalId: string } = BY_ITSELF,
): readonly PlanFact[] => {
  const facts: PlanFact[] = []
  const add = (
    section: string,
    type: string,
    before: unknown,
    after: unknown,
    data: unknown,
    change: string,
  ) => {
    if (canonicalJson(before) !== canonicalJson(after))
      facts.push({ type, data: data as Json, change: change === '' ? section : `${section}: ${change}` })
  }
  const words = { creatives: to.creatives, sender: to.sender }
  // First, so that what follows is under it already.
  const policy = to.governance ?? (from.governance === null ? null : OPEN_POLICY)
  if (policy !== null)
    add(
      'governance',
      POLICY_APPLIED,
      from.governance,
      policy,
      { version: versionOf(policy), policy, by, proposalId } satisfies PolicyApplied,
      diffPolicy(from.governance ?? OPEN_POLICY, policy)
        .map(({ path, risk }) => `${RISK_SIGNS[risk]}${path}`)
        .join(' '),
    )
  add('business', BUSINESS_APPLIED, from.business, to.business, to.business, '')
  add('holdout', HOLDOUT_APPLIED, from.holdout, to.holdout, to.holdout, `${to.holdout.share}`)
  add('models', MODELS_APPLIED, from.models, to.models, to.models, '')
  add(
    'limits',
    LIMITS_APPLIED,
    from.limits,
    to.limits,
    { version: versionOf(to.limits), limits: to.limits },
    '',
  )
  add(
    'tone',
    TONE_APPLIED,
    from.tone,
    to.tone,
    { events: to.tone },
    to.tone.map(({ event }) => event).join(', '),
  )
  add(
    'consents',
    CONSENTS_APPLIED,
    from.consents,
    to.consents,
    { texts: to.consents },
    changesOf(from.consents, to.consents),
  )
  add(
    'privacy',
    PRIVACY_APPLIED,
    from.privacy,
    to.privacy,
    { retention: to.privacy },
    retentionChanges(from.privacy, to.privacy).join(', '),
  )
  add(
    'segments',
    SEGMENTS_APPLIED,
    from.segments,
    to.segments,
    { segments: to.segments },
    changesOf(from.segments, to.segments),
  )
  add(
    'creatives',
    CREATIVES_APPLIED,
    { creatives: from.creatives, sender: from.sender },
    words,
    { version: versionOf(words), ...words },
    changesOf(from.creatives, to.creatives),
  )
  add(
    'campaigns',
    CAMPAIGNS_APPLIED,
    from.campaigns,
    to.campaigns,
    { version: versionOf(to.campaigns), campaigns: to.campaigns, gated: true },
    changesOf(from.campaigns, to.campaigns),
  )
  if (to.ads !== null)
    add(
      'ads',
      ADS_LINES_APPLIED,
      from.ads,
      to.ads,
      { version: versionOf(to.ads), ...to.ads },
      changesOf(from.ads?.lines ?? [], to.ads.lines),
    )
  if (to.brand !== null)
    add(
      'brand',
      BRAND_APPLIED,
      from.brand,
      to.brand,
      { version: versionOf(to.brand), brand: to.brand } satisfies BrandApplied,
      changesOf(
        [...(from.brand?.entities ?? []), ...(from.brand?.playbooks ?? [])],
        [...to.brand.entities, ...to.brand.playbooks],
      ),
    )
  return facts
}

type Named = { readonly id: string }

/** `+new ~changed -gone`. */
const changesOf = (from: readonly Named[], to: readonly Named[]): string => {
  const before = new Map(from.map((one) => [one.id, canonicalJson(one)]))
  const after = new Map(to.map((one) => [one.id, canonicalJson(one)]))
  return [
    ...[...after].filter(([id]) => !before.has(id)).map(([id]) => `+${id}`),
    ...[...after].filter(([id, text]) => before.has(id) && before.get(id) !== text).map(([id]) => `~${id}`),
    ...[...before.keys()].filter((id) => !after.has(id)).map((id) => `-${id}`),
  ].join(' ')
}
