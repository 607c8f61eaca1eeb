// Files without a mapping: what is guessed, and what is said when it is not enough.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { MappingGuess } from './guess-mapping.ts'
import type { ImportKind } from './mapping-schema.ts'
import { parseMapping } from './mapping.ts'
import { createFolder, failureOf, run } from './testing/import-run.ts'

const { fileOf, remove } = await createFolder()
after(remove)

describe('guessing', () => {
  const guess = async (csv: string, as: ImportKind): Promise<MappingGuess> => {
    const guesses: MappingGuess[] = []
    await run(await fileOf(csv), as, null, { onGuess: (found) => guesses.push(found) })
    return guesses[0] ?? assert.fail('no guess')
  }

  it('IM13 guesses common exports well enough to import them', async () => {
    const { mapping, yaml } = await guess(
      'Order ID,Customer E-mail,Order Date,Total,Currency,Coupon\n1,a@x.example,25/12/2025 10:00,12.5,EUR,X\n',
      'orders',
    )
    assert.deepEqual(mapping?.fields['orderId']?.column, 'Order ID')
    assert.deepEqual(mapping?.fields['email']?.column, 'Customer E-mail')
    assert.equal(mapping?.fields['at']?.format, 'DD/MM/YYYY HH:mm')
    assert.deepEqual(mapping?.properties['Coupon'], { column: 'Coupon' })
    assert.deepEqual(parseMapping(yaml, 'orders'), mapping, 'what is printed is what is used')
    const russian = await guess(
      'Номер заказа;Клиент;Дата;Сумма\n1;c1;01.02.2026;10,5\n2;c2;02.02.2026;7,25\n',
      'orders',
    )
    assert.deepEqual(russian.mapping?.fields['revenue'], {
      column: 'Сумма',
      type: 'number',
      decimal: ',',
      required: true,
    })
    const decisions = await guess('arm,propensity,age,clicked\na,0.5,30,1\n', 'decisions')
    assert.deepEqual(Object.keys(decisions.mapping?.rewards ?? {}), ['clicked'])
    const customers = await guess('id,customer_id,email,zip\n1,c1,a@x.example,01234\n', 'customers')
    assert.deepEqual(customers.mapping?.traits['zip'], { column: 'zip' }, 'a code stays text')
  })

  it('IM13 says so when it is unsure, and gives a draft when it cannot', async () => {
    const { notes } = await guess('order id,user,date,total\n1,u,01/02/2026,5\n', 'orders')
    assert.match(notes.join(), /day or the month first/)
    const failure = await failureOf(run(await fileOf('a,b\n1,2\n'), 'orders', null))
    assert.match(failure, /import\.mapping_needed.*fields\.orderId: is missing.*as: orders/s)
  })
})
