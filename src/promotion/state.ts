// Who decides in each campaign: the champion, the challenger that waits or is tried on a share of the
// people, and the models that are a campaign's own. A fold over the log; what the gate finds out comes
// in as events.

import { assert } from '../kernel/assert.ts'
import type { CampaignId, ProfileId } from '../kernel/ids.ts'
import { bucketOf } from '../kernel/hash.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'
import type { Example, ModelSpec, PolicySpec } from '../model/events.ts'
import { type Bandit, createBandit, dumpBandit, learn, restoreBandit } from '../model/index.ts'
import { CAMPAIGNS_APPLIED, type CampaignsApplied, type CampaignSpec } from '../decision/events.ts'
import type { Serving } from '../decision/index.ts'
import {
  GATE_JUDGED,
  type GateJudged,
  POLICY_PROPOSED,
  type PolicyProposed,
  ROLLOUT_MOVED,
  type RolloutMoved,
} from './events.ts'

/** A policy and what it draws its scores from. */
export type Contender = {
  readonly policy: PolicySpec
  /** null = the model that all campaigns share. */
  readonly model: ModelSpec | null
  /** Of `models`; '' for the shared one. */
  readonly modelId: string
}

export type Challenger = Contender & {
  readonly id: string
  readonly safety: boolean
  readonly by: string
  readonly reason: string
  readonly proposedAt: number
  readonly proposedOffset: number
  /** Of the people; 0 before the gate has let it through. */
  share: number
  /** When it got that share, ms. */
  shareSince: number
  judged: (GateJudged & { readonly at: number }) | null
}

/** A challenger that is one no more, for people to look at. */
export type PastChallenger = {
  readonly id: string
  readonly policy: PolicySpec
  readonly model: ModelSpec | null
  readonly at: number
  readonly move: RolloutMoved
  readonly judged: GateJudged | null
}

export type Track = {
  readonly campaignId: CampaignId
  champion: Contender & { readonly since: number; readonly sinceOffset: number }
  challenger: Challenger | null
  /** Before this offset rewards were of another goal. */
  comparableFrom: number
  goal: string
  /** Policy and model that the plan asks for, as text. */
  wished: string
  readonly past: PastChallenger[]
}

export type Promotion = {
  /** In the order of first sight. */
  readonly tracks: Map<CampaignId, Track>
  /** By contender's `modelId`. */
  readonly models: Map<string, Bandit>
}

export const PAST_MAX = 5
/** Campaigns, past ones included, whose champion is remembered. */
export const TRACKS_MAX = 1_000
/** Models beside the shared one: each learns from every reward. */
export const MODELS_MAX = 4

export const createPromotion = (): Promotion => ({ tracks: new Map(), models: new Map() })

/** Takes one event in. */
export const foldPromotion = (state: Promotion, event: LogEvent): void => {
  switch (event.type) {
    case CAMPAIGNS_APPLIED:
      return foldApplied(state, event as LogEvent<CampaignsApplied>)
    case POLICY_PROPOSED:
      return foldProposed(state, event as LogEvent<PolicyProposed>)
    case GATE_JUDGED:
      return foldJudged(state, event as LogEvent<GateJudged>)
    case ROLLOUT_MOVED:
      return foldMoved(state, event as LogEvent<RolloutMoved>)
    default:
  }
}

/** The models of campaigns' own learn what the shared one learns. */
export const learnOwnModels = (state: Promotion, example: Example): void => {
  for (const model of state.models.values()) learn(model, example)
}

/** Who decides here for this person. `shared` is the model of all. */
export const servingFor = (
  state: Promotion,
  shared: Bandit,
  { campaign, profileId }: { readonly campaign: CampaignSpec; readonly profileId: ProfileId },
): Serving => {
  const track = state.tracks.get(campaign.id)
  if (track === undefined) return { policy: campaign.policy, model: shared, modelId: '' }
  const { champion, challenger } = track
  if (challenger === null) return servingOf(state, shared, champion)
  const { id: challengerId, share } = challenger
  const chosen = hasChallenger(challenger, profileId)
  return {
    ...servingOf(state, shared, chosen ? challenger : champion),
    ...(share === 0 ? {} : { rollout: { challengerId, arm: chosen ? 'challenger' : 'champion', share } }),
    ...(chosen ? {} : { shadow: { challengerId, ...servingOf(state, shared, challenger) } }),
  }
}

