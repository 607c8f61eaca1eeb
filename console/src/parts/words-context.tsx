// Words and formats for every part of the page: `t('key', values)` in the chosen language, `format` in
// the business's currency and time zone.

import { createContext, use, useMemo, type ReactNode } from 'react'
import { createFormat, type Format } from '../data/format.ts'
import { useSettings } from '../data/queries.ts'
import { localeOf, type Lang } from '../data/settings.ts'
import { en, type WordKey } from '../words/en.ts'
import { ru } from '../words/ru.ts'
import { formatMessage, parseMessage, type MessagePart, type MessageValues } from '../words/message.ts'

export type Translate = (key: WordKey, values?: MessageValues) => string
type Words = {
  readonly lang: Lang
  readonly t: Translate
  readonly format: Format
  /** For a word that exists only for known codes: the code itself when there is none. */
  readonly named: (prefix: string, code: string) => string
}

const DICTIONARIES: Readonly<Record<Lang, Readonly<Record<WordKey, string>>>> = { en, ru }
const parsed = new Map<string, readonly MessagePart[]>()
const WordsContext = createContext<Words | null>(null)

export type BusinessShown = { readonly currency: string; readonly timeZone: string }

export function WordsProvider({
  business,
  children,
}: {
  readonly business: BusinessShown
  readonly children: ReactNode
}) {
  const { lang } = useSettings()
  const { currency, timeZone } = business
  const words = useMemo<Words>(() => {
    const locale = localeOf(lang, navigator.languages)
    const t: Translate = (key, values = {}) => formatMessage(messageOf(lang, key), values, locale)
    return {
      lang,
      t,
      format: createFormat({ lang: locale, currency, timeZone }),
      named: (prefix, code) => {
        const key = `${prefix}.${code}`
        return isWord(key) ? t(key) : code
      },
    }
  }, [lang, currency, timeZone])
  return <WordsContext value={words}>{children}</WordsContext>
}

export function useWords(): Words {
  const words = use(WordsContext)
  if (words === null) throw new TypeError('useWords needs a WordsProvider above it')
  return words
}

function isWord(key: string): key is WordKey {
  return Object.hasOwn(en, key)
}

function messageOf(lang: Lang, key: WordKey): readonly MessagePart[] {
  const id = `${lang} ${key}`
  const known = parsed.get(id) ?? parseMessage(DICTIONARIES[lang][key])
  parsed.set(id, known)
  return known
}
