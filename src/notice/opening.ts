// Which facts are for people to hear of, how urgently, and which facts end that.

import {
  INCIDENT_OPENED,
  NOTICE_BEGUN,
  INCIDENT_CALM,
  INCIDENT_CLOSED,
  INCIDENT_GREW,
  INCIDENT_OWNED,
  type IncidentCalm,
  type IncidentClosed,
  type IncidentGrew,
  type IncidentOpened,
  type IncidentOwned,
  type NoticeBegun,
  type PlaybookSpec,
} from '../brand/events.ts'
import {
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  type SpendIncidentClosed,
  type SpendIncidentOpened,
} from '../delivery/events.ts'
import { SIGN_IN_FAILED, type SignInFailed } from '../governance/access/events.ts'
import {
  APPROVED,
  BREACHED,
  DRILL_CAMPAIGN,
  DRILLED,
  EXECUTED,
  EXECUTING,
  EXPIRED,
  PROPOSED,
  RAMP_MOVED,
  REJECTED,
  SNOOZED,
  STALE,
  type Approved,
  type Breached,
  type Drilled,
  type Proposed,
  type RampMoved,
  type Snoozed,
} from '../governance/events.ts'
import {
  STOP_LIFTED,
  STOP_RAISED,
  type StopLifted,
  type StopRaised,
  type StopScope,
} from '../guardrail/events.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import type { Notice, NoticeKind } from './state.ts'

/** What a fact does to the notices. */
export type Turn =
  | { readonly do: 'open'; readonly notice: Notice }
  /** Only where somebody was told of what went before. */
  | { readonly do: 'follow'; readonly notice: Notice }
  | { readonly do: 'close'; readonly subject: string; readonly why: string }
  | { readonly do: 'change'; readonly subject: string; readonly change: (notice: Notice) => Notice }
  /** Unless the same was told in the last hour. */
  | { readonly do: 'guessed'; readonly account: string; readonly notice: Notice }

type About = Pick<Notice, 'kind' | 'subject' | 'ref'> & Partial<Notice>

export const noticeFrom = (event: Pick<LogEvent, 'offset' | 'at'>, about: About): Notice => ({
  noticeId: `n${event.offset}`,
  isUrgent: false,
  asks: false,
  at: event.at,
  until: event.at + DAY_MS,
  notBefore: 0,
  roles: [],
  named: [],
  only: [],
  facts: {},
  round: -1,
  roundAt: 0,
  calls: [],
  withheld: '',
  yes: [],
  eyes: 1,
  over: '',
  overAt: 0,
  ...about,
})

const TEXT_MAX = 300
const clip = (text: string): string => text.slice(0, TEXT_MAX)

export const turnsOf = (event: LogEvent): readonly Turn[] => {
  const { type } = event
  if (type.startsWith('governance.')) return ofGovernance(event)
  if (type.startsWith('brand.')) return ofBrand(event)
  if (type.startsWith('spend.')) return ofSpend(event)
  if (type === STOP_RAISED || type === STOP_LIFTED) return ofStop(event)
  if (type === SIGN_IN_FAILED) return ofAccess(event)
  return []
}

