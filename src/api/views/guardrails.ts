// What holds the machine: levels and how they are earned, ramps, limits and how often they bind, drills.

import { campaignsInForce } from '../../decision/index.ts'
import { capKey, isGoverned, openProposals } from '../../governance/index.ts'
import { ACTION_CLASSES, type ActionClass } from '../../governance/events.ts'
import { limitsInForce, renderLimits } from '../../guardrail/index.ts'
import { hitsByCode } from '../../insight/index.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { LoopState } from '../../loop.ts'
import { gainLowOf, levelOf, promotionWish } from '../../stages/earning.ts'
import { PROMOTE } from '../../stages/governed-executors.ts'
import type { GuardrailsView } from '../contract-governance.ts'
import type { ViewSources } from './sources.ts'

export const viewGuardrails = ({ loop }: ViewSources): GuardrailsView => {
  const { state, ctx } = loop
  const now = ctx.now()
  const { governance } = state
  const drills = governance.drills.toReversed()
  const passed = drills.find((drill) => drill.passed)
  return {
    now,
    governed: isGoverned(governance),
    ladder: ladderOf(state),
    ramps: rampsOf(state),
    hits: hitsByCode(state.hits, now).map((hit) => ({ ...hit })),
    limits: Object.entries(renderLimits(limitsInForce(state.guardrail).limits)).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
    drills: drills.map(({ at, by, passed: good, surfaces }) => ({
      at,
      by,
      passed: good,
      surfaces: surfaces.map((surface) => ({ ...surface })),
    })),
    drillAgeDays: passed === undefined ? null : Math.max(0, (now - passed.at) / DAY_MS),
  }
}

/** Each class, then each campaign that has a record or a cap of its own. */
const ladderOf = (state: LoopState): GuardrailsView['ladder'] => {
  const { governance } = state
  const pairs: [ActionClass, string][] = ACTION_CLASSES.map((of) => [of, ''])
  for (const { class: of, campaignId } of governance.records.values())
    if (campaignId !== '') pairs.push([of, campaignId])
  return pairs.map(([of, campaignId]) => rungOf(state, of, campaignId))
}

const rungOf = (state: LoopState, of: ActionClass, campaignId: string): GuardrailsView['ladder'][number] => {
  const { governance } = state
  const record = governance.records.get(capKey(of, campaignId))
  const { earn } = governance.policy
  const wish = promotionWish(state, of, campaignId)
  const waiting = openProposals(governance).find(
    (one) => one.kind === PROMOTE && one.campaignId === campaignId && one.touches.sample[0] === of,
  )
  return {
    class: of,
    campaignId,
    policyLevel: levelOf({ ...governance, caps: new Map() }, of, campaignId),
    level: levelOf(governance, of, campaignId),
    judged: record?.judged ?? 0,
    unedited: record?.unedited ?? 0,
    edited: record?.edited ?? 0,
    rejected: record?.rejected ?? 0,
    acted: record?.acted ?? 0,
    undone: record?.undone ?? 0,
    breaches: record?.breaches ?? 0,
    lastBreach: record?.lastBreach ?? '',
    since: record?.since ?? null,
    needs: { decisions: earn?.decisions ?? 50, unedited: earn?.uneditedShare ?? 0.95 },
    gainLow: gainLowOf(state, of, campaignId),
    earned: wish?.earned ?? false,
    proposalId: waiting?.proposalId ?? '',
  }
}

const rampsOf = (state: LoopState): GuardrailsView['ramps'] => {
  const { ramps, policy } = state.governance
  const spec = policy.ramp
  if (spec === null) return []
  return campaignsInForce(state.decision).campaigns.flatMap(({ id, name }) => {
    const ramp = ramps.get(id)
    if (ramp === undefined) return []
    const stage = spec.stages[ramp.stage]
    return [
      {
        campaignId: id,
        name,
        stage: ramp.stage,
        stages: spec.stages.length,
        share: ramp.share,
        since: ramp.since,
        nextAt: ramp.halted !== null || stage === undefined ? null : ramp.since + stage.holdMs,
        halted: ramp.halted === null ? null : { ...ramp.halted },
        ...ramp.counts,
      },
    ]
  })
}
