// Who had to do with what: a sparse table of people and items, by row and by column.

import { Failure } from '../../kernel/failure.ts'

export type Interactions = {
  readonly userCount: number
  readonly itemCount: number
  /** Items of user u: items[userStart[u] … userStart[u + 1]), oldest first where times are known. */
  readonly userStart: Int32Array
  readonly items: Int32Array
  /** Users of item i: users[itemStart[i] … itemStart[i + 1]). */
  readonly itemStart: Int32Array
  readonly users: Int32Array
}

export type InteractionRow = {
  readonly user: number
  readonly item: number
  /** ms or any rising number; 0 when not known. */
  readonly at: number
}

export const ITEMS_MAX = 100_000
export const INTERACTIONS_MAX = 5_000_000

/**
 * The table of these rows; the same item for the same user counts once, at its last time. Numbers of users and items
 * run from 0. Throws Failures `recommend.*` for tables that cannot be learnt from.
 */
export const tabulate = (
  rows: readonly InteractionRow[],
  { userCount, itemCount }: { readonly userCount: number; readonly itemCount: number },
): Interactions => {
  if (rows.length > INTERACTIONS_MAX || itemCount > ITEMS_MAX)
    throw new Failure({
      code: 'recommend.too_large',
      message: `${rows.length} interactions with ${itemCount} items are more than ${INTERACTIONS_MAX} with ${ITEMS_MAX}.`,
      hint: 'Take the most recent ones.',
    })
  const latest = new Map<number, InteractionRow>()
  for (const row of rows) {
    const { user, item, at } = row
    if (
      !Number.isInteger(user) ||
      !Number.isInteger(item) ||
      !Number.isFinite(at) ||
      user < 0 ||
      item < 0 ||
      user >= userCount ||
      item >= itemCount
    )
      throw new Failure({
        code: 'recommend.bad_row',
        message: `A row of user ${user}, item ${item} at ${at} cannot be.`,
        hint: 'Users and items are numbered from 0, times are numbers.',
      })
    const key = user * itemCount + item
    const known = latest.get(key)
    if (known === undefined || known.at < at) latest.set(key, row)
  }
  const kept = [...latest.values()].toSorted(
    (left, right) => left.at - right.at || left.item - right.item || left.user - right.user,
  )
  const byUser = group(
    kept,
    userCount,
    ({ user }) => user,
    ({ item }) => item,
  )
  const byItem = group(
    kept,
    itemCount,
    ({ item }) => item,
    ({ user }) => user,
  )
  return {
    userCount,
    itemCount,
    userStart: byUser.start,
    items: byUser.values,
    itemStart: byItem.start,
    users: byItem.values,
  }
}

const group = (
  rows: readonly InteractionRow[],
  count: number,
  keyOf: (row: InteractionRow) => number,
  valueOf: (row: InteractionRow) => number,
): { readonly start: Int32Array; readonly values: Int32Array } => {
  const start = new Int32Array(count + 1)
  for (const row of rows) start[keyOf(row) + 1] = (start[keyOf(row) + 1] ?? 0) + 1
  for (let k = 0; k < count; k++) start[k + 1] = (start[k + 1] ?? 0) + (start[k] ?? 0)
  const next = start.slice()
  const values = new Int32Array(rows.length)
  for (const row of rows) {
    const key = keyOf(row)
    values[next[key] ?? 0] = valueOf(row)
    next[key] = (next[key] ?? 0) + 1
  }
  return { start, values }
}

/** The items of a user. */
export const itemsOf = ({ userStart, items }: Interactions, user: number): Int32Array =>
  items.subarray(userStart[user], userStart[user + 1])

/** How many users each item has. */
export const popularity = ({ itemStart, itemCount }: Interactions): Float64Array =>
  Float64Array.from({ length: itemCount }, (_item, i) => (itemStart[i + 1] ?? 0) - (itemStart[i] ?? 0))
