// Experiments over regions as the contract tells them.

import type { PlannedTest } from '../../budget/index.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { designGeoTest, GeoAsk, GeoResult, RegionDay } from '../../stages/geo-acts.ts'
import type { GeoAskBody, GeoDesignAnswer, GeoReadBody, GeoResultAnswer, GeoTest } from '../contract.ts'

const dayOf = (date: string): number => Math.floor(Date.parse(date) / DAY_MS)

/** Rows whose date is none are left out. */
export const regionDays = (rows: GeoReadBody['rows']): readonly RegionDay[] =>
  rows.flatMap(({ region, date, value }) => {
    const day = dayOf(date)
    return Number.isFinite(day) ? [{ region, day, value }] : []
  })

export const geoAskOf = ({ lineId, mode, testDays, oneOf, fromDate, rows }: GeoAskBody): GeoAsk => ({
  lineId,
  mode,
  testDays,
  oneOf,
  fromDay: fromDate === undefined ? null : dayOf(fromDate),
  rows: regionDays(rows),
})

export const geoDesignAnswer = (design: ReturnType<typeof designGeoTest>): GeoDesignAnswer => ({
  treated: [...design.treated],
  control: [...design.control],
  treatedShare: design.treatedShare,
  correlation: design.line.correlation,
  expected: design.expected,
  detectable: design.detectable,
  detectableShare: design.detectableShare,
  placeboRuns: design.placebo.runs,
  placeboCalled: design.placebo.called,
  fromDay: design.fromDay,
  toDay: design.fromDay + design.testDays - 1,
})

export const geoResultAnswer = ({
  experimentId,
  reading,
  effect,
  standardError,
}: GeoResult): GeoResultAnswer => ({
  experimentId,
  found: reading.effect,
  lift: reading.lift,
  p: reading.p,
  warnings: [...reading.warnings],
  effect,
  standardError,
})

/** Newest first. */
export const geoTestsOf = (tests: Iterable<PlannedTest>, today: number): GeoTest[] =>
  [...tests]
    .toSorted((left, right) => right.at - left.at)
    .map((test) => ({
      experimentId: test.experimentId,
      lineId: test.lineId,
      mode: test.mode,
      treated: [...test.treated],
      controlCount: test.control.length,
      fromDay: test.fromDay,
      toDay: test.toDay,
      detectableShare: test.detectableShare,
      state: stateOf(test, today),
      effect: test.read?.effect ?? null,
      standardError: test.read?.standardError ?? null,
    }))

const stateOf = ({ read, dropped, fromDay, toDay }: PlannedTest, today: number): GeoTest['state'] => {
  if (read !== null) return 'read'
  if (dropped !== null) return 'dropped'
  return today < fromDay ? 'waiting' : today <= toDay ? 'running' : 'to_read'
}
