// The policy that a new installation starts with: careful, unless its operator says otherwise. One that
// has campaigns already keeps what it has.

import { POLICY_APPLIED, type PolicyApplied } from '../governance/events.ts'
import { CAREFUL_POLICY, isGoverned } from '../governance/index.ts'
import { versionOf } from '../kernel/version.ts'
import type { Loop } from '../loop.ts'
import type { Config } from './config.ts'
import { SYSTEM } from './plan-facts.ts'

/** True when it was put in force now. */
export const applyFirstPolicy = async (loop: Loop, { firstPolicy }: Config): Promise<boolean> => {
  const { governance } = loop.state
  if (firstPolicy === 'none' || isGoverned(governance) || governance.campaigns.size > 0) return false
  const data: PolicyApplied = {
    version: versionOf(CAREFUL_POLICY),
    policy: CAREFUL_POLICY,
    by: SYSTEM,
    proposalId: '',
  }
  const [ack] = await loop.record([
    { id: 'policy:first', type: POLICY_APPLIED, key: '', at: loop.ctx.now(), data },
  ])
  return ack?.duplicate === false
}
