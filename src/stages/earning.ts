// How autonomy is lost by itself and offered again on evidence: looked up in the records that governance
// keeps and in what feedback measures.

import { campaignsInForce } from '../decision/index.ts'
import { liftReport } from '../feedback/index.ts'
import {
  BREACHED,
  type ActionClass,
  type Breached,
  type BreachKind,
  type Level,
  type Wish,
} from '../governance/events.ts'
import {
  CAP_AFTER,
  capKey,
  closedProposals,
  evidenceOf,
  sameWish,
  type GovernanceState,
} from '../governance/index.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import type { LoopState } from '../loop.ts'
import { LOOP } from './batches.ts'
import { PROMOTE, promotionGround } from './governed-executors.ts'

/** What takes autonomy away by itself. */
export const breaches = (state: LoopState, now: number): readonly NewEvent[] => {
  const { governance } = state
  const { earn } = governance.policy
  if (earn === null) return []
  const events: NewEvent[] = []
  const { dataAt, staleSince, modelResets, modelResetsJudged } = governance
  if (earn.staleDataMs !== null && dataAt > 0 && staleSince === 0 && now - dataAt > earn.staleDataMs)
    for (const name of RISKING)
      events.push(
        ...breach(
          governance,
          { of: name, campaignId: '', kind: 'stale_data', detail: new Date(dataAt).toISOString() },
          now,
        ),
      )
  if (modelResets > modelResetsJudged)
    for (const name of ['message', 'placement'] as const)
      events.push(
        ...breach(
          governance,
          { of: name, campaignId: '', kind: 'model_changed', detail: `reset ${modelResets}` },
          now,
        ),
      )
  for (const [campaignId, { deciding, decidingJudged }] of governance.campaigns)
    if (deciding !== decidingJudged)
      events.push(
        ...breach(governance, { of: 'message', campaignId, kind: 'policy_changed', detail: deciding }, now),
      )
  return events
}

const RISKING: readonly ActionClass[] = ['message', 'offer', 'spend']

type Found = {
  readonly of: ActionClass
  readonly campaignId: string
  readonly kind: BreachKind
  readonly detail: string
}

export const breach = ({ policy }: GovernanceState, found: Found, now: number): readonly NewEvent[] => {
  if (policy.earn === null) return []
  const { of, campaignId, kind, detail } = found
  const data: Breached = { class: of, campaignId, kind, detail, capTo: CAP_AFTER[kind] }
  return [
    {
      id: `brk:${of}:${campaignId}:${kind}:${detail}:${now}`,
      type: BREACHED,
      key: campaignId,
      at: now,
      data,
    },
  ]
}

/** Groups that are not as they were drawn: whatever is measured with them is worth nothing. */
export const mismatches = (state: LoopState, now: number): readonly NewEvent[] =>
  campaignsInForce(state.decision).campaigns.flatMap(({ id }) => {
    const cap = state.governance.caps.get(capKey('message', id))
    if (cap !== undefined && cap <= CAP_AFTER.sample_ratio) return []
    const { verdict, sampleRatioP } = liftReport(state.feedback, { campaignId: id })
    if (verdict !== 'sample_ratio_mismatch') return []
    const detail = `p = ${sampleRatioP ?? 0}`
    return breach(state.governance, { of: 'message', campaignId: id, kind: 'sample_ratio', detail }, now)
  })

/** A level is offered when it was earned; a person gives it. */
export const promotionWishes = (state: LoopState, now: number): readonly Wish[] => {
  const { governance } = state
  return [...governance.records.values()].flatMap((record) => {
    const wish = promotionWish(state, record.class, record.campaignId)
    if (wish === null || !wish.earned) return []
    if (sameWish(governance, wish.wish) !== undefined) return []
    if (wasAnswered(governance, wish.wish, ['rejected', 'expired'], now - REPEAT_MS)) return []
    return [wish.wish]
  })
}

const REPEAT_MS = 7 * DAY_MS

/** One level up for a class, or for a class of one campaign, with its evidence; null at the top. */
export const promotionWish = (
  state: LoopState,
  of: ActionClass,
  campaignId: string,
): { readonly wish: Wish; readonly earned: boolean } | null => {
  const { governance } = state
  const level = levelOf(governance, of, campaignId)
  if (level >= 4) return null
  const record = governance.records.get(capKey(of, campaignId))
  const earn = governance.policy.earn ?? { decisions: 50, uneditedShare: 0.95, staleDataMs: null }
  const evidence =
    record === undefined
      ? null
      : evidenceOf(record, { level, earn, gainLow: gainLowOf(state, of, campaignId) })
  const next = (level + 1) as Level
  const figures: [string, string][] =
    evidence === null
      ? [['decisions', '0']]
      : [
          ['decisions', `${evidence.decisions.have} / ${evidence.decisions.need}`],
          ['unedited', evidence.unedited.have === null ? '?' : percent(evidence.unedited.have)],
          ['breaches', String(record?.breaches ?? 0)],
          ['gain_low', evidence.gain.low === null ? '?' : String(evidence.gain.low)],
        ]
  return {
    earned: evidence?.met === true,
    wish: {
      class: 'policy',
      kind: PROMOTE,
      campaignId,
      title: campaignId === '' ? of : `${of}, ${campaignId}`,
      changes: [
        { path: campaignId === '' ? of : `${of} ${campaignId}`, is: String(level), willBe: String(next) },
      ],
      touches: { what: 'classes', count: 1, sample: [of] },
      cost: 0,
      gain: null,
      risk: { level: next >= 3 ? 'medium' : 'low', note: evidence?.met === true ? 'earned' : 'not_earned' },
      evidence: figures.map(([ref, label]) => ({ kind: 'figure', ref, label })),
      reversible: true,
      ground: promotionGround(governance, of, campaignId),
      payload: { class: of, campaignId, level: next },
      by: LOOP,
    },
  }
}

/** The level a class has now, for one campaign or in general, rules and hours left aside. */
export const levelOf = ({ policy, caps }: GovernanceState, of: ActionClass, campaignId: string): Level => {
  const own = policy.exceptions.find(
    (one) =>
      (one.class === of || one.class === '') &&
      one.campaign === campaignId &&
      one.market === '' &&
      one.above === null,
  )
  const level = campaignId === '' ? policy.levels[of] : (own?.level ?? policy.levels[of])
  return Math.min(level, caps.get(capKey(of, campaignId)) ?? 4, caps.get(capKey(of, '')) ?? 4) as
    | 0
    | 1
    | 2
    | 3
    | 4
}

/** Lower end of what a class has brought, where that is measured: campaigns against their holdout. */
export const gainLowOf = (state: LoopState, of: ActionClass, campaignId: string): number | null =>
  of === 'message' || of === 'placement' || of === 'offer'
    ? liftReport(state.feedback, { campaignId }).low
    : null

export const wasAnswered = (
  governance: GovernanceState,
  { kind, campaignId, ground }: Wish,
  how: readonly string[],
  since = 0,
): boolean =>
  closedProposals(governance).some(
    (one) =>
      one.kind === kind &&
      one.campaignId === campaignId &&
      one.ground === ground &&
      one.closedAt >= since &&
      how.includes(one.status),
  )

const percent = (share: number): string => `${Math.round(share * 1e4) / 100}%`
