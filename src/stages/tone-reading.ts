// Reads what people write to the business on its way into the log: once, by the models and words in force, and puts how
// it sounds into the item itself. So the decision that follows already knows, replay reads nothing anew, and what was
// read is encrypted with the text, and gone with it.

import { toneOfText, type ToneModels } from '../brand/index.ts'
import { isRecord } from '../kernel/json.ts'
import type { NewEvent } from '../log/port.ts'
import type { ToneEvent } from '../profile/events.ts'
import { withoutTone } from '../signal/index.ts'
import { SIGNAL_RECEIVED, TONE_KEY, type SignalReceived, type ToneReading } from '../signal/events.ts'
import type { LoopState } from '../loop-state.ts'
import { ownWordsOf } from './brand/tone-learning.ts'

/** Events with the tone of their texts; null when there is nothing to read. */
export type ToneReader = (events: readonly NewEvent[]) => Promise<readonly NewEvent[]> | null

/** Between so many texts others have their turn. */
const TEXTS_AT_ONCE = 20

export const createToneReader = ({
  state,
  models,
  pause,
}: {
  readonly state: LoopState
  readonly models: () => ToneModels
  /** Resolves when others had their turn. */
  readonly pause: () => Promise<void>
}): ToneReader => {
  const read = async (events: readonly NewEvent[]): Promise<readonly NewEvent[]> => {
    const properties = propertiesOf(state.profile.toneEvents)
    const reading = { models: models(), own: ownWordsOf(state.brand) }
    let texts = 0
    const told: NewEvent[] = []
    for (const event of events) {
      const items = itemsOf(event)
      const readings: (ToneReading | null)[] = []
      for (const item of items) {
        const text = textOf(item, properties)
        readings.push(text === null ? null : readingOf(text, reading))
        if (text !== null && ++texts % TEXTS_AT_ONCE === 0) await pause()
      }
      told.push(items.some(isConcerned(properties)) ? withReadings(event, items, readings) : event)
    }
    return told
  }
  return (events) => {
    const concerns = isConcerned(propertiesOf(state.profile.toneEvents))
    return events.some((event) => itemsOf(event).some(concerns)) ? read(events) : null
  }
}

type Properties = ReadonlyMap<string, string>

const spelt = new WeakMap<readonly ToneEvent[], Properties>()
/** By the event's name, where its text is. */
const propertiesOf = (events: readonly ToneEvent[]): Properties => {
  const known = spelt.get(events)
  if (known !== undefined) return known
  const properties = new Map(events.map(({ event, text }) => [event, text]))
  spelt.set(events, properties)
  return properties
}

const NONE: readonly unknown[] = []

/** A single request is a list of one. */
const itemsOf = ({ type, data }: NewEvent): readonly unknown[] => {
  if (type !== SIGNAL_RECEIVED) return NONE
  const { header, payload } = data as SignalReceived
  if (header.endpoint !== 'batch') return header.endpoint === 'track' || hasTone(payload) ? [payload] : NONE
  const batch = isRecord(payload) ? payload['batch'] : undefined
  return Array.isArray(batch) ? batch : NONE
}

const hasTone = (item: unknown): boolean => isRecord(item) && Object.hasOwn(item, TONE_KEY)

/** Holds a text to be read, or what only we may say. */
const isConcerned =
  (properties: Properties) =>
  (item: unknown): boolean =>
    hasTone(item) || textOf(item, properties) !== null

const textOf = (item: unknown, properties: Properties): string | null => {
  if (!isRecord(item)) return null
  const { event, type } = item
  if (typeof event !== 'string' || (type !== undefined && type !== 'track')) return null
  const property = properties.get(event)
  if (property === undefined || !isRecord(item['properties'])) return null
  const text = item['properties'][property]
  return typeof text === 'string' && text.trim() !== '' ? text : null
}

const readingOf = (text: string, reading: Parameters<typeof toneOfText>[1]): ToneReading | null => {
  const tone = toneOfText(text, reading)
  if (tone === null) return null
  const { sentiment, language, version } = tone
  return {
    tone: rounded(tone.score),
    sentiment,
    confidence: rounded(tone.confidence),
    emotion: tone.emotion ?? '',
    language,
    version,
  }
}

// Never -0, which JSON cannot say.
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000 + 0

const withReadings = (
  event: NewEvent,
  items: readonly unknown[],
  readings: readonly (ToneReading | null)[],
): NewEvent => {
  const { header, payload } = event.data as SignalReceived
  const told = items.map((item, index) => {
    const reading = readings[index] ?? null
    const given = isRecord(item) ? withoutTone(item) : item
    return reading === null || !isRecord(given) ? given : { ...given, [TONE_KEY]: reading }
  })
  const data: SignalReceived = {
    header,
    payload: header.endpoint === 'batch' ? { ...(payload as object), batch: told } : told[0],
  }
  const { encoded: _encoded, ...rest } = event
  return { ...rest, data }
}
