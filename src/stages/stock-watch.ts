// Lines whose products are all sold out: paid visits to an empty shelf bring nothing, so they are paused, and come back
// as they were when something is there again. Looked at once a minute, so that a stock that flickers does not edit.

import type { Catalogue } from '../catalogue/index.ts'
import type { AdLineSpec } from '../delivery/index.ts'
import type { SpendBooks } from '../guardrail/index.ts'
import { MINUTE_MS } from '../kernel/time.ts'

/** Whether all that a line sells is counted and gone; false where it names nothing, or something that is not known. */
export const isSoldOut = (
  { products }: Pick<Catalogue, 'products'>,
  { sells }: Pick<AdLineSpec, 'sells'>,
): boolean => {
  if (sells === undefined || sells === null) return false
  const named = sells.products.map((id) => products.rows[products.numbers.get(id) ?? -1])
  const category = sells.category.toLowerCase()
  const ofCategory =
    category === '' ? [] : products.rows.filter((row) => row.category.toLowerCase() === category)
  const all = [...named, ...ofCategory]
  return all.length > 0 && all.every((row) => row?.stock === 0)
}

/** Answers for a line by its id, from a look at most a minute old. */
export const createStockWatch = (
  catalogue: Catalogue,
  books: SpendBooks,
  now: () => number,
): ((lineId: string) => boolean) => {
  let gone: ReadonlySet<string> = new Set()
  let lookedAt = -Infinity
  return (lineId) => {
    if (now() - lookedAt >= MINUTE_MS) {
      lookedAt = now()
      gone = new Set(
        [...books.lines.values()].flatMap(({ spec }) => (isSoldOut(catalogue, spec) ? [spec.id] : [])),
      )
    }
    return gone.has(lineId)
  }
}
