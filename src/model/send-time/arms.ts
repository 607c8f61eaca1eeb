// Whether the chosen hour beats sending at once: the two groups were parted by chance, send by send, so their answers
// compare. What interval is drawn around the difference is the caller's to bring; below it nothing is claimed.

import type { SendTimeSpec, TimingMode, TimingSaid } from '../events.ts'

/** Sends and answers of each way of choosing. */
export type Arms = {
  readonly [mode in TimingMode]: { sent: number; answered: number }
}

export const createArms = (): Arms => ({
  best: { sent: 0, answered: 0 },
  explore: { sent: 0, answered: 0 },
  at_once: { sent: 0, answered: 0 },
  only: { sent: 0, answered: 0 },
})

export const noteArm = (arms: Arms, mode: TimingMode, answered: 0 | 1): void => {
  arms[mode].sent++
  arms[mode].answered += answered
}

/** Answers to sends at drawn hours before the best hour is taken. */
export const ANSWERS_MIN = 50
/** Sends in each of two groups before they are compared. */
const COMPARED_MIN = 100

/**
 * `learning` until enough `answers` to hours drawn by chance are in, of all campaigns together; `no_better` while the
 * chosen hour is found to lose against sending at once: then the best hour is at once.
 */
export const stageOf = (answers: number, loses: boolean): TimingSaid['stage'] => {
  if (answers < ANSWERS_MIN) return 'learning'
  return loses ? 'no_better' : 'choosing'
}

/** While learning, all that is not sent at once is drawn by chance. */
export const sharesFor = (
  stage: TimingSaid['stage'],
  { explore, atOnce }: Pick<SendTimeSpec, 'explore' | 'atOnce'>,
): Pick<SendTimeSpec, 'explore' | 'atOnce'> =>
  stage === 'learning' ? { explore: 1 - atOnce, atOnce } : { explore, atOnce }

type Summary = { readonly n: number; readonly mean: number; readonly variance: number }

/** Of experiment statistics: what is said may be looked at at any time. */
export type Comparing = {
  readonly confidenceSequence: (
    treated: Summary,
    control: Summary,
  ) => { readonly difference: number; readonly low: number; readonly high: number }
  readonly smallestDetectableEffect: (treated: Summary, control: Summary) => number
}

/** The chosen hour against at once, as differences in the share of sends that are answered. */
export type ArmVerdict = {
  /** 1 better, −1 worse, 0 not known yet. */
  readonly claim: -1 | 0 | 1
  /** Null while there are too few sends to say anything. */
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  /** The smallest true difference that would be seen by now, four times in five. */
  readonly detectable: number | null
}

export const judgeArms = (arms: Arms, comparing: Comparing): ArmVerdict => {
  const [best, once] = [summaryOf(arms.best), summaryOf(arms.at_once)]
  if (best.n < COMPARED_MIN || once.n < COMPARED_MIN)
    return { claim: 0, difference: null, low: null, high: null, detectable: null }
  const { difference, low, high } = comparing.confidenceSequence(best, once)
  const claim = low > 0 ? 1 : high < 0 ? -1 : 0
  return { claim, difference, low, high, detectable: comparing.smallestDetectableEffect(best, once) }
}

/** A mean drawn a little towards the middle, so that a group without an answer yet has a variance. */
const summaryOf = ({ sent, answered }: { readonly sent: number; readonly answered: number }): Summary => {
  const rate = (answered + 1) / (sent + 2)
  return { n: sent, mean: sent === 0 ? 0 : answered / sent, variance: rate * (1 - rate) }
}