/** Whether the salted hash gives this person the challenger: who has it keeps it as the share grows. */
export const hasChallenger = (
  { id, share }: Pick<Challenger, 'id' | 'share'>,
  profileId: ProfileId,
): boolean => share > 0 && bucketOf(profileId, `rollout ${id}`) < share

/** A fixed policy whose action is gone cannot go on: whatever is applied takes its place. */
export const canRun = ({ policy }: Pick<Contender, 'policy'>, campaign: CampaignSpec): boolean =>
  policy.kind !== 'fixed' ||
  policy.actionId === 'nothing' ||
  campaign.actions.some(({ id }) => id === policy.actionId)

export const sameContender = (
  left: Pick<Contender, 'policy' | 'model'>,
  right: Pick<Contender, 'policy' | 'model'>,
): boolean => canonicalJson([left.policy, left.model]) === canonicalJson([right.policy, right.model])

const servingOf = (state: Promotion, shared: Bandit, { policy, modelId }: Contender): Serving => {
  const model = modelId === '' ? shared : state.models.get(modelId)
  assert(model !== undefined, 'a model in use is kept')
  return { policy, model, modelId }
}

const foldApplied = (state: Promotion, { data, at, offset }: LogEvent<CampaignsApplied>): void => {
  for (const campaign of data.campaigns) {
    const goal = canonicalJson(campaign.goal)
    const wished = { policy: campaign.policy, model: campaign.model ?? null }
    const track = state.tracks.get(campaign.id)
    if (track === undefined) {
      const modelId = modelOf(state, wished, `own ${campaign.id} ${offset}`)
      state.tracks.set(campaign.id, {
        campaignId: campaign.id,
        champion: { ...wished, modelId, since: at, sinceOffset: offset },
        challenger: null,
        comparableFrom: offset,
        goal,
        wished: canonicalJson(wished),
        past: [],
      })
      continue
    }
    const isNews = track.wished !== canonicalJson(wished)
    track.wished = canonicalJson(wished)
    // The plan asks for what decides already: whatever stood for trial is not wanted any more.
    if (isNews && sameContender(track.champion, wished)) withdraw(track, at)
    if (track.goal !== goal) {
      track.goal = goal
      track.comparableFrom = offset
    }
    const keeps = data.gated === true && canRun(track.champion, campaign)
    if (keeps || sameContender(track.champion, wished)) continue
    // What stood for trial was to replace a champion that is gone.
    track.challenger = null
    const modelId = modelOf(state, wished, `own ${campaign.id} ${offset}`)
    crown(state, track, { ...wished, modelId }, { at, offset })
  }
  const inPlan = new Set(data.campaigns.map(({ id }) => id))
  for (const [id] of state.tracks) {
    if (state.tracks.size <= TRACKS_MAX) break
    if (!inPlan.has(id)) state.tracks.delete(id)
  }
  dropModels(state)
}

/** Said by the plan alone: an undone one, for example, says no more than this. */
const withdraw = (track: Track, at: number): void => {
  const { campaignId, challenger } = track
  if (challenger === null) return
  const { id, share } = challenger
  const cause = 'withdrawn'
  end(track, at, { campaignId, challengerId: id, from: share, to: 0, cause, detail: '', by: '' })
}

const end = (track: Track, at: number, move: RolloutMoved): void => {
  if (track.challenger === null) return
  const { id, policy, model, judged } = track.challenger
  track.challenger = null
  track.past.push({ id, policy, model, at, move, judged })
  if (track.past.length > PAST_MAX) track.past.shift()
}

