// Rule BW37: reviews, answers and tickets are heard as what they are about, with the tone that their author gave in
// numbers, and are told of the person who said them; once, however often they are brought.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCtx, manualClock } from '../../app/clock.ts'
import { npsBetween, readBrand, renderBrand } from '../../brand/index.ts'
import { present } from '../../kernel/assert.ts'
import { isRecord } from '../../kernel/json.ts'
import type { Problem } from '../../kernel/problem.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import { createMemoryLog } from '../../log/index.ts'
import { createLoop, createState } from '../../loop.ts'
import { eventsOf } from '../testing/brand-story.ts'
import { alarmsOf } from './alarms.ts'
import { createHearing, type SaidItem } from './hearing.ts'

const START = Date.parse('2026-06-01T00:00:00Z')
const SECTION = {
  entities: [
    { id: 'shop', names: ['Маяк', 'Lighthouse'] },
    { id: 'kettle', kind: 'product', names: ['чайник Волна'] },
  ],
  sources: [
    { id: 'reviews', kind: 'push', about: 'shop', score: 'stars' },
    { id: 'survey', kind: 'push', about: 'shop', score: 'nps' },
    { id: 'desk', kind: 'push', about: 'shop', tickets: true },
  ],
}

const open = async () => {
  const clock = manualClock(START)
  const loop = createLoop({
    log: createMemoryLog({ roundTrip: true }),
    ctx: createCtx(clock, 'said'),
    state: createState(),
  })
  const problems: Problem[] = []
  const brand = present(readBrand(SECTION, problems), 'a watch')
  assert.deepEqual(problems, [])
  await loop.record([
    { id: 'b', type: 'brand.applied.v1', key: '', at: START, data: { version: 'v1', brand } },
  ])
  return { loop, clock, brand, hearing: createHearing(loop) }
}

const said = (id: string, more: Partial<SaidItem> = {}): SaidItem => ({
  id,
  at: START,
  author: '',
  url: '',
  text: '',
  ...more,
})

