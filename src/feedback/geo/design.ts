// Planning a geo experiment: which regions are treated, and what it could tell. Regions of like size stand together in
// strata; in each, chance treats one. Of many such draws the one is taken whose treated sum follows the control
// sum best; what it could tell is judged on days that the choice has not seen.

import { Failure } from '../../kernel/failure.ts'
import { createRng, type Rng } from '../../kernel/rng.ts'
import { normalQuantile } from '../stats.ts'
import { sumOf, type Panel } from './panel.ts'
import { studentQuantile } from './student.ts'
import { DAYS_BEFORE_MIN, effectP, fitLine, sumStderr, tbrEffect, type Line } from './tbr.ts'

export type DesignOptions = {
  /** Days (steps of the panel) that the test will take. */
  readonly testDays: number
  /** One region of so many is treated: 2 is half of them. */
  readonly oneOf: number
  readonly draws: number
  readonly alpha: number
  readonly power: number
  readonly seed: string
}

export const DESIGN_DEFAULTS: DesignOptions = {
  testDays: 28,
  oneOf: 2,
  draws: 500,
  alpha: 0.05,
  power: 0.8,
  seed: '1',
}

export type GeoDesign = {
  readonly treated: readonly string[]
  readonly control: readonly string[]
  /** Treated share of what all regions bring. */
  readonly treatedShare: number
  readonly line: Line
  readonly testDays: number
  /** What the treated regions would bring in the test without treatment. */
  readonly expected: number
  /** Smallest effect, in all, that the test would tell from none with this power. */
  readonly detectable: number
  readonly detectableShare: number
  /** Tests of nothing in the days that the choice had not seen. */
  readonly placebo: {
    readonly runs: number
    /** Called an effect although there was none. */
    readonly called: number
    /** Spread of the errors over the spread that the model claims; above 1 the model claims too much. */
    readonly spread: number
  }
}

const PLACEBOS_MAX = 20

/** Throws Failures `geo.too_short`, `geo.too_few`. */
export const designGeo = (panel: Panel, wanted: Partial<DesignOptions> = {}): GeoDesign => {
  const options = { ...DESIGN_DEFAULTS, ...wanted }
  const days = panel.days.length
  // The last days are kept from the choice: a test's length, at most a third.
  const kept = Math.min(options.testDays, Math.floor(days / 3))
  const seen = days - kept
  if (seen < 2 * DAYS_BEFORE_MIN)
    throw new Failure({
      code: 'geo.too_short',
      message: `${days} days before the test are too few to plan it.`,
      hint: `At least ${3 * DAYS_BEFORE_MIN}; three times as long as the test is better.`,
    })
  const treated = chooseTreated(panel, seen, options)
  const isTreated = (geo: { readonly name: string }) => treated.has(geo.name)
  const y = sumOf(panel, 'response', isTreated)
  const x = sumOf(panel, 'response', (geo) => !isTreated(geo))
  const placebo = placebos({ x, y, seen }, options)
  const line = fitLine(x, y)
  const stderr = sumStderr(line, options.testDays, line.meanX) * Math.max(1, placebo.spread)
  const expected = (line.intercept + line.slope * line.meanX) * options.testDays
  const detectable = (studentQuantile(options.alpha, line.n - 2) + normalQuantile(options.power)) * stderr
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
  return {
    treated: panel.geos.filter(isTreated).map(({ name }) => name),
    control: panel.geos.filter((geo) => !isTreated(geo)).map(({ name }) => name),
    treatedShare: total(y) / (total(x) + total(y)),
    line,
    testDays: options.testDays,
    expected,
    detectable,
    detectableShare: detectable / expected,
    placebo,
  }
}

const chooseTreated = (panel: Panel, seen: number, options: DesignOptions): ReadonlySet<string> => {
  const sized = panel.geos
    .map((geo) => {
      const row = geo.response.subarray(0, seen)
      return { name: geo.name, row, size: row.reduce((sum, value) => sum + value, 0) }
    })
    .filter(({ size }) => size > 0)
    .toSorted((left, right) => right.size - left.size || (left.name < right.name ? -1 : 1))
  const strata = Math.floor(sized.length / options.oneOf)
  if (strata < 2)
    throw new Failure({
      code: 'geo.too_few',
      message: `${sized.length} regions with sales are too few to treat one of ${options.oneOf}.`,
      hint: `At least ${2 * options.oneOf} are needed.`,
    })
  const rng = createRng(`geo design ${options.seed}`)
  let best: { readonly sigma: number; readonly picked: readonly number[] } | null = null
  for (let draw = 0; draw < options.draws; draw++) {
    const picked = drawOne(rng, strata, options.oneOf)
    const chosen = new Set(picked)
    const [x, y] = [new Float64Array(seen), new Float64Array(seen)]
    sized.forEach(({ row }, index) => {
      const sum = chosen.has(index) ? y : x
      for (let day = 0; day < seen; day++) sum[day] = (sum[day] as number) + (row[day] as number)
    })
    // What is read at the end is the treated sum's departure, as a share of it.
    const sigma = fitLine(x, y).sigma / (y.reduce((total, value) => total + value, 0) / seen)
    if (best === null || sigma < best.sigma) best = { sigma, picked }
  }
  return new Set(best?.picked.map((index) => sized[index]?.name ?? '') ?? [])
}

const drawOne = (rng: Rng, strata: number, oneOf: number): readonly number[] =>
  Array.from({ length: strata }, (_, stratum) => stratum * oneOf + rng.below(oneOf))

/** Tests of nothing that begin on each of the days kept from the choice, as long as there is room for. */
const placebos = (
  { x, y, seen }: { readonly x: Float64Array; readonly y: Float64Array; readonly seen: number },
  { testDays, alpha }: DesignOptions,
): GeoDesign['placebo'] => {
  const length = Math.max(1, Math.min(testDays, Math.ceil((x.length - seen) / 2)))
  const starts = Array.from({ length: x.length - seen - length + 1 }, (_, i) => seen + i)
  const step = Math.max(1, Math.ceil(starts.length / PLACEBOS_MAX))
  const runs = starts
    .filter((_, i) => i % step === 0)
    .map((start) => {
      const part = (values: Float64Array) => ({
        before: values.subarray(0, start),
        during: values.subarray(start, start + length),
      })
      return tbrEffect({ control: part(x), treated: part(y) })
    })
  const squares = runs.reduce((sum, { effect, stderr }) => sum + (stderr > 0 ? (effect / stderr) ** 2 : 0), 0)
  return {
    runs: runs.length,
    called: runs.filter((run) => effectP(run) < alpha).length,
    spread: runs.length === 0 ? 1 : Math.sqrt(squares / runs.length),
  }
}
