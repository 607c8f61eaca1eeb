// Rules BW35 and BW36: ad lines that speak of an incident's topic are paused, named with the reason, and come back;
// no other is touched.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { moneyPortsOf } from '../../app/money-wheel.ts'
import { incidentView } from '../../api/views/brand.ts'
import { sayIn } from '../../api/views/said-words.ts'
import type { Evidence } from '../../governance/events.ts'
import type { AdPlatform } from '../../delivery/index.ts'
import { present } from '../../kernel/assert.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import { createMoneyClock, moneyTurn } from '../money.ts'
import { tellStops } from '../money-stop.ts'
import { alarm, applied, eventsOf, PLAN } from '../testing/brand-story.ts'
import { dryRunPlaybook } from './acting.ts'
import { wordsIn } from './alarms.ts'

const RUB = 1_000_000
const line = (id: string, rest: string, platform = 'yandex-direct') =>
  `    - {id: ${id}, platform: ${platform}, external_id: ${id}, day_max: 20000, month_max: 400000, ${rest}}\n`
const ADS = `
ads:
  currency: RUB
  time_zone: UTC
  day_target: 6000
  day_max: 100000
  month_max: 2000000
  lines:
${line('named', 'name: Электрические чайники — поиск')}${line('searched', 'name: Кухня, keywords: ["купить +чайник недорого"]')}${line(
  'minus',
  'name: Кофе, keywords: ["кофе -чайник", "кофеварка капельная"]',
)}${line('shows', 'name: Баннеры, creatives: [promo]')}${line('sells', 'name: Товары, category: Чайники')}${line(
  'plain',
  'name: Магазин — бренд, keywords: ["магазин посуды", "посуда оптом"]',
)}${line('burnt', 'name: Свечи, keywords: ["свечи ароматические"]')}${line('lost', 'name: Чайникам нового года', 'vk-ads')}`
const STORM = `
    - id: beside
      when: incident.kind == "slow_burn"
      steps: [{cut_spend_beside: []}]
      stand_down: {calm: 1h, every: 10m}
    - {id: said, when: incident.kind == "opportunity", steps: [{cut_spend_beside: [кофеварки]}]}
`
const YAML = `${PLAN.replace('currency: EUR', 'currency: RUB')
  .replace('names: [Shop]', 'names: [Магазин, Shop]')
  .replace(
    'body: Kettles for less}}',
    'body: Kettles for less}, ru: {subject: Скидка на чайники, body: Дешевле}}',
  )}${STORM.slice(1)}${ADS}`

const PHRASES = ['чайник сгорел', 'магазин молчит']

const open = async () => {
  const played = await applied(YAML)
  const { loop, ports } = played
  ports.wordsIn = wordsIn
  const budgets = new Map<string, number>()
  for (const { spec } of loop.state.guardrail.books.lines.values()) budgets.set(spec.id, 1_000 * RUB)
  const writes: string[] = []
  let isDead = true
  const platform = (name: string, dies: boolean): AdPlatform => ({
    name,
    currency: 'RUB',
    traits: present([...loop.state.guardrail.books.lines.values()][0], 'a line').spec.traits,
    read: async ({ externalIds, toDay }) =>
      externalIds.map((externalId) => ({
        externalId,
        budgetMicros: budgets.get(externalId) ?? null,
        days: [{ day: toDay, spendMicros: 0, valueMicros: 0, conversions: 0 }],
      })),
    write: async ({ externalId, budgetMicros }) => {
      if (dies && isDead)
        return { kind: 'refused', code: 'ads.sign_in', detail: 'the token has ended', retryable: true }
      writes.push(`${externalId} ${budgetMicros / RUB}`)
      budgets.set(externalId, budgetMicros)
      return { kind: 'accepted' }
    },
    close: async () => {},
  })
  const money = {
    ...moneyPortsOf({
      loop,
      platforms: new Map([
        ['yandex-direct', platform('yandex-direct', false)],
        ['vk-ads', platform('vk-ads', true)],
      ]),
      outside: () => ({ read: true, stops: new Set() }) as never,
      demandOn: () => null,
    }),
    stopped: () => false,
    stopsApart: false,
  }
  const clock = createMoneyClock()
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= MINUTE_MS) {
      await played.pass(MINUTE_MS)
      await moneyTurn(money, clock)
      await tellStops(money, clock.stops)
    }
  }
  await pass(2 * MINUTE_MS)
  // The day's plan moves money of its own: what follows is told apart from it.
  writes.length = 0
  return { ...played, budgets, writes, pass, wake: () => (isDead = false) }
}

const burn = () => alarm({ kind: 'slow_burn', evidence: { ...alarm().evidence, phrases: PHRASES } })

