// Russian opinion and emotion by lists of words, for the time before a model has learnt: stems, negation, intensifiers,
// contrast, brackets as smiles. The emotions' list is CEDR's (Apache-2.0, said in the file); opinions are ours.

import { stemOf, type Word } from '../mention/words.ts'
import emotionWords from './lexicons/emotions-ru.json' with { type: 'json' }
import type { Emotion } from './emotions.ts'

const split = (text: string): readonly string[] => text.trim().split(/\s+/)
const stems = (text: string): readonly string[] => split(text).map(stemOf)

const GOOD = stems(
  `хороший хорошо отличный отлично прекрасный прекрасно замечательный замечательно супер класс классный круто крутой
  удобный удобно быстрый быстро вежливый вежливо рад радует радовать доволен довольна довольны спасибо благодарю
  благодарность молодцы молодец лучший лучше люблю любить любимый нравится понравилось понравился рекомендую
  советую выгодный выгодно надежный надежно качественный качественно восторг восхищен шикарный великолепный
  приятный приятно помогли помог выручили выручил бесплатно победа успех успешный порадовал порадовали респект
  оперативно оперативный профессиональный идеальный идеально бомба огонь топ кайф прелесть ура вкусный вкусно
  улучшение улучшили повысил рост выросла прибыль награда лидер признан`,
)
const BAD = stems(
  `плохой плохо ужасный ужасно ужас кошмар кошмарный отвратительный отвратительно худший хуже хамство хам хамят
  хамить грубый грубость обман обманули обманывают обманщики мошенник мошенники мошенничество развод развели
  кинули кидалово украли воры воровство сломался сломалось сломали неработает глючит глюк глюки тупит тормозит
  висит завис лежит упал упала сбой сбои ошибка ошибки очередь очереди проблема проблемы бесит бесят достали
  достал задолбали задолбал ненавижу ненавидеть разочарован разочарование разочаровали позор позорный стыд бред
  дрянь гадость отстой фигня ерунда дорого дорогой навязали навязывают навязывание хреновый хреново дерьмо
  говно мерзкий мерзость тупой тупые идиоты дебилы уроды жулики жаль жалоба жалуюсь пожаловаться претензия суд
  штраф иск санкции санкция убыток убытки банкрот банкротство закрыли заблокировали блокировка отказ отказали
  отказались списали содрали потеряли потеря утечка взлом взломали вирус отравление отравились опасный опасно
  авария скандал арест обыск провал просрочка грабеж обокрали бардак никудышный невозможно нельзя непонятно
  долго ждать жду дождаться подвел подвели кризис вранье врут врать лгут сволочи паршивый безобразие некомпетентный
  некомпетентность медленно медленный падение падает обвал дозвониться`,
)

const NEGATIONS = new Set(split('не нет ни без никогда нельзя никакой никакого отнюдь вовсе'))
const STRONGER = new Set(
  split(
    'очень крайне совсем самый самая самое самые так такой такая просто реально настолько абсолютно полный полная ужасно страшно дико невероятно очередной опять снова вечно',
  ),
)
const WEAKER = new Set(split('немного чуть слегка почти довольно несколько относительно местами'))
const CONTRAST = new Set(split('но однако зато'))
const STRENGTH = 2
const NEGATED = -0.74
const BOOST = 0.4
const NORMAL = 15

const VALENCES: ReadonlyMap<string, number> = new Map([
  ...GOOD.map((stem) => [stem, STRENGTH] as const),
  ...BAD.map((stem) => [stem, -STRENGTH] as const),
])

const EMOTION_STEMS: ReadonlyMap<string, readonly Emotion[]> = (() => {
  const map = new Map<string, Emotion[]>()
  for (const [emotion, words] of Object.entries(emotionWords.emotions))
    for (const stem of new Set(stems(words.replaceAll('ё', 'е'))))
      map.set(stem, [...(map.get(stem) ?? []), emotion as Emotion])
  return map
})()
/** An emotion says which way it points, more softly than an opinion. */
const EMOTION_VALENCE: Readonly<Record<Emotion, number>> = {
  joy: 1.2,
  sadness: -1.2,
  anger: -1.5,
  fear: -1.2,
  surprise: 0,
}

const SMILES = /(?:[:;=][-']?\)+|\){2,}|(?<=[\p{L}!?.])\)(?=\s|$))/gu
const FROWNS = /(?:[:;=][-']?\(+|\({2,})/gu

export type RussianOpinion = {
  /** −1 to 1. */
  readonly compound: number
  /** How many words spoke, with their sign; 0 where nothing was known. */
  readonly good: number
  readonly bad: number
  /** Words that spoke of each emotion. */
  readonly emotions: Readonly<Record<Emotion, number>>
}

/** Opinion of a Russian text. `polarityRu('Очень плохой банк').compound` is below 0. */
export const polarityRu = (text: string, words: readonly Word[]): RussianOpinion => {
  const emotions = { joy: 0, sadness: 0, anger: 0, fear: 0, surprise: 0 }
  const valences = new Float64Array(words.length)
  let contrast = -1
  let good = 0
  let bad = 0
  for (let i = 0; i < words.length; i++) {
    const { text: word, stem } = words[i] as Word
    if (CONTRAST.has(word)) contrast = i
    const felt = EMOTION_STEMS.get(stem)
    const base = VALENCES.get(stem) ?? (felt === undefined ? undefined : EMOTION_VALENCE[felt[0] as Emotion])
    if (base === undefined) continue
    let valence = base
    for (let step = 1; step <= 3 && i >= step; step++) {
      const before = (words[i - step] as Word).text
      if (STRONGER.has(before)) valence += valence < 0 ? -BOOST : BOOST
      else if (WEAKER.has(before)) valence -= valence < 0 ? -BOOST : BOOST
      else if (step <= 2 && NEGATIONS.has(before)) valence *= NEGATED
    }
    if (felt !== undefined && valence * base > 0)
      for (const emotion of felt) emotions[emotion] += 1 / felt.length
    valences[i] = valence
    if (valence > 0) good++
    else if (valence < 0) bad++
  }
  let sum = 0
  valences.forEach((valence, i) => {
    sum += contrast < 0 ? valence : valence * (i < contrast ? 0.5 : 1.5)
  })
  const smiles = text.includes(')') ? (text.match(SMILES) ?? []).length : 0
  const frowns = text.includes('(') ? (text.match(FROWNS) ?? []).length : 0
  sum += Math.min(2, smiles) - Math.min(2, frowns)
  const bangs = Math.min(4, text.split('!').length - 1) * 0.292
  const total = sum > 0 ? sum + bangs : sum < 0 ? sum - bangs : 0
  return {
    compound: total / Math.sqrt(total * total + NORMAL),
    good: good + smiles,
    bad: bad + frowns,
    emotions,
  }
}
