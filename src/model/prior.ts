// What is believed of a weight before any example, and how belief returns to it as evidence ages.

/**
 * Variance of a weight before any example, as a share of the noise variance of one reward, by what the
 * weight belongs to. 0.001 says: "about a thousand examples weigh as much as the prior".
 */
export type Prior = {
  /** The constant, and person and moment: the baseline that all actions share. */
  readonly shared: number
  /** Features of an action alone. */
  readonly action: number
  /** A feature of the person crossed with one of the action. */
  readonly cross: number
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
