// Seeded customers with a known chance of leaving, for tests: numbers, a category, holes, and columns that
// know too much.

import { createRng } from '../../../kernel/rng.ts'
import type { CategoryColumn, Frame, NumberColumn } from '../frame.ts'

export type Customers = {
  readonly frame: Frame
  readonly target: Uint8Array
  /** The chance that was drawn with. */
  readonly truth: Float64Array
  readonly time: Float64Array
}

export const numbers = (name: string, values: readonly (number | null)[]): NumberColumn => ({
  name,
  kind: 'number',
  values: Float64Array.from(values, (value) => value ?? 0),
  missing: Uint8Array.from(values, (value) => (value === null ? 1 : 0)),
})

export const categories = (name: string, texts: readonly string[]): CategoryColumn => {
  const levels = [...new Set(texts)].filter((text) => text !== '').toSorted()
  return { name, kind: 'category', levels, codes: Int32Array.from(texts, (text) => levels.indexOf(text)) }
}

/** `bend` adds what only trees can see: an interaction of two columns. */
export const someCustomers = (seed: string, rows: number, bend = 0): Customers => {
  const rng = createRng(`customers:${seed}`)
  const draw = () => Array.from({ length: rows }, () => rng.normal())
  const [tenure, spend, visits] = [draw(), draw(), draw()]
  const plan = Array.from({ length: rows }, () => ['month', 'year', 'two'][rng.below(3)] ?? '')
  const truth = Float64Array.from(tenure, (x, row) => {
    const contract = plan[row] === 'month' ? 1 : plan[row] === 'two' ? -1 : 0
    const bent = (spend[row] as number) * (visits[row] as number) > 0 ? bend : -bend
    return 1 / (1 + Math.exp(-(-1 - x + 0.5 * (spend[row] as number) + contract + bent)))
  })
  const target = Uint8Array.from(truth, (p) => (rng.uniform() < p ? 1 : 0))
  // Who has no tenure written down leaves no more and no less than others.
  const known = tenure.map((x) => (rng.uniform() < 0.05 ? null : x))
  return {
    frame: {
      rows,
      columns: [
        numbers('tenure', known),
        numbers('spend', spend),
        numbers('visits', visits),
        categories('plan', plan),
      ],
    },
    target,
    truth,
    time: Float64Array.from(tenure, (_, row) => row * 3_600_000),
  }
}