const ofGovernance = (event: LogEvent): readonly Turn[] => {
  switch (event.type) {
    case PROPOSED: {
      const proposed = event.data as Proposed
      // What is not done by itself waits for a person; the rest is nothing to be called for.
      if (proposed.level !== 1 && proposed.level !== 2) return []
      return [{ do: 'open', notice: ofProposal(event, proposed) }]
    }
    case APPROVED: {
      const { proposalId, by, eyes } = event.data as Approved
      const who = `${by.kind} ${by.id}`
      return [
        {
          do: 'change',
          subject: subjectOf.proposal(proposalId),
          change: (notice) => {
            const yes = [...new Set([...notice.yes, who])]
            const needed = Math.max(eyes, notice.eyes)
            const over = yes.length >= needed ? { over: 'approved', overAt: event.at } : {}
            return { ...notice, yes, eyes: needed, ...over }
          },
        },
      ]
    }
    case SNOOZED: {
      const { proposalId, until } = event.data as Snoozed
      const subject = subjectOf.proposal(proposalId)
      return [{ do: 'change', subject, change: (notice) => ({ ...notice, notBefore: until }) }]
    }
    case REJECTED:
    case EXPIRED:
    case STALE:
    case EXECUTING:
    case EXECUTED: {
      const { proposalId } = event.data as { readonly proposalId: string }
      const [, why = ''] = event.type.split('.')
      return [{ do: 'close', subject: subjectOf.proposal(proposalId), why }]
    }
    case RAMP_MOVED: {
      const { campaignId, share, reason } = event.data as RampMoved
      const subject = `campaign ${campaignId}`
      if (share > 0) return [{ do: 'close', subject, why: 'goes_on' }]
      const facts = { campaign: campaignId, code: reason.code, detail: clip(reason.detail) }
      return [open(event, { kind: 'campaign_stopped', subject, ref: campaignId, asks: true, facts })]
    }
    case BREACHED: {
      const { class: of, campaignId, kind, detail, capTo } = event.data as Breached
      const facts = { class: of, campaign: campaignId, code: kind, detail: clip(detail), level: capTo }
      return [open(event, { kind: 'level_lost', subject: `level ${of} ${campaignId}`, ref: of, facts })]
    }
    case DRILLED: {
      const { passed, surfaces } = event.data as Drilled
      if (passed) return [{ do: 'close', subject: 'drill', why: 'passed' }]
      const facts = {
        detail: clip(surfaces.map(({ surface, maxMs }) => `${surface} ${Math.round(maxMs)} ms`).join(', ')),
      }
      return [open(event, { kind: 'drill', subject: 'drill', ref: '', isUrgent: true, asks: true, facts })]
    }
    default:
      return []
  }
}

const open = (event: LogEvent, about: About): Turn => ({ do: 'open', notice: noticeFrom(event, about) })

export const subjectOf = {
  proposal: (proposalId: string): string => `proposal ${proposalId}`,
  incident: (incidentId: string): string => `incident ${incidentId}`,
  spend: (incidentId: string): string => `spend ${incidentId}`,
} as const

const ofProposal = (event: LogEvent, proposed: Proposed): Notice => {
  const { proposalId, title, roles, eyes, expiresAt, by } = proposed
  return noticeFrom(event, {
    kind: 'proposal',
    subject: subjectOf.proposal(proposalId),
    ref: proposalId,
    asks: true,
    roles,
    eyes,
    until: expiresAt,
    // Whoever wishes it knows of it, and is the first of four eyes.
    yes: by.kind === 'machine' ? [] : [`${by.kind} ${by.id}`],
    facts: { title: clip(title) },
  })
}

const ofBrand = (event: LogEvent): readonly Turn[] => {
  switch (event.type) {
    case INCIDENT_OPENED: {
      const opened = event.data as IncidentOpened
      return [open(event, aboutIncident(opened, opened.playbook))]
    }
    case INCIDENT_GREW: {
      const { incidentId, severity, evidence } = event.data as IncidentGrew
      const change = (notice: Notice): Notice => {
        if (notice.kind !== 'incident' || severity <= Number(notice.facts['severity'])) return notice
        // Graver than what people were told: told anew, from the first round on.
        return {
          ...notice,
          noticeId: `n${event.offset}`,
          isUrgent: severity >= 2 && notice.facts['kind'] !== 'opportunity',
          facts: { ...notice.facts, ...figuresOf(evidence), severity },
          at: event.at,
          round: -1,
          roundAt: 0,
          calls: [],
          withheld: '',
          over: '',
        }
      }
      return [{ do: 'change', subject: subjectOf.incident(incidentId), change }]
    }
    case NOTICE_BEGUN: {
      const { incidentId, step } = event.data as NoticeBegun
      const change = (notice: Notice): Notice => {
        const to = String(notice.facts[`to ${step}`] ?? '')
        return to === '' ? notice : { ...notice, named: [...notice.named, ...to.split('\n')] }
      }
      return [{ do: 'change', subject: subjectOf.incident(incidentId), change }]
    }
    case INCIDENT_OWNED: {
      const { incidentId } = event.data as IncidentOwned
      return [{ do: 'close', subject: subjectOf.incident(incidentId), why: 'owned' }]
    }
    case INCIDENT_CALM: {
      const { incidentId } = event.data as IncidentCalm
      return overIncident(event, incidentId, 'calm')
    }
    case INCIDENT_CLOSED: {
      const { incidentId, falseAlarm } = event.data as IncidentClosed
      return overIncident(event, incidentId, falseAlarm ? 'false_alarm' : 'closed')
    }
    default:
      return []
  }
}

