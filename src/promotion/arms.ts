// The challenger on its share of the people beside the champion on the rest: margin per decision, people
// who left, people who complained. Stratified by share, since a share that grows puts more of the
// challenger's decisions late; clustered by person, since one person's decisions are not independent.

import type { DecisionMade } from '../decision/events.ts'
import { sequenceHalfWidth, type SequenceOptions } from '../feedback/index.ts'

type Arm = 'champion' | 'challenger'

/** One person under one arm at one share; decisions that are settled. */
type Cell = { decisions: number; reward: number }

export type Stratum = {
  readonly share: number
  readonly cells: { readonly [arm in Arm]: Map<string, Cell> }
  readonly counts: {
    readonly [arm in Arm]: { closed: number; sent: number; unsubscribed: number; complained: number }
  }
}

export type Arms = {
  readonly strata: Stratum[]
  readonly open: Map<string, { readonly stratum: Stratum; readonly arm: Arm; readonly cell: Cell }>
}

const OPEN_MAX = 100_000

export const createArms = (): Arms => ({ strata: [], open: new Map() })

export type ArmFact =
  | { readonly kind: 'decided'; readonly made: DecisionMade }
  | { readonly kind: 'closed'; readonly decisionId: string; readonly reward: number }
  | { readonly kind: 'unsubscribed' | 'complained'; readonly decisionId: string }

/** Takes one fact in; those of decisions outside the rollout change nothing. */
export const countArm = (arms: Arms, fact: ArmFact): void => {
  if (fact.kind === 'decided') return decided(arms, fact.made)
  const open = arms.open.get(fact.decisionId)
  if (open === undefined) return
  const counts = open.stratum.counts[open.arm]
  if (fact.kind !== 'closed') {
    counts[fact.kind]++
    return
  }
  arms.open.delete(fact.decisionId)
  counts.closed++
  open.cell.decisions++
  open.cell.reward += fact.reward
}

const decided = (arms: Arms, { rollout, decisionId, profileId, actionId }: DecisionMade): void => {
  if (rollout === undefined || arms.open.size >= OPEN_MAX) return
  const { arm, share } = rollout
  let stratum = arms.strata.find((known) => known.share === share)
  if (stratum === undefined) {
    const none = () => ({ closed: 0, sent: 0, unsubscribed: 0, complained: 0 })
    stratum = {
      share,
      cells: { champion: new Map(), challenger: new Map() },
      counts: { champion: none(), challenger: none() },
    }
    arms.strata.push(stratum)
  }
  if (actionId !== 'nothing') stratum.counts[arm].sent++
  const cell = stratum.cells[arm].get(profileId) ?? { decisions: 0, reward: 0 }
  stratum.cells[arm].set(profileId, cell)
  arms.open.set(decisionId, { stratum, arm, cell })
}

export type ArmsDifference = {
  /** Challenger less champion, reward per decision, and its interval that may be watched; null before there is one. */
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly people: number
}

/** People each arm needs in a stratum before it is compared. */
const PEOPLE_MIN = 30

/** The arms compared within each share, put together by how much each tells. */
export const differenceOfArms = (arms: Arms, sequence: SequenceOptions): ArmsDifference | null => {
  let top = 0
  let bottom = 0
  let people = 0
  for (const { cells } of arms.strata) {
    const challenger = ratioOf(cells.challenger)
    const champion = ratioOf(cells.champion)
    if (Math.min(challenger.people, champion.people) < PEOPLE_MIN) continue
    // Orders are rare: an arm that has met none yet has a variance that is too small.
    const own = Math.max(challenger.spread, champion.spread)
    const variance = own / challenger.people + own / champion.people
    if (!(variance > 0)) continue
    top += (challenger.mean - champion.mean) / variance
    bottom += 1 / variance
    people += challenger.people + champion.people
  }
  if (bottom === 0) return null
  const difference = top / bottom
  const half = sequenceHalfWidth({ ...sequence, variance: 1 / bottom, n: people })
  return { difference, low: difference - half, high: difference + half, people }
}

/** Reward per decision, and the variance of one person's part in it, over people with settled decisions. */
const ratioOf = (
  all: ReadonlyMap<string, Cell>,
): { readonly mean: number; readonly spread: number; readonly people: number } => {
  let people = 0
  let decisions = 0
  let reward = 0
  for (const cell of all.values()) {
    if (cell.decisions === 0) continue
    people++
    decisions += cell.decisions
    reward += cell.reward
  }
  if (people < 2) return { mean: 0, spread: 0, people }
  const mean = reward / decisions
  const each = decisions / people
  let squares = 0
  for (const cell of all.values()) squares += ((cell.reward - mean * cell.decisions) / each) ** 2
  return { mean, spread: squares / (people - 1), people }
}

/** All strata's messages of the challenger, and what they did. */
export const guardCountsOf = (arms: Arms) => {
  const sum = { sent: 0, unsubscribed: 0, complained: 0 }
  for (const { counts } of arms.strata) {
    sum.sent += counts.challenger.sent
    sum.unsubscribed += counts.challenger.unsubscribed
    sum.complained += counts.challenger.complained
  }
  return sum
}

/** Settled decisions of the challenger at this share. */
export const ownClosed = (arms: Arms, share: number): number =>
  arms.strata.find((stratum) => stratum.share === share)?.counts.challenger.closed ?? 0

/** People decided for at this share, champion's and challenger's: for the sample-ratio check. */
export const peopleAt = (arms: Arms, share: number): readonly [number, number] => {
  const cells = arms.strata.find((stratum) => stratum.share === share)?.cells
  return cells === undefined ? [0, 0] : [cells.champion.size, cells.challenger.size]
}
