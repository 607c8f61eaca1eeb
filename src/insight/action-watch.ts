// Watches how each campaign shares out its actions: when from one day to the next they are shared out otherwise, or nearly all
// goes to one, and nobody changed the campaign, its policy or its model, a person should know. A read model: no
// decision looks at it. What is compared are the probabilities that decisions were drawn from, not the luck of the draws.

import { CAMPAIGNS_APPLIED, DECISION_MADE } from '../decision/events.ts'
import type { CampaignsApplied, DecisionMade } from '../decision/events.ts'
import { canonicalJson } from '../kernel/json.ts'
import { hash32 } from '../kernel/hash.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import type { PolicySpec } from '../model/events.ts'
import { ACTIONS_SHIFTED, type ActionsShifted } from './events.ts'

/** Mean probability of each action. */
type Shares = Readonly<Record<string, number>>

type Watched = {
  /** Of the campaign as applied, of its policy and of its model; another one is another watch. */
  spec: number
  version: string
  /** Product day (UTC) that is being counted; what a quiet day brings is counted with the next. */
  day: number
  decisions: number
  sums: Record<string, number>
  /** Of the days before, later ones weighing more; null before the first. */
  usual: Shares | null
  /** How far single days were from what was usual, newest last. */
  distances: number[]
  /** The last alarm of a collapse has not been followed by a day of variety. */
  collapsed: boolean
}

export type ActionWatch = {
  readonly campaigns: Map<string, Watched>
  /** To be recorded. */
  readonly due: Map<string, ActionsShifted>
  /** Newest last. */
  readonly found: ActionsShifted[]
}

export const ACTION_WATCH_LIMITS = { campaigns: 1_000, found: 60 } as const
const DECISIONS_MIN = 100
/** Days known before a shift is told: a young policy moves, since it learns. */
const DAYS_KNOWN_MIN = 5
const DAYS_KEPT = 14
/** Half-life of what is usual, in days. */
const KEEP = 2 ** (-1 / 7)
/** Population stability index that counts as a shift; and how many times farther than its median day. */
const PSI_MIN = 0.25
const PSI_TIMES = 3
const SHARE_MIN = 1e-3
/** Nearly all goes to one action; and what is variety again. */
const COLLAPSED_SHARE = 0.9
const VARIED_SHARE = 0.75

export const createActionWatch = (): ActionWatch => ({ campaigns: new Map(), due: new Map(), found: [] })

/** Counts decisions day by day. Held-out people and a challenger's decisions are nobody's shift. */
export const foldActionWatch = (watch: ActionWatch, event: LogEvent): void => {
  if (event.type === DECISION_MADE) foldDecision(watch, event.data as DecisionMade)
  else if (event.type === CAMPAIGNS_APPLIED) foldCampaigns(watch, event.data as CampaignsApplied)
  else if (event.type === ACTIONS_SHIFTED) {
    const shifted = event.data as ActionsShifted
    watch.due.delete(shifted.campaignId)
    watch.found.push(shifted)
    if (watch.found.length > ACTION_WATCH_LIMITS.found) watch.found.shift()
  }
}

/** What is to be recorded now; changes nothing. */
export const dueActionAlarms = (watch: ActionWatch, now: number): readonly NewEvent[] =>
  [...watch.due.values()].map((shifted) => ({
    id: `actions:${shifted.campaignId}:${shifted.day}`,
    type: ACTIONS_SHIFTED,
    key: shifted.campaignId,
    at: now,
    data: shifted,
  }))

/** Told within the last day. */
export const openActionAlarms = ({ found }: ActionWatch, now: number): readonly ActionsShifted[] =>
  found.filter(({ day }) => now < (day + 2) * DAY_MS)

const foldCampaigns = (watch: ActionWatch, { campaigns }: CampaignsApplied): void => {
  const specs = new Map(campaigns.map((campaign) => [campaign.id as string, hash32(canonicalJson(campaign))]))
  for (const [id, watched] of watch.campaigns) {
    const spec = specs.get(id)
    if (spec === undefined) watch.campaigns.delete(id)
    else if (watched.spec !== spec) Object.assign(watched, fresh(spec, ''))
  }
  for (const [id, spec] of specs)
    if (!watch.campaigns.has(id) && watch.campaigns.size < ACTION_WATCH_LIMITS.campaigns)
      watch.campaigns.set(id, fresh(spec, ''))
}

const fresh = (spec: number, version: string): Watched => ({
  spec,
  version,
  day: -1,
  decisions: 0,
  sums: {},
  usual: null,
  distances: [],
  collapsed: false,
})

