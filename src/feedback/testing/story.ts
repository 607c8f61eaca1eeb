// A small log told by hand: campaigns, decisions, deliveries and signals folded into feedback in order.

import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import {
  asActionId,
  asCampaignId,
  asCreativeId,
  asDecisionId,
  asProfileId,
  NOTHING,
  type ProfileId,
} from '../../kernel/ids.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { LogEvent } from '../../log/port.ts'
import type { Signal } from '../../signal/events.ts'
import type { CampaignSpec, DecisionMade } from '../../decision/events.ts'
import type { Example } from '../../model/events.ts'
import type { OutcomeSettled } from '../events.ts'
import {
  createFeedback,
  dueOutcomes,
  earlyExamples,
  exampleOf,
  type Feedback,
  type FeedbackInput,
  type FeedbackOptions,
  foldFeedback,
} from '../index.ts'

export const START = Date.UTC(2026, 0, 1)

export const campaignOf = (id: string, more: Partial<CampaignSpec> = {}): CampaignSpec => ({
  id: asCampaignId(id),
  name: id,
  status: 'live',
  goal: { event: 'Order Completed', value: 'margin', windowMs: 7 * DAY_MS },
  trigger: { kind: 'event', event: 'Cart Left', where: '', delayMs: 0, reentryMs: 0 },
  audience: '',
  actions: [
    {
      id: asActionId('mail'),
      channel: 'email',
      creativeId: asCreativeId('c'),
      moment: 'now',
      contactCost: 0.1,
    },
    {
      id: asActionId('offer'),
      channel: 'email',
      creativeId: asCreativeId('c'),
      offer: { id: 'ten', discountShare: 0.1 },
      moment: 'now',
      contactCost: 0.1,
    },
  ],
  policy: { kind: 'uniform', explorationFloor: 0.1 },
  traitFeatures: [],
  ...more,
})

export const madeOf = (
  id: string,
  person: number,
  at: number,
  more: Partial<DecisionMade> = {},
): DecisionMade => {
  const actionId = more.actionId ?? asActionId('mail')
  return {
    decisionId: asDecisionId(id),
    campaignId: asCampaignId('cart'),
    profileId: asProfileId(`p${person}`),
    at,
    asOf: 0,
    cause: { kind: 'event', ref: 'm' },
    group: 'treated',
    context: {},
    shared: [['hour=9', 1]],
    candidates: [
      { actionId: NOTHING, features: [['action=nothing', 1]], mean: 0, stderr: 1, probability: 0.5 },
      { actionId, features: [[`action=${actionId}`, 1]], mean: 0, stderr: 1, probability: 0.5 },
    ],
    rejected: [],
    actionId,
    propensity: 0.5,
    seed: 's',
    policy: { kind: 'uniform', explorationFloor: 0.1 },
    modelVersion: '',
    campaignsVersion: '',
    creativesVersion: '',
    limitsVersion: '',
    verdict: actionId === NOTHING ? 'nothing' : 'act',
    vetoes: [],
    sendAt: at,
    ...more,
  }
}

export const signalOf = (
  name: string,
  messageId: string,
  at: number,
  more: Partial<Signal> = {},
): Signal => ({
  kind: 'track',
  messageId,
  userId: 'u',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name,
  properties: {},
  traits: {},
  context: {},
  at,
  receivedAt: at,
  source: 'test',
  ...more,
})

/** A step of the story: an event, and what earlier stages would have made of it. */
export type Step = {
  readonly type: string
  readonly at: number
  readonly data: unknown
  readonly touches?: FeedbackInput['touches']
  readonly merges?: FeedbackInput['merges']
}

export type Story = {
  readonly state: Feedback
  readonly tell: (...steps: readonly Step[]) => void
  /** Appends all that is due by `now`, page by page; returns it. */
  readonly settle: (now: number, limit?: number) => readonly OutcomeSettled[]
  readonly examples: { readonly reward: number; readonly action: string; readonly share?: number }[]
  readonly steps: Step[]
}

/** Profile `p<n>` has slot n − 1, as the profile slice gives them; `follow` redirects merged slots. */
export const refOf =
  (follow: ReadonlyMap<number, number>) =>
  (id: ProfileId): number | undefined => {
    const slot = Number(id.slice(1)) - 1
    if (!Number.isInteger(slot)) return undefined
    return follow.get(slot) ?? slot
  }

export const foldStep = (
  state: Feedback,
  step: Step,
  offset: number,
  follow: ReadonlyMap<number, number>,
): void => {
  const event: LogEvent = { offset, id: `e${offset}`, type: step.type, key: '', at: step.at, data: step.data }
  foldFeedback(state, event, {
    touches: step.touches ?? [],
    business: { ...DEFAULT_BUSINESS, marginShare: 0.5 },
    refOf: refOf(follow),
    ...(step.merges === undefined ? {} : { merges: step.merges }),
  })
}

export const createStory = (options: Partial<FeedbackOptions> = {}): Story => {
  const state = createFeedback({ graceMs: 0, ...options })
  const follow = new Map<number, number>()
  const steps: Step[] = []
  const examples: Story['examples'] = []
  const tell = (...more: readonly Step[]): void => {
    for (const step of more) {
      for (const { from, into } of step.merges ?? []) follow.set(from, into)
      steps.push(step)
      foldStep(state, step, steps.length, follow)
      for (const example of earlyExamples(state)) examples.push(toldOf(example))
      if (step.type !== 'outcome.settled.v1') continue
      const example = exampleOf(state, step.data as OutcomeSettled)
      if (example !== null) examples.push(toldOf(example))
    }
  }
  const settle = (now: number, limit = 1_000): readonly OutcomeSettled[] => {
    const settled: OutcomeSettled[] = []
    for (;;) {
      const due = dueOutcomes(state, now, limit)
      if (due.length === 0) return settled
      for (const { type, at, data } of due) tell({ type, at, data })
      settled.push(...due.map(({ data }) => data))
    }
  }
  return { state, tell, settle, examples, steps }
}

const toldOf = ({ reward, action, share }: Example): Story['examples'][number] => ({
  reward,
  action: action[0]?.[0] ?? '',
  ...(share === undefined ? {} : { share }),
})

export const applied = (...campaigns: readonly CampaignSpec[]): Step => ({
  type: 'campaigns.applied.v1',
  at: START,
  data: { version: 'v', campaigns },
})

export const decided = (made: DecisionMade): Step => ({ type: 'decision.made.v1', at: made.at, data: made })

export const delivered = (
  made: DecisionMade,
  kind: 'attempted' | 'sent' | 'failed' | 'unknown' | 'withheld',
): Step => ({
  type: `delivery.${kind}.v1`,
  at: made.at + 1,
  data: {
    decisionId: made.decisionId,
    campaignId: made.campaignId,
    profileId: made.profileId,
    channel: 'email',
    messageId: 'm',
    creativeId: 'c',
    cost: 0.1,
    discountShare: made.actionId === 'offer' ? 0.1 : 0,
  },
})

export const touched = (person: number, signal: Signal): Step => ({
  type: 'signal.received.v1',
  at: signal.receivedAt,
  data: {},
  touches: [{ ref: person - 1, signal }],
})

export const bought = (
  person: number,
  messageId: string,
  at: number,
  revenue: number,
  more: Readonly<Record<string, number>> = {},
): Step => touched(person, signalOf('Order Completed', messageId, at, { properties: { revenue, ...more } }))
