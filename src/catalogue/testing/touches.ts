// Signals about products, as the folds of tests take them.

import type { Signal } from '../../signal/events.ts'

export const trackOf = (name: string, properties: Readonly<Record<string, unknown>>, at: number): Signal => ({
  kind: 'track',
  messageId: `${name} ${at}`,
  userId: 'u',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name,
  properties,
  traits: {},
  context: {},
  at,
  receivedAt: at,
  source: 'test',
})

export const viewed = (id: string, at: number, more: Readonly<Record<string, unknown>> = {}): Signal =>
  trackOf('Product Viewed', { product_id: id, name: `Name of ${id}`, ...more }, at)

export const bought = (ids: readonly string[], at: number): Signal =>
  trackOf(
    'Order Completed',
    {
      order_id: `o${at}`,
      products: ids.map((id) => ({ product_id: id, name: `Name of ${id}`, price: 10, quantity: 1 })),
    },
    at,
  )
