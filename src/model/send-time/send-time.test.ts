// Rules ST1 to ST14: hours are learnt from chance alone, pooled, drawn with known propensities, and compared.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { confidenceSequence, smallestDetectableEffect } from '../../feedback/index.ts'
import { assessSendTime, bestHourOf, heatmapOf, type PastSend } from './assess.ts'
import { createArms, judgeArms, noteArm, sharesFor, stageOf } from './arms.ts'
import { around, COUNTS_WIDTH, countSend } from './counts.ts'
import { bestSlot, drawSlot, slotDistribution, slotsWithin } from './draw.ts'
import {
  affinityOf,
  createSendTime,
  learnSend,
  mergeSenders,
  type SendExample,
  type SendTime,
} from './send-time.ts'

const HOURS = Array.from({ length: 14 }, (_, i) => 8 + i)
const send = (changes: Partial<SendExample> = {}): SendExample => ({
  person: 'p',
  segments: [],
  hour: 10,
  weekday: 2,
  answered: 0,
  random: true,
  ...changes,
})

type Habit = { readonly person: string; readonly segments: readonly string[]; readonly peak: number | null }

/** Each of `people` is sent to `times` times at hours drawn evenly; answers are likelier around the peak. */
const taught = (people: readonly Habit[], times: number, random = true): SendTime => {
  const rng = createRng('taught')
  const model = createSendTime()
  for (let round = 0; round < times; round++)
    for (const { person, segments, peak } of people) {
      const hour = HOURS[rng.below(HOURS.length)] as number
      const near = peak !== null && Math.abs(hour - peak) <= 1
      const answered = rng.uniform() < (near ? 0.5 : 0.12) ? 1 : 0
      learnSend(model, { person, segments, hour, weekday: rng.below(7), answered, random })
    }
  return model
}
const people = (count: number, name: string, peak: number | null, segments: readonly string[] = []) =>
  Array.from({ length: count }, (_, i): Habit => ({ person: `${name}${i}`, segments, peak }))
const topOf = (model: SendTime, person: string, segments: readonly string[] = []): number => {
  const { hours } = affinityOf(model, { person, segments })
  return HOURS.reduce((best, hour) => ((hours[hour] ?? 0) > (hours[best] ?? 0) ? hour : best))
}

describe('learning when people answer', () => {
  it('ST1 pools learn from hours drawn by chance alone, a person from all of theirs', () => {
    const model = createSendTime()
    for (let i = 0; i < 50; i++) learnSend(model, send({ random: false, answered: 1, segments: ['s'] }))
    const { sends } = affinityOf(model, { person: 'p', segments: ['s'] })
    assert.deepEqual(sends, { person: 50, segment: 0, business: 0 })
    learnSend(model, send({ segments: ['s'] }))
    assert.equal(affinityOf(model, { person: 'q', segments: ['s'] }).sends.business, 1)
  })

  it('ST2 the last hour of a day is next to the first', () => {
    const counts = new Float64Array(COUNTS_WIDTH)
    countSend(counts, { hour: 23, weekday: 1, answered: 1 }, 1_000)
    assert.deepEqual(around(counts, 'hours', 1, 0), { sent: 0.5, answered: 0.5 })
    assert.deepEqual(around(counts, 'hours', 1, 23), { sent: 1, answered: 1 })
    assert.deepEqual(around(counts, 'hours', 1, 12), { sent: 0, answered: 0 })
  })

  it('ST3 a person with a habit of their own outvotes the rest; one with few sends leans on them', () => {
    const model = taught([...people(60, 'evening', 20), ...people(60, 'morning', 9)], 60)
    const right = people(60, 'morning', 9).filter(({ person }) => Math.abs(topOf(model, person) - 9) <= 1)
    assert.ok(right.length >= 54, `${right.length} of 60 are known for mornings`)
    assert.equal(affinityOf(model, { person: 'morning1', segments: [] }).sourceAt(9), 'person')
    learnSend(model, send({ person: 'new', hour: 14, answered: 1 }))
    assert.notEqual(topOf(model, 'new'), 14, 'one answer is no habit')
  })

  it('ST3 where nobody has a habit nobody outvotes the rest', () => {
    const model = taught(people(120, 'plain', null), 60)
    assert.ok(model.pooling.hours.person >= 128, `strength ${model.pooling.hours.person}`)
    const { hours } = affinityOf(model, { person: 'plain1', segments: [] })
    const rates = HOURS.map((hour) => hours[hour] ?? 0)
    assert.ok(Math.max(...rates) / Math.min(...rates) < 1.5, rates.map((rate) => rate.toFixed(3)).join(' '))
  })

  it('ST4 of several segments the one that differs most from all is listened to', () => {
    const model = taught(
      [...people(60, 'early', 9, ['all', 'mothers']), ...people(60, 'late', 20, ['all'])],
      40,
    )
    const asked = affinityOf(model, { person: 'unseen', segments: ['all', 'mothers'] })
    assert.equal(asked.segment, 'mothers')
    assert.ok(Math.abs(topOf(model, 'unseen', ['all', 'mothers']) - 9) <= 1)
    assert.equal(affinityOf(model, { person: 'unseen', segments: ['gone'] }).segment, '')
  })

  it('ST5 weekdays are learnt beside hours', () => {
    const model = createSendTime()
    const rng = createRng('week')
    for (let i = 0; i < 8_000; i++) {
      const weekday = rng.below(7)
      const answered = rng.uniform() < (weekday === 2 ? 0.4 : 0.15) ? 1 : 0
      learnSend(
        model,
        send({ person: `p${i % 200}`, hour: HOURS[rng.below(14)] as number, weekday, answered }),
      )
    }
    const { weekdays } = affinityOf(model, { person: 'unseen', segments: [] })
    assert.ok((weekdays[2] ?? 0) > 1.6 && (weekdays[0] ?? 0) < 1, [...weekdays].join(' '))
  })

  it('ST6 merged people have one record', () => {
    const model = createSendTime()
    learnSend(model, send({ person: '1', answered: 1 }))
    learnSend(model, send({ person: '2' }))
    mergeSenders(model, '1', '2')
    assert.deepEqual([...model.persons.keys()], ['2'])
    assert.equal(affinityOf(model, { person: '2', segments: [] }).sends.person, 2)
  })

  it('ST7 what is no send is refused and changes nothing', () => {
    const model = createSendTime()
    const broken: readonly Partial<SendExample>[] = [
      { hour: 24 },
      { hour: 1.5 },
      { weekday: 7 },
      { weekday: Number.NaN },
      { answered: 2 as 1 },
      { person: 'x'.repeat(300) },
    ]
    for (const changes of broken)
      assert.throws(
        () => learnSend(model, send(changes)),
        (error) => isFailure(error) && error.code.startsWith('send_time.'),
      )
    assert.equal(model.sends + model.persons.size, 0)
  })
})

