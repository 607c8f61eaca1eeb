// What the log says of a challenger, decision by decision: gathered from events as they come or as they
// are read again, so that it can be thrown away and made anew. Only decisions that the champion drew
// count for the estimate; what the challenger drew itself is compared person by person (arms.ts).

import { canonicalJson } from '../kernel/json.ts'
import { NOTHING, type CampaignId } from '../kernel/ids.ts'
import type { LogEvent } from '../log/port.ts'
import type { PolicySpec } from '../model/events.ts'
import { capOf, createRewardScale, distribution, noiseOf, observeReward } from '../model/index.ts'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from '../delivery/events.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../feedback/events.ts'
import { differenceBets, type RewardRange } from '../feedback/index.ts'
import { type Arms, countArm, createArms } from './arms.ts'
import { type Audit, auditDecision, createAudit } from './audit.ts'

/** Whose evidence is gathered. */
export type Question = {
  readonly campaignId: CampaignId
  readonly champion: { readonly policy: PolicySpec; readonly modelId: string }
  readonly challenger: {
    readonly id: string
    readonly policy: PolicySpec
    /** '' = it draws from the shared model, so that older decisions tell what it would have done. */
    readonly modelId: string
  }
}

/** A decision whose outcome is awaited: all that is needed to score it once the reward is known. */
type Pending = {
  /** Of the score that is bet on, at reward 0, and the least it can be. */
  readonly low: number
  readonly lowFloor: number
  /** Of the score with nothing cut. */
  readonly plain: number
  readonly weight: number
  readonly range: RewardRange
  readonly predicted: number
  readonly sent: boolean
  unsubscribed: boolean
  complained: boolean
}

/** Packed as `lowerBound` takes them. */
export type Bets = { pairs: Float64Array; length: number }

export type Evidence = {
  readonly question: Question
  readonly pending: Map<string, Pending>
  readonly scale: ReturnType<typeof createRewardScale>
  readonly audit: Audit
  readonly arms: Arms
  /** Bets on "the challenger earns more". */
  readonly low: Bets
  rows: number
  readonly sums: Sums
  /** Decisions in which the challenger wants what the champion never draws, of `seen`. */
  unseen: number
  seen: number
  /** Left out because `PENDING_MAX` were waiting, or `ROWS_MAX` were counted. */
  dropped: number
}

export type Sums = {
  score: number
  scoreSquares: number
  weight: number
  weightSquares: number
  weightMax: number
  reward: number
  /** Of prediction x and reward y, for the calibration: each row fades as later ones come. */
  count: number
  x: number
  y: number
  xx: number
  xy: number
  yy: number
  /** Weighted messages, and of them those that made somebody leave or complain. */
  sent: number
  sentSquares: number
  unsubscribed: number
  complained: number
}

export const PENDING_MAX = 100_000
export const ROWS_MAX = 200_000
/** Rewards are cut at this many times the cap that the model cuts them at: what it learns is what is judged. */
const CAP_FACTOR = 1

/** What the model expected weeks ago, when it knew less, says little of what it expects now. */
const CALIBRATION_ROWS = 3_000

export const createEvidence = (question: Question): Evidence => ({
  question,
  pending: new Map(),
  scale: createRewardScale(),
  audit: createAudit(),
  arms: createArms(),
  low: { pairs: new Float64Array(256), length: 0 },
  rows: 0,
  sums: {
    score: 0,
    scoreSquares: 0,
    weight: 0,
    weightSquares: 0,
    weightMax: 0,
    reward: 0,
    count: 0,
    x: 0,
    y: 0,
    xx: 0,
    xy: 0,
    yy: 0,
    sent: 0,
    sentSquares: 0,
    unsubscribed: 0,
    complained: 0,
  },
  unseen: 0,
  seen: 0,
  dropped: 0,
})

/** Takes one event in; others than those of the campaign change nothing. */
export const noteEvidence = (evidence: Evidence, event: LogEvent): void => {
  const { campaignId } = evidence.question
  switch (event.type) {
    case DECISION_MADE: {
      const made = event.data as DecisionMade
      if (made.campaignId === campaignId) noteDecision(evidence, made)
      return
    }
    case OUTCOME_SETTLED: {
      const outcome = event.data as OutcomeSettled
      if (outcome.campaignId === campaignId && outcome.kind === 'closed') noteOutcome(evidence, outcome)
      return
    }
    case DELIVERY_RESPONDED: {
      const responded = event.data as DeliveryResponded
      if (responded.campaignId === campaignId && !responded.machine) noteResponse(evidence, responded)
      return
    }
    default:
  }
}

const noteDecision = (evidence: Evidence, made: DecisionMade): void => {
  // A veto speaks against every action alike: what is left out so says nothing of either policy.
  if (made.group !== 'treated' || made.vetoes.length > 0 || made.candidates.length < 2) return
  auditDecision(evidence.audit, made)
  if (made.rollout?.challengerId === evidence.question.challenger.id)
    countArm(evidence.arms, { kind: 'decided', made })
  if (!isChampions(evidence, made)) return
  const policy = challengerProbabilities(evidence, made)
  if (policy === null) return
  evidence.seen++
  const logged = made.candidates.map(({ probability }) => probability)
  if (policy.some((p, i) => p > 0 && logged[i] === 0)) {
    evidence.unseen++
    return
  }
  if (evidence.pending.size >= PENDING_MAX || evidence.rows + evidence.pending.size >= ROWS_MAX) {
    evidence.dropped++
    return
  }
  evidence.pending.set(made.decisionId, pendingOf(evidence, made, { policy, logged }))
}

