// Raises of ad money under governance: what the level of `spend` allows goes by itself, the rest of a
// day's plan is one proposal. Lowering never asks.

import type { BudgetPlanned } from '../budget/events.ts'
import type { SpendMove } from '../delivery/index.ts'
import type { Wish } from '../governance/events.ts'
import {
  isGoverned,
  momentOf,
  NO_ACTION,
  verdictOf,
  type ProposedAction,
  type Verdict,
} from '../governance/index.ts'
import { dayOfBooks } from '../guardrail/index.ts'
import { fromMicros } from '../kernel/money.ts'
import type { LoopState } from '../loop.ts'

export const SPEND_RAISE = 'spend.raise'

/** Whether a raise may go now: unasked, or since people said yes to its plan. */
export const mayRaise = (state: LoopState, move: SpendMove, now: number): boolean => {
  if (!isGoverned(state.governance)) return true
  const planId = move.moveId.slice(0, move.moveId.lastIndexOf(':'))
  const { level } = verdictOn(state, raiseOf(move.lineId, move.fromMicros, move.toMicros), now)
  return level >= 3 || (level === 2 && state.governance.grants.get(grantOf(planId)) === planId)
}

/** The raises of today's plan that wait for people, as one wish; null when none does. */
export const spendWish = (
  state: LoopState,
  now: number,
): { readonly wish: Wish; readonly level: 1 | 2 } | null => {
  const { governance, budget, guardrail } = state
  const plan = budget.lastPlan
  if (!isGoverned(governance) || plan === null || plan.day !== dayOfBooks(guardrail.books, now)) return null
  if (governance.grants.has(grantOf(plan.planId))) return null
  const raises = raisesOf(state, plan)
  const verdicts = raises.map((raise) => verdictOn(state, raise.action, now))
  const waiting = raises.filter((_, index) => verdicts[index]?.level === 1 || verdicts[index]?.level === 2)
  if (waiting.length === 0) return null
  const level = verdicts.some((verdict) => verdict.level === 2) ? 2 : 1
  const more = waiting.reduce((sum, { toMicros, fromMicros: from }) => sum + toMicros - from, 0)
  return {
    level,
    wish: {
      class: 'spend',
      kind: SPEND_RAISE,
      campaignId: '',
      title: plan.planId,
      changes: waiting.map(({ lineId, fromMicros: from, toMicros }) => ({
        path: lineId,
        is: String(fromMicros(from)),
        willBe: String(fromMicros(toMicros)),
      })),
      touches: { what: 'lines', count: waiting.length, sample: waiting.map(({ lineId }) => lineId) },
      cost: fromMicros(more),
      gain: null,
      risk: { level: 'medium', note: `+${fromMicros(more)} ${guardrail.books.currency}` },
      evidence: [{ kind: 'figure', ref: 'gain', label: String(round(gainOf(plan, waiting))) }],
      reversible: false,
      ground: plan.planId,
      payload: { grant: grantOf(plan.planId) },
      by: { kind: 'machine', id: 'budget', name: 'Budget', role: 'machine' },
      facts: {
        amount: Math.max(...waiting.map(({ action }) => action.amount)),
        increaseShare: Math.max(...waiting.map(({ action }) => action.increaseShare)),
      },
    },
  }
}

/** Margin a day expected of them; the budget advisor gives it without an interval. */
const gainOf = (plan: BudgetPlanned, raises: readonly Raise[]): number =>
  plan.lines.reduce(
    (sum, { lineId, gain }) => sum + (raises.some((raise) => raise.lineId === lineId) ? gain : 0),
    0,
  )

const round = (value: number): number => Math.round(value * 100) / 100

const grantOf = (planId: string): string => `spend ${planId}`

type Raise = {
  readonly lineId: string
  readonly fromMicros: number
  readonly toMicros: number
  readonly action: ProposedAction
}

const raisesOf = ({ guardrail }: LoopState, plan: BudgetPlanned): readonly Raise[] =>
  plan.lines.flatMap(({ lineId, toMicros }) => {
    const has = guardrail.books.lines.get(lineId)?.budgetMicros ?? null
    if (has === null || toMicros <= has) return []
    return [{ lineId, fromMicros: has, toMicros, action: raiseOf(lineId, has, toMicros) }]
  })

const raiseOf = (lineId: string, from: number, to: number): ProposedAction => ({
  ...NO_ACTION,
  class: 'spend',
  kind: SPEND_RAISE,
  campaign: lineId,
  people: 0,
  cost: fromMicros(to - from),
  amount: fromMicros(to),
  increaseShare: from === 0 ? 1 : to / from - 1,
})

const verdictOn = ({ governance, business }: LoopState, action: ProposedAction, now: number): Verdict =>
  verdictOf(governance, action, momentOf(governance.policy, business, now))
