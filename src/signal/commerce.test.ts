// Orders, refunds and consents, as shops and sites really write them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { amountOf, orderMargin, orderOf, refundOf } from './commerce.ts'
import { consentOfSignal } from './consent.ts'
import type { Signal } from './events.ts'

const signal = (
  name: string,
  properties: Record<string, unknown>,
  context: Record<string, unknown> = {},
): Signal => ({
  kind: 'track',
  messageId: 'm1',
  userId: 'u1',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name,
  properties,
  traits: {},
  context,
  at: 0,
  receivedAt: 0,
  source: 'http',
})

describe('orders', () => {
  it('SI13 reads order, revenue, margin, currency and products', () => {
    const properties = {
      order_id: 'A1',
      revenue: '1250.50',
      total: 1400,
      profit: 300,
      currency: 'rub',
      products: [{ product_id: 'P1', name: 'Mug', category: 'Home', price: '12.5', quantity: 2 }, 'junk'],
    }
    assert.deepEqual(orderOf(signal('Order Completed', properties)), {
      orderId: 'A1',
      revenue: 1250.5,
      margin: 300,
      discount: undefined,
      currency: 'RUB',
      products: [{ productId: 'P1', name: 'Mug', category: 'Home', price: 12.5, quantity: 2 }],
    })
  })

  it('SI13 takes what the shop says of its margin, else a share of the full price less the discount', () => {
    assert.equal(orderMargin({ margin: 7, revenue: 90, discount: 10 }, 0.4), 7)
    assert.equal(orderMargin({ margin: undefined, revenue: 90, discount: 10 }, 0.4), 30)
    assert.equal(orderMargin({ margin: undefined, revenue: 100, discount: undefined }, 0.4), 40)
  })

  it('SI13 falls back from revenue to total, value, the products and nothing', () => {
    const revenueOf = (properties: Record<string, unknown>) =>
      orderOf(signal('Order Completed', properties))?.revenue
    assert.equal(revenueOf({ total: '12,50', value: 3 }), 12.5)
    assert.equal(revenueOf({ revenue: 'free', value: 3 }), 3)
    assert.equal(revenueOf({ products: [{ price: 5, quantity: 3 }, { price: 1 }] }), 16)
    assert.equal(revenueOf({}), 0)
    assert.equal(revenueOf({ revenue: -5 }), 0)
    assert.equal(orderOf(signal('Order Completed', {}))?.orderId, 'm1')
    assert.equal(orderOf(signal('Order Completed', {}))?.margin, undefined)
    assert.equal(orderOf(signal('Seen', { revenue: 5 })), null)
  })

  it('SI13 takes only amounts that exact money arithmetic can hold', () => {
    for (const value of [
      '1,234',
      '1.2.3',
      '',
      'NaN',
      '1e5',
      '0x10',
      null,
      {},
      Number.NaN,
      Infinity,
      1e10,
      '9'.repeat(40),
    ])
      assert.equal(amountOf(value), undefined, JSON.stringify(value))
    assert.equal(amountOf(' -3.5 '), -3.5)
    assert.equal(amountOf('+7'), 7)
  })

  it('SI13 reads refunds as positive amounts', () => {
    const refund = { orderId: 'A1', amount: 12, currency: '' }
    assert.deepEqual(refundOf(signal('Order Refunded', { order_id: 'A1', total: -12 })), refund)
    assert.deepEqual(refundOf(signal('Order Refunded', { orderId: 'A1', revenue: '12' })), refund)
    assert.equal(refundOf(signal('Order Completed', {})), null)
  })
})

describe('consent', () => {
  it('SI14 reads the consent categories under their own names, for all channels', () => {
    const consent = {
      categoryPreferences: { Advertising: true, marketing: false, Odd: 'yes' },
      textVersion: 3,
    }
    assert.deepEqual(consentOfSignal(signal('Seen', {}, { consent })), [
      { channel: 'all', purpose: 'advertising', granted: true, textVersion: '3' },
      { channel: 'all', purpose: 'marketing', granted: false, textVersion: '3' },
    ])
    assert.deepEqual(consentOfSignal(signal('Seen', {})), [])
    assert.deepEqual(consentOfSignal(signal('Seen', {}, { consent: 'all' })), [])
  })

  it('SI14 grants only on a clear yes and withdraws on anything else', () => {
    const change = (properties: Record<string, unknown>) =>
      consentOfSignal(signal('Consent Changed', properties))
    const granted = { channel: 'email', purpose: 'marketing', granted: true, textVersion: 'v2' }
    assert.deepEqual(change({ ...granted, channel: 'Email' }), [granted])
    assert.deepEqual(change({ ...granted, granted: 'true' }), [granted])
    for (const value of [false, 'false', 'no', 0, 1, {}])
      assert.deepEqual(change({ ...granted, granted: value }), [{ ...granted, granted: false }])
    assert.deepEqual(change({ granted: true, purpose: 'marketing' }), [], 'no channel')
    assert.deepEqual(change({ ...granted, channel: 'fax' }), [], 'no such channel')
    assert.deepEqual(change({ granted: true, channel: 'email' }), [], 'no purpose')
    assert.deepEqual(change({ channel: 'email' }), [], 'nothing said')
    assert.deepEqual(change({ granted: false, channel: 'fax' }), [
      { channel: 'all', purpose: 'marketing', granted: false, textVersion: '' },
    ])
  })
})
