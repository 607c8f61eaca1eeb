// Finds columns of a dump that lie in the state's own memory: a snapshot is written while the state goes on, so that
// such a column would be of no moment at all.

import { dumpState, type LoopState } from '../../src/loop.ts'

export type Shared = {
  /** Part and column, and where in the state the same memory is. */
  readonly columns: readonly string[]
  /** Arrays of numbers that the state has. */
  readonly arrays: number
}

export const sharedColumns = (state: LoopState): Shared => {
  const owned = new Map<ArrayBufferLike, string>()
  const seen = new Set<object>()
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if (ArrayBuffer.isView(value)) owned.set(value.buffer, path)
    else if (value instanceof Map) for (const [key, one] of value) walk(one, `${path}.${String(key)}`)
    else if (value instanceof Set) for (const one of value) walk(one, path)
    else for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`)
  }
  walk(state, 'state')
  const columns = Object.entries(dumpState(state)).flatMap(([part, dump]) =>
    Object.entries(dump).flatMap(([name, column]) => {
      const owner = ArrayBuffer.isView(column) ? owned.get(column.buffer) : undefined
      return owner === undefined ? [] : [`${part} ${name}: ${owner}`]
    }),
  )
  return { columns, arrays: owned.size }
}
