// Rules G10 to G19: what the gate asks for, and what follows from its answers.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS } from '../kernel/time.ts'
import type { PolicySpec } from '../model/events.ts'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import type { LogEvent } from '../log/port.ts'
import {
  createEvidence,
  createPromotion,
  type Evidence,
  foldPromotion,
  judge,
  type Judgement,
  nextMove,
  noteEvidence,
  PROMOTION_DEFAULTS,
} from './index.ts'
import { type GateCheck, type GateCheckName, POLICY_PROPOSED, ROLLOUT_MOVED } from './events.ts'
import {
  always,
  appliedOf,
  CAMPAIGN,
  eventOf,
  playDecisions,
  specOf,
  START,
  UNIFORM,
  type World,
} from './testing/story.ts'

const options = PROMOTION_DEFAULTS
const GOOD_OFFER: World = { chances: [0.04, 0.05, 0.2] }

type Played = {
  readonly champion?: PolicySpec
  readonly challenger: PolicySpec
  readonly world: World
  readonly n: number
  readonly seed?: string
  readonly share?: number
  readonly change?: (event: LogEvent) => LogEvent
}

/** Evidence after `n` decisions of the champion, or of both where the challenger has a share. */
const gather = ({
  champion = UNIFORM,
  challenger,
  world,
  n,
  seed = 's',
  share = 0,
  change,
}: Played): Evidence => {
  const promotion = createPromotion()
  const campaign = specOf(champion)
  const about = { campaignId: CAMPAIGN, challengerId: 'x' }
  foldPromotion(promotion, appliedOf(1, [campaign]))
  const proposed = { ...about, policy: challenger, model: null, safety: false, by: '', reason: '' }
  foldPromotion(promotion, eventOf(2, POLICY_PROPOSED, proposed))
  const move = { ...about, from: 0, to: share, cause: 'gate_passed', detail: '', by: '' }
  if (share > 0) foldPromotion(promotion, eventOf(3, ROLLOUT_MOVED, move))
  const evidence = createEvidence({
    campaignId: CAMPAIGN,
    champion: { policy: champion, modelId: '' },
    challenger: { id: 'x', policy: challenger, modelId: '' },
  })
  playDecisions({
    n,
    seed,
    world,
    campaign,
    promotion,
    tell: (event) => noteEvidence(evidence, change === undefined ? event : change(event)),
  })
  return evidence
}

const judged = (
  evidence: Evidence,
  challenger: PolicySpec,
  more: { share?: number; safety?: boolean; p?: number } = {},
) =>
  judge({
    evidence,
    challenger: { policy: challenger, safety: more.safety ?? false, share: more.share ?? 0 },
    sampleRatioP: more.p ?? 0.5,
    options,
  })

const checkOf = (judgement: Judgement, name: GateCheckName): GateCheck => {
  const found = judgement.checks.find((check) => check.name === name)
  assert.ok(found !== undefined)
  return found
}

const moveOf = (judgement: Judgement, share: number, days = 30) =>
  nextMove({ share, shareSince: START, proposedAt: START }, judgement, {
    now: START + days * DAY_MS,
    goalWindowMs: 2 * DAY_MS,
    options,
  })

