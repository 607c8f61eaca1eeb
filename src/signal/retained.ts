// What of a request goes earlier than its person: which class of data each item is of, the month it counts to, and
// what stays of it when that month's key is destroyed: who it was, what they are called, what they agreed to. Nothing of
// what they did. So people keep their identity and their numbers when the log is folded again without the rest.

import { canonicalJson, isRecord } from '../kernel/json.ts'
import { monthOf } from '../kernel/month.ts'
import { isPlain } from '../kernel/plain-text.ts'
import { ORDER_COMPLETED, ORDER_REFUNDED } from './commerce.ts'
import { CONSENT_CHANGED_NAME } from './consent.ts'
import { correctTime } from './correct-time.ts'
import type { SignalReceived } from './events.ts'
import { recallExamined, rememberExamined } from './examined.ts'
import { examineItem, IMPOSSIBLE, readTime, type Examined } from './item.ts'
import { SIGNAL_LIMITS, type SignalLimits } from './limits.ts'

/** Classes of what comes in that have a period of their own. */
export type SignalClass = 'behaviour' | 'orders'

/** By item of the request, in its order. */
export type Retained = {
  /** `behaviour:2026-11`, UTC; '' = it stays as long as its person. */
  readonly periods: readonly string[]
  /** JSON text of what stays of each without its period; '' where all of it does. */
  readonly stubs: readonly string[]
  /** What stays of what stands around the items: JSON text of the request with an empty list; '' for a single item. */
  readonly around: string
  /** The period of what does not stay of it; '' = all of it stays. */
  readonly aroundPeriod: string
}

/** When this item happened, as folding will have it. */
export const itemTime = (
  { timestamp, sentAt }: Pick<Examined, 'timestamp' | 'sentAt'>,
  batchSentAt: number,
  receivedAt: number,
): number => correctTime(timestamp, Number.isFinite(batchSentAt) ? batchSentAt : sentAt, receivedAt)

/** Whether folding leaves it out. */
export const isLeftOut = ({ code, timeCode }: Examined, batchSentAt: number, strict: boolean): boolean =>
  code !== '' || (strict && (timeCode !== '' || batchSentAt === IMPOSSIBLE))

/** The class of an item; null for what stays as long as its person. */
export const classOf = ({ kind, name }: Pick<Examined, 'kind' | 'name'>): SignalClass | null => {
  if (kind !== 'track') return 'behaviour'
  if (name === ORDER_COMPLETED || name === ORDER_REFUNDED) return 'orders'
  return name === CONSENT_CHANGED_NAME ? null : 'behaviour'
}

/** How a class and the month of `at` (ms) are named together: `behaviour:2026-11`. */
export const periodOf = (dataClass: SignalClass, at: number): string => {
  const month = monthOf(at)
  if (month !== named.month) named = { month, behaviour: `behaviour:${month}`, orders: `orders:${month}` }
  return named[dataClass]
}
/** Remembered: nearly all that is asked in a row is of one month. */
let named = { month: '', behaviour: '', orders: '' }

export const retainedOf = (
  { header, payload }: SignalReceived,
  limits: SignalLimits = SIGNAL_LIMITS,
): Retained => {
  const isBatch = header.endpoint === 'batch' && isRecord(payload) && Array.isArray(payload['batch'])
  const items: readonly unknown[] = isBatch ? (payload['batch'] as unknown[]) : [payload]
  const batchSentAt = isBatch ? readTime(payload['sentAt']) : Number.NaN
  const beside = isBatch ? contextStub(payload['context']) : undefined
  const examined = examinedOf({ header, payload }, items, limits)
  const periods: string[] = []
  const stubs: string[] = []
  for (let index = 0; index < items.length; index++) {
    const found = examined[index] as Examined
    const item = items[index]
    const out = isLeftOut(found, batchSentAt, header.strict === true)
    const kind = out ? 'behaviour' : classOf(found)
    const stub = out ? 'null' : kind === null ? '' : stubOf(item as Record<string, unknown>, found, beside)
    periods.push(kind === null ? '' : periodOf(kind, itemTime(found, batchSentAt, header.receivedAt)))
    stubs.push(stub)
  }
  const told = isBatch && tellsMore(payload, beside)
  return {
    periods,
    stubs,
    around: isBatch ? aroundOf(payload, beside) : '',
    // It is of all the items, whenever they happened.
    aroundPeriod: told ? periodOf('behaviour', header.receivedAt) : '',
  }
}

