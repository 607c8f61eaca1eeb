// A policy tried on what was decided lately: what would have waited, what would have gone. Nothing is
// decided again; only how far each drawn action would have been let go.

import type { ActionSpec, CampaignSpec, DecisionMade } from '../decision/events.ts'
import { campaignOf } from '../decision/index.ts'
import type { GovernancePolicy } from '../governance/events.ts'
import {
  actionOf,
  autonomyOf,
  closedProposals,
  momentOf,
  openProposals,
  verdictOf,
  type GovernanceState,
} from '../governance/index.ts'
import { localeOf, refOf } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'

/** How many decisions stopped at which level: 0 shadow, 1 suggested, 2 waited, 3 undoable, 4 went. */
export type LevelCounts = [number, number, number, number, number]

export type ImpactRow = {
  readonly class: string
  readonly campaignId: string
  decisions: number
  readonly now: LevelCounts
  readonly then: LevelCounts
}

export type Impact = {
  readonly rows: readonly ImpactRow[]
  readonly proposals: readonly {
    readonly proposalId: string
    readonly class: string
    readonly title: string
    readonly was: number
    readonly wouldBe: number
    readonly eyes: number
  }[]
}

/** Of decisions that acted, or were held back by nothing but their level. */
export const policyImpact = (
  state: LoopState,
  policy: GovernancePolicy,
  { decisions, since }: { readonly decisions: readonly DecisionMade[]; readonly since: number },
): Impact => {
  const governance: GovernanceState = { ...state.governance, policy, policyVersion: 'tried' }
  const rows = new Map<string, ImpactRow>()
  for (const made of decisions) {
    const campaign = campaignOf(state.decision, made.campaignId)
    const action = campaign?.actions.find(({ id }) => id === made.actionId)
    if (campaign === undefined || action === undefined || !wouldAct(made)) continue
    const would = autonomyAt(state, governance, { campaign, action, made })
    const of = would?.autonomy.class ?? (action.channel === 'onsite' ? 'placement' : 'message')
    const key = `${of} ${made.campaignId}`
    const row = rows.get(key) ?? {
      class: of,
      campaignId: made.campaignId,
      decisions: 0,
      now: [0, 0, 0, 0, 0],
      then: [0, 0, 0, 0, 0],
    }
    rows.set(key, row)
    row.decisions++
    row.now[made.autonomy?.level ?? 4]++
    row.then[would?.autonomy.level ?? 4]++
  }
  return {
    rows: [...rows.values()].toSorted((a, b) => b.decisions - a.decisions),
    proposals: tried(state, governance, since),
  }
}

const wouldAct = ({ verdict, vetoes }: DecisionMade): boolean =>
  verdict === 'act' ||
  (verdict === 'withheld' && vetoes.every(({ code }) => code === 'autonomy' || code === 'awaits_approval'))

const autonomyAt = (
  state: LoopState,
  governance: GovernanceState,
  {
    campaign,
    action,
    made,
  }: { readonly campaign: CampaignSpec; readonly action: ActionSpec; readonly made: DecisionMade },
) => {
  const ref = refOf(state.profile, made.profileId)
  return autonomyOf(governance, {
    campaign,
    action,
    market: ref === undefined ? '' : localeOf(state.profile, ref, state.business),
    business: state.business,
    now: made.at,
    ground: () => '',
  })
}

/** What advisors and people wished in that time, under the other policy. Batches are counted above. */
const tried = (state: LoopState, governance: GovernanceState, since: number): Impact['proposals'] =>
  [...openProposals(state.governance), ...closedProposals(state.governance)]
    .filter(({ at, kind }) => at >= since && !kind.startsWith('messages.'))
    .map((proposal) => {
      const moment = momentOf(governance.policy, state.business, proposal.at)
      const { level, eyes } = verdictOf(governance, actionOf(proposal), moment)
      const { proposalId, class: of, title } = proposal
      return { proposalId, class: of, title, was: proposal.level, wouldBe: level, eyes }
    })
