// From a judgement to the next share of people: up by one step, back to none, or to wait. Pure.

import type { Challenger } from './state.ts'
import type { GateCheckName, RolloutCause } from './events.ts'
import type { Judgement } from './judge.ts'
import type { PromotionOptions } from './options.ts'

export type Move = { readonly to: number; readonly cause: RolloutCause; readonly detail: string }

/** Failures that end a challenger that has people; before it has any it only waits, but for a gain below zero. */
const ENDINGS: readonly (readonly [GateCheckName, RolloutCause])[] = [
  ['margin', 'harm'],
  ['unsubscribes', 'guard_breached'],
  ['complaints', 'guard_breached'],
  ['sample_ratio', 'sample_ratio'],
  ['propensity', 'propensity'],
  ['gain', 'gate_failed'],
]

/** What to do now; null to leave it as it is. */
export const nextMove = (
  challenger: Pick<Challenger, 'share' | 'shareSince' | 'proposedAt'>,
  judgement: Judgement,
  about: { readonly now: number; readonly goalWindowMs: number; readonly options: PromotionOptions },
): Move | null => {
  const { now, goalWindowMs, options } = about
  const { share } = challenger
  for (const [name, cause] of ENDINGS) {
    const found = judgement.checks.find((check) => check.name === name)
    if (found?.state === 'fails' && (share > 0 || name === 'gain'))
      return { to: 0, cause, detail: detailOf(found) }
  }
  if (share === 0 && now - challenger.proposedAt > options.expiryMs)
    return { to: 0, cause: 'expired', detail: '' }
  if (judgement.verdict !== 'passes') return null
  const next = options.steps.find((step) => step > share)
  if (next === undefined) return null
  if (share === 0) return { to: next, cause: 'gate_passed', detail: '' }
  const held = now - challenger.shareSince >= Math.max(options.stepMsMin, goalWindowMs)
  return held && judgement.own >= options.stepDecisionsMin
    ? { to: next, cause: 'step_passed', detail: '' }
    : null
}

const detailOf = ({ name, value, low, high, limit }: Judgement['checks'][number]): string => {
  const figure = (x: number | null) => (x === null ? '?' : String(Number(x.toPrecision(3))))
  const span = low === null && high === null ? '' : ` [${figure(low)}, ${figure(high)}]`
  return `${name} ${figure(value)}${span}, limit ${figure(limit)}`
}
