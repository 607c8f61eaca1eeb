// One mention from what came in to what is known of it: text, names, tone, voice. `readMention` is pure; `hearMention`
// folds what was read into the echoes and the watch.

import {
  createEchoes,
  dumpEchoes,
  placeEcho,
  restoreEchoes,
  type Echoes,
  type Placed,
} from './mention/echoes.ts'
import { matchEntities, type Dictionary, type EntityMatch } from './mention/entities.ts'
import { fingerprintOf, type Fingerprint } from './mention/fingerprint.ts'
import { normaliseMention, type NormalisedMention } from './mention/normalise.ts'
import { wordsOf, type Word } from './mention/words.ts'
import { createSpikes, dumpSpikes, foldHeard, restoreSpikes, type Spikes } from './spike/spikes.ts'
import type { SpikeOptions } from './spike/judge.ts'
import { riskOf, type RiskWord, type RiskWords } from './tone/risk-words.ts'
import { withOwnWords, type OwnWords } from './tone/own-words.ts'
import { lexicalTone, toneOf, type LexicalTone, type Tone, type ToneModels } from './tone/tone.ts'
import type { Dump } from '../log/dump.ts'

export type RawMention = {
  readonly id: string
  readonly at: number
  readonly author: string
  readonly text: string
  /** Said by the source to repeat another. */
  readonly isRepost?: boolean
  /** The entity it is about, named or not. */
  readonly about?: string
}

export type ReadMention = {
  readonly normalised: NormalisedMention
  readonly matches: readonly EntityMatch[]
  /** By entity named, the tone towards it. */
  readonly tones: ReadonlyMap<string, Tone>
  readonly risks: readonly RiskWord[]
  readonly print: Fingerprint
  readonly isRepost: boolean
}

export type Reading = {
  readonly dictionary: Dictionary
  readonly models: ToneModels
  readonly riskWords: RiskWords
  /** What the business's corrections taught. */
  readonly own?: { readonly [language in 'ru' | 'en']?: OwnWords }
}

/** Names with a tone of their own in one text; further ones share the last one's. */
const TONES_MAX = 4

export const readMention = ({ text: raw, isRepost, about }: RawMention, reading: Reading): ReadMention => {
  const normalised = normaliseMention(raw)
  const { text, language } = normalised
  const words = wordsOf(text)
  const matches = matchEntities(text, reading.dictionary, words)
  const tones = new Map<string, Tone>()
  const own = language === 'other' ? undefined : reading.own?.[language]
  let last: Tone | undefined
  let lexical: LexicalTone | undefined
  for (const { entity } of matches) {
    if (tones.has(entity)) continue
    if (last === undefined || tones.size < TONES_MAX) {
      lexical ??= lexicalTone({ text, language, words })
      const focus = focusOn(entity, matches, words)
      const tone = toneOf({ text, language, words, focus, lexical }, reading.models)
      last = own === undefined ? tone : withOwnWords(tone, words, own)
    }
    tones.set(entity, last)
  }
  if (about !== undefined && !tones.has(about)) {
    const tone = toneOf({ text, language, words }, reading.models)
    tones.set(about, own === undefined ? tone : withOwnWords(tone, words, own))
  }
  return {
    normalised,
    matches,
    tones,
    risks: tones.size === 0 ? [] : riskOf(words, reading.riskWords),
    print: fingerprintOf(text, words),
    isRepost: isRepost ?? /^RT\s+@/.test(text),
  }
}

const focusOn = (entity: string, matches: readonly EntityMatch[], words: readonly Word[]) => {
  const span = ({ from, to }: EntityMatch) => ({
    from: (words[from] as Word).from,
    to: (words[to - 1] as Word).to,
  })
  return {
    own: matches.filter((match) => match.entity === entity).map(span),
    others: matches.filter((match) => match.entity !== entity).map(span),
  }
}

export type Watch = { readonly echoes: Echoes; readonly spikes: Spikes }

export const createWatch = (options: Partial<SpikeOptions> = {}): Watch => ({
  echoes: createEchoes(),
  spikes: createSpikes(options),
})

export type HeardMention = { readonly placed: Placed; readonly subjects: readonly string[] }

/** Folds a mention that was read into the watch, in place; one that names nobody changes nothing. */
export const hearMention = (watch: Watch, raw: RawMention, read: ReadMention): HeardMention | null => {
  if (read.tones.size === 0) return null
  const placed = placeEcho(watch.echoes, read.print, raw.at)
  for (const [subject, tone] of read.tones)
    foldHeard(watch.spikes, {
      id: raw.id,
      at: raw.at,
      subject,
      author: raw.author,
      voice: placed.voice,
      isEcho: placed.isEcho,
      isRepost: read.isRepost,
      score: tone.score,
      risks: read.risks.map(({ kind, severity }) => ({ kind, severity })),
      text: read.normalised.text,
    })
  return { placed, subjects: [...read.tones.keys()] }
}

export const dumpWatch = ({ echoes, spikes }: Watch): { readonly echoes: Dump; readonly spikes: Dump } => ({
  echoes: dumpEchoes(echoes),
  spikes: dumpSpikes(spikes),
})

export const restoreWatch = (dump: { readonly echoes: Dump; readonly spikes: Dump }): Watch => ({
  echoes: restoreEchoes(dump.echoes),
  spikes: restoreSpikes(dump.spikes),
})
