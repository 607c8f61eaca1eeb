// What a subject's last minutes, hour, day and days are: calm, or one of the kinds of `SpikeKind`. Looks, changes nothing.

import { HOUR_MS } from '../../kernel/time.ts'
import type { RiskKind } from '../tone/risk-words.ts'
import type { SpikeFinding, SpikeKind, SpikeSample, SpikeScale } from './heard.ts'
import {
  dispersionOf,
  FIGURES,
  HOURS,
  SLOT_MS,
  SLOTS,
  TONED_MIN,
  USUAL,
  usualOfHour,
  usualShare,
  type Recent,
  type Subject,
} from './subject.ts'
import { rareness } from './rareness.ts'
import { topicsOf, type Background } from './topics.ts'

export type SpikeOptions = {
  /** Powers of ten by which a window's voices must be rarer than usual. */
  readonly surpriseMin: number
  /** Or by which its negative voices must be, while all of them are rarer by half of `surpriseMin`. */
  readonly negativeSurpriseMin: number
  /** Distinct texts, and distinct authors, without which there is no crisis. */
  readonly voicesMin: number
  readonly authorsMin: number
  /** Hours of what is usual before anything is judged. */
  readonly knownHoursMin: number
  /** By how much the negative share must be above the usual one, at the lower end of its interval. */
  readonly negativeRise: number
}

export const SPIKE_DEFAULTS: SpikeOptions = {
  surpriseMin: 4,
  negativeSurpriseMin: 5,
  voicesMin: 6,
  authorsMin: 5,
  knownHoursMin: 72,
  negativeRise: 0.05,
}

type Window = {
  readonly scale: SpikeScale
  readonly from: number
  readonly voices: number
  readonly echoes: number
  readonly negative: number
  readonly positive: number
  readonly expected: number
  readonly surprise: number
  /** The same of the negative voices alone. */
  readonly negativeSurprise: number
}

/** One-sided 99 %. */
const Z = 2.33
/** Without a word of risk, only so sure a share of negative voices makes a crisis. */
const NEGATIVE_SURE = 0.5
const DAYS_SURPRISE = 1.5
const DAYS_NEGATIVE_SURPRISE = 3
/** Three days scatter less than one. */
const DAYS_DISPERSION = 0.5
const COPIES_SHARE = 0.6
const NEW_SHARE = 0.6
const COORDINATED_MIN = 20
const ONE_AUTHOR_SHARE = 0.5
const TOPICS = 3
const SAMPLES = 3

/** The subject's worst window, or null when it is calm or too little is known. */
export const judgeSubject = (
  name: string,
  subject: Subject,
  {
    background,
    now,
    options,
  }: { readonly background: Background; readonly now: number; readonly options: SpikeOptions },
): SpikeFinding | null => {
  if (subject.slot < 0 || (subject.usual[USUAL.known] as number) < options.knownHoursMin) return null
  const windows = [
    slotWindow(subject, now, 1),
    slotWindow(subject, now, 12),
    slotWindow(subject, now, SLOTS),
    daysWindow(subject, now),
  ]
  const findings = windows
    .filter((window) =>
      window.scale === 'days' ? isBurning(window) : isLoud(window, options) || isFlooded(window),
    )
    .map((window) => findingOf(name, subject, { window, now, options }))
    .filter((finding) => finding !== null)
  const [worst] = findings.sort(
    (left, right) =>
      RANK[right.found.kind] - RANK[left.found.kind] || right.found.surprise - left.found.surprise,
  )
  if (worst === undefined) return null
  // Phrases cost the most: of the worst window only.
  const { found, recent } = worst
  return {
    ...found,
    topics: topicsOf(
      background,
      recent.filter(({ isEcho }) => !isEcho),
      TOPICS,
    ),
    samples: samplesOf(recent, found.kind),
  }
}

const RANK: Readonly<Record<SpikeKind, number>> = {
  crisis: 5,
  attack: 4,
  slow_burn: 3,
  rising: 2,
  good_news: 1,
  loud: 0,
}

const isFlooded = ({ voices, echoes }: Window): boolean => echoes >= 20 && echoes > 3 * voices

const isBurning = ({ surprise, negativeSurprise }: Window): boolean =>
  surprise >= DAYS_SURPRISE && negativeSurprise >= DAYS_NEGATIVE_SURPRISE

const isLoud = ({ surprise, negativeSurprise }: Window, options: SpikeOptions): boolean =>
  surprise >= options.surpriseMin ||
  (2 * surprise >= options.surpriseMin && negativeSurprise >= options.negativeSurpriseMin)

