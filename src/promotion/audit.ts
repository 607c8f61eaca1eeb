// Whether recorded probabilities can be believed: they come out again from the record, they sum to 1, and
// their inverses are as large as the number of actions to choose from, which they are on average only if
// the draws really followed them.

import { distribution } from '../model/index.ts'
import type { DecisionMade } from '../decision/events.ts'

export type Audit = {
  decisions: number
  /** Largest distance between a recorded probability and the one that comes out again. */
  differenceMax: number
  /** Largest distance of a sum from 1. */
  sumErrorMax: number
  /** Σ (1/p − number of actions) over the draws, and the variance it has if they followed p. */
  excess: number
  variance: number
}

export const DIFFERENCE_MAX = 1e-6

export const createAudit = (): Audit => ({
  decisions: 0,
  differenceMax: 0,
  sumErrorMax: 0,
  excess: 0,
  variance: 0,
})

/** Takes one decision in that was drawn: not held out, with more than one action. */
export const auditDecision = (audit: Audit, made: DecisionMade): void => {
  const { candidates } = made
  const again = distribution(
    made.policy,
    {
      mean: Float64Array.from(candidates, ({ mean }) => mean),
      stderr: Float64Array.from(candidates, ({ stderr }) => stderr),
      noise: made.modelNoise ?? 0,
    },
    { examples: made.modelExamples ?? 0, actionIds: candidates.map(({ actionId }) => actionId) },
  )
  let sum = 0
  let possible = 0
  let inverses = 0
  for (const [i, { probability }] of candidates.entries()) {
    sum += probability
    audit.differenceMax = Math.max(audit.differenceMax, Math.abs(probability - (again[i] ?? 0)))
    if (probability > 0) {
      possible++
      inverses += 1 / probability
    }
  }
  const drawn = candidates.find(({ actionId }) => actionId === made.actionId)?.probability ?? 0
  audit.differenceMax = Math.max(audit.differenceMax, Math.abs(drawn - made.propensity))
  audit.sumErrorMax = Math.max(audit.sumErrorMax, Math.abs(sum - 1))
  audit.excess += (drawn > 0 ? 1 / drawn : 0) - possible
  // Var(1/p of the draw) = Σ 1/p − K².
  audit.variance += Math.max(0, inverses - possible * possible)
  audit.decisions++
}

/** Standard errors by which Σ 1/p is off; 0 where every draw was certain. */
export const excessOf = ({ excess, variance }: Audit): number =>
  variance > 0 ? excess / Math.sqrt(variance) : 0
