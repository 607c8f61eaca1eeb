// English opinion by a list of words with their strength, after the rules of VADER (Hutto and Gilbert 2014): emphasis,
// intensifiers, negation, contrast. Our own writing of the published rules; the list is theirs (MIT, said in the file).

import { kindOf, loose, SPACE } from '../mention/letters.ts'
import { emojiWords } from './emoji.ts'
import lexicon from './lexicons/vader.json' with { type: 'json' }

export type Polarity = {
  /** −1 to 1. */
  readonly compound: number
  /** Shares of the text, 0 to 1, that are positive, negative, neither. */
  readonly positive: number
  readonly negative: number
  readonly neutral: number
}

const VALENCES: ReadonlyMap<string, number> = new Map(
  lexicon.words.split('\n').map((line) => {
    const [word = '', value = '0'] = line.split('\t')
    return [word, Number(value)]
  }),
)

const BOOST = 0.293
const SHOUT = 0.733
const NEGATED = -0.74
/** How much an intensifier still counts one, two, three words away. */
const FADE = [1, 0.95, 0.9] as const
/** Score at which the compound is 1/√2. */
const NORMAL = 15

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
const STRONGER = words(
  'absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly intensely major majorly more most particularly purely quite really remarkably so substantially thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very',
)
const WEAKER = words(
  'almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly scarce scarcely slight slightly somewhat sorta sortof sort-of',
)
const NEGATIONS = words(
  "aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never none nope nor not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont wouldnt won't wouldn't rarely seldom despite",
)
/** Turns of speech whose words mean something else together. */
const IDIOMS: ReadonlyMap<string, number> = new Map([
  ['the shit', 3],
  ['the bomb', 3],
  ['bad ass', 1.5],
  ['badass', 1.5],
  ['bus stop', 0],
  ['yeah right', -2],
  ['kiss of death', -1.5],
  ['to die for', 3],
  ['beating heart', 3.1],
  ['broken heart', -2.9],
])
/** "Sort of good": two words that weaken as one. */
const SOFTENERS = words('sort kind')
const IDIOM_FIRSTS: ReadonlySet<string> = new Set([
  ...[...IDIOMS.keys()].map((idiom) => idiom.split(' ')[0] as string),
  ...SOFTENERS,
])

/** What the list and the rules know of one word, whatever stands around it. */
type Spoken = {
  /** Between blanks, without marks at the ends unless little would be left: emoticons stay whole. */
  readonly lower: string
  readonly isShouted: boolean
  /** Null where the list does not know it. */
  readonly valence: number | null
  /** Of what stands after it. */
  readonly boost: number
  readonly isNegation: boolean
  /** A turn of speech may begin with it. */
  readonly opensIdiom: boolean
}

type Read = { readonly words: readonly Spoken[]; readonly isMixedCase: boolean }

/**
 * Opinion of an English text.
 * @example polarityEn('VADER is smart, handsome, and funny.').compound // 0.8316
 */
export const polarityEn = (text: string): Polarity => {
  const read = wordsIn(emojiWords(text))
  const valences = read.words.map((_, i) => valenceAt(read, i))
  weighContrast(read, valences)
  return summary(valences, emphasisOf(text))
}

const wordsIn = (text: string): Read => {
  const all: Spoken[] = []
  let shouted = 0
  let from = -1
  for (let i = 0; i <= text.length; i++) {
    const isBlank = i === text.length || (kindOf(text.charCodeAt(i)) & SPACE) !== 0
    if (!isBlank && from < 0) from = i
    if (!isBlank || from < 0) continue
    const word = spoken(text.slice(from, i))
    if (word.isShouted) shouted++
    all.push(word)
    from = -1
  }
  return { words: all, isMixedCase: shouted > 0 && shouted < all.length }
}

const SPOKEN_KEPT_MAX = 50_000
const SPOKEN_CHARS_MAX = 40
const known = new Map<string, Spoken>()

const spoken = (written: string): Spoken => {
  const found = known.get(written)
  if (found !== undefined) return found
  const kept = loose(written)
  const word = lookUp(kept)
  if (known.size >= SPOKEN_KEPT_MAX) known.clear()
  if (kept.length <= SPOKEN_CHARS_MAX) known.set(kept, word)
  return word
}