/** The last `slots` five-minute slots, the one of `now` included. */
const slotWindow = (subject: Subject, now: number, slots: number): Window => {
  const last = Math.floor(now / SLOT_MS)
  const sums = [0, 0, 0, 0]
  let expected = 0
  let hour = -1
  let usual = 0
  for (let slot = last - slots + 1; slot <= last; slot++) {
    const ofSlot = Math.floor((slot * SLOT_MS) / HOUR_MS)
    if (ofSlot !== hour) usual = usualOfHour(subject, ofSlot) / 12
    hour = ofSlot
    expected += usual
    if (slot > subject.slot || slot <= subject.slot - SLOTS) continue
    for (let f = 0; f < FIGURES; f++)
      sums[f] = (sums[f] as number) + (subject.slots[(slot % SLOTS) * FIGURES + f] as number)
  }
  const scale = slots === 1 ? '5m' : slots === 12 ? 'hour' : 'day'
  return windowOf(subject, { scale, from: (last - slots + 1) * SLOT_MS, sums, expected })
}

const BURN_HOURS = 72

const daysWindow = (subject: Subject, now: number): Window => {
  const last = Math.floor(now / HOUR_MS)
  const sums = [0, 0, 0, 0]
  let expected = 0
  for (let hour = last - BURN_HOURS + 1; hour <= last; hour++) {
    expected += usualOfHour(subject, hour)
    if (hour > subject.hour || hour <= subject.hour - HOURS) continue
    for (let f = 0; f < FIGURES; f++)
      sums[f] = (sums[f] as number) + (subject.hours[(hour % HOURS) * FIGURES + f] as number)
  }
  return windowOf(subject, { scale: 'days', from: (last - BURN_HOURS + 1) * HOUR_MS, sums, expected })
}

const windowOf = (
  subject: Subject,
  window: {
    readonly scale: SpikeScale
    readonly from: number
    readonly sums: readonly number[]
    readonly expected: number
  },
): Window => {
  const { scale, from, expected } = window
  const [voices = 0, echoes = 0, negative = 0, positive = 0] = window.sums
  const mean = Math.max(expected, 0.02)
  const dispersion =
    scale === 'days'
      ? DAYS_DISPERSION * dispersionOf(subject, 'day')
      : dispersionOf(subject, scale === 'day' ? 'day' : 'hour')
  const usual = usualShare(subject, 'negative')
  return {
    scale,
    from,
    voices,
    echoes,
    negative,
    positive,
    expected,
    surprise: rareness(voices, mean, dispersion),
    negativeSurprise: rareness(negative, mean * usual, dispersion),
  }
}

const findingOf = (
  name: string,
  subject: Subject,
  {
    window,
    now,
    options,
  }: {
    readonly window: Window
    readonly now: number
    readonly options: SpikeOptions
  },
): {
  readonly found: Omit<SpikeFinding, 'topics' | 'samples'>
  readonly recent: readonly Recent[]
} | null => {
  const recent = subject.recent.filter(({ at }) => at >= window.from && at <= now)
  const authors = authorsOf(recent)
  const { voices, echoes, negative, positive } = window
  const usual = usualShare(subject, 'negative')
  const negativeLow = wilsonLow(negative, voices)
  const risks = risksOf(recent)
  const severity = severityOf(recent)
  const kind = kindOf({ window, recent, authors, usual, negativeLow, severity, subject, options })
  if (kind === null) return null
  const worse = Math.max(0, negativeLow - usual)
  const risk =
    kind === 'good_news' || kind === 'loud'
      ? 0
      : 100 * (1 - Math.exp(-(window.surprise / 12 + 2 * worse + severity / 3)))
  const found = {
    subject: name,
    kind,
    scale: window.scale,
    at: now,
    mentions: voices + echoes,
    voices,
    echoes,
    authors,
    expected: window.expected,
    surprise: window.surprise,
    negativeShare: voices === 0 ? 0 : negative / voices,
    negativeLow,
    usualNegativeShare: usual,
    positiveShare: voices === 0 ? 0 : positive / voices,
    risks,
    severity,
    risk: Math.round(risk),
  }
  return { found, recent }
}

type KindInput = {
  readonly window: Window
  readonly recent: readonly Recent[]
  readonly authors: number
  readonly usual: number
  readonly negativeLow: number
  readonly severity: number
  readonly subject: Subject
  readonly options: SpikeOptions
}