const pendingOf = (
  { scale }: Evidence,
  made: DecisionMade,
  { policy, logged }: { readonly policy: ArrayLike<number>; readonly logged: readonly number[] },
): Pending => {
  const predicted = made.candidates.map(({ mean }) => mean)
  const taken = made.candidates.findIndex(({ actionId }) => actionId === made.actionId)
  const losses = CAP_FACTOR * capOf(scale, 'losses')
  const range = {
    gains: CAP_FACTOR * capOf(scale, 'gains'),
    losses: Number.isFinite(losses) ? losses : 0,
    spread: noiseOf(scale),
  }
  const known = Number.isFinite(range.gains)
  // The score is a line in the reward; here it is at reward 0.
  const at = differenceBets({ taken, reward: 0, logged, predicted }, policy, known ? range : UNKNOWN)
  return {
    low: at.low.value,
    lowFloor: known ? at.low.floor : -Infinity,
    plain: at.score,
    weight: at.weight,
    range: known ? range : UNKNOWN,
    predicted: made.shadow?.mean ?? predicted[taken] ?? 0,
    sent: made.actionId !== NOTHING,
    unsubscribed: false,
    complained: false,
  }
}

const UNKNOWN: RewardRange = { gains: 0, losses: 0, spread: 0 }

const isChampions = ({ question }: Evidence, made: DecisionMade): boolean => {
  const { champion } = question
  if (made.rollout?.arm === 'challenger') return false
  const at = made.modelVersion.indexOf('@')
  const modelId = at < 0 ? '' : made.modelVersion.slice(at + 1)
  return modelId === champion.modelId && samePolicy(made.policy, champion.policy)
}

const spelt = new WeakMap<PolicySpec, string>()

const samePolicy = (left: PolicySpec, right: PolicySpec): boolean => {
  if (left === right) return true
  const known = spelt.get(right) ?? canonicalJson(right)
  spelt.set(right, known)
  return canonicalJson(left) === known
}

/** As recorded at the time, or from the recorded scores where it draws from the same ones; else null. */
const challengerProbabilities = (
  { question }: Evidence,
  made: DecisionMade,
):
  | (ArrayLike<number> & {
      some: (test: (p: number, i: number) => boolean) => boolean
    })
  | null => {
  const { challenger, champion } = question
  if (made.shadow?.challengerId === challenger.id) return [...made.shadow.probabilities]
  if (challenger.modelId !== champion.modelId) return null
  return scoresToProbabilities(made, challenger.policy)
}

/** What a policy would have drawn with, from the scores of the record. */
export const scoresToProbabilities = (made: DecisionMade, policy: PolicySpec): Float64Array =>
  distribution(
    policy,
    {
      mean: Float64Array.from(made.candidates, ({ mean }) => mean),
      stderr: Float64Array.from(made.candidates, ({ stderr }) => stderr),
      noise: made.modelNoise ?? 0,
    },
    { examples: made.modelExamples ?? 0, actionIds: made.candidates.map(({ actionId }) => actionId) },
  )

const noteResponse = (evidence: Evidence, { decisionId, kind }: DeliveryResponded): void => {
  if (kind !== 'unsubscribed' && kind !== 'complained') return
  countArm(evidence.arms, { kind, decisionId })
  const pending = evidence.pending.get(decisionId)
  if (pending === undefined) return
  if (kind === 'unsubscribed') pending.unsubscribed = true
  else pending.complained = true
}

const noteOutcome = (evidence: Evidence, { decisionId, total }: OutcomeSettled): void => {
  countArm(evidence.arms, { kind: 'closed', decisionId, reward: total })
  const pending = evidence.pending.get(decisionId)
  if (pending === undefined) return
  evidence.pending.delete(decisionId)
  settle(evidence, pending, total)
  observeReward(evidence.scale, { reward: total, residual: total, weight: 1 })
}

const settle = (evidence: Evidence, pending: Pending, reward: number): void => {
  const { sums, low } = evidence
  const { range, weight } = pending
  const slope = weight - 1
  const cut = Math.max(-range.losses, Math.min(range.gains, reward))
  evidence.rows++
  if (pending.lowFloor > -Infinity) push(low, pending.low + slope * cut, pending.lowFloor)
  const score = pending.plain + slope * reward
  sums.score += score
  sums.scoreSquares += score * score
  sums.weight += weight
  sums.weightSquares += weight * weight
  sums.weightMax = Math.max(sums.weightMax, weight)
  sums.reward += reward
  // Calibrated against what the model learns from: rewards without the far tail.
  const { predicted: x } = pending
  const y = range.gains > 0 ? cut : reward
  const keep = 1 - 1 / CALIBRATION_ROWS
  sums.count = sums.count * keep + 1
  sums.x = sums.x * keep + x
  sums.y = sums.y * keep + y
  sums.xx = sums.xx * keep + x * x
  sums.xy = sums.xy * keep + x * y
  sums.yy = sums.yy * keep + y * y
  if (!pending.sent) return
  sums.sent += weight
  sums.sentSquares += weight * weight
  if (pending.unsubscribed) sums.unsubscribed += weight
  if (pending.complained) sums.complained += weight
}

const push = (bets: Bets, value: number, floor: number): void => {
  if (2 * bets.length === bets.pairs.length) {
    const grown = new Float64Array(2 * bets.pairs.length)
    grown.set(bets.pairs)
    bets.pairs = grown
  }
  bets.pairs[2 * bets.length] = value
  bets.pairs[2 * bets.length + 1] = floor
  bets.length++
}
