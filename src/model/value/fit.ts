// Maximum likelihood for the value models: parameters are positive, so their logarithms are searched; the
// curvature at the top says how sure they are.

import type { Rng } from '../../kernel/rng.ts'
import { hessian, minimise, rootOfInverse } from './minimise.ts'

export type Fit = {
  readonly params: Float64Array
  readonly logLikelihood: number
  readonly converged: boolean
  /** A parameter ran to the end of what is searched: the data does not tell it. */
  readonly atBound: boolean
  /** Root of the covariance of the logarithms; null when the top is flat. */
  readonly root: readonly Float64Array[] | null
}

/** Searched within: beyond, parameters cannot be told from none or endless. */
const LOG_LOW = Math.log(1e-4)
const LOG_HIGH = Math.log(1e6)
/** A vague prior on the logarithms (standard deviation 3) keeps what the data cannot tell from being drawn beyond all sense. */
const VAGUE_PRECISION = 1 / 9

/** The best of descents from `starts` (parameters, all positive). `logLikelihood` gets parameters. */
export const fitPositive = (
  logLikelihood: (params: Float64Array) => number,
  starts: readonly (readonly number[])[],
): Fit => {
  const objective = (logs: Float64Array) => -logLikelihood(logs.map(Math.exp))
  const runs = starts.map((start) =>
    minimise(objective, start.map(Math.log), { low: LOG_LOW, high: LOG_HIGH }),
  )
  const best = runs.reduce((left, right) => (right.value < left.value ? right : left))
  const atBound = best.point.some((log) => log < LOG_LOW + 0.01 || log > LOG_HIGH - 0.01)
  const curvature = hessian(objective, best.point).map((row, i) =>
    row.map((cell, j) => (i === j ? cell + VAGUE_PRECISION : cell)),
  )
  return {
    params: best.point.map(Math.exp),
    logLikelihood: -best.value,
    converged: best.converged,
    atBound,
    root: curvature.some((row) => row.some((cell) => !Number.isFinite(cell)))
      ? null
      : rootOfInverse(curvature),
  }
}

/** Parameters as they might as well be: a draw from the normal approximation on the logarithms. */
export const drawParams = ({ params, root }: Fit, rng: Rng): Float64Array => {
  if (root === null) return params
  const noise = Float64Array.from(params, () => rng.normal())
  return params.map((value, i) => {
    let shift = 0
    for (let j = 0; j <= i; j++) shift += (root[i]?.[j] ?? 0) * (noise[j] ?? 0)
    return value * Math.exp(shift)
  })
}
