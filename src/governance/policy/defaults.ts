// Two policies without a line of YAML: the one that holds until any is applied (everything as the plan
// says), and the careful one that a new installation starts with.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { CallsSpec, GovernancePolicy } from '../events.ts'

/** Campaigns act as their plan says; what advisors wish waits. No ramp, nothing earned or lost. */
export const OPEN_POLICY: GovernancePolicy = {
  levels: { message: 4, placement: 4, offer: 4, spend: 2, creative: 2, publish: 2, reply: 2, pause: 4 },
  exceptions: [],
  rules: [],
  fourEyes: { costAbove: null, peopleAbove: null, classes: [] },
  approvers: { default: ['approver', 'engineer', 'owner'] },
  hours: null,
  outsideHours: {},
  onCall: [],
  undoMs: 15 * MINUTE_MS,
  expiryMs: DAY_MS,
  first: { campaign: false, audience: false, jump: null },
  earn: null,
  ramp: null,
  resumePerMinute: null,
}

/** Half an hour for what waits, ten minutes for what is urgent; nobody is called more than six times an hour. */
export const DEFAULT_CALLS: CallsSpec = {
  answerMs: 30 * MINUTE_MS,
  urgentMs: 10 * MINUTE_MS,
  hourMax: 6,
  dayMax: 24,
}

/** A new campaign reaches 1 %, then 10 %, then everybody; autonomy is earned and lost; no flood after STOP. */
export const CAREFUL_POLICY: GovernancePolicy = {
  ...OPEN_POLICY,
  first: { campaign: false, audience: false, jump: { share: 0.5, people: 1_000 } },
  earn: { decisions: 50, uneditedShare: 0.95, staleDataMs: null },
  ramp: {
    stages: [
      { share: 0.01, holdMs: DAY_MS, contactsMin: 50 },
      { share: 0.1, holdMs: DAY_MS, contactsMin: 200 },
    ],
    complaints: 0.001,
    unsubscribes: 0.01,
    bounces: 0.05,
    errors: 0.1,
  },
  resumePerMinute: 600,
}

/** Outside these nothing in the policy can be meant. */
export const UNDO_MS_MAX = DAY_MS
export const EXPIRY_MS_MIN = MINUTE_MS
export const EXPIRY_MS_MAX = 30 * DAY_MS
export const HOLD_MS_MAX = 30 * DAY_MS
export const STALE_MS_MIN = HOUR_MS
