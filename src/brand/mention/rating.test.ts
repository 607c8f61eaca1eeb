// Rules BM6 and BM7: what a number says, and the figure that answers add up to.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { createBrand, foldBrand } from '../state.ts'
import { dumpBrand, restoreBrand } from '../dump.ts'
import type { Mention } from '../events.ts'
import { npsBetween } from '../nps-days.ts'
import { npsOf, refuseRating, toneOfRating } from './rating.ts'

describe('ratings', () => {
  it('BM6 a number is an opinion by its scale, surest at the ends', () => {
    const tones = (scale: 'stars' | 'nps' | 'ten', values: readonly number[]) =>
      values.map((value) => toneOfRating({ value, scale }).score)
    assert.deepEqual(tones('stars', [1, 2, 3, 4, 5]), [-1, -0.5, 0, 0.5, 1])
    assert.deepEqual(tones('nps', [0, 6, 7, 8, 9, 10]), [-1, -0.4, 0, 0, 0.7, 1])
    assert.deepEqual(tones('ten', [1, 10]), [-1, 1])
    assert.equal(toneOfRating({ value: 1, scale: 'stars' }).confidence, 0.95)
    assert.equal(toneOfRating({ value: 8, scale: 'nps' }).confidence, 0.6)
  })

  it('BM6 what is not on the scale is refused in words', () => {
    assert.equal(refuseRating({ value: 4.5, scale: 'stars' }), '')
    for (const [value, scale, why] of [
      [0, 'stars', '0 is not from 1 to 5 (stars)'],
      [11, 'nps', '11 is not a whole number from 0 to 10 (nps)'],
      [8.5, 'nps', '8.5 is not a whole number from 0 to 10 (nps)'],
      [Number.NaN, 'ten', 'NaN is not from 1 to 10 (ten)'],
    ] as const)
      assert.equal(refuseRating({ value, scale }), why)
  })

  it('BM7 NPS is promoters less detractors, and its interval covers the truth as often as it says', () => {
    const counts = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2]
    const { answers, promoters, passives, detractors, score } = npsOf(counts)
    assert.deepEqual([answers, promoters, passives, detractors, score], [4, 2, 1, 1, 25])
    assert.equal(npsOf([]).score, null)
    const rng = createRng('nps')
    for (const [up, down] of [
      [0.4, 0.3],
      [0.7, 0.1],
      [0.1, 0.1],
      [0.3, 0.6],
    ] as const)
      for (const n of [20, 100, 400]) {
        let covered = 0
        const runs = 2_000
        for (let run = 0; run < runs; run++) {
          const given = Array.from({ length: 11 }, () => 0)
          for (let i = 0; i < n; i++) {
            const draw = rng.uniform()
            const answer = draw < up ? 10 : draw < up + down ? 3 : 7
            given[answer] = (given[answer] as number) + 1
          }
          const { low, high } = npsOf(given)
          if (low <= 100 * (up - down) && 100 * (up - down) <= high) covered++
        }
        // 95 %, and three standard errors of 2,000 runs.
        assert.ok(covered / runs > 0.935, `${up} ${down} ${n}: ${covered / runs}`)
        assert.ok(covered / runs < 0.985, `${up} ${down} ${n}: ${covered / runs}`)
      }
  })

  it('BM7 answers are counted once by source and day, and kept over a snapshot', () => {
    const state = createBrand()
    const answer = (id: string, value: number, day: number): Mention => ({
      id,
      source: 'survey',
      at: day * DAY_MS,
      author: '',
      url: '',
      text: '',
      language: 'other',
      entities: [],
      emotion: '',
      risks: [],
      isRepost: false,
      isTicket: false,
      rating: { value, scale: 'nps' },
    })
    const hear = (...mentions: Mention[]) => {
      const data = { source: 'survey', mentions, toneVersion: 'lexicon' }
      foldBrand(state, {
        id: 'e',
        offset: 1,
        key: '',
        type: 'brand.mentions_heard.v1',
        at: 20_000 * DAY_MS,
        data,
      })
    }
    hear(answer('a', 10, 20_000), answer('b', 3, 19_990), answer('c', 9, 19_000))
    hear(answer('a', 10, 20_000))
    const now = 20_000 * DAY_MS + 1
    assert.equal(npsBetween(state.nps, { now, days: 90 }).score, 0)
    assert.equal(npsBetween(state.nps, { now, days: 5 }).score, 100)
    assert.equal(npsBetween(state.nps, { now, days: 2_000 }).answers, 3)
    assert.equal(npsBetween(state.nps, { now, days: 90, source: 'other' }).score, null)
    assert.deepEqual([...restoreBrand(dumpBrand(state)).nps], [...state.nps])
  })
})
