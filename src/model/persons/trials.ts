// What each campaign's own control group tells: one row a person, from their first decision, with what was known
// of them then and what they brought within the goal's window, less what reaching them cost. Treatment was drawn
// by chance with a known probability, so that uplift can be learnt from it.

import { DAY_MS } from '../../kernel/time.ts'
import type { LogEvent } from '../../log/port.ts'
import { DELIVERY_ATTEMPTED, type DeliveryAttempted } from '../../delivery/events.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type CampaignsApplied,
  type DecisionMade,
  type GoalSpec,
} from '../../decision/events.ts'
import { HOLDOUT_APPLIED, type HoldoutSpec } from '../../feedback/events.ts'
import { factOf, PERSON_COLUMNS, personVector, refOf, type Profiles } from '../../profile/index.ts'
import type { Signal } from '../../signal/events.ts'

export const TRIALS_MAX = 20
export const TRIAL_ROWS_MAX = 10_000
/** Results that arrive late are waited for. */
const GRACE_MS = DAY_MS
export const TRIAL_WIDTH = PERSON_COLUMNS.length
/** A row that tells nothing: its person was merged with one of another group. */
export const VOID = 2
/** In place of a slot. */
export const NOBODY = 0xffff_ffff

/** Rows lie in a ring: at the limit the oldest makes room. */
export type CampaignTrial = {
  readonly campaignId: string
  readonly goal: GoalSpec
  count: number
  next: number
  slots: Uint32Array
  /** ms. */
  at: Float64Array
  treated: Uint8Array
  /** Of contacts in the window: the part of an order given away. */
  discounts: Float32Array
  outcomes: Float64Array
  vectors: Float32Array
  /** Row of a person. */
  readonly rowOf: Map<number, number>
}

export type Trials = {
  holdout: Pick<HoldoutSpec, 'share' | 'salt'>
  exempt: readonly string[]
  /** Goals of the campaigns in force that have a control group. */
  goals: ReadonlyMap<string, GoalSpec>
  readonly byCampaign: Map<string, CampaignTrial>
}

export const createTrials = (): Trials => ({
  holdout: { share: 0, salt: '' },
  exempt: [],
  goals: new Map(),
  byCampaign: new Map(),
})

/** Takes in what a person did. */
export const noteTouch = (trials: Trials, slot: number, signal: Signal, marginShare: number): void => {
  if (trials.byCampaign.size === 0) return
  const fact = factOf(signal)
  const revenue = fact.kind === 'order' ? fact.revenueMicros / 1e6 : 0
  for (const trial of trials.byCampaign.values()) {
    const { goal } = trial
    const counts =
      goal.value === 'count' ? signal.kind === 'track' && signal.name === goal.event : revenue > 0
    if (!counts) continue
    const row = openRow(trial, slot, signal.at)
    if (row < 0) continue
    const gross = goal.value === 'count' ? 1 : goal.value === 'revenue' ? revenue : revenue * marginShare
    const given = goal.value === 'count' ? 0 : (trial.discounts[row] as number) * revenue
    trial.outcomes[row] = (trial.outcomes[row] as number) + gross - given
  }
}

/** Takes in decisions, what reaching people cost, and what campaigns and control group are. */
export const foldTrials = (trials: Trials, event: LogEvent, profiles: Profiles): void => {
  switch (event.type) {
    case HOLDOUT_APPLIED: {
      const { share, salt, exemptCampaigns = [] } = event.data as HoldoutSpec
      // Another draw of the groups is another experiment.
      if (share !== trials.holdout.share || salt !== trials.holdout.salt) trials.byCampaign.clear()
      trials.holdout = { share, salt }
      trials.exempt = exemptCampaigns
      return
    }
    case CAMPAIGNS_APPLIED:
      return applyCampaigns(trials, event.data as CampaignsApplied)
    case DECISION_MADE:
      return enrol(trials, event.data as DecisionMade, profiles)
    case DELIVERY_ATTEMPTED: {
      const { campaignId, profileId, cost, discountShare } = event.data as DeliveryAttempted
      const trial = trials.byCampaign.get(campaignId)
      const slot = refOf(profiles, profileId)
      const row = trial === undefined || slot === undefined ? -1 : openRow(trial, slot, event.at)
      if (trial === undefined || row < 0 || trial.goal.value === 'count') return
      trial.outcomes[row] = (trial.outcomes[row] as number) - cost
      trial.discounts[row] = Math.max(trial.discounts[row] as number, discountShare)
      return
    }
    default:
  }
}

const applyCampaigns = (trials: Trials, { campaigns }: CampaignsApplied): void => {
  trials.goals = new Map(
    campaigns.flatMap(({ id, goal, service }) => (service === true ? [] : [[id as string, goal]])),
  )
  for (const [id, { goal }] of trials.byCampaign) {
    const now = trials.goals.get(id)
    const same = now?.event === goal.event && now.value === goal.value && now.windowMs === goal.windowMs
    // Another goal is another outcome.
    if (!same) trials.byCampaign.delete(id)
  }
}

