// A number that somebody gave: stars, a grade, an answer to "would you recommend us". It says their opinion itself, so
// its tone and how sure that is are known without reading anything.

/** 1 to 5, 0 to 10 as NPS asks, 1 to 10. */
export type RatingScale = 'stars' | 'nps' | 'ten'
export const RATING_SCALES: readonly RatingScale[] = ['stars', 'nps', 'ten']
export type Rating = { readonly value: number; readonly scale: RatingScale }

const RANGE: Readonly<Record<RatingScale, readonly [number, number]>> = {
  stars: [1, 5],
  nps: [0, 10],
  ten: [1, 10],
}

/** Why a number is no answer on this scale; '' when it is one. Halves of a star are, halves of an NPS answer are not. */
export const refuseRating = ({ value, scale }: Rating): string => {
  const [low, high] = RANGE[scale]
  if (Number.isFinite(value) && value >= low && value <= high && (scale !== 'nps' || Number.isInteger(value)))
    return ''
  return `${value} is not ${scale === 'nps' ? 'a whole number ' : ''}from ${low} to ${high} (${scale})`
}

/** The ends of a scale are surest; of its middle nobody knows which way it leans. */
const SURE_MIDDLE = 0.6
const SURE_END = 0.95

/**
 * Tone −1 to 1, and how sure. On stars and grades by the place between the ends; of NPS by its own classes: 0 to 6 is
 * negative, 7 and 8 neither, 9 and 10 positive.
 * @example toneOfRating({ value: 1, scale: 'stars' }) // { score: -1, confidence: 0.95 }
 */
export const toneOfRating = ({
  value,
  scale,
}: Rating): { readonly score: number; readonly confidence: number } => {
  const [low, high] = RANGE[scale]
  const score = scale === 'nps' ? npsTone(value) : (2 * (value - low)) / (high - low) - 1
  return { score, confidence: SURE_MIDDLE + (SURE_END - SURE_MIDDLE) * Math.abs(score) }
}

const DETRACTOR_MAX = 6
const PROMOTER_MIN = 9
const npsTone = (value: number): number => {
  if (value <= DETRACTOR_MAX) return -1 + (0.6 * value) / DETRACTOR_MAX
  if (value < PROMOTER_MIN) return 0
  return value === PROMOTER_MIN ? 0.7 : 1
}

/** Answers by their number, 0 to 10. */
export type NpsCounts = readonly number[]

export type Nps = {
  readonly answers: number
  readonly promoters: number
  readonly passives: number
  readonly detractors: number
  /** −100 to 100; null without an answer. */
  readonly score: number | null
  /** 95 % interval of the score that all customers like these would give. */
  readonly low: number
  readonly high: number
}

const Z95 = 1.959964
/** Added before the interval is reckoned, so that it holds for few answers and for answers all alike. */
const ADDED_END = 0.75
const ADDED_MIDDLE = 1.5

/**
 * Share of promoters less share of detractors, with an adjusted Wald interval (after Rocks, "Interval Estimation for the
 * Net Promoter Score", 2016).
 * @example npsOf([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2]).score // 25
 */
export const npsOf = (counts: NpsCounts): Nps => {
  const sum = (from: number, to: number): number =>
    counts.slice(from, to + 1).reduce((total, count) => total + count, 0)
  const [detractors, passives, promoters] = [sum(0, 6), sum(7, 8), sum(9, 10)]
  const answers = detractors + passives + promoters
  if (answers === 0) return { answers, promoters, passives, detractors, score: null, low: -100, high: 100 }
  const all = answers + 2 * ADDED_END + ADDED_MIDDLE
  const [up, down] = [(promoters + ADDED_END) / all, (detractors + ADDED_END) / all]
  const half = Z95 * Math.sqrt((up + down - (up - down) ** 2) / all)
  const bound = (value: number): number => 100 * Math.max(-1, Math.min(1, value))
  return {
    answers,
    promoters,
    passives,
    detractors,
    score: (100 * (promoters - detractors)) / answers,
    low: bound(up - down - half),
    high: bound(up - down + half),
  }
}
