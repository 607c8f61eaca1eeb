// Mappings that people write, and how single cells are read by them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../kernel/failure.ts'
import { compileCell } from './cells.ts'
import { compileDateFormat, type DateReader } from './date-format.ts'
import type { Cell } from './mapping-schema.ts'
import { parseMapping } from './mapping.ts'

const refused = (text: string, as: Parameters<typeof parseMapping>[1]): string => {
  try {
    parseMapping(text, as)
  } catch (thrown) {
    assert.ok(isFailure(thrown), String(thrown))
    return `${thrown.code} ${thrown.message} ${thrown.hint ?? ''}`
  }
  return assert.fail('accepted')
}

const ORDERS = 'fields: { userId: id, orderId: no, at: date, revenue: sum }'

describe('the mapping', () => {
  it('IM5 refuses unknown keys and says which one was meant', () => {
    assert.match(refused(`${ORDERS}\ntimezone: UTC`, 'orders'), /timezone.*did you mean timeZone\?/s)
    assert.match(
      refused('fields: { userid: id, at: t, event: e }', 'events'),
      /fields\.userid.*did you mean userId\?/s,
    )
    const cell = 'fields: { userId: { colum: id }, at: t, event: e }'
    assert.match(refused(cell, 'events'), /fields\.userId\.colum.*did you mean column\?/s)
    assert.match(refused(`${ORDERS}\nrewards: { a: b }`, 'orders'), /rewards/)
  })

  it('IM5 refuses what cannot work before the first row', () => {
    assert.match(refused('fields: { email: e', 'customers'), /import\.mapping_unreadable/)
    assert.match(refused('just text', 'customers'), /import\.mapping_invalid/)
    assert.match(refused('fields: { userId: id }', 'orders'), /fields\.orderId: is missing/)
    assert.match(refused('fields: { at: t, event: e }', 'events'), /nobody is named/)
    assert.match(refused('fields: { action: a, propensity: p }', 'decisions'), /rewards: is missing/)
    assert.match(refused(`${ORDERS}\ntimeZone: Mars/Base`, 'orders'), /no time zone/)
    assert.match(refused(`${ORDERS}\nencoding: koi-9`, 'orders'), /no encoding/)
    assert.match(refused(`${ORDERS}\nas: customers`, 'orders'), /import with --as customers/)
    assert.match(
      refused('fields: { userId: { column: a, value: b } }', 'customers'),
      /either `column` or `value`/,
    )
    assert.match(
      refused('fields: { userId: a }\ntraits: { born: { column: b, format: iso } }', 'customers'),
      /type: date/,
    )
    const format = (text: string) => `fields: { userId: a, at: { column: b, format: "${text}" } }`
    assert.match(refused(format('DD.MM'), 'customers'), /no year/)
    assert.match(refused(format('YYYY-MM-DD hh:mm'), 'customers'), /goes with A/)
    assert.match(refused('fields: &a { userId: x }\ntraits: *a', 'customers'), /import\.mapping_unreadable/)
  })

  it('IM5 fills in types, what is required, and what makes a row the same', () => {
    const mapping = parseMapping(ORDERS, 'orders')
    assert.deepEqual(mapping.fields['at'], { column: 'date', type: 'date', required: true })
    assert.deepEqual(mapping.fields['userId'], { column: 'id', required: false })
    assert.deepEqual(mapping.id, ['no'])
    assert.deepEqual(parseMapping('fields: { email: e }', 'customers').id, ['$content'])
  })
})

describe('cells', () => {
  const read = (cell: Cell, text: unknown) => {
    const reading = compileCell('f', cell, 'UTC')({ line: 1, number: 1, cells: { c: text } })
    return reading.ok ? reading.value : reading.error.code
  }
  const of = (cell: Partial<Cell>): Cell => ({ column: 'c', ...cell })

  it('IM6 reads numbers with blanks for thousands, decimal commas and fractions', () => {
    assert.equal(read(of({ type: 'number' }), '1 234.5'), 1234.5)
    assert.equal(read(of({ type: 'number', decimal: ',' }), '1\u00a0234,50'), 1234.5)
    assert.equal(read(of({ type: 'number' }), '1/4'), 0.25)
    assert.equal(read(of({ type: 'number' }), '-0'), 0)
    assert.equal(Object.is(read(of({ type: 'number' }), '-0'), -0), false)
    assert.equal(read(of({ type: 'number' }), 7), 7)
    for (const text of ['1,5', '12a', 'Infinity', '1e999', '--1', '0x1f', '1/0'])
      assert.equal(read(of({ type: 'number' }), text), 'not_a_number', text)
    assert.equal(read(of({ type: 'integer' }), '3'), 3)
    assert.equal(read(of({ type: 'integer' }), '3.5'), 'not_an_integer')
  })

  it('IM6 reads yes and no, JSON, word lists, constants and defaults', () => {
    assert.equal(read(of({ type: 'boolean' }), 'Да'), true)
    assert.equal(read(of({ type: 'boolean' }), 'no'), false)
    assert.equal(read(of({ type: 'boolean' }), 'maybe'), 'not_a_boolean')
    assert.deepEqual(read(of({ type: 'json' }), '[1,{"a":2}]'), [1, { a: 2 }])
    assert.equal(read(of({ type: 'json' }), '[1'), 'not_json')
    assert.equal(read(of({ values: { M: 'male' } }), 'M'), 'male')
    assert.equal(read(of({ values: { M: 'male' } }), 'toString'), 'value_unknown')
    assert.equal(read(of({ values: { M: 'male' }, otherwise: 'other' }), 'X'), 'other')
    assert.equal(read({ value: '1/2', type: 'number' }, ''), 0.5)
    assert.equal(read(of({ default: 'none' }), ' '), 'none')
    assert.equal(read(of({ required: true }), 'NULL'), 'required_missing')
    assert.equal(read(of({}), '\\N'), undefined)
    assert.equal(read(of({ type: 'text' }), { a: 1 }), 'not_a_value')
    assert.equal(read({ column: 'c.d' }, { d: 5 }), 5)
  })
})

