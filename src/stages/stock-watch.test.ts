// What a line sells, beside what there is of it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCatalogue, foldCatalogue } from '../catalogue/index.ts'
import { ADS_LINES_APPLIED } from '../delivery/index.ts'
import { createBooks, foldBooks } from '../guardrail/index.ts'
import { adLines } from '../budget/testing/ad-lines.ts'
import { MINUTE_MS } from '../kernel/time.ts'
import { createStockWatch, isSoldOut } from './stock-watch.ts'

const row = (id: string, category: string, stock: number | null) => ({
  id,
  name: id,
  category,
  price: 1,
  url: '',
  image: '',
  stock,
  margin: null,
  launchedAt: 0,
})
const list = (catalogue: ReturnType<typeof createCatalogue>, rows: readonly ReturnType<typeof row>[]) => {
  const event = { offset: 1, id: 'l', type: 'catalogue.products_listed.v1', key: '', at: 1 }
  foldCatalogue(
    catalogue,
    { ...event, data: { source: 's', products: rows } },
    {
      touches: [],
      merges: [],
    },
  )
}
const sells = (products: readonly string[], category = '') => ({ sells: { products, category } })

describe('the stock of what lines sell', () => {
  it('BU36 is out only when all that a line names is known, counted and gone', () => {
    const catalogue = createCatalogue()
    list(catalogue, [row('a', 'Tea', 0), row('b', 'Tea', 2), row('c', 'Cups', 0), row('d', 'Pots', null)])
    for (const [about, expected] of [
      [{}, false],
      [{ sells: null }, false],
      [sells([]), false],
      [sells(['a']), true],
      [sells(['a', 'b']), false],
      [sells(['a', 'nobody-knows']), false],
      [sells(['d']), false],
      [sells([], 'tea'), false],
      [sells([], 'CUPS'), true],
      [sells(['a'], 'Cups'), true],
    ] as const)
      assert.equal(isSoldOut(catalogue, about), expected, JSON.stringify(about))
  })

  it('BU36 is looked at once a minute', () => {
    const [catalogue, books] = [createCatalogue(), createBooks()]
    const lines = adLines({ count: 1, dayTarget: 100, monthMax: 3_000 })
    const data = { ...lines, lines: lines.lines.map((line) => ({ ...line, ...sells(['a']) })) }
    foldBooks(books, { offset: 1, id: 'x', type: ADS_LINES_APPLIED, key: '', at: 0, data })
    list(catalogue, [row('a', 'Tea', 0)])
    let now = 0
    const watch = createStockWatch(catalogue, books, () => now)
    assert.equal(watch('line-0'), true)
    list(catalogue, [row('a', 'Tea', 5)])
    assert.equal(watch('line-0'), true)
    now += MINUTE_MS
    assert.equal(watch('line-0'), false)
    assert.equal(watch('another'), false)
  })
})