describe('hours to choose from', () => {
  const always = () => true

  it('ST8 the first is now, the others begin with the hours of the clock', () => {
    const now = Date.parse('2026-06-01T12:20:00Z')
    const slots = slotsWithin(now, 3 * HOUR_MS, 'Asia/Kolkata', always)
    assert.deepEqual(
      slots.map(({ at, until, hour }) => [new Date(at).toISOString().slice(11, 16), until > at, hour]),
      [
        ['12:20', true, 17],
        ['12:30', true, 18],
        ['13:30', true, 19],
        ['14:30', true, 20],
      ],
    )
  })

  it('ST8 an hour that clocks jump over is not there, one that comes twice is there twice', () => {
    const hoursOf = (from: string) =>
      slotsWithin(Date.parse(from), 5 * HOUR_MS, 'Europe/Berlin', always).map(({ hour }) => hour)
    assert.deepEqual(hoursOf('2026-03-28T23:00:00Z'), [0, 1, 3, 4, 5, 6])
    assert.deepEqual(hoursOf('2026-10-24T22:00:00Z'), [0, 1, 2, 2, 3, 4])
    for (const zone of ['Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns'])
      for (const from of ['2026-04-04T12:00:00Z', '2026-10-03T12:00:00Z', '2026-03-08T03:00:00Z']) {
        const slots = slotsWithin(Date.parse(from), 2 * DAY_MS, zone, always)
        slots.forEach(({ until }, i) => assert.ok(i + 1 === slots.length || until === slots[i + 1]?.at))
      }
  })

  it('ST8 what is not allowed is not there', () => {
    const slots = slotsWithin(0, DAY_MS, 'UTC', (at) => Math.floor(at / HOUR_MS) % 24 >= 20)
    assert.deepEqual(
      slots.map(({ hour }) => hour),
      [20, 21, 22, 23],
    )
    assert.deepEqual(
      slotsWithin(0, DAY_MS, 'UTC', () => false),
      [],
    )
  })

  it('ST9 each hour is drawn as often as its recorded propensity says', () => {
    const shares = { explore: 0.3, atOnce: 0.1 }
    const probabilities = slotDistribution(6, 4, shares)
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-12)
    const counts = Array.from({ length: 6 }, () => 0)
    const draws = 20_000
    for (let i = 0; i < draws; i++) {
      const { slot, propensity, mode } = drawSlot(6, 4, shares, `draw ${i}`)
      counts[slot] = (counts[slot] ?? 0) + 1
      assert.equal(propensity, probabilities[slot])
      if (mode === 'best') assert.equal(slot, 4)
      if (mode === 'at_once') assert.equal(slot, 0)
    }
    counts.forEach((count, i) => {
      const expected = probabilities[i] ?? 0
      assert.ok(
        Math.abs(count / draws - expected) < 4 * Math.sqrt((expected * (1 - expected)) / draws),
        `${i}`,
      )
    })
    assert.deepEqual(drawSlot(6, 4, shares, 'same'), drawSlot(6, 4, shares, 'same'))
  })

  it('ST9 one hour is no choice, and shares that leave none are refused', () => {
    assert.deepEqual(drawSlot(1, 0, { explore: 0.2, atOnce: 0.1 }, 'x'), {
      slot: 0,
      best: 0,
      mode: 'only',
      propensity: 1,
    })
    for (const [count, best, explore] of [
      [0, 0, 0.2],
      [3, 3, 0.2],
      [3, 0, 1.2],
      [3, 0, Number.NaN],
    ] as const)
      assert.throws(() => slotDistribution(count, best, { explore, atOnce: 0.1 }), isFailure)
  })

  it('ST10 of equal hours the first is the best: nothing waits for nothing', () => {
    const affinity = affinityOf(createSendTime(), { person: 'p', segments: [] })
    const slots = slotsWithin(Date.parse('2026-06-01T10:00:00Z'), 6 * HOUR_MS, 'UTC', always)
    assert.equal(bestSlot(affinity, slots), 0)
  })
})

