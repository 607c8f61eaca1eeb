// Ad lines that speak of what people are angry about: by their name, what they are shown for, what they say and what
// they sell. Money spent there buys attention for the trouble.

import type { Incident } from '../../brand/index.ts'
import type { EntitySpec } from '../../brand/events.ts'
import type { AdLineSpec } from '../../delivery/events.ts'
import { said, type Said } from '../../kernel/said.ts'
import type { LoopState } from '../../loop.ts'
import { textOfCreative, type WordsIn } from './scope.ts'

/** Why a line is beside the topic: which word stands where. */
export type LineBeside = {
  readonly lineId: string
  readonly name: string
  readonly word: string
  readonly where: 'name' | 'keyword' | 'creative' | 'product'
  /** The keyword, creative or product that holds it; '' for the name. */
  readonly what: string
}

/** Shorter ones are no topic. */
const WORD_CHARS_MIN = 3

/**
 * The lines that hold one of the words, in any inflection, each with the first reason found. Without words, those of the
 * incident: a phrase, or a word of it by itself, since an ad says "kettles" where people say "kettle burnt". The brand's
 * own name is no topic: all its lines may hold it; a product's is.
 */
export const linesBeside = (
  state: LoopState,
  incident: Pick<Incident, 'entity' | 'topic' | 'evidence'>,
  words: readonly string[],
  wordsIn: WordsIn,
): readonly LineBeside[] => {
  const wanted = words.length > 0 ? words : wordsOfIncident(state, incident, wordsIn)
  if (wanted.length === 0) return []
  return [...state.guardrail.books.lines.values()].flatMap(({ spec }): readonly LineBeside[] => {
    for (const { where, what, text } of textsOf(state, spec)) {
      const [word] = wordsIn(text, wanted)
      if (word !== undefined) return [{ lineId: spec.id, name: spec.name, word, where, what }]
    }
    return []
  })
}

const wordsOfIncident = (
  { brand }: LoopState,
  { entity, topic, evidence }: Pick<Incident, 'entity' | 'topic' | 'evidence'>,
  wordsIn: WordsIn,
): readonly string[] => {
  const about = brand.spec?.entities.find(({ id }) => id === entity)
  const said = [...evidence.phrases, ...(topic === '' ? [] : [topic])]
  const single = said.flatMap((phrase) => phrase.split(/[^\p{L}\p{N}]+/u))
  return [...new Set([...said, ...single, ...(isTopicItself(about) ? about.names : [])])].filter(
    (word) => word.length >= WORD_CHARS_MIN && (isTopicItself(about) || !isNameOf(about, word, wordsIn)),
  )
}

/** A product's or a campaign's name is what its ads speak of. */
const isTopicItself = (about: EntitySpec | undefined): about is EntitySpec =>
  about !== undefined && (about.kind === 'product' || about.kind === 'campaign')

const isNameOf = (about: EntitySpec | undefined, word: string, wordsIn: WordsIn): boolean =>
  about?.names.some((name) => wordsIn(name, [word]).length > 0) === true

type LineText = Pick<LineBeside, 'where' | 'what'> & { readonly text: string }

const textsOf = (
  { delivery, catalogue }: LoopState,
  { name, says, sells }: AdLineSpec,
): readonly LineText[] => {
  const { numbers, rows } = catalogue.products
  const shown = new Set(says?.creatives ?? [])
  return [
    { where: 'name', what: '', text: name },
    ...(says?.keywords ?? []).map(
      (keyword): LineText => ({ where: 'keyword', what: keyword, text: withoutMinusWords(keyword) }),
    ),
    ...[...delivery.creatives.values()]
      .filter(({ id }) => shown.has(id))
      .map((one): LineText => ({ where: 'creative', what: one.id, text: textOfCreative(one) })),
    ...(sells?.products ?? []).map((id): LineText => {
      const known = rows[numbers.get(id) ?? -1]?.name ?? ''
      return { where: 'product', what: id, text: known === '' ? id : known }
    }),
    ...(sells === undefined || sells === null || sells.category === ''
      ? []
      : [{ where: 'product', what: sells.category, text: sells.category } as const]),
  ]
}

/** `coffee -kettle` is not shown for kettles. */
const withoutMinusWords = (keyword: string): string => keyword.replace(/(^|\s)[-−–][\p{L}\p{N}]+/gu, ' ')

export const saidBeside = ({ name, word, where, what }: LineBeside): Said =>
  said('line_beside', { name, word, where, what: what.slice(0, 80) })

/** Whether a line that is held is seen paused; `unreachable` with what its platform said. */
export type LineReach = {
  readonly state: 'paused' | 'pausing' | 'unreachable'
  readonly detail: string
}

export const reachOf = ({ guardrail }: LoopState, lineId: string): LineReach => {
  const { lines, incidents } = guardrail.books
  const trouble = incidents.get(`stop:${lineId}`)
  if (trouble !== undefined) return { state: 'unreachable', detail: trouble.detail }
  const book = lines.get(lineId)
  const isPaused = book !== undefined && book.budgetMicros === 0 && (book.pending?.toMicros ?? 0) === 0
  return { state: isPaused ? 'paused' : 'pausing', detail: '' }
}
