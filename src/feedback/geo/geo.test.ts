// Rules GE1 to GE8: geo experiments on planted effects and on published ones.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng, type Rng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { WIDE } from '../../kernel/testing/wide.ts'
import { missing, readCsv } from '../testing/data-sets.ts'
import { designGeo } from './design.ts'
import { panelOf, type GeoRow } from './panel.ts'
import { readGeo } from './read.ts'
import { studentQuantile, studentTails } from './student.ts'
import { effectRange, returnOnSpend, tbrEffect } from './tbr.ts'

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`)

const TREATED = 'geo_experiment/salesandcost.csv'
const DAY0 = Date.UTC(2026, 0, 1)

/** Regions of sizes 10 to 100 that share a market; from day 60 the first half sells `lift` more and is paid for. */
const regions = (rng: Rng, { geos = 20, days = 90, lift = 0 } = {}): readonly GeoRow[] => {
  const market = Array.from(
    { length: days },
    (_, day) => 1 + 0.2 * Math.sin((day * 2 * Math.PI) / 7) + 0.05 * rng.normal(),
  )
  return Array.from({ length: geos }, (_, geo) =>
    market.map((level, day): GeoRow => {
      const isTreated = geo % 2 === 0 && day >= 60
      const size = 10 + (90 * geo) / geos
      return {
        geo: `g${String(geo).padStart(2, '0')}`,
        at: DAY0 + day * DAY_MS,
        response: size * level * (1 + 0.1 * rng.normal()) * (isTreated ? 1 + lift : 1),
        cost: isTreated ? 5 : 0,
      }
    }),
  ).flat()
}
const even = new Set(Array.from({ length: 10 }, (_, i) => `g${String(2 * i).padStart(2, '0')}`))
const test60 = { treated: even, from: DAY0 + 60 * DAY_MS, until: DAY0 + 90 * DAY_MS, alpha: 0.05 }

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    return isFailure(thrown) ? thrown.code : String(thrown)
  }
  return 'none'
}

describe('geo experiments', () => {
  it('GE1 the t distribution agrees with its tables', () => {
    near(studentQuantile(0.05, 1), 12.706204736, 1e-8)
    near(studentQuantile(0.05, 10), 2.228138852, 1e-8)
    near(studentQuantile(0.01, 40), 2.704459262, 1e-8)
    near(studentTails(0, 7), 1, 1e-12)
  })

  it('GE2 the interval of a planted effect holds as often as it says, and that of none too', () => {
    let held = 0
    let called = 0
    const runs = 400
    for (let run = 0; run < runs; run++) {
      const rng = createRng(`tbr ${run}`)
      const x = Array.from({ length: 70 }, () => 100 + 10 * rng.normal())
      const y = x.map((value, day) => 20 + 0.8 * value + 4 * rng.normal() + (day >= 42 ? 3.5 : 0))
      const input = {
        control: { before: x.slice(0, 42), during: x.slice(42) },
        treated: { before: y.slice(0, 42), during: y.slice(42) },
      }
      const { low, high } = effectRange(tbrEffect(input), 0.05)
      if (low <= 28 * 3.5 && high >= 28 * 3.5) held++
      if (low > 0 || high < 0) called++
    }
    // 400 runs: the standard error of a share of .95 is .011.
    near(held / runs, 0.95, 0.035)
    assert.ok(called / runs > 0.9, 'a real effect of this size is seen in most runs')
  })

  it('GE3 where the cost is known the return is effect over cost; where it is not, both errors count', () => {
    const rows = regions(createRng('cost'), { lift: 0.1 })
    const reading = readGeo(panelOf(rows), test60)
    near(reading.cost, 10 * 30 * 5, 1e-6)
    near(reading.returnOnSpend?.value ?? 0, reading.effect.value / 1500, 1e-9)
    near(reading.returnOnSpend?.low ?? 0, reading.effect.low / 1500, 1e-6)
    const effect = tbrEffect({
      control: { before: [1, 2, 3, 4, 5, 6, 7, 8], during: [4, 5] },
      treated: { before: [1.1, 1.9, 3.2, 4, 4.9, 6.1, 7, 7.8], during: [7, 8] },
    })
    const sure = returnOnSpend(effect, { effect: 10, stderr: 0 }, 0.05)
    const unsure = returnOnSpend(effect, { effect: 10, stderr: 2 }, 0.05)
    assert.ok(sure !== null && unsure !== null && unsure.high - unsure.low > sure.high - sure.low)
    assert.equal(returnOnSpend(effect, { effect: 10, stderr: 20 }, 0.05), null)
    assert.equal(returnOnSpend(effect, { effect: 0, stderr: 0 }, 0.05), null)
  })

  it('GE4 both readings see a planted lift, and neither is fooled by none (wide)', WIDE, () => {
    const planted = readGeo(panelOf(regions(createRng('lift'), { lift: 0.1 })), test60)
    assert.ok(planted.lift.low < 0.1 && planted.lift.high > 0.1 && planted.lift.low > 0.05)
    near(planted.synthetic?.lift ?? 0, 0.1, 0.03)
    const large = readGeo(panelOf(regions(createRng('large'), { lift: 0.25 })), test60)
    assert.ok((large.synthetic?.p ?? 1) < 0.1)
    let called = 0
    let imitated = 0
    for (let run = 0; run < 40; run++) {
      const none = readGeo(panelOf(regions(createRng(`none ${run}`))), test60)
      if (none.p < 0.05) called++
      if ((none.synthetic?.p ?? 1) < 0.05) imitated++
    }
    assert.ok(called <= 6, `${called} of 40 tests of nothing were called`)
    assert.ok(imitated <= 6, `the synthetic control called ${imitated} of 40`)
  })

  it(
    'GE5 a design treats one region of each stratum, is the same for the same seed, and what it says it can tell it can (wide)',
    WIDE,
    () => {
      const before = panelOf(regions(createRng('design'), { days: 84 }))
      const design = designGeo(before, { testDays: 28 })
      assert.deepEqual(designGeo(before, { testDays: 28 }), design)
      assert.equal(design.treated.length, 10)
      assert.equal(design.treated.length + design.control.length, 20)
      near(design.treatedShare, 0.5, 0.1)
      assert.equal(designGeo(before, { oneOf: 4 }).treated.length, 5)
      const treated = new Set(design.treated)
      let seen = 0
      for (let run = 0; run < 60; run++) {
        const rows = regions(createRng(`power ${run}`), { days: 112 }).map((row) =>
          row.at >= DAY0 + 84 * DAY_MS && treated.has(row.geo)
            ? { ...row, response: row.response * (1 + design.detectableShare) }
            : row,
        )
        const { effect } = readGeo(panelOf(rows), {
          treated,
          from: DAY0 + 84 * DAY_MS,
          until: DAY0 + 112 * DAY_MS,
          alpha: 0.05,
        })
        if (effect.low > 0) seen++
      }
      assert.ok(seen / 60 > 0.65, `an effect of the size it names was seen in ${seen} of 60 tests`)
    },
  )

  it('GE6 regions with missing days are named and count or are left out as wanted; what cannot be read is refused', () => {
    const rows = regions(createRng('holes'))
    const holed = rows.filter(({ geo, at }) => geo !== 'g03' || at !== DAY0 + 5 * DAY_MS)
    for (const [missing, regions] of [
      ['drop', 19],
      ['zero', 20],
    ] as const) {
      const panel = panelOf(holed, missing)
      assert.deepEqual(panel.incomplete, [{ name: 'g03', missing: 1 }])
      assert.equal(panel.geos.length, regions)
    }
    const panel = panelOf(rows)
    assert.equal(
      codeOf(() => readGeo(panel, { ...test60, treated: new Set(['nowhere']) })),
      'geo.no_groups',
    )
    assert.equal(
      codeOf(() => readGeo(panel, { ...test60, from: DAY0 + 3 * DAY_MS })),
      'geo.too_short',
    )
    assert.equal(
      codeOf(() => readGeo(panel, { ...test60, from: DAY0 + 900 * DAY_MS })),
      'geo.no_test',
    )
    assert.equal(
      codeOf(() => designGeo(panelOf(regions(createRng('short'), { days: 15 })))),
      'geo.too_short',
    )
    assert.equal(
      codeOf(() => designGeo(panelOf(regions(createRng('few'), { geos: 3 })))),
      'geo.too_few',
    )
    assert.equal(
      codeOf(() => panelOf(rows.filter(({ geo }) => geo === 'g01'))),
      'geo.no_regions',
    )
  })

  it('GE7 what speaks against a reading is named', () => {
    const rng = createRng('apart')
    const rows = regions(rng).map((row) =>
      even.has(row.geo) ? { ...row, response: 50 + 20 * rng.normal() } : row,
    )
    assert.ok(readGeo(panelOf(rows), test60).warnings.includes('weak_match'))
    const late = { ...test60, from: DAY0 + 30 * DAY_MS }
    assert.ok(readGeo(panelOf(regions(createRng('late'))), late).warnings.includes('short_before'))
  })

  it('GE8 gives the published figures of the public experiment', { skip: missing(TREATED) }, () => {
    const groups = readCsv('geo_experiment/geoassignment.csv')
    const treated = new Set(groups.filter((row) => row['geo.group'] === '2').map(({ geo = '' }) => geo))
    const rows = readCsv(TREATED).map(({ date = '', geo = '', sales, cost }) => ({
      geo,
      at: Date.parse(date),
      response: Number(sales),
      cost: Number(cost),
    }))
    const reading = readGeo(panelOf(rows), {
      treated,
      from: Date.UTC(2015, 1, 16),
      until: Date.UTC(2015, 2, 16),
      alpha: 0.05,
    })
    near(reading.effect.value, 147337.1, 0.05)
    near(reading.returnOnSpend?.value ?? 0, 2.946742, 5e-7)
    near(reading.returnOnSpend?.low ?? 0, 2.759772, 5e-7)
    near(reading.returnOnSpend?.high ?? 0, 3.133713, 5e-7)
  })
})
