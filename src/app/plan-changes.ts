// What a change of the plan changes, section by section, for the person who is asked: is and will be.

import type { Change } from '../governance/events.ts'
import { canonicalJson, isRecord } from '../kernel/json.ts'
import { fromMicros } from '../kernel/money.ts'
import type { AdsSpec } from './plan-ads.ts'
import { PLAN_SECTIONS, type PlanSpec } from './plan.ts'

/**
 * Every section but the policy, which has a reading of its own ({@link diffPolicy}). Lists of named things are told
 * thing by thing, so that one line of ad money among hundreds is seen.
 */
export const planChanges = (from: PlanSpec, to: PlanSpec): readonly Change[] =>
  PLAN_SECTIONS.flatMap((section) =>
    section === 'governance' ? [] : changesBetween(section, from[section], to[section]),
  )

const changesBetween = (path: string, is: unknown, willBe: unknown): readonly Change[] => {
  if (canonicalJson(is) === canonicalJson(willBe)) return []
  if (isNamedList(is) && isNamedList(willBe)) return listChanges(path, is, willBe)
  // One level down: `ads.lines.search-ru`, but not each number of it.
  if (!path.includes('.') && isRecord(is) && isRecord(willBe))
    return [...new Set([...Object.keys(is), ...Object.keys(willBe)])].flatMap((key) =>
      changesBetween(`${path}.${key}`, is[key] ?? null, willBe[key] ?? null),
    )
  return [{ path, is: shown(is), willBe: shown(willBe) }]
}

type Named = { readonly id: string }

const isNamedList = (value: unknown): value is readonly Named[] =>
  Array.isArray(value) && value.every((one) => isRecord(one) && typeof one['id'] === 'string')

const listChanges = (path: string, from: readonly Named[], to: readonly Named[]): readonly Change[] => {
  const before = new Map(from.map((one) => [one.id, canonicalJson(one)]))
  const after = new Map(to.map((one) => [one.id, canonicalJson(one)]))
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [is = '', willBe = ''] = [before.get(id), after.get(id)]
    return is === willBe ? [] : [{ path: `${path}.${id}`, is: clip(is), willBe: clip(willBe) }]
  })
}

const shown = (value: unknown): string => (value === null ? '' : clip(canonicalJson(value)))

const TEXT_MAX = 1_500
const clip = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text)

/** The most that ads may cost in a month, in units of the accounts' currency: the lines' caps under the cap of all. */
export const monthAtMost = (ads: AdsSpec | null): number =>
  ads === null
    ? 0
    : fromMicros(
        Math.min(
          ads.portfolio.monthMaxMicros,
          ads.lines.reduce((sum, { monthMaxMicros }) => sum + monthMaxMicros, 0),
        ),
      )
