// The text as a tone model reads it, and its tokens: names, addresses and people are signs, so that a model learns of no
// brand what it only heard of it. Gone through by hand, letter by letter: this is done for every mention.

import { kindOf, LETTER, MARK, PICTURE, pointAt, SPACE } from '../mention/letters.ts'

/** Where a name stands in the text, UTF-16 units, end exclusive. */
export type Span = { readonly from: number; readonly to: number }

/** What was meant by the text: names replaced, so that a model learns of no brand what it only heard of it. */
export type Focus = {
  /** The names that the tone is asked towards. */
  readonly own: readonly Span[]
  /** Other names in the same text. */
  readonly others: readonly Span[]
}

export const NO_FOCUS: Focus = { own: [], others: [] }

/** So much of a text is read, UTF-16 units. */
export const CHARS_MAX = 2_000

export const OWN = '\ue000'
const OTHER = '\ue001'
const PERSON = '\ue002'
const ADDRESS = '\ue003'

/**
 * The text as the model reads it: folded, names, addresses and people replaced by signs, digits by 0.
 * @example maskText('Сбер - худший банк 2014', { own: [{ from: 0, to: 4 }], others: [] }) // '\ue000 - худший банк 0'
 */
export const maskText = (text: string, focus: Focus): string =>
  signedText(text, focus).replace(/\s+/g, ' ').trim()

/** The same with blanks as they come: tokens are between them, however many there are. */
export const signedText = (text: string, { own, others }: Focus): string => {
  const spans = [
    ...own.map((span) => ({ ...span, sign: OWN })),
    ...others.map((span) => ({ ...span, sign: OTHER })),
  ].sort((left, right) => left.from - right.from)
  let masked = ''
  let at = 0
  for (const { from, to, sign } of spans) {
    if (from < at) continue
    masked += `${text.slice(at, from)} ${sign} `
    at = to
  }
  let read = (masked + text.slice(at)).slice(0, CHARS_MAX).toLowerCase()
  if (read.includes('ё')) read = read.replaceAll('ё', 'е')
  if (read.includes('http')) read = read.replace(/\bhttps?:\/\/\S*/g, ` ${ADDRESS} `)
  if (read.includes('@')) read = withoutPeople(read)
  const { hasDigits, hasRuns } = lookOver(read)
  if (hasDigits) read = read.replace(/\d+/g, '0')
  if (hasRuns) read = read.replace(/(.)\1{3,}/gu, '$1$1$1')
  return read
}

/** `@name` where no word ends before it. */
const withoutPeople = (text: string): string => {
  let read = ''
  let done = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < done || isLetterBefore(text, at)) continue
    const end = runEnd(text, at + 1, isOfName)
    if (end === at + 1) continue
    read += `${text.slice(done, at)} ${PERSON} `
    done = end
  }
  return read + text.slice(done)
}

const isLetterBefore = (text: string, at: number): boolean => {
  if (at === 0) return false
  const unit = text.charCodeAt(at - 1)
  const isLow = unit >= 0xdc00 && unit < 0xe000
  const point = isLow && at > 1 ? pointAt(text, at - 2) : unit
  return (kindOf(point > 0xffff ? point : unit) & LETTER) !== 0
}

/** Whether there may be anything to replace: digits, a character four times over. */
const lookOver = (text: string) => {
  let hasDigits = false
  let hasRuns = false
  let before = 0
  let times = 1
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    times = unit === before ? times + 1 : 1
    // Pairs of units repeat by two: the expression looks itself.
    if (times >= 4 || (unit >= 0xd800 && unit < 0xe000)) hasRuns = true
    if (unit >= 0x30 && unit <= 0x39) hasDigits = true
    before = unit
  }
  return { hasDigits, hasRuns }
}

/** Words; signs; pictures; runs of anything else that is no blank: emoticons, exclamation marks. */
export const tokensOf = (masked: string): readonly string[] => {
  const tokens: string[] = []
  for (let at = 0; at < masked.length; ) {
    const from = at
    const point = pointAt(masked, at)
    const kind = kindOf(point)
    at += point > 0xffff ? 2 : 1
    if ((kind & SPACE) !== 0) continue
    if (isOfWord(point, kind)) at = runEnd(masked, at, isOfWord)
    else if (!isSign(point) && (kind & PICTURE) === 0) at = runEnd(masked, at, isOther)
    tokens.push(masked.slice(from, at))
  }
  return tokens
}

type Is = (point: number, kind: number) => boolean

const isOfWord: Is = (point, kind) =>
  (kind & (LETTER | MARK)) !== 0 || point === 0x27 /* ' */ || point === 0x2019 /* ’ */
const isOfName: Is = (point, kind) => (kind & LETTER) !== 0 || point === 0x5f /* _ */
const isOther: Is = (_, kind) => (kind & (SPACE | LETTER)) === 0
const isSign = (point: number): boolean => point >= 0xe000 && point <= 0xe003

const runEnd = (text: string, from: number, is: Is): number => {
  let at = from
  while (at < text.length) {
    const point = pointAt(text, at)
    if (!is(point, kindOf(point))) break
    at += point > 0xffff ? 2 : 1
  }
  return at
}
