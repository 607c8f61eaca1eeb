// The maps in examples/ against the public data they are for, where it is at hand.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import type { DecisionImported } from '../decision/events.ts'
import { createMemoryLog, type EventLog } from '../log/index.ts'
import { createSignalState, foldSignal, orderOf, refundOf } from '../signal/index.ts'
import { importFile, parseMapping, type ImportKind } from './index.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const DATA = process.env['WINDVANE_DATA'] ?? resolve(ROOT, '../shared/data')
const HILLSTROM = join(DATA, 'hillstrom/hillstrom_data.csv.gz')
const ONLINE_RETAIL = join(DATA, 'online_retail/online_retail_invoices.csv.gz')
const skipWithout = (path: string) => (existsSync(path) ? false : `${path} is not there`)

const importWith = async (map: string, file: string, as: ImportKind, log: EventLog) => {
  const folder = await mkdtemp(join(tmpdir(), 'windvane-import-'))
  try {
    const text = await readFile(join(ROOT, 'examples/maps', map), 'utf8')
    const rejectsPath = join(folder, 'rejected.ndjson')
    return await importFile({ file, as, map: parseMapping(text, as), append: log.append, rejectsPath })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('the maps in examples/', () => {
  it('IM14 brings in the 64,000 decisions of hillstrom with the published rates', {
    skip: skipWithout(HILLSTROM),
  }, async () => {
    const log = createMemoryLog()
    const first = await importWith('hillstrom.yaml', HILLSTROM, 'decisions', log)
    assert.deepEqual([first.rows, first.imported, first.rejected, first.duplicates], [64_000, 64_000, 0, 0])
    const again = await importWith('hillstrom.yaml', HILLSTROM, 'decisions', log)
    assert.deepEqual([again.imported, again.duplicates], [0, 64_000])
    const arms = new Map<string, { n: number; visit: number; spend: number }>()
    for await (const page of log.read())
      for (const event of page) {
        const { action, rewards, propensity } = event.data as DecisionImported
        assert.equal(propensity, 1 / 3)
        const arm = arms.get(action) ?? { n: 0, visit: 0, spend: 0 }
        arms.set(action, arm)
        arm.n++
        arm.visit += rewards['visit'] ?? Number.NaN
        arm.spend += rewards['spend'] ?? Number.NaN
      }
    const rates = Object.fromEntries(
      [...arms].map(([name, { n, visit, spend }]) => [
        name,
        [n, +(visit / n).toFixed(4), +(spend / n).toFixed(4)],
      ]),
    )
    assert.deepEqual(rates, {
      mens: [21_307, 0.1828, 1.4226],
      none: [21_306, 0.1062, 0.6528],
      womens: [21_387, 0.1514, 1.0772],
    })
  })

  it('IM14 brings in the 22,221 invoices of online_retail, credit notes as refunds', {
    skip: skipWithout(ONLINE_RETAIL),
  }, async () => {
    const log = createMemoryLog()
    const first = await importWith('online_retail.yaml', ONLINE_RETAIL, 'orders', log)
    assert.deepEqual([first.rows, first.imported, first.rejected, first.duplicates], [22_221, 22_221, 0, 0])
    const again = await importWith('online_retail.yaml', ONLINE_RETAIL, 'orders', log)
    assert.deepEqual([again.imported, again.duplicates], [0, 22_221])
    const state = createSignalState()
    const people = new Set<string>()
    let orders = 0
    let refunds = 0
    for await (const page of log.read())
      for (const event of page)
        for (const signal of foldSignal(state, event)) {
          people.add(signal.userId)
          if (orderOf(signal) !== null) orders++
          const refund = refundOf(signal)
          if (refund === null) continue
          refunds++
          assert.ok(refund.amount > 0)
        }
    assert.deepEqual([orders, refunds, people.size], [18_566, 3_655, 4_372])
  })
})
