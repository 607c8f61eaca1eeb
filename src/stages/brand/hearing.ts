// From what a source says to mentions in the log: read for names, tone and risk with the words in force, and recorded as
// read. What was heard before, and what names nobody, is left out.

import {
  compileDictionary,
  compileRiskWords,
  matchEntities,
  mentionMonth,
  readMention,
  toneOfRating,
  wasHeard,
  type Dictionary,
  type RiskWords,
  type ToneModels,
} from '../../brand/index.ts'
import {
  MENTIONS_HEARD,
  type BrandSpec,
  type Mention,
  type MentionsHeard,
  type SourceSpec,
} from '../../brand/events.ts'
import type { NewEvent, Personal } from '../../log/port.ts'
import type { Loop, LoopState } from '../../loop.ts'
import { firstKept } from '../../profile/index.ts'
import { ratingOf, tellPeople } from './said-by-people.ts'
import { ownWordsOf } from './tone-learning.ts'

export type SaidItem = {
  readonly id: string
  readonly at: number
  readonly author: string
  readonly url: string
  /** '' where there is only a score. */
  readonly text: string
  readonly isTicket?: boolean
  /** On the source's scale. */
  readonly score?: number
  /** An entity's id or name, where the text need not say it; the source's own otherwise. */
  readonly about?: string
  /** Who said it: then it is told of that person, too. */
  readonly who?: SaidBy
}

export type SaidBy = {
  readonly userId?: string
  readonly anonymousId?: string
  readonly email?: string
  readonly phone?: string
}

export type Hearing = {
  /**
   * Reads items and puts those that name somebody on record. Resolves with how many were new and how many of them
   * named somebody. Throws Failures `log.*`; then nothing of the batch is heard, and may be said again.
   */
  readonly hear: (
    source: string,
    items: readonly SaidItem[],
  ) => Promise<{ readonly fresh: number; readonly heard: number }>
  /** With other models from here on. */
  readonly useModels: (models: ToneModels) => void
}

/** In one event: it stays far below what the log takes. */
const BATCH_MAX = 100

export const createHearing = (loop: Loop): Hearing => {
  let models: ToneModels = {}
  let own: { readonly spelt: string; readonly words: ReturnType<typeof ownWordsOf> } = {
    spelt: '',
    words: {},
  }
  const ownWords = () => {
    const versions = [...loop.state.brand.learnt.values()].map(({ version }) => version)
    const spelt = versions.join(' ')
    if (own.spelt !== spelt) own = { spelt, words: ownWordsOf(loop.state.brand) }
    return own.words
  }
  let reading: {
    readonly version: string
    readonly dictionary: Dictionary
    readonly riskWords: RiskWords
  } | null = null
  const readingOf = (spec: BrandSpec, version: string) => {
    if (reading?.version !== version)
      reading = {
        version,
        dictionary: compileDictionary(spec.entities),
        riskWords: compileRiskWords(spec.riskWords.flatMap(({ words }) => words)),
      }
    return reading
  }
  return {
    useModels: (given) => {
      models = given
    },
    hear: async (source, items) => {
      const { state, ctx } = loop
      const { spec, version } = state.brand
      if (spec === null) return { fresh: 0, heard: 0 }
      const seen = new Set<string>()
      const keptFrom = firstKeptOf(state, ctx.now())
      const fresh = items.filter(({ id, at }) => {
        const isKept = mentionMonth({ at }, ctx.now()) >= keptFrom
        const isNew = isKept && !seen.has(id) && !wasHeard(state.brand, { source, id })
        seen.add(id)
        return isNew
      })
      const { dictionary, riskWords } = readingOf(spec, version)
      const words = ownWords()
      const known = spec.sources.find(({ id }) => id === source)
      const mentions = fresh.flatMap((item): readonly Mention[] => {
        const mention = mentionOf(source, item, { dictionary, riskWords, models, own: words, known })
        return mention === null ? [] : [mention]
      })
      // First of the person, under an id of its own: what a crash cuts off here is said again, and counts once.
      await tellPeople(loop, source, fresh, known)
      const used = [...state.brand.learnt.values()].filter(({ isUsed }) => isUsed)
      const toneVersion = [models.ru?.version, models.en?.version, ...used.map(({ version }) => version)]
        .filter((one) => one !== undefined)
        .join(' ')
      const read = { source, toneVersion: toneVersion === '' ? 'lexicon' : toneVersion }
      const at = ctx.now()
      for (const { month, batch } of batchesOf(mentions, at)) {
        const event: NewEvent<MentionsHeard> = {
          id: ctx.newId(),
          type: MENTIONS_HEARD,
          key: source,
          at,
          data: { ...read, mentions: batch },
          personal: publicUntil(month),
        }
        await loop.record([event])
      }
      return { fresh: fresh.length, heard: mentions.length }
    },
  }
}

