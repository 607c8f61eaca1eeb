// What an open decision will teach, packed: hundreds of thousands wait for their window to end, and their
// features have the same few names. Names are numbered once; a lesson is a few bytes of those numbers.

import type { Example, Feature } from '../model/events.ts'

/** Without the reward and the time, which its decision knows. */
export type Lesson = Pick<Example, 'shared' | 'action' | 'propensity'>

/** Names of features by the number they were given when they were first met. */
export type LessonNames = { readonly numbers: Map<string, number>; readonly list: string[] }

/** Names that get a number; what comes later is written out in each lesson. */
export const LESSON_NAMES_MAX = 20_000
/** What people or pages said themselves is written out, too: numbered, it would outlive the decision, and whoever is erased. */
const OWN_WORDS = /^(?:trait|context):/

export const createLessonNames = (list: readonly string[] = []): LessonNames => ({
  numbers: new Map(list.map((name, number) => [name, number])),
  list: [...list],
})

// Counts and numbers of names are varints. A feature is 2 · number of its name (or 2 · WRITTEN_OUT and the name
// itself), plus 1 where its value follows; else that is 1. A name written out is 2 · its units, plus 1 where they take two bytes each.
const WRITTEN_OUT = LESSON_NAMES_MAX
const VARINT_BYTES_MAX = 5
const DOUBLE_BYTES = 8

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)
let room = new Uint8Array(4_096)
let end = 0

/** The lesson as bytes of {@link unpackLesson}, to be copied before the next one is packed; names met for the first time are numbered. */
export const packLesson = (names: LessonNames, { shared, action, propensity }: Lesson): Uint8Array => {
  end = 0
  packFeatures(names, shared)
  packFeatures(names, action)
  makeRoom(DOUBLE_BYTES)
  putDouble(propensity)
  return room.subarray(0, end)
}

export const unpackLesson = ({ list }: LessonNames, bytes: Uint8Array): Lesson => {
  let at = 0
  const next = (): number => bytes[at++] as number
  const nextVarint = (): number => {
    let [value, scale] = [0, 1]
    for (;;) {
      const byte = next()
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }
  const nextDouble = (): number => {
    for (let i = 0; i < DOUBLE_BYTES; i++) doubleBytes[i] = next()
    return double[0] as number
  }
  const nextText = (): string => {
    const head = nextVarint()
    let text = ''
    for (let left = head >>> 1; left > 0; left--)
      text += String.fromCharCode((head & 1) === 0 ? next() : next() | (next() << 8))
    return text
  }
  const nextFeatures = (): Feature[] => {
    const features: Feature[] = []
    for (let left = nextVarint(); left > 0; left--) {
      const unit = nextVarint()
      const number = unit >>> 1
      const name = number === WRITTEN_OUT ? nextText() : (list[number] ?? '')
      features.push([name, (unit & 1) === 0 ? 1 : nextDouble()])
    }
    return features
  }
  const shared = nextFeatures()
  const action = nextFeatures()
  return { shared, action, propensity: nextDouble() }
}

const packFeatures = (names: LessonNames, features: readonly Feature[]): void => {
  makeRoom(VARINT_BYTES_MAX)
  putVarint(features.length)
  for (const [name, value] of features) {
    const number = numberOf(names, name)
    makeRoom(2 * VARINT_BYTES_MAX + DOUBLE_BYTES + 2 * name.length)
    putVarint(2 * number + (value === 1 ? 0 : 1))
    if (number === WRITTEN_OUT) putText(name)
    if (value !== 1) putDouble(value)
  }
}

const numberOf = ({ numbers, list }: LessonNames, name: string): number => {
  const known = numbers.get(name)
  if (known !== undefined) return known
  if (list.length >= LESSON_NAMES_MAX || OWN_WORDS.test(name)) return WRITTEN_OUT
  numbers.set(name, list.length)
  list.push(name)
  return list.length - 1
}

const makeRoom = (bytes: number): void => {
  if (end + bytes <= room.length) return
  const wider = new Uint8Array(2 * (end + bytes))
  wider.set(room.subarray(0, end))
  room = wider
}

const putVarint = (value: number): void => {
  let left = value
  for (; left >= 128; left >>>= 7) room[end++] = (left & 127) | 128
  room[end++] = left
}

const putDouble = (value: number): void => {
  // As JSON spells it: −0 of a living state is 0 in the log that it is folded from again.
  double[0] = value + 0
  room.set(doubleBytes, end)
  end += DOUBLE_BYTES
}

/** Unit by unit, as it is: UTF-8 would lose half a character. */
const putText = (text: string): void => {
  let isWide = false
  for (let i = 0; i < text.length; i++) isWide ||= text.charCodeAt(i) > 255
  putVarint(2 * text.length + (isWide ? 1 : 0))
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    room[end++] = unit & 255
    if (isWide) room[end++] = unit >>> 8
  }
}
