// A person, a campaign and an action that nothing speaks against, to be varied by tests.

import type { ActionSpec } from '../../decision/events.ts'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { asActionId, asCampaignId, asCreativeId, asDecisionId, asProfileId } from '../../kernel/ids.ts'
import type { LogEvent } from '../../log/port.ts'
import type { LeaveCheck, Recipient } from '../check.ts'
import type { ClearRequest } from '../clear.ts'
import { foldGuardrail } from '../state.ts'
import type { GuardrailState } from '../state.ts'
import { NO_OUTSIDE_STOPS } from '../stop.ts'

export const NOON = Date.parse('2026-06-01T12:00:00Z')

export const action = (changes: Partial<ActionSpec> = {}): ActionSpec => ({
  id: asActionId('welcome/now'),
  channel: 'email',
  creativeId: asCreativeId('welcome'),
  moment: 'now',
  contactCost: 0.002,
  ...changes,
})

export const recipient = (changes: Partial<Recipient> = {}): Recipient => ({
  profileId: asProfileId('p1'),
  ids: [changes.profileId ?? asProfileId('p1')],
  timeZone: 'UTC',
  market: 'en',
  consentOf: () => 'granted',
  addressHashOf: () => 'aa',
  ...changes,
})

export const check = (changes: Partial<LeaveCheck> = {}): LeaveCheck => ({
  sendAt: NOON,
  campaign: { id: asCampaignId('welcome'), status: 'live' },
  action: action(),
  recipient: recipient(),
  creative: 'approved',
  tone: '',
  business: DEFAULT_BUSINESS,
  outside: NO_OUTSIDE_STOPS,
  permitted: () => [],
  ...changes,
})

export const request = (
  decisionId: string,
  changes: Partial<ClearRequest<string>> = {},
): ClearRequest<string> => ({
  ...check(),
  decisionId: asDecisionId(decisionId),
  payload: decisionId,
  now: NOON,
  ...changes,
})

let offset = 0

export const event = (type: string, data: unknown, at = NOON): LogEvent => ({
  offset: ++offset,
  id: `e${offset}`,
  type,
  key: '',
  at,
  data,
})

export const attempted = (decisionId: string, changes: object = {}, at = NOON): LogEvent =>
  event(
    'delivery.attempted.v1',
    {
      decisionId,
      campaignId: 'welcome',
      profileId: 'p1',
      channel: 'email',
      messageId: decisionId,
      creativeId: 'welcome',
      cost: 0.002,
      discountShare: 0,
      ...changes,
    },
    at,
  )

export const fold = (state: GuardrailState, ...events: LogEvent[]): GuardrailState => {
  for (const one of events) foldGuardrail(state, one)
  return state
}
