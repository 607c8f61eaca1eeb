// What falls due first, with removal from anywhere: a binary heap that knows where each item sits.

export type DueItem = { readonly key: string; readonly dueAt: number; readonly order: number }

export type DueHeap<T extends DueItem> = {
  readonly items: T[]
  readonly places: Map<string, number>
}

export const createDueHeap = <T extends DueItem>(): DueHeap<T> => ({ items: [], places: new Map() })

export const heapGet = <T extends DueItem>(heap: DueHeap<T>, key: string): T | undefined => {
  const place = heap.places.get(key)
  return place === undefined ? undefined : heap.items[place]
}

/** Adds an item, in place of the one with its key if there is one. O(log n). */
export const heapPut = <T extends DueItem>(heap: DueHeap<T>, item: T): void => {
  heapDelete(heap, item.key)
  heap.items.push(item)
  heap.places.set(item.key, heap.items.length - 1)
  rise(heap, heap.items.length - 1)
}

/** Takes the item with this key out; undefined when there is none. O(log n). */
export const heapDelete = <T extends DueItem>(heap: DueHeap<T>, key: string): T | undefined => {
  const place = heap.places.get(key)
  if (place === undefined) return undefined
  const item = heap.items[place]
  const last = heap.items.pop()
  heap.places.delete(key)
  if (last !== undefined && last.key !== key) {
    heap.items[place] = last
    heap.places.set(last.key, place)
    rise(heap, place)
    sink(heap, heap.places.get(last.key) ?? place)
  }
  return item
}

/**
 * At most `limit` items due at or before `now`, soonest first, without taking them out. Those for which
 * `skip` holds do not count against the limit. O(found log found).
 */
export const heapDue = <T extends DueItem>(
  heap: DueHeap<T>,
  {
    now,
    limit,
    skip,
  }: { readonly now: number; readonly limit: number; readonly skip: (key: string) => boolean },
): T[] => {
  const found: T[] = []
  // Places whose parents were all taken already: the next soonest is always among them.
  const frontier: number[] = heap.items.length > 0 ? [0] : []
  while (frontier.length > 0 && found.length < limit) {
    const place = takeSoonest(heap, frontier)
    const item = heap.items[place]
    if (item === undefined || item.dueAt > now) break
    if (!skip(item.key)) found.push(item)
    for (const child of [2 * place + 1, 2 * place + 2])
      if (child < heap.items.length) addToFrontier(heap, frontier, child)
  }
  return found
}

const before = (left: DueItem | undefined, right: DueItem | undefined): boolean =>
  left !== undefined &&
  right !== undefined &&
  (left.dueAt < right.dueAt || (left.dueAt === right.dueAt && left.order < right.order))

const swap = <T extends DueItem>(heap: DueHeap<T>, i: number, j: number): void => {
  const a = heap.items[i]
  const b = heap.items[j]
  if (a === undefined || b === undefined) return
  heap.items[i] = b
  heap.items[j] = a
  heap.places.set(b.key, i)
  heap.places.set(a.key, j)
}

const rise = <T extends DueItem>(heap: DueHeap<T>, from: number): void => {
  let place = from
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (!before(heap.items[place], heap.items[parent])) return
    swap(heap, place, parent)
    place = parent
  }
}

const sink = <T extends DueItem>(heap: DueHeap<T>, from: number): void => {
  let place = from
  for (;;) {
    const left = 2 * place + 1
    const least = before(heap.items[left + 1], heap.items[left]) ? left + 1 : left
    if (!before(heap.items[least], heap.items[place])) return
    swap(heap, place, least)
    place = least
  }
}

// The frontier is itself a small heap of places.
const addToFrontier = <T extends DueItem>(heap: DueHeap<T>, frontier: number[], place: number): void => {
  frontier.push(place)
  let at = frontier.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const own = frontier[at] ?? 0
    const above = frontier[parent] ?? 0
    if (!before(heap.items[own], heap.items[above])) return
    frontier[at] = above
    frontier[parent] = own
    at = parent
  }
}

const takeSoonest = <T extends DueItem>(heap: DueHeap<T>, frontier: number[]): number => {
  const top = frontier[0] ?? 0
  const last = frontier.pop() ?? 0
  if (frontier.length === 0) return top
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    if (left >= frontier.length) break
    const leftItem = heap.items[frontier[left] ?? 0]
    const rightItem = heap.items[frontier[left + 1] ?? -1]
    const least = before(rightItem, leftItem) ? left + 1 : left
    const child = frontier[least] ?? 0
    if (!before(heap.items[child], heap.items[last])) break
    frontier[at] = child
    at = least
  }
  frontier[at] = last
  return top
}
