// What governance does by itself, turn by turn: batches become proposals, agreed ones are done, others
// end, ramps move, and autonomy is lost or offered. Everything it finds is facts for the log.

import { campaignsInForce } from '../decision/index.ts'
import { RAMP_MOVED, type Wish } from '../governance/events.ts'
import {
  actionOf,
  dueEnds,
  dueFacts,
  dueMove,
  isGoverned,
  momentOf,
  nextProposalId,
  propose,
  sameWish,
  shareOf,
  verdictOf,
  type Executors,
  type Ramp,
} from '../governance/index.ts'
import { said } from '../kernel/said.ts'
import { isTimeZone, localTime } from '../kernel/time.ts'
import { localHourStart } from '../kernel/local-hour.ts'
import type { NewEvent } from '../log/port.ts'
import type { LoopState } from '../loop.ts'
import { LOOP, REPORT, unproposedLines, wishesAsked, wishOfLine } from './batches.ts'
import { breach, breaches, mismatches, promotionWishes, wasAnswered } from './earning.ts'
import { ROLLOUT, rolloutGround } from './governed-executors.ts'
import { spendWish } from './spend-permit.ts'

/** What has fallen due at `now`; [] when there is nothing to govern. */
export const governingEvents = (state: LoopState, now: number, executors: Executors): readonly NewEvent[] => {
  const { governance } = state
  const events = [...dueEnds(governance, now, executors), ...dueFacts(governance, now, executors)]
  const wishes: Wished[] = batchWishes(state)
  if (isGoverned(governance)) {
    events.push(...breaches(state, now), ...rampMoves(state, now))
    wishes.push(...haltWishes(state), ...spendWishes(state, now))
  }
  return [...events, ...proposedAll(state, wishes, now)]
}

/** Looked at once an hour: what has been learnt of campaigns, and whether a level is earned. */
export const hourlyEvents = (state: LoopState, now: number): readonly NewEvent[] => {
  if (!isGoverned(state.governance) || state.governance.policy.earn === null) return []
  return [
    ...mismatches(state, now),
    ...proposedAll(
      state,
      promotionWishes(state, now).map((wish) => ({ wish })),
      now,
    ),
  ]
}

type Wished = { readonly wish: Wish; readonly level?: 1 | 2 | 3 | 4; readonly daily?: boolean }

const proposedAll = (state: LoopState, wishes: readonly Wished[], now: number): readonly NewEvent[] => {
  const { governance, business } = state
  const events: NewEvent[] = []
  for (const { wish, level, daily } of wishes) {
    if (governance.open.size + events.length >= governance.options.openMax) break
    const proposalId = nextProposalId(governance, events.length)
    const verdict = verdictOf(governance, actionOf(wish), momentOf(governance.policy, business, now))
    events.push(
      propose(governance, wish, {
        business,
        now,
        proposalId,
        ...(level === undefined ? {} : { verdict: { ...verdict, level } }),
        ...(daily === true ? { undoMs: restOfDay(state, now) + governance.policy.undoMs } : {}),
      }),
    )
  }
  return events
}

/** Batches at the level their decisions were made at, whatever the policy says by now. */
const batchWishes = (state: LoopState): Wished[] => {
  const wishes: Wished[] = []
  for (const line of unproposedLines(state)) {
    const wish = wishOfLine(state, line)
    if (wish?.kind === REPORT) wishes.push({ wish, level: 3, daily: true })
    else if (wish !== null) wishes.push({ wish, level: 2 })
  }
  for (const { line, wish } of wishesAsked(state))
    wishes.push({ wish, level: state.governance.asked.get(line)?.level === 1 ? 1 : 2 })
  return wishes
}

const restOfDay = ({ business }: LoopState, now: number): number => {
  const zone = isTimeZone(business.timeZone) ? business.timeZone : 'UTC'
  return Math.max(0, localHourStart(localTime(now, zone).day + 1, 0, zone) - now)
}

const rampMoves = ({ governance }: LoopState, now: number): readonly NewEvent[] => {
  const spec = governance.policy.ramp
  if (spec === null) return []
  return [...governance.ramps.values()].flatMap((ramp) => {
    const move = dueMove(ramp, spec, now)
    if (move === null) return []
    const { campaignId } = ramp
    const id = `ramp:${campaignId}:${ramp.since}:${move.stage}:${move.share}`
    const moved: NewEvent = { id, type: RAMP_MOVED, key: campaignId, at: now, data: move }
    if (move.share > 0) return [moved]
    const detail = `${move.reason.code} ${move.reason.detail}`
    return [moved, ...breach(governance, { of: 'message', campaignId, kind: 'breach', detail }, now)]
  })
}

const spendWishes = (state: LoopState, now: number): readonly Wished[] => {
  const found = spendWish(state, now)
  if (found === null || sameWish(state.governance, found.wish) !== undefined) return []
  return wasAnswered(state.governance, found.wish, ['rejected', 'expired', 'done']) ? [] : [found]
}

/** Whoever was stopped by a stop condition goes on when a person says so. */
const haltWishes = (state: LoopState): readonly Wished[] => {
  const { governance } = state
  const spec = governance.policy.ramp
  if (spec === null) return []
  return [...governance.ramps.values()].flatMap((ramp) => {
    if (ramp.halted === null) return []
    const wish = goOnWish(state, ramp, shareOf(spec, ramp.stage))
    return sameWish(governance, wish) === undefined && !wasAnswered(governance, wish, ['rejected'])
      ? [{ wish }]
      : []
  })
}

const goOnWish = (state: LoopState, ramp: Ramp, share: number): Wish => {
  const { campaignId, stage, counts, halted } = ramp
  const campaign = campaignsInForce(state.decision).campaigns.find(({ id }) => id === campaignId)
  return {
    class: 'message',
    kind: ROLLOUT,
    campaignId,
    title: campaign?.name ?? campaignId,
    changes: [{ path: 'share', is: '0%', willBe: percent(share) }],
    touches: { what: 'campaigns', count: 1, sample: [campaignId] },
    cost: 0,
    gain: null,
    risk: { level: 'high', note: `${halted?.code ?? ''}: ${halted?.detail ?? ''}` },
    evidence: [
      {
        kind: 'campaign',
        ref: campaignId,
        label: String(counts.contacts),
        said: said('contacts', { contacts: counts.contacts }),
      },
      { kind: 'figure', ref: 'complaints', label: `${counts.complaints}` },
      { kind: 'figure', ref: 'unsubscribes', label: `${counts.unsubscribes}` },
      { kind: 'figure', ref: 'bounces', label: `${counts.bounces}` },
      { kind: 'figure', ref: 'errors', label: `${counts.errors}` },
    ],
    reversible: true,
    ground: rolloutGround(state.governance, campaignId),
    payload: { campaignId, stage, share },
    by: LOOP,
    facts: { increaseShare: 1 },
  }
}

const percent = (share: number): string => `${Math.round(share * 1e4) / 100}%`