/** The first month of mentions that is kept; '' = all are. What is older is not taken in, however often it is said. */
const firstKeptOf = ({ profile: { retention } }: LoopState, now: number): string =>
  retention.spec.mentions === 0 ? '' : firstKept(now, retention.spec.mentions)

type MonthBatch = { readonly month: string; readonly batch: readonly Mention[] }

/** Each of one month, since each month has a key of its own; in the order in which they were said otherwise. */
const batchesOf = (mentions: readonly Mention[], now: number): readonly MonthBatch[] => {
  const months = new Map<string, Mention[]>()
  for (const mention of mentions) {
    const month = mentionMonth(mention, now)
    const own = months.get(month)
    if (own === undefined) months.set(month, [mention])
    else own.push(mention)
  }
  return [...months].flatMap(([month, own]) =>
    Array.from({ length: Math.ceil(own.length / BATCH_MAX) }, (_, index) => ({
      month,
      batch: own.slice(index * BATCH_MAX, (index + 1) * BATCH_MAX),
    })),
  )
}

/** They are of nobody we know, and go with the key of their month: nothing of them stays. */
const publicUntil = (month: string): Personal => ({
  field: 'mentions',
  list: null,
  owners: [''],
  lapsing: { periods: [`mentions:${month}`], stubs: ['[]'], around: '', aroundPeriod: '' },
})

type Reading = Parameters<typeof readMention>[1] & { readonly known: SourceSpec | undefined }

const mentionOf = (source: string, item: SaidItem, reading: Reading): Mention | null => {
  const { known } = reading
  const about = aboutOf(item, reading)
  const read = readMention({ ...item, ...(about === undefined ? {} : { about }) }, reading)
  if (read.tones.size === 0) return null
  const rating = ratingOf(item, known)
  const given = rating === undefined ? null : toneOfRating(rating)
  const [first] = read.tones.values()
  return {
    id: item.id,
    source,
    at: item.at,
    author: item.author,
    url: item.url,
    text: read.normalised.text,
    language: read.normalised.language,
    entities: [...read.tones].map(([id, { score, confidence }]) => {
      // What the author said in a number is not guessed from the words.
      const tone = given !== null && (about === undefined || id === about) ? given : { score, confidence }
      return { id, tone: rounded(tone.score), confidence: rounded(tone.confidence) }
    }),
    emotion: first?.emotion ?? '',
    risks: read.risks.map(({ kind, severity, word }) => ({ kind, severity, word })),
    isRepost: read.isRepost,
    isTicket: item.isTicket === true || known?.isTickets === true,
    ...(rating === undefined ? {} : { rating }),
  }
}

/** The entity whose id it is, or whose name stands in it, in any inflection. */
const aboutOf = ({ about = '' }: SaidItem, { dictionary, known }: Reading): string | undefined => {
  if (about === '') return known?.about
  if (dictionary.ids.has(about)) return about
  return matchEntities(about, dictionary)[0]?.entity ?? known?.about
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