const lookUp = (written: string): Spoken => {
  const bare = written.replace(/^[!-/:-@[-`{-~]+|[!-/:-@[-`{-~]+$/g, '')
  const word = bare.length <= 2 ? written : bare
  const lower = word.toLowerCase()
  return {
    lower,
    isShouted: word === word.toUpperCase() && word !== lower,
    valence: VALENCES.get(lower) ?? null,
    boost: STRONGER.has(lower) ? BOOST : WEAKER.has(lower) ? -BOOST : 0,
    isNegation: NEGATIONS.has(lower) || lower.includes("n't"),
    opensIdiom: IDIOM_FIRSTS.has(lower),
  }
}

const valenceAt = (read: Read, i: number): number => {
  const { words: all, isMixedCase } = read
  const word = all[i] as Spoken
  if (word.valence === null || word.boost !== 0) return 0
  if (word.lower === 'kind' && lowerAt(all, i + 1) === 'of') return 0
  let { valence } = word
  // "No" before a word with an opinion turns that word and has none of its own.
  if (word.lower === 'no' && (all[i + 1]?.valence ?? null) !== null) valence = 0
  const negatedByNo =
    lowerAt(all, i - 1) === 'no' ||
    lowerAt(all, i - 2) === 'no' ||
    (lowerAt(all, i - 3) === 'no' && (lowerAt(all, i - 1) === 'or' || lowerAt(all, i - 1) === 'nor'))
  if (negatedByNo) valence = word.valence * NEGATED
  if (isMixedCase && word.isShouted) valence += valence > 0 ? SHOUT : -SHOUT
  for (let step = 1; step <= 3 && i >= step; step++) {
    const before = all[i - step] as Spoken
    if (before.valence !== null) continue
    valence += boostBy(before, isMixedCase, valence) * (FADE[step - 1] ?? 0)
    valence = negate(all, i, step, valence)
    if (step === 3) valence = idiomAround(all, i, valence)
  }
  return leastBefore(all, i, valence)
}

const lowerAt = (all: readonly Spoken[], i: number): string | undefined => all[i]?.lower

const boostBy = ({ boost, isShouted }: Spoken, isMixedCase: boolean, valence: number): number => {
  if (boost === 0) return 0
  const signed = valence < 0 ? -boost : boost
  return isMixedCase && isShouted ? signed + (valence > 0 ? SHOUT : -SHOUT) : signed
}

/** `step` words before: "never so good" is strong praise, "without doubt" no negation. */
const negate = (all: readonly Spoken[], i: number, step: number, valence: number): number => {
  const at = lowerAt(all, i - step)
  const [one, two] = [lowerAt(all, i - 1), lowerAt(all, i - 2)]
  if (step > 1 && at === 'never') {
    const isPraise =
      step === 2
        ? one === 'so' || one === 'this'
        : two === 'so' || two === 'this' || one === 'so' || one === 'this'
    if (isPraise) return valence * 1.25
  }
  if (step > 1 && at === 'without' && (one === 'doubt' || (step === 3 && two === 'doubt'))) return valence
  return all[i - step]?.isNegation === true ? valence * NEGATED : valence
}

const idiomAround = (all: readonly Spoken[], i: number, valence: number): number => {
  if (!all.slice(i - 3, i + 1).some(({ opensIdiom }) => opensIdiom)) return valence
  const phrase = (from: number, to: number) =>
    all
      .slice(from, to + 1)
      .map(({ lower }) => lower)
      .join(' ')
  let found = valence
  const before = [
    phrase(i - 1, i),
    phrase(i - 2, i),
    phrase(i - 2, i - 1),
    phrase(i - 3, i - 1),
    phrase(i - 3, i - 2),
  ]
  const first = before.find((text) => IDIOMS.has(text))
  if (first !== undefined) found = IDIOMS.get(first) as number
  for (const after of [phrase(i, i + 1), phrase(i, i + 2)])
    if (IDIOMS.has(after)) found = IDIOMS.get(after) as number
  for (const at of [i - 3, i - 2])
    if (SOFTENERS.has(lowerAt(all, at) as string) && lowerAt(all, at + 1) === 'of') found -= BOOST
  return found
}

const leastBefore = (all: readonly Spoken[], i: number, valence: number): number => {
  const two = lowerAt(all, i - 2)
  return lowerAt(all, i - 1) === 'least' && !VALENCES.has('least') && two !== 'at' && two !== 'very'
    ? valence * NEGATED
    : valence
}

/** What stands before "but" counts half, what stands after it half as much again. */
const weighContrast = ({ words: all }: Read, valences: number[]): void => {
  const but = all.findIndex(({ lower }) => lower === 'but')
  if (but < 0) return
  valences.forEach((valence, i) => {
    if (i !== but) valences[i] = valence * (i < but ? 0.5 : 1.5)
  })
}

const emphasisOf = (text: string): number => {
  const bangs = Math.min(4, text.split('!').length - 1) * 0.292
  const questions = text.split('?').length - 1
  return bangs + (questions <= 1 ? 0 : questions <= 3 ? questions * 0.18 : 0.96)
}

const summary = (valences: readonly number[], emphasis: number): Polarity => {
  if (valences.length === 0) return { compound: 0, positive: 0, negative: 0, neutral: 0 }
  const sum = valences.reduce((total, valence) => total + valence, 0)
  const total = sum > 0 ? sum + emphasis : sum < 0 ? sum - emphasis : 0
  let positive = 0
  let negative = 0
  let neutral = 0
  for (const valence of valences) {
    if (valence > 0) positive += valence + 1
    else if (valence < 0) negative += 1 - valence
    else neutral++
  }
  if (positive > negative) positive += emphasis
  else if (positive < negative) negative += emphasis
  const all = positive + negative + neutral
  const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits
  return {
    compound: rounded(Math.max(-1, Math.min(1, total / Math.sqrt(total * total + NORMAL))), 4),
    positive: rounded(positive / all, 3),
    negative: rounded(negative / all, 3),
    neutral: rounded(neutral / all, 3),
  }
}
