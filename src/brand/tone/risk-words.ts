// Words that make a bad mood a risk: harm to people, fraud, leaks, law, outages, boycott. Russian and English, by stem;
// phrases of two words as they are. A business adds its own.

import { foldWord, stemOf, type Word } from '../mention/words.ts'

export type RiskKind = 'harm' | 'fraud' | 'leak' | 'law' | 'outage' | 'boycott' | 'hate'

/** 1 worth a look, 2 serious, 3 grave. */
type Severity = 1 | 2 | 3

const WORDS: readonly (readonly [kind: RiskKind, severity: Severity, words: string])[] = [
  [
    'harm',
    3,
    'отравление отравились отравился умер умерла погиб погибли смерть взрыв взорвался пожар загорелся травма ожог госпитализация poisoned poisoning died death killed explosion exploded fire injured hospitalized burned',
  ],
  [
    'harm',
    2,
    'плесень аллергия заболели опасно опасный брак дефект отзыв mold allergic sick unsafe defective recall toxic',
  ],
  [
    'fraud',
    2,
    'мошенник мошенники мошенничество обманули украли воруют кража пропали списали списание развод fraud scam stolen stole thieves overcharged ripoff',
  ],
  ['leak', 3, 'утечка утекли взлом взломали хакеры слили leak leaked breach hacked hackers'],
  [
    'law',
    2,
    'суд прокуратура иск арест обыск штраф роспотребнадзор уголовное санкции отзыв лицензия банкротство банкрот lawsuit sued court arrested indicted fined prosecutor bankruptcy sanctions',
  ],
  ['outage', 1, 'сбой лежит упал неработает недоступен завис outage down offline crashed unavailable'],
  [
    'boycott',
    2,
    'бойкот бойкотировать скандал позор извинитесь увольте boycott scandal shame apologize disgrace',
  ],
  ['hate', 3, 'расизм расисты фашисты нацисты сексизм домогательство racist racism sexist nazi harassment'],
]
const PHRASES: readonly (readonly [kind: RiskKind, severity: Severity, phrase: string])[] = [
  ['outage', 1, 'не работает'],
  ['outage', 1, 'не работают'],
  ['outage', 1, 'not working'],
  ['leak', 3, 'персональные данные'],
  ['leak', 3, 'personal data'],
  ['fraud', 2, 'сняли деньги'],
  ['fraud', 2, 'пропали деньги'],
  ['law', 2, 'коллективный иск'],
  ['law', 2, 'class action'],
]
// "Отзыв" is a review far more often than a recall or a lost licence.
const AMBIGUOUS = new Set(['отзыв'])

export type RiskWord = { readonly word: string; readonly kind: RiskKind; readonly severity: Severity }

export type RiskWords = {
  readonly stems: ReadonlyMap<string, RiskWord>
  /** By the first word, then the second. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, RiskWord>>
}

/** The list shipped, with a business's own words, which count as serious. */
export const compileRiskWords = (own: readonly string[] = []): RiskWords => {
  const stems = new Map<string, RiskWord>()
  const pairs = new Map<string, Map<string, RiskWord>>()
  for (const [kind, severity, text] of WORDS)
    for (const word of text.split(' '))
      if (!AMBIGUOUS.has(word)) stems.set(stemOf(word), { word, kind, severity })
  const phrase = (text: string, found: RiskWord): void => {
    const [first = '', second] = text.trim().split(/\s+/).map(foldWord)
    if (second === undefined) stems.set(stemOf(first), found)
    else {
      const seconds = pairs.get(stemOf(first)) ?? new Map<string, RiskWord>()
      pairs.set(stemOf(first), seconds.set(stemOf(second), found))
    }
  }
  for (const [kind, severity, text] of PHRASES) phrase(text, { word: text, kind, severity })
  for (const text of own) phrase(text, { word: text, kind: 'boycott', severity: 2 })
  return { stems, pairs }
}

/** Words of risk in a text, each once. */
export const riskOf = (words: readonly Word[], list: RiskWords): readonly RiskWord[] => {
  const found = new Set<RiskWord>()
  let before = ''
  for (const { stem } of words) {
    const pair = before === '' ? undefined : list.pairs.get(before)?.get(stem)
    const one = list.stems.get(stem)
    if (pair !== undefined) found.add(pair)
    if (one !== undefined) found.add(one)
    before = stem
  }
  return [...found]
}
