// The tone of a whole text, towards nobody in particular: what a person wrote to the business.

import { normaliseMention } from '../mention/normalise.ts'
import { wordsOf } from '../mention/words.ts'
import { withOwnWords, type OwnWords } from './own-words.ts'
import { toneOf, type Tone, type ToneModels } from './tone.ts'

export type TextTone = Tone & { readonly language: 'ru' | 'en' }

/**
 * Null for what is neither Russian nor English, or empty: nobody can say how that sounds.
 * @example toneOfText('Ужасный сервис, обманули', { models: {} })?.sentiment // 'negative'
 */
export const toneOfText = (
  raw: string,
  reading: {
    readonly models: ToneModels
    readonly own?: { readonly [language in 'ru' | 'en']?: OwnWords }
  },
): TextTone | null => {
  const { text, language } = normaliseMention(raw)
  if (language === 'other') return null
  const words = wordsOf(text)
  const tone = toneOf({ text, language, words }, reading.models)
  const own = reading.own?.[language]
  return { ...(own === undefined ? tone : withOwnWords(tone, words, own)), language }
}
