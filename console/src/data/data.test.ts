// The console's own logic: formats, addresses, the stream's parser, what happened while one was away.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROUTES } from '../../../src/api/contract.ts'
import { CONSOLE_PAGES } from '../../../src/api/static.ts'
import { makeBrief, makeStop } from '../../testing/generate-brief.ts'
import { FIXTURE_NOW } from '../../testing/world.ts'
import { makeDecision } from '../../testing/generate-rows.ts'
import { awaySince, seenOf } from './away.ts'
import { addressOf, pathWith } from './client.ts'
import { filterOf, passes, queryOf } from './decision-filter.ts'
import { createFormat } from './format.ts'
import { backoffMs, streamEventOf } from './live.ts'
import { PATHS } from './paths.ts'
import { parseRoute, pathOf, VIEWS } from './route.ts'
import { mergeRows } from './rows.ts'
import { chooseLang } from './settings.ts'
import { createEventParser } from './sse.ts'
import { anchorAt, liftRange, niceTicks, thin, timeTicks, zoneOffsetMs } from './ticks.ts'

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('\u2060', '')

describe('formats', () => {
  const ru = createFormat({ lang: 'ru', currency: 'RUB', timeZone: 'Europe/Moscow' })
  const en = createFormat({ lang: 'en', currency: 'EUR', timeZone: 'Europe/Berlin' })

  it('C4 money has the business currency, two decimals when small, none when large, and a sign when asked', () => {
    assert.equal(plain(ru.money(16.166)), '16,17 ₽')
    assert.equal(plain(ru.moneySigned(58_404.4)), '+58 404 ₽')
    assert.equal(plain(en.moneySigned(-3.5)), '-€3.50')
    assert.equal(plain(en.moneySigned(0)), '€0.00')
  })

  it('C4 times are in the business time zone, whatever the browser has', () => {
    assert.equal(ru.time(FIXTURE_NOW), '14:20')
    assert.equal(en.time(FIXTURE_NOW), '13:20')
    // Months of the contract are UTC, wherever the business is.
    const west = createFormat({ lang: 'en', currency: 'USD', timeZone: 'America/New_York' })
    assert.equal(west.date(Date.parse('2025-04')), 'Apr 1, 2025')
    assert.equal(plain(ru.month(Date.parse('2025-04'))), 'апрель 2025 г.')
  })

  it('C4 an unknown currency or zone still gives numbers and times', () => {
    const odd = createFormat({ lang: 'en', currency: 'points', timeZone: 'Mars/Olympus' })
    assert.equal(odd.money(3), '3.00')
    assert.equal(odd.time(FIXTURE_NOW), '11:20')
    assert.equal(odd.dateTime(Number.NaN), '')
  })

  it('C4 the language is the first known one of the browser', () => {
    assert.equal(chooseLang(['de-DE', 'ru-RU', 'en']), 'ru')
    assert.equal(chooseLang(['fr']), 'en')
  })
})

describe('addresses', () => {
  it('C5 the server serves the address of every view', () => {
    assert.deepEqual(
      VIEWS.map((view) => pathOf(view)).filter((path) => !CONSOLE_PAGES.includes(path)),
      [],
    )
  })

  it('C5 every view and object has an address that leads back to it', () => {
    for (const [view, id] of [
      ['brief', null],
      ['decisions', 'dec:a/б 1'],
      ['customers', '%'],
      ['health', null],
      ['campaigns', null],
    ] as const) {
      assert.deepEqual(parseRoute(pathOf(view, id)), { view, id })
    }
    assert.equal(parseRoute('/nowhere').view, 'unknown')
    assert.equal(parseRoute('/impact/x').view, 'unknown')
    assert.deepEqual(parseRoute('/customers/%'), { view: 'customers', id: '%' })
  })

  it('C5 filters survive a round trip through the address', () => {
    const filter = { campaign: 'cart', verdict: 'act', profile: 'p 1' }
    assert.deepEqual(filterOf(new URLSearchParams(queryOf(filter))), filter)
    const row = makeDecision(4, 'busy', 'en', FIXTURE_NOW)
    assert.ok(passes({ campaign: row.campaignId, verdict: '', profile: '' }, row))
    assert.ok(!passes({ campaign: 'other', verdict: '', profile: '' }, row))
  })

  it('C6 the paths asked for are the paths of the contract', () => {
    assert.deepEqual(
      PATHS,
      Object.fromEntries(Object.entries(ROUTES).map(([name, route]) => [name, route.path])),
    )
    assert.equal(addressOf('/api/x', { a: '', b: null, c: 0 }), '/api/x?c=0')
    assert.equal(pathWith('/api/decisions/:id', 'a/b'), '/api/decisions/a%2Fb')
  })
})