const foldDecision = (watch: ActionWatch, made: DecisionMade): void => {
  const watched = watch.campaigns.get(made.campaignId)
  if (watched === undefined || made.group === 'holdout' || made.candidates.length === 0) return
  if (made.rollout?.arm === 'challenger') return
  const version = versionOf(made)
  if (watched.version !== version) Object.assign(watched, fresh(watched.spec, version))
  const day = Math.floor(made.at / DAY_MS)
  if (day > watched.day) {
    if (watched.decisions >= DECISIONS_MIN) {
      const shifted = closeDay(made.campaignId, watched)
      if (shifted !== null) watch.due.set(made.campaignId, shifted)
    }
    watched.day = day
  }
  watched.decisions++
  for (const { actionId, probability } of made.candidates)
    watched.sums[actionId] = (watched.sums[actionId] ?? 0) + probability
}

/** Policies of living campaigns are the same ones again and again: spelt once for as long as the model is called the same. */
const versions = new WeakMap<PolicySpec, { readonly modelVersion: string; readonly version: string }>()

/** Resets and changes of the model are in its version; how much it has learnt is not a change. */
const versionOf = ({ policy, modelVersion }: DecisionMade): string => {
  const known = versions.get(policy)
  if (known?.modelVersion === modelVersion) return known.version
  const version = `${JSON.stringify(policy)} ${modelVersion.replace(/-n\d+/, '')}`
  versions.set(policy, { modelVersion, version })
  return version
}

/** Compares the day with what was usual, makes it part of that, and begins another. */
const closeDay = (campaignId: string, watched: Watched): ActionsShifted | null => {
  const shares = scaled(watched.sums, 1 / watched.decisions)
  const { usual, distances, decisions, day } = watched
  const distance = usual === null ? 0 : psi(usual, shares)
  const [top, share] = Object.entries(shares).reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])
  const isKnown = distances.length >= DAYS_KNOWN_MIN
  const collapses = isKnown && !watched.collapsed && share >= COLLAPSED_SHARE
  const shifts = isKnown && distance >= Math.max(PSI_MIN, PSI_TIMES * median(distances))
  if (share < VARIED_SHARE) watched.collapsed = false
  // What was so from the first days on is how this campaign is.
  if (share >= COLLAPSED_SHARE) watched.collapsed = true
  // What has been told is usual from then on: going back is told again, staying is not.
  watched.usual = usual === null || collapses || shifts ? shares : mixed(usual, shares)
  if (usual !== null) watched.distances = [...distances, distance].slice(-DAYS_KEPT)
  watched.decisions = 0
  watched.sums = {}
  if (!collapses && !shifts) return null
  const moved = collapses ? top : mostMoved(usual ?? {}, shares)
  return {
    campaignId,
    day,
    kind: collapses ? 'collapsed' : 'shifted',
    decisions,
    distance,
    actionId: moved,
    share: shares[moved] ?? 0,
    usualShare: usual?.[moved] ?? 0,
  }
}

/** Σ (p − q) · ln(p / q), shares at least a thousandth. */
const psi = (before: Shares, after: Shares): number => {
  let sum = 0
  for (const id of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const p = Math.max(SHARE_MIN, after[id] ?? 0)
    const q = Math.max(SHARE_MIN, before[id] ?? 0)
    sum += (p - q) * Math.log(p / q)
  }
  return sum
}

const mostMoved = (before: Shares, after: Shares): string => {
  const moved = (id: string): number => Math.abs((after[id] ?? 0) - (before[id] ?? 0))
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  return ids.reduce((most, id) => (moved(id) > moved(most) ? id : most), ids[0] ?? '')
}

const scaled = (sums: Shares, factor: number): Shares =>
  Object.fromEntries(Object.entries(sums).map(([id, sum]) => [id, sum * factor]))

const mixed = (before: Shares, after: Shares): Shares => {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    ids
      .map((id) => [id, KEEP * (before[id] ?? 0) + (1 - KEEP) * (after[id] ?? 0)] as const)
      .filter(([, share]) => share >= SHARE_MIN / 10),
  )
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

export const dumpActionWatch = ({ campaigns, due, found }: ActionWatch): Dump => ({
  actionWatch: JSON.parse(JSON.stringify({ campaigns: [...campaigns], due: [...due], found })),
})

export const restoreActionWatch = (dump: Dump): ActionWatch => {
  const { campaigns, due, found } = structuredClone(dump['actionWatch']) as unknown as {
    readonly campaigns: readonly (readonly [string, Watched])[]
    readonly due: readonly (readonly [string, ActionsShifted])[]
    readonly found: ActionsShifted[]
  }
  return { campaigns: new Map(campaigns), due: new Map(due), found }
}
