// One person: identity, consent, features, and a timeline of everything heard, decided, sent and earned.

import type { LogEvent } from '../../log/port.ts'
import { isRecord } from '../../kernel/json.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { DECISION_MADE, type DecisionMade } from '../../decision/events.ts'
import { explain } from '../../decision/index.ts'
import { groupFor } from '../../feedback/index.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../../feedback/events.ts'
import { CONSENT_CHANGED, type ChannelName, type ConsentChanged } from '../../profile/events.ts'
import {
  countProfiles,
  isTextValid,
  profileIdOf,
  isErased,
  refOf,
  sampleProfiles,
  searchProfiles,
  segmentSizes,
  segmentSpecs,
  timelineOffsets,
  type ProfileView,
} from '../../profile/index.ts'
import { gapOf, SCORE_KEYS } from '../../model/index.ts'
import type { LoopState } from '../../loop.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../signal/events.ts'
import type { Customer, Customers, Segments, TimelineItem } from '../contract.ts'
import { detailOf } from './detail.ts'
import { namesOfScore, viewScores } from './models.ts'
import { personLabel, viewOf } from './person.ts'
import type { Language, ViewSources } from './sources.ts'

const TIMELINE_MAX = 200

/** People holding `text` as an identifier; without a text a sample of all. */
export const viewCustomers = (sources: ViewSources, text: string, limit: number): Customers => {
  const { state, ctx } = sources.loop
  const refs =
    text.trim() === ''
      ? sampleProfiles(state.profile, limit)
      : searchProfiles(state.profile, text).slice(0, limit)
  return {
    total: countProfiles(state.profile),
    items: refs.map((ref) => {
      const { features } = viewOf(sources, ref)
      const days = features.daysSinceLastSeen
      return {
        profileId: profileIdOf(state.profile, ref),
        person: personLabel(sources, ref),
        lastSeenAt: days === undefined ? null : Math.round(ctx.now() - days * DAY_MS),
        orders: features.orders,
      }
    }),
  }
}

/** Everything about one person. Throws Failure `http.not_found`. */
export const viewCustomer = async (
  sources: ViewSources,
  id: string,
  language: Language,
): Promise<Customer> => {
  const { loop } = sources
  const { state } = loop
  const ref = refOf(state.profile, id)
  if (ref === undefined || isErased(state.profile, ref))
    throw new Failure({
      code: 'http.not_found',
      message: ref === undefined ? 'There is nobody with this id.' : 'This person was erased.',
      hint: 'Search by e-mail, user id or phone.',
    })
  const view = viewOf(sources, ref)
  const offsets = timelineOffsets(state.profile, ref, TIMELINE_MAX).map(({ offset }) => offset)
  const ids = new Set(view.identifiers.map(({ value }) => value))
  const events = await loop.log.get(offsets)
  return {
    profileId: view.id,
    person: personLabel(sources, ref),
    identifiers: view.identifiers.map(({ kind, value }) => ({ kind, value })),
    traits: { ...view.traits },
    consents: consentsOf(sources, view),
    features: featuresOf(view),
    segments: [...view.segments],
    group: groupFor(state.feedback, { ref, profileId: view.id }, ''),
    timeZone: view.timeZone,
    tone: toneOf(view, loop.ctx.now()),
    scores: viewScores(sources, ref),
    timeline: events
      .flatMap((event) => itemsOf(event, ids, language))
      .toSorted((left, right) => right.at - left.at || right.offset - left.offset)
      .slice(0, TIMELINE_MAX),
  }
}

const consentsOf = ({ loop }: ViewSources, { consents }: ProfileView): Customer['consents'] => {
  const { consentTexts, wordings } = loop.state.profile
  const isOutdated = (purpose: string, version: string, channels: readonly ChannelName[]): boolean =>
    channels.every((channel) => !isTextValid(consentTexts, { channel, purpose, version }))
  return consents.map(({ channel, purpose, granted, textVersion, source, at }) => ({
    channel,
    purpose,
    state: !granted
      ? 'withdrawn'
      : isOutdated(purpose, textVersion, channel === 'all' ? ASKED_CHANNELS : [channel])
        ? 'outdated'
        : 'granted',
    textVersion,
    text: wordings.find(({ version }) => version === textVersion)?.text ?? '',
    source,
    at,
  }))
}

const ASKED_CHANNELS: readonly ChannelName[] = ['email', 'push', 'sms', 'messenger']

export const viewSegments = ({ loop }: ViewSources): Segments => ({
  items: segmentSizes(loop.state.profile).map(({ id, name, size, whole }) => {
    const when = segmentSpecs(loop.state.profile).find((spec) => spec.id === id)?.when ?? ''
    return { id, name, size, whole, when, missing: missingIn(loop.state, when, loop.ctx.now()) }
  }),
})

/** Scores that a rule names and that cannot be said now, with why. */
export const missingIn = (
  { persons }: LoopState,
  when: string,
  now: number,
): Segments['items'][number]['missing'] =>
  SCORE_KEYS.flatMap((key) => {
    const gap = namesOfScore(key).test(when) ? gapOf(persons, key, now) : null
    return gap === null ? [] : [{ score: key, gap }]
  })