describe('the gate', () => {
  it('G10 lets a better policy through once enough is known, with the planted gain inside its bounds', () => {
    const challenger = always('offer')
    const early = judged(gather({ challenger, world: GOOD_OFFER, n: 300 }), challenger)
    assert.equal(early.verdict, 'waits')
    assert.equal(moveOf(early, 0), null)
    const late = judged(gather({ challenger, world: GOOD_OFFER, n: 4_000 }), challenger)
    assert.equal(late.verdict, 'passes', JSON.stringify(late.checks))
    const { low, high, value } = checkOf(late, 'gain')
    // 0.9 of the decisions move from an even draw to the offer.
    const truth = 20 * (0.9 * 0.2 + 0.1 * (0.29 / 3) - 0.29 / 3)
    assert.ok(low !== null && high !== null && low > 0 && low < truth && truth < high)
    assert.ok(value !== null && Math.abs(value - truth) < 0.35, `${value} against ${truth}`)
    assert.deepEqual(moveOf(late, 0), { to: 0.05, cause: 'gate_passed', detail: '' })
  })

  it('G11 lets no policy through that earns the same or less, in at most 5 % of 40 logs looked at after each hundredth decision', () => {
    let passed = 0
    for (let run = 0; run < 40; run++) {
      const challenger = always(run % 2 === 0 ? 'offer' : 'nothing')
      const evidence = createEvidence({
        campaignId: CAMPAIGN,
        champion: { policy: UNIFORM, modelId: '' },
        challenger: { id: 'x', policy: challenger, modelId: '' },
      })
      const promotion = createPromotion()
      foldPromotion(promotion, appliedOf(1, [specOf(UNIFORM)]))
      let ever = false
      let decisions = 0
      playDecisions({
        n: 1_000,
        seed: `same ${run}`,
        world: { chances: run % 4 < 2 ? [0.1, 0.1, 0.1] : [0.05, 0.12, 0.05] },
        campaign: specOf(UNIFORM),
        promotion,
        tell: (event) => {
          noteEvidence(evidence, event)
          if (event.type !== DECISION_MADE || ++decisions % 100 !== 0) return
          ever ||= judged(evidence, challenger).verdict === 'passes'
        },
      })
      if (ever) passed++
    }
    assert.ok(passed <= 2, `${passed} of 40`)
  })

  it('G12 ends a challenger whose upper bound is below zero, and one that waited for sixty days', () => {
    const challenger = always('nothing')
    const worse = judged(gather({ challenger, world: { chances: [0.01, 0.3, 0.3] }, n: 3_000 }), challenger)
    assert.equal(checkOf(worse, 'gain').state, 'fails')
    assert.equal(moveOf(worse, 0)?.cause, 'gate_failed')
    const nobodyKnows = judged(
      gather({ challenger, world: { chances: [0.1, 0.1, 0.1] }, n: 700 }),
      challenger,
    )
    assert.equal(moveOf(nobodyKnows, 0), null)
    assert.equal(moveOf(nobodyKnows, 0, 61)?.cause, 'expired')
  })

  it('G13 a safety update may earn a little less, and passes where another must show a gain', () => {
    const challenger = always('plain', 0.9)
    const evidence = gather({ challenger, world: { chances: [0.2, 0.2, 0.2] }, n: 9_000 })
    assert.equal(checkOf(judged(evidence, challenger), 'gain').state, 'waits')
    const safety = checkOf(judged(evidence, challenger, { safety: true }), 'gain')
    assert.equal(safety.state, 'passes', JSON.stringify(safety))
    assert.ok((safety.limit ?? 0) < 0 && (safety.limit ?? -1) > -0.25)
  })

  it('G14 waits for an effective sample of 500 and 5 % of all, and while one decision carries 5 % of the weight', () => {
    const champion = always('plain', 0.05)
    const challenger = always('offer')
    const evidence = gather({ champion, challenger, world: GOOD_OFFER, n: 3_000 })
    const few = judged(evidence, challenger)
    assert.equal(checkOf(few, 'effective_sample').state, 'waits')
    assert.ok((checkOf(few, 'effective_sample').value ?? 1e9) < 500)
    assert.equal(few.verdict, 'waits')
    evidence.sums.weightMax = 0.06 * evidence.sums.weight
    assert.equal(checkOf(judged(evidence, challenger), 'weight').state, 'waits')
  })

  it('G15 fails where the log could never have done what the challenger would', () => {
    const challenger = always('offer')
    const evidence = gather({ champion: always('plain', 0), challenger, world: GOOD_OFFER, n: 300 })
    const { state, value } = checkOf(judged(evidence, challenger), 'overlap')
    assert.deepEqual([state, value], ['fails', 1])
    assert.equal(moveOf(judged(evidence, challenger), 0), null)
  })

  it('G16 fails when probabilities do not come out again, do not sum to 1, or the draws did not follow them', () => {
    const challenger = always('offer')
    const changed = (change: (made: DecisionMade) => DecisionMade) =>
      judged(
        gather({
          challenger,
          world: GOOD_OFFER,
          n: 600,
          change: (event) =>
            event.type === DECISION_MADE ? { ...event, data: change(event.data as DecisionMade) } : event,
        }),
        challenger,
      )
    const told = (made: DecisionMade, by: number): DecisionMade => ({
      ...made,
      candidates: made.candidates.map((one, i) => ({
        ...one,
        probability: one.probability + (i === 0 ? by : i === 1 ? -by : 0),
      })),
    })
    assert.equal(
      checkOf(
        changed((made) => made),
        'propensity',
      ).state,
      'passes',
    )
    assert.equal(
      checkOf(
        changed((made) => told(made, 1e-5)),
        'propensity',
      ).state,
      'fails',
    )
    assert.equal(
      checkOf(
        changed((made) => ({ ...made, propensity: 0.9 })),
        'propensity',
      ).state,
      'fails',
    )
    // Written as drawn from 1 %, yet drawn a third of the time.
    const skewed: PolicySpec = { kind: 'fixed', explorationFloor: 0.03, actionId: 'nothing' }
    const p = [0.98, 0.01, 0.01]
    const lying = changed((made) => ({
      ...made,
      policy: skewed,
      candidates: made.candidates.map((one, i) => ({ ...one, probability: p[i] ?? 0 })),
      propensity: p[made.candidates.findIndex(({ actionId }) => actionId === made.actionId)] ?? 0,
    }))
    assert.equal(checkOf(lying, 'propensity').state, 'fails')
    assert.ok((checkOf(lying, 'propensity').value ?? 0) > 5)
  })

  it('G17 fails on a sample ratio with p below .001, and rolls back what has people', () => {
    const challenger = always('offer')
    const evidence = gather({ challenger, world: GOOD_OFFER, n: 4_000 })
    const mismatch = judged(evidence, challenger, { p: 0.0005 })
    assert.equal(checkOf(mismatch, 'sample_ratio').state, 'fails')
    assert.equal(moveOf(mismatch, 0), null)
    assert.equal(moveOf(mismatch, 0.05)?.cause, 'sample_ratio')
    const uneven = gather({ challenger, world: GOOD_OFFER, n: 4_000, share: 0.2 })
    assert.equal(checkOf(judged(uneven, challenger, { share: 0.2 }), 'sample_ratio').state, 'passes')
    const [stratum] = uneven.arms.strata
    for (let i = 0; i < 60; i++) stratum?.cells.challenger.set(`ghost${i}`, { decisions: 0, reward: 0 })
    assert.equal(checkOf(judged(uneven, challenger, { share: 0.2 }), 'sample_ratio').state, 'fails')
  })

  it('G18 calibration: predictions that are three times too bold fail, those of the right size pass, a policy that reads none need not', () => {
    const challenger: PolicySpec = { kind: 'epsilon_greedy', explorationFloor: 0.1 }
    const evidence = gather({ challenger, world: GOOD_OFFER, n: 600 })
    const slope = (value: number) => {
      const n = 3_000
      Object.assign(evidence.sums, { count: n, x: 0, y: 0, xx: n, xy: value * n, yy: n * (value ** 2 + 4) })
      return checkOf(judged(evidence, challenger), 'calibration')
    }
    assert.deepEqual([slope(1).state, slope(0.33).state, slope(1.4).state], ['passes', 'fails', 'fails'])
    assert.equal(slope(0.78).state, 'passes')
    assert.equal(checkOf(judged(evidence, UNIFORM), 'calibration').state, 'not_applicable')
  })

  it('G19 guards: people who leave hold a challenger back at the gate, and roll it back on its way', () => {
    const challenger = always('offer')
    const world: World = { ...GOOD_OFFER, leaves: 0.05 }
    const waiting = judged(gather({ challenger, world, n: 4_000 }), challenger)
    assert.equal(checkOf(waiting, 'unsubscribes').state, 'fails')
    assert.equal(moveOf(waiting, 0), null)
    const tried = judged(gather({ challenger, world, n: 4_000, share: 0.2 }), challenger, { share: 0.2 })
    assert.equal(moveOf(tried, 0.2)?.cause, 'guard_breached')
    assert.match(moveOf(tried, 0.2)?.detail ?? '', /^unsubscribes 0\.0/)
    const quiet = judged(gather({ challenger, world: GOOD_OFFER, n: 4_000 }), challenger)
    assert.equal(checkOf(quiet, 'unsubscribes').state, 'passes')
    assert.equal(checkOf(quiet, 'complaints').state, 'passes')
  })
})

