// What a mention is about: brands, products, competitors and campaigns by their names in any inflection, with words
// that must or must not stand with them where a name has namesakes.

import { Failure } from '../../kernel/failure.ts'
import { inflectedForms } from './inflect.ts'
import { foldWord, stemOf, wordsOf, type Word } from './words.ts'

export type EntityKind = 'brand' | 'product' | 'competitor' | 'campaign'

export type Entity = {
  readonly id: string
  readonly kind: EntityKind
  /** How it is called, in the nominative: "Сбербанк", "Сбер", "Sber", "Альфа-Банк". */
  readonly names: readonly string[]
  /** At least one of these must be in the text, for names that are common words ("Лента", "Магнит"). */
  readonly near?: readonly string[]
  /** None of these may be in the text. */
  readonly never?: readonly string[]
  /** Only as it is written here, capitals included: "МТС", "Лента". */
  readonly isCaseStrict?: boolean
}

export type EntityMatch = {
  readonly entity: string
  readonly kind: EntityKind
  /** Positions among the words, end exclusive. */
  readonly from: number
  readonly to: number
}

type Name = { readonly entity: Entity; readonly words: readonly ReadonlySet<string>[] }

export type Dictionary = {
  readonly ids: ReadonlySet<string>
  /** By each spelling of the first word; longer names first. */
  readonly names: ReadonlyMap<string, readonly Name[]>
  readonly near: ReadonlyMap<string, ReadonlySet<string>>
  readonly never: ReadonlyMap<string, ReadonlySet<string>>
}

export const ENTITIES_MAX = 2_000
export const NAMES_MAX = 50
const NAME_WORDS_MAX = 8

/** Throws Failures `brand.names_missing`, `brand.name_long`, `brand.entity_twice`, `brand.entities_many`. */
export const compileDictionary = (entities: readonly Entity[]): Dictionary => {
  if (entities.length > ENTITIES_MAX)
    throw new Failure({
      code: 'brand.entities_many',
      message: `There are ${entities.length} names to listen for, more than ${ENTITIES_MAX}.`,
      hint: 'Leave out what nobody would act on.',
    })
  const ids = new Set<string>()
  const names = new Map<string, Name[]>()
  for (const entity of entities) {
    if (ids.has(entity.id))
      throw new Failure({ code: 'brand.entity_twice', message: `"${entity.id}" is there twice.` })
    ids.add(entity.id)
    for (const words of namesOf(entity)) {
      const name: Name = { entity, words: words.map((word) => new Set(inflectedForms(word))) }
      for (const form of name.words[0] ?? []) names.set(form, [...(names.get(form) ?? []), name])
    }
  }
  for (const list of names.values()) list.sort((left, right) => right.words.length - left.words.length)
  return { ids, names, near: conditions(entities, 'near'), never: conditions(entities, 'never') }
}

/** Each name as its folded words; of names with a hyphen also the one written together. */
const namesOf = (entity: Entity): readonly (readonly string[])[] => {
  const all = entity.names.slice(0, NAMES_MAX).flatMap((name) => {
    const words = wordsOf(name.normalize('NFKC')).map(({ text }) => text)
    if (words.length > NAME_WORDS_MAX)
      throw new Failure({
        code: 'brand.name_long',
        message: `The name "${name.slice(0, 60)}" of "${entity.id}" has more than ${NAME_WORDS_MAX} words.`,
        hint: 'Give the shortest way people call it.',
      })
    return words.length === 0 ? [] : words.length === 1 ? [words] : [words, [words.join('')]]
  })
  if (all.length === 0)
    throw new Failure({
      code: 'brand.names_missing',
      message: `"${entity.id}" has no name to listen for.`,
      hint: 'Give at least one name with letters or digits.',
    })
  return all
}

const conditions = (
  entities: readonly Entity[],
  what: 'near' | 'never',
): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    entities
      .filter((entity) => (entity[what]?.length ?? 0) > 0)
      .map((entity) => [entity.id, new Set(entity[what]?.map((word) => stemOf(foldWord(word))))]),
  )

/**
 * Entities that the text names, in order, each place counted once for the longest name that stands there.
 * @example
 * const names = compileDictionary([{ id: 'sber', kind: 'brand', names: ['Сбер', 'Сбербанк'] }])
 * matchEntities('Опять очередь в Сбербанке', names)[0]?.entity // 'sber'
 */
export const matchEntities = (
  text: string,
  dictionary: Dictionary,
  words: readonly Word[] = wordsOf(text),
): readonly EntityMatch[] => {
  const found: EntityMatch[] = []
  let stems: ReadonlySet<string> | undefined
  for (let at = 0; at < words.length; at++) {
    const candidates = dictionary.names.get((words[at] as Word).text)
    if (candidates === undefined) continue
    let longest = 1
    for (const { entity, words: parts } of candidates) {
      if (parts.length < longest || !standsAt(words, at, parts)) continue
      if (entity.isCaseStrict === true && !isWritten(text, words, at, entity)) continue
      const near = dictionary.near.get(entity.id)
      const never = dictionary.never.get(entity.id)
      if (near !== undefined || never !== undefined) {
        stems ??= new Set(words.map(({ stem }) => stem))
        if (near !== undefined && !meet(near, stems)) continue
        if (never !== undefined && meet(never, stems)) continue
      }
      longest = parts.length
      found.push({ entity: entity.id, kind: entity.kind, from: at, to: at + parts.length })
    }
    at += longest - 1
  }
  return found
}

const meet = (left: ReadonlySet<string>, right: ReadonlySet<string>): boolean => {
  for (const one of left) if (right.has(one)) return true
  return false
}

const standsAt = (words: readonly Word[], at: number, parts: readonly ReadonlySet<string>[]): boolean => {
  for (let i = 1; i < parts.length; i++) {
    const word = words[at + i]
    if (word === undefined || !(parts[i] as ReadonlySet<string>).has(word.text)) return false
  }
  return true
}

/** The first letters as in one of the names: a capital stays a capital whatever the ending. */
const isWritten = (text: string, words: readonly Word[], at: number, { names }: Entity): boolean => {
  const { from, to } = words[at] as Word
  const written = text.slice(from, to)
  return names.some((name) => {
    const first = /[\p{L}\p{N}]+/u.exec(name)?.[0] ?? ''
    const common = Math.max(1, Math.min(first.length - 1, written.length - 1))
    return first.length <= 3 ? written === first : written.startsWith(first.slice(0, common))
  })
}
