// Orders and refunds as Segment's e-commerce spec writes them, tolerant of what shops really send.
// https://segment.com/docs/connections/spec/ecommerce/v2/

import { isRecord } from '../kernel/json.ts'
import type { Signal } from './events.ts'

export type OrderedProduct = {
  /** '' where absent. */
  readonly productId: string
  readonly name: string
  readonly category: string
  /** Of one piece, whole currency units. */
  readonly price: number
  readonly quantity: number
}

export type Order = {
  /** The shop's number, or the message id when it gave none. */
  readonly orderId: string
  /** Whole currency units, never negative. */
  readonly revenue: number
  /** What remains of it for the business, discounts and all taken off; undefined when the shop did not say. */
  readonly margin: number | undefined
  /** What was given away, already taken off `revenue` as Segment's spec has it; undefined when the shop did not say. */
  readonly discount: number | undefined
  /** ISO 4217, upper case; '' when the shop did not say. */
  readonly currency: string
  /** At most {@link PRODUCTS_MAX}. */
  readonly products: readonly OrderedProduct[]
}

export type Refund = { readonly orderId: string; readonly amount: number; readonly currency: string }

export const ORDER_COMPLETED = 'Order Completed'
export const ORDER_REFUNDED = 'Order Refunded'

export const PRODUCTS_MAX = 100

/** Largest amount in whole units that is still exact as integer micros. */
const AMOUNT_MAX = 9_000_000_000

/**
 * The order of an `Order Completed` signal; null for any other. Its revenue is the first of `revenue`, `total`,
 * `value` that is an amount, else the sum of its products, else 0.
 * @example orderOf({ ...signal, name: 'Order Completed', properties: { order_id: 'A1', total: '12.50' } })?.revenue // 12.5
 */
export const orderOf = (signal: Signal): Order | null => {
  if (signal.kind !== 'track' || signal.name !== ORDER_COMPLETED) return null
  const { properties } = signal
  const products = productsOf(properties['products'])
  const total =
    amountOf(properties['revenue']) ?? amountOf(properties['total']) ?? amountOf(properties['value'])
  const margin = amountOf(properties['margin']) ?? amountOf(properties['profit'])
  return {
    orderId: orderIdOf(signal),
    revenue: Math.max(0, total ?? sumOf(products)),
    margin,
    discount: amountOf(properties['discount']),
    currency: currencyOf(properties),
    products,
  }
}

/**
 * What an order left the business: the shop's own figure; else its share of the full price less what was
 * given away. `marginShare` is of the price without discounts.
 * @example orderMargin({ margin: undefined, revenue: 90, discount: 10 }, 0.4) // 30
 */
export const orderMargin = (
  { margin, revenue, discount = 0 }: Pick<Order, 'margin' | 'revenue' | 'discount'>,
  marginShare: number,
): number => margin ?? marginShare * (revenue + discount) - discount

/** The refund of an `Order Refunded` signal, its amount as a positive number; null for any other. */
export const refundOf = (signal: Signal): Refund | null => {
  if (signal.kind !== 'track' || signal.name !== ORDER_REFUNDED) return null
  const { properties } = signal
  const total =
    amountOf(properties['revenue']) ?? amountOf(properties['total']) ?? amountOf(properties['value'])
  return {
    orderId: orderIdOf(signal),
    amount: Math.abs(total ?? sumOf(productsOf(properties['products']))),
    currency: currencyOf(properties),
  }
}

/**
 * A number, or text that is one (a decimal comma before one or two digits included); undefined for all else
 * and for amounts beyond exact arithmetic.
 * @example amountOf('12,50') // 12.5
 */
export const amountOf = (value: unknown): number | undefined => {
  const amount = typeof value === 'string' ? numberOf(value.trim()) : value
  return typeof amount === 'number' && Math.abs(amount) <= AMOUNT_MAX ? amount : undefined
}

const numberOf = (text: string): number | undefined => {
  if (text.length > 32) return undefined
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text)
  return /^[+-]?\d+,\d{1,2}$/.test(text) ? Number(text.replace(',', '.')) : undefined
}

const orderIdOf = ({ properties, messageId }: Signal): string =>
  textOf(properties['order_id']) || textOf(properties['orderId']) || messageId

const currencyOf = (properties: Readonly<Record<string, unknown>>): string => {
  const said = textOf(properties['currency'])
  if (isCode(said)) return said
  const currency = said.trim().toUpperCase()
  return isCode(currency) ? currency : ''
}

const isCode = (text: string): boolean =>
  text.length === 3 && isCapital(text, 0) && isCapital(text, 1) && isCapital(text, 2)

const isCapital = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index)
  return code >= 65 && code <= 90
}

const NO_PRODUCTS: readonly OrderedProduct[] = []

const productsOf = (value: unknown): readonly OrderedProduct[] => {
  if (!Array.isArray(value)) return NO_PRODUCTS
  const products: OrderedProduct[] = []
  for (const entry of value.slice(0, PRODUCTS_MAX)) {
    if (!isRecord(entry)) continue
    products.push({
      productId: textOf(entry['product_id']) || textOf(entry['productId']) || textOf(entry['sku']),
      name: textOf(entry['name']),
      category: textOf(entry['category']),
      price: amountOf(entry['price']) ?? 0,
      quantity: amountOf(entry['quantity']) ?? 1,
    })
  }
  return products
}

const sumOf = (products: readonly OrderedProduct[]): number => {
  const sum = products.reduce((total, { price, quantity }) => total + price * quantity, 0)
  return Math.abs(sum) <= AMOUNT_MAX ? sum : 0
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}
