// Which products people have to do with on the same day, counted as it happens: what is known of a product that
// came after the last training. A few companions of each; a new one takes the place of the rarest (space-saving,
// Metwally et al. 2005), so counts may be too high by what they took over.

export type Companions = {
  readonly slots: number
  /** Product number + 1; 0 = empty. */
  items: Uint32Array
  counts: Float32Array
}

export const createCompanions = (slots: number): Companions => ({
  slots,
  items: new Uint32Array(slots * 64),
  counts: new Float32Array(slots * 64),
})

/** Counts that both were had together. */
export const pair = (state: Companions, left: number, right: number): void => {
  if (left === right) return
  count(state, left, right)
  count(state, right, left)
}

const count = (state: Companions, of: number, companion: number): void => {
  const { slots } = state
  const most = Math.max(of, companion)
  if ((most + 1) * slots > state.items.length) grow(state, (most + 1) * slots)
  const base = of * slots
  let least = base
  for (let k = base; k < base + slots; k++) {
    const item = state.items[k] as number
    if (item === companion + 1 || item === 0) {
      state.items[k] = companion + 1
      state.counts[k] = (state.counts[k] as number) + 1
      return
    }
    if ((state.counts[k] as number) < (state.counts[least] as number)) least = k
  }
  state.items[least] = companion + 1
  state.counts[least] = (state.counts[least] as number) + 1
}

const grow = (state: Companions, length: number): void => {
  const size = Math.max(length, state.items.length * 2)
  const items = new Uint32Array(size)
  const counts = new Float32Array(size)
  items.set(state.items)
  counts.set(state.counts)
  state.items = items
  state.counts = counts
}

/** Adds to each companion of `item` its share of the item's pairs, times `weight`. */
export const scoreCompanions = (
  state: Companions,
  item: number,
  { scores, weight }: { readonly scores: Float64Array; readonly weight: number },
): void => {
  const base = item * state.slots
  if (base >= state.items.length) return
  let total = 0
  for (let k = base; k < base + state.slots; k++) total += state.counts[k] as number
  if (total === 0) return
  for (let k = base; k < base + state.slots; k++) {
    const companion = (state.items[k] as number) - 1
    if (companion >= 0 && companion < scores.length)
      scores[companion] =
        (scores[companion] as number) + (weight * (state.counts[k] as number)) / (total + SHRINKAGE)
  }
}

/** Companions of a product with how often both were had together, most often first; at most the slots. */
export const companionsOf = (
  { slots, items, counts }: Companions,
  item: number,
): readonly { readonly item: number; readonly together: number }[] => {
  const found: { readonly item: number; readonly together: number }[] = []
  for (let k = item * slots; k < Math.min((item + 1) * slots, items.length); k++)
    if ((items[k] as number) > 0)
      found.push({ item: (items[k] as number) - 1, together: counts[k] as number })
  return found.toSorted((left, right) => right.together - left.together || left.item - right.item)
}

/** Pairs that must have been seen before their shares are believed. */
const SHRINKAGE = 5
