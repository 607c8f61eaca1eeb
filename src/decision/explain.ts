// "Why this?" and "why nothing?", answered from the record of a decision and nothing else.

import { NOTHING } from '../kernel/ids.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { ScoreSaid, TimingSaid } from '../model/events.ts'
import type { ActionId } from '../kernel/ids.ts'
import type { CandidateRecord, DecisionMade, ReasonCode } from './events.ts'
import { WORDS } from './words.ts'
import type { ExplainLocale, Forms, Words } from './words.ts'

export type Explanation = {
  /** What was decided, in one sentence. */
  readonly sentence: string
  /** The weightiest reasons, at most three, each a sentence. */
  readonly reasons: readonly string[]
  /** What models expected of the person, or why they could not say. */
  readonly scores: readonly string[]
  /** Why it leaves when it does, in one sentence; [] where no hour was chosen for the person. */
  readonly timing: readonly string[]
}

const REASONS_MAX = 3

/**
 * One sentence and up to three reasons for a decision, in English or Russian. Numbers are in reward
 * units (as a rule margin in the business's currency), spelt as the language does.
 */
export const explain = (record: DecisionMade, locale: ExplainLocale): Explanation => {
  const speech = speak(locale)
  return {
    sentence: sentenceOf(record, speech),
    reasons: reasonsOf(record, speech).slice(0, REASONS_MAX),
    timing: record.timing === undefined ? [] : [timingOf(record.timing, speech)],
    scores: [
      ...(record.scores ?? []).map((said) => scoreOf(said, record.at, speech)),
      ...(record.uplift === undefined
        ? []
        : [
            speech.words.uplift(
              speech.number(record.uplift.expected),
              speech.words.upliftAs[record.uplift.as],
            ),
          ]),
    ],
  }
}

type Speech = {
  readonly words: Words
  readonly number: (value: number) => string
  readonly percent: (share: number) => string
  readonly counted: (count: number, forms: Forms) => string
}

const speeches = new Map<ExplainLocale, Speech>()

const speak = (locale: ExplainLocale): Speech => {
  const known = speeches.get(locale)
  if (known !== undefined) return known
  const plural = new Intl.PluralRules(locale)
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 })
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const speech: Speech = {
    words: WORDS[locale],
    number: (value) => (Math.abs(value) < 0.1 ? small : plain).format(value),
    percent: (value) => share.format(value),
    counted: (count, forms) => `${plain.format(count)} ${forms[plural.select(count)] ?? forms.other}`,
  }
  speeches.set(locale, speech)
  return speech
}

const sentenceOf = (record: DecisionMade, speech: Speech): string => {
  const { words } = speech
  if (record.group === 'holdout') return `${words.heldOut}.`
  if (record.candidates.length === 1) {
    const why = distinct(rejectedCodes(record).map((code) => words.reasons[code]))
    return why === '' ? `${words.onlyNothing}.` : `${words.onlyNothingSince(why)}.`
  }
  const what = describe(record, record.actionId, speech)
  if (record.verdict === 'withheld')
    return `${words.heldBack(what, distinct(record.vetoes.map(({ code }) => words.reasons[code])))}.`
  const odds = words.drawn(
    speech.percent(record.propensity),
    speech.counted(record.candidates.length, words.options),
  )
  const chose = record.actionId === NOTHING ? words.choseNothing : words.chose(what)
  return `${chose}, ${causeOf(record, speech) ?? odds}.`
}

/** One score in a sentence, with the model's name and age. */
const scoreOf = (said: ScoreSaid, at: number, { words, number, percent, counted }: Speech): string => {
  const name = words.scores[said.key]
  if ('gap' in said) return words.scoreGap(name, words.gaps[said.gap])
  const value = said.key === 'value' ? number(said.value) : percent(said.value)
  const age = counted(Math.max(0, Math.floor((at - said.trainedAt) / DAY_MS)), words.days)
  return words.score({ name, value, level: words.levels[said.level], version: said.version, age })
}

/** "It leaves on Tuesday at 19:00, because ...": the hour, whose answers speak for it, and what at once would bring. */
const timingOf = (said: TimingSaid, { words, percent, counted, number }: Speech): string => {
  const hour = `${String(said.hour).padStart(2, '0')}:00`
  const when = said.slot === 0 ? words.leavesAtOnce : words.leaves(words.weekdays[said.weekday] ?? '', hour)
  const because = words.timing[said.mode === 'best' && said.stage === 'no_better' ? 'no_better' : said.mode]
  const whose = words.sources[said.source](words.quoted(said.segment), counted(said.sends, words.sends))
  return because({
    when,
    whose,
    chance: percent(said.propensity),
    hours: number(said.slots),
    rate: percent(said.rate),
    rateAtOnce: percent(said.rateAtOnce),
    isLearning: said.stage === 'learning',
  })
}

