// One decision: what is in the draw, what is recorded, and that the record is enough.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NOTHING } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { HOUR_MS, localTime } from '../kernel/time.ts'
import { createBandit, learn } from '../model/index.ts'
import type { ActionSpec, DecisionMade, Reason } from './events.ts'
import { decide, decisionIdOf, sendAtOf } from './decide.ts'
import { replayRecord, sameDecision } from './replay.ts'
import { campaign, input, NOON, person } from './testing/examples.ts'

const QUIET: Reason = { code: 'quiet_hours', detail: '' }
const now = { now: NOON }

/** A model that has seen enough to have an opinion. */
const taught = () => {
  const model = createBandit()
  for (let i = 0; i < 400; i++) {
    const record = decide(input({ model, person: person({ profileId: `p${i}` as never }) }), {
      now: NOON + i,
    })
    const chosen = record.candidates.find(({ actionId }) => actionId === record.actionId)
    const reward = record.actionId.startsWith('hello/10off')
      ? 4 + (i % 3)
      : record.actionId === NOTHING
        ? 1
        : 2
    learn(model, {
      shared: record.shared,
      action: chosen?.features ?? [],
      reward,
      propensity: record.propensity,
      at: NOON + i,
    })
  }
  return model
}
const trained = taught()

describe('a decision', () => {
  it('D4 always has nothing among the candidates, with features of its own', () => {
    const record = decide(input(), now)
    assert.equal(record.candidates.length, 8)
    assert.equal(record.candidates[0]?.actionId, NOTHING)
    assert.deepEqual(record.candidates[0]?.features, [
      ['action=nothing', 1],
      ['action=nothing@welcome', 1],
    ])
    const total = record.candidates.reduce((sum, { probability }) => sum + probability, 0)
    assert.ok(Math.abs(total - 1) < 1e-9)
  })

  it('D4 prunes what is blocked before the draw and records each reason', () => {
    const blocked = (action: ActionSpec) =>
      action.channel === 'email' ? [QUIET, { code: 'no_consent', detail: 'x' } as const] : []
    const record = decide(input({ blocked }), now)
    assert.deepEqual(
      record.candidates.map(({ actionId }) => actionId),
      [NOTHING, 'hello_sms/now'],
    )
    assert.equal(record.rejected.length, 6)
    assert.deepEqual(
      record.rejected[0]?.reasons.map(({ code }) => code),
      ['quiet_hours', 'no_consent'],
    )
    const alone = decide(input({ blocked: () => [QUIET] }), now)
    assert.deepEqual([alone.actionId, alone.propensity, alone.verdict], [NOTHING, 1, 'nothing'])
  })

  it('D5 tells the model of action, offer, hour and person, from the general to the particular', () => {
    const record = decide(
      input({ context: { device: 'mobile', rain: true, basket: 1_000, note: null } }),
      now,
    )
    const offer = record.candidates.find(({ actionId }) => actionId === 'hello/10off/18:00')
    assert.deepEqual(offer?.features, [
      ['campaign=welcome', 1],
      ['channel=email', 1],
      ['creative=hello', 1],
      ['moment=18:00', 1],
      ['offer=10off', 1],
      ['discount', 0.1],
      ['action=hello/10off/18:00@welcome', 1],
      ['daypart=evening', 1],
      ['at_usual_hour', 1],
    ])
    assert.deepEqual(record.shared, [
      ['orders=0', 1],
      ['hour=12', 1],
      ['weekday=1', 1],
      ['context:basket', 1 + Math.log(1_000)],
      ['context:device=mobile', 1],
      ['context:rain=true', 1],
    ])
    assert.deepEqual(record.context, {
      device: 'mobile',
      rain: true,
      basket: 1_000,
      note: null,
      hour: 12,
      weekday: 1,
    })
  })

  it('D5 a campaign of a family is told to the model as one of it, and so is leaving people alone there', () => {
    const plain = input()
    const ofFamily = input({ campaign: { ...plain.campaign, family: 'greetings' } })
    const featuresOf = (asked: typeof plain, actionId: string) =>
      decide(asked, now).candidates.find((candidate) => candidate.actionId === actionId)?.features ?? []
    const added = (actionId: string) => {
      const before = featuresOf(plain, actionId).map(([name]) => name)
      return featuresOf(ofFamily, actionId).filter(([name]) => !before.includes(name))
    }
    assert.deepEqual(added('hello/10off/18:00'), [['family=greetings', 1]])
    assert.deepEqual(added(NOTHING), [['nothing_in=greetings', 1]])
  })

  it('D5 keeps hostile context from breaking a decision', () => {
    const context = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`k${i}`, i % 2 === 0 ? 'x'.repeat(5_000) : 1e300]),
    )
    const record = decide(input({ context: { ...context, hour: 'never', __proto__: 'x' } }), now)
    assert.ok(record.shared.length <= 17)
    assert.equal(record.context['hour'], 12)
    assert.ok(replayRecord(record).agrees)
  })

  it('D6 draws with the recorded probability', () => {
    const counts = new Map<string, number>()
    const expected = new Map<string, number>()
    const rounds = 4_000
    for (let i = 0; i < rounds; i++) {
      const record = decide(
        input({ model: trained, decisionId: decisionIdOf('welcome' as never, `m${i}`, 'p1' as never) }),
        now,
      )
      counts.set(record.actionId, (counts.get(record.actionId) ?? 0) + 1)
      for (const { actionId, probability } of record.candidates)
        expected.set(actionId, (expected.get(actionId) ?? 0) + probability)
      assert.equal(
        record.propensity,
        record.candidates.find(({ actionId }) => actionId === record.actionId)?.probability,
      )
    }
    for (const [actionId, sum] of expected) {
      const deviation = Math.sqrt((sum * (rounds - sum)) / rounds)
      assert.ok(
        Math.abs((counts.get(actionId) ?? 0) - sum) < 4.5 * deviation + 1,
        `${actionId}: ${counts.get(actionId)} for ${sum}`,
      )
    }
  })

  it('D7 leaves people who are held out alone, without a draw', () => {
    const record = decide(
      input({ group: 'holdout', model: trained, blocked: () => assert.fail('nothing to check') }),
      now,
    )
    assert.deepEqual(
      record.candidates.map(({ actionId, probability }) => [actionId, probability]),
      [[NOTHING, 1]],
    )
    assert.deepEqual(
      [record.actionId, record.propensity, record.verdict, record.sendAt],
      [NOTHING, 1, 'withheld', NOON],
    )
    assert.deepEqual(
      record.vetoes.map(({ code }) => code),
      ['holdout'],
    )
    assert.ok(replayRecord(record).agrees)
  })

  it('D8 draws in shadow and under a veto, and withholds what was drawn', () => {
    const policy = { always: 'hello/now' }
    const shadow = decide(input({ campaign: campaign({ status: 'shadow', policy }) }), now)
    assert.deepEqual(
      [shadow.actionId, shadow.verdict, shadow.vetoes[0]?.code],
      ['hello/now', 'withheld', 'shadow'],
    )
    const vetoed = decide(
      input({ campaign: campaign({ policy }), vetoes: [{ code: 'profile_unsettled', detail: '' }] }),
      now,
    )
    assert.deepEqual(
      [vetoed.actionId, vetoed.verdict, vetoed.vetoes[0]?.code],
      ['hello/now', 'withheld', 'profile_unsettled'],
    )
    const nothing = decide(
      input({ campaign: campaign({ status: 'shadow', policy: { always: 'nothing' } }) }),
      now,
    )
    assert.deepEqual([nothing.verdict, nothing.vetoes[0]?.code], ['nothing', 'shadow'])
  })

  it('D9 sends at the next start of the chosen hour on the person’s clock', () => {
    const zones = Intl.supportedValuesOf('timeZone').filter((_, index) => index % 7 === 0)
    for (const zone of zones) {
      for (const moment of ['00:00', '10:00', '18:00']) {
        const at = sendAtOf(moment, NOON, zone)
        assert.ok(at >= NOON && at <= NOON + 25 * HOUR_MS)
        assert.equal(localTime(at, zone).hour, Number(moment.slice(0, 2)), `${zone} ${moment}`)
      }
    }
    assert.equal(sendAtOf('now', NOON, 'UTC'), NOON)
    assert.equal(sendAtOf('12:00', NOON + 1, 'UTC'), NOON + 1, 'while the hour is on the clock')
    const record = decide(input({ campaign: campaign({ policy: { always: 'hello/18:00' } }) }), now)
    assert.equal(record.sendAt, NOON + 6 * HOUR_MS)
  })

  it('D10 replays from its record alone, through JSON, under every policy and model', () => {
    const policies = [
      'squarecb',
      'thompson',
      'optimism',
      'epsilon_greedy',
      'uniform',
      { always: 'hello/now', floor: 0.2 },
      { kind: 'squarecb', gamma: 3 },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...policies),
        fc.string(),
        fc.nat(255),
        fc.boolean(),
        (policy, ref, mask, learnt) => {
          const spec = campaign({ policy })
          const blocked = (action: ActionSpec) => ((mask >> spec.actions.indexOf(action)) & 1 ? [QUIET] : [])
          const wanted = input({
            campaign: spec,
            blocked,
            model: learnt ? trained : createBandit(),
            decisionId: decisionIdOf(spec.id, ref, 'p1' as never),
          })
          const record = decide(wanted, now)
          const read = JSON.parse(JSON.stringify(record)) as DecisionMade
          assert.equal(canonicalJson(read), canonicalJson(record))
          const replay = replayRecord(read)
          assert.deepEqual(replay.differences, [])
          assert.ok(
            replay.agrees && replay.actionId === record.actionId && replay.propensity === record.propensity,
          )
          assert.ok(sameDecision(decide(wanted, now), read))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('D10 names the model as it stands: what it learnt last, slices of open decisions too, and what came before stays as recorded', () => {
    const model = taught()
    const first = decide(input({ model }), now)
    const before = canonicalJson(first)
    const { shared, candidates, propensity } = first
    const example = { shared, action: candidates[0]?.features ?? [], reward: 3, propensity, at: NOON }
    learn(model, { ...example, share: 0.5, further: true })
    const second = decide(input({ model }), now)
    assert.equal(second.modelVersion, `${first.modelVersion}+1`)
    learn(model, example)
    assert.equal(decide(input({ model }), now).modelExamples, (first.modelExamples ?? 0) + 1)
    assert.equal(canonicalJson(first), before, 'a decision holds nothing that the next one writes over')
  })

  it('D10 notices a record that was tampered with', () => {
    const record = decide(input({ model: trained, campaign: campaign({ policy: 'thompson' }) }), now)
    const [first, ...rest] = record.candidates
    assert.ok(first !== undefined)
    const other = record.candidates.find(({ actionId }) => actionId !== record.actionId)?.actionId ?? NOTHING
    const forged: DecisionMade[] = [
      { ...record, actionId: other },
      { ...record, propensity: record.propensity / 2 },
      { ...record, candidates: [{ ...first, mean: first.mean + 1_000 }, ...rest] },
      { ...record, policy: { ...record.policy, explorationFloor: 0.9 } },
    ]
    for (const [index, one] of forged.entries()) {
      assert.equal(replayRecord(one).agrees, false, `forgery ${index}`)
      assert.equal(sameDecision(one, record), false)
    }
  })

  it('D10 draws anew for another person, cause or set of campaigns', () => {
    const seeds = [
      input(),
      input({ versions: { campaigns: 'c2', creatives: 'k1', limits: 'l1' } }),
      input({ decisionId: decisionIdOf('welcome' as never, 'm2', 'p1' as never) }),
      input({ decisionId: decisionIdOf('welcome' as never, 'm1', 'p2' as never) }),
    ].map((one) => decide(one, now).seed)
    assert.equal(new Set(seeds).size, seeds.length)
  })
})
