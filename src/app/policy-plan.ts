// The policy by itself: shown as YAML with its history, changed like the plan it is a section of, and
// tried on last week before it is.

import { parse, stringify } from 'yaml'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import { diffPolicy, isGoverned, OPEN_POLICY, renderGovernance } from '../governance/index.ts'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { Principal } from '../kernel/principal.ts'
import { offsetsBefore } from '../insight/index.ts'
import type { PolicyImpact, PolicyResult, PolicyView } from '../api/contract-governance.ts'
import type { Loop } from '../loop.ts'
import { policyImpact, type LevelCounts } from '../stages/policy-impact.ts'
import { applyTo, type PlanPorts } from './apply-plan.ts'
import { parsePlan, planInForce } from './plan.ts'

export const viewPolicy = ({ state }: Pick<Loop, 'state'>): PolicyView => {
  const { governance } = state
  return {
    yaml: stringify(renderGovernance(governance.policy), { lineWidth: 110, aliasDuplicateObjects: false }),
    version: governance.policyVersion,
    governed: isGoverned(governance),
    versions: governance.versions
      .map(({ version, at, by, proposalId, policy }, index) => ({
        version,
        at,
        by,
        proposalId,
        changes: [...diffPolicy(governance.versions[index - 1]?.policy ?? OPEN_POLICY, policy)],
      }))
      .toReversed(),
  }
}

/** Puts another policy in force, or before people; with `dryRun` only says what would change, and what last week would have been. */
export const applyPolicy = async (
  ports: PlanPorts,
  { yaml, dryRun, by }: { readonly yaml: string; readonly dryRun: boolean; readonly by: Principal },
): Promise<PolicyResult> => {
  const { loop } = ports
  const plan = planYaml(yaml)
  const before = planInForce(loop.state)
  const { plan: parsed } = parsePlan(plan, before)
  const policy = parsed?.governance ?? null
  const result = await applyTo(ports, { yaml: plan, dryRun, by })
  return {
    applied: result.applied,
    version: loop.state.governance.policyVersion,
    problems: result.problems.map((one) => ({ ...one, path: one.path.replace(/^governance\.?/, '') })),
    changes: policy === null ? [] : [...diffPolicy(before.governance ?? OPEN_POLICY, policy)],
    waits: result.waits,
    because: result.because,
    impact: dryRun && policy !== null ? await impactOf(loop, policy) : null,
  }
}

/** The section as a plan of nothing else; a whole plan, or one with the section's own key, is taken too. */
const planYaml = (yaml: string): string => {
  let parsed: unknown
  try {
    parsed = parse(yaml) ?? {}
  } catch (cause) {
    throw new Failure({
      code: 'policy.unreadable',
      message: messageOf(cause).split('\n')[0] ?? 'This is no YAML.',
      hint: 'Mend the YAML.',
      cause,
    })
  }
  const section = isRecord(parsed) && 'governance' in parsed ? parsed['governance'] : parsed
  return stringify({ governance: section }, { aliasDuplicateObjects: false })
}

const WEEK_MS = 7 * DAY_MS
/** Newest decisions that a dry run looks at. */
const DECISIONS_MAX = 50_000
const PAGE = 500

const impactOf = async (loop: Loop, policy: Parameters<typeof policyImpact>[1]): Promise<PolicyImpact> => {
  const to = loop.ctx.now()
  const from = to - WEEK_MS
  const decisions: DecisionMade[] = []
  let before = loop.state.offset + 1
  let complete = false
  while (decisions.length < DECISIONS_MAX) {
    const offsets = offsetsBefore(loop.state.decisionIndex, before, PAGE)
    if (offsets.length === 0) {
      complete = true
      break
    }
    const events = await loop.log.get(offsets)
    for (const { type, data } of events)
      if (type === DECISION_MADE && (data as DecisionMade).at >= from) decisions.push(data as DecisionMade)
    const oldest = events.at(-1)
    before = offsets.at(-1) ?? 0
    if (oldest === undefined || oldest.at < from) {
      complete = true
      break
    }
  }
  const { rows, proposals } = policyImpact(loop.state, policy, { decisions, since: from })
  return {
    from,
    to,
    decisions: decisions.length,
    complete,
    rows: rows.map((row) => ({ ...row, now: countsOf(row.now), then: countsOf(row.then) })),
    proposals: [...proposals],
  }
}

const countsOf = ([shadow, suggested, waited, undoable, went]: LevelCounts) => ({
  shadow,
  suggested,
  waited,
  undoable,
  went,
})
