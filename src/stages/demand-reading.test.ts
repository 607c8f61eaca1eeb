// Demand from what the loop has heard.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKpis, foldKpis } from '../insight/index.ts'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { Signal } from '../signal/events.ts'
import { demandReading } from './demand-reading.ts'

const START = Date.UTC(2026, 0, 5)
const BUSINESS = { ...DEFAULT_BUSINESS, timeZone: 'UTC' }

/** `perDay` first pages a day, twice as many on the last; each third day as many again from ads. */
const heard = (days: number, perDay: number) => {
  const kpis = createKpis()
  for (let day = 0; day < days; day++) {
    const at = START + day * DAY_MS + 12 * HOUR_MS
    const page = (url: string): Signal => ({
      kind: 'page',
      messageId: '',
      userId: '',
      anonymousId: 'a',
      previousId: '',
      groupId: '',
      name: '',
      properties: { url },
      traits: {},
      context: {},
      at,
      receivedAt: at,
      source: 's',
    })
    const unpaid = perDay * (day === days - 1 ? 2 : 1) + (day % 7 >= 5 ? perDay * 0.4 : 0)
    const signals = [
      ...Array.from({ length: unpaid }, () => page('https://shop.example/')),
      ...Array.from({ length: day % 3 === 0 ? perDay : 0 }, () => page('https://shop.example/?gclid=1')),
    ]
    foldKpis(
      kpis,
      { offset: day + 1, id: `${day}`, type: 'signal.received.v1', key: '', at, data: {} },
      signals,
      BUSINESS,
    )
  }
  return kpis
}

describe('demand as the loop hears it', () => {
  it('BU70 follows visits that no ad brought, not those that ads did', () => {
    const kpis = heard(24, 100)
    const today = START / DAY_MS + 23
    assert.ok((demandReading(kpis, today) ?? 0) > 1.5)
    const [quiet, advertised] = [demandReading(kpis, today - 2), demandReading(kpis, today - 5)]
    assert.ok(Math.abs((quiet ?? 0) - (advertised ?? 9)) < 0.35)
    assert.equal(demandReading(createKpis(), today), null)
    assert.equal(demandReading(heard(10, 100), START / DAY_MS + 9), null)
  })

  it('BU70 falls back to the season that a forecast found', () => {
    const kpis = heard(24, 5)
    const today = START / DAY_MS + 23
    assert.equal(demandReading(kpis, today), null)
    kpis.forecasts.made.visits = {
      kpi: 'visits',
      fromDay: today,
      mean: [12, 8, 10, 10, 10, 10, 10],
      low80: [],
      high80: [],
      method: 'theta',
      fallback: '',
      error: null,
      naiveError: null,
      daysKnown: 24,
    } as never
    assert.ok(Math.abs((demandReading(kpis, today) ?? 0) - 1.2) < 1e-9)
  })
})
