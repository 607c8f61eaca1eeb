// What the model may see of a person follows the policy and the campaign of the moment, though it is looked up once.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CampaignSpec } from '../decision/events.ts'
import type { GovernancePolicy, SensitiveSpec } from '../governance/events.ts'
import type { LoopState } from '../loop.ts'
import { traitNamesFor } from './deciding.ts'

const campaignOf = (traitFeatures: readonly string[]) =>
  ({ id: 'cart', traitFeatures }) as unknown as CampaignSpec
const stateOf = (sensitive: SensitiveSpec | undefined) =>
  ({ governance: { policy: { sensitive } as GovernancePolicy } }) as LoopState

describe('traits that the model sees', () => {
  it('a trait that the policy bars from now on is seen no more, and one that it allows is', () => {
    const campaign = campaignOf(['city', 'religion'])
    const allowed = { trait: 'religion', campaign: 'cart', by: 'anna', reason: 'asked' }
    const state = stateOf(undefined) as { governance: { policy: GovernancePolicy } } & LoopState
    const seen = (sensitive: SensitiveSpec | undefined) => {
      state.governance.policy = stateOf(sensitive).governance.policy
      return [traitNamesFor(state, campaign), traitNamesFor(state, campaign)]
    }
    assert.deepEqual(seen(undefined), [['city'], ['city']])
    assert.deepEqual(seen({ traits: ['religion'], allowed: [allowed] }), [
      ['city', 'religion'],
      ['city', 'religion'],
    ])
    assert.deepEqual(seen({ traits: ['city'], allowed: [] }), [['religion'], ['religion']])
    assert.deepEqual(traitNamesFor(state, campaignOf(['age'])), ['age'])
  })
})
