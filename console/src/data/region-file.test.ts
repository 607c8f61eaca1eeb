// Files of regions as people have them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRegionFile } from './region-file.ts'

describe('a file of regions', () => {
  it('reads commas, semicolons, quotes, both kinds of dates and decimal signs', () => {
    assert.deepEqual(
      readRegionFile('geo,date,sales\r\n"North, upper",2026-01-02,10.5\nSouth,02.01.2026,7\n'),
      {
        kind: 'read',
        rows: [
          { region: 'North, upper', date: '2026-01-02', value: 10.5 },
          { region: 'South', date: '2026-01-02', value: 7 },
        ],
        regions: 2,
        skipped: 0,
      },
    )
    const read = readRegionFile('\uFEFFРегион;Дата;Выручка\nТверь;05.01.2026;1 200,50\nТверь;вчера;3\n')
    assert.ok(read.kind === 'read' && read.skipped === 1)
    assert.deepEqual(read.rows, [{ region: 'Тверь', date: '2026-01-05', value: 1200.5 }])
  })

  it('says which column it lacks', () => {
    assert.deepEqual(readRegionFile('place,date,sales\n'), { kind: 'refused', lacks: 'region' })
    assert.deepEqual(readRegionFile('geo,when,sales\n'), { kind: 'refused', lacks: 'date' })
    assert.deepEqual(readRegionFile('geo,date,x\n'), { kind: 'refused', lacks: 'value' })
    assert.deepEqual(readRegionFile('geo,date,sales\na,b,c\n'), { kind: 'refused', lacks: 'rows' })
  })
})
