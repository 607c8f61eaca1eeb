// What waits for people in the outbox, as wishes: one campaign, one class, one day make one proposal, not
// one per person.

import { campaignOf } from '../decision/index.ts'
import { membersOf, waitingLines, type QueuedDelivery } from '../delivery/index.ts'
import type { ActionClass, Change, Gain, Wish } from '../governance/events.ts'
import { ACTION_CLASSES } from '../governance/events.ts'
import { asCampaignId } from '../kernel/ids.ts'
import { said } from '../kernel/said.ts'
import type { LoopState } from '../loop.ts'
import { campaignGround } from './permit.ts'

export const RELEASE = 'messages.release'
export const REPORT = 'messages.report'
export const SUGGESTION = 'suggestion'
/** A yes to it lets a placement be answered as long as its campaign stays as it is. */
export const PLACEMENTS_ALLOW = 'placements.allow'

/** Who wishes what campaigns wish. */
export const LOOP = { kind: 'machine', id: 'loop', name: 'Windvane', role: 'machine' } as const

const SAMPLE = 5
/** Two-sided 95 %. */
const Z = 1.96

/** Lines that have members and no proposal yet. */
export const unproposedLines = (state: LoopState): readonly string[] => {
  const { lines } = state.governance
  const found = new Set<string>()
  for (const { line } of waitingLines(state.delivery)) if (!lines.has(line)) found.add(line)
  for (const { line, level } of state.delivery.queue.items)
    if (level === 3 && line !== '' && !lines.has(line)) found.add(line)
  return [...found]
}

/** The wish of a batch as it stands now; null when nothing of it is left. */
export const wishOfLine = (state: LoopState, line: string): Wish | null => {
  const members = membersOf(state.delivery, line)
  const [first] = members
  if (first === undefined) return null
  const campaign = campaignOf(state.decision, first.campaignId)
  const cost = members.reduce((sum, member) => sum + member.cost, 0)
  const discounts = members.filter(({ discountShare }) => discountShare > 0).length
  return {
    class: classOfLine(line),
    kind: first.level === 3 && !isLate(line) ? REPORT : RELEASE,
    campaignId: isLate(line) ? '' : first.campaignId,
    title: campaign?.name ?? first.campaignId,
    changes: changesOf(members),
    touches: {
      what: 'people',
      count: members.length,
      sample: members.slice(0, SAMPLE).map(({ key }) => key),
    },
    cost: round(cost),
    gain: gainOf(members, state.business.currency),
    risk: riskOf(members.length, discounts),
    evidence: members
      .slice(0, SAMPLE)
      .map(({ key, profileId }) => ({ kind: 'decision', ref: key, label: profileId })),
    reversible: true,
    ground: groundOfLine(state, first.campaignId, line),
    payload: { line },
    by: LOOP,
    facts: { channel: first.channel, discountShare: Math.max(...members.map((one) => one.discountShare)) },
  }
}

/** What was drawn and not done since it must be asked first. */
export const wishesAsked = (state: LoopState): readonly { readonly line: string; readonly wish: Wish }[] =>
  [...state.governance.asked].map(([line, asked]) => {
    const campaign = campaignOf(state.decision, asCampaignId(asked.campaignId))
    const allow = asked.class === 'placement' && asked.level === 2
    return {
      line,
      wish: {
        class: asked.class,
        kind: allow ? PLACEMENTS_ALLOW : SUGGESTION,
        campaignId: asked.campaignId,
        title: campaign?.name ?? asked.campaignId,
        changes: [],
        touches: { what: 'people', count: asked.count, sample: asked.sample },
        cost: 0,
        gain: null,
        risk: { level: 'low', note: '' },
        evidence: asked.sample.map((ref) => ({ kind: 'decision', ref, label: ref })),
        reversible: allow,
        ground: campaign === undefined ? '' : campaignGround(state, campaign),
        payload: allow ? { line, grant: `placement ${asked.campaignId}` } : { line },
        by: LOOP,
      },
    }
  })

/** Messages that came late after a STOP stand in lines of their own. */
export const lateLine = (stoppedAt: number): string => `late/message/${stoppedAt}/2`
export const isLate = (line: string): boolean => line.startsWith('late/')

/** Fingerprint of what a batch would say; null when its campaign is gone. */
export const groundOfLine = (state: LoopState, campaignId: string, line: string): string => {
  if (isLate(line)) return 'late'
  const campaign = campaignOf(state.decision, asCampaignId(campaignId))
  return campaign === undefined ? 'gone' : campaignGround(state, campaign)
}

const classOfLine = (line: string): ActionClass =>
  ACTION_CLASSES.find((name) => name === line.split('/').at(-3)) ?? 'message'

const changesOf = (members: readonly QueuedDelivery[]): readonly Change[] => {
  const counts = new Map<string, number>()
  for (const { actionId } of members) counts.set(actionId, (counts.get(actionId) ?? 0) + 1)
  return [...counts]
    .toSorted(([, left], [, right]) => right - left)
    .slice(0, 20)
    .map(([path, count]) => ({ path, is: '0', willBe: String(count) }))
}

/**
 * Sum of what the model expects over doing nothing. One model made all of these expectations, so its
 * error is taken to be the same in all of them: the interval is as wide as that makes it.
 */
const gainOf = (members: readonly QueuedDelivery[], unit: string): Gain => {
  const mean = members.reduce((sum, { gain }) => sum + gain, 0)
  const error = members.reduce((sum, { gainError }) => sum + gainError, 0)
  return { mean: round(mean), low: round(mean - Z * error), high: round(mean + Z * error), unit }
}

const riskOf = (people: number, discounts: number): Wish['risk'] => ({
  level: people >= 10_000 ? 'high' : people >= 500 || discounts > 0 ? 'medium' : 'low',
  note: '',
  ...(discounts > 0 ? { said: said('with_discount', { count: discounts }) } : {}),
})

const round = (value: number): number => Math.round(value * 1e6) / 1e6
