// Rules in CEL: what compiles, what is refused and how, and what is never thrown at decision time.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { isFailure } from '../kernel/failure.ts'
import { SEGMENTS_APPLIED } from './events.ts'
import {
  compileExpression,
  dumpProfiles,
  matches,
  matchesFor,
  refreshSegments,
  restoreProfiles,
  segmentSizes,
  viewProfile,
} from './index.ts'
import { createStory, DAY, START } from './testing/story.ts'

const ann = () => {
  const story = createStory()
  story.tell({
    kind: 'identify',
    userId: 'u1',
    traits: { city: 'Riga', age: 33, tags: ['a', 'b'], gone: null },
  })
  story.tell({ userId: 'u1', name: 'Order Completed', properties: { revenue: 40 } })
  return viewProfile(story.state, 0, START + 2 * DAY, DEFAULT_BUSINESS)
}
const holds = (source: string): boolean =>
  matches(compileExpression(source), {
    profile: ann(),
    event: { name: 'Product Added', properties: { value: 12 } },
    context: { weather: 'rain' },
  })

describe('expressions', () => {
  it('P22 reads profile, event and context', () => {
    for (const source of [
      '',
      'profile.features.orders == 1',
      'profile.features.orders + 1 >= 2 && profile.features.revenue / 2 == 20.0',
      'profile.features.daysSinceLastOrder > 1',
      'profile.traits.city in ["Riga", "Oslo"] && profile.traits.age in [33, 34]',
      'profile.traits["city"].startsWith("Ri")',
      'profile.traits.tags.exists(t, t == "b")',
      'has(profile.traits.city) && !has(profile.traits.gone) && !has(profile.features.daysSinceLastSend)',
      'event.name == "Product Added" && event.properties.value > 10',
      'context.weather == "rain"',
      'profile.id == "p1" && profile.locale == "en" && !profile.unsettled',
    ])
      assert.equal(holds(source), true, source)
    assert.equal(holds('profile.features.orders > 1'), false)
  })

  it('P22 gives the same answer over a view and straight from the columns', () => {
    const story = createStory()
    story.tell({
      kind: 'identify',
      userId: 'u1',
      traits: { city: 'Riga', email: 'a@x.eu' },
      context: { locale: 'lv' },
    })
    story.tell({
      userId: 'u1',
      name: 'Order Completed',
      properties: { revenue: 40, products: [{ category: 'Hats' }] },
    })
    story.record(SEGMENTS_APPLIED, {
      segments: [{ id: 's', name: 'S', when: 'profile.features.orders == 1' }],
    })
    const question = {
      ref: 0,
      now: START + DAY,
      business: DEFAULT_BUSINESS,
      event: { name: 'x' },
      context: { a: 1 },
    }
    const profile = viewProfile(story.state, 0, START + DAY, DEFAULT_BUSINESS)
    for (const source of [
      'profile.id == "p1" && profile.timeZone == "UTC" && profile.locale == "lv" && !profile.unsettled',
      'profile.identifiers.exists(i, i.kind == "email") && profile.consents == []',
      'profile.features.daysSinceLastOrder == 1 && profile.features.averageOrder == 40',
      'profile.features.topCategory == "Hats" && profile.features.categories.Hats == 1.0',
      '"s" in profile.segments && profile.traits.city == "Riga" && event.name == "x" && context.a == 1',
      'has(profile.features.usualHour) && !has(profile.features.daysSinceLastCart)',
    ]) {
      const expression = compileExpression(source)
      assert.equal(matchesFor(story.state, expression, question), true, source)
      assert.equal(
        matches(expression, { profile, event: question.event, context: question.context }),
        true,
        source,
      )
    }
  })

  it('P22 says what is wrong and what was meant', () => {
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['profile.features.orders >', 'cel.syntax', /column 26/],
      ['profile.features.ordrs > 1', 'cel.unknown_field', /Did you mean profile\.features\.orders\?/],
      ['has(profile.features.ordrs)', 'cel.unknown_field', /Did you mean profile\.features\.orders\?/],
      ['profile.orders > 1', 'cel.unknown_field', /Did you mean profile\.features\.orders\?/],
      ['profil.traits.city == "x"', 'cel.unknown_field', /Did you mean profile\?/],
      ['profile.features.topCategory > 3', 'cel.type', /overload/],
      ['profile.features.orders', 'cel.type', /not true or false/],
      ['profile.features.orders in [1, 2]', 'cel.type', /\[1\.0, 2\.0\]/],
      ['profile.traits.city.startWith("R")', 'cel.unknown_function', /Did you mean startsWith\?/],
    ]
    for (const [source, code, told] of wrong)
      assert.throws(
        () => compileExpression(source),
        (error) => isFailure(error, code) && told.test(`${error.message} ${error.hint}`),
        source,
      )
  })

  it('P23 does not match what it cannot decide, and counts it', () => {
    const absent = compileExpression('profile.traits.plan == "pro"')
    const mistyped = compileExpression('profile.traits.city > 3')
    const before = { ...absent.undecided }
    assert.equal(matches(absent, { profile: ann() }), false)
    assert.equal(matches(mistyped, { profile: ann() }), false)
    assert.equal(matches(compileExpression('event.name == "x"'), { profile: ann() }), false)
    assert.equal(absent.undecided.absent, before.absent + 1)
    assert.equal(mistyped.undecided.mistyped, 1)
    assert.equal(holds('profile.traits.plan == "pro" || profile.features.orders == 1'), true)
    for (const source of [
      'profile.traits.constructor == 1',
      'profile.traits.__proto__ == null',
      'context.toString == 1',
    ])
      assert.equal(holds(source), false, source)
  })

  it('P23 refuses what could take long', () => {
    for (const source of [
      'profile.traits.tags.all(a, profile.traits.tags.all(b, a == b))',
      `profile.features.orders > ${'('.repeat(100)}1${')'.repeat(100)}`,
      `"${'x'.repeat(2_000)}" == "y"`,
      Array(200).fill('profile.features.orders > 1').join(' && '),
    ])
      assert.throws(
        () => compileExpression(source),
        (error) => isFailure(error, 'cel.too_complex'),
        source.slice(0, 40),
      )
    for (const source of ['profile.traits.city.matches("(a+)+$")', 'cel.bind(a, "x", a == a)'])
      assert.throws(
        () => compileExpression(source),
        (error) => isFailure(error),
        source,
      )
  })
})

