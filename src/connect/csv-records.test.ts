// CSV as it really comes: quotes, line ends, damage, and text that arrives in pieces.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createCsvSplitter, type CsvOptions, type CsvRecord } from './csv-records.ts'

const split = (text: string, options: Partial<CsvOptions> = {}, pieces = [text]): CsvRecord[] => {
  const splitter = createCsvSplitter({ delimiter: ',', columns: 2, recordCharsMax: 1_000, ...options })
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]
}
const brief = (records: readonly CsvRecord[]) =>
  records.map((record) =>
    record.ok ? [record.line, ...record.fields] : [record.line, record.code, record.raw],
  )

describe('CSV', () => {
  it('IM2 reads quotes, doubled quotes, line ends within quotes, CRLF and empty fields, and knows each line', () => {
    const text = 'a,b\r\n"x\ny","say ""hi"""\n\n,\n"",""\nlast,"one"'
    assert.deepEqual(brief(split(text)), [
      [1, 'a', 'b'],
      [2, 'x\ny', 'say "hi"'],
      [5, '', ''],
      [6, '', ''],
      [7, 'last', 'one'],
    ])
    assert.deepEqual(brief(split('a;b\n"1;2";c\r\n', { delimiter: ';' })), [
      [1, 'a', 'b'],
      [2, '1;2', 'c'],
    ])
  })

  it('IM2 loses one row to a quote that is never closed, and not the rest of the file', () => {
    const text = 'a,b\n"open,1\n2,3\n4,"five"\n6,7\n'
    assert.deepEqual(brief(split(text)), [
      [1, 'a', 'b'],
      [2, 'quote_stray', '"open,1'],
      [3, '2', '3'],
      [4, '4', 'five'],
      [5, '6', '7'],
    ])
    assert.deepEqual(brief(split('a,b\n1,2\n3,"4\n5,6\n')), [
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, 'quote_open', '3,"4'],
      [4, '5', '6'],
    ])
    // The next quote would close it and make one record of both lines.
    assert.deepEqual(brief(split('"open,1\n2,"\n3,4\n')), [
      [1, 'quote_open', '"open,1'],
      [2, 'quote_open', '2,"'],
      [3, '3', '4'],
    ])
    assert.deepEqual(brief(split('1,"a"b\n3,4')), [
      [1, 'quote_stray', '1,"a"b'],
      [2, '3', '4'],
    ])
  })

  it('IM2 gives up a row that is too long, and holds no more of it in memory', () => {
    const long = 'x'.repeat(5_000)
    const text = `1,2\n${long},${long}\n3,4\n`
    const pieces = text.match(/[\s\S]{1,700}/g) ?? []
    const records = split(text, {}, pieces)
    assert.deepEqual(
      records.map((record) => [record.line, record.ok || record.code]),
      [
        [1, true],
        [2, 'row_too_long'],
        [3, true],
      ],
    )
  })

  it('IM2 reads back whatever was written, in pieces of any size', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'я', ' '), maxLength: 6 })
    const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (written, newline, sizes) => {
          const text = written
            .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',') + newline)
            .join('')
          const pieces: string[] = []
          let from = 0
          for (const size of sizes) pieces.push(text.slice(from, (from += size)))
          pieces.push(text.slice(from))
          const read = split(text, {}, pieces).map((record) => (record.ok ? record.fields : record))
          assert.deepEqual(read, written)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('IM2 gives the same records for any text, however it is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r'), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10 }), (whole, size) => {
        const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
        assert.deepEqual(brief(split(whole, {}, pieces)), brief(split(whole)))
      }),
      { numRuns: 2_000 },
    )
  })
})
