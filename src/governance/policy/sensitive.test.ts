// Rule GP7: what nobody may be treated by, however a rule spells it, and who allowed it nevertheless.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SensitiveSpec } from '../events.ts'
import { diffPolicy } from './diff.ts'
import { OPEN_POLICY } from './defaults.ts'
import { parseGovernance, renderGovernance } from './policy.ts'
import { barredTraits, SENSITIVE_TRAITS, traitsRead } from './sensitive.ts'

describe('sensitive traits', () => {
  it('GP7 finds the traits a rule reads, and rules from which it cannot be told', () => {
    const cases: readonly (readonly [rule: string, names: readonly string[], any: boolean])[] = [
      ['profile.features.orders > 1.0', [], false],
      ['profile.traits.religion == "x" && profile.traits.city == "traitsville"', ['religion', 'city'], false],
      ['profile . traits . health != ""', ['health'], false],
      [`profile.traits["religion"] == "x" || profile.traits['race'] == "y"`, ['religion', 'race'], false],
      ['"religion" in profile.traits', ['religion'], false],
      ['has(profile.traits.religion)', ['religion'], false],
      ['event.traits.religion == "x"', ['religion'], false],
      ['profile.traits["reli" + "gion"] == "x"', [], true],
      ['profile.traits[event.properties.key] == "x"', [], true],
      ['profile.traits.exists(k, k == "religion")', [], true],
      ['profile.traits == {"religion": "x"}', [], true],
      ['size(profile.traits) > 0', [], true],
      [String.raw`profile.traits["\u0072eligion"] == "x"`, [], true],
    ]
    for (const [rule, names, any] of cases) assert.deepEqual(traitsRead(rule), { names, any }, rule)
  })

  it('GP7 bars them in any spelling unless allowed for all or for the campaign that asks', () => {
    const bar = (sensitive: SensitiveSpec | undefined, names: readonly string[], campaign: string) =>
      barredTraits(sensitive === undefined ? {} : { sensitive }, names, campaign)
    const spelt = ['religion', 'Religion', 'sexualOrientation', 'political-views', 'city']
    assert.deepEqual(bar(undefined, spelt, 'a'), spelt.slice(0, 4))
    const one = (campaign: string) => ({ trait: 'religion', campaign, by: 'Anna Ode', reason: 'halal shop' })
    const traits = [...SENSITIVE_TRAITS, 'gender']
    assert.deepEqual(bar({ traits, allowed: [one('a')] }, ['Religion', 'gender'], 'a'), ['gender'])
    assert.deepEqual(bar({ traits, allowed: [one('a')] }, ['religion'], 'b'), ['religion'])
    assert.deepEqual(
      bar({ traits, allowed: [one('a')] }, ['religion'], ''),
      ['religion'],
      'segments are for all',
    )
    assert.deepEqual(bar({ traits, allowed: [one('')] }, ['religion'], ''), [])
    assert.deepEqual(bar({ traits: [], allowed: [] }, spelt, 'a'), [])
  })

  it('GP7 reads and writes the list, and calls more allowed, or less kept out, more risk', () => {
    const read = (sensitive: unknown) => {
      const parsed = parseGovernance({ sensitive })
      assert.ok(parsed.ok)
      return parsed.value
    }
    const allowed = [{ trait: 'religion', campaign: 'halal', by: 'Anna Ode', reason: 'halal shop' }]
    const policy = read({ traits: ['religion', 'gender'], allowed })
    assert.deepEqual(parseGovernance(renderGovernance(policy)), { ok: true, value: policy })
    assert.ok(!parseGovernance({ sensitive: { allowed: [{ trait: 'religion', reason: 'no name' }] } }).ok)
    const risks = (from: typeof policy, to: typeof policy) =>
      diffPolicy(from, to).map(({ path, risk }) => [path, risk])
    assert.deepEqual(risks(OPEN_POLICY, read({ traits: [...SENSITIVE_TRAITS, 'gender'] })), [
      ['sensitive.traits', 'lower'],
    ])
    assert.deepEqual(risks(OPEN_POLICY, read({ allowed })), [['sensitive.allowed', 'raise']])
    assert.deepEqual(risks(read({ allowed }), OPEN_POLICY), [['sensitive.allowed', 'lower']])
    assert.deepEqual(risks(OPEN_POLICY, read({ traits: ['religion'] })), [['sensitive.traits', 'raise']])
  })
})
