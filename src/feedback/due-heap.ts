// Which decisions' windows are over next: a binary heap of rows by deadline, then by arrival.

import {
  clearFlag,
  CLOSED,
  DEADLINE,
  hasFlag,
  HEAPED,
  numberIn,
  type OpenDecisions,
  type Row,
  SEQ,
  setFlag,
} from './open-rows.ts'

export const pushDue = (store: OpenDecisions, row: Row): void => {
  const heap = store.due
  setFlag(store, row, HEAPED)
  let i = heap.length
  heap.push(row)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(store, row, above)) break
    heap[i] = above
    i = parent
  }
  heap[i] = row
}

/** Takes the closed ones from the top; each of them is given to `out`. */
export const dropClosed = (store: OpenDecisions, out: (row: Row) => void): void => {
  for (let top = store.due[0]; top !== undefined && hasFlag(store, top, CLOSED); top = store.due[0]) {
    pop(store)
    clearFlag(store, top, HEAPED)
    out(top)
  }
}

/** At most `limit` open decisions due by `until`, earliest first, leaving the store as it is. */
export const duePage = (store: OpenDecisions, until: number, limit: number): Row[] => {
  const page: Row[] = []
  // Walks down the heap from the top: the cost hangs on the page, not on how many are open.
  const frontier: { readonly row: Row; readonly index: number }[] = []
  const consider = (index: number): void => {
    const row = store.due[index]
    if (row !== undefined && numberIn(store, row, DEADLINE) <= until) frontier.push({ row, index })
  }
  consider(0)
  while (frontier.length > 0 && page.length < limit) {
    let first = 0
    for (let i = 1; i < frontier.length; i++) {
      const candidate = frontier[i]
      const best = frontier[first]
      if (candidate !== undefined && best !== undefined && isBefore(store, candidate.row, best.row)) first = i
    }
    const [taken] = frontier.splice(first, 1)
    if (taken === undefined) break
    if (!hasFlag(store, taken.row, CLOSED)) page.push(taken.row)
    consider(2 * taken.index + 1)
    consider(2 * taken.index + 2)
  }
  return page
}

const isBefore = (store: OpenDecisions, left: Row, right: Row): boolean => {
  const [leftDue, rightDue] = [numberIn(store, left, DEADLINE), numberIn(store, right, DEADLINE)]
  return (
    leftDue < rightDue || (leftDue === rightDue && numberIn(store, left, SEQ) < numberIn(store, right, SEQ))
  )
}

const pop = (store: OpenDecisions): void => {
  const heap = store.due
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    const left = heap[child]
    if (left === undefined) break
    const right = heap[child + 1]
    if (right !== undefined && isBefore(store, right, left)) child++
    const below = heap[child]
    if (below === undefined || !isBefore(store, below, last)) break
    heap[i] = below
    i = child
  }
  heap[i] = last
}