describe('the live stream', () => {
  it('C7 events are the same however the bytes are cut', () => {
    const text =
      ': hello\r\nevent: brief\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: x\n\nevent: decision\ndata: {}\n\n'
    const whole = createEventParser()(text)
    assert.deepEqual(whole, [
      { event: 'brief', data: '{"a":\n1}' },
      { event: 'message', data: 'x' },
      { event: 'decision', data: '{}' },
    ])
    for (let size = 1; size < 9; size += 1) {
      const parse = createEventParser()
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      assert.deepEqual(
        pieces.flatMap((piece) => [...parse(piece)]),
        whole,
        `cut by ${size}`,
      )
    }
  })

  it('C7 an event is understood wrapped or bare, and nonsense is left out', () => {
    assert.equal(streamEventOf('message', '{"type":"brief","brief":{}}')?.type, 'brief')
    assert.equal(streamEventOf('decision', '{"decisionId":"d"}')?.type, 'decision')
    assert.equal(streamEventOf('brief', '{"cut'), null)
    assert.equal(streamEventOf('ping', '{}'), null)
  })

  it('C7 reconnects wait longer each time, up to a limit', () => {
    assert.deepEqual(
      [1, 2, 3, 9].map((attempt) => backoffMs(attempt, 30_000, () => 0)),
      [1000, 2000, 4000, 30_000],
    )
    assert.equal(
      backoffMs(1, 30_000, () => 1),
      750,
    )
  })

  it('C7 a decision heard and fetched is shown once, the fetched one', () => {
    const [a, b] = [makeDecision(1, 'busy', 'en', 10), makeDecision(2, 'busy', 'en', 20)]
    const later = { ...a, delivery: 'sent' }
    assert.deepEqual(mergeRows([b, a], [later]), [b, later])
  })
})

describe('the brief', () => {
  const brief = makeBrief('busy', FIXTURE_NOW, makeStop('busy'))
  const earlier = { ...seenOf(brief), at: FIXTURE_NOW - 3_600_000, decisions: 17_000, sent: 8000 }

  it('C8 away is the difference to what was seen last', () => {
    assert.deepEqual(awaySince(earlier, brief), {
      since: earlier.at,
      decisions: 1021,
      sent: 231,
      conversions: 0,
      unsubscribed: 0,
    })
  })

  it('C8 a first visit, a short absence and another installation are not "away"', () => {
    assert.equal(awaySince(null, brief), null)
    assert.equal(awaySince({ ...earlier, at: FIXTURE_NOW - 60_000 }, brief), null)
    assert.equal(awaySince({ ...earlier, decisions: 99_000_000 }, brief), null)
  })
})

describe('charts', () => {
  it('C9 axes have round values and local times', () => {
    assert.deepEqual(niceTicks(0, 9, 3), [0, 5, 10])
    assert.deepEqual(niceTicks(-0.3, 0.9, 4), [-0.5, 0, 0.5, 1])
    const day = timeTicks(FIXTURE_NOW - 96 * 3_600_000, FIXTURE_NOW, 4, 'Europe/Moscow')
    assert.ok(day.daily)
    for (const at of day.at) assert.equal((at + zoneOffsetMs(at, 'Europe/Moscow')) % 86_400_000, 0)
    assert.equal(zoneOffsetMs(FIXTURE_NOW, 'Asia/Kolkata'), 5.5 * 3_600_000)
  })

  it('C9 thinning keeps the first and the last point', () => {
    assert.deepEqual(thin([1, 2, 3, 4, 5], 3), [1, 3, 5])
    assert.deepEqual(thin([1, 2], 3), [1, 2])
  })

  it('C9 a label at the right edge stays inside', () => {
    assert.deepEqual([anchorAt(100, 400), anchorAt(395, 400)], ['middle', 'end'])
  })

  it('C9 the range always has zero and the planted truth in it', () => {
    const [low, high] = liftRange([{ low: 2, high: 3 }], [9])
    assert.ok(low < 0 && high > 9)
  })
})
