// Limits as written, read and written back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LimitsSpec } from './events.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { parseLimits, renderLimits } from './limits-schema.ts'

const problemsOf = (json: unknown) => {
  const parsed = parseLimits(json)
  return parsed.ok ? [] : parsed.error.map(({ path, message, hint }) => `${path}: ${message} (${hint})`)
}

describe('written limits', () => {
  it('G15 reads what a person writes', () => {
    assert.deepEqual(
      parseLimits({
        caps: [
          { channel: 'email', max: 3, per: '7d' },
          { max: 1, per: '1d' },
        ],
        quiet_hours: '22:00-08:00',
        discounts: { max: 2, per: '30d' },
        lateness: '1h',
        purposes: { email: 'newsletter', webhook: 'none' },
        assume_consent: ['push'],
      }),
      {
        ok: true,
        value: {
          personCaps: [
            { channel: 'email', max: 3, perMs: 7 * DAY_MS },
            { channel: '', max: 1, perMs: DAY_MS },
          ],
          quietHours: { fromHour: 22, toHour: 8 },
          discountCap: { max: 2, perMs: 30 * DAY_MS },
          latenessMsMax: HOUR_MS,
          purposes: { email: 'newsletter', webhook: '' },
          assumedConsent: ['push'],
        },
      },
    )
  })

  it('G15 keeps careful defaults for what is left out', () => {
    assert.deepEqual(parseLimits(undefined), { ok: true, value: DEFAULT_LIMITS })
    assert.deepEqual(parseLimits({}), { ok: true, value: DEFAULT_LIMITS })
  })

  it('G15 says where something is wrong and what to write instead', () => {
    assert.deepEqual(problemsOf({ quite_hours: '21:00-09:00' }), [
      'quite_hours: unknown key `quite_hours` (did you mean quiet_hours?)',
    ])
    assert.deepEqual(problemsOf({ quiet_hours: '21-9' }), [
      'quiet_hours: "21-9" cannot be read (write whole local hours like `21:00-09:00`, or `none`)',
    ])
    assert.deepEqual(problemsOf({ caps: [{ channel: 'emial', max: 3, per: '7d' }] }), [
      'caps[0].channel: "emial" is not one of email, push, sms, messenger, onsite, webhook (did you mean email?)',
    ])
    assert.deepEqual(problemsOf({ caps: [{ max: 3 }] }), [
      'caps[0].per: `per` is missing (write a duration like `7d`, `12h` or `30m`)',
    ])
    assert.deepEqual(problemsOf({ caps: [{ max: 3, per: '7 days' }] }), [
      'caps[0].per: "7 days" cannot be read (write a duration like `7d`, `12h` or `30m`)',
    ])
    assert.deepEqual(problemsOf({ discounts: 'many' }), [
      'discounts: "many" cannot be read (write `{max: 2, per: 30d}` or `unlimited`)',
    ])
    for (const wrong of [
      [],
      7,
      'x',
      { caps: [{ max: 900, per: '1d' }] },
      { caps: [{ max: 1, per: '0' }] },
      { caps: [{ max: 1, per: '91d' }] },
      { quiet_hours: '09:00-09:00' },
      { purposes: { mail: 'x' } },
      { lateness: '-1h' },
    ])
      assert.equal(problemsOf(wrong).length, 1, JSON.stringify(wrong))
  })

  it('G15 writes back what it read', () => {
    const hours = fc.integer({ min: 0, max: 23 })
    const channel = fc.constantFrom('email', 'push', 'sms', 'messenger', 'onsite', 'webhook')
    const per = fc.integer({ min: 1, max: 90 * DAY_MS })
    const spec = fc.record(
      {
        personCaps: fc.array(
          fc.record({
            channel: fc.oneof(channel, fc.constant('')),
            max: fc.integer({ min: 0, max: 64 }),
            perMs: per,
          }),
          { maxLength: 5 },
        ),
        quietHours: fc.option(
          fc
            .tuple(hours, hours)
            .filter(([a, b]) => a !== b)
            .map(([fromHour, toHour]) => ({ fromHour, toHour })),
        ),
        discountCap: fc.option(fc.record({ max: fc.integer({ min: 0, max: 64 }), perMs: per })),
        latenessMsMax: fc.integer({ min: 0, max: 900_000_000 }),
        purposes: fc.dictionary(channel, fc.constantFrom('marketing', 'news', '')),
        assumedConsent: fc.uniqueArray(channel, { maxLength: 3 }),
      },
      { requiredKeys: ['personCaps', 'quietHours', 'discountCap', 'latenessMsMax', 'purposes'] },
    ) as fc.Arbitrary<LimitsSpec>
    fc.assert(
      fc.property(spec, (limits) => {
        const plain = JSON.parse(JSON.stringify(limits)) as LimitsSpec
        const written = JSON.parse(JSON.stringify(renderLimits(plain))) as unknown
        assert.deepEqual(parseLimits(written), { ok: true, value: plain })
      }),
    )
  })
})
