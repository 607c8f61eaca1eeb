// What a tone model looks at: pieces of two to five characters within words, words and pairs of words, the words around
// the name, those after a negation, and the lexicon's opinion; hashed into buckets (Weinberger et al. 2009). Each kind of feature has length 1
// in all, so that long texts do not shout. What one word gives is reckoned when it is first met, and remembered.

import { cross32 } from '../../kernel/hash.ts'
import { loose } from '../mention/letters.ts'
import { CHARS_MAX, OWN, tokensOf } from './mask-text.ts'

export type FeatureRow = {
  /** Buckets; may repeat between kinds. */
  readonly at: Int32Array
  readonly value: Float32Array
}

/** Further dense figures, such as the lexicon's, each with a place of its own below the hashed ones. */
export type DenseFeatures = readonly number[]
export const DENSE_MAX = 16

const PIECE_MIN = 2
const PIECE_MAX = 5
/** Words so near to the name count as said of it. */
const NEAR_WORDS = 4
/** A negation holds for so many words, or until the next mark. */
const NEGATED_WORDS = 4
const KINDS = { chars: 0x1b56c4e9, words: 0x7a3f10d3, near: 0x3c6ef372, negated: 0x2c1b3c6d } as const

export type FeatureReader = {
  readonly bits: number
  /** A bit for each bucket of the row at hand. */
  readonly seen: Uint32Array
  readonly at: Int32Array
  length: number
  /** Where the figures of tokens met before stand in `kept`. */
  readonly tokens: Map<string, number>
  readonly kept: Int32Array
  keptLength: number
}

const ROW_MAX = 5 * CHARS_MAX
/** Masking lengthens a text, but not so. */
const MASKED_CHARS_MAX = 4 * CHARS_MAX
/** Figures remembered of all tokens together; then it begins anew. */
const KEPT_MAX = 2 ** 19
/** More than a character gives figures, alone and as a token of its own. */
const FIGURES_PER_CHAR = 20
/** Longer tokens are seldom met twice. */
const TOKEN_CHARS_MAX = 30

/** `bits` says how many buckets there are: 2 to that. */
export const createFeatureReader = (bits: number): FeatureReader => ({
  bits,
  seen: new Uint32Array(Math.ceil(2 ** bits / 32)),
  at: new Int32Array(ROW_MAX),
  length: 0,
  tokens: new Map(),
  kept: new Int32Array(KEPT_MAX),
  keptLength: 0,
})

/** Features of a masked text. */
export const featuresOf = (reader: FeatureReader, masked: string, dense: DenseFeatures = []): FeatureRow => {
  const tokens = tokensOf(masked.slice(0, MASKED_CHARS_MAX))
  const figures = figuresOfAll(reader, tokens, masked.length)
  const { at, seen } = reader
  reader.length = 0
  const opinions = Math.min(dense.length, DENSE_MAX)
  pieces(reader, figures)
  const afterPieces = reader.length
  wordsAndPairs(reader, figures)
  const afterWords = reader.length
  near(reader, figures)
  const afterNear = reader.length
  negated(reader, figures)
  const { length } = reader
  for (let i = 0; i < length; i++) seen[(at[i] as number) >>> 5] = 0
  const row = { at: new Int32Array(length + opinions), value: new Float32Array(length + opinions) }
  row.at.set(at.subarray(0, length))
  const weigh = (from: number, to: number) => row.value.fill(1 / Math.sqrt(to - from), from, to)
  weigh(0, afterPieces)
  weigh(afterPieces, afterWords)
  weigh(afterWords, afterNear)
  weigh(afterNear, length)
  for (let d = 0; d < opinions; d++) {
    row.at[length + d] = d
    row.value[length + d] = dense[d] as number
  }
  return row
}

/** What a token gives, by their places behind its own in `kept`; the buckets of its pieces stand last. */
const FLAGS = 0
const HASH = 1
const ALONE = 2
const BEFORE_NAME = 3
const AFTER_NAME = 4
const NEGATED = 5
const PIECES = 6
const FIRST_PIECE = 7

const IS_OWN = 1
const IS_NEGATION = 2
const IS_MARK = 4

type Figures = { readonly kept: Int32Array; readonly places: Int32Array }

