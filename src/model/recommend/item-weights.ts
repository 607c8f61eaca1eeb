// What an item somebody had says about other items: the one shape that EASE, item-kNN and RP3beta all end in. Kept
// sparse: the strongest weights of each item, so that it fits into an event and answers in microseconds.

export type ItemWeights = {
  readonly itemCount: number
  /** Row i: what item i says about targets[start[i] … start[i + 1]). */
  readonly start: Int32Array
  readonly targets: Int32Array
  readonly weights: Float32Array
}

/** Collects columns (what all items say about one target) into rows of at most `perItem` strongest weights. */
export const createWeightTable = (itemCount: number, perItem: number) => {
  // A heap for each source would be exact and slow: keep twice as many and cut when full. After a cut what is weaker
  // than all that was kept need not come in: that is most of it.
  const room = perItem * 2
  const floor = new Float32Array(itemCount)
  const targets = Array.from({ length: itemCount }, (): Int32Array | null => null)
  const weights = Array.from({ length: itemCount }, (): Float32Array | null => null)
  const size = new Int32Array(itemCount)
  const cut = (source: number): void => {
    const own = weights[source] as Float32Array
    const to = targets[source] as Int32Array
    const n = size[source] ?? 0
    const order = Array.from({ length: n }, (_w, k) => k).toSorted(
      (left, right) =>
        Math.abs(own[right] ?? 0) - Math.abs(own[left] ?? 0) || (to[left] ?? 0) - (to[right] ?? 0),
    )
    const kept = order.slice(0, perItem).map((k) => [to[k] ?? 0, own[k] ?? 0] as const)
    kept.forEach(([target, weight], k) => {
      to[k] = target
      own[k] = weight
    })
    size[source] = kept.length
    floor[source] = Math.abs(kept[perItem - 1]?.[1] ?? 0)
  }
  return {
    add: (source: number, target: number, weight: number): void => {
      if (weight === 0 || source === target || Math.abs(weight) < (floor[source] ?? 0)) return
      targets[source] ??= new Int32Array(room)
      weights[source] ??= new Float32Array(room)
      if ((size[source] ?? 0) === room) cut(source)
      const k = size[source] ?? 0
      targets[source][k] = target
      weights[source][k] = weight
      size[source] = k + 1
    },
    finish: (): ItemWeights => {
      for (let i = 0; i < itemCount; i++) if ((size[i] ?? 0) > 0) cut(i)
      const start = new Int32Array(itemCount + 1)
      for (let i = 0; i < itemCount; i++) start[i + 1] = (start[i] ?? 0) + (size[i] ?? 0)
      const all = {
        targets: new Int32Array(start[itemCount] ?? 0),
        weights: new Float32Array(start[itemCount] ?? 0),
      }
      for (let i = 0; i < itemCount; i++) {
        const n = size[i] ?? 0
        if (n === 0) continue
        all.targets.set((targets[i] as Int32Array).subarray(0, n), start[i])
        all.weights.set((weights[i] as Float32Array).subarray(0, n), start[i])
      }
      return { itemCount, start, ...all }
    },
  }
}

/** Adds what `history` says about each item to `scores`; an item's own place may be given a weight below 1. */
export const scoreHistory = (
  table: ItemWeights,
  history: ArrayLike<number>,
  scores: Float64Array,
  weightOf: (index: number) => number = () => 1,
): void => {
  for (let h = 0; h < history.length; h++) {
    const item = history[h] ?? -1
    if (item < 0 || item >= table.itemCount) continue
    const by = weightOf(h)
    const end = table.start[item + 1] ?? 0
    for (let k = table.start[item] ?? 0; k < end; k++) {
      const target = table.targets[k] ?? 0
      scores[target] = (scores[target] ?? 0) + by * (table.weights[k] ?? 0)
    }
  }
}

/** The `count` items of highest score, best first, without those in `except`; only scores above 0 count. */
export const topItems = (
  scores: Float64Array,
  count: number,
  except: ReadonlySet<number>,
): readonly number[] => {
  const best: number[] = []
  let least = -Infinity
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0
    if (score <= 0 || (best.length >= count && score <= least) || except.has(i)) continue
    let at = best.length
    while (at > 0 && (scores[best[at - 1] ?? 0] ?? 0) < score) at--
    best.splice(at, 0, i)
    if (best.length > count) best.pop()
    least = scores[best.at(-1) ?? 0] ?? 0
  }
  return best
}
