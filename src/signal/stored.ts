// How much of each class is stored, by the month it counts to: what people see before they say how long it is kept.

import type { Json } from '../kernel/json.ts'
import type { Signal } from './events.ts'
import { classOf, periodOf, type SignalClass } from './retained.ts'

/** By `behaviour:2026-11`. */
export type Stored = Map<string, number>
export type StoredMonth = {
  readonly dataClass: SignalClass
  readonly month: string
  readonly items: number
}

export const createStored = (): Stored => new Map()

export const countStored = (stored: Stored, signal: Signal): void => {
  const dataClass = classOf(signal)
  if (dataClass === null) return
  const name = periodOf(dataClass, signal.at)
  stored.set(name, (stored.get(name) ?? 0) + 1)
}

/** Oldest first. */
export const storedMonths = (stored: Stored): readonly StoredMonth[] =>
  [...stored]
    .map(([name, items]) => {
      const [dataClass, month] = name.split(':') as [SignalClass, string]
      return { dataClass, month, items }
    })
    .toSorted((left, right) => (left.month < right.month ? -1 : left.month > right.month ? 1 : 0))

export const dumpStored = (stored: Stored): Json =>
  [...stored].toSorted(([left], [right]) => (left < right ? -1 : 1))

export const restoreStored = (dump: Json | undefined): Stored => new Map((dump ?? []) as [string, number][])
