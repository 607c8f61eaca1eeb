// Rules and features of a plan that read traits nobody may be treated by, unless a person allowed it in the policy.

import type { CampaignSpec } from '../decision/events.ts'
import type { GovernancePolicy } from '../governance/events.ts'
import { barredTraits, DEFAULT_SENSITIVE, traitsRead } from '../governance/index.ts'
import { problem, type Problem } from '../kernel/problem.ts'
import type { SegmentSpec } from '../profile/events.ts'

type Read = {
  readonly campaigns: readonly CampaignSpec[]
  readonly segments: readonly SegmentSpec[]
  readonly policy: GovernancePolicy
}

/** One problem for each place of the plan that decides by a sensitive trait. */
export const sensitiveProblems = ({ campaigns, segments, policy }: Read): readonly Problem[] => {
  // Nothing is kept out: then nothing needs to be told from a rule.
  if ((policy.sensitive ?? DEFAULT_SENSITIVE).traits.length === 0) return []
  const inRule = (path: string, rule: string, campaign: string): readonly Problem[] => {
    const { names, any } = traitsRead(rule)
    return [
      ...barredTraits(policy, names, campaign).map((name) => refused(path, name, campaign)),
      ...(any
        ? [
            problem(
              path,
              'which traits it reads cannot be told, and some are sensitive',
              'Name each trait: profile.traits.city, "city" in profile.traits.',
            ),
          ]
        : []),
    ]
  }
  return [
    ...segments.flatMap(({ id, when }) => inRule(`segments ${id}`, when, '')),
    ...campaigns.flatMap(({ id, audience, trigger, traitFeatures }) => [
      ...inRule(`campaigns ${id} audience`, audience, id),
      ...(trigger.kind === 'event' ? inRule(`campaigns ${id} trigger`, trigger.where, id) : []),
      ...barredTraits(policy, traitFeatures, id).map((name) => refused(`campaigns ${id} traits`, name, id)),
    ]),
  ]
}

const refused = (path: string, trait: string, campaign: string): Problem =>
  problem(
    path,
    `\`${trait}\` is a sensitive trait: nothing is decided by it`,
    `Leave it out, or let a person answer for it in governance.sensitive.allowed: [{trait: ${trait}, ${
      campaign === '' ? '' : `campaign: ${campaign}, `
    }by: NAME, reason: WHY}].`,
  )
