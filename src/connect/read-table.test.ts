// Whole files as columns.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isFailure } from '../kernel/failure.ts'
import { readTable } from './read-table.ts'

const dir = mkdtempSync(join(tmpdir(), 'windvane-table-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const write = (text: string): string => {
  const path = join(dir, 'table.csv')
  writeFileSync(path, text)
  return path
}

describe('read a table', () => {
  it('gives each column its cells and counts what could not be read', async () => {
    const table = await readTable(write('id;name\n1;"a;b"\n2\n3;c\n'))
    assert.equal(table.rows, 2)
    assert.deepEqual(table.columns, [
      { name: 'id', cells: ['1', '3'] },
      { name: 'name', cells: ['a;b', 'c'] },
    ])
    assert.equal(table.rejected, 1)
    assert.equal(table.rejects[0]?.line, 3)
  })

  it('IM17 each row knows its line, over quoted line ends too', async () => {
    const { lines } = await readTable(write('a,b\n1,"x\ny"\n\n2,z\n'))
    assert.deepEqual(lines, [2, 5])
  })

  it('IM17 line ends of carriage returns alone are line ends', async () => {
    const { columns, lines } = await readTable(write('ds,y\r2026-01-01,1\r2026-01-02,2\r'))
    assert.deepEqual(columns, [
      { name: 'ds', cells: ['2026-01-01', '2026-01-02'] },
      { name: 'y', cells: ['1', '2'] },
    ])
    assert.deepEqual(lines, [2, 3])
  })

  it('refuses more rows than the limit', async () => {
    await assert.rejects(readTable(write('a,b\n1,2\n3,4\n'), { rowsMax: 1 }), (error) =>
      isFailure(error, 'table.too_large'),
    )
  })
})
