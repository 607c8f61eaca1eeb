// What an open decision will teach, packed: hundreds of thousands wait for their window to end, and their
// features have the same few names. Names are numbered once; a lesson is a short text of those numbers.

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

// Units of the text stay below the surrogates, so that it survives UTF-8. A feature is 2 · number of its name (or
// 2 · WRITTEN_OUT, its length and itself), plus 1 where its value follows; else that is 1.
const WRITTEN_OUT = LESSON_NAMES_MAX
const BITS = 13
const MASK = (1 << BITS) - 1
/** So many at a time: all at once would need as much of the stack. */
const UNITS_AT_ONCE = 4_096

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)
const units: number[] = []

/** The lesson as a text of {@link unpackLesson}; names met for the first time are numbered. */
export const packLesson = (names: LessonNames, { shared, action, propensity }: Lesson): string => {
  units.length = 0
  packFeatures(names, shared)
  packFeatures(names, action)
  packDouble(propensity)
  let text = ''
  for (let from = 0; from < units.length; from += UNITS_AT_ONCE)
    text += String.fromCharCode(...units.slice(from, from + UNITS_AT_ONCE))
  return text
}

export const unpackLesson = ({ list }: LessonNames, text: string): Lesson => {
  let at = 0
  const next = (): number => text.charCodeAt(at++)
  const nextDouble = (): number => {
    const [a, b, c, d, e] = [next(), next(), next(), next(), next()]
    halves[0] = (a | (b << BITS) | ((c & 63) << 26)) >>> 0
    halves[1] = ((c >>> 6) | (d << 7) | (e << 20)) >>> 0
    return double[0] as number
  }
  const nextName = (number: number): string => {
    if (number !== WRITTEN_OUT) return list[number] ?? ''
    const length = next() | (next() << BITS)
    at += length
    return text.slice(at - length, at)
  }
  const nextFeatures = (): Feature[] => {
    const features: Feature[] = []
    for (let left = next() | (next() << BITS); left > 0; left--) {
      const unit = next()
      const name = nextName(unit >>> 1)
      features.push([name, (unit & 1) === 0 ? 1 : nextDouble()])
    }
    return features
  }
  const shared = nextFeatures()
  const action = nextFeatures()
  return { shared, action, propensity: nextDouble() }
}

const packFeatures = (names: LessonNames, features: readonly Feature[]): void => {
  units.push(features.length & MASK, features.length >>> BITS)
  for (const [name, value] of features) {
    const given = value === 1 ? 0 : 1
    const number = numberOf(names, name)
    units.push(2 * number + given)
    if (number === WRITTEN_OUT) {
      units.push(name.length & MASK, name.length >>> BITS)
      for (let i = 0; i < name.length; i++) units.push(name.charCodeAt(i))
    }
    if (given === 1) packDouble(value)
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

const packDouble = (value: number): void => {
  // As JSON spells it: −0 of a living state is 0 in the log that it is folded from again.
  double[0] = value + 0
  const [low, high] = [halves[0] as number, halves[1] as number]
  units.push(
    low & MASK,
    (low >>> BITS) & MASK,
    (low >>> 26) | ((high & 127) << 6),
    (high >>> 7) & MASK,
    high >>> 20,
  )
}
