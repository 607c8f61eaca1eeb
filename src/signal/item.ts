// What makes one event of a request acceptable. The request check and the fold both ask here, so that what
// was accepted is exactly what is folded.

import { isRecord } from '../kernel/json.ts'
import { TONE_KEY, type Signal, type SignalEndpoint } from './events.ts'
import { parseIsoTime } from './iso-time.ts'
import type { SignalLimits } from './limits.ts'
import { createScan, jsonBytes, scanValue } from './scan.ts'

export type SignalKind = Signal['kind']

/** Why an event cannot be used. The time codes are tolerated outside strict mode. */
export const ITEM_CODES = [
  'not_an_object',
  'type_unknown',
  'too_large',
  'too_deep',
  'id_missing',
  'id_invalid',
  'message_id_invalid',
  'event_missing',
  'name_invalid',
  'group_id_missing',
  'previous_id_missing',
  'section_invalid',
  'timestamp_invalid',
  'sent_at_invalid',
] as const
export type ItemCode = (typeof ITEM_CODES)[number]

/** What the check of one event found; ids and name are '' where absent. */
export type Examined = {
  readonly kind: SignalKind
  /** '' when the event can be used. */
  readonly code: ItemCode | ''
  /** A time that makes no sense, by itself no reason to lose the event; '' otherwise. */
  readonly timeCode: ItemCode | ''
  readonly messageId: string
  readonly userId: string
  readonly anonymousId: string
  readonly previousId: string
  readonly groupId: string
  readonly name: string
  /** Of `timestamp`, ms; NaN when absent or impossible. */
  readonly timestamp: number
  /** The event's own `sentAt`, ms; NaN when absent or impossible. */
  readonly sentAt: number
  readonly fingerprint: number
  readonly unclean: boolean
}

/** `endpoint` gives the kind except for `batch`, where each item names its own. Levels of nesting count from the item. */
export const examineItem = (item: unknown, endpoint: SignalEndpoint, limits: SignalLimits): Examined => {
  if (!isRecord(item)) return refused('track', 'not_an_object')
  const kind = endpoint === 'batch' ? item['type'] : endpoint
  if (!isKind(kind)) return refused('track', 'type_unknown')
  const scan = createScan()
  let fingerprint = 0
  for (const key in item) {
    // Ours, not the sender's: it makes no other body and counts for nothing.
    if (key === TONE_KEY) continue
    const print = scanValue(scan, item[key], limits.depthMax - 1)
    scan.bytesAtMost += key.length * 6 + 4
    if (key === '__proto__') scan.unclean = true
    // A client that sends the same event again says anew when it sent it.
    else if (key !== 'sentAt') fingerprint = (fingerprint + Math.imul(print ^ key.length, 0x01000193)) | 0
  }
  if (scan.tooDeep) return refused(kind, 'too_deep')
  if (scan.bytesAtMost > limits.eventBytesMax && jsonBytes(withoutTone(item)) > limits.eventBytesMax)
    return refused(kind, 'too_large')
  const timestamp = readTime(item['timestamp'] ?? item['originalTimestamp'])
  const sentAt = readTime(item['sentAt'])
  const userId = readId(item['userId'])
  const anonymousId = readId(item['anonymousId'])
  const previousId = readId(item['previousId'])
  const groupId = readId(item['groupId'])
  const messageId = readId(item['messageId'])
  const name = nameOf(item, kind)
  return {
    kind,
    code: codeOf(item, { kind, userId, anonymousId, previousId, groupId, messageId, name }, limits),
    timeCode: timestamp === IMPOSSIBLE ? 'timestamp_invalid' : sentAt === IMPOSSIBLE ? 'sent_at_invalid' : '',
    messageId: messageId ?? '',
    userId: userId ?? '',
    anonymousId: anonymousId ?? '',
    previousId: previousId ?? '',
    groupId: groupId ?? '',
    name: name ?? '',
    timestamp: timestamp === IMPOSSIBLE ? Number.NaN : timestamp,
    sentAt: sentAt === IMPOSSIBLE ? Number.NaN : sentAt,
    fingerprint,
    unclean: scan.unclean,
  }
}

/** An item as its sender gave it. */
export const withoutTone = (item: Record<string, unknown>): Record<string, unknown> => {
  if (!Object.hasOwn(item, TONE_KEY)) return item
  const { [TONE_KEY]: _tone, ...rest } = item
  return rest
}

