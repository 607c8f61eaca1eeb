// Acts: what people did or allowed, and what the machine did with what it is allowed. Where they stand in the log, so
// that somebody who checks it later finds them among millions of signals.

import type { LogEvent } from '../log/port.ts'
import { CONSENT_CHANGED, type ConsentChanged } from '../profile/events.ts'
import { noteOffset, type OffsetRing } from './offset-ring.ts'

export const ACT_GROUPS = [
  'rules',
  'approvals',
  'autonomy',
  'stop',
  'money',
  'brand',
  'people',
  'access',
] as const
export type ActGroup = (typeof ACT_GROUPS)[number]

/** Each type of event that is an act. Decisions, deliveries and moves of money have lists of their own. */
export const ACTS = {
  'plan.applied.v1': 'rules',
  'governance.policy_applied.v1': 'rules',
  'models.applied.v1': 'rules',
  'model.reset.v1': 'rules',
  'governance.proposed.v1': 'approvals',
  'governance.approved.v1': 'approvals',
  'governance.edited.v1': 'approvals',
  'governance.rejected.v1': 'approvals',
  'governance.snoozed.v1': 'approvals',
  'governance.answered.v1': 'approvals',
  'governance.expired.v1': 'approvals',
  'governance.stale.v1': 'approvals',
  'governance.executed.v1': 'approvals',
  'governance.undone.v1': 'approvals',
  'governance.promoted.v1': 'autonomy',
  'governance.breached.v1': 'autonomy',
  'governance.ramp_moved.v1': 'autonomy',
  'policy.proposed.v1': 'autonomy',
  'policy.rollout_moved.v1': 'autonomy',
  'stop.raised.v1': 'stop',
  'stop.lifted.v1': 'stop',
  'hold.placed.v1': 'stop',
  'hold.lifted.v1': 'stop',
  'governance.drilled.v1': 'stop',
  'system.restored.v1': 'stop',
  'system.erasures_repeated.v1': 'people',
  'spend.incident_opened.v1': 'money',
  'spend.incident_closed.v1': 'money',
  'budget.experiment_planned.v1': 'money',
  'budget.experiment_dropped.v1': 'money',
  'brand.incident_opened.v1': 'brand',
  'brand.incident_owned.v1': 'brand',
  'brand.incident_noted.v1': 'brand',
  'brand.incident_calm.v1': 'brand',
  'brand.incident_closed.v1': 'brand',
  'brand.statement_approved.v1': 'brand',
  'brand.mention_corrected.v1': 'brand',
  'brand.topic_muted.v1': 'brand',
  'profile.consent_changed.v1': 'people',
  'profile.data_expired.v1': 'people',
  'profile.unmerged.v1': 'people',
  'profile.erasure_started.v1': 'people',
  'access.user_invited.v1': 'access',
  'access.user_joined.v1': 'access',
  'access.role_changed.v1': 'access',
  'access.user_disabled.v1': 'access',
  'access.user_enabled.v1': 'access',
  'access.credential_changed.v1': 'access',
  'access.signed_in.v1': 'access',
  'access.sign_in_failed.v1': 'access',
  'access.sessions_ended.v1': 'access',
  'access.key_made.v1': 'access',
  'access.key_rotated.v1': 'access',
  'access.key_revoked.v1': 'access',
} as const satisfies Readonly<Record<string, ActGroup>>
export type ActType = keyof typeof ACTS

export const ACTS_KEPT = 50_000

/** What a person takes back through a link of their mail is told by their profile; it is nobody's act upon them. */
const OWN_WAYS: ReadonlySet<unknown> = new Set(['unsubscribe_link', 'one_click', 'complaint'])

export const isAct = ({ type, data }: LogEvent): boolean =>
  Object.hasOwn(ACTS, type) && !(type === CONSENT_CHANGED && OWN_WAYS.has((data as ConsentChanged).source))

export const foldActs = (index: OffsetRing, event: LogEvent): void => {
  if (isAct(event)) noteOffset(index, event.offset)
}
