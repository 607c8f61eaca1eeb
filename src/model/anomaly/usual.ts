// The range in which a figure usually lies, for people to see beside it.

import { TOTAL, usualNow } from './baseline.ts'
import type { AnomalyDetector } from './detector.ts'

/** Robust standard deviations to either side: about one value in four hundred lies outside. */
const WIDTH = 3
/** A count that has hardly ever been may still be one. */
const COUNT_MEAN_MIN = 0.1

/** What is usual at `at`; null while the detector knows too little. */
export const usualRange = (
  { baseline, options }: AnomalyDetector,
  at: number,
): { readonly expected: number; readonly low: number; readonly high: number } | null => {
  const usual = usualNow(baseline, at)
  if (usual === undefined || !Number.isFinite(usual.expected)) return null
  const { expected, sigma } = usual
  const scatter =
    options.kind === 'count' ? Math.max(sigma, Math.sqrt(Math.max(expected, COUNT_MEAN_MIN))) : sigma
  const low = expected - WIDTH * scatter
  return {
    expected,
    low: options.kind === 'value' ? low : Math.max(0, low),
    high: options.kind === 'rate' ? Math.min(1, expected + WIDTH * scatter) : expected + WIDTH * scatter,
  }
}

/** Values learnt from so far. */
export const valuesLearnt = ({ baseline }: AnomalyDetector): number => baseline.now[TOTAL] as number
