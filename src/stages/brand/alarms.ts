// From what stands out to what concerns the business: its own trouble is a crisis, a rival's and good news are chances,
// and noise that is no worse than usual is nothing.

import { judgeSpikes, wordsOf, type BrandState, type SpikeFinding } from '../../brand/index.ts'
import type { EntitySpec } from '../../brand/events.ts'
import type { Alarm } from './brand-turn.ts'
import type { WordsIn } from './scope.ts'

export const alarmsOf = (brand: BrandState, now: number): readonly Alarm[] => {
  const entities = new Map((brand.spec?.entities ?? []).map((one) => [one.id, one]))
  return judgeSpikes(brand.watch.spikes, now).flatMap((finding): readonly Alarm[] => {
    const entity = entities.get(finding.subject)
    const kind = entity === undefined ? null : kindOf(finding, entity)
    if (entity === undefined || kind === null || isTooQuiet(brand, finding)) return []
    return [
      {
        kind,
        severity: kind === 'opportunity' ? 1 : (Math.max(1, finding.severity) as Alarm['severity']),
        entity: entity.id,
        topic: '',
        since: sinceOf(finding),
        evidence: {
          mentions: finding.mentions,
          usual: Math.round(finding.expected * 100) / 100,
          negativeShare: Math.round(finding.negativeShare * 1_000) / 1_000,
          usualNegative: Math.round(finding.usualNegativeShare * 1_000) / 1_000,
          voices: finding.authors,
          echoes: finding.echoes,
          riskWords: finding.risks.map((risk) => risk.kind),
          phrases: finding.topics.map(({ phrase }) => phrase),
          samples: finding.samples.map(({ id }) => id),
        },
      },
    ]
  })
}

const kindOf = ({ kind }: SpikeFinding, { kind: whose }: EntitySpec): Alarm['kind'] | null => {
  if (whose === 'competitor') return kind === 'crisis' || kind === 'slow_burn' ? 'opportunity' : null
  switch (kind) {
    case 'crisis':
    case 'slow_burn':
    case 'attack':
      return kind
    case 'good_news':
      return 'opportunity'
    case 'rising':
    case 'loud':
      return null
  }
}

const WINDOW_MS = { '5m': 300_000, hour: 3_600_000, day: 86_400_000, days: 259_200_000 } as const
const sinceOf = ({ at, scale }: SpikeFinding): number => at - WINDOW_MS[scale]

/** Each time somebody said "not for this", it takes so many times the voices. */
const MUTE_FACTOR = 1.5
const VOICES_BASE = 6
const isTooQuiet = (brand: BrandState, { subject, voices }: SpikeFinding): boolean =>
  (brand.mutes.get(`${subject} `)?.times ?? 0) > 0 && voices < voicesNeeded(brand, subject)

/** As many voices as it takes until people are called, after all that was muted. */
export const voicesNeeded = ({ mutes }: BrandState, subject: string): number =>
  Math.ceil(VOICES_BASE * MUTE_FACTOR ** (mutes.get(`${subject} `)?.times ?? 0))

/** Which of these words and phrases a text holds, in any inflection: all words of a phrase, close together. */
export const wordsIn: WordsIn = (text, wanted) => {
  const stems = piecesOf(text).flatMap((piece) => wordsOf(piece).map(({ stem }) => stem))
  return wanted.filter((phrase) => {
    const parts = wordsOf(phrase).map(({ stem }) => stem)
    if (parts.length === 0) return false
    return stems.some((_, at) => parts.every((part, i) => stems[at + i] === part))
  })
}

/** `wordsOf` reads as much as a mention may hold; a mail may be longer. */
const PIECE_CHARS = 1_000
const piecesOf = (text: string): readonly string[] => {
  const pieces: string[] = []
  let piece = ''
  for (const word of text.split(/\s+/)) {
    piece = piece === '' ? word : `${piece} ${word}`
    if (piece.length < PIECE_CHARS) continue
    pieces.push(piece)
    piece = ''
  }
  return piece === '' ? pieces : [...pieces, piece]
}