describe('dates', () => {
  const at = (format: string, text: string, zone = 'UTC') => {
    const reader = compileDateFormat(format)
    assert.equal(typeof reader, 'function', String(reader))
    const ms = (reader as DateReader)(text, zone)
    return Number.isNaN(ms) ? null : new Date(ms).toISOString()
  }

  it('IM7 reads the formats that businesses use', () => {
    assert.equal(at('DD.MM.YYYY HH:mm', '31.12.2025 23:30'), '2025-12-31T23:30:00.000Z')
    assert.equal(at('D/M/YY', '1/2/26'), '2026-02-01T00:00:00.000Z')
    assert.equal(at('M/D/YYYY h:mm A', '1/31/2026 12:05 am'), '2026-01-31T00:05:00.000Z')
    assert.equal(at('M/D/YYYY h:mm A', '1/31/2026 12:05 PM'), '2026-01-31T12:05:00.000Z')
    assert.equal(at('YYYYMMDDHHmmss', '20260131235959'), '2026-01-31T23:59:59.000Z')
    assert.equal(at('YYYY-MM-DD HH:mm:ss.SSS Z', '2026-01-31 10:00:00.25 +0300'), '2026-01-31T07:00:00.250Z')
    assert.equal(at('unix', '1700000000.5'), '2023-11-14T22:13:20.500Z')
    assert.equal(at('unix_ms', '1700000000000'), '2023-11-14T22:13:20.000Z')
    assert.equal(at('iso', '2026-01-31T10:00:00+03:00', 'Asia/Tokyo'), '2026-01-31T07:00:00.000Z')
  })

  it('IM7 refuses days and hours that do not exist', () => {
    for (const text of [
      '31.02.2026 10:00',
      '1.2.2026 10:00',
      '01.13.2026 10:00',
      '01.01.2026 24:00',
      '01.01.2026',
      'x',
    ])
      assert.equal(at('DD.MM.YYYY HH:mm', text), null, text)
    assert.equal(at('M/D/YYYY h:mm A', '1/31/2026 13:05 PM'), null)
    assert.equal(at('unix', '-5'), null)
    assert.equal(at('unix', '9999999999999'), null)
  })

  it('IM7 reads dates without an offset on the clocks of the zone, over changes of the clock', () => {
    assert.equal(at('iso', '2026-07-01T12:00:00', 'Europe/Moscow'), '2026-07-01T09:00:00.000Z')
    assert.equal(at('iso', '2026-07-01 12:00', 'Europe/London'), '2026-07-01T11:00:00.000Z')
    assert.equal(at('iso', '2026-01-01', 'Asia/Tokyo'), '2025-12-31T15:00:00.000Z')
    // Clocks go forward at 01:00 on 2026-03-29 in London, and back at 02:00 on 2026-10-25.
    assert.equal(at('iso', '2026-03-29T00:59:00', 'Europe/London'), '2026-03-29T00:59:00.000Z')
    assert.equal(at('iso', '2026-03-29T01:30:00', 'Europe/London'), '2026-03-29T01:30:00.000Z')
    assert.equal(at('iso', '2026-03-29T02:00:00', 'Europe/London'), '2026-03-29T01:00:00.000Z')
    assert.equal(at('iso', '2026-10-25T01:30:00', 'Europe/London'), '2026-10-25T00:30:00.000Z')
    assert.equal(at('iso', '2026-10-25T02:00:00', 'Europe/London'), '2026-10-25T02:00:00.000Z')
  })
})
