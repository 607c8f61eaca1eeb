// An experiment over regions from its plan to the line's curve.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCtx, manualClock } from '../app/clock.ts'
import { ADS_LINES_APPLIED } from '../delivery/events.ts'
import { SPEND_RULES } from '../guardrail/index.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState, dumpState, restoreState } from '../loop.ts'
import {
  beginGeoTest,
  designGeoTest,
  dropGeoTest,
  readGeoTest,
  type GeoAsk,
  type RegionDay,
} from './geo-acts.ts'

const START_DAY = Date.UTC(2026, 0, 1) / DAY_MS
const BEFORE = 60
const TEST = 21

/** Twenty regions that share a market; `lost` of the value is missing in the treated ones from the test on. */
const sold = (days: number, treated: readonly string[], lost: number): RegionDay[] => {
  const rng = createRng('regions')
  const market = Array.from(
    { length: days },
    (_d, day) => 1 + 0.2 * Math.sin((2 * Math.PI * day) / 7) + 0.05 * rng.normal(),
  )
  return Array.from({ length: 20 }, (_r, r) => `region-${String(r).padStart(2, '0')}`).flatMap((region, r) =>
    market.map((level, day) => ({
      region,
      day: START_DAY + day,
      value:
        (50 + 10 * r) *
        level *
        (1 + 0.03 * rng.normal()) *
        (day >= BEFORE && treated.includes(region) ? 1 - lost : 1),
    })),
  )
}
const ask = (about: Partial<GeoAsk> = {}): GeoAsk => ({
  lineId: 'search',
  mode: 'off',
  testDays: TEST,
  oneOf: 2,
  fromDay: null,
  rows: sold(BEFORE, [], 0),
  ...about,
})

const open = async () => {
  const clock = manualClock((START_DAY + BEFORE - 1) * DAY_MS + 12 * HOUR_MS)
  const loop = createLoop({ log: createMemoryLog(), ctx: createCtx(clock, 'geo'), state: createState() })
  const traits = {
    editsPerDayMax: 3,
    stepMicros: 10_000,
    dayMinMicros: 1_000_000,
    overspendDay: 2,
    spendFinalDays: 1,
    readLagMs: 0,
    learningShare: 0.2,
    learningDays: 4,
  }
  const line = {
    name: '',
    platform: 'p',
    traits,
    dayMaxMicros: 1e9,
    monthMaxMicros: 1e10,
    dayLowMicros: 1e6,
    capacityMicros: null,
  }
  const data = {
    version: '1',
    currency: 'EUR',
    timeZone: 'UTC',
    portfolio: { dayMaxMicros: 1e10, monthMaxMicros: 1e11, dayTargetMicros: 1e9 },
    rules: SPEND_RULES,
    lines: [
      { ...line, id: 'search', externalId: '1', marginShare: 0.5 },
      { ...line, id: 'video', externalId: '2', marginShare: 1 },
    ],
  }
  await loop.record([{ id: 'lines', type: ADS_LINES_APPLIED, key: '', at: clock.now(), data }])
  return { loop, clock }
}
const refused = async (run: () => unknown, code: string) =>
  assert.rejects(
    async () => run(),
    (error: { code?: string; hint?: string }) => {
      assert.equal(error.code, code)
      assert.ok((error.hint ?? '') !== '')
      return true
    },
  )