describe('what people say in reviews, answers and tickets', () => {
  it('BW37 is about whom the source is about, or whom it names; stars are its tone', async () => {
    const { loop, hearing } = await open()
    const { heard } = await hearing.hear('reviews', [
      said('1', { score: 1 }),
      said('2', { score: 5, text: 'Всё отлично' }),
      said('3', { text: 'Ужасно, обманули, верните деньги' }),
      said('4', { score: 2, about: 'Чайника Волна', text: 'Течёт' }),
      said('5', { score: 2, about: 'kettle' }),
      said('6', { score: 9, text: 'Нормально' }),
    ])
    assert.equal(heard, 6)
    const of = (id: string) => present(loop.state.brand.mentions.get(`reviews ${id}`), id)
    assert.deepEqual(of('1').entities, [{ id: 'shop', tone: -1, confidence: 0.95 }])
    assert.deepEqual(of('2').entities, [{ id: 'shop', tone: 1, confidence: 0.95 }])
    assert.equal((of('3').entities[0]?.tone ?? 0) < -0.2, true)
    assert.equal(of('3').rating, undefined)
    assert.deepEqual(of('4').entities, [{ id: 'kettle', tone: -0.5, confidence: 0.775 }])
    assert.deepEqual(
      of('5').entities.map(({ id }) => id),
      ['kettle'],
    )
    // Nine stars are none: what is said in words counts.
    assert.equal(of('6').rating, undefined)
  })

  it('BW37 an answer of somebody known is an event of that person, brought again it is not', async () => {
    const { loop, hearing } = await open()
    const items = [
      said('a', { score: 3, text: 'Долго везли', who: { userId: 'anna' } }),
      said('b', { score: 10, who: { email: 'Igor@Shop.example' } }),
      said('c', { score: 8 }),
    ]
    await hearing.hear('survey', items)
    await hearing.hear('survey', items)
    await hearing.hear('desk', [said('t', { text: 'Где мой заказ?', who: { userId: 'anna' } })])
    const calls = (await eventsOf(loop.log)).flatMap(({ type, data }) => {
      const payload = type === 'signal.received.v1' && isRecord(data) ? data['payload'] : null
      return isRecord(payload) && Array.isArray(payload['batch']) ? (payload['batch'] as object[]) : []
    })
    assert.deepEqual(
      calls.map((call) => {
        const {
          event,
          userId = '',
          properties,
        } = call as {
          readonly event: string
          readonly userId?: string
          readonly properties: object
        }
        return [event, userId, properties]
      }),
      [
        ['Survey Answered', 'anna', { source: 'survey', text: 'Долго везли', score: 3, scale: 'nps' }],
        ['Survey Answered', '', { source: 'survey', score: 10, scale: 'nps' }],
        ['Ticket Created', 'anna', { source: 'desk', text: 'Где мой заказ?' }],
      ],
    )
    assert.equal(loop.state.brand.mentions.get('desk t')?.isTicket, true)
    const nps = npsBetween(loop.state.brand.nps, { now: START, days: 30 })
    assert.deepEqual([nps.answers, nps.score], [3, 0])
    // Addresses are the person's: they stand in nothing that is not encrypted with them.
    const heard = (await eventsOf(loop.log)).filter(({ type }) => type === 'brand.mentions_heard.v1')
    assert.equal(/igor@shop/i.test(JSON.stringify(heard)), false)
  })

  it('BW37 scores without a word are as many voices, the same long text twice is a copy', async () => {
    const { loop, hearing } = await open()
    const long = 'Сгорел через неделю, магазин деньги не вернул, на звонки никто не отвечает'
    await hearing.hear('reviews', [
      ...Array.from({ length: 20 }, (_, i) => said(`s${i}`, { score: 1 })),
      ...Array.from({ length: 5 }, (_, i) => said(`k${i}`, { score: 1, text: 'Ужасно' })),
      ...Array.from({ length: 5 }, (_, i) => said(`l${i}`, { score: 1, text: long })),
    ])
    assert.equal(loop.state.brand.sources.get('reviews')?.echoes, 4)
  })

  it('BW37 a wave of bad stars opens a crisis, last year’s reviews brought today open nothing', async () => {
    const { loop, clock, hearing } = await open()
    const alarms = () =>
      alarmsOf(loop.state.brand, clock.now()).map(({ kind, entity }) => `${kind} ${entity}`)
    await hearing.hear(
      'reviews',
      Array.from({ length: 300 }, (_, i) =>
        said(`old${i}`, { score: 1, at: START - 200 * DAY_MS + i * MINUTE_MS }),
      ),
    )
    for (let hour = 0; hour < 24 * 6; hour++) {
      clock.set(START + hour * HOUR_MS)
      await hearing.hear('reviews', [
        said(`n${hour}`, { score: hour % 4 === 0 ? 2 : 5, at: clock.now(), text: `Заказ ${hour} пришёл` }),
      ])
    }
    assert.deepEqual(alarms(), [])
    const now = clock.now()
    await hearing.hear(
      'reviews',
      Array.from({ length: 40 }, (_, i) =>
        said(`bad${i}`, { score: 1, at: now + i * 20_000, author: `p${i}` }),
      ),
    )
    clock.set(now + 40 * 20_000)
    assert.deepEqual(alarms(), ['crisis shop'])
  })

  it('BW37 the plan’s sources are written back as they were read; what cannot be is said', async () => {
    const { brand } = await open()
    assert.deepEqual(readBrand(renderBrand(brand), []), brand)
    const problemsOf = (source: object) => {
      const problems: Problem[] = []
      readBrand({ ...SECTION, sources: [{ id: 's', kind: 'push', ...source }] }, problems)
      return problems.map(({ path, message }) => `${path} ${message}`)
    }
    assert.deepEqual(problemsOf({ about: 'shp' }), ['brand.sources[0].about nobody watches `shp`'])
    assert.deepEqual(problemsOf({ mapping: { id: 'id', text: 'body', txt: 'x' } }), [
      'brand.sources[0].mapping `txt` is no field',
    ])
    assert.deepEqual(problemsOf({ mapping: { id: 'id', score: 'stars' } }), [
      'brand.sources[0].score says not which scale',
    ])
    assert.deepEqual(problemsOf({ mapping: { text: 'body' } }), [
      'brand.sources[0].mapping says not where id and text or score are',
    ])
  })
})
