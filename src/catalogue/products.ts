// The shop's products: from its own list where it gave one, else from what its events say of them.

import { amountOf, type OrderedProduct } from '../signal/index.ts'
import { isRecord } from '../kernel/json.ts'
import type { ProductRow } from './events.ts'
import { ID_CHARS_MAX, NAME_CHARS_MAX, URL_CHARS_MAX } from './limits.ts'

/** A product as it is known now; its number is its place and never changes. */
export type Product = ProductRow & {
  /** From the shop's list or a `Product Updated`, not only seen in what visitors did. */
  readonly listed: boolean
  /** ms */
  readonly firstSeenAt: number
}

export type Products = {
  readonly rows: Product[]
  /** Derived, by number: 1 for what has a name and is not sold out, +2 for what is listed; read by every answer. */
  shelf: Uint8Array
  /** Derived, by number: when it was launched, or where that is not said first seen, ms. */
  since: Float64Array
  /** Number by id. */
  readonly numbers: Map<string, number>
  /** How many are {@link Product.listed}. */
  listed: number
  /** Products not taken in, since there are too many or the id cannot be one. */
  refused: number
}

export const createProducts = (): Products => ({
  rows: [],
  shelf: new Uint8Array(START),
  since: new Float64Array(START),
  numbers: new Map(),
  listed: 0,
  refused: 0,
})

const START = 64
export const SHELF = { sellable: 1, listed: 2 } as const

/** Sets a row, and what is derived of it. */
const setRow = (products: Products, number: number, product: Product): void => {
  products.rows[number] = product
  if (number >= products.shelf.length) {
    const [shelf, since] = [new Uint8Array(number * 2), new Float64Array(number * 2)]
    shelf.set(products.shelf)
    since.set(products.since)
    products.shelf = shelf
    products.since = since
  }
  const sellable = product.stock !== 0 && product.name !== ''
  products.shelf[number] = (sellable ? SHELF.sellable : 0) + (product.listed ? SHELF.listed : 0)
  products.since[number] = product.launchedAt || product.firstSeenAt
}

/** What a signal is about, for the catalogue. */
export type Interest = 'viewed' | 'added' | 'bought'

export const PRODUCT_UPDATED = 'Product Updated'

/** What an event of this name says of the product in its properties; null for other events, orders among them. */
export const interestOf = (name: string): Interest | null => {
  switch (name) {
    case 'Product Viewed':
    case 'Product Clicked':
      return 'viewed'
    case 'Product Added':
      return 'added'
    default:
      return null
  }
}

type Properties = Readonly<Record<string, unknown>>

const idIn = (properties: Properties): string =>
  textOf(properties['product_id']) || textOf(properties['productId']) || textOf(properties['sku'])

/** A product as properties of Segment's e-commerce events describe it. */
export const rowOf = (properties: Properties): ProductRow => ({
  id: idIn(properties),
  name: textOf(properties['name']),
  category: textOf(properties['category']),
  price: positive(amountOf(properties['price'])),
  url: textOf(properties['url']),
  image: textOf(properties['image_url']) || textOf(properties['image']),
  stock: stockOf(properties),
  margin: amountOf(properties['margin']) ?? null,
  launchedAt: timeOf(properties['launched_at'] ?? properties['launched']),
})

export const orderedRow = ({ productId, name, category, price }: OrderedProduct): ProductRow => ({
  id: productId,
  name,
  category,
  price: price > 0 ? price : null,
  url: '',
  image: '',
  stock: null,
  margin: null,
  launchedAt: 0,
})

export type About = { readonly at: number; readonly listed: boolean; readonly productsMax: number }

/** As {@link putProduct} of {@link rowOf} what a visitor's event says; the usual mention of a known product makes no row. */
export const mentionProduct = (products: Products, properties: Properties, about: About): number => {
  const id = idIn(properties)
  const number = products.numbers.get(id)
  if (number !== undefined) {
    const known = products.rows[number] as Product
    if (known.listed || saysNothing(properties, known)) return number
  }
  return putProduct(products, rowOf(properties), about)
}

/** True only where all that stands there is known word for word; a name that was cut may have to be cut once more. */
const saysNothing = (properties: Properties, known: Product): boolean =>
  isKnown(properties['name'], known.name) &&
  known.name.length < NAME_CHARS_MAX &&
  isKnown(properties['category'], known.category) &&
  known.category.length < NAME_CHARS_MAX &&
  isKnown(properties['price'], known.price) &&
  isKnown(properties['url'], known.url) &&
  isKnown(properties['image_url'], known.image) &&
  isKnown(properties['image'], known.image) &&
  properties['stock'] === undefined &&
  properties['inventory'] === undefined &&
  properties['available'] === undefined &&
  properties['in_stock'] === undefined