const featuresOf = ({ features }: ProfileView): Customer['features'] =>
  Object.entries(features).flatMap(([name, value]) => {
    if (typeof value === 'number') return [{ name, value: Math.round(value * 100) / 100 }]
    if (typeof value === 'string') return value === '' ? [] : [{ name, value }]
    return isRecord(value)
      ? Object.entries(value).map(([part, inner]) => ({
          name: `${name}.${part}`,
          value:
            inner !== null && typeof inner === 'object'
              ? partsOf(inner)
              : typeof inner === 'number'
                ? Math.round(inner * 100) / 100
                : String(inner),
        }))
      : []
  })

const toneOf = ({ tone }: ProfileView, now: number): Customer['tone'] => {
  const { count, sentiment, daysSinceLast = 0, daysSinceNegative } = tone
  if (sentiment === undefined) return null
  const then = (days: number): number => Math.round(now - days * DAY_MS)
  return {
    count,
    latest: tone.latest ?? 0,
    mean: tone.mean ?? 0,
    sentiment,
    confidence: tone.confidence ?? 0,
    emotion: tone.emotion ?? '',
    version: tone.version ?? '',
    at: then(daysSinceLast),
    negativeAt: daysSinceNegative === undefined ? null : then(daysSinceNegative),
  }
}

const whyOf = (made: DecisionMade, language: Language): string => {
  const { sentence, timing } = explain(made, language)
  return [sentence, ...timing].join(' ')
}

const partsOf = (value: object): string =>
  Object.entries(value)
    .map(
      ([name, part]) => `${name} ${typeof part === 'number' ? Math.round(part * 100) / 100 : String(part)}`,
    )
    .join(', ')

const itemsOf = (event: LogEvent, ids: ReadonlySet<string>, language: Language): readonly TimelineItem[] => {
  const { offset, at, type, data } = event
  const item = (
    kind: string,
    title: string,
    detail: string,
    decisionId: string | null = null,
  ): TimelineItem => ({ offset, at, kind, title, detail, decisionId })
  switch (type) {
    case SIGNAL_RECEIVED:
      return signalItems(event as LogEvent<SignalReceived>, ids)
    case DECISION_MADE: {
      const made = data as DecisionMade
      return [
        item('decision', `${made.campaignId}: ${made.actionId}`, whyOf(made, language), made.decisionId),
      ]
    }
    case OUTCOME_SETTLED: {
      const { kind, reward, campaignId, decisionId } = data as OutcomeSettled
      return [item('outcome', `${campaignId}: ${kind}`, String(Math.round(reward * 100) / 100), decisionId)]
    }
    case CONSENT_CHANGED: {
      const { channel, purpose, granted, source } = data as ConsentChanged
      return [item('consent', `${channel} ${purpose}: ${granted ? 'granted' : 'withdrawn'}`, source)]
    }
    default: {
      if (!type.startsWith('delivery.')) return [item('other', type, '')]
      const { decisionId, channel } = data as { decisionId?: string; channel?: string }
      return [
        item(
          'delivery',
          `${type.replace(/^delivery\.|\.v\d+$/g, '')} ${channel ?? ''}`.trim(),
          detailOf(data),
          decisionId ?? null,
        ),
      ]
    }
  }
}

/** The items of a request that carry one of this person's ids. */
const signalItems = (
  { offset, data }: LogEvent<SignalReceived>,
  ids: ReadonlySet<string>,
): readonly TimelineItem[] => {
  const { header, payload } = data
  if (!isRecord(payload)) return []
  const batch: unknown = header.endpoint === 'batch' ? payload['batch'] : [payload]
  if (!Array.isArray(batch)) return []
  return batch.flatMap((entry: unknown) => {
    if (!isRecord(entry)) return []
    const { userId, anonymousId, previousId, type, event, name, properties, timestamp } = entry
    if (![userId, anonymousId, previousId].some((id) => typeof id === 'string' && ids.has(id))) return []
    const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
    const title =
      typeof event === 'string'
        ? event
        : typeof name === 'string' && name !== ''
          ? name
          : typeof type === 'string'
            ? type
            : header.endpoint
    return [
      {
        offset,
        at: Number.isFinite(time) ? time : header.receivedAt,
        kind: 'signal',
        title,
        detail: summaryOf(properties),
        decisionId: null,
      },
    ]
  })
}

const SUMMARY_KEYS = [
  'name',
  'category',
  'revenue',
  'total',
  'price',
  'value',
  'order_id',
  'path',
  'url',
  'title',
]

const summaryOf = (properties: unknown): string =>
  isRecord(properties)
    ? SUMMARY_KEYS.flatMap((key) =>
        ['string', 'number'].includes(typeof properties[key]) ? [`${key} ${String(properties[key])}`] : [],
      )
        .join(', ')
        .slice(0, 200)
    : ''
