// Reads accepted requests out of the log as signals: each event once, whatever was sent twice, with its
// time corrected for the sender's clock. All that is remembered is folded state, so it survives a restart.

import { isRecord } from '../kernel/json.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'
import { SIGNAL_RECEIVED, TONE_KEY, type Signal, type SignalReceived } from './events.ts'
import {
  countIssue,
  createHealth,
  dumpHealth,
  healthRows,
  restoreHealth,
  sourceTallies,
  tallyOf,
  type Health,
  type HealthRow,
  type Tally,
} from './health.ts'
import {
  countIds,
  createIdWindow,
  dumpIdWindow,
  idWindowBytes,
  lookAhead,
  restoreIdWindow,
  sight,
  type IdWindow,
} from './id-window.ts'
import { correctTime } from './correct-time.ts'
import { recallExamined } from './examined.ts'
import { examineItem, IMPOSSIBLE, readTime, type Examined } from './item.ts'
import { SIGNAL_LIMITS, type SignalLimits } from './limits.ts'
import { cleanCopy } from './scan.ts'
import { countStored, createStored, dumpStored, restoreStored, type Stored } from './stored.ts'
import { toneReadingIn } from './tone-reading.ts'

export type SignalOptions = {
  /** Message ids remembered, at least half as many of the latest: about 14 bytes of memory each. */
  readonly dedupIdsMax: number
  /** Rows of data health: sources, and names in each. */
  readonly sourcesMax: number
  readonly namesMax: number
  /** Must be those the request check used. */
  readonly limits: SignalLimits
}

export const SIGNAL_OPTIONS: SignalOptions = {
  dedupIdsMax: 8_000_000,
  sourcesMax: 200,
  namesMax: 500,
  limits: SIGNAL_LIMITS,
}

export type SignalState = {
  readonly options: SignalOptions
  readonly ids: IdWindow
  readonly health: Health
  /** Items that can be read, by class and month. */
  readonly stored: Stored
}

export type SignalHealth = {
  readonly rows: readonly HealthRow[]
  readonly idsRemembered: number
  readonly idBytes: number
}

export const createSignalState = (options: Partial<SignalOptions> = {}): SignalState => {
  const all = { ...SIGNAL_OPTIONS, ...options }
  return {
    options: all,
    ids: createIdWindow({ idsMax: all.dedupIdsMax }),
    health: createHealth(all),
    stored: createStored(),
  }
}

/** The fresh signals of a `signal.received.v1` in the order of the request; none for any other event. */
export const foldSignal = (state: SignalState, event: LogEvent): readonly Signal[] => {
  if (event.type !== SIGNAL_RECEIVED) return NONE
  const { header, payload, expired } = event.data as SignalReceived
  if (!isRecord(payload)) return NONE
  const isBatch = header.endpoint === 'batch'
  const batch: unknown = isBatch ? payload['batch'] : [payload]
  if (!Array.isArray(batch)) return NONE
  const request: Request = {
    header,
    eventId: event.id,
    sentAt: isBatch ? readTime(payload['sentAt']) : Number.NaN,
    context: isBatch && isRecord(payload['context']) ? cleanCopy(payload['context']) : null,
    tallies: sourceTallies(state.health, header.source),
    examined: recallExamined(payload, header.endpoint, state.options.limits),
  }
  const past = expired === undefined ? null : new Set(expired)
  if (request.examined !== undefined) lookAhead(state.ids, request.examined)
  const signals: Signal[] = []
  for (let index = 0; index < batch.length; index++) {
    const signal = past?.has(index)
      ? foldPast(state, request, batch[index], index)
      : foldItem(state, request, batch[index], index)
    if (signal !== null) signals.push(signal)
  }
  return signals
}

/** What data health shows. */
export const signalHealth = (state: SignalState): SignalHealth => ({
  rows: healthRows(state.health),
  idsRemembered: countIds(state.ids),
  idBytes: idWindowBytes(state.ids),
})

export const dumpSignal = (state: SignalState): Dump => ({
  ...dumpIdWindow(state.ids),
  health: dumpHealth(state.health),
  stored: dumpStored(state.stored),
})

/** Options must be those of the dumped state, or refolding would not give the same. */
export const restoreSignal = (dump: Dump, options: Partial<SignalOptions> = {}): SignalState => {
  const all = { ...SIGNAL_OPTIONS, ...options }
  const { health, stored } = dump
  return {
    options: all,
    ids: restoreIdWindow(dump, { idsMax: all.dedupIdsMax }),
    health: restoreHealth(ArrayBuffer.isView(health) ? undefined : health, all),
    stored: restoreStored(ArrayBuffer.isView(stored) ? undefined : stored),
  }
}

type Request = {
  readonly header: SignalReceived['header']
  readonly eventId: string
  /** Of the batch: NaN when absent, IMPOSSIBLE when it makes no sense. */
  readonly sentAt: number
  readonly context: unknown
  readonly tallies: Map<string, Tally>
  /** What the check found a moment ago; absent on replay. */
  readonly examined: readonly Examined[] | undefined
}

const NONE: readonly Signal[] = []
const EMPTY: Readonly<Record<string, unknown>> = Object.freeze({})