const isKnown = (said: unknown, known: unknown): boolean => said === undefined || said === known

/**
 * Takes a description in; gives the product's number, -1 when it is not taken. What the shop lists stands over
 * what events of visitors say: those fill gaps only, since anybody with the page's key can send them.
 */
export const putProduct = (products: Products, row: ProductRow, about: About): number => {
  if (row.id === '' || row.id.length > ID_CHARS_MAX) return -1
  const number = products.numbers.get(row.id)
  if (number === undefined) {
    if (products.rows.length >= about.productsMax) {
      products.refused++
      return -1
    }
    products.numbers.set(row.id, products.rows.length)
    const added = { ...clean(row), listed: about.listed, firstSeenAt: about.at }
    setRow(products, products.rows.length, added)
    if (about.listed) products.listed++
    return products.rows.length - 1
  }
  const known = products.rows[number] as Product
  if (about.listed) {
    if (!known.listed) products.listed++
    setRow(products, number, filled(row, known, true))
  } else if (!known.listed && says(row, known)) setRow(products, number, filled(row, known, false))
  return number
}

/** Whether it says anything new, so that the usual mention of a known product costs nothing. */
const says = (row: ProductRow, known: ProductRow): boolean =>
  (row.name !== '' && row.name !== known.name) ||
  (row.category !== '' && row.category !== known.category) ||
  (row.price !== null && row.price !== known.price) ||
  (row.url !== '' && row.url !== known.url) ||
  (row.image !== '' && row.image !== known.image) ||
  (row.stock !== null && row.stock !== known.stock)

/** `row` with what it does not say taken from `known`. */
const filled = (row: ProductRow, known: Product, listed: boolean): Product => ({
  id: known.id,
  name: row.name.slice(0, NAME_CHARS_MAX) || known.name,
  category: row.category.slice(0, NAME_CHARS_MAX) || known.category,
  price: row.price ?? known.price,
  url: linkOf(row.url) || known.url,
  image: linkOf(row.image) || known.image,
  stock: row.stock ?? known.stock,
  margin: row.margin ?? known.margin,
  launchedAt: row.launchedAt || known.launchedAt,
  listed,
  firstSeenAt: known.firstSeenAt,
})

const clean = (row: ProductRow): ProductRow => ({
  ...row,
  name: row.name.slice(0, NAME_CHARS_MAX),
  category: row.category.slice(0, NAME_CHARS_MAX),
  url: linkOf(row.url),
  image: linkOf(row.image),
})

/** An address that may stand in a page or mail; '' for anything else, `javascript:` above all. */
const linkOf = (text: string): string =>
  text !== '' && text.length <= URL_CHARS_MAX && /^https?:\/\/[^\s"'<>\\]+$/i.test(text) ? text : ''

/** Takes pieces off a stock that is counted. */
export const sell = (products: Products, number: number, quantity: number): void => {
  const known = products.rows[number]
  if (known === undefined || known.stock === null || !(quantity > 0)) return
  setRow(products, number, { ...known, stock: Math.max(0, known.stock - quantity) })
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value.isWellFormed() ? value.trim() : ''
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}

const positive = (amount: number | undefined): number | null =>
  amount !== undefined && amount >= 0 ? amount : null

const stockOf = (properties: Readonly<Record<string, unknown>>): number | null => {
  const count = amountOf(properties['stock'] ?? properties['inventory'])
  if (count !== undefined) return Math.max(0, count)
  const available = properties['available'] ?? properties['in_stock']
  return available === false ? 0 : null
}

const timeOf = (value: unknown): number => {
  if (typeof value !== 'string' || value.length > 40 || !/^\d{4}-\d{2}-\d{2}/.test(value)) return 0
  const at = Date.parse(value)
  return Number.isFinite(at) && at > 0 ? at : 0
}

/** Rows out of a dump. */
export const productsFrom = (rows: unknown, refused: unknown): Products => {
  const products = createProducts()
  for (const row of Array.isArray(rows) ? rows : []) {
    if (!isRecord(row)) continue
    const product = row as unknown as Product
    products.numbers.set(product.id, products.rows.length)
    setRow(products, products.rows.length, product)
    if (product.listed) products.listed++
  }
  products.refused = typeof refused === 'number' ? refused : 0
  return products
}
