// Whether a request may go into the log: what is wrong with it as a whole, and with which of its events.
// Nothing here touches the network; the same check serves the HTTP API and the importer.

import { isRecord } from '../kernel/json.ts'
import type { SignalEndpoint } from './events.ts'
import { rememberExamined } from './examined.ts'
import { examineItem, IMPOSSIBLE, messageOfCode, readTime, type Examined, type ItemCode } from './item.ts'
import { SIGNAL_LIMITS, type SignalLimits } from './limits.ts'
import { createScan, scanValue } from './scan.ts'

export type RequestInput = {
  readonly endpoint: SignalEndpoint
  /** The parsed JSON body. */
  readonly body: unknown
  /** Bytes of the body, decompressed; without it the size of the whole is not checked. */
  readonly bytes?: number
  /** Gives ids to events that come without a messageId. */
  readonly newId: () => string
  /** Refuse events whose time makes no sense, instead of taking the time of receipt. The log header must say the same. */
  readonly strict?: boolean
  readonly limits?: Partial<SignalLimits>
}

export type ItemError = {
  /** Position in the batch; 0 for a single event. */
  readonly index: number
  readonly code: ItemCode
  readonly message: string
  /** '' when the event has none. */
  readonly messageId: string
}

export type RequestError = { readonly code: string; readonly message: string; readonly hint: string }

export type RequestCheck =
  | { readonly ok: false; readonly error: RequestError }
  | {
      readonly ok: true
      /** How many events the fold will use (before deduplication). */
      readonly accepted: number
      /** What is wrong with single events: those are left out, except that times are tolerated when not strict. */
      readonly items: readonly ItemError[]
      /** For the log header: server-made ids by position, null where the client gave one. Absent when all have one. */
      readonly ids?: readonly (string | null)[]
    }

/**
 * Checks a request to the Segment tracking API against its shapes and limits.
 * `ok: false` is for what no client can mean: it is refused even in lenient mode, and nothing of it is logged.
 * https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
 */
export const checkRequest = (input: RequestInput): RequestCheck => {
  const limits = input.limits === undefined ? SIGNAL_LIMITS : { ...SIGNAL_LIMITS, ...input.limits }
  const { body, endpoint } = input
  if (input.bytes !== undefined && input.bytes > limits.batchBytesMax)
    return refuse('body_too_large', `The body is larger than ${limits.batchBytesMax} bytes.`, SPLIT)
  if (!isRecord(body))
    return refuse('body_not_object', 'The body is not a JSON object.', 'Send one JSON object.')
  if (endpoint !== 'batch') return checkItems(input, [body], Number.NaN, limits)
  const { batch } = body
  if (!Array.isArray(batch))
    return refuse('batch_missing', 'The body has no array "batch".', 'Put the events into "batch": [ ... ].')
  if (batch.length > limits.batchEventsMax)
    return refuse('batch_too_long', `The batch has more than ${limits.batchEventsMax} events.`, SPLIT)
  if (!isSection(body['context'])) return refuse('context_invalid', 'The "context" is not an object.', OBJECT)
  if (isTooDeep(body, limits)) return tooDeep(limits)
  return checkItems(input, batch, readTime(body['sentAt']), limits)
}

const SPLIT = 'Split it into smaller batches.'
const OBJECT = 'Send a JSON object, or leave it out.'

const checkItems = (
  input: RequestInput,
  batch: readonly unknown[],
  batchSentAt: number,
  limits: SignalLimits,
): RequestCheck => {
  const strict = input.strict === true
  const items: ItemError[] = []
  const found: Examined[] = []
  const ids: (string | null)[] = []
  let idsGiven = false
  let accepted = 0
  for (let index = 0; index < batch.length; index++) {
    const examined = examineItem(batch[index], input.endpoint, limits)
    found.push(examined)
    const whole = wholeError(examined, input.endpoint, limits)
    if (whole !== null) return whole
    const code = examined.code || examined.timeCode || (batchSentAt === IMPOSSIBLE ? 'sent_at_invalid' : '')
    if (code !== '')
      items.push({ index, code, message: messageOfCode(code, limits), messageId: examined.messageId })
    if (examined.code === '' && (code === '' || !strict)) accepted++
    const needsId = examined.messageId === '' && examined.code === ''
    idsGiven ||= needsId
    ids.push(needsId ? input.newId() : null)
  }
  if (isRecord(input.body)) rememberExamined(input.body, { endpoint: input.endpoint, limits, items: found })
  return idsGiven ? { ok: true, accepted, items, ids } : { ok: true, accepted, items }
}

/** What is wrong with an event in a way that the request must not be logged at all. */
const wholeError = (
  { code }: Examined,
  endpoint: SignalEndpoint,
  limits: SignalLimits,
): RequestCheck | null => {
  if (code === 'too_deep') return tooDeep(limits)
  if (code === 'too_large' && endpoint !== 'batch')
    return refuse('event_too_large', messageOfCode(code, limits), 'Send fewer or shorter properties.')
  return null
}

/** Looks at what stands around the events; these are looked at one by one. */
const isTooDeep = (body: Record<string, unknown>, limits: SignalLimits): boolean => {
  const scan = createScan()
  for (const key in body) if (key !== 'batch') scanValue(scan, body[key], limits.depthMax - 1)
  return scan.tooDeep
}

const tooDeep = (limits: SignalLimits): RequestCheck =>
  refuse('too_deep', `The body is nested deeper than ${limits.depthMax} levels.`, 'Send flat properties.')

const refuse = (code: string, message: string, hint: string): RequestCheck => ({
  ok: false,
  error: { code: `signal.${code}`, message, hint },
})

const isSection = (value: unknown): boolean => value === undefined || value === null || isRecord(value)
