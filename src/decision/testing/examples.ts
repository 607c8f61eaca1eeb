// A campaign, people and a loop around the fold, for tests: real profiles, a real model.

import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import type { Business } from '../../kernel/business.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import type { LogEvent, NewEvent } from '../../log/port.ts'
import { createBandit } from '../../model/index.ts'
import type { Bandit } from '../../model/index.ts'
import {
  createProfiles,
  dumpProfiles,
  foldProfiles,
  profileIdOf,
  restoreProfiles,
} from '../../profile/index.ts'
import type { Profiles } from '../../profile/index.ts'
import type { Signal } from '../../signal/events.ts'
import { parseCampaign } from '../campaign.ts'
import { decide, decisionIdOf } from '../decide.ts'
import type { DecideInput } from '../decide.ts'
import { dueDecisions } from '../due.ts'
import type { DueDecision } from '../due.ts'
import { dumpDecisions, restoreDecisions } from '../dump.ts'
import { CAMPAIGNS_APPLIED, DECISION_MADE } from '../events.ts'
import type { CampaignSpec } from '../events.ts'
import { peopleOf } from '../people.ts'
import type { Person } from '../people.ts'
import { createDecisions, foldDecisions } from '../state.ts'
import type { DecisionOptions, Decisions } from '../state.ts'

export const NOON = Date.parse('2026-06-01T12:00:00Z')
export const VERSIONS = { campaigns: 'c1', creatives: 'k1', limits: 'l1' }

/** A campaign as a person would write it, with changes. */
export const written = (changes: object = {}) => ({
  id: 'welcome',
  goal: { event: 'Order Completed', value: 'margin', window: '7d' },
  trigger: { event: 'Signed Up', delay: '1h', reentry: '7d' },
  actions: [
    { creative: 'hello', channel: 'email', offers: ['none', '10%'], moments: ['now', '10:00', '18:00'] },
    { creative: 'hello_sms', channel: 'sms' },
  ],
  ...changes,
})

export const campaign = (changes: object = {}): CampaignSpec => {
  const parsed = parseCampaign(written(changes))
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.error))
  return parsed.value
}

export const person = (changes: Partial<Person> = {}): Person => ({
  profileId: 'p1' as Person['profileId'],
  features: [['orders=0', 1]],
  timeZone: 'UTC',
  usualHours: [18],
  ...changes,
})

/** One for all that do not learn: making one takes megabytes. */
const untaught = createBandit()
const plain = campaign()

export const input = (changes: Partial<DecideInput> = {}): DecideInput => ({
  decisionId: decisionIdOf(asCampaignId('welcome'), 'm1', (changes.person ?? person()).profileId),
  campaign: plain,
  cause: { kind: 'event', ref: 'm1' },
  person: person(),
  group: 'treated',
  context: { device: 'mobile' },
  model: untaught,
  blocked: () => [],
  vetoes: [],
  versions: VERSIONS,
  asOf: 7,
  ...changes,
})

export const signal = (changes: Partial<Signal> = {}): Signal => ({
  kind: 'track',
  messageId: 'm1',
  userId: 'u1',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name: 'Signed Up',
  properties: {},
  traits: {},
  context: {},
  at: NOON,
  receivedAt: NOON,
  source: 'test',
  ...changes,
})

/** Profiles and decisions folded together, as the loop does, without a log. */
export type World = {
  profiles: Profiles
  decisions: Decisions
  offset: number
  readonly business: Business
  readonly model: Bandit
}

export const world = (options: Partial<DecisionOptions> = {}): World => ({
  profiles: createProfiles(),
  decisions: createDecisions(options),
  offset: 0,
  business: DEFAULT_BUSINESS,
  model: untaught,
})

export const peopleIn = (around: World) => peopleOf(around.profiles, around.business)

/** Folds one event, or the signals of one request. */
export const feed = (
  around: World,
  event: Pick<NewEvent, 'type' | 'data' | 'at'> & { readonly id?: string },
  signals: readonly Signal[] = [],
): World => {
  around.offset++
  const logged: LogEvent = { id: `e${around.offset}`, key: '', ...event, offset: around.offset }
  const touches = foldProfiles(around.profiles, logged, signals, around.business)
  foldDecisions(around.decisions, logged, touches, peopleIn(around))
  return around
}

export const apply = (around: World, campaigns: readonly CampaignSpec[], at = NOON - 1_000): World =>
  feed(around, { type: CAMPAIGNS_APPLIED, at, data: { version: 'c1', campaigns } })

export const hear = (around: World, ...signals: Signal[]): World =>
  feed(around, { type: 'signal.received.v1', at: signals[0]?.receivedAt ?? NOON, data: {} }, signals)

export const due = (around: World, now: number, limit = 100) =>
  dueDecisions(around.decisions, now, { people: peopleIn(around), latenessMsMax: 3_600_000, limit })

/** Decides what is due, as if everything went. */
export const make = (around: World, work: DueDecision, now: number): World => {
  const { decisionId, campaign: spec, cause, ref } = work
  const made = decide(
    input({
      decisionId,
      campaign: spec,
      cause,
      person: person({ profileId: profileIdOf(around.profiles, ref) }),
      model: around.model,
    }),
    { now },
  )
  return feed(around, { id: made.decisionId, type: DECISION_MADE, at: now, data: made })
}

/** One turn of the loop: what is due is decided and recorded. Returns how much that was. */
export const turn = (around: World, now: number, limit = 100): number => {
  const { decide: work, record } = due(around, now, limit)
  for (const event of record) feed(around, event)
  for (const item of work) make(around, item, now)
  return work.length + record.length
}

/** The same world after a restart from its dumps. */
export const restarted = (around: World): World => ({
  ...around,
  profiles: restoreProfiles(dumpProfiles(around.profiles)),
  decisions: restoreDecisions(dumpDecisions(around.decisions), around.decisions.options),
})