const figuresOfAll = (reader: FeatureReader, tokens: readonly string[], chars: number): Figures => {
  if (reader.keptLength + FIGURES_PER_CHAR * (chars + 1) > KEPT_MAX) {
    reader.tokens.clear()
    reader.keptLength = 0
  }
  const places = new Int32Array(tokens.length)
  for (let t = 0; t < tokens.length; t++) {
    const token = tokens[t] as string
    places[t] = reader.tokens.get(token) ?? keepFigures(reader, token)
  }
  return { kept: reader.kept, places }
}

const keepFigures = (reader: FeatureReader, token: string): number => {
  const { kept, bits } = reader
  const place = reader.keptLength
  const hash = hashOf(token, KINDS.words)
  const beside = hashOf(token, KINDS.near)
  kept[place + FLAGS] =
    (token === OWN ? IS_OWN : 0) |
    (NEGATIONS.has(token.replace('’', "'")) ? IS_NEGATION : 0) |
    (MARK.test(token) ? IS_MARK : 0)
  kept[place + HASH] = hash
  kept[place + ALONE] = bucketOf(cross32(hash, 1), bits)
  kept[place + BEFORE_NAME] = bucketOf(cross32(beside, 2), bits)
  kept[place + AFTER_NAME] = bucketOf(cross32(beside, 3), bits)
  kept[place + NEGATED] = bucketOf(hashOf(token, KINDS.negated), bits)
  let end = place + FIRST_PIECE
  const length = token.length + 2
  for (let from = 0; from < length - 1; from++) {
    let piece: number = KINDS.chars
    for (let size = 1; size <= PIECE_MAX && from + size <= length; size++) {
      const i = from + size - 2
      piece = Math.imul(piece ^ (i < 0 || i >= token.length ? 0x20 : token.charCodeAt(i)), 0x01000193)
      piece ^= piece >>> 15
      if (size >= PIECE_MIN) kept[end++] = bucketOf(Math.imul(piece, 0x85ebca6b), bits)
    }
  }
  kept[place + PIECES] = end - place - FIRST_PIECE
  reader.keptLength = end
  if (token.length <= TOKEN_CHARS_MAX) reader.tokens.set(loose(token), place)
  return place
}

const bucketOf = (hash: number, bits: number): number => {
  const mask = (1 << bits) - 1
  return DENSE_MAX + (((hash ^ (hash >>> 16)) & mask) % (mask + 1 - DENSE_MAX))
}

/** A bucket counts once a row: a word said ten times is said. */
const add = (reader: FeatureReader, bucket: number): void => {
  const { seen } = reader
  const bit = 1 << (bucket & 31)
  const bits = seen[bucket >>> 5] as number
  if ((bits & bit) !== 0 || reader.length === ROW_MAX) return
  seen[bucket >>> 5] = bits | bit
  reader.at[reader.length++] = bucket
}

const pieces = (reader: FeatureReader, { kept, places }: Figures): void => {
  for (let t = 0; t < places.length; t++) {
    const place = places[t] as number
    const first = place + FIRST_PIECE
    const end = first + (kept[place + PIECES] as number)
    for (let i = first; i < end; i++) add(reader, kept[i] as number)
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

const wordsAndPairs = (reader: FeatureReader, { kept, places }: Figures): void => {
  let before = 0x2545f491
  for (let t = 0; t < places.length; t++) {
    const place = places[t] as number
    const hash = kept[place + HASH] as number
    add(reader, kept[place + ALONE] as number)
    add(reader, bucketOf(cross32(hash, before), reader.bits))
    before = hash
  }
}

const near = (reader: FeatureReader, { kept, places }: Figures): void => {
  for (let t = 0; t < places.length; t++) {
    if (((kept[(places[t] as number) + FLAGS] as number) & IS_OWN) === 0) continue
    for (let step = -NEAR_WORDS; step <= NEAR_WORDS; step++) {
      const place = places[t + step]
      if (step === 0 || place === undefined) continue
      add(reader, kept[place + (step < 0 ? BEFORE_NAME : AFTER_NAME)] as number)
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

const negated = (reader: FeatureReader, { kept, places }: Figures): void => {
  let left = 0
  for (let t = 0; t < places.length; t++) {
    const place = places[t] as number
    const flags = kept[place + FLAGS] as number
    if ((flags & IS_NEGATION) !== 0) left = NEGATED_WORDS
    else if ((flags & IS_MARK) !== 0) left = 0
    else if (left-- > 0) add(reader, kept[place + NEGATED] as number)
  }
}