const enrol = (trials: Trials, made: DecisionMade, profiles: Profiles): void => {
  const { campaignId, profileId, group, at } = made
  const goal = trials.goals.get(campaignId)
  if (goal === undefined || trials.holdout.share <= 0 || trials.exempt.includes(campaignId)) return
  // Who was let pass or kept out by what is expected of them was not left to chance.
  if (made.uplift?.admitted === false || made.vetoes.some(({ code }) => code === 'shadow')) return
  const slot = refOf(profiles, profileId)
  if (slot === undefined) return
  const trial = trialOf(trials, campaignId, goal)
  if (trial === null || trial.rowOf.has(slot)) return
  const row = trial.next
  reserve(trial, row)
  if (trial.count === TRIAL_ROWS_MAX) trial.rowOf.delete(trial.slots[row] as number)
  else trial.count++
  trial.next = (row + 1) % TRIAL_ROWS_MAX
  trial.slots[row] = slot
  trial.at[row] = at
  trial.treated[row] = group === 'treated' ? 1 : 0
  trial.discounts[row] = 0
  trial.outcomes[row] = 0
  personVector(profiles, slot, at, vector)
  trial.vectors.set(vector, row * TRIAL_WIDTH)
  trial.rowOf.set(slot, row)
}

const vector = new Float64Array(TRIAL_WIDTH)

const trialOf = (trials: Trials, campaignId: string, goal: GoalSpec): CampaignTrial | null => {
  const known = trials.byCampaign.get(campaignId)
  if (known !== undefined) return known
  if (trials.byCampaign.size >= TRIALS_MAX) return null
  const made: CampaignTrial = {
    campaignId,
    goal,
    count: 0,
    next: 0,
    slots: new Uint32Array(0),
    at: new Float64Array(0),
    treated: new Uint8Array(0),
    discounts: new Float32Array(0),
    outcomes: new Float64Array(0),
    vectors: new Float32Array(0),
    rowOf: new Map(),
  }
  trials.byCampaign.set(campaignId, made)
  return made
}

const reserve = (trial: CampaignTrial, row: number): void => {
  if (row < trial.slots.length) return
  const size = Math.min(TRIAL_ROWS_MAX, Math.max(64, 2 * trial.slots.length))
  const grown = <T extends Uint32Array | Float64Array | Float32Array | Uint8Array>(made: T, old: T): T => {
    made.set(old)
    return made
  }
  trial.slots = grown(new Uint32Array(size), trial.slots)
  trial.at = grown(new Float64Array(size), trial.at)
  trial.treated = grown(new Uint8Array(size), trial.treated)
  trial.discounts = grown(new Float32Array(size), trial.discounts)
  trial.outcomes = grown(new Float64Array(size), trial.outcomes)
  trial.vectors = grown(new Float32Array(size * TRIAL_WIDTH), trial.vectors)
}

/** The row of a person whose window was open at `ms`; -1 when there is none. */
const openRow = (trial: CampaignTrial, slot: number, ms: number): number => {
  const row = trial.rowOf.get(slot)
  if (row === undefined) return -1
  const since = trial.at[row] as number
  return ms >= since && ms < since + trial.goal.windowMs ? row : -1
}

/** `from` is now part of `into`. */
export const mergeTrials = (trials: Trials, from: number, into: number): void => {
  for (const { rowOf, slots, treated } of trials.byCampaign.values()) {
    const left = rowOf.get(from)
    if (left === undefined) continue
    const kept = rowOf.get(into)
    rowOf.delete(from)
    if (kept === undefined) {
      rowOf.set(into, left)
      slots[left] = into
      continue
    }
    if (treated[kept] !== treated[left]) treated[kept] = VOID
    treated[left] = VOID
    slots[left] = NOBODY
  }
}

/** What a training takes: the rows whose window was over, oldest first. */
export type TrialTable = {
  readonly campaignId: string
  readonly windowMs: number
  /** Chance of being treated. */
  readonly propensity: number
  readonly treated: Uint8Array
  readonly outcomes: Float64Array
  /** Row by row, {@link TRIAL_WIDTH} numbers each. */
  readonly vectors: Float32Array
}

export const trialTable = (trials: Trials, campaignId: string, now: number): TrialTable | null => {
  const trial = trials.byCampaign.get(campaignId)
  if (trial === undefined) return null
  const until = now - trial.goal.windowMs - GRACE_MS
  const start = trial.count < TRIAL_ROWS_MAX ? 0 : trial.next
  const rows = Array.from({ length: trial.count }, (_, i) => (start + i) % TRIAL_ROWS_MAX).filter(
    (row) => (trial.at[row] as number) <= until && trial.treated[row] !== VOID,
  )
  const vectors = new Float32Array(rows.length * TRIAL_WIDTH)
  for (const [i, row] of rows.entries())
    vectors.set(trial.vectors.subarray(row * TRIAL_WIDTH, (row + 1) * TRIAL_WIDTH), i * TRIAL_WIDTH)
  return {
    campaignId,
    windowMs: trial.goal.windowMs,
    propensity: 1 - trials.holdout.share,
    treated: Uint8Array.from(rows, (row) => trial.treated[row] as number),
    outcomes: Float64Array.from(rows, (row) => trial.outcomes[row] as number),
    vectors,
  }
}
