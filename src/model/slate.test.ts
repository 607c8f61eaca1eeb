// Rules M80 to M85: slates and their propensities, beside the sum over all permutations.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createRng } from '../kernel/rng.ts'
import type { Slate, SlateInput, SlatePolicy } from './slate.ts'
import { chooseSlate } from './slate.ts'

const POLICIES: readonly SlatePolicy[] = [
  { kind: 'epsilon_greedy', epsilon: 0.3 },
  { kind: 'softmax', temperature: 0.7, explorationFloor: 0.1 },
  { kind: 'weighted' },
]
const near = (left: number, right: number, by: number, what: string): void =>
  assert.ok(Math.abs(left - right) <= by, `${what}: ${left} and ${right} differ by more than ${by}`)

/** What the policy takes next, worked out anew for every history. */
const nextChances = ({ policy, scores }: SlateInput, left: readonly number[]): readonly number[] => {
  const all = Array.from(scores)
  if (policy.kind === 'epsilon_greedy') {
    const best = Math.max(...left.map((i) => all[i] as number))
    const tied = left.filter((i) => all[i] === best).length
    return left.map((i) => policy.epsilon / left.length + (all[i] === best ? (1 - policy.epsilon) / tied : 0))
  }
  const weightOf = (i: number): number => {
    if (policy.kind === 'weighted') return all[i] as number
    const floor = policy.explorationFloor ?? 0
    const raw = all.map((x) => Math.exp((x - Math.max(...all)) / policy.temperature))
    return ((1 - floor) * (raw[i] as number)) / raw.reduce((sum, x) => sum + x, 0) + floor / all.length
  }
  const total = left.reduce((sum, i) => sum + weightOf(i), 0)
  return left.map((i) => weightOf(i) / total)
}

/** Chance of each ordered list, by going through all of them. */
const permutations = (input: SlateInput): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  const walk = (shown: readonly number[], left: readonly number[], chance: number): void => {
    if (shown.length === input.length || left.length === 0) {
      found.set(shown.join(), chance)
      return
    }
    for (const [at, p] of nextChances(input, left).entries()) {
      if (p > 0) walk([...shown, left[at] as number], left.toSpliced(at, 1), chance * p)
    }
  }
  walk([], [...Array.from(input.scores).keys()], 1)
  return found
}

const chanceOf = (input: SlateInput, matches: (list: readonly number[]) => boolean): number =>
  [...permutations(input)].reduce((sum, [key, p]) => sum + (matches(key.split(',').map(Number)) ? p : 0), 0)

const indexesOf = (slate: Slate): readonly number[] => slate.places.map(({ index }) => index)

const anyInput = fc
  .record({
    policy: fc.constantFrom(...POLICIES),
    // A few levels, so that ties come up, over many magnitudes.
    scores: fc.array(fc.constantFrom(0.001, 0.2, 1, 1.5, 3), { minLength: 1, maxLength: 6 }),
    length: fc.integer({ min: 1, max: 4 }),
  })
  .map((input): SlateInput => input)

