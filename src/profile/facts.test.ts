// What is kept of a person: consent, traits, place.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { CONSENT_CHANGED, CONSENTS_APPLIED, type ConsentText } from './events.ts'
import {
  consentOf,
  dumpProfiles,
  localeOf,
  refusalCounts,
  restoreProfiles,
  timeZoneOf,
  viewProfile,
  wordingsOf,
} from './index.ts'
import { createStory, DAY, START } from './testing/story.ts'
import type { Story } from './testing/story.ts'

const say = (story: Story, granted: boolean, at: number, more: object = {}) =>
  story.record(
    CONSENT_CHANGED,
    {
      profileId: 'p1',
      channel: 'email',
      purpose: 'marketing',
      granted,
      textVersion: 'v1',
      source: 'console',
      ...more,
    },
    at,
  )
const emailOf = (story: Story) => consentOf(story.state, 0, 'email', 'marketing')
const traitsOf = (story: Story) => viewProfile(story.state, 0, START, DEFAULT_BUSINESS).traits

describe('consent', () => {
  it('P11 takes the latest word by event time, and the withdrawal of two at once', () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    assert.equal(emailOf(story), 'unknown')
    say(story, true, START + 2)
    say(story, false, START + 1)
    assert.equal(emailOf(story), 'granted')
    say(story, false, START + 2)
    assert.equal(emailOf(story), 'withdrawn')
    say(story, true, START + 2)
    assert.equal(emailOf(story), 'withdrawn')
    const [record] = viewProfile(story.state, 0, START, DEFAULT_BUSINESS).consents
    assert.deepEqual(record, {
      channel: 'email',
      purpose: 'marketing',
      granted: false,
      textVersion: 'v1',
      at: START + 2,
      source: 'console',
    })
  })

  it('P11 reads consent from signals', () => {
    const story = createStory()
    const properties = { channel: 'email', purpose: 'marketing', granted: true, textVersion: 'v2' }
    story.tell({ userId: 'u1', name: 'Consent Changed', properties })
    assert.equal(emailOf(story), 'granted')
  })

  it('P38 a text that demands it makes consents to other versions outdated, and one for another purpose is another version', () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    const text = (more: object = {}): ConsentText => ({
      id: 'news',
      purpose: 'marketing',
      channels: ['email'],
      wording: { en: 'Write to me.', ru: 'Пишите мне.' },
      demand: true,
      accepts: [],
      ...more,
    })
    const apply = (...texts: readonly ConsentText[]) => story.record(CONSENTS_APPLIED, { texts }, START)
    const versions = wordingsOf(text()).map(({ version }) => version)
    assert.match(versions.join(' '), /^news\.en\.[0-9a-f]{8} news\.ru\.[0-9a-f]{8}$/)
    assert.equal(new Set([...versions, wordingsOf(text({ purpose: 'partners' }))[0]?.version]).size, 3)
    const agree = (textVersion: string, at: number, more: object = {}) =>
      say(story, true, at, { textVersion, ...more })
    agree('', START + 1)
    apply(text({ demand: false }))
    assert.equal(emailOf(story), 'granted')
    apply(text())
    assert.equal(emailOf(story), 'outdated')
    apply(text({ accepts: ['unknown'] }))
    assert.equal(emailOf(story), 'granted')
    apply(text())
    agree(versions[1] ?? '', START + 2)
    assert.equal(emailOf(story), 'granted')
    // Other words: asked anew, unless the old version is accepted.
    const later = text({ wording: { en: 'Write to me often.' } })
    apply(later)
    assert.equal(emailOf(story), 'outdated')
    apply({ ...later, accepts: [versions[1] ?? ''] })
    assert.equal(emailOf(story), 'granted')
    apply(later)
    say(story, false, START + 3, { textVersion: wordingsOf(later)[0]?.version })
    assert.equal(emailOf(story), 'withdrawn')
    // Other channels and purposes ask for nothing of the kind.
    agree('old', START + 4, { channel: 'sms' })
    assert.equal(consentOf(story.state, 0, 'sms', 'marketing'), 'granted')
    const back = restoreProfiles(dumpProfiles(story.state))
    assert.equal(consentOf(back, 0, 'email', 'marketing'), 'withdrawn')
    assert.deepEqual(back.wordings, story.state.wordings)
    assert.equal(back.wordings.length, 3)
  })

  it('P12 weighs a word on all channels by its time', () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    say(story, true, START)
    say(story, false, START + 1, { channel: 'all' })
    assert.equal(emailOf(story), 'withdrawn')
    say(story, true, START + 2)
    assert.equal(emailOf(story), 'granted')
    assert.equal(consentOf(story.state, 0, 'sms', 'marketing'), 'withdrawn')
    assert.equal(consentOf(story.state, 0, 'sms', 'analytics'), 'unknown')
  })

  it('P12 keeps a withdrawal through a merge unless a grant came later', () => {
    for (const [grantedAt, expected] of [
      [START + 1, 'withdrawn'],
      [START + 2, 'withdrawn'],
      [START + 3, 'granted'],
    ] as const) {
      const story = createStory()
      story.tell({ userId: 'u1' }, { anonymousId: 'a1' })
      say(story, true, grantedAt)
      say(story, false, START + 2, { profileId: 'p2' })
      story.tell({ userId: 'u1', anonymousId: 'a1' })
      assert.equal(emailOf(story), expected)
    }
  })

  it('P13 takes a withdrawal beyond the limit, not a grant', () => {
    const story = createStory({ consentsMax: 1 })
    story.tell({ userId: 'u1' })
    say(story, true, START)
    say(story, true, START + 1, { channel: 'sms' })
    assert.equal(consentOf(story.state, 0, 'sms', 'marketing'), 'unknown')
    say(story, false, START + 2, { channel: 'all' })
    assert.equal(emailOf(story), 'withdrawn')
    assert.equal(refusalCounts(story.state).consents_full, 1)
  })
})