const figuresOf = ({ mentions, negativeShare, voices, phrases }: IncidentOpened['evidence']) => ({
  mentions,
  negative: Math.round(100 * negativeShare),
  voices,
  phrases: clip(phrases.join('; ')),
})

const aboutIncident = (
  { incidentId, kind, severity, entity, topic, evidence }: IncidentOpened,
  playbook: PlaybookSpec | null,
): About => ({
  kind: 'incident',
  subject: subjectOf.incident(incidentId),
  ref: incidentId,
  // A loud happy day wakes nobody, and neither does a drill.
  isUrgent: severity >= 2 && kind !== 'opportunity' && kind !== 'drill',
  asks: kind !== 'opportunity',
  facts: {
    kind,
    severity,
    entity: clip(entity),
    topic: clip(topic),
    ...figuresOf(evidence),
    ...namedBy(playbook),
  },
})

/** Whom each notifying step names, until that step is due. */
const namedBy = (playbook: PlaybookSpec | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (playbook?.steps ?? []).flatMap((step, index) =>
      step.kind === 'notify' ? [[`to ${index}`, step.to.join('\n')] as const] : [],
    ),
  )

const overIncident = (event: LogEvent, incidentId: string, how: string): readonly Turn[] => [
  {
    do: 'follow',
    notice: noticeFrom(event, {
      kind: 'incident_over',
      subject: subjectOf.incident(incidentId),
      ref: incidentId,
      facts: { how },
    }),
  },
]

const ofSpend = (event: LogEvent): readonly Turn[] => {
  if (event.type === SPEND_INCIDENT_CLOSED) {
    const { incidentId } = event.data as SpendIncidentClosed
    return [{ do: 'close', subject: subjectOf.spend(incidentId), why: 'closed' }]
  }
  if (event.type !== SPEND_INCIDENT_OPENED) return []
  const { incidentId, kind, lineId, detail, said } = event.data as SpendIncidentOpened
  const facts = { kind, line: lineId, detail: clip(detail) }
  const isUrgent = kind !== 'reading'
  return [
    open(event, {
      kind: 'spend',
      subject: subjectOf.spend(incidentId),
      ref: lineId,
      isUrgent,
      asks: true,
      facts,
      ...(said === undefined ? {} : { said }),
    }),
  ]
}

const spellScope = (scope: StopScope): string =>
  scope.kind === 'all'
    ? 'all'
    : scope.kind === 'channel'
      ? `channel ${scope.channel}`
      : `campaign ${scope.campaignId}`

const ofStop = (event: LogEvent): readonly Turn[] => {
  const { scope, by } = event.data as StopRaised | StopLifted
  if (scope.kind === 'campaign' && scope.campaignId === DRILL_CAMPAIGN) return []
  const where = spellScope(scope)
  const about = (kind: NoticeKind, more: Readonly<Record<string, string>> = {}): About => ({
    kind,
    subject: `stop ${where}`,
    ref: where,
    facts: { scope: where, by: clip(by), ...more },
  })
  if (event.type === STOP_LIFTED) return [{ do: 'follow', notice: noticeFrom(event, about('resume')) }]
  const { reason } = event.data as StopRaised
  return [open(event, { ...about('stop', { reason: clip(reason) }), isUrgent: true })]
}

/** Guesses beyond the free ones: told to the owners, once an hour for each account. */
export const GUESSES_APART_MS = HOUR_MS

const ofAccess = (event: LogEvent): readonly Turn[] => {
  const { userId, reason, network, others } = event.data as SignInFailed
  if (reason !== 'waiting') return []
  const notice = noticeFrom(event, {
    kind: 'lockout',
    subject: `lockout ${userId}`,
    ref: userId,
    roles: ['owner'],
    named: userId === '' ? [] : [userId],
    facts: { network: clip(network), others },
  })
  return [{ do: 'guessed', account: userId, notice }]
}