describe('slates', () => {
  it('M80 shows no item twice, with one uniform number a place, the same for the same seed', () => {
    fc.assert(
      fc.property(anyInput, fc.string(), (input, seed) => {
        const rng = createRng(seed)
        const slate = chooseSlate(input, rng)
        const shown = indexesOf(slate)
        assert.equal(new Set(shown).size, shown.length)
        assert.equal(shown.length, Math.min(input.length, input.scores.length))
        assert.deepEqual(chooseSlate(input, createRng(seed)), slate)
        const counted = createRng(seed)
        for (const _ of shown) counted.uniform()
        assert.equal(rng.uniform(), counted.uniform())
      }),
    )
  })

  it('M81 propensities equal the sum over all permutations', () => {
    fc.assert(
      fc.property(anyInput, fc.string(), (input, seed) => {
        const slate = chooseSlate(input, createRng(seed))
        const shown = indexesOf(slate)
        near(
          slate.joint,
          chanceOf(input, (list) => list.join() === shown.join()),
          1e-12,
          'joint',
        )
        for (const [place, one] of slate.places.entries()) {
          near(
            one.propensity,
            chanceOf(input, (list) => list[place] === one.index),
            1e-9,
            'propensity',
          )
          near(
            one.inclusion,
            chanceOf(input, (list) => list.includes(one.index)),
            1e-9,
            'inclusion',
          )
        }
      }),
      { numRuns: 150 },
    )
  })

  it('M81 propensities are the shares of many draws, also where weights differ a millionfold', () => {
    for (const policy of POLICIES) {
      const scores = Float64Array.from(
        { length: 12 },
        (_, i) => 4 ** -i * (policy.kind === 'weighted' ? 1 : 5),
      )
      const rng = createRng(`many:${policy.kind}`)
      const draws = 5_000
      const seen = new Map<string, { count: number; propensity: number }>()
      for (let d = 0; d < draws; d++) {
        for (const [place, { index, propensity }] of chooseSlate(
          { policy, scores, length: 3 },
          rng,
        ).places.entries()) {
          const entry = seen.get(`${index}@${place}`) ?? { count: 0, propensity }
          seen.set(`${index}@${place}`, { count: entry.count + 1, propensity })
        }
      }
      for (const [what, { count, propensity }] of seen) {
        near(
          count / draws,
          propensity,
          5 * Math.sqrt((propensity * (1 - propensity)) / draws) + 1e-4,
          `${policy.kind} ${what}`,
        )
      }
    }
  })

  it('M82 the order of candidates does not matter, ties share, and input is left as it was', () => {
    const scores = Object.freeze([2, 1, 2, 0.5, 1])
    const turned = scores.toReversed()
    for (const policy of POLICIES) {
      for (const place of [0, 1, 2]) {
        const chances = (list: readonly number[]) =>
          list.map((_, i) => chanceOf({ policy, scores: list, length: 3 }, (shown) => shown[place] === i))
        const straight = chances(scores)
        for (const [i, p] of chances(turned).entries()) near(p, straight[4 - i] as number, 1e-12, policy.kind)
      }
      const propensities = new Map<number, number>()
      const rng = createRng('ties')
      for (let d = 0; d < 200; d++) {
        const [, second] = chooseSlate({ policy, scores, length: 2 }, rng).places
        if (second !== undefined) propensities.set(second.index, second.propensity)
      }
      near(propensities.get(0) as number, propensities.get(2) as number, 1e-12, 'tied at the top')
      near(propensities.get(1) as number, propensities.get(4) as number, 1e-12, 'tied below')
    }
  })

  it('M83 shows the best first but for ε, and never what has no weight', () => {
    const input = { scores: [1, 5, 3, 4], length: 3 }
    const greedy = chooseSlate({ ...input, policy: { kind: 'epsilon_greedy', epsilon: 0 } }, createRng('a'))
    assert.deepEqual(indexesOf(greedy), [1, 3, 2])
    assert.equal(greedy.joint, 1)
    const drawn = chooseSlate({ policy: { kind: 'weighted' }, scores: [0, 2, 0], length: 3 }, createRng('a'))
    assert.deepEqual(drawn, {
      places: [{ index: 1, propensity: 1, inclusion: 1, conditional: 1 }],
      joint: 1,
    })
    const soft = chooseSlate(
      { policy: { kind: 'softmax', temperature: 1e-3, explorationFloor: 0.2 }, scores: [0, 1], length: 1 },
      createRng('a'),
    )
    near(soft.places[0]?.propensity ?? 0, 0.9, 1e-6, 'softmax with a floor')
  })

  it('M84 weighting logged slates by propensity estimates another ranking without bias', () => {
    const worth = [0.3, 0.1, 0.5, 0.2, 0.05, 0.4]
    const seen = [1, 0.6, 0.3]
    const wanted = [2, 5, 0]
    const truth = wanted.reduce((sum, i, place) => sum + (worth[i] as number) * (seen[place] as number), 0)
    for (const policy of POLICIES) {
      const rng = createRng(`off-policy:${policy.kind}`)
      const rounds = 8_000
      const sums = { place: 0, placeSquares: 0, joint: 0, jointSquares: 0, plain: 0 }
      for (let round = 0; round < rounds; round++) {
        const { places, joint } = chooseSlate(
          { policy, scores: [0.9, 0.5, 1, 0.8, 0.7, 1.1], length: 3 },
          rng,
        )
        let earned = 0
        let byPlace = 0
        for (const [place, { index, propensity }] of places.entries()) {
          const reward = rng.uniform() < (worth[index] as number) * (seen[place] as number) ? 1 : 0
          earned += reward
          if (index === wanted[place]) byPlace += reward / propensity
        }
        const byJoint = places.every(({ index }, place) => index === wanted[place]) ? earned / joint : 0
        sums.place += byPlace
        sums.placeSquares += byPlace ** 2
        sums.joint += byJoint
        sums.jointSquares += byJoint ** 2
        sums.plain += earned
      }
      const errorOf = (sum: number, squares: number) =>
        Math.sqrt((squares / rounds - (sum / rounds) ** 2) / rounds)
      near(sums.place / rounds, truth, 4 * errorOf(sums.place, sums.placeSquares), `${policy.kind} by place`)
      near(sums.joint / rounds, truth, 4 * errorOf(sums.joint, sums.jointSquares), `${policy.kind} by list`)
      assert.ok(Math.abs(sums.plain / rounds - truth) > 0.05, 'the unweighted mean is another figure')
    }
  })

  it('M85 refuses what is not finite, negative or over a limit', () => {
    const weighted: SlatePolicy = { kind: 'weighted' }
    const bad: readonly SlateInput[] = [
      { policy: weighted, scores: [1, Number.NaN], length: 1 },
      { policy: weighted, scores: [1, Infinity], length: 1 },
      { policy: weighted, scores: [1, -1], length: 1 },
      { policy: weighted, scores: [0, 0], length: 1 },
      { policy: weighted, scores: [], length: 1 },
      { policy: weighted, scores: new Float64Array(1_001).fill(1), length: 1 },
      { policy: weighted, scores: [1], length: 0 },
      { policy: weighted, scores: [1], length: 51 },
      { policy: { kind: 'epsilon_greedy', epsilon: 1.1 }, scores: [1], length: 1 },
      { policy: { kind: 'softmax', temperature: 0 }, scores: [1], length: 1 },
      { policy: { kind: 'softmax', temperature: 1, explorationFloor: -1 }, scores: [1], length: 1 },
    ]
    for (const input of bad)
      assert.throws(() => chooseSlate(input, createRng('bad')), { code: 'model.slate_invalid' })
  })
})
