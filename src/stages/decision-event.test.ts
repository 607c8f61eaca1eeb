// The text of a decision must be the decision.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asActionId } from '../kernel/ids.ts'
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

const text = fc.string({ unit: 'grapheme' })
const whole = fc.nat()
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const reasons = fc.array(fc.record({ code: text, detail: text }), { maxLength: 2 })
const fields = {
  decisionId: text,
  campaignId: text,
  profileId: text,
  at: whole,
  asOf: whole,
  cause: fc.record({ kind: fc.constant('request'), ref: text }),
  group: fc.constantFrom('treated', 'holdout'),
  context: fc.dictionary(text, fc.oneof(text, number, fc.boolean())),
  shared: fc.array(feature, { maxLength: 4 }),
  scores: maybe(fc.array(fc.record({ key: text, value: number }), { maxLength: 2 })),
  uplift: maybe(fc.record({ expected: number, admitted: fc.boolean() })),
  rejected: fc.array(fc.record({ actionId: text, reasons }), { maxLength: 2 }),
  actionId: text,
  propensity: number,
  seed: text,
  policy: fc.record({ kind: text, explorationFloor: number }),
  rollout: maybe(fc.record({ challengerId: text, share: number })),
  shadow: maybe(fc.record({ challengerId: text, probabilities: fc.array(number) })),
  modelVersion: text,
  modelExamples: maybe(whole),
  modelNoise: maybe(number),
  campaignsVersion: text,
  creativesVersion: text,
  limitsVersion: text,
  verdict: fc.constantFrom('act', 'nothing', 'withheld'),
  vetoes: reasons,
  sendAt: whole,
  timing: maybe(fc.record({ at: whole, why: text })),
  autonomy: maybe(fc.record({ level: whole, line: text })),
  candidates: fc.array(candidate, { maxLength: 4 }),
} satisfies Record<keyof DecisionMade, fc.Arbitrary<unknown>>
const made = fc.record(fields)

describe('a decision in the log', () => {
  it('reads back as it was, whatever stands in it', () => {
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
    const [some] = fc.sample(made, 1) as unknown as [DecisionMade]
    const told = ['a', 'b', 'a'].map((actionId) => {
      const candidates = [{ actionId: asActionId(actionId), features, mean: 1, stderr: 0, probability: 1 }]
      const { encoded } = decisionEvent({ ...some, candidates })
      return (JSON.parse(encoded ?? '') as DecisionMade).candidates[0]?.actionId
    })
    assert.deepEqual(told, ['a', 'b', 'a'])
  })
})