/** Whether more stands around the items than stays. */
const tellsMore = (payload: Record<string, unknown>, beside: object | undefined): boolean =>
  Object.keys(payload).some((key) => key !== 'batch' && key !== 'sentAt' && key !== 'context') ||
  (payload['context'] !== undefined && canonicalJson(payload['context']) !== canonicalJson(beside))

const examinedOf = (
  { header, payload }: SignalReceived,
  items: readonly unknown[],
  limits: SignalLimits,
): readonly Examined[] => {
  const { endpoint } = header
  const known = isRecord(payload) ? recallExamined(payload, endpoint, limits) : undefined
  if (known !== undefined) return known
  const found = items.map((item) => examineItem(item, endpoint, limits))
  if (isRecord(payload)) rememberExamined(payload, { endpoint, limits, items: found })
  return found
}

const aroundOf = (payload: Record<string, unknown>, context: object | undefined): string =>
  JSON.stringify({
    ...(payload['sentAt'] === undefined ? {} : { sentAt: payload['sentAt'] }),
    ...(context === undefined ? {} : { context }),
    batch: [],
  })

const IDS = ['type', 'messageId', 'userId', 'anonymousId', 'previousId', 'groupId'] as const
const TIMES = ['timestamp', 'originalTimestamp', 'sentAt'] as const
/** Of a context: who it was, what they are called and agreed to, and when it is night where they are. */
const CONTEXT = ['traits', 'consent', 'timezone', 'locale'] as const

const stubOf = (
  item: Record<string, unknown>,
  { kind }: Examined,
  beside: Readonly<Record<string, unknown>> | undefined,
): string => {
  if (kind !== 'identify' && kind !== 'alias' && !isDated(beside)) {
    const text = plainStub(item)
    if (text !== null) return text
  }
  const stub = pick(item, IDS)
  const context = contextStub(item['context'])
  if (context !== undefined) stub['context'] = context
  const isPerson = kind === 'identify' || kind === 'alias'
  if (kind === 'identify' && isRecord(item['traits'])) stub['traits'] = item['traits']
  // Of what has a time by which the newest counts, or which proves something.
  if (isPerson || isDated(context) || isDated(beside)) Object.assign(stub, pick(item, TIMES))
  return JSON.stringify(stub)
}

/** The same text, of an item that holds nothing to keep but ids and a language; null for any other. */
const plainStub = (item: Record<string, unknown>): string | null => {
  const language = plainContext(item['context'])
  if (language === null || !isPlain(item['type'])) return null
  // In the order of IDS.
  const { messageId, userId, anonymousId, previousId, groupId } = item
  if (previousId !== undefined || groupId !== undefined) return null
  if (isPlain(messageId) && isPlain(userId) && anonymousId === undefined)
    return `{"type":"${item['type']}","messageId":"${messageId}","userId":"${userId}"${language}}`
  const ids = `${member('messageId', messageId)}${member('userId', userId)}${member('anonymousId', anonymousId)}`
  return `{"type":"${item['type']}"${ids}${language}}`
}

const member = (name: string, value: unknown): string =>
  value === undefined ? '' : `,"${name}":${isPlain(value) ? `"${value}"` : JSON.stringify(value)}`

const plainContext = (context: unknown): string | null => {
  if (!isRecord(context)) return ''
  const { traits, consent, timezone, locale, device } = context
  if (traits !== undefined || consent !== undefined || timezone !== undefined || device !== undefined)
    return null
  if (locale === undefined) return ''
  return isPlain(locale) ? `,"context":{"locale":"${locale}"}` : null
}

const isDated = (context: Readonly<Record<string, unknown>> | undefined): boolean =>
  context !== undefined && (context['traits'] !== undefined || context['consent'] !== undefined)

const contextStub = (context: unknown): Record<string, unknown> | undefined => {
  if (!isRecord(context)) return undefined
  const stub = pick(context, CONTEXT)
  const { device } = context
  if (isRecord(device) && device['id'] !== undefined) stub['device'] = { id: device['id'] }
  return Object.keys(stub).length === 0 ? undefined : stub
}

const pick = (from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> => {
  const picked: Record<string, unknown> = {}
  for (const name of names) {
    const value = from[name]
    if (value !== undefined && Object.hasOwn(from, name)) picked[name] = value
  }
  return picked
}
