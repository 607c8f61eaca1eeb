// Contract-valid forecasts of campaigns: one with a past, one that has hardly run, and one that waits for what never came.

import { CAMPAIGNS, type FixtureState } from './world.ts'
import type { CampaignForecastView } from '../../src/api/contract.ts'

/** By campaign; `unsure` knows nothing yet, `long` has figures that take room. */
export function makeAhead(campaignId: string, state: FixtureState): CampaignForecastView {
  const by = state === 'long' ? 1_000 : 1
  const range = (mean: number, low: number, high: number) => ({
    mean: mean * by,
    low: low * by,
    high: high * by,
  })
  const base = { campaignId, audience: 4_212 * by, known: 48_120 * by }
  const index = CAMPAIGNS.findIndex(({ id }) => id === campaignId)
  if (index === 2) return { ...base, of: 'days', days: 28, times: 'unknown', forecast: null }
  if (index === 1 || state === 'unsure')
    return {
      ...base,
      of: 'days',
      days: 28,
      times: 'events',
      forecast: {
        messages: range(3_480.4, 2_901, 4_077),
        buyers: null,
        margin: null,
        lossChance: null,
        basis: 'nothing',
        risk: null,
      },
    }
  return {
    ...base,
    of: 'run',
    days: 0,
    times: 'audience',
    forecast: {
      messages: range(3_780.2, 3_742, 3_818),
      buyers: range(151.7, 118, 187),
      margin: range(4_120.55, -310.2, 8_640.9),
      lossChance: 0.12,
      basis: 'own',
      risk: { unsubscribes: range(14.3, 8, 21), complaints: range(0.84, 0, 2), learntFrom: 21_400 * by },
    },
  }
}