describe('traits', () => {
  it('P14 keeps per key the last writer by event time, in any order', () => {
    const story = createStory()
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: 1, b: 1 }, at: START })
    story.tell({ kind: 'identify', userId: 'u1', traits: { b: 3 }, at: START + DAY })
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: 2, b: 2, c: 2 }, at: START + 1 })
    assert.deepEqual(traitsOf(story), { a: 2, b: 3, c: 2 })
  })

  it('P14 removes by null, also for older events', () => {
    const story = createStory()
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: 1 }, at: START })
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: null }, at: START + 2 })
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: 5 }, at: START + 1 })
    assert.deepEqual(traitsOf(story), {})
  })

  it('P14 leaves a group its traits, and merges those of two profiles', () => {
    const story = createStory()
    story.tell({ kind: 'group', userId: 'u1', groupId: 'g1', traits: { email: 'office@x.eu', size: 9 } })
    assert.deepEqual(traitsOf(story), {})
    story.tell({ kind: 'identify', userId: 'u1', traits: { a: 1, b: 1 }, at: START + 2 })
    story.tell({ kind: 'identify', anonymousId: 'a1', traits: { a: 2, c: 2 }, at: START + 1 })
    story.tell({ userId: 'u1', anonymousId: 'a1' })
    assert.deepEqual(traitsOf(story), { a: 1, b: 1, c: 2 })
  })

  it('P15 refuses hostile keys and what is too large, and takes the rest', () => {
    const story = createStory({ traitsMax: 3 })
    const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"ok":{"__proto__":{"x":1}}}')
    story.tell({ kind: 'identify', userId: 'u1', traits: { ...hostile, ['__proto__x']: 1 } })
    story.tell({ kind: 'identify', userId: 'u1', traits: hostile })
    story.tell({
      kind: 'identify',
      userId: 'u1',
      traits: { long: 'x'.repeat(2_000), list: Array(600).fill('ab') },
    })
    story.tell({ kind: 'identify', userId: 'u1', traits: { b: 1, c: 2, d: 3 } })
    const traits = traitsOf(story)
    assert.deepEqual(Object.keys(traits).toSorted(), ['__proto__x', 'b', 'ok'])
    assert.equal(({} as Record<string, unknown>)['admin'], undefined)
    assert.equal(Object.getPrototypeOf(traits), Object.prototype)
    const counts = refusalCounts(story.state)
    assert.deepEqual([counts.trait_key_refused, counts.trait_too_large, counts.traits_full], [4, 2, 2])
  })

  it('P16 takes zone and language from the device, and the business for the rest', () => {
    const story = createStory()
    story.tell({ userId: 'u1', context: { timezone: 'Mars/Olympus', locale: 'ru-RU' } })
    assert.equal(timeZoneOf(story.state, 0, DEFAULT_BUSINESS), 'UTC')
    assert.equal(localeOf(story.state, 0, DEFAULT_BUSINESS), 'ru-RU')
    story.tell({ userId: 'u1', context: { timezone: 'Asia/Yekaterinburg' } })
    assert.equal(timeZoneOf(story.state, 0, DEFAULT_BUSINESS), 'Asia/Yekaterinburg')
  })
})
