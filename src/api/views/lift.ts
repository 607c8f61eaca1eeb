// The lift as the contract shows it.

import { liftReport } from '../../feedback/index.ts'
import type { Lift } from '../contract.ts'
import type { ViewSources } from './sources.ts'

export const viewLift = ({ loop }: ViewSources, campaignId = ''): Lift => {
  const report = liftReport(loop.state.feedback, { campaignId })
  return {
    campaignId,
    treated: report.treated,
    holdout: report.holdout,
    difference: report.difference,
    low: report.low,
    high: report.high,
    confidence: report.confidence,
    earned: report.earned,
    smallestDetectable: report.smallestDetectable,
    sampleRatioP: report.sampleRatioP,
    verdict: report.verdict,
    history: report.history.map(({ at, difference, low, high }) => ({ at, difference, low, high })),
  }
}
