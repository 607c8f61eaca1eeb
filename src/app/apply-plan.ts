// Applying a plan: checked whole, then in force at once, or put to people where governance says so.

import { actorOf } from '../governance/index.ts'
import { may } from '../governance/access/index.ts'
import { POLICY_APPLIED } from '../governance/events.ts'
import { Failure } from '../kernel/failure.ts'
import { canonicalJson } from '../kernel/json.ts'
import type { Problem } from '../kernel/problem.ts'
import { spellPrincipal, type Principal } from '../kernel/principal.ts'
import type { NewEvent } from '../log/port.ts'
import type { Plan, PlanResult } from '../api/contract.ts'
import type { Renderer } from '../delivery/index.ts'
import { PLAN_APPLIED, type Loop, type PlanApplied } from '../loop.ts'
import { proposals, type Proposals } from '../promotion/index.ts'
import { parsePlan, planInForce, planVersion, renderPlan, type PlanSpec } from './plan.ts'
import { planFacts, type PlanFact } from './plan-facts.ts'
import { forecastSome } from '../stages/forecasting.ts'
import { wishFor } from '../stages/proposing.ts'
import { reviewPlan } from './plan-review.ts'

export type PlanPorts = { readonly loop: Loop; readonly renderer: Renderer }
export type ApplyRequest = {
  readonly yaml: string
  readonly dryRun: boolean
  readonly by: Principal
  /** Why another policy shall not wait at the gate; '' when it shall. */
  readonly override?: string
  /** Why people shall be asked in any case; '' or left out: only where governance says so. */
  readonly ask?: string
}

export const exportPlan = ({ loop }: Pick<PlanPorts, 'loop'>): Plan => {
  const plan = planInForce(loop.state)
  return { yaml: renderPlan(plan), version: planVersion(plan) }
}

/** Checks a plan and, unless it is a dry run, puts what changed into the log, all or none. */
export const applyTo = async (ports: PlanPorts, request: ApplyRequest): Promise<PlanResult> => {
  const { yaml, dryRun, by, override = '', ask = '' } = request
  const { loop, renderer } = ports
  const refused = (problems: readonly Problem[]): PlanResult => ({
    applied: false,
    version: planVersion(planInForce(loop.state)),
    problems: [...problems],
    changes: [],
    waits: null,
    because: [],
    forecasts: [],
  })
  const first = parsePlan(yaml, planInForce(loop.state))
  if (first.plan === null) return refused(first.problems)
  // A mail that could never be sent (no way to unsubscribe, for one) is refused here, not when it is due.
  const found: Problem[] = []
  for (const creative of first.plan.creatives)
    for (const one of (await renderer.compile(creative, first.plan.sender)).problems)
      found.push({ ...one, path: `creatives.${creative.id}.${one.path}` })
  if (found.length > 0) return refused(found)
  // Read again: another plan may have come into force while the creatives were compiled.
  const before = planInForce(loop.state)
  const { plan, problems } = parsePlan(yaml, before)
  if (plan === null) return refused(problems)
  const decides = proposals({
    promotion: loop.state.promotion,
    before: before.campaigns,
    after: plan.campaigns,
    by: spellPrincipal(by),
    override: override === '' ? null : override,
    newId: loop.ctx.newId,
  })
  if (decides.problems.length > 0) return refused(decides.problems)
  return putInForce(loop, { from: before, to: plan, dryRun, by, decides, ask })
}

type Step = {
  readonly from: PlanSpec
  readonly to: PlanSpec
  readonly dryRun: boolean
  readonly by: Principal
  readonly decides: Pick<Proposals, 'before' | 'after'>
  readonly ask: string
}

const putInForce = async (loop: Loop, { from, to, dryRun, by, decides, ask }: Step): Promise<PlanResult> => {
  const now = loop.ctx.now()
  const signed = { by: actorOf(by), proposalId: '' }
  const facts: readonly PlanFact[] = [...decides.before, ...planFacts(from, to, signed), ...decides.after]
  const changes = facts.map(({ change }) => change)
  const version = planVersion(to)
  const result = { version, problems: [], changes, forecasts: [] }
  if (facts.length === 0) return { ...result, applied: !dryRun, waits: null, because: [] }
  if (!dryRun && facts.some(({ type }) => type === POLICY_APPLIED) && !may(by, 'policy.change'))
    throw new Failure({
      code: 'auth.wrong_role',
      message: 'This plan changes the policy, and you may not.',
      hint: 'Leave its governance section as it is, or ask an engineer or owner.',
    })
  const step = { from, to, facts, inverse: planFacts(to, from, signed) }
  const review = reviewPlan(loop.state, step, signed.by, now)
  const grounds = ask === '' ? review.grounds : [...review.grounds, { code: 'asked', detail: ask }]
  const because = grounds.map((ground) => ({ ...ground }))
  if (dryRun) {
    const there = new Set(from.campaigns.map((campaign) => canonicalJson(campaign)))
    const changed = to.campaigns.filter((campaign) => !there.has(canonicalJson(campaign)))
    const forecasts = forecastSome(loop.state, changed, now)
    return { ...result, applied: false, waits: null, because, forecasts }
  }
  if (because.length > 0)
    return { ...result, applied: false, waits: await wishFor(loop, review.wish, grounds), because }
  const applied: PlanApplied = { version, changes, by: spellPrincipal(by) }
  await loop.record(
    [...facts, { type: PLAN_APPLIED, data: applied }].map(
      ({ type, data }): NewEvent => ({ id: loop.ctx.newId(), type, key: '', at: now, data }),
    ),
  )
  return { ...result, applied: true, waits: null, because }
}
