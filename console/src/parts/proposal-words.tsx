// How proposals are named, by what would be done and to what, and which answers they take.

import { useWords } from './words-context.tsx'
import type { AnswerBody, ProposalView } from '../../../src/api/contract.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const TOUCHED = ['people', 'campaigns', 'classes', 'lines', 'tickets', 'statements', 'holds'] as const
/** As facts spell it, where a word of the dictionary has no space. */
const SPELT: Readonly<Record<string, string>> = { 'ad lines': 'lines' }

/** "Send messages: Win-back". */
export function useProposalName(): (proposal: ProposalView) => string {
  const { t, named } = useWords()
  return ({ kind, title, campaignId }) =>
    t('proposal.heading', { kind: named('proposalKind', kind), what: title === '' ? campaignId : title })
}

/** "3 people". */
export function useTouched(): (touches: ProposalView['touches']) => string {
  const { t, format } = useWords()
  return ({ what, count }) => {
    const known = TOUCHED.find((name) => name === (SPELT[what] ?? what))
    return known === undefined
      ? t('touched.other', { count: format.number(count), what })
      : t(`touched.${known}`, { count })
  }
}

/** Time until it is over, in one unit. */
export function useLeft(): (proposal: ProposalView) => string {
  const { t } = useWords()
  return ({ expiresAt, now }) => {
    const left = expiresAt - now
    if (left >= 2 * DAY_MS) return t('approvals.days', { count: Math.floor(left / DAY_MS) })
    if (left >= 2 * HOUR_MS) return t('approvals.hours', { count: Math.floor(left / HOUR_MS) })
    if (left >= MINUTE_MS) return t('approvals.minutes', { count: Math.floor(left / MINUTE_MS) })
    return t('approvals.now')
  }
}

/** Which answers a proposal takes as it stands. */
export const answersOf = (proposal: ProposalView): readonly AnswerBody['answer'][] => {
  if (!proposal.mayAnswer) return []
  if (proposal.undoableUntil !== null) return ['undo']
  if (proposal.status !== 'open') return []
  return [
    'approve',
    ...(proposal.editable.length > 0 ? (['edit'] as const) : []),
    'reject',
    'snooze',
    ...(proposal.question === '' ? [] : (['answer'] as const)),
  ]
}