describe('segments', () => {
  const SEGMENTS = {
    segments: [
      { id: 'buyers', name: 'Buyers', when: 'profile.features.orders >= 1' },
      { id: 'fresh', name: 'Seen this week', when: 'profile.features.daysSinceLastSeen < 7' },
      { id: 'broken', name: 'Broken', when: 'profile.nonsense == 1' },
    ],
  }
  const sizesOf = (story: ReturnType<typeof createStory>) => segmentSizes(story.state).map(({ size }) => size)

  it('P24 keeps sizes up with events, time and merges, within a budget', () => {
    const story = createStory()
    for (let i = 0; i < 10; i++) story.tell({ anonymousId: `a${i}` })
    story.record(SEGMENTS_APPLIED, SEGMENTS)
    assert.equal(refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS, budget: 4 }), 4)
    assert.deepEqual(sizesOf(story), [0, 4, 0])
    assert.equal(segmentSizes(story.state)[0]?.whole, false)
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS, budget: 6 })
    assert.deepEqual(sizesOf(story), [0, 10, 0])
    assert.equal(segmentSizes(story.state)[0]?.whole, true)
    story.tell({ anonymousId: 'a7', name: 'Order Completed', properties: { revenue: 1 } })
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS, budget: 1 })
    assert.deepEqual(sizesOf(story), [1, 10, 0])
    story.tell({ userId: 'u1', anonymousId: 'a7' }, { userId: 'u1', anonymousId: 'a8' })
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS })
    assert.deepEqual(sizesOf(story), [1, 9, 0])
    refreshSegments(story.state, { now: START + 8 * DAY, business: DEFAULT_BUSINESS })
    assert.deepEqual(sizesOf(story), [1, 0, 0])
    const later = viewProfile(story.state, 7, START + 8 * DAY, DEFAULT_BUSINESS)
    assert.deepEqual(later.segments, ['buyers'], 'a decision asks afresh')
  })

  it('P24 reckons sizes anew after a restore, and leaves them out of the dump', () => {
    const story = createStory()
    story.tell({ userId: 'u1', name: 'Order Completed', properties: { revenue: 1 } })
    story.record(SEGMENTS_APPLIED, SEGMENTS)
    const before = dumpProfiles(story.state)
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS })
    assert.deepEqual(dumpProfiles(story.state), before)
    story.state = restoreProfiles(before)
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS })
    assert.deepEqual(sizesOf(story), [1, 1, 0])
  })

  it('P25 keeps a segment that does not compile, with nobody in it', () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    story.record(SEGMENTS_APPLIED, {
      segments: [
        { id: 'a', name: 'A', when: '"b" in profile.segments' },
        { id: 'b', name: 'B', when: '1 +' },
      ],
    })
    refreshSegments(story.state, { now: START, business: DEFAULT_BUSINESS })
    assert.deepEqual(
      segmentSizes(story.state).map(({ valid, size }) => [valid, size]),
      [
        [false, 0],
        [false, 0],
      ],
    )
    assert.deepEqual(viewProfile(story.state, 0, START, DEFAULT_BUSINESS).segments, [])
  })
})
