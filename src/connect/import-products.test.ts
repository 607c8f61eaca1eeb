// Rule IM15: the shop's own list of products.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PRODUCTS_LISTED, type ProductsListed } from '../catalogue/events.ts'
import { createFolder, eventsOf, NOW, run } from './testing/import-run.ts'

const LIST = [
  'SKU;Название;Категория;Цена;Остаток;Ссылка;Launched',
  'a1;Чай;tea;12,50;3;https://shop.example/a1;2026-05-01',
  'a2;Кофе;coffee;9,00;0;;',
  'a3;Кружка;gear;-1;2;;',
  ';Без номера;gear;1;2;;',
  'a1;Чай другой;tea;13,00;3;;',
].join('\n')

describe('importing products', () => {
  let folder: Awaited<ReturnType<typeof createFolder>>
  before(async () => {
    folder = await createFolder()
  })
  after(async () => folder.remove())

  it('IM15 brings rows with a number and a name, guessed from the header, and refuses what cannot be', async () => {
    const { summary, log } = await run(await folder.fileOf(LIST, 'products.csv'), 'products', null)
    assert.deepEqual(
      { rows: summary.rows, imported: summary.imported, rejected: summary.rejected },
      { rows: 5, imported: 2, rejected: 3 },
    )
    assert.deepEqual(Object.keys(summary.reasons).toSorted(), ['amount_range', 'id_empty', 'id_taken'])
    const [event] = (await eventsOf(log)).filter(({ type }) => type === PRODUCTS_LISTED)
    assert.ok(event !== undefined)
    assert.deepEqual((event.data as ProductsListed).products, [
      {
        id: 'a1',
        name: 'Чай',
        category: 'tea',
        price: 12.5,
        url: 'https://shop.example/a1',
        image: '',
        stock: 3,
        margin: null,
        launchedAt: Date.UTC(2026, 4, 1),
      },
      {
        id: 'a2',
        name: 'Кофе',
        category: 'coffee',
        price: 9,
        url: '',
        image: '',
        stock: 0,
        margin: null,
        launchedAt: 0,
      },
    ])
  })

  it('IM15 brings the same list again, since it says how things stand now', async () => {
    const file = await folder.fileOf('sku,name,stock\na1,Tea,3\n', 'products.csv')
    const { log } = await run(file, 'products', null)
    await run(file, 'products', null, { now: () => NOW + 1 }, log)
    assert.equal((await eventsOf(log)).length, 2)
  })
})
