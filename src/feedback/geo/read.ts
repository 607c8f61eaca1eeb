// A finished (or running) geo experiment as one result: the regression's reading, what the money brought, the synthetic
// control beside it, and what speaks against trusting them.

import { Failure } from '../../kernel/failure.ts'
import { sumOf, type Panel } from './panel.ts'
import { syntheticControl } from './synthetic.ts'
import {
  DAYS_BEFORE_MIN,
  effectP,
  effectRange,
  returnOnSpend,
  tbrEffect,
  type Line,
  type Range,
} from './tbr.ts'

export type ReadOptions = {
  readonly treated: ReadonlySet<string>
  /** Regions that are neither treated nor control. */
  readonly excluded?: ReadonlySet<string>
  /** First moment of the test, and the first that does not count any more (cooldown included in what counts). */
  readonly from: number
  readonly until: number
  readonly alpha: number
}

export type GeoReading = {
  readonly treated: number
  readonly control: number
  readonly daysBefore: number
  readonly days: number
  readonly observed: number
  readonly effect: Range
  /** Effect over what was expected. */
  readonly lift: Range
  readonly p: number
  readonly cost: number
  /** Null: nothing was spent, or it cannot be told from nothing. */
  readonly returnOnSpend: Range | null
  readonly line: Line
  readonly daily: Float64Array
  readonly counterfactual: Float64Array
  /** Null with fewer than two control regions, or more than are mixed at once. */
  readonly synthetic: { readonly effect: number; readonly lift: number; readonly p: number } | null
  readonly warnings: readonly GeoWarning[]
}

export type GeoWarning = 'weak_match' | 'dependent_days' | 'disagree' | 'short_before' | 'outside_range'

const DONORS_MAX = 400

/** Throws Failures `geo.no_test`, `geo.too_short`, `geo.no_groups`. */
export const readGeo = (panel: Panel, options: ReadOptions): GeoReading => {
  const { from, until, alpha } = options
  const before = panel.days.filter((day) => day < from).length
  const days = panel.days.filter((day) => day >= from && day < until).length
  if (days === 0)
    throw new Failure({
      code: 'geo.no_test',
      message: 'The file has no day of the test.',
      hint: `Its days run from ${dayText(panel.days[0])} to ${dayText(panel.days.at(-1))}.`,
    })
  if (before < DAYS_BEFORE_MIN)
    throw new Failure({
      code: 'geo.too_short',
      message: `${before} days before the test are too few: ${DAYS_BEFORE_MIN} at least.`,
      hint: 'Take more days before the test into the file; as many as the test has is a good beginning.',
    })
  const counted = panel.geos.filter(({ name }) => !(options.excluded?.has(name) ?? false))
  const treated = counted.filter(({ name }) => options.treated.has(name))
  const control = counted.filter(({ name }) => !options.treated.has(name))
  if (treated.length === 0 || control.length === 0)
    throw new Failure({
      code: 'geo.no_groups',
      message: `${treated.length} treated and ${control.length} control regions: both are needed.`,
      hint: `Regions of the file: ${panel.geos
        .slice(0, 20)
        .map(({ name }) => name)
        .join(', ')}`,
    })
  const names = new Set(treated.map(({ name }) => name))
  const others = new Set(control.map(({ name }) => name))
  const split = (values: Float64Array) => ({
    before: values.subarray(0, before),
    during: values.subarray(before, before + days),
  })
  const reading = (what: 'response' | 'cost') =>
    tbrEffect({
      control: split(sumOf(panel, what, ({ name }) => others.has(name))),
      treated: split(sumOf(panel, what, ({ name }) => names.has(name))),
    })
  const [response, cost] = [reading('response'), reading('cost')]
  const effect = effectRange(response, alpha)
  const over = (range: Range): Range => ({
    value: range.value / response.expected,
    low: range.low / response.expected,
    high: range.high / response.expected,
  })
  const synthetic = imitated(panel, { names, others, before, days })
  return {
    treated: treated.length,
    control: control.length,
    daysBefore: before,
    days,
    observed: response.observed,
    effect,
    lift: over(effect),
    p: effectP(response),
    cost: cost.effect,
    returnOnSpend: returnOnSpend(response, cost, alpha),
    line: response.line,
    daily: response.daily,
    counterfactual: response.counterfactual,
    synthetic,
    warnings: warningsOf(
      { response, effect, days, synthetic, alpha },
      split(sumOf(panel, 'response', ({ name }) => others.has(name))),
    ),
  }
}

const imitated = (
  panel: Panel,
  {
    names,
    others,
    before,
    days,
  }: {
    readonly names: ReadonlySet<string>
    readonly others: ReadonlySet<string>
    readonly before: number
    readonly days: number
  },
): GeoReading['synthetic'] => {
  if (others.size < 2 || others.size > DONORS_MAX) return null
  const end = before + days
  const treated = sumOf(panel, 'response', ({ name }) => names.has(name))
    .subarray(0, end)
    .map((value) => value / names.size)
  const donors = panel.geos
    .filter(({ name }) => others.has(name))
    .map(({ response }) => response.subarray(0, end))
  const { effect, expected, p } = syntheticControl({ treated, donors, before })
  return { effect: effect * names.size * days, lift: effect / expected, p }
}

const WEAK_CORRELATION = 0.7
const DEPENDENT = 0.4

const warningsOf = (
  {
    response,
    effect,
    days,
    synthetic,
    alpha,
  }: {
    readonly response: ReturnType<typeof tbrEffect>
    readonly effect: Range
    readonly days: number
    readonly synthetic: GeoReading['synthetic']
    readonly alpha: number
  },
  control: { readonly before: Float64Array; readonly during: Float64Array },
): readonly GeoWarning[] => {
  const { line } = response
  const mean = control.during.reduce((sum, value) => sum + value, 0) / days
  const isCalled = effectP(response) < alpha
  const found: readonly [GeoWarning, boolean][] = [
    ['weak_match', line.correlation < WEAK_CORRELATION],
    ['dependent_days', Math.abs(line.autocorrelation) > DEPENDENT],
    ['short_before', line.n < days],
    ['outside_range', mean > Math.max(...control.before) || mean < Math.min(...control.before)],
    ['disagree', isCalled && synthetic !== null && synthetic.effect < 0 !== effect.value < 0],
  ]
  return found.filter(([, holds]) => holds).map(([name]) => name)
}

const dayText = (at: number | undefined): string =>
  at === undefined ? '-' : new Date(at).toISOString().slice(0, 10)
