// Answers of receivers are kept without the address they were about.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withoutAddress } from './without-address.ts'

describe('answers without addresses', () => {
  it('V48 what a receiver answers is kept without whom it was about, however it spells them', () => {
    const to = 'Anna.B@shop.example'
    const cases = [
      [
        '550 5.1.1 <anna.b@SHOP.example>: Recipient address rejected',
        '550 5.1.1 <(address)>: Recipient address rejected',
      ],
      ['no such user anna.b here', 'no such user (address) here'],
      ['see https://x.example/?u=Anna.B%40shop.example', 'see https://x.example/?u=(address)'],
      ['forwarded to other@else.example', 'forwarded to (address)'],
      ['250 2.0.0 Ok: queued as 4Xanna.b2', '250 2.0.0 Ok: queued as 4Xanna.b2'],
    ] as const
    for (const [said, kept] of cases) assert.equal(withoutAddress(said, to), kept)
    assert.equal(
      withoutAddress('unknown subscriber +491512345', '+491512345'),
      'unknown subscriber (address)',
    )
    assert.equal(withoutAddress('as it is', ''), 'as it is')
  })
})
