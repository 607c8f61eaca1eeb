// What people do, as the tracking calls that a shop's site and server would send.

import type { Json } from '../kernel/json.ts'
import { createRng, type Rng } from '../kernel/rng.ts'
import { CATEGORIES, productsIn, type Category, type Product } from './catalogue.ts'
import { pick, type Customer } from './people.ts'
import { SECOND_ITEM_CHANCE, SECOND_PIECE_CHANCE, type Basket } from './response.ts'

/** One call of a batch, without its place in time. */
export type Item = { readonly [key: string]: Json }

export type Line = { readonly product: Product; readonly quantity: number }

/** Draws a basket: `category` leads, else taste does. Its mean is `meanBasket`. */
export const drawBasket = (rng: Rng, person: Customer, category: Category | null): readonly Line[] => {
  const lead = category ?? drawCategory(rng, person)
  const first: Line = {
    product: drawProduct(rng, lead),
    quantity: rng.uniform() < SECOND_PIECE_CHANCE ? 2 : 1,
  }
  if (rng.uniform() >= SECOND_ITEM_CHANCE) return [first]
  const second: Line = {
    product: drawProduct(rng, drawCategory(rng, person)),
    quantity: rng.uniform() < SECOND_PIECE_CHANCE ? 2 : 1,
  }
  return [first, second]
}

export const worthOf = (lines: readonly Line[]): Basket =>
  lines.reduce(
    (sum, { product, quantity }) => ({
      revenue: sum.revenue + product.price * quantity,
      margin: sum.margin + product.price * product.marginShare * quantity,
    }),
    { revenue: 0, margin: 0 },
  )

export const drawCategory = (rng: Rng, { taste }: Customer): Category =>
  pick(
    rng,
    CATEGORIES.map((category, index) => [category, taste[index] ?? 0] as const),
  )

/** What they look at: mostly what they like, now and then anything. */
export const drawLookedAt = (rng: Rng, person: Customer): Category =>
  rng.uniform() < 0.25 ? (CATEGORIES[rng.below(CATEGORIES.length)] ?? 'coffee') : drawCategory(rng, person)

export const drawProduct = (rng: Rng, category: Category): Product => {
  const shelf = productsIn(category)
  return shelf[rng.below(shelf.length)] as Product
}

/** The call sent when somebody registers, and once for everybody known before. */
export const identifyItem = (person: Customer, at: number): Item => ({
  type: 'identify',
  userId: person.userId,
  anonymousId: person.anonymousId,
  traits: {
    email: person.email,
    firstName: person.firstName,
    city: person.city,
    language: person.language,
    tier: person.tier,
    source: person.source,
    createdAt: new Date(at).toISOString(),
  },
  context: contextOf(person),
})

export const consentItem = (person: Customer): Item => ({
  ...trackItem(person, 'Consent Changed', {
    channel: 'email',
    purpose: 'marketing',
    granted: person.consents,
    textVersion: 'newsletter-3',
  }),
})

export const trackItem = (person: Customer, event: string, properties: Item): Item => ({
  type: 'track',
  event,
  ...idsOf(person),
  properties,
  context: contextOf(person),
})

export const pageItem = (person: Customer, name: string, properties: Item = {}): Item => ({
  type: 'page',
  name,
  ...idsOf(person),
  properties: { path: `/${name.toLowerCase().replaceAll(' ', '-')}`, ...properties },
  context: contextOf(person),
})

export const productProperties = ({ id, name, category, price }: Product): Item => ({
  product_id: id,
  name,
  category,
  price,
  currency: 'EUR',
})

/** Amounts as Segment's spec has them: `revenue` is what was paid, `margin` what it left, `discount` what was given away. */
export const orderItem = (
  person: Customer,
  orderId: string,
  lines: readonly Line[],
  discountShare: number,
): Item => {
  const { revenue, margin } = worthOf(lines)
  const discount = revenue * discountShare
  return trackItem(person, 'Order Completed', {
    order_id: orderId,
    revenue: cents(revenue - discount),
    margin: cents(margin - discount),
    currency: 'EUR',
    ...(discountShare > 0
      ? { discount: cents(discount), coupon: `${Math.round(discountShare * 100)}off` }
      : {}),
    products: lines.map(({ product, quantity }) => ({ ...productProperties(product), quantity })),
  })
}

/** Ids as a signed-in visit carries them. */
const idsOf = (person: Customer): Item => ({ userId: person.userId, anonymousId: person.anonymousId })

/** The same call from somebody who has not signed up yet. */
export const anonymously = (item: Item): Item => {
  const { userId: _userId, ...rest } = item
  return rest
}

const contexts = new WeakMap<Customer, Item>()

const contextOf = (person: Customer): Item => {
  const known = contexts.get(person)
  if (known !== undefined) return known
  const context: Item = {
    timezone: person.timeZone,
    locale: person.language === 'ru' ? 'ru-RU' : 'en-GB',
    device: { type: person.device },
  }
  contexts.set(person, context)
  return context
}

export const cents = (amount: number): number => Math.round(amount * 100) / 100

/** A stream of luck that hangs on what it is for, so that one world with and without a contact share theirs. */
export const luckOf = (seed: string, ...what: readonly (string | number)[]): Rng =>
  createRng(`${seed}/${what.join('/')}`)
