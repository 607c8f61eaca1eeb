// Governance as a story of events, for tests: tell what happened, ask what is the case.

import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import type { LogEvent, NewEvent } from '../../log/port.ts'
import {
  POLICY_APPLIED,
  type Actor,
  type GovernancePolicy,
  type PolicyApplied,
  type Wish,
} from '../events.ts'
import { foldGovernance } from '../fold.ts'
import { OPEN_POLICY } from '../policy/defaults.ts'
import { nextProposalId, propose, type ProposeAt } from '../proposals/propose.ts'
import { createGovernance, type GovernanceState } from '../state.ts'

export const NOON = Date.parse('2026-06-01T12:00:00Z')

export const user = (id: string, role = 'approver'): Actor => ({ kind: 'user', id, name: id, role })
export const MACHINE: Actor = { kind: 'machine', id: 'loop', name: 'Windvane', role: 'machine' }

export const wish = (changes: Partial<Wish> = {}): Wish => ({
  class: 'spend',
  kind: 'test.do',
  campaignId: '',
  title: 'a wish',
  changes: [{ path: 'budget', is: '10', willBe: '12' }],
  touches: { what: 'lines', count: 1, sample: [] },
  cost: 2,
  gain: { mean: 5, low: 1, high: 9, unit: 'EUR' },
  risk: { level: 'low', note: '' },
  evidence: [],
  reversible: true,
  ground: 'g1',
  payload: { amount: 12 },
  by: MACHINE,
  ...changes,
})

export type Story = {
  readonly state: GovernanceState
  readonly events: LogEvent[]
  at: number
  readonly tell: (type: string, data: unknown) => LogEvent
  readonly take: (...events: readonly NewEvent[]) => void
  readonly policy: (changes?: Partial<GovernancePolicy>) => void
  readonly wish: (changes?: Partial<Wish>, options?: Partial<ProposeAt>) => string
}

export const createStory = (): Story => {
  const state = createGovernance()
  const events: LogEvent[] = []
  const seen = new Set<string>()
  const story: Story = {
    state,
    events,
    at: NOON,
    tell: (type, data) => {
      const event = {
        offset: events.length + 1,
        id: `e${events.length + 1}`,
        type,
        key: '',
        at: story.at,
        data,
      }
      events.push(event)
      foldGovernance(state, event)
      return event
    },
    take: (...given) => {
      for (const event of given) {
        if (seen.has(event.id)) continue
        seen.add(event.id)
        const logged = { ...event, offset: events.length + 1 }
        events.push(logged)
        foldGovernance(state, logged)
      }
    },
    policy: (changes = {}) => {
      const policy = { ...OPEN_POLICY, ...changes }
      const data: PolicyApplied = {
        version: `v${events.length}`,
        policy,
        by: user('anna', 'owner'),
        proposalId: '',
      }
      story.tell(POLICY_APPLIED, data)
    },
    wish: (changes = {}, options = {}) => {
      const proposalId = nextProposalId(state)
      story.take(
        propose(state, wish(changes), { business: DEFAULT_BUSINESS, now: story.at, proposalId, ...options }),
      )
      return proposalId
    },
  }
  return story
}
