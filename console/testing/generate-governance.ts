// Proposals, policy and guardrails of the fixture: one of each kind, in each state.

import type {
  GuardrailsView,
  PolicyResult,
  PolicyView,
  ProposalsView,
  ProposalView,
} from '../../src/api/contract.ts'
import { CAMPAIGNS, FIXTURE_NOW, HOUR_MS, LONG, PEOPLE, type FixtureState } from './world.ts'

const MACHINE = { kind: 'machine', id: 'loop', name: 'Windvane', role: 'machine' }
const ANNA = { kind: 'user', id: 'u1', name: 'Анна', role: 'owner' }
const POLICY_YAML = `levels: {message: 2, placement: 4, offer: 2, spend: 2, creative: 2, publish: 2, reply: 1, pause: 4}
rules:
  - {id: big-raise, when: "action.class == 'spend' && action.increaseShare > 0.2", eyes: 2}
four_eyes: {cost_above: 5000}
undo: 15m
expiry: 24h
`

const base: ProposalView = {
  proposalId: 'P1',
  class: 'message',
  kind: 'messages.release',
  campaignId: 'winback',
  title: CAMPAIGNS[0].name,
  status: 'open',
  level: 2,
  now: FIXTURE_NOW,
  at: FIXTURE_NOW - HOUR_MS,
  expiresAt: FIXTURE_NOW + 5 * HOUR_MS,
  snoozedUntil: 0,
  by: MACHINE,
  changes: [
    { path: 'winback-10-percent', is: '0', willBe: '812' },
    { path: 'winback-reminder', is: '0', willBe: '431' },
  ],
  touches: {
    what: 'people',
    count: 1243,
    sample: PEOPLE.slice(0, 4).map((label, index) => ({ ref: `dec:winback:${99_990 + index}`, label })),
  },
  cost: 2.49,
  gain: { mean: 3120, low: -240, high: 6480, unit: 'RUB' },
  risk: { level: 'medium', note: '812 × 10 %' },
  evidence: PEOPLE.slice(0, 4).map((label, index) => ({
    kind: 'decision',
    ref: `dec:winback:${99_990 + index}`,
    label,
  })),
  grounds: [{ code: 'level', detail: 'message 2' }],
  reversible: true,
  undoableUntil: null,
  eyes: 1,
  approvals: [],
  roles: ['approver', 'engineer', 'owner'],
  onCall: [],
  question: '',
  answers: [],
  edited: false,
  editable: ['winback-10-percent', 'winback-reminder'],
  reason: '',
  closedAt: 0,
  closedBy: null,
  detail: '',
  mayAnswer: true,
}

const more: readonly Partial<ProposalView>[] = [
  {
    class: 'policy',
    kind: 'plan.change',
    title: 'governance: +levels.message',
    changes: [{ path: 'governance.levels.message', is: '2', willBe: '3' }],
    touches: { what: 'people', count: 0, sample: [] },
    cost: 0,
    gain: null,
    risk: { level: 'medium', note: 'the new policy allows more' },
    evidence: [{ kind: 'plan', ref: 'a41f09c2', label: 'a41f09c2' }],
    grounds: [
      { code: 'level', detail: 'policy 2' },
      { code: 'policy_raises', detail: 'levels.message' },
    ],
    eyes: 2,
    approvals: [{ by: ANNA, at: FIXTURE_NOW - HOUR_MS / 2, note: '', via: 'console' }],
    by: ANNA,
    editable: [],
    expiresAt: FIXTURE_NOW + 50 * HOUR_MS,
  },
  {
    class: 'spend',
    kind: 'budget.move',
    title: 'Яндекс Директ → VK',
    changes: [{ path: 'vk-autumn', is: '12000', willBe: '14400' }],
    touches: { what: 'lines', count: 2, sample: [] },
    cost: 2400,
    gain: { mean: 5200, low: 900, high: 9500, unit: 'RUB' },
    evidence: [{ kind: 'figure', ref: 'decisions', label: '41 / 50' }],
    grounds: [{ code: 'rule', detail: 'big-raise' }],
    onCall: ['anna'],
    question: 'Is the warehouse ready for a fifth more orders?',
    editable: [],
    mayAnswer: false,
    roles: ['owner'],
  },
]

const closed: readonly Partial<ProposalView>[] = [
  {
    kind: 'messages.report',
    status: 'done',
    level: 3,
    undoableUntil: FIXTURE_NOW + HOUR_MS / 4,
    closedAt: FIXTURE_NOW - HOUR_MS / 4,
    editable: [],
  },
  {
    status: 'rejected',
    reason: 'Слишком близко к празднику',
    closedAt: FIXTURE_NOW - HOUR_MS,
    closedBy: ANNA,
    editable: [],
  },
  {
    kind: 'budget.move',
    class: 'spend',
    status: 'unknown',
    detail: 'stopped between the call and its result',
    closedAt: FIXTURE_NOW - 2 * HOUR_MS,
    editable: [],
  },
]

export function makeProposals(state: FixtureState): ProposalsView {
  const made = (rows: readonly Partial<ProposalView>[], from: number) =>
    rows.map(
      (row, index): ProposalView => ({
        ...base,
        ...row,
        proposalId: `P${from + index}`,
        ...(state === 'long' ? { title: LONG, changes: [{ path: LONG, is: LONG, willBe: LONG }] } : {}),
      }),
    )
  if (state === 'empty') return { seenUpTo: 1, open: [], snoozed: [], closed: [] }
  return {
    seenUpTo: 213_482,
    open: made([{}, ...more], 41),
    snoozed: made([{ snoozedUntil: FIXTURE_NOW + 2 * HOUR_MS }], 40),
    closed: made(closed, 30),
  }
}