const kindOf = ({
  window,
  recent,
  authors,
  usual,
  negativeLow,
  severity,
  subject,
  options,
}: KindInput): SpikeKind | null => {
  const { voices, positive, scale } = window
  const isWorse = negativeLow > usual + options.negativeRise
  if (scale === 'days')
    return isWorse && voices >= 2 * options.voicesMin && authors >= options.authorsMin ? 'slow_burn' : null
  if (!isLoud(window, options)) return isCoordinated(recent) ? 'attack' : null
  const enough = voices >= options.voicesMin && authors >= options.authorsMin && !isOneAuthor(recent)
  if (!enough) return isCoordinated(recent) ? 'attack' : isWorse ? 'rising' : null
  if (isWorse) return severity >= 1 || negativeLow >= NEGATIVE_SURE ? 'crisis' : 'rising'
  return wilsonLow(positive, voices) > usualShare(subject, 'positive') ? 'good_news' : 'loud'
}

/**
 * Against the subject, and made: most of it copies that do not say they are copies, by accounts nobody has heard of
 * before; or half of it by one account. Where a source names no authors this cannot be told.
 */
const isCoordinated = (recent: readonly Recent[]): boolean => {
  const named = recent.filter(({ author }) => author !== '')
  if (named.length < COORDINATED_MIN) return false
  const share = (is: (one: Recent) => boolean): number => named.filter(is).length / named.length
  if (share(({ score }) => score < -TONED_MIN) < 0.5) return false
  if (
    share(({ isEcho, isRepost }) => isEcho && !isRepost) >= COPIES_SHARE &&
    share(({ isNew }) => isNew) >= NEW_SHARE
  )
    return true
  return isOneAuthor(named)
}

/** Half of what is said against it, and more than a few, by one account. */
const isOneAuthor = (recent: readonly Recent[]): boolean => {
  const byAuthor = new Map<string, number>()
  let negative = 0
  for (const { author, score } of recent) {
    if (author === '' || score >= -TONED_MIN) continue
    negative++
    byAuthor.set(author, (byAuthor.get(author) ?? 0) + 1)
  }
  return Math.max(...byAuthor.values(), 4) >= Math.max(5, ONE_AUTHOR_SHARE * negative)
}

/** Known ones, and one for each voice whose author is not known. */
const authorsOf = (recent: readonly Recent[]): number =>
  new Set(recent.map(({ author, voice }) => (author === '' ? voice : author))).size

/** Lower end of Wilson's interval of a share. */
const wilsonLow = (part: number, of: number): number => {
  if (of === 0) return 0
  const share = part / of
  const z2 = (Z * Z) / of
  return Math.max(0, (share + z2 / 2 - Z * Math.sqrt((share * (1 - share) + z2 / 4) / of)) / (1 + z2))
}

const risksOf = (recent: readonly Recent[]): SpikeFinding['risks'] => {
  const voices = new Map<RiskKind, Set<number>>()
  for (const { risks, voice } of recent)
    for (const { kind } of risks) voices.set(kind, (voices.get(kind) ?? new Set()).add(voice))
  return [...voices]
    .map(([kind, set]) => ({ kind, voices: set.size }))
    .sort((left, right) => right.voices - left.voices || (left.kind < right.kind ? -1 : 1))
}

/** The gravest that at least two voices, and one in ten, speak of. */
const severityOf = (recent: readonly Recent[]): 0 | 1 | 2 | 3 => {
  const all = new Set(recent.map(({ voice }) => voice)).size
  for (const severity of [3, 2, 1] as const) {
    const voices = new Set(
      recent.filter(({ risks }) => risks.some((risk) => risk.severity >= severity)).map(({ voice }) => voice),
    ).size
    if (voices >= 2 && voices >= 0.1 * all) return severity
  }
  return 0
}

/** The most copied, then the most outspoken, of different voices. */
const samplesOf = (recent: readonly Recent[], kind: SpikeKind): readonly SpikeSample[] => {
  const byVoice = new Map<number, { first: Recent; copies: number }>()
  for (const one of recent) {
    const known = byVoice.get(one.voice)
    if (known === undefined) byVoice.set(one.voice, { first: one, copies: 1 })
    else known.copies++
  }
  const wanted = kind === 'good_news' ? 1 : -1
  return [...byVoice.values()]
    .filter(({ first }) => kind === 'loud' || kind === 'attack' || first.score * wanted > TONED_MIN)
    .sort((left, right) => right.copies - left.copies || wanted * (right.first.score - left.first.score))
    .slice(0, SAMPLES)
    .map(({ first, copies }) => ({ id: first.id, text: first.text, score: first.score, copies }))
}
