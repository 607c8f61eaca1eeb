// Requests of a load: made once, given new ids by writing a number over some bytes each time, so that
// the server deduplicates, folds and decides for real and the generator hardly works.

import { headOf } from './connection.ts'

export type Target = 'batch' | 'single' | 'decide'

/** A request as it goes over the wire; each call makes it a new one. */
export type Request = { readonly parts: () => readonly Buffer[]; readonly events: number }

export type RequestPlan = {
  readonly target: Target
  readonly key: string
  /** Distinct requests that are made beforehand. */
  readonly count: number
  readonly batchSize: number
  readonly people: number
  /** Keeps ids of different runs apart. */
  readonly run: number
}

/** Stands for the number that makes ids unique; as many digits. */
const PLACE = '@@@@@@@@@@'
const NAMES = [
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product Added',
  'Order Completed',
] as const
const CATEGORIES = ['Shoes', 'Bags', 'Coats', 'Hats', 'Belts', 'Socks'] as const

/** Events as `@segment/analytics-node` writes them, about 420 bytes each. */
export const eventOf = (index: number, people: number): Record<string, unknown> => {
  const person = (index * 7919) % people
  const name = NAMES[index % NAMES.length] ?? ''
  return {
    messageId: `node-next-1780000000000-${PLACE}`,
    timestamp: new Date().toISOString(),
    type: 'track',
    event: name,
    userId: `user-${person}`,
    properties: {
      product_id: `sku-${index % 997}`,
      category: CATEGORIES[index % CATEGORIES.length],
      price: 49.9,
      quantity: 1,
      currency: 'EUR',
      ...(name === 'Order Completed' ? { order_id: `o-${PLACE}`, revenue: 49.9 } : {}),
    },
    context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'en-GB' },
    integrations: {},
    _metadata: { nodeVersion: '24.21.0', jsRuntime: 'node' },
  }
}

const bodyOf = ({ target, batchSize, people }: RequestPlan, index: number): unknown => {
  if (target === 'single') return eventOf(index, people)
  if (target === 'decide')
    return {
      placement: 'home_hero',
      userId: `user-${(index * 7919) % people}`,
      context: { device: index % 2 === 0 ? 'mobile' : 'desktop', weather: 'rain', page: '/home' },
      requestId: `bench-${PLACE}`,
    }
  return {
    batch: Array.from({ length: batchSize }, (_, item) => eventOf(index * batchSize + item, people)),
    sentAt: new Date().toISOString(),
  }
}

const PATHS: Readonly<Record<Target, string>> = {
  batch: '/v1/batch',
  single: '/v1/track',
  decide: '/v1/decide',
}

/** The requests of a plan, in turn and for ever. */
export const requestsOf = (plan: RequestPlan): readonly Request[] => {
  let next = plan.run * 100_000_000
  return Array.from({ length: plan.count }, (_, index) => {
    const body = Buffer.from(JSON.stringify(bodyOf(plan, index)))
    const head = headOf(PATHS[plan.target], plan.key, body.length)
    const places: number[] = []
    for (let at = body.indexOf(PLACE); at >= 0; at = body.indexOf(PLACE, at + PLACE.length)) places.push(at)
    return {
      events: plan.target === 'batch' ? plan.batchSize : 1,
      parts: () => {
        for (const place of places) body.write(String(next++).padStart(PLACE.length, '0'), place, 'latin1')
        // The socket may still hold the last one when it is slow.
        return [head, Buffer.from(body)]
      },
    }
  })
}
