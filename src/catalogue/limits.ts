// Everything the catalogue keeps has an end: these are the ends.

export type CatalogueOptions = {
  readonly productsMax: number
  /** People whose latest products are remembered; the longest silent makes room. */
  readonly peopleMax: number
  /** Products remembered of a person; the oldest that was not bought makes room. */
  readonly historyMax: number
  /** Sessions not yet over. */
  readonly sessionsMax: number
  /** Companions counted of each product. */
  readonly companionsMax: number
}

export const CATALOGUE_OPTIONS: CatalogueOptions = {
  productsMax: 50_000,
  peopleMax: 500_000,
  historyMax: 24,
  sessionsMax: 100_000,
  companionsMax: 16,
}

export const ID_CHARS_MAX = 200
export const NAME_CHARS_MAX = 300
export const URL_CHARS_MAX = 1_000
