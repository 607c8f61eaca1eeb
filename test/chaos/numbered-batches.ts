// Batches of events that are made once and given new numbers and times each time they are sent, by writing over some of
// their bytes: at tens of thousands of events a second the load must not take the processor of what it loads.

import { eventOf } from '../../bench/load/bodies.ts'

/** Digits of an event's number. */
const DIGITS = 10
const NUMBER = '@'.repeat(DIGITS)
const TIME = '2000-01-01T00:00:00.000Z'

export type NumberedBatches = {
  /** A batch of `size` events whose ids end in `first`, `first + 1` and so on; now is their time. */
  readonly next: (first: number) => Buffer
}

/** `count` different batches in turn; ids begin with `prefix`. */
export const createNumberedBatches = ({
  count,
  size,
  people,
  prefix,
}: {
  readonly count: number
  readonly size: number
  readonly people: number
  readonly prefix: string
}): NumberedBatches => {
  const templates = Array.from({ length: count }, (_, batch) =>
    templateOf(batch * size, { size, people, prefix }),
  )
  let turn = 0
  return {
    next: (first) => {
      const { bytes, numbers, times } = templates[turn++ % count] as Template
      numbers.forEach((places, item) => {
        const digits = String(first + item).padStart(DIGITS, '0')
        for (const place of places) bytes.write(digits, place, 'latin1')
      })
      const now = Buffer.from(new Date().toISOString())
      for (const place of times) bytes.set(now, place)
      // The socket may still hold it when it is written over the next time.
      return Buffer.from(bytes)
    },
  }
}

type Template = {
  readonly bytes: Buffer
  /** Where each event's number stands: in its id, and in that of an order. */
  readonly numbers: readonly (readonly number[])[]
  readonly times: readonly number[]
}

const templateOf = (
  from: number,
  { size, people, prefix }: { readonly size: number; readonly people: number; readonly prefix: string },
): Template => {
  const events = Array.from({ length: size }, (_, item) =>
    JSON.stringify({ ...eventOf(from + item, people), messageId: `${prefix}${NUMBER}`, timestamp: TIME }),
  )
  const head = '{"batch":['
  const text = `${head}${events.join(',')}],"sentAt":"${TIME}"}`
  let at = head.length
  const numbers = events.map((event) => {
    const places = placesIn(event, NUMBER).map((place) => at + place)
    at += event.length + 1
    return places
  })
  return { bytes: Buffer.from(text), numbers, times: placesIn(text, TIME) }
}

const placesIn = (text: string, part: string): readonly number[] => {
  const places: number[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) places.push(at)
  return places
}
