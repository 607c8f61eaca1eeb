// The gate of every log: an event that would not read back as it was given does not get in.

import { Failure, messageOf } from '../kernel/failure.ts'
import type { NewEvent } from './port.ts'

export type EncodedAppend = {
  readonly events: readonly NewEvent[]
  /** JSON text of each event's data. */
  readonly texts: readonly string[]
  /** What it weighs while it waits: UTF-16 code units plus a flat share per event. */
  readonly size: number
}

/** Memory an event takes beside its text, in bytes: rough, for bounding queues. */
const EVENT_OVERHEAD = 200

/** JSON text of each event's data. Throws Failure `log.invalid_event` or `log.event_too_large`. */
export const encodeAppend = (events: readonly NewEvent[], eventSizeMax: number): EncodedAppend => {
  const texts: string[] = []
  let size = 0
  for (const event of events) {
    const text = textOf(event)
    const own = text.length + event.id.length + event.type.length + event.key.length
    if (own > eventSizeMax) throw tooLarge(event, own, eventSizeMax)
    size += own + EVENT_OVERHEAD
    texts.push(text)
  }
  return { events, texts, size }
}

const textOf = (event: NewEvent): string => {
  if (!isName(event.id)) throw invalid(event, 'the id must be a non-empty, well-formed string')
  if (!isName(event.type)) throw invalid(event, 'the type must be a non-empty, well-formed string')
  if (typeof event.key !== 'string' || !event.key.isWellFormed())
    throw invalid(event, 'the key must be a well-formed string')
  if (typeof event.at !== 'number' || !Number.isFinite(event.at))
    throw invalid(event, 'the time must be a finite number')
  const text = event.encoded ?? stringify(event)
  if (!text.isWellFormed()) throw invalid(event, 'the encoded data has half a surrogate pair')
  return text
}

// Half a surrogate pair has no UTF-8 form: two such ids would become the same one on disk.
const isName = (text: unknown): boolean => typeof text === 'string' && text !== '' && text.isWellFormed()

const stringify = (event: NewEvent): string => {
  let text: string | undefined
  try {
    text = JSON.stringify(event.data)
  } catch (thrown) {
    throw invalid(event, messageOf(thrown))
  }
  if (text === undefined) throw invalid(event, 'its data has no JSON form')
  return text
}

const invalid = (event: NewEvent, why: string): Failure =>
  new Failure({
    code: 'log.invalid_event',
    message: `The event ${JSON.stringify(event.id)} of type ${JSON.stringify(event.type)} cannot be kept: ${why}.`,
    hint: 'Data must be a JSON value: no cycles, functions or BigInt.',
  })

const tooLarge = (event: NewEvent, size: number, max: number): Failure =>
  new Failure({
    code: 'log.event_too_large',
    message: `The event ${JSON.stringify(event.id)} has ${size} characters; at most ${max} are kept.`,
    hint: 'Split it into several events.',
  })
