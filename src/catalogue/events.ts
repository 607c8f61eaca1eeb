// What the catalogue slice is told beside the signals: products as a shop's own file lists them.

/** One product of a shop's list; '' and null where the list does not say. */
export type ProductRow = {
  readonly id: string
  readonly name: string
  readonly category: string
  /** Whole currency units. */
  readonly price: number | null
  readonly url: string
  readonly image: string
  /** Pieces that can be sold; null = not counted, 0 = sold out. */
  readonly stock: number | null
  /** Whole currency units left of one piece. */
  readonly margin: number | null
  /** ms; 0 = not known. */
  readonly launchedAt: number
}

export const PRODUCTS_LISTED = 'catalogue.products_listed.v1'
/** Rows of a product list, as imported: each says all that is known of its product. */
export type ProductsListed = { readonly source: string; readonly products: readonly ProductRow[] }
