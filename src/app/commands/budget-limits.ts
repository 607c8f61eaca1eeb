// Limits of lines from a plan's section `ads`, for a plan made from a plain file: the same YAML that a server is given.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { LineLimits } from '../../budget/index.ts'
import { AD_TRAITS, adTraits } from '../../connect/index.ts'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { fromMicros } from '../../kernel/money.ts'
import type { Problem } from '../../kernel/problem.ts'
import { readAds, type AdsSpec } from '../plan-ads.ts'

/** Longest month: what a month may cost, spread over it. */
const MONTH_DAYS = 31

export type FileLimits = {
  readonly currency: string
  /** Money of a step: the day's target, and what all may cost at most. */
  readonly totalTarget: number
  readonly totalMax: number
  /** By the name a file gives a line: the plan's id, its name or its id on the platform; undefined for others. */
  readonly of: (name: string) => LineLimits | undefined
}

/** Throws Failures `budget.plan_unreadable`, `budget.plan`. */
export const readLimits = (path: string, stepDays: number): FileLimits => {
  const spec = specIn(path)
  const step = (micros: number): number => fromMicros(micros) * stepDays
  const lines = new Map<string, LineLimits>()
  for (const line of spec.lines) {
    const { traits, dayMaxMicros, monthMaxMicros, dayLowMicros, capacityMicros, marginShare } = line
    const limits: LineLimits = {
      low: step(dayLowMicros),
      // A cap holds at the platform's worst; a budget is what may then be set.
      high: Math.min(step(dayMaxMicros) / traits.overspendDay, step(monthMaxMicros) / MONTH_DAYS),
      capacity: capacityMicros === null ? Infinity : step(capacityMicros),
      marginShare,
    }
    for (const name of [line.externalId, line.name, line.id]) lines.set(name, limits)
  }
  return {
    currency: spec.currency,
    totalTarget: step(spec.portfolio.dayTargetMicros),
    totalMax: Math.min(step(spec.portfolio.dayMaxMicros), step(spec.portfolio.monthMaxMicros) / MONTH_DAYS),
    of: (name) => lines.get(name),
  }
}

const specIn = (path: string): AdsSpec => {
  let plan: unknown
  try {
    plan = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Failure({
      code: 'budget.plan_unreadable',
      message: `${path}: ${messageOf(cause)}`,
      hint: 'Give the YAML of a plan with a section `ads`.',
      cause,
    })
  }
  const problems: Problem[] = []
  const known = { traitsOf: adTraits, known: Object.keys(AD_TRAITS) }
  const spec = readAds(isRecord(plan) ? plan['ads'] : undefined, problems, known)
  if (spec !== null) return spec
  const [first] = problems
  throw new Failure({
    code: 'budget.plan',
    message:
      first === undefined
        ? `${path} has no section \`ads\`.`
        : `${path}: ${first.path}: ${first.message} (of ${problems.length})`,
    hint: first?.hint ?? 'docs/ads shows one.',
  })
}
