// What is still to happen in the world, the earliest first; of equals the one that was put in first.

export type Timed = { readonly at: number }

export type Heap<T extends Timed> = {
  readonly push: (item: T) => void
  /** Takes the earliest off when it is due at `until` (ms) or before. */
  readonly popUntil: (until: number) => T | undefined
  readonly size: () => number
}

type Entry<T> = { readonly item: T; readonly order: number }

export const createHeap = <T extends Timed>(): Heap<T> => {
  const entries: Entry<T>[] = []
  let pushed = 0
  const before = (left: Entry<T>, right: Entry<T>): boolean =>
    left.item.at < right.item.at || (left.item.at === right.item.at && left.order < right.order)

  const push = (item: T): void => {
    const entry = { item, order: pushed++ }
    let child = entries.length
    entries.push(entry)
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = entries[parent] as Entry<T>
      if (!before(entry, above)) break
      entries[child] = above
      child = parent
    }
    entries[child] = entry
  }

  const popUntil = (until: number): T | undefined => {
    const top = entries[0]
    if (top === undefined || top.item.at > until) return undefined
    const last = entries.pop() as Entry<T>
    if (entries.length > 0) sink(last)
    return top.item
  }

  const sink = (entry: Entry<T>): void => {
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= entries.length) break
      if (child + 1 < entries.length && before(entries[child + 1] as Entry<T>, entries[child] as Entry<T>))
        child++
      if (!before(entries[child] as Entry<T>, entry)) break
      entries[parent] = entries[child] as Entry<T>
      parent = child
    }
    entries[parent] = entry
  }
  return { push, popUntil, size: () => entries.length }
}