describe('ad lines beside the topic', () => {
  it('BW35 pauses lines whose name, keywords, creatives or products hold a word of it, and no other', async () => {
    const played = await open()
    const before = new Map(played.budgets)
    played.see(burn())
    await played.pass(2 * MINUTE_MS)
    assert.deepEqual(played.writes.toSorted(), ['named 0', 'searched 0', 'sells 0', 'shows 0'])
    for (const id of ['minus', 'plain', 'burnt']) assert.equal(played.budgets.get(id), before.get(id), id)
  })

  it('BW35 lets them go on as they were when it is stood down, and only those', async () => {
    const played = await open()
    const before = new Map(played.budgets)
    played.see(burn())
    await played.pass(5 * MINUTE_MS)
    played.see()
    await played.pass(HOUR_MS + 2 * MINUTE_MS)
    assert.match(played.statuses()[0] ?? '', /^I1 closed: taken_back/)
    assert.deepEqual([...played.budgets], [...before])
    assert.equal(played.loop.state.guardrail.holds.size, 0)
    const moves = (await eventsOf(played.loop.log)).filter(({ type }) => type === 'spend.move_confirmed.v1')
    assert.ok(moves.length >= 8)
  })

  it('BW35 a line that a person had paused stays paused afterwards', async () => {
    const played = await open()
    played.budgets.set('named', 0)
    await played.pass(HOUR_MS + MINUTE_MS)
    played.see(burn())
    await played.pass(2 * MINUTE_MS)
    played.see()
    await played.pass(HOUR_MS + 2 * MINUTE_MS)
    assert.match(played.statuses()[0] ?? '', /^I1 closed/)
    assert.equal(played.budgets.get('named'), 0)
  })

  it('BW36 names each line with the word and where it stands; the dry run says the same and changes nothing', async () => {
    const played = await open()
    const { loop } = played
    const offset = loop.state.offset
    const dry = present(dryRunPlaybook(loop, 'beside', PHRASES)[0], 'a step')
    assert.equal(dry.would, 'goes')
    assert.deepEqual(
      dry.lines.map(({ lineId, word, where, what, told }) => [lineId, word, where, what, told]),
      [
        ['named', 'чайник', 'name', '', true],
        ['searched', 'чайник', 'keyword', 'купить +чайник недорого', true],
        ['shows', 'чайник', 'creative', 'promo', true],
        ['sells', 'чайник', 'product', 'Чайники', true],
        ['lost', 'чайник', 'name', '', true],
      ],
    )
    assert.equal(loop.state.offset, offset)
    assert.deepEqual(
      dryRunPlaybook(loop, 'said')[0]?.lines.map(({ lineId, word }) => [lineId, word]),
      [['minus', 'кофеварки']],
    )
    // Without a word there is no topic: nothing, and never all.
    assert.equal(dryRunPlaybook(loop, 'beside')[0]?.would, 'nothing')
    played.see(burn())
    await played.pass(2 * MINUTE_MS)
    const proposed = (await eventsOf(loop.log)).findLast(({ type }) => type === 'governance.proposed.v1')
    const { evidence, touches, level } = present(proposed, 'a proposal').data as {
      readonly evidence: readonly Evidence[]
      readonly touches: { readonly what: string; readonly count: number }
      readonly level: number
    }
    assert.equal(touches.count, 5)
    assert.equal(level, 4)
    assert.ok(
      evidence.some(
        ({ kind, said }) =>
          kind === 'ad_line' &&
          sayIn('en', said, '') === 'Кухня: “чайник” in its keyword “купить +чайник недорого”',
      ),
    )
  })

  it('BW36 a line that cannot be reached is named, until it is seen paused', async () => {
    const played = await open()
    const { loop } = played
    played.see(burn())
    await played.pass(2 * MINUTE_MS)
    const linesNow = () => {
      const incident = present(loop.state.brand.incidents.open.get('I1'), 'an incident')
      return incidentView(loop.state, incident).steps[0]?.lines ?? []
    }
    assert.deepEqual(
      linesNow().map(({ lineId, state }) => `${lineId} ${state}`),
      ['named paused', 'searched paused', 'shows paused', 'sells paused', 'lost unreachable'],
    )
    assert.match(linesNow().at(-1)?.detail ?? '', /Чайникам нового года on vk-ads may still spend/)
    assert.equal(linesNow().at(-1)?.word, 'чайник')
    played.wake()
    await played.pass(3 * MINUTE_MS)
    assert.equal(linesNow().at(-1)?.state, 'paused')
    assert.equal(played.budgets.get('lost'), 0)
  })

  it('BW35 the plan is written back as it was read; a creative that is not there is refused', async () => {
    const { parsePlan, planInForce, renderPlan } = await import('../../app/plan.ts')
    const { loop } = await applied(YAML)
    const plan = planInForce(loop.state)
    const again = parsePlan(renderPlan(plan), plan).plan
    assert.deepEqual(again?.ads, plan.ads)
    assert.deepEqual(again?.brand, plan.brand)
    assert.match(
      parsePlan(YAML.replace('creatives: [promo]}', 'creatives: [prono]}'), plan)
        .problems.map(({ message }) => message)
        .join(),
      /there is no creative `prono`/,
    )
  })
})