const foldItem = (state: SignalState, request: Request, item: unknown, index: number): Signal | null => {
  const { header } = request
  // Nobody can read it any more: it counts for nothing.
  if (isRecord(item) && item['erased'] === true && Object.keys(item).length === 1) return null
  const examined = request.examined?.[index] ?? examineItem(item, header.endpoint, state.options.limits)
  const tally = tallyOf(state.health, request.tallies, healthName(examined))
  tally.received++
  if (header.receivedAt > tally.lastAt) tally.lastAt = header.receivedAt
  const timeCode = examined.timeCode || (request.sentAt === IMPOSSIBLE ? 'sent_at_invalid' : '')
  const code = examined.code || timeCode
  if (code !== '') countIssue(tally, code)
  if (examined.code !== '' || (timeCode !== '' && header.strict === true)) {
    tally.dropped++
    return null
  }
  const messageId = examined.messageId || (header.ids?.[index] ?? `${request.eventId}:${index}`)
  const place = request.examined === undefined ? -1 : index
  const sighting = sight(state.ids, messageId, examined.fingerprint, place)
  if (sighting !== 'new') {
    tally.duplicates++
    if (sighting === 'conflict') tally.conflicts++
    return null
  }
  tally.accepted++
  const sentAt = Number.isFinite(request.sentAt) ? request.sentAt : examined.sentAt
  if (isSkewed(examined.timestamp, sentAt, header.receivedAt, state.options.limits)) tally.clockSkewed++
  const clean = examined.unclean ? cleanCopy(item) : item
  const signal = signalOf(clean as Record<string, unknown>, examined, messageId, sentAt, request)
  countStored(state.stored, signal)
  return signal
}

/** What is left of an item whose time is over: whoever sent it had it accepted, so only that it came is new or not. */
const foldPast = (state: SignalState, request: Request, item: unknown, index: number): Signal | null => {
  // It had been left out, or nobody can read it any more.
  if (!isRecord(item) || item['erased'] === true) return null
  const examined = examineItem(item, request.header.endpoint, state.options.limits)
  const messageId = examined.messageId || (request.header.ids?.[index] ?? `${request.eventId}:${index}`)
  if (sight(state.ids, messageId, examined.fingerprint) !== 'new') return null
  const sentAt = Number.isFinite(request.sentAt) ? request.sentAt : examined.sentAt
  const clean = (examined.unclean ? cleanCopy(item) : item) as Record<string, unknown>
  const signal = signalOf(clean, examined, messageId, sentAt, request)
  // Identities and what people are called are told in full; of the rest only who it was.
  return signal.kind === 'identify' || signal.kind === 'alias' ? signal : { ...signal, past: true }
}

const signalOf = (
  item: Record<string, unknown>,
  examined: Examined,
  messageId: string,
  sentAt: number,
  { header, context: batchContext }: Request,
): Signal => {
  const { kind } = examined
  const own = (item['context'] ?? EMPTY) as Readonly<Record<string, unknown>>
  const context = batchContext === null ? own : { ...(batchContext as Record<string, unknown>), ...own }
  const tone = item[TONE_KEY] === undefined ? null : toneReadingIn(item[TONE_KEY])
  const signal = {
    kind,
    messageId,
    userId: examined.userId,
    anonymousId: examined.anonymousId,
    previousId: examined.previousId,
    groupId: examined.groupId,
    name: examined.name,
    properties: propertiesOf(item, kind),
    traits: traitsOf(item, kind, context['traits']),
    context,
    at: correctTime(examined.timestamp, sentAt, header.receivedAt),
    receivedAt: header.receivedAt,
    source: header.source,
  }
  return tone === null ? signal : { ...signal, tone }
}

const isSkewed = (timestamp: number, sentAt: number, receivedAt: number, limits: SignalLimits): boolean =>
  Math.abs(receivedAt - sentAt) > limits.skewNoticedMs || timestamp > receivedAt + limits.skewNoticedMs

const propertiesOf = (
  item: Record<string, unknown>,
  kind: Signal['kind'],
): Readonly<Record<string, unknown>> => {
  if (kind !== 'track' && kind !== 'page' && kind !== 'screen') return EMPTY
  const properties = (item['properties'] ?? EMPTY) as Readonly<Record<string, unknown>>
  const { category } = item
  // Server libraries put a page's category beside its properties, the browser's among them.
  if (kind === 'track' || typeof category !== 'string' || Object.hasOwn(properties, 'category'))
    return properties
  return { ...properties, category }
}

/** Of the person, and for a group call of the group: there `context.traits` are someone else's. */
const traitsOf = (
  item: Record<string, unknown>,
  kind: Signal['kind'],
  fromContext: unknown,
): Readonly<Record<string, unknown>> => {
  const own = kind === 'identify' || kind === 'group' ? item['traits'] : undefined
  const ownTraits = isRecord(own) ? own : EMPTY
  if (kind === 'group' || !isRecord(fromContext)) return ownTraits
  return ownTraits === EMPTY ? fromContext : { ...fromContext, ...ownTraits }
}

const healthName = ({ kind, code, name }: Examined): string => {
  if (code === 'not_an_object' || code === 'type_unknown') return '$invalid'
  if (kind !== 'track') return KIND_NAMES[kind]
  return name === '' || name.length > 200 ? '$track' : name
}

const KIND_NAMES = {
  identify: '$identify',
  page: '$page',
  screen: '$screen',
  group: '$group',
  alias: '$alias',
  track: '$track',
} as const