describe('an experiment over regions', () => {
  it('BU80 shows matched regions and the smallest effect it tells, and begins only ahead of time and one a line', async () => {
    const { loop } = await open()
    const design = designGeoTest(loop, ask())
    assert.equal(design.treated.length, 10)
    assert.ok(design.line.correlation > 0.9 && design.detectableShare < 0.05)
    assert.equal(design.fromDay, START_DAY + BEFORE)
    assert.equal(loop.state.budget.tests.size, 0)
    await refused(() => designGeoTest(loop, ask({ lineId: 'none' })), 'budget.unknown_line')
    await refused(
      async () => beginGeoTest(loop, ask({ fromDay: START_DAY + 3 }), 'user:1'),
      'budget.experiment_past',
    )
    const planned = await beginGeoTest(loop, ask(), 'user:1')
    assert.deepEqual(planned.treated, design.treated)
    await refused(async () => beginGeoTest(loop, ask(), 'user:1'), 'budget.experiment_running')
    await beginGeoTest(loop, ask({ lineId: 'video' }), 'user:1')
    await dropGeoTest(loop, { experimentId: planned.experimentId, reason: 'a strike', by: 'user:1' })
    assert.equal(loop.state.budget.tests.get(planned.experimentId)?.dropped, 'a strike')
    await beginGeoTest(loop, ask(), 'user:1')
    const again = restoreState(dumpState(loop.state))
    assert.deepEqual([...again.budget.tests], [...loop.state.budget.tests])
  })

  it('BU81 reads it by the regions left alone, in margin of the whole line, once, and pins the curve', async () => {
    const { loop, clock } = await open()
    const { experimentId, treated, treatedShare } = await beginGeoTest(loop, ask(), 'user:1')
    const full = sold(BEFORE + TEST, treated, 0.1)
    await refused(
      async () =>
        readGeoTest(loop, { experimentId, rows: full.filter(({ day }) => day < START_DAY + BEFORE + 5) }),
      'budget.experiment_early',
    )
    await refused(
      async () =>
        readGeoTest(loop, { experimentId, rows: full.filter(({ region }) => region !== 'region-03') }),
      'budget.experiment_regions',
    )
    clock.set((START_DAY + BEFORE + TEST) * DAY_MS)
    const result = await readGeoTest(loop, { experimentId, rows: full })
    // A tenth of what the treated regions sold was lost; the others had as much of it, by what they sell; half is margin.
    const inTest = (wanted: boolean) =>
      sold(BEFORE + TEST, [], 0)
        .filter(({ day, region }) => day >= START_DAY + BEFORE && treated.includes(region) === wanted)
        .reduce((sum, { value }) => sum + value, 0)
    const truth = 0.5 * 0.1 * inTest(false)
    assert.ok(Math.abs(treatedShare - inTest(true) / (inTest(true) + inTest(false))) < 0.02)
    assert.ok(result.reading.effect.high < 0)
    assert.ok(
      Math.abs(result.effect - truth) < 3 * result.standardError && result.standardError < 0.3 * truth,
      `${result.effect} ± ${result.standardError}, truth ${truth}`,
    )
    const memory = loop.state.budget.memory.get('search')
    assert.equal(memory?.experiments.length, 1)
    assert.deepEqual(memory?.experiments[0]?.effect, result.effect)
    assert.equal(loop.state.budget.tests.get(experimentId)?.read?.effect, result.effect)
    await refused(async () => readGeoTest(loop, { experimentId, rows: full }), 'budget.experiment_unknown')
    assert.equal(loop.state.budget.memory.get('search')?.experiments.length, 1)
  })

  it('BU81 takes the effect itself where the line ran in the treated regions alone, and finds none where none is', async () => {
    const { loop, clock } = await open()
    const on = await beginGeoTest(loop, ask({ lineId: 'video', mode: 'on' }), 'user:1')
    clock.set((START_DAY + BEFORE + TEST) * DAY_MS)
    const raised = await readGeoTest(loop, {
      experimentId: on.experimentId,
      rows: sold(BEFORE + TEST, on.treated, -0.1),
    })
    assert.ok(Math.abs(raised.effect - raised.reading.effect.value) < 1e-6 && raised.reading.effect.low > 0)
    const other = await open()
    const none = await beginGeoTest(other.loop, ask(), 'user:1')
    const nothing = await readGeoTest(other.loop, {
      experimentId: none.experimentId,
      rows: sold(BEFORE + TEST, none.treated, 0),
    })
    assert.ok(nothing.reading.effect.low < 0 && 0 < nothing.reading.effect.high)
  })
})