export const makePolicy = (state: FixtureState): PolicyView => ({
  yaml: POLICY_YAML,
  version: state === 'empty' ? '' : '9f3c02a1b7d4e650',
  governed: state !== 'empty',
  versions:
    state === 'empty'
      ? []
      : [
          {
            version: '9f3c02a1b7d4e650',
            at: FIXTURE_NOW - 30 * HOUR_MS,
            by: ANNA,
            proposalId: 'P12',
            changes: [{ path: 'levels.message', is: '4', willBe: '2', risk: 'lower' }],
          },
        ],
})

export const makePolicyResult = (yaml: string, dryRun: boolean): PolicyResult => {
  const bad = yaml.includes('mesage')
  const same = yaml === POLICY_YAML
  return {
    applied: false,
    version: '9f3c02a1b7d4e650',
    problems: bad
      ? [{ path: 'levels.mesage', message: 'unknown key `mesage`', hint: 'did you mean message?' }]
      : [],
    changes: bad || same ? [] : [{ path: 'levels.message', is: '2', willBe: '3', risk: 'raise' }],
    waits: dryRun || bad || same ? null : 'P44',
    because: bad || same ? [] : [{ code: 'policy_raises', detail: 'levels.message' }],
    impact:
      !dryRun || bad
        ? null
        : {
            from: FIXTURE_NOW - 168 * HOUR_MS,
            to: FIXTURE_NOW,
            decisions: 1204,
            complete: true,
            rows: [
              {
                class: 'message',
                campaignId: 'winback',
                decisions: 1204,
                now: { shadow: 0, suggested: 0, waited: 1204, undoable: 0, went: 0 },
                then: { shadow: 0, suggested: 0, waited: 0, undoable: 1204, went: 0 },
              },
            ],
            proposals: [],
          },
  }
}

const rung = (
  of: string,
  changes: Partial<GuardrailsView['ladder'][number]>,
): GuardrailsView['ladder'][number] => ({
  class: of,
  campaignId: '',
  policyLevel: 2,
  level: 2,
  judged: 0,
  unedited: 0,
  edited: 0,
  rejected: 0,
  acted: 0,
  undone: 0,
  breaches: 0,
  lastBreach: '',
  since: null,
  needs: { decisions: 50, unedited: 0.95 },
  gainLow: null,
  earned: false,
  proposalId: '',
  ...changes,
})

export function makeGuardrails(state: FixtureState): GuardrailsView {
  const empty = state === 'empty'
  const name = state === 'long' ? LONG : CAMPAIGNS[1].name
  return {
    now: FIXTURE_NOW,
    governed: !empty,
    ladder: [
      rung('message', { judged: 61, unedited: 60, gainLow: 0.42, earned: true }),
      rung('placement', { policyLevel: 4, level: 4, acted: 4120, undone: 2, gainLow: -0.1 }),
      rung('offer', { judged: 12, unedited: 9, edited: 2, rejected: 1 }),
      rung('spend', { judged: 41, unedited: 41, proposalId: 'P12' }),
      rung('reply', { policyLevel: 1, level: 1 }),
      ...(empty
        ? []
        : [
            rung('message', {
              campaignId: 'cart',
              policyLevel: 4,
              breaches: 1,
              lastBreach: 'breach',
              acted: 812,
            }),
          ]),
    ],
    ramps: empty
      ? []
      : [
          {
            campaignId: 'winback',
            name: CAMPAIGNS[0].name,
            stage: 1,
            stages: 2,
            share: 0.1,
            since: FIXTURE_NOW - 10 * HOUR_MS,
            nextAt: FIXTURE_NOW + 14 * HOUR_MS,
            halted: null,
            contacts: 412,
            complaints: 0,
            unsubscribes: 2,
            bounces: 3,
            errors: 0,
          },
          {
            campaignId: 'cart',
            name,
            stage: 0,
            stages: 2,
            share: 0,
            since: FIXTURE_NOW - HOUR_MS,
            nextAt: null,
            halted: { code: 'complaints', detail: '3 / 212' },
            contacts: 212,
            complaints: 3,
            unsubscribes: 1,
            bounces: 0,
            errors: 0,
          },
        ],
    hits: empty
      ? []
      : [
          { code: 'person_cap', today: 211, week: 1402 },
          { code: 'quiet_hours', today: 80, week: 700 },
          { code: 'awaits_approval', today: 12, week: 90 },
        ],
    limits: [
      { name: 'caps', value: '[{"max":2,"per":"1d"}]' },
      { name: 'quiet_hours', value: '21:00-09:00' },
    ],
    drills: empty
      ? []
      : [
          {
            at: FIXTURE_NOW - 60 * HOUR_MS,
            by: ANNA,
            passed: state !== 'unsure',
            surfaces: [
              { surface: 'http', tries: 20, p50Ms: 4.1, p99Ms: 12.9, maxMs: 12.9 },
              { surface: 'file', tries: 20, p50Ms: 11, p99Ms: 21.7, maxMs: 21.7 },
              { surface: 'signal', tries: 20, p50Ms: 1.2, p99Ms: 3.4, maxMs: 3.4 },
              { surface: 'cli', tries: 3, p50Ms: 310.2, p99Ms: 402.5, maxMs: 402.5 },
            ],
          },
        ],
    drillAgeDays: empty ? null : 2.5,
  }
}
