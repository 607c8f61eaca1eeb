// What is believed of a weight before any example, and how belief returns to it as evidence ages.

import type { SparseRow } from './features.ts'

/**
 * How far rewards may spread by each kind of weight before any example: the variance of their whole
 * contribution to one prediction, as a share of the noise variance of one reward. It is divided evenly
 * over the weights of that kind that are usually active, so a profile with more features is not
 * believed to sway people more.
 */
export type Prior = {
  /** The constant, and person and moment: the baseline that all actions share. */
  readonly shared: number
  /** Features of an action alone. */
  readonly action: number
  /** Features of the person crossed with those of the action. */
  readonly cross: number
}

/** Squared length of the shared and of the action features, summed over the examples, discounted. */
export type Lengths = { weight: number; shared: number; action: number }

export const createLengths = (): Lengths => ({ weight: 0, shared: 0, action: 0 })

export const observeLengths = (
  lengths: Lengths,
  shared: SparseRow,
  action: SparseRow,
  weight: number,
): void => {
  lengths.weight += weight
  lengths.shared += weight * squaredLength(shared)
  lengths.action += weight * squaredLength(action)
}

export const discountLengths = (lengths: Lengths, keep: number): void => {
  lengths.weight *= keep
  lengths.shared *= keep
  lengths.action *= keep
}

/** Prior variance of a single weight of each kind. */
export const priorPerWeight = (prior: Prior, lengths: Lengths): Prior => {
  const { weight } = lengths
  const shared = weight > 0 ? Math.max(1, lengths.shared / weight) : 1
  const action = weight > 0 ? Math.max(1, lengths.action / weight) : 1
  return {
    shared: prior.shared / (1 + shared),
    action: prior.action / action,
    cross: prior.cross / (shared * action),
  }
}

const squaredLength = ({ values, length }: SparseRow): number => {
  let sum = 0
  for (let i = 0; i < length; i++) sum += (values[i] as number) ** 2
  return sum
}

/**
 * The precision learnt beyond the prior's shrinks to the share `keep`, and so does its pull on the mean:
 *   1/v′ = keep/v + (1 − keep)/prior,   w′ = w · keep · v′/v.
 */
export const fadeVariance = (variance: number, prior: number, keep: number): number =>
  1 / (keep / variance + (1 - keep) / prior)

/** What a weight's mean is multiplied by when {@link fadeVariance} fades its variance. */
export const fadeMean = (variance: number, prior: number, keep: number): number =>
  (keep * fadeVariance(variance, prior, keep)) / variance
