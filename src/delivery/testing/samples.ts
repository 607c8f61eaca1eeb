// Events and messages as tests of this slice need them.

import { asActionId, asCampaignId, asCreativeId, asDecisionId, asProfileId } from '../../kernel/ids.ts'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import type { LogEvent, NewEvent } from '../../log/port.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type ActionSpec,
  type CampaignSpec,
  type DecisionMade,
} from '../../decision/events.ts'
import { clear, createGuardrail, NO_OUTSIDE_STOPS, type Cleared } from '../../guardrail/index.ts'
import type { OutgoingDelivery } from '../deliver.ts'
import { messageIdOf, type OutgoingMessage, type RenderedEmail } from '../messages.ts'

export const action = (over: Partial<ActionSpec> = {}): ActionSpec => ({
  id: asActionId('mail'),
  channel: 'email',
  creativeId: asCreativeId('hello'),
  moment: 'now',
  contactCost: 0.01,
  ...over,
})

export const campaign = (actions: readonly ActionSpec[] = [action()], id = 'welcome'): CampaignSpec => ({
  id: asCampaignId(id),
  name: id,
  status: 'live',
  goal: { event: 'Order Completed', value: 'margin', windowMs: 86_400_000 },
  trigger: { kind: 'event', event: 'Signed Up', where: '', delayMs: 0, reentryMs: 0 },
  audience: '',
  actions,
  policy: { kind: 'uniform', explorationFloor: 0.05 },
  traitFeatures: [],
})

export const decision = (number: number, over: Partial<DecisionMade> = {}): DecisionMade => ({
  decisionId: asDecisionId(`dec:${number}`),
  campaignId: asCampaignId('welcome'),
  profileId: asProfileId(`p${number}`),
  at: 1_000 + number,
  asOf: 0,
  cause: { kind: 'event', ref: `m${number}` },
  group: 'treated',
  context: {},
  shared: [],
  candidates: [],
  rejected: [],
  actionId: asActionId('mail'),
  propensity: 0.5,
  seed: 's',
  policy: { kind: 'uniform', explorationFloor: 0.05 },
  modelVersion: 'prior',
  campaignsVersion: 'v1',
  creativesVersion: 'v1',
  limitsVersion: 'v1',
  verdict: 'act',
  vetoes: [],
  sendAt: 1_000 + number,
  ...over,
})

/** New events as the log would give them back. */
export const logged = (events: readonly NewEvent[]): LogEvent[] =>
  events.map(({ id, type, key, at, data }, index) => ({
    offset: index + 1,
    id,
    type,
    key,
    at,
    data: JSON.parse(JSON.stringify(data)) as unknown,
  }))

export const made = (number: number, over: Partial<DecisionMade> = {}): NewEvent => {
  const data = decision(number, over)
  return { id: data.decisionId, type: DECISION_MADE, key: data.profileId, at: data.at, data }
}

export const campaignsApplied = (
  campaigns: readonly CampaignSpec[] = [campaign()],
  version = 'v1',
): NewEvent => ({
  id: `campaigns:${version}`,
  type: CAMPAIGNS_APPLIED,
  key: '',
  at: 0,
  data: { version, campaigns },
})

export const email = (over: Partial<RenderedEmail> = {}): RenderedEmail => ({
  kind: 'email',
  sender: { name: 'Shop', email: 'hello@shop.example', footer: '' },
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  unsubscribeUrl: 'https://shop.example/u/token',
  ...over,
})

export const outgoing = (number: number, over: Partial<OutgoingMessage> = {}): OutgoingMessage => {
  const decisionId = asDecisionId(`dec:${number}`)
  return {
    decisionId,
    campaignId: asCampaignId('welcome'),
    profileId: asProfileId(`p${number}`),
    creativeId: asCreativeId('hello'),
    channel: 'email',
    messageId: messageIdOf(decisionId, 'shop.example'),
    to: `person${number}@example.com`,
    content: email(),
    at: Date.UTC(2026, 0, 5, 12),
    ...over,
  }
}

export const delivery = (number: number, over: Partial<OutgoingDelivery> = {}): OutgoingDelivery => {
  const { decisionId, campaignId, profileId, creativeId, channel, messageId, to } = outgoing(number)
  return {
    decisionId,
    campaignId,
    profileId,
    creativeId,
    channel,
    messageId,
    to,
    cost: 0.01,
    discountShare: 0,
    ...over,
  }
}

/** Cleared by a real guardrail that has nothing against it. */
export const clearedDelivery = (payload: OutgoingDelivery): Cleared<OutgoingDelivery> => {
  const now = Date.UTC(2026, 0, 5, 12)
  const clearance = clear(createGuardrail(), {
    decisionId: payload.decisionId,
    payload,
    now,
    sendAt: now,
    campaign: campaign([action()], payload.campaignId),
    action: action({ channel: payload.channel, creativeId: payload.creativeId }),
    recipient: {
      profileId: payload.profileId,
      ids: [payload.profileId],
      market: 'en',
      timeZone: 'UTC',
      consentOf: () => 'granted',
      addressHashOf: () => 'hash',
    },
    creative: 'approved',
    tone: '',
    business: DEFAULT_BUSINESS,
    permitted: () => [],
    outside: NO_OUTSIDE_STOPS,
  })
  if (clearance.kind === 'cleared') return clearance.cleared
  throw new TypeError(`not cleared: ${JSON.stringify(clearance.reasons)}`)
}
