// Learning from the tones that people corrected: when enough are new, words are learnt, judged on corrections that were
// held back, and put on record with the verdict. What stands in the log is what reads from then on.

import {
  byStem,
  compileDictionary,
  compileRiskWords,
  learnOwnWords,
  LESSONS_MAX,
  LESSONS_MIN,
  matchEntities,
  readMention,
  SENTIMENTS,
  wordsOf,
  type BrandState,
  type Lesson,
  type OwnWords,
  type ToneModels,
} from '../../brand/index.ts'
import { TONE_LEARNT, type ToneLearnt } from '../../brand/events.ts'
import type { NewEvent } from '../../log/port.ts'
import type { Loop } from '../../loop.ts'

const LANGUAGES = ['ru', 'en'] as const
/** Learnt anew when so many corrections, and a tenth of all, have come. */
const FRESH_MIN = 10
const FRESH_SHARE = 0.1

/** Learns where it is due. Resolves with what was put on record. Throws Failures `log.*`. */
export const toneTurn = async (loop: Loop, models: ToneModels): Promise<readonly ToneLearnt[]> => {
  const { state, ctx } = loop
  const learnt = LANGUAGES.filter((language) => isDue(state.brand, language)).flatMap((language) =>
    learnFrom(state.brand, language, models),
  )
  if (learnt.length > 0)
    await loop.record(
      learnt.map(
        (data): NewEvent<ToneLearnt> => ({
          id: ctx.newId(),
          type: TONE_LEARNT,
          key: data.language,
          at: ctx.now(),
          data,
        }),
      ),
    )
  return learnt
}

/** The words in force, by language. */
export const ownWordsOf = ({ learnt }: BrandState): { readonly [language in 'ru' | 'en']?: OwnWords } =>
  Object.fromEntries(
    [...learnt].flatMap(([language, { isUsed, words }]) => (isUsed ? [[language, byStem(words)]] : [])),
  )

const isDue = ({ lessons, learnt }: BrandState, language: 'ru' | 'en'): boolean => {
  const given = lessons.get(language) ?? 0
  const fresh = given - (learnt.get(language)?.lessons ?? 0)
  return given >= LESSONS_MIN && fresh >= Math.max(FRESH_MIN, FRESH_SHARE * given)
}

const learnFrom = (brand: BrandState, language: 'ru' | 'en', models: ToneModels): readonly ToneLearnt[] => {
  const dictionary = compileDictionary(brand.spec?.entities ?? [])
  const riskWords = compileRiskWords()
  const lessons = [...brand.corrections.values()]
    .filter((one) => one.language === language)
    .slice(-LESSONS_MAX)
    .flatMap(({ text, entity, tone: said, source, id }): readonly Lesson[] => {
      const mention = { id: `${source} ${id}`, at: 0, author: '', text }
      const tone = readMention(mention, { dictionary, riskWords, models }).tones.get(entity)
      if (tone === undefined) return []
      const words = wordsOf(text)
      const names = matchEntities(text, dictionary, words).map(({ from, to }) => ({
        from: words[from]?.from ?? 0,
        to: words[to - 1]?.to ?? 0,
      }))
      return [{ text, names, tone, said: SENTIMENTS[said + 1] ?? 'neutral' }]
    })
  const given = brand.lessons.get(language) ?? 0
  // Entities that are watched no more teach nothing; that is told as well, or it would be tried again and again.
  const { words, right, loss, isBetter } = learnOwnWords(lessons)
  const isUsed = isBetter && lessons.length >= LESSONS_MIN
  return [
    {
      language,
      version: `own-${language}-${given}`,
      lessons: given,
      judgedOn: lessons.length,
      right,
      loss,
      isUsed,
      words: isUsed ? words : [],
    },
  ]
}
