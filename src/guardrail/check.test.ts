// Each limit by itself, and all of them at once.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asCampaignId, asProfileId } from '../kernel/ids.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { checkAction, checkAgain, checkDecision } from './check.ts'
import { createGuardrail, campaignSpend } from './state.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { action, attempted, check, event, fold, NOON, recipient } from './testing/examples.ts'

const codes = (reasons: readonly { readonly code: string }[]) => reasons.map(({ code }) => code)
const limits = (changes: object) =>
  event('limits.applied.v1', { version: 'v', limits: { ...DEFAULT_LIMITS, personCaps: [], ...changes } })

describe('what one action may', () => {
  it('G1 lets through what nothing speaks against', () => {
    assert.deepEqual(checkAction(createGuardrail(), check()), [])
  })

  it('G1 tells every reason, not the first', () => {
    const state = fold(
      createGuardrail(),
      attempted('d1'),
      attempted('d2'),
      attempted('d3', { discountShare: 0.1 }),
      attempted('d4', { discountShare: 0.1 }),
      event('suppression.added.v1', { channel: 'email', addressHash: 'aa', reason: 'hard_bounce' }),
      event('stop.raised.v1', { scope: { kind: 'all' }, reason: 'test', by: 'me' }),
    )
    const reasons = checkAction(
      state,
      check({
        sendAt: NOON + 11 * HOUR_MS,
        campaign: { id: asCampaignId('welcome'), status: 'paused', budget: 0.001 },
        action: action({ offer: { id: '10off', discountShare: 0.1 } }),
        recipient: recipient({ consentOf: () => 'withdrawn' }),
        creative: 'unapproved',
      }),
    )
    assert.deepEqual(
      new Set(codes(reasons)),
      new Set([
        'campaign_paused',
        'creative_unapproved',
        'stopped',
        'no_consent',
        'suppressed',
        'quiet_hours',
        'person_cap',
        'discount_cap',
        'campaign_budget',
      ]),
    )
  })

  it('S2 G2 takes silence for a no on channels that reach out, unless limits assume a yes; never a withdrawal', () => {
    const silent = recipient({ consentOf: () => 'unknown' })
    const state = createGuardrail()
    for (const channel of ['email', 'push', 'sms', 'messenger'] as const)
      assert.deepEqual(codes(checkAction(state, check({ action: action({ channel }), recipient: silent }))), [
        'no_consent',
      ])
    assert.deepEqual(
      checkAction(state, check({ action: action({ channel: 'onsite' }), recipient: silent })),
      [],
    )
    fold(state, limits({ assumedConsent: ['email'] }))
    assert.deepEqual(checkAction(state, check({ recipient: silent })), [])
    const no = recipient({ consentOf: () => 'withdrawn' })
    assert.deepEqual(codes(checkAction(state, check({ recipient: no }))), ['no_consent'])
    assert.deepEqual(
      codes(checkAction(state, check({ action: action({ channel: 'onsite' }), recipient: no }))),
      ['no_consent'],
    )
  })

  it('S2 G2 asks for the purpose that limits name for a channel', () => {
    const asked: string[] = []
    const curious = recipient({
      consentOf: (channel, purpose) => {
        asked.push(`${channel} ${purpose}`)
        return 'granted'
      },
    })
    const state = fold(createGuardrail(), limits({ purposes: { email: 'newsletter', sms: '' } }))
    for (const channel of ['email', 'push', 'sms'] as const)
      checkAction(state, check({ action: action({ channel }), recipient: curious }))
    assert.deepEqual(asked, ['email newsletter', 'push marketing'])
  })

  it('S2 G3 does not write to an address that bounced, nor to who unsubscribed, complained or was merged with them', () => {
    for (const kind of ['unsubscribed', 'complained', 'bounced'] as const) {
      const about = {
        decisionId: 'd',
        campaignId: 'c',
        profileId: 'p7',
        channel: 'email',
        kind,
        machine: true,
        url: '',
      }
      const state = fold(createGuardrail(), event('delivery.responded.v1', about))
      const merged = recipient({ ids: [asProfileId('p1'), asProfileId('p7')] })
      assert.deepEqual(codes(checkAction(state, check({ recipient: merged }))), ['suppressed'])
      assert.deepEqual(checkAction(state, check()), [], 'somebody else')
    }
    const state = fold(
      createGuardrail(),
      event('suppression.added.v1', { channel: 'email', addressHash: 'aa', reason: 'manual' }),
    )
    assert.deepEqual(codes(checkAction(state, check())), ['suppressed'])
  })

  it('S2 G3 lets a fresh yes end an unsubscribe, but not a complaint', () => {
    const about = {
      decisionId: 'd',
      campaignId: 'c',
      profileId: 'p1',
      channel: 'email',
      machine: false,
      url: '',
    }
    const yes = {
      profileId: 'p1',
      channel: 'all',
      purpose: 'marketing',
      granted: true,
      textVersion: '',
      source: 'console',
    }
    const state = fold(
      createGuardrail(),
      event('delivery.responded.v1', { ...about, kind: 'unsubscribed' }),
      event('profile.consent_changed.v1', yes),
    )
    assert.deepEqual(checkAction(state, check()), [])
    fold(
      state,
      event('delivery.responded.v1', { ...about, kind: 'complained' }),
      event('delivery.responded.v1', { ...about, kind: 'unsubscribed' }),
      event('profile.consent_changed.v1', yes),
    )
    assert.deepEqual(codes(checkAction(state, check())), ['suppressed'])
  })

  it('G21 a consent to a text that does not count any more is none, where silence is none', () => {
    const outdated = recipient({ consentOf: () => 'outdated' })
    const found = (channel: 'email' | 'sms' | 'onsite') =>
      checkAction(createGuardrail(), check({ action: action({ channel }), recipient: outdated }))
    assert.deepEqual(found('email'), [{ code: 'no_consent', detail: 'email marketing outdated' }])
    assert.deepEqual(codes(found('sms')), ['no_consent'])
    assert.deepEqual(found('onsite'), [])
  })

  it('G4 needs an address where there is one to need', () => {
    const nowhere = recipient({ addressHashOf: () => undefined })
    const found = (channel: 'email' | 'onsite' | 'webhook') =>
      codes(checkAction(createGuardrail(), check({ action: action({ channel }), recipient: nowhere })))
    assert.deepEqual([found('email'), found('onsite'), found('webhook')], [['unreachable'], [], []])
  })

  it('S3 G6 counts a person over campaigns, and over channels where the cap names none', () => {
    const caps = {
      personCaps: [
        { channel: '', max: 3, perMs: DAY_MS },
        { channel: 'sms', max: 1, perMs: 7 * DAY_MS },
      ],
    }
    const state = fold(
      createGuardrail(),
      limits(caps),
      attempted('d1', { campaignId: 'other' }),
      attempted('d2', { channel: 'sms' }),
    )
    assert.deepEqual(checkAction(state, check()), [])
    assert.deepEqual(codes(checkAction(state, check({ action: action({ channel: 'sms' }) }))), ['person_cap'])
    fold(state, attempted('d3', { channel: 'push' }))
    assert.deepEqual(codes(checkAction(state, check())), ['person_cap'])
    assert.deepEqual(checkAction(state, check({ action: action({ channel: 'onsite' }) })), [])
    assert.deepEqual(checkAction(state, check({ sendAt: NOON + DAY_MS })), [], 'the window has moved on')
  })

  it('S3 G6 counts what each of the merged profiles was sent', () => {
    const state = fold(
      createGuardrail(),
      attempted('d1', { profileId: 'p1' }),
      attempted('d2', { profileId: 'p9' }),
    )
    assert.deepEqual(checkAction(state, check()), [])
    const merged = recipient({ ids: [asProfileId('p1'), asProfileId('p9')] })
    assert.deepEqual(codes(checkAction(state, check({ recipient: merged }))), ['person_cap'])
  })

  it('S3 G6 gives a cap back for what certainly reached nobody, and for nothing else', () => {
    const about = {
      decisionId: 'd1',
      campaignId: 'welcome',
      profileId: 'p1',
      channel: 'email',
      code: 'x',
      message: '',
    }
    const one = { personCaps: [{ channel: 'email', max: 1, perMs: DAY_MS }] }
    for (const [type, data, given] of [
      ['delivery.failed.v1', { ...about, permanent: true }, true],
      ['delivery.failed.v1', { ...about, permanent: false }, false],
      ['delivery.withheld.v1', { ...about, reasons: [] }, true],
      ['delivery.unknown.v1', { ...about, reason: 'timeout' }, false],
    ] as const) {
      const state = fold(createGuardrail(), limits(one), attempted('d1'), event(type, data))
      assert.equal(checkAction(state, check()).length === 0, given, type)
    }
  })

  it('S3 G7 caps discounts apart from messages', () => {
    const state = fold(
      createGuardrail(),
      limits({ discountCap: { max: 1, perMs: 30 * DAY_MS } }),
      attempted('d1', { discountShare: 0.2 }),
    )
    assert.deepEqual(checkAction(state, check()), [])
    const offer = action({ offer: { id: 'x', discountShare: 0.1 } })
    assert.deepEqual(codes(checkAction(state, check({ action: offer }))), ['discount_cap'])
  })

  it('G8 counts contacts and redeemed discounts against a budget, to the micro', () => {
    const campaign = { id: asCampaignId('welcome'), status: 'live' as const, budget: 0.006 }
    const state = fold(createGuardrail(), limits({}), attempted('d1'), attempted('d2', { profileId: 'p2' }))
    assert.deepEqual(checkAction(state, check({ campaign })), [])
    fold(state, attempted('d3', { profileId: 'p3' }))
    assert.deepEqual(codes(checkAction(state, check({ campaign }))), ['campaign_budget'])
    assert.equal(campaignSpend(state, campaign.id), 0.006)
  })

  it('G8 reckons a discount from what was paid', () => {
    const goal = { event: 'Order Completed', value: 'margin', windowMs: DAY_MS }
    const outcome = {
      decisionId: 'd1',
      campaignId: 'welcome',
      profileId: 'p1',
      kind: 'converted',
      reward: 36,
      total: 36,
      causeMessageId: 'm',
      delayMs: 1,
    }
    const state = fold(
      createGuardrail(),
      event('business.applied.v1', { name: 'x', marginShare: 0.4 }),
      event('campaigns.applied.v1', { version: 'v', campaigns: [{ id: 'welcome', goal }] }),
      attempted('d1', { discountShare: 0.1, cost: 0 }),
      event('outcome.settled.v1', outcome),
      event('outcome.settled.v1', { ...outcome, kind: 'closed', reward: 0 }),
      event('outcome.settled.v1', outcome),
    )
    // 36 of margin at 40 % is 90 paid; without 10 % off it had been 100.
    assert.equal(campaignSpend(state, asCampaignId('welcome')), 10)
  })

  it('S11 G11 withholds what nobody approved or what is not there', () => {
    assert.deepEqual(codes(checkAction(createGuardrail(), check({ creative: 'missing' }))), [
      'creative_missing',
    ])
    assert.deepEqual(codes(checkAction(createGuardrail(), check({ creative: 'unapproved' }))), [
      'creative_unapproved',
    ])
    assert.deepEqual(codes(checkAction(createGuardrail(), check({ campaign: undefined }))), [
      'campaign_paused',
    ])
  })

  it('G12 asks again about everything but its own place in the caps', () => {
    const state = fold(createGuardrail(), attempted('d1'), attempted('d2'), attempted('d3'))
    assert.deepEqual(checkAgain(state, check()), [])
    fold(
      state,
      event('stop.raised.v1', { scope: { kind: 'channel', channel: 'email' }, reason: 'r', by: 'me' }),
    )
    assert.deepEqual(codes(checkAgain(state, check())), ['stopped'])
  })

  it('G13 vetoes whatever was drawn for a profile that is being sorted out', () => {
    assert.deepEqual(checkDecision({ profileSettled: true }), [])
    assert.deepEqual(codes(checkDecision({ profileSettled: false })), ['profile_unsettled'])
  })
})
