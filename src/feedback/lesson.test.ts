// What an open decision will teach comes out as it went in, whatever it is made of.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { contextFeatures } from '../decision/features.ts'
import { localTime } from '../kernel/time.ts'
import { createLessonNames, LESSON_NAMES_MAX, packLesson, unpackLesson } from './lesson.ts'

const value = fc.oneof(
  fc.constant(1),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
)
const feature = fc.tuple(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), value)
const features = fc.array(feature, { maxLength: 12 })
const lesson = fc.record({ shared: features, action: features, propensity: value }, { noNullPrototype: true })

describe('a packed lesson', () => {
  it('F15 reads back as it was, also where the names have run out', () => {
    const full = createLessonNames(Array.from({ length: LESSON_NAMES_MAX }, (_, number) => `n${number}`))
    fc.assert(
      fc.property(fc.array(lesson, { maxLength: 4 }), (lessons) => {
        for (const names of [createLessonNames(), full]) {
          const kept = lessons.map((one) => Uint8Array.from(packLesson(names, one)))
          const read = createLessonNames(names.list)
          assert.deepEqual(
            kept.map((bytes) => unpackLesson(read, bytes)),
            lessons,
          )
          assert.ok(names.list.length <= LESSON_NAMES_MAX)
        }
      }),
    )
  })

  it('F15 takes a small part of its JSON, and the same names are kept once', () => {
    const names = createLessonNames()
    const made = (day: number) => ({
      shared: Array.from({ length: 24 }, (_, i) => [`feature_${i}=bucket`, i < 4 ? day / 7 : 1] as const),
      action: Array.from({ length: 7 }, (_, i) => [`action_${i}=of the campaign`, 1] as const),
      propensity: 0.1,
    })
    const kept = [1, 2, 3].map((day) => Uint8Array.from(packLesson(names, made(day))))
    assert.equal(names.list.length, 31)
    for (const bytes of kept) assert.ok(bytes.length < JSON.stringify(made(1)).length / 8)
  })

  it('F15 what people or pages said goes with the decision: no name is kept that holds it', () => {
    const names = createLessonNames()
    const local = localTime(0, 'UTC')
    const shared = [
      ...contextFeatures({ page: '/orders/of-anna', beta: true, depth: 3 }, local),
      ['trait:city=Riga', 1] as const,
      ['trait:age', 0.3] as const,
    ]
    const bytes = packLesson(names, { shared, action: [], propensity: 1 })
    assert.deepEqual(unpackLesson(names, bytes).shared, shared)
    assert.deepEqual(names.list, ['hour=0', 'weekday=4'])
  })
})
