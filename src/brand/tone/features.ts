// What a tone model looks at: pieces of two to five characters within words, words and pairs of words, the words around
// the name, those after a negation, and the lexicon's opinion; hashed into buckets (Weinberger et al. 2009). Each kind of feature has length 1
// in all, so that long texts do not shout.

import { cross32 } from '../../kernel/hash.ts'

export type FeatureRow = {
  /** Buckets; may repeat between kinds. */
  readonly at: Int32Array
  readonly value: Float32Array
}

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

/** Further dense figures, such as the lexicon's, each with a place of its own below the hashed ones. */
export type DenseFeatures = readonly number[]
export const DENSE_MAX = 16

const CHARS_MAX = 2_000
const PIECE_MIN = 2
const PIECE_MAX = 5
/** Words so near to the name count as said of it. */
const NEAR_WORDS = 4
/** A negation holds for so many words, or until the next mark. */
const NEGATED_WORDS = 4
const KINDS = { chars: 0x1b56c4e9, words: 0x7a3f10d3, near: 0x3c6ef372, negated: 0x2c1b3c6d } as const

const OWN = '\ue000'
const OTHER = '\ue001'
const PERSON = '\ue002'
const ADDRESS = '\ue003'

/**
 * The text as the model reads it: folded, names, addresses and people replaced by signs, digits by 0.
 * @example maskText('Сбер - худший банк 2014', { own: [{ from: 0, to: 4 }], others: [] }) // '\ue000 - худший банк 0'
 */
export const maskText = (text: string, { own, others }: Focus): string => {
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
  return (masked + text.slice(at))
    .slice(0, CHARS_MAX)
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/\bhttps?:\/\/\S*/g, ` ${ADDRESS} `)
    .replace(/(?<![\p{L}\p{N}])@[\p{L}\p{N}_]+/gu, ` ${PERSON} `)
    .replace(/\d+/g, '0')
    .replace(/(.)\1{3,}/gu, '$1$1$1')
    .replace(/\s+/g, ' ')
    .trim()
}

export type FeatureReader = {
  readonly bits: number
  /** Buckets seen in the row at hand, by its number. */
  readonly stamp: Uint32Array
  row: number
  readonly at: Int32Array
  length: number
}

const ROW_MAX = 5 * CHARS_MAX

/** `bits` says how many buckets there are: 2 to that. */
export const createFeatureReader = (bits: number): FeatureReader => ({
  bits,
  stamp: new Uint32Array(2 ** bits),
  row: 0,
  at: new Int32Array(ROW_MAX),
  length: 0,
})

/** Features of a masked text. */
export const featuresOf = (reader: FeatureReader, masked: string, dense: DenseFeatures = []): FeatureRow => {
  const tokens = masked.match(TOKEN) ?? []
  const { at } = reader
  reader.length = 0
  reader.row = (reader.row + 1) >>> 0
  if (reader.row === 0) {
    reader.stamp.fill(0)
    reader.row = 1
  }
  for (let d = 0; d < Math.min(dense.length, DENSE_MAX); d++) reader.stamp[d] = reader.row
  const ends: number[] = []
  pieces(reader, tokens)
  ends.push(reader.length)
  wordsAndPairs(reader, tokens)
  ends.push(reader.length)
  near(reader, tokens)
  ends.push(reader.length)
  negated(reader, tokens)
  ends.push(reader.length)
  const row = {
    at: new Int32Array(reader.length + dense.length),
    value: new Float32Array(reader.length + dense.length),
  }
  row.at.set(at.subarray(0, reader.length))
  let from = 0
  for (const end of ends) {
    row.value.fill(1 / Math.sqrt(end - from), from, end)
    from = end
  }
  dense.slice(0, DENSE_MAX).forEach((value, d) => {
    row.at[reader.length + d] = d
    row.value[reader.length + d] = value
  })
  return row
}

/** Words; runs of signs (emoticons, exclamation marks); emoji. */
const TOKEN = /[\p{L}\p{N}\p{M}'’]+|[\ue000-\ue003]|\p{Extended_Pictographic}|[^\s\p{L}\p{N}]+/gu

/** A bucket counts once a row: a word said ten times is said. */
const add = (reader: FeatureReader, hash: number): void => {
  const mask = (1 << reader.bits) - 1
  const bucket = DENSE_MAX + (((hash ^ (hash >>> 16)) & mask) % (mask + 1 - DENSE_MAX))
  if (reader.stamp[bucket] === reader.row || reader.length === ROW_MAX) return
  reader.stamp[bucket] = reader.row
  reader.at[reader.length++] = bucket
}

const pieces = (reader: FeatureReader, tokens: readonly string[]): void => {
  for (const token of tokens) {
    const length = token.length + 2
    for (let from = 0; from < length - 1; from++) {
      let hash: number = KINDS.chars
      for (let size = 1; size <= PIECE_MAX && from + size <= length; size++) {
        const i = from + size - 2
        hash = Math.imul(hash ^ (i < 0 || i >= token.length ? 0x20 : token.charCodeAt(i)), 0x01000193)
        hash ^= hash >>> 15
        if (size >= PIECE_MIN) add(reader, Math.imul(hash, 0x85ebca6b))
      }
    }
  }
}

const hashOf = (token: string, seed: number): number => {
  let hash = seed
  for (let i = 0; i < token.length; i++) {
    hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193)
    hash ^= hash >>> 13
  }
  return hash
}

const wordsAndPairs = (reader: FeatureReader, tokens: readonly string[]): void => {
  let before = 0x2545f491
  for (const token of tokens) {
    const hash = hashOf(token, KINDS.words)
    add(reader, cross32(hash, 1))
    add(reader, cross32(hash, before))
    before = hash
  }
}

const near = (reader: FeatureReader, tokens: readonly string[]): void => {
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] !== OWN) continue
    for (let step = -NEAR_WORDS; step <= NEAR_WORDS; step++) {
      const token = tokens[i + step]
      if (step === 0 || token === undefined) continue
      add(reader, cross32(hashOf(token, KINDS.near), step < 0 ? 2 : 3))
    }
  }
}

/** English ones: in Russian the negation stands right before its word, so that pairs of words tell it. */
const NEGATIONS = new Set(
  (
    'not no never cannot nothing without none nor neither ' +
    "can't won't don't didn't doesn't isn't wasn't aren't couldn't wouldn't haven't hasn't hadn't ain't"
  )
    .split(' ')
    .flatMap((word) => [word, word.replace("'", '')]),
)
const MARK = /^[.,;:!?()]+$/

const negated = (reader: FeatureReader, tokens: readonly string[]): void => {
  let left = 0
  for (const token of tokens) {
    if (NEGATIONS.has(token.replace('’', "'"))) left = NEGATED_WORDS
    else if (MARK.test(token)) left = 0
    else if (left-- > 0) add(reader, hashOf(token, KINDS.negated))
  }
}
