// The shop of the simulated market: Lighthouse Coffee & Tea, what it sells, for how much, with what left over.

import { present } from '../kernel/assert.ts'

export const CATEGORIES = ['coffee', 'tea', 'gear', 'gifts'] as const
export type Category = (typeof CATEGORIES)[number]

export type Product = {
  readonly id: string
  readonly name: string
  readonly category: Category
  /** Whole currency units. */
  readonly price: number
  /** Share of the price that is left to the shop. */
  readonly marginShare: number
}

const MARGIN_SHARES: Readonly<Record<Category, number>> = { coffee: 0.46, tea: 0.52, gear: 0.38, gifts: 0.45 }

const SHELVES: Readonly<Record<Category, readonly (readonly [name: string, price: number])[]>> = {
  coffee: [
    ['Harbour Espresso 1 kg', 29],
    ['Morning Watch Filter 500 g', 17],
    ['Ethiopia Guji 250 g', 14],
    ['Colombia Huila 250 g', 13],
    ['Kenya Nyeri 250 g', 16],
    ['Decaf Tide 500 g', 19],
    ['Brazil Cerrado 1 kg', 26],
    ['Cold Brew Pack', 22],
    ['Capsules Box of 50', 24],
    ['Tasting Set of Six', 34],
  ],
  tea: [
    ['Assam Breakwater 200 g', 15],
    ['Sencha First Flush 100 g', 19],
    ['Darjeeling Lantern 100 g', 21],
    ['Earl Grey Fog 150 g', 14],
    ['White Peony 80 g', 24],
    ['Rooibos Sandbank 250 g', 13],
    ['Jasmine Pearls 100 g', 23],
    ['Oolong Cliff 100 g', 26],
    ['Herbal Night Watch 120 g', 12],
    ['Tea Chest of Twelve', 36],
  ],
  gear: [
    ['Hand Grinder', 49],
    ['Pour-over Stand', 32],
    ['Gooseneck Kettle', 58],
    ['French Press 1 l', 34],
    ['Moka Pot 6 cups', 29],
    ['Kitchen Scale', 27],
    ['Milk Frother', 24],
    ['Filter Papers 200', 9],
    ['Travel Mug', 26],
    ['Glass Teapot', 31],
  ],
  gifts: [
    ['Keeper’s Gift Box', 45],
    ['Cups for Two', 28],
    ['Chocolate and Coffee', 24],
    ['Tea Calendar', 33],
    ['Gift Card 25', 25],
    ['Gift Card 50', 50],
    ['Lighthouse Candle', 18],
    ['Honey Trio', 21],
    ['Biscuit Tin', 16],
    ['Linen Napkins', 23],
  ],
}

export const PRODUCTS: readonly Product[] = CATEGORIES.flatMap((category) =>
  SHELVES[category].map(([name, price], index) => ({
    id: `${category}-${index + 1}`,
    name,
    category,
    price,
    marginShare: MARGIN_SHARES[category],
  })),
)

const byCategory = new Map<Category, readonly Product[]>(
  CATEGORIES.map((category) => [category, PRODUCTS.filter((product) => product.category === category)]),
)

export const productsIn = (category: Category): readonly Product[] =>
  present(byCategory.get(category), 'every category has a shelf')

/** Mean price and mean margin of one piece of a category, whole currency units. */
export const meanOf = (category: Category): { readonly price: number; readonly margin: number } => {
  const shelf = productsIn(category)
  const price = shelf.reduce((sum, product) => sum + product.price, 0) / shelf.length
  return { price, margin: price * MARGIN_SHARES[category] }
}