describe('on its way', () => {
  it('G20 grows by 5, 20 and 50 % to all, each for a day and the goal window at least and a hundred decisions of its own', () => {
    const challenger = always('offer')
    const good = judged(gather({ challenger, world: GOOD_OFFER, n: 6_000, share: 0.2 }), challenger, {
      share: 0.2,
    })
    assert.equal(good.verdict, 'passes', JSON.stringify(good.checks))
    assert.equal(checkOf(good, 'margin').state, 'passes')
    assert.ok(good.own > 500)
    assert.equal(moveOf(good, 0.05)?.to, 0.2)
    assert.equal(moveOf(good, 0.2)?.to, 0.5)
    assert.deepEqual(moveOf(good, 0.5), { to: 1, cause: 'step_passed', detail: '' })
    assert.equal(moveOf(good, 0.2, 1.9), null)
    assert.equal(moveOf({ ...good, own: 99 }, 0.2), null)
  })

  it('G21 is rolled back when people with it bring less, whatever the estimate had said; equal arms are left alone', () => {
    const challenger = always('offer')
    const share = 0.2
    // The log said the offer is good; since the rollout began it sells nothing.
    const evidence = gather({ challenger, world: GOOD_OFFER, n: 4_000 })
    const bad = gather({ challenger, world: { chances: [0.3, 0.3, 0.0] }, n: 4_000, share })
    evidence.arms.strata.push(...bad.arms.strata)
    const judgement = judged(evidence, challenger, { share })
    assert.equal(checkOf(judgement, 'gain').state, 'passes')
    assert.equal(checkOf(judgement, 'margin').state, 'fails')
    assert.equal(moveOf(judgement, share)?.cause, 'harm')
    let rolled = 0
    for (let run = 0; run < 12; run++) {
      const same = gather({
        challenger,
        world: { chances: [0.1, 0.1, 0.1] },
        n: 2_000,
        share,
        seed: `a/a ${run}`,
      })
      if (checkOf(judged(same, challenger, { share }), 'margin').state === 'fails') rolled++
    }
    assert.ok(rolled <= 1, `${rolled} of 12`)
  })
})
