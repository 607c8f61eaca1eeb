// EASE (Steck 2019, arXiv 1905.03375): the item-to-item weights B that reproduce the table best under an L2 penalty with
// a zero diagonal, B = I − P·diag(1 / diag P), P = (XᵀX + λI)⁻¹. No matrix of items × items is ever held: columns of P are
// solved in blocks, each cut to its strongest weights at once.

import { Failure } from '../../kernel/failure.ts'
import { createEaseSolver, EASE_BLOCK } from './ease-solver.ts'
import { popularity, type Interactions } from './interactions.ts'
import { createWeightTable, type ItemWeights } from './item-weights.ts'

export type EaseOptions = {
  /** λ: how many people must agree before an item says much. */
  readonly penalty: number
  /** Strongest weights kept of each item. */
  readonly perItem: number
  /** Residual, relative, at which a column is solved. */
  readonly tolerance: number
}

export const EASE_DEFAULTS: EaseOptions = { penalty: 200, perItem: 100, tolerance: 1e-2 }

/** Learns the weights. O(rounds · interactions · items); about a minute at 240,000 interactions with 8,500 items. */
export const learnEase = (
  table: Interactions,
  options: Partial<EaseOptions> = {},
  progress: (share: number) => void = () => {},
): ItemWeights => {
  const { perItem, ...rest } = { ...EASE_DEFAULTS, ...options }
  const weights = createWeightTable(table.itemCount, perItem)
  let done = 0
  visitEase(table, rest, (target, sources, said) => {
    for (let k = 0; k < sources.length; k++)
      if (Math.abs(said[k] ?? 0) > 1e-6) weights.add(sources[k] ?? 0, target, said[k] ?? 0)
    progress(++done / sources.length)
  })
  return weights.finish()
}

/** What each of `sources` says about `target`; the arrays are written over for the next target. */
export type EaseVisit = (target: number, sources: Int32Array, weights: Float64Array) => void

/** All weights, a target at a time: for whoever wants more than the strongest. Items that nobody had are left out. */
export const visitEase = (
  table: Interactions,
  options: Partial<Omit<EaseOptions, 'perItem'>>,
  visit: EaseVisit,
): void => {
  const { penalty, tolerance } = { ...EASE_DEFAULTS, ...options }
  if (!(penalty > 0) || !Number.isFinite(penalty))
    throw new Failure({
      code: 'recommend.penalty',
      message: `A penalty of ${penalty} cannot be.`,
      hint: 'A number above 0, such as 200.',
    })
  const counts = popularity(table)
  const known = Int32Array.from([...counts.keys()].filter((i) => (counts[i] ?? 0) > 0))
  const weights = new Float64Array(known.length)
  const solve = createEaseSolver({ table, counts, penalty, tolerance })
  for (let from = 0; from < known.length; from += EASE_BLOCK) {
    const columns = known.subarray(from, from + EASE_BLOCK)
    const solution = solve(columns)
    columns.forEach((target, c) => {
      const own = solution[target * EASE_BLOCK + c] ?? 1
      known.forEach((source, k) => {
        weights[k] = source === target ? 0 : -(solution[source * EASE_BLOCK + c] ?? 0) / own
      })
      visit(target, known, weights)
    })
  }
}