/** Makes the model that a contender asks for; '' where it wants the shared one, or there is no room for another. */
const modelOf = (
  state: Promotion,
  { model }: { readonly model: ModelSpec | null },
  modelId: string,
): string => {
  if (model === null || state.models.size >= MODELS_MAX) return ''
  const { kind, halfLifeDays, learnsPrior = false } = model
  const options = { kind, learnsPrior, ...(halfLifeDays === undefined ? {} : { halfLifeDays }) }
  state.models.set(modelId, createBandit(options))
  return modelId
}

const crown = (
  state: Promotion,
  track: Track,
  contender: Contender,
  { at, offset }: { readonly at: number; readonly offset: number },
): void => {
  const { policy, model, modelId } = contender
  track.champion = { policy, model, modelId, since: at, sinceOffset: offset }
  dropModels(state)
}

const foldProposed = (state: Promotion, { data, at, offset }: LogEvent<PolicyProposed>): void => {
  const track = state.tracks.get(data.campaignId)
  if (track === undefined) return
  const { challengerId, policy, model, safety, by, reason } = data
  track.challenger = null
  dropModels(state)
  track.challenger = {
    id: challengerId,
    policy,
    model,
    modelId: modelOf(state, data, challengerId),
    safety,
    by,
    reason,
    proposedAt: at,
    proposedOffset: offset,
    share: 0,
    shareSince: at,
    judged: null,
  }
}

const foldJudged = (state: Promotion, { data, at }: LogEvent<GateJudged>): void => {
  const challenger = state.tracks.get(data.campaignId)?.challenger
  if (challenger?.id === data.challengerId) challenger.judged = { ...data, at }
}

const foldMoved = (state: Promotion, { data, at, offset }: LogEvent<RolloutMoved>): void => {
  const track = state.tracks.get(data.campaignId)
  const challenger = track?.challenger
  if (track === undefined || challenger?.id !== data.challengerId) return
  if (data.to > 0 && data.to < 1) {
    challenger.share = data.to
    challenger.shareSince = at
    return
  }
  end(track, at, data)
  if (data.to === 1) crown(state, track, challenger, { at, offset })
  dropModels(state)
}

/** Models that nobody draws from any more. */
const dropModels = (state: Promotion): void => {
  const used = new Set<string>()
  for (const { champion, challenger } of state.tracks.values()) {
    used.add(champion.modelId)
    if (challenger !== null) used.add(challenger.modelId)
  }
  for (const id of state.models.keys()) if (!used.has(id)) state.models.delete(id)
}

export const dumpPromotion = (state: Promotion): Dump => {
  const dump: Record<string, Dump[string]> = {
    // A copy: the state goes on changing while the dump is written.
    tracks: JSON.parse(JSON.stringify([...state.tracks.values()])) as Json,
    models: [...state.models].map(([id, { options }]) => [
      id,
      options.kind,
      String(options.halfLifeDays),
      options.learnsPrior,
    ]),
  }
  for (const [index, model] of [...state.models.values()].entries())
    for (const [name, column] of Object.entries(dumpBandit(model))) dump[`model${index}.${name}`] = column
  return dump
}

export const restorePromotion = (dump: Dump): Promotion => {
  const state = createPromotion()
  const tracks = JSON.parse(JSON.stringify(dump['tracks'])) as readonly Track[]
  for (const track of tracks) state.tracks.set(track.campaignId, track)
  const models = dump['models'] as readonly (readonly [string, ModelSpec['kind'], string, boolean])[]
  for (const [index, [id, kind, halfLife, learnsPrior]] of models.entries()) {
    const own: Record<string, Dump[string]> = {}
    const prefix = `model${index}.`
    for (const [name, column] of Object.entries(dump))
      if (name.startsWith(prefix)) own[name.slice(prefix.length)] = column
    state.models.set(id, restoreBandit(own, { kind, halfLifeDays: Number(halfLife), learnsPrior }))
  }
  return state
}
