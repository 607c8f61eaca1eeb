// One decision for one person at one moment: prune what may not be, score what may, draw, and write
// down everything that is needed to draw it again. Pure: the same input gives the same record.

import { assert } from '../kernel/assert.ts'
import { hash32 } from '../kernel/hash.ts'
import { asDecisionId, NOTHING } from '../kernel/ids.ts'
import type { ActionId, CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import { localHourOf, nextLocalHour } from '../kernel/local-hour.ts'
import { createRng } from '../kernel/rng.ts'
import { localTime } from '../kernel/time.ts'
import type { Feature, PolicySpec, TimingSaid, UpliftSaid } from '../model/events.ts'
import { choose, createScoreRoom, distribution, modelVersionOf, scoreActions } from '../model/index.ts'
import type { Bandit, DecisionScores, ScoreRoom, Scores } from '../model/index.ts'
import type {
  ActionSpec,
  Autonomy,
  CampaignSpec,
  CandidateRecord,
  DecisionCause,
  DecisionMade,
  Reason,
} from './events.ts'
import { actionFeatures, contextFeatures, nothingFeatures } from './features.ts'
import type { Person } from './people.ts'

/** Which policy and model answer, and whose word is recorded beside them. */
export type Serving = {
  readonly policy: PolicySpec
  readonly model: Bandit
  /** '' = the model that all campaigns share. */
  readonly modelId: string
  readonly rollout?: NonNullable<DecisionMade['rollout']>
  /** Draws nothing: how likely it would have drawn each action is recorded. */
  readonly shadow?: { readonly challengerId: string; readonly policy: PolicySpec; readonly model: Bandit }
}

export type DecideInput = {
  /** Of the work item; made by {@link decisionIdOf}. */
  readonly decisionId: DecisionId
  readonly campaign: CampaignSpec
  readonly cause: DecisionCause
  readonly person: Person
  /** What models expect of the person: seen by the bandit and recorded. */
  readonly scores?: DecisionScores
  /** When what leaves at the best hour leaves; absent: no action does, or no hour is allowed. */
  readonly timing?: ChosenTime | undefined
  /** Recorded; who is not admitted has every action blocked. */
  readonly uplift?: UpliftSaid | null
  readonly group: 'treated' | 'holdout'
  /** What the requester or trigger said of the moment: device, weather, brand state. */
  readonly context: Readonly<Record<string, Json>>
  readonly model: Bandit
  /** Left out: the campaign's own policy with `model`. */
  readonly serving?: Serving
  /** Every reason why an action may not go to this person at `sendAt`: it is pruned before the draw. */
  readonly blocked: (action: ActionSpec, sendAt: number) => readonly Reason[]
  /** What speaks against any action, whichever is drawn: recorded, the draw stays. */
  readonly vetoes: readonly Reason[]
  /** How far the drawn action may go by itself; its veto is recorded, the draw stays. Absent: as far as it likes. */
  readonly autonomy?: (action: ActionSpec) => Governed | undefined
  readonly versions: { readonly campaigns: string; readonly creatives: string; readonly limits: string }
  /** Offset of the last folded event. */
  readonly asOf: number
}

export type ChosenTime = {
  /** Recorded when an action with that moment is drawn. */
  readonly said: TimingSaid
  /** How far answers at a local hour are expected to lie above the person's mean, as a logarithm: the bandit sees it. */
  readonly leanAt: (hour: number) => number
}

export type Governed = { readonly autonomy: Autonomy; readonly veto: Reason | null }

/** One id per campaign, cause and person: deciding twice gives a duplicate, which the log refuses. */
export const decisionIdOf = (campaignId: CampaignId, ref: string, profileId: ProfileId): DecisionId =>
  asDecisionId(`dec:${campaignId}:${ref}:${profileId}`)

/** Seed of the draw of an hour: another than that of the action, so that neither tells of the other. */
export const slotSeedOf = (decisionId: string): string => `${decisionId} slot`

/**
 * Decides: the complete record, ready to be appended under its own id. People held out get nothing
 * with propensity 1 and no draw; a campaign in shadow draws, and its action is withheld.
 */
export const decide = (input: DecideInput, { now }: { readonly now: number }): DecisionMade => {
  const { decisionId, campaign, person, group } = input
  const serving = servingOf(input)
  const local = localTime(now, person.timeZone)
  const shared = [
    ...person.features,
    ...(input.scores?.features ?? []),
    ...contextFeatures(input.context, local),
  ]
  const pruned = group === 'holdout' ? NOBODY : prune(input, now)
  const { candidates, noise, shadow } = rate(input, shared, pruned.eligible)
  const seed = seedOf(decisionId, input.versions.campaigns)
  // Held out means that there is nothing to choose: no draw, so no chance either.
  const index = group === 'holdout' ? 0 : chooseFrom(candidates, seed)
  const chosen = candidates[index]
  assert(chosen !== undefined, 'nothing is always a candidate')
  const drawn = pruned.eligible.find(({ action }) => action.id === chosen.actionId)
  const governed = drawn === undefined ? undefined : input.autonomy?.(drawn.action)
  const vetoes = [...vetoesOf(input), ...(governed?.veto ? [governed.veto] : [])]
  return {
    decisionId,
    campaignId: campaign.id,
    profileId: person.profileId,
    at: now,
    asOf: input.asOf,
    cause: input.cause,
    group,
    context: { ...input.context, hour: local.hour, weekday: local.weekday },
    shared,
    ...(input.scores === undefined || input.scores.said.length === 0 ? {} : { scores: input.scores.said }),
    ...(input.uplift === undefined || input.uplift === null ? {} : { uplift: input.uplift }),
    candidates,
    rejected: pruned.rejected,
    actionId: chosen.actionId,
    propensity: chosen.probability,
    seed,
    policy: serving.policy,
    ...(serving.rollout === undefined ? {} : { rollout: serving.rollout }),
    ...(shadow === null ? {} : { shadow: { ...shadow.recorded, mean: recorded(shadow.means[index]) } }),
    modelVersion: versionOfModel(serving),
    modelExamples: serving.model.examples,
    modelNoise: noise,
    campaignsVersion: input.versions.campaigns,
    creativesVersion: input.versions.creatives,
    limitsVersion: input.versions.limits,
    verdict: verdictOf(chosen.actionId, group, vetoes),
    vetoes,
    sendAt: drawn?.sendAt ?? now,
    ...(drawn?.action.moment === 'best' && input.timing !== undefined ? { timing: input.timing.said } : {}),
    ...(governed === undefined ? {} : { autonomy: governed.autonomy }),
  }
}

/**
 * When an action's message leaves: now, or at the next start of its local hour for this person. What leaves at the
 * best hour leaves now where none was chosen; the checks then say what speaks against that.
 */
export const sendAtOf = (moment: string, now: number, timeZone: string): number =>
  moment === 'now' || moment === 'best' ? now : nextLocalHour(now, Number(moment.slice(0, 2)), timeZone)

/** Draws, or draws again, from recorded probabilities with a recorded seed: the index of the chosen one. */
export const chooseFrom = (candidates: readonly CandidateRecord[], seed: string): number => {
  const probabilities = candidates.map(({ probability }) => probability)
  return choose(probabilities, createRng(seed)).index
}

type Timed = { readonly action: ActionSpec; readonly sendAt: number }
type Pruned = { readonly eligible: readonly Timed[]; readonly rejected: DecisionMade['rejected'] }

const NOBODY: Pruned = { eligible: [], rejected: [] }

const prune = (input: DecideInput, now: number): Pruned => {
  const { campaign, person, blocked, uplift, timing } = input
  const eligible: Timed[] = []
  const rejected: { actionId: ActionId; reasons: readonly Reason[] }[] = []
  const withoutUplift: readonly Reason[] =
    uplift?.admitted === false ? [{ code: 'no_uplift', detail: uplift.expected.toFixed(2) }] : []
  for (const action of campaign.actions) {
    const chosen = action.moment === 'best' ? timing?.said.at : undefined
    const sendAt = chosen ?? sendAtOf(action.moment, now, person.timeZone)
    const reasons = [...withoutUplift, ...blocked(action, sendAt)]
    if (reasons.length === 0) eligible.push({ action, sendAt })
    else rejected.push({ actionId: action.id, reasons })
  }
  return { eligible, rejected }
}

const servingOf = ({ serving, campaign, model }: DecideInput): Serving =>
  serving ?? { policy: campaign.policy, model, modelId: '' }

/** Nothing first, then the eligible actions in the order of the plan, each with score and probability. */
const rate = (
  input: DecideInput,
  shared: readonly Feature[],
  eligible: readonly Timed[],
): {
  readonly candidates: readonly CandidateRecord[]
  readonly noise: number
  readonly shadow: Shadow | null
} => {
  const { campaign, person } = input
  const serving = servingOf(input)
  const { policy, model } = serving
  const actionIds: ActionId[] = [NOTHING]
  const features: (readonly Feature[])[] = [nothingFeatures(campaign)]
  for (const { action, sendAt } of eligible) {
    const sendHour = localHourOf(sendAt, person.timeZone)
    actionIds.push(action.id)
    const described = actionFeatures(campaign, action, sendHour, person.usualHours)
    const { timing } = input
    features.push(
      timing === undefined ? described : [...described, ['hour_lean', recorded(timing.leanAt(sendHour))]],
    )
  }
  const room = roomIn(rooms, features.length)
  const scores = scoreActions(model, { shared, actions: features }, room)
  const asked = { examples: model.examples, actionIds, room: room.probability }
  const probabilities = actionIds.length === 1 ? CERTAIN : distribution(policy, scores, asked)
  const candidates = actionIds.map((actionId, index) => ({
    actionId,
    features: features[index] ?? [],
    mean: recorded(scores.mean[index]),
    stderr: recorded(scores.stderr[index]),
    probability: recorded(probabilities[index]),
  }))
  const shadow = input.group === 'holdout' ? null : shadowOf(serving, { scores, shared, features, actionIds })
  return { candidates, noise: recorded(scores.noise), shadow }
}

/** By how many actions there are: what is scored is read out before the next decision. */
const rooms: (ScoreRoom | undefined)[] = []
const shadowRooms: (ScoreRoom | undefined)[] = []

const roomIn = (of: (ScoreRoom | undefined)[], actions: number): ScoreRoom =>
  (of[actions] ??= createScoreRoom(actions))

type Shadow = {
  readonly recorded: Omit<NonNullable<DecisionMade['shadow']>, 'mean'>
  readonly means: Float64Array
}

/** What the challenger would have done here; with the scores at hand where it has the same model. */
const shadowOf = (
  { shadow, model }: Serving,
  about: {
    readonly scores: Scores
    readonly shared: readonly Feature[]
    readonly features: readonly (readonly Feature[])[]
    readonly actionIds: readonly ActionId[]
  },
): Shadow | null => {
  if (shadow === undefined || about.actionIds.length === 1) return null
  const { features: actions, shared, actionIds } = about
  const scores =
    shadow.model === model
      ? about.scores
      : scoreActions(shadow.model, { shared, actions }, roomIn(shadowRooms, actions.length))
  const probabilities = distribution(shadow.policy, scores, { examples: shadow.model.examples, actionIds })
  return {
    recorded: { challengerId: shadow.challengerId, probabilities: Array.from(probabilities, recorded) },
    means: scores.mean,
  }
}

const CERTAIN: readonly number[] = [1]

type Version = Pick<Bandit, 'examples' | 'slices' | 'resets'> & {
  readonly changes: number
  readonly version: string
}
const versions = new WeakMap<Bandit, Version>()

/** Spelt once for as long as the model learns nothing. */
const versionOfModel = ({ model, modelId }: Serving): string => {
  const { examples, slices, resets } = model
  const changes = model.change.found
  const known = versions.get(model)
  if (
    known !== undefined &&
    known.examples === examples &&
    known.slices === slices &&
    known.resets === resets &&
    known.changes === changes
  )
    return known.version
  const version = `${modelVersionOf(model)}${modelId === '' ? '' : `@${modelId}`}`
  versions.set(model, { examples, slices, resets, changes, version })
  return version
}

const vetoesOf = ({ group, campaign, vetoes }: DecideInput): readonly Reason[] => [
  ...(group === 'holdout' ? [{ code: 'holdout', detail: '' } as const] : []),
  ...(campaign.status === 'shadow' ? [{ code: 'shadow', detail: campaign.id } as const] : []),
  ...vetoes,
]

const verdictOf = (
  actionId: ActionId,
  group: DecisionMade['group'],
  vetoes: readonly Reason[],
): DecisionMade['verdict'] => {
  if (group === 'holdout') return 'withheld'
  if (actionId === NOTHING) return 'nothing'
  return vetoes.length > 0 ? 'withheld' : 'act'
}

const seedOf = (decisionId: DecisionId, campaignsVersion: string): string => {
  const text = `${decisionId} ${campaignsVersion}`
  return [0, 1].map((salt) => hash32(text, salt).toString(16).padStart(8, '0')).join('')
}

/** As JSON can carry it: finite, and zero without a sign. */
const recorded = (value: number | undefined): number => {
  assert(value !== undefined && Number.isFinite(value), 'a record holds finite numbers')
  return value + 0
}