/** What tipped the scale, in a clause; undefined where the scores do not say. */
const causeOf = (record: DecisionMade, { words, number, percent }: Speech): string | undefined => {
  const chosen = record.candidates.find(({ actionId }) => actionId === record.actionId)
  const nothing = record.candidates.find(({ actionId }) => actionId === NOTHING)
  if (chosen === undefined || nothing === undefined || record.policy.kind === 'fixed') return undefined
  const others = record.candidates.filter((candidate) => candidate !== chosen)
  const best = Math.max(...others.map(({ mean }) => mean))
  if (chosen.mean < best) return words.toLearn(percent(record.propensity))
  // Equal promises tip nothing: an untaught model only drew.
  if (chosen.mean === best) return undefined
  if (chosen === nothing) return words.nothingPromised
  return chosen.mean > nothing.mean ? words.promised(number(chosen.mean - nothing.mean)) : undefined
}

const reasonsOf = (record: DecisionMade, speech: Speech): string[] => {
  const { words } = speech
  const reasons: string[] = []
  if (record.group === 'holdout') return reasons
  const rejected = rejectedOf(record, speech)
  if (record.candidates.length === 1) return rejected
  const chosen = record.candidates.find(({ actionId }) => actionId === record.actionId)
  const nothing = record.candidates.find(({ actionId }) => actionId === NOTHING)
  const others = record.candidates
    .filter(({ actionId }) => actionId !== record.actionId && actionId !== NOTHING)
    .toSorted((a, b) => b.mean - a.mean)
  if (chosen === undefined || nothing === undefined) return rejected
  if (record.policy.kind === 'fixed' && record.policy.actionId === record.actionId) reasons.push(words.fixed)
  reasons.push(...scoreReasons(record, { chosen, nothing, best: others[0] }, speech))
  reasons.push(...rejected)
  if (chosen !== nothing && chosen.stderr > Math.abs(chosen.mean - nothing.mean))
    reasons.push(words.unsure(speech.number(chosen.stderr)))
  return reasons
}

type Compared = {
  readonly chosen: CandidateRecord
  readonly nothing: CandidateRecord
  /** The best of the others, nothing left out. */
  readonly best: CandidateRecord | undefined
}

const scoreReasons = (
  record: DecisionMade,
  { chosen, nothing, best }: Compared,
  speech: Speech,
): string[] => {
  const { words, number, percent } = speech
  const name = best === undefined ? '' : describe(record, best.actionId, speech)
  const gap = best === undefined ? 0 : best.mean - chosen.mean
  if (chosen === nothing) {
    if (best === undefined) return []
    return [
      gap > 0 ? words.nothingDespite(capital(name), number(gap)) : words.nothingBest(name, number(-gap)),
    ]
  }
  const over = chosen.mean - nothing.mean
  const first =
    over >= 0
      ? words.moreThanNothing(number(chosen.mean), number(over))
      : words.lessThanNothing(number(chosen.mean), number(-over))
  if (best === undefined) return [first]
  if (gap > 0) return [first, words.tried(capital(name), number(gap), percent(chosen.probability))]
  return [first, words.bestOfAll(name, number(-gap))]
}

/** One sentence for all actions that were not allowed, their reasons by how often they came up. */
const rejectedOf = (record: DecisionMade, { words, counted }: Speech): string[] =>
  record.rejected.length === 0
    ? []
    : [
        words.notAllowed(
          counted(record.rejected.length, words.actions),
          distinct(rejectedCodes(record).map((code) => words.reasons[code])),
        ),
      ]

/** Why actions were not allowed, the most frequent reason first. */
const rejectedCodes = (record: DecisionMade): readonly ReasonCode[] => {
  const times = new Map<ReasonCode, number>()
  for (const { reasons } of record.rejected)
    for (const code of new Set(reasons.map((reason) => reason.code)))
      times.set(code, (times.get(code) ?? 0) + 1)
  return [...times].toSorted((a, b) => b[1] - a[1]).map(([code]) => code)
}

/** An action in words, read from its features: channel, creative, discount, hour. */
const describe = (record: DecisionMade, actionId: ActionId, { words, percent }: Speech): string => {
  const features = record.candidates.find((candidate) => candidate.actionId === actionId)?.features ?? []
  const valueOf = (name: string): string | undefined =>
    features.find(([spelt]) => spelt.startsWith(`${name}=`))?.[0].slice(name.length + 1)
  const channel = valueOf('channel')
  if (channel === undefined) return actionId
  const discount = features.find(([name]) => name === 'discount')?.[1] ?? 0
  const moment = valueOf('moment') ?? 'now'
  return [
    `${words.channels[channel] ?? channel} ${words.quoted(valueOf('creative') ?? actionId)}`,
    ...(discount > 0 ? [words.discount(percent(discount))] : []),
    ...(moment === 'now' ? [] : [moment === 'best' ? words.atBestHour : words.atHour(moment)]),
  ].join(', ')
}

const distinct = (texts: readonly string[]): string => [...new Set(texts)].join(', ')

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
