// A contract-valid fairness report: three groups, one of them treated otherwise.

import type { FixtureState } from './world.ts'
import type { Fairness } from '../../src/api/contract.ts'

export function makeFairness(campaignId: string, by: string, state: FixtureState): Fairness {
  const share = (people: number, of: number, differs = false) => ({
    people,
    of,
    share: people / of,
    low: Math.max(0, people / of - 0.03),
    high: Math.min(1, people / of + 0.03),
    differs,
  })
  const group = (value: string, decided: number, treated: number, differs = false) => ({
    value,
    decided,
    treated: share(treated, decided, differs),
    heldOut: share(Math.round(decided / 10), decided),
    withheld: share(Math.round(decided / 20), decided),
    offers: share(Math.round(treated / 3), treated),
    responded: share(Math.round(treated / 25), treated),
  })
  if (state === 'empty') return { campaignId, by, groups: [], putTogether: 0 }
  const groups = [group('Riga', 1_240, 1_010), group('Kazan', 870, 512, true), group('', 96, 70)]
  return { campaignId, by, groups, putTogether: state === 'long' ? 7 : 0 }
}
