// The text of a decision must be the decision.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { DecisionMade } from '../decision/events.ts'
import { decisionEvent } from './decision-event.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const feature = fc.tuple(fc.string(), number)
const candidate = fc.record({
  actionId: fc.string({ unit: 'grapheme' }),
  features: fc.array(feature, { maxLength: 4 }),
  mean: number,
  stderr: number,
  probability: number,
})

describe('a decision in the log', () => {
  it('reads back as it was, whatever stands in it', () => {
    const made = fc.record(
      {
        decisionId: fc.string(),
        profileId: fc.string(),
        at: fc.integer(),
        shared: fc.array(feature, { maxLength: 4 }),
        candidates: fc.array(candidate, { maxLength: 4 }),
        context: fc.dictionary(fc.string(), fc.string()),
        seed: fc.string(),
        policy: fc.record({ kind: fc.string(), explorationFloor: number }),
        propensity: number,
        rejected: fc.array(fc.record({ actionId: fc.string() }), { maxLength: 2 }),
        modelVersion: fc.string({ unit: 'grapheme' }),
        timing: fc.option(fc.record({ at: number })),
      },
      { requiredKeys: ['candidates', 'shared'] },
    )
    fc.assert(
      fc.property(made, (record) => {
        const decision = record as unknown as DecisionMade
        for (let time = 0; time < 2; time++) {
          const { encoded, data } = decisionEvent(decision)
          const text = canonicalJson(JSON.parse(encoded ?? '') as Json)
          assert.equal(text, canonicalJson(data as unknown as Json))
          const { candidates, ...rest } = decision
          assert.equal(encoded, JSON.stringify({ ...rest, candidates }), 'spelt as JSON spells it')
        }
      }),
    )
  })

  it('tells apart actions that were described with one and the same list', () => {
    const features = [['channel=email', 1]] as const
    const texts = ['a', 'b', 'a'].map((actionId) => {
      const candidates = [{ actionId, features, mean: 1, stderr: 0, probability: 1 }]
      return decisionEvent({ candidates, shared: features } as unknown as DecisionMade).encoded ?? ''
    })
    const told = texts.map((text) => (JSON.parse(text) as DecisionMade).candidates[0]?.actionId)
    assert.deepEqual(told, ['a', 'b', 'a'])
  })
})
