// Timestamps against the calendar and against Date.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseIsoTime } from './iso-time.ts'

describe('timestamps', () => {
  it('SI4 reads the forms that clients send, to the millisecond', () => {
    const cases: Record<string, string> = {
      '2026-03-04T05:06:07.089Z': '2026-03-04T05:06:07.089Z',
      '2026-03-04T05:06:07.0899999Z': '2026-03-04T05:06:07.089Z',
      '2026-03-04T05:06:07.1Z': '2026-03-04T05:06:07.100Z',
      '2026-03-04T05:06:07+03:00': '2026-03-04T02:06:07.000Z',
      '2026-03-04T05:06:07-0530': '2026-03-04T10:36:07.000Z',
      '2026-03-04T05:06:07+03': '2026-03-04T02:06:07.000Z',
      '2026-03-04t05:06z': '2026-03-04T05:06:00.000Z',
      '2026-03-04 05:06:07': '2026-03-04T05:06:07.000Z',
      '2026-03-04': '2026-03-04T00:00:00.000Z',
      '2024-02-29T23:59:59.999Z': '2024-02-29T23:59:59.999Z',
      '1970-01-01T00:00:00Z': '1970-01-01T00:00:00.000Z',
    }
    for (const [text, expected] of Object.entries(cases))
      assert.equal(new Date(parseIsoTime(text)).toISOString(), expected, text)
  })

  it('SI4 refuses dates and hours that do not exist', () => {
    const impossible = [
      '2026-02-31T00:00:00Z',
      '2025-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '99999-01-01T00:00:00Z',
      '+099999-01-01T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '1970-01-01T00:30:00+01:00',
      '0000-00-00T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T10:60:00Z',
      '2026-01-01T10:00:60Z',
      '2026-01-01T10:00:00.Z',
      '2026-01-01T10:00:00+99:00',
      '2026-01-01T10:00:00Zzz',
      '2026-01-01T10',
      '2026-01-01T10:00:00+0',
      '2026-01-01T10:00:00+03:0',
      '2026/01/01',
      '1772000000',
      'yesterday',
      '',
    ]
    for (const text of impossible) assert.ok(Number.isNaN(parseIsoTime(text)), text)
  })

  it('SI4 agrees with Date on every instant that Date can write', () => {
    const instants = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, (instant) => parseIsoTime(instant.toISOString()) === instant.getTime()),
      { numRuns: 2_000 },
    )
  })

  it('SI4 never throws on text from outside', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseIsoTime(text) === 'number'))
  })
})
