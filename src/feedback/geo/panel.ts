// The figures of a geo experiment: one row of days for each region, of what was sold and what was spent.

import { Failure } from '../../kernel/failure.ts'

export type GeoRow = {
  readonly geo: string
  /** Start of the day (or week) in milliseconds: one step of the panel. */
  readonly at: number
  readonly response: number
  readonly cost: number
}

export type Geo = { readonly name: string; readonly response: Float64Array; readonly cost: Float64Array }

export type Panel = {
  /** Ascending. */
  readonly days: readonly number[]
  /** By name. */
  readonly geos: readonly Geo[]
  /** Regions that lack a day, with how many: counted as nothing sold, or left out. */
  readonly incomplete: readonly { readonly name: string; readonly missing: number }[]
}

export const GEOS_MAX = 5_000
const CELLS_MAX = 5_000_000

/**
 * Rows of one region and day are added up. A day that a region lacks counts as nothing sold, or the region is left
 * out (`drop`); both are told.
 * Throws Failures `geo.too_large`, `geo.no_regions`.
 */
export const panelOf = (rows: readonly GeoRow[], missing: 'zero' | 'drop' = 'zero'): Panel => {
  const days = [...new Set(rows.map(({ at }) => at))].toSorted((a, b) => a - b)
  const dayOf = new Map(days.map((day, index) => [day, index]))
  const names = [...new Set(rows.map(({ geo }) => geo))].toSorted()
  if (names.length > GEOS_MAX || names.length * days.length > CELLS_MAX)
    throw new Failure({
      code: 'geo.too_large',
      message: `${names.length} regions of ${days.length} days are more than are read at once.`,
      hint: `At most ${GEOS_MAX} regions and ${CELLS_MAX} cells. Take larger regions, weeks instead of days, or a shorter time.`,
    })
  const seen = new Map(names.map((name) => [name, new Uint8Array(days.length)]))
  const geos = new Map(
    names.map((name) => [
      name,
      { name, response: new Float64Array(days.length), cost: new Float64Array(days.length) },
    ]),
  )
  for (const { geo, at, response, cost } of rows) {
    const [one, day] = [geos.get(geo), dayOf.get(at)]
    if (one === undefined || day === undefined) continue
    one.response[day] = (one.response[day] ?? 0) + response
    one.cost[day] = (one.cost[day] ?? 0) + cost
    seen.get(geo)?.fill(1, day, day + 1)
  }
  const missingOf = (name: string) => seen.get(name)?.reduce((left, cell) => left - cell, days.length) ?? 0
  const incomplete = names
    .map((name) => ({ name, missing: missingOf(name) }))
    .filter((one) => one.missing > 0)
  const without = new Set(missing === 'drop' ? incomplete.map(({ name }) => name) : [])
  const complete = [...geos.values()].filter(({ name }) => !without.has(name))
  if (complete.length < 2)
    throw new Failure({
      code: 'geo.no_regions',
      message: `${complete.length} of ${names.length} regions can be used; two are needed.`,
      hint:
        without.size > 0
          ? 'Regions that lack a day were left out: take a time that all have, or count a missing day as nothing sold.'
          : 'Each row needs a region, a date and a figure.',
    })
  return { days, geos: complete, incomplete }
}

/** Day by day, the sum over the regions that `wanted` names. */
export const sumOf = (
  panel: Panel,
  what: 'response' | 'cost',
  wanted: (geo: Geo) => boolean,
): Float64Array => {
  const sum = new Float64Array(panel.days.length)
  for (const geo of panel.geos) {
    if (!wanted(geo)) continue
    const row = geo[what]
    for (let day = 0; day < sum.length; day++) sum[day] = (sum[day] as number) + (row[day] as number)
  }
  return sum
}