describe('whether waiting pays', () => {
  const comparing = { confidenceSequence, smallestDetectableEffect }
  const armsWith = (best: readonly [number, number], once: readonly [number, number]) => {
    const arms = createArms()
    for (const [mode, [sent, answered]] of [
      ['best', best],
      ['at_once', once],
    ] as const)
      for (let i = 0; i < sent; i++) noteArm(arms, mode, i < answered ? 1 : 0)
    return arms
  }

  it('ST11 nothing is claimed below the smallest detectable effect, nor of few sends', () => {
    assert.equal(judgeArms(armsWith([90, 80], [90, 5]), comparing).difference, null)
    const close = judgeArms(armsWith([3_000, 330], [500, 50]), comparing)
    assert.equal(close.claim, 0)
    assert.ok((close.detectable ?? 0) > (close.difference ?? 1))
    assert.equal(judgeArms(armsWith([9_000, 1_800], [2_000, 200]), comparing).claim, 1)
    assert.equal(judgeArms(armsWith([9_000, 900], [2_000, 400]), comparing).claim, -1)
  })

  it('ST12 hours are drawn by chance until enough answers are in, and not waited for where waiting loses', () => {
    assert.equal(stageOf(49, false), 'learning')
    assert.equal(stageOf(50, false), 'choosing')
    assert.equal(stageOf(50, true), 'no_better')
    assert.deepEqual(sharesFor('learning', { explore: 0.2, atOnce: 0.1 }), { explore: 0.9, atOnce: 0.1 })
    assert.deepEqual(sharesFor('choosing', { explore: 0.2, atOnce: 0.1 }), { explore: 0.2, atOnce: 0.1 })
  })
})

describe('a file of sends', () => {
  const sendsOf = (seed: string, habit: boolean, count = 6_000): readonly PastSend[] => {
    const rng = createRng(seed)
    return Array.from({ length: count }, (_, i): PastSend => {
      const hour = HOURS[rng.below(HOURS.length)] as number
      const peak = i % 2 === 0 ? 9 : 20
      const answered = rng.uniform() < (habit && Math.abs(hour - peak) <= 1 ? 0.5 : 0.15) ? 1 : 0
      return {
        person: `p${i % 100}`,
        segments: [],
        at: i * HOUR_MS,
        hour,
        weekday: rng.below(7),
        answered,
        random: true,
      }
    })
  }

  it('ST19 is judged on its latest quarter, and nothing is claimed where no hour is better', () => {
    const { assessment, model } = assessSendTime(sendsOf('habits', true))
    assert.equal(assessment.heldOut.all.sends, 1_500)
    assert.equal(assessment.heldOut.verdict, 'better')
    const { gain } = assessment.heldOut
    // A person's best hour brings .5, any hour .15 + .35 · 3 / 14 or so.
    assert.ok(gain !== null && gain.low < 0.275 && gain.high > 0.275, JSON.stringify(gain))
    assert.ok(assessment.ownHabits >= 40, `${assessment.ownHabits} of 100`)
    assert.ok(Math.abs(bestHourOf(model, { person: 'p1', segments: [] }) - 20) <= 1)
    let claims = 0
    for (let i = 0; i < 8; i++)
      if (assessSendTime(sendsOf(`flat ${i}`, false, 2_000)).assessment.heldOut.verdict !== 'not_known_yet')
        claims++
    assert.ok(claims <= 2, `${claims} claims of 8 at 5 %`)
  })

  it('ST19 hours with hardly a send are not told, and too few sends are refused', () => {
    const { assessment } = assessSendTime(sendsOf('few', true))
    const rows = heatmapOf(assessment.hours, assessment.weekdays)
    assert.equal(rows.length, 7)
    assert.ok(rows.every((row) => row.length === 24 && row[3] === null && row[10] !== null))
    assert.throws(() => assessSendTime(sendsOf('few', true).slice(0, 49)), isFailure)
  })
})
