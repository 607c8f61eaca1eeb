// Who is who: refusals, spellings, and when two become one.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import {
  addressOf,
  countProfiles,
  findProfile,
  idsOf,
  mergesOf,
  normaliseIdentifier,
  profileIdOf,
  refOf,
  refusalCounts,
  searchProfiles,
} from './index.ts'
import { createStory, DAY, START } from './testing/story.ts'

describe('identity', () => {
  it('P1 refuses the leftovers of broken code as ids', () => {
    const zeros = '00000000-0000-0000-0000-000000000000'
    for (const id of [
      'undefined',
      'NULL',
      '0',
      'none',
      '[object Object]',
      'unknown',
      'NaN',
      'anonymous',
      zeros,
    ])
      assert.deepEqual(normaliseIdentifier('user', id), { ok: false, error: 'id_placeholder' }, id)
    assert.deepEqual(normaliseIdentifier('user', ' \t'), { ok: false, error: 'id_blank' })
    assert.deepEqual(normaliseIdentifier('user', 'x'.repeat(257)), { ok: false, error: 'id_too_long' })
    assert.deepEqual(normaliseIdentifier('user', {}), { ok: false, error: 'id_not_text' })
    assert.deepEqual(normaliseIdentifier('user', '\ud800'), { ok: false, error: 'id_not_text' })
  })

  it('P1 does not merge strangers over a broken user id', () => {
    const story = createStory()
    story.tell({ userId: 'undefined', anonymousId: 'a1' })
    story.tell({ userId: 'undefined', anonymousId: 'a2' })
    assert.equal(countProfiles(story.state), 2)
    assert.equal(refusalCounts(story.state).id_placeholder, 2)
  })

  it('P2 knows an e-mail and a phone in any spelling', () => {
    assert.deepEqual(normaliseIdentifier('email', ' Ann@Shop.EU '), { ok: true, value: 'ann@shop.eu' })
    assert.deepEqual(normaliseIdentifier('phone', '+371 (20) 000-000'), { ok: true, value: '+37120000000' })
    assert.deepEqual(normaliseIdentifier('phone', '0037120000000'), { ok: true, value: '+37120000000' })
    for (const bad of ['ann', 'ann@', '@x.eu', 'a b@x.eu', 'a@x', 'a@x..eu', '"a,b"@x.eu', 'a@b.eu,c@d.eu'])
      assert.equal(normaliseIdentifier('email', bad).ok, false, bad)
    for (const bad of ['12', '+0123456789', 'call me', '+1234567890123456'])
      assert.equal(normaliseIdentifier('phone', bad).ok, false, bad)
    const story = createStory()
    story.tell({ kind: 'identify', userId: 'u1', traits: { email: 'Ann@x.eu', phone: '371 20 000 000' } })
    assert.equal(findProfile(story.state, { kind: 'email', value: 'ANN@X.EU' }), 0)
    assert.deepEqual(searchProfiles(story.state, '+37120000000'), [0])
    assert.deepEqual(searchProfiles(story.state, 'p1'), [0])
    assert.deepEqual(searchProfiles(story.state, 'nobody'), [])
  })

  it('P3 counts a signal without a valid identifier for nobody', () => {
    const story = createStory()
    assert.deepEqual(story.tell({ userId: 'null' }), [])
    assert.equal(refusalCounts(story.state).no_identifier, 1)
    assert.equal(countProfiles(story.state), 0)
  })

  it('P4 joins an anonymous visitor to the user who logs in', () => {
    const story = createStory()
    story.tell({ anonymousId: 'a1' })
    const [touch] = story.tell({ kind: 'identify', userId: 'u1', anonymousId: 'a1' })
    assert.equal(touch?.ref, 0)
    assert.equal(countProfiles(story.state), 1)
  })

  it('P4 is one person on three devices', () => {
    const story = createStory()
    for (const device of ['a1', 'a2', 'a3']) story.tell({ anonymousId: device })
    for (const device of ['a3', 'a2', 'a1'])
      story.tell({ kind: 'identify', userId: 'u1', anonymousId: device })
    assert.equal(countProfiles(story.state), 1)
    assert.deepEqual(idsOf(story.state, 2), ['p1', 'p2', 'p3'])
    assert.deepEqual(mergesOf(story.state), [{ from: 1, into: 0 }])
  })

  it('P5 never joins two user ids over a shared device, browser or e-mail', () => {
    const story = createStory()
    const shared = { anonymousId: 'a1', context: { device: { id: 'd1' } }, traits: { email: 'us@x.eu' } }
    story.tell({ kind: 'identify', userId: 'u1', ...shared })
    const [touch] = story.tell({ kind: 'identify', userId: 'u2', ...shared })
    assert.equal(touch?.ref, 1)
    assert.equal(countProfiles(story.state), 2)
    assert.equal(refusalCounts(story.state).user_conflict, 6)
    assert.equal(addressOf(story.state, 0, 'email'), 'us@x.eu')
    assert.equal(addressOf(story.state, 1, 'email'), undefined, 'one address has one owner')
    assert.equal(story.tell({ anonymousId: 'a1' })[0]?.ref, 0, 'stays with its first holder')
  })

  it('P6 does not join two e-mails over a shared browser unless a user id does', () => {
    const story = createStory()
    story.tell({ kind: 'identify', anonymousId: 'a1', traits: { email: 'ann@x.eu' } })
    story.tell({ kind: 'identify', anonymousId: 'a1', traits: { email: 'bob@x.eu' } })
    assert.equal(countProfiles(story.state), 2)
    assert.equal(refusalCounts(story.state).email_conflict, 2)
    story.tell({ kind: 'identify', userId: 'u1', anonymousId: 'a1', traits: { email: 'bob@x.eu' } })
    assert.equal(countProfiles(story.state), 1)
  })

  it('P6 does not join two phones over a shared browser', () => {
    const story = createStory()
    story.tell({ kind: 'identify', anonymousId: 'a1', traits: { phone: '+37120000001' } })
    story.tell({ kind: 'identify', anonymousId: 'a1', traits: { phone: '+37120000002' } })
    assert.equal(countProfiles(story.state), 2)
    assert.equal(refusalCounts(story.state).phone_conflict, 2)
  })

  it('P7 stops at the caps and says so', () => {
    const story = createStory({ mergesMax: 2, identifiersMax: 6 })
    story.tell({ userId: 'u1' })
    for (let i = 0; i < 4; i++) {
      story.tell({ anonymousId: `a${i}` })
      story.tell({ userId: 'u1', anonymousId: `a${i}` })
    }
    assert.equal(refusalCounts(story.state).merge_cap, 2)
    assert.equal(countProfiles(story.state), 3)
    for (let i = 0; i < 6; i++) story.tell({ userId: 'u1', anonymousId: `b${i}` })
    assert.equal(refusalCounts(story.state).identifier_cap, 3)
  })

  it('P9 keeps the older slot and leads old ids to it', () => {
    const story = createStory()
    story.tell({ userId: 'u1', at: START })
    story.tell({ anonymousId: 'a1', at: START - DAY })
    const [first, second] = story.tell({ anonymousId: 'a1' }, { userId: 'u1', anonymousId: 'a1' })
    assert.deepEqual([first?.ref, second?.ref], [0, 0], 'touches name the person as merged')
    assert.equal(refOf(story.state, 'p2'), 0)
    assert.equal(profileIdOf(story.state, 1), 'p1')
    assert.equal(refOf(story.state, 'p3'), undefined)
    assert.equal(refOf(story.state, 'p0'), undefined)
  })

  it('P10 joins by alias, two user ids too', () => {
    const story = createStory()
    story.tell({ userId: 'old' }, { userId: 'new' }, { anonymousId: 'a1' })
    story.tell({ kind: 'alias', userId: 'new', previousId: 'old' })
    story.tell({ kind: 'alias', userId: 'new', previousId: 'a1' })
    story.tell({ kind: 'alias', userId: 'new', previousId: 'a2' })
    assert.equal(countProfiles(story.state), 1)
    assert.equal(story.tell({ anonymousId: 'a2' })[0]?.ref, 0)
  })

  it('P29 writes to the address the traits name, else to the newest', () => {
    const story = createStory()
    story.tell({ kind: 'identify', userId: 'u1', traits: { email: 'old@x.eu' } })
    story.tell({ kind: 'identify', userId: 'u1', traits: { email: 'new@x.eu' } })
    assert.equal(addressOf(story.state, 0, 'email'), 'new@x.eu')
    story.tell({ kind: 'identify', userId: 'u1', traits: { email: 'Old@x.eu' }, at: START + 1 })
    assert.equal(addressOf(story.state, 0, 'email'), 'old@x.eu')
    assert.equal(addressOf(story.state, 0, 'sms'), undefined)
    assert.equal(addressOf(story.state, 0, 'onsite'), 'p1')
  })
})
