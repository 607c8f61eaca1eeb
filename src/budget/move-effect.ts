// What a week's moves of a line were expected to bring, by the curve of the plan they began with, and what came of them.

import type { AdLineSpec } from '../delivery/events.ts'
import { shareByAge } from './learn/lag.ts'
import type { LineDay } from './learn/line-model.ts'
import { effectOfSpend, type SpendEffect } from './realised.ts'
import type { BudgetState, LineMemory } from './state.ts'

const WEEK = 7
/** Days after the plan that must be over, and how old the youngest must be to be told well enough. */
const DAYS_AFTER_MIN = 3
const AGE_MIN = 2

/** The latest week that can be judged; null before there is one. */
export const moveEffect = (
  state: BudgetState,
  { id, marginShare }: Pick<AdLineSpec, 'id' | 'marginShare'>,
  today: number,
): SpendEffect | null => {
  const memory = state.memory.get(id)
  const said = memory?.expected.findLast(({ day }) => day + DAYS_AFTER_MIN - 1 <= today - AGE_MIN)
  if (memory === undefined || said === undefined) return null
  const days = (from: number, to: number): LineDay[] =>
    daysOf(state, memory, { from, to, today, marginShare })
  return effectOfSpend({
    before: days(said.day - WEEK, said.day - 1),
    after: days(said.day, Math.min(said.day + WEEK - 1, today - AGE_MIN)),
    curve: said.curve,
    marginal: said.marginal,
    share: said.share,
  })
}

const daysOf = (
  state: BudgetState,
  memory: LineMemory,
  about: { readonly from: number; readonly to: number; readonly today: number; readonly marginShare: number },
): LineDay[] => {
  const found: LineDay[] = []
  for (let day = about.from; day <= about.to; day++) {
    const seen = memory.days.get(day)
    if (seen === undefined || state.darkDays.has(day)) continue
    const share = shareByAge(memory.lag, about.today - day)
    found.push({
      day,
      spend: seen.spend,
      value: (seen.value * about.marginShare) / share,
      share,
      demand: Math.max(0.05, state.demand.get(day) ?? 1),
    })
  }
  return found
}
