// The filters of the decision list live in the address, so that a filtered list can be linked to.

import type { DecisionRow } from '../../../src/api/contract.ts'

export type DecisionFilter = { readonly campaign: string; readonly verdict: string; readonly profile: string }

export const EVERY_DECISION: DecisionFilter = { campaign: '', verdict: '', profile: '' }
const NAMES = ['campaign', 'verdict', 'profile'] as const

export function filterOf(query: URLSearchParams): DecisionFilter {
  return {
    campaign: query.get('campaign') ?? '',
    verdict: query.get('verdict') ?? '',
    profile: query.get('profile') ?? '',
  }
}

/** @example queryOf({ campaign: 'cart', verdict: '', profile: '' }) // '?campaign=cart' */
export function queryOf(filter: DecisionFilter): string {
  const parts = new URLSearchParams()
  for (const name of NAMES) if (filter[name] !== '') parts.set(name, filter[name])
  const text = parts.toString()
  return text === '' ? '' : `?${text}`
}

export function passes(filter: DecisionFilter, row: DecisionRow): boolean {
  return (
    (filter.campaign === '' || filter.campaign === row.campaignId) &&
    (filter.verdict === '' || filter.verdict === row.verdict) &&
    (filter.profile === '' || filter.profile === row.profileId)
  )
}
