// A shop in which each person has a hidden taste over products that popularity does not know: what the recommender
// is judged by. Everything goes through the loop as signals, as a site would send them.

import { createRng, type Rng } from '../../kernel/rng.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/time.ts'
import { createMemoryLog } from '../../log/index.ts'
import { createLoop, createState, type Loop } from '../../loop.ts'

export const T0 = Date.UTC(2026, 0, 1)
export const GROUPS = 5
export const PRODUCTS = 60

export type TasteShop = {
  readonly loop: Loop
  readonly people: readonly string[]
  /** Moves the product's clock. */
  readonly setNow: (at: number) => void
  readonly track: (
    userId: string,
    event: string,
    properties: Readonly<Record<string, unknown>>,
  ) => Promise<void>
  /** Chance that a person is drawn to a product, 0 to 1. */
  readonly taste: (person: number, product: number) => number
}

export const productId = (product: number): string => `item-${product}`

/** A fresh loop with a clock moved by hand; a log that goes through JSON as on disk. */
export const openShop = (seed: string, peopleCount: number): TasteShop => {
  let now = T0
  let ids = 0
  const ctx = { now: () => now, rng: createRng(seed), newId: () => `id${ids++}` }
  const loop = createLoop({ log: createMemoryLog({ roundTrip: true }), ctx, state: createState() })
  const people = Array.from({ length: peopleCount }, (_, k) => `user-${k}`)
  const rng = createRng(`${seed} tastes`)
  // Some products are liked by all a little more: that is what popularity sees.
  const appeal = Array.from({ length: PRODUCTS }, () => 0.03 + 0.06 * rng.uniform())
  return {
    loop,
    people,
    setNow: (at) => {
      now = at
    },
    taste: (person, product) =>
      Math.min(1, (appeal[product] as number) * (product % GROUPS === person % GROUPS ? 8 : 0.4)),
    track: async (userId, event, properties) => {
      const value = { userId, event, properties }
      await loop.receive({
        endpoint: 'track',
        body: { text: JSON.stringify(value), value, bytes: 100 },
        source: 'test',
        strict: false,
      })
    },
  }
}

/** Weeks of people looking around by taste. */
export const browse = async (shop: TasteShop, rng: Rng, visits: number): Promise<void> => {
  for (let visit = 0; visit < visits; visit++) {
    const person = rng.below(shop.people.length)
    const start = T0 + Math.floor((visit / visits) * 20 * DAY_MS)
    for (let look = 0; look < 4; look++) {
      const product = drawByTaste(shop, rng, person)
      shop.setNow(start + look * MINUTE_MS)
      await shop.track(shop.people[person] ?? '', 'Product Viewed', {
        product_id: productId(product),
        name: `Item ${product}`,
        category: `shelf-${product % 3}`,
        price: 10 + (product % 7),
      })
    }
  }
}

const drawByTaste = (shop: TasteShop, rng: Rng, person: number): number => {
  const weights = Array.from({ length: PRODUCTS }, (_, product) => shop.taste(person, product))
  let point = rng.uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [product, weight] of weights.entries()) {
    point -= weight
    if (point < 0) return product
  }
  return PRODUCTS - 1
}
