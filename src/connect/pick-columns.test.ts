// Columns by their usual names, numbers and dates as people write them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../kernel/failure.ts'
import { datesOf, numbersOf, pickColumns } from './pick-columns.ts'
import type { TextTable } from './read-table.ts'

const table = (columns: Readonly<Record<string, readonly string[]>>): TextTable => ({
  path: 'f.csv',
  rows: Object.values(columns)[0]?.length ?? 0,
  lines: (Object.values(columns)[0] ?? []).map((_, row) => row + 2),
  columns: Object.entries(columns).map(([name, cells]) => ({ name, cells })),
  rejected: 0,
  rejects: [],
})
const wish = (names: readonly string[], named?: string) => ({ names, named, required: true, option: '--x' })

describe('columns for commands', () => {
  it('IM16 are found by usual names without case and punctuation, or as named', () => {
    const orders = table({ 'Customer-ID': [' 7 '], when: ['2026-01-01'], Total: ['1,5'] })
    const { found, texts } = pickColumns('f.csv', orders, {
      customer: wish(['customerid']),
      at: wish(['date'], 'when'),
      value: wish(['amount', 'total']),
    })
    assert.deepEqual(found, { customer: 'Customer-ID', at: 'when', value: 'Total' })
    assert.deepEqual(texts.customer, ['7'])
  })

  it('IM16 a column that is not there is a failure that lists those that are', () => {
    const failed = (named?: string) => () =>
      pickColumns('f.csv', table({ a: ['1'] }), { x: wish(['x'], named) })
    assert.throws(
      failed(),
      (thrown) => isFailure(thrown, 'table.column_missing') && (thrown.hint ?? '').endsWith(': a'),
    )
    assert.throws(failed('q'), (thrown) => isFailure(thrown, 'table.column_unknown'))
  })

  it('IM16 numbers take the decimal sign that the column uses', () => {
    assert.deepEqual([...numbersOf(['1 250,5', '3', ''])], [1250.5, 3, Number.NaN])
    assert.deepEqual([...numbersOf(['1.5', 'x', '-2e3', 'Infinity'])], [1.5, Number.NaN, -2000, Number.NaN])
  })

  it('IM16 dates find their format, and say when day and month could change places', () => {
    const read = (texts: readonly string[], format?: string) =>
      datesOf(texts, { zone: 'UTC', option: '--date-format', format })
    assert.deepEqual([...read(['19970118']).at], [Date.UTC(1997, 0, 18)])
    assert.equal(read(['01/02/2026']).isUnsure, true)
    assert.equal(read(['01/02/2026', '01/31/2026']).format, 'MM/DD/YYYY')
    assert.throws(
      () => read(['soon']),
      (thrown) => isFailure(thrown, 'table.no_dates'),
    )
    assert.throws(
      () => read(['x'], 'QQ'),
      (thrown) => isFailure(thrown, 'table.date_format'),
    )
  })
})
