// Scores already reckoned in this hour, by person. Whatever touches a person takes theirs out, so what is in
// it is what reckoning anew would give, to the last bit.

import type { PersonScores } from './scores.ts'

export type ScoreCache = {
  /** Of the hour that the scores are for. */
  hour: number
  readonly bySlot: Map<number, PersonScores>
}

/** At the limit all go: one more reckoning each. */
const SCORES_MAX = 50_000

export const createScoreCache = (): ScoreCache => ({ hour: -1, bySlot: new Map() })

export const forgetScores = (cache: ScoreCache, slot: number): void => {
  if (cache.bySlot.size > 0) cache.bySlot.delete(slot)
}

export const forgetAll = (cache: ScoreCache): void => cache.bySlot.clear()

/** The scores at hand for the hour, else those that `make` gives, kept. */
export const cached = (
  cache: ScoreCache,
  slot: number,
  hour: number,
  make: () => PersonScores,
): PersonScores => {
  if (cache.hour !== hour || cache.bySlot.size >= SCORES_MAX) {
    cache.bySlot.clear()
    cache.hour = hour
  }
  const known = cache.bySlot.get(slot)
  if (known !== undefined) return known
  const made = make()
  cache.bySlot.set(slot, made)
  return made
}
