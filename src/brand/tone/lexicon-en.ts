// English opinion by a list of words with their strength, after the rules of VADER (Hutto and Gilbert 2014): emphasis,
// intensifiers, negation, contrast. Our own writing of the published rules; the list is theirs (MIT, said in the file).

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

type Read = {
  readonly words: readonly string[]
  readonly lower: readonly string[]
  readonly isMixedCase: boolean
}

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

/** Between blanks, without marks at the ends unless little would be left: emoticons stay whole. */
const wordsIn = (text: string): Read => {
  const all = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const bare = word.replace(/^[!-/:-@[-`{-~]+|[!-/:-@[-`{-~]+$/g, '')
      return bare.length <= 2 ? word : bare
    })
  const shouted = all.filter(isShouted).length
  return {
    words: all,
    lower: all.map((word) => word.toLowerCase()),
    isMixedCase: shouted > 0 && shouted < all.length,
  }
}

const isShouted = (word: string): boolean => word === word.toUpperCase() && word !== word.toLowerCase()

const valenceAt = (read: Read, i: number): number => {
  const { words: all, lower, isMixedCase } = read
  const word = lower[i] as string
  if (STRONGER.has(word) || WEAKER.has(word)) return 0
  if (word === 'kind' && lower[i + 1] === 'of') return 0
  let valence = VALENCES.get(word)
  if (valence === undefined) return 0
  // "No" before a word with an opinion turns that word and has none of its own.
  if (word === 'no' && VALENCES.has(lower[i + 1] ?? '')) valence = 0
  const negatedByNo =
    lower[i - 1] === 'no' ||
    lower[i - 2] === 'no' ||
    (lower[i - 3] === 'no' && (lower[i - 1] === 'or' || lower[i - 1] === 'nor'))
  if (negatedByNo) valence = (VALENCES.get(word) as number) * NEGATED
  if (isMixedCase && isShouted(all[i] as string)) valence += valence > 0 ? SHOUT : -SHOUT
  for (let step = 1; step <= 3 && i >= step; step++) {
    if (VALENCES.has(lower[i - step] as string)) continue
    valence +=
      FADE[step - 1] === undefined ? 0 : boostBy(read, i - step, valence) * (FADE[step - 1] as number)
    valence = negate(lower, i, step, valence)
    if (step === 3) valence = idiomAround(lower, i, valence)
  }
  return leastBefore(lower, i, valence)
}

const boostBy = ({ words: all, lower, isMixedCase }: Read, at: number, valence: number): number => {
  const word = lower[at] as string
  const scale = STRONGER.has(word) ? BOOST : WEAKER.has(word) ? -BOOST : 0
  if (scale === 0) return 0
  const signed = valence < 0 ? -scale : scale
  return isMixedCase && isShouted(all[at] as string) ? signed + (valence > 0 ? SHOUT : -SHOUT) : signed
}

const isNegation = (word: string | undefined): boolean =>
  word !== undefined && (NEGATIONS.has(word) || word.includes("n't"))

/** `step` words before: "never so good" is strong praise, "without doubt" no negation. */
const negate = (lower: readonly string[], i: number, step: number, valence: number): number => {
  const at = lower[i - step]
  const [one, two] = [lower[i - 1], lower[i - 2]]
  if (step > 1 && at === 'never') {
    const isPraise =
      step === 2
        ? one === 'so' || one === 'this'
        : two === 'so' || two === 'this' || one === 'so' || one === 'this'
    if (isPraise) return valence * 1.25
  }
  if (step > 1 && at === 'without' && (one === 'doubt' || (step === 3 && two === 'doubt'))) return valence
  return isNegation(at) ? valence * NEGATED : valence
}

const idiomAround = (lower: readonly string[], i: number, valence: number): number => {
  const phrase = (from: number, to: number) => lower.slice(from, to + 1).join(' ')
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
  // "Sort of good": two words that weaken as one.
  for (const text of [phrase(i - 3, i - 1), phrase(i - 3, i - 2), phrase(i - 2, i - 1)])
    if (text === 'sort of' || text === 'kind of') found -= BOOST
  return found
}

const leastBefore = (lower: readonly string[], i: number, valence: number): number =>
  lower[i - 1] === 'least' && !VALENCES.has('least') && lower[i - 2] !== 'at' && lower[i - 2] !== 'very'
    ? valence * NEGATED
    : valence

/** What stands before "but" counts half, what stands after it half as much again. */
const weighContrast = ({ lower }: Read, valences: number[]): void => {
  const but = lower.indexOf('but')
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