/** A time as it stands in a request: ms, NaN when absent, {@link IMPOSSIBLE} when it is there and makes no sense. */
export const readTime = (value: unknown): number => {
  if (value === undefined || value === null || value === '') return Number.NaN
  if (typeof value !== 'string') return IMPOSSIBLE
  const at = parseIsoTime(value)
  return Number.isNaN(at) ? IMPOSSIBLE : at
}
export const IMPOSSIBLE = Number.NEGATIVE_INFINITY

/** Text for a person who reads an item error. */
export const messageOfCode = (code: ItemCode, limits: SignalLimits): string => {
  switch (code) {
    case 'not_an_object':
      return 'The event is not a JSON object.'
    case 'type_unknown':
      return 'The type must be identify, track, page, screen, group or alias.'
    case 'too_large':
      return `The event is larger than ${limits.eventBytesMax} bytes.`
    case 'too_deep':
      return `The event is nested deeper than ${limits.depthMax} levels.`
    case 'id_missing':
      return 'The event needs a userId or an anonymousId.'
    case 'id_invalid':
      return `userId, anonymousId, previousId and groupId must be text of at most ${limits.idCharsMax} characters.`
    case 'message_id_invalid':
      return `The messageId must be text of at most ${limits.idCharsMax} characters.`
    case 'event_missing':
      return 'A track event needs its name in "event".'
    case 'name_invalid':
      return `The name must be text of at most ${limits.nameCharsMax} characters.`
    case 'group_id_missing':
      return 'A group call needs a groupId.'
    case 'previous_id_missing':
      return 'An alias call needs a previousId.'
    case 'section_invalid':
      return 'properties, traits and context must be JSON objects.'
    case 'timestamp_invalid':
      return 'The timestamp is not an ISO 8601 date and time that exists, from 1970 on.'
    case 'sent_at_invalid':
      return 'sentAt is not an ISO 8601 date and time that exists, from 1970 on.'
  }
}

type Names = {
  readonly kind: SignalKind
  readonly [id: string]: string | undefined
}

const codeOf = (item: Record<string, unknown>, read: Names, limits: SignalLimits): ItemCode | '' => {
  const { kind, userId, anonymousId, previousId, groupId, messageId, name } = read
  if (messageId === undefined || messageId.length > limits.idCharsMax) return 'message_id_invalid'
  if (!fits(userId, limits) || !fits(anonymousId, limits)) return 'id_invalid'
  if (!fits(previousId, limits) || !fits(groupId, limits)) return 'id_invalid'
  if (userId === '' && anonymousId === '') return 'id_missing'
  if (name === undefined || name.length > limits.nameCharsMax) return 'name_invalid'
  if (kind === 'track' && name === '') return 'event_missing'
  if (kind === 'group' && groupId === '') return 'group_id_missing'
  if (kind === 'alias' && previousId === '') return 'previous_id_missing'
  return isSection(item['properties']) && isSection(item['traits']) && isSection(item['context'])
    ? ''
    : 'section_invalid'
}

const fits = (id: string | undefined, limits: SignalLimits): id is string =>
  id !== undefined && id.length <= limits.idCharsMax

/** An id as text, '' when absent, undefined when it cannot be one. Numbers are taken for their digits. */
const readId = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  if (typeof value !== 'string') return undefined
  const id = value.trim()
  // Half a surrogate pair would become another id as soon as it is written as UTF-8.
  return id.isWellFormed() ? id : id.toWellFormed()
}

const nameOf = (item: Record<string, unknown>, kind: SignalKind): string | undefined => {
  if (kind !== 'track' && kind !== 'page' && kind !== 'screen') return ''
  const name = kind === 'track' ? item['event'] : item['name']
  if (name === undefined || name === null) return ''
  if (typeof name !== 'string') return undefined
  return name.isWellFormed() ? name : name.toWellFormed()
}

const isSection = (value: unknown): boolean => value === undefined || value === null || isRecord(value)

const isKind = (value: unknown): value is SignalKind => {
  switch (value) {
    case 'track':
    case 'identify':
    case 'page':
    case 'screen':
    case 'group':
    case 'alias':
      return true
    default:
      return false
  }
}

const refused = (kind: SignalKind, code: ItemCode): Examined => ({
  kind,
  code,
  timeCode: '',
  messageId: '',
  userId: '',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name: '',
  timestamp: Number.NaN,
  sentAt: Number.NaN,
  fingerprint: 0,
  unclean: false,
})
