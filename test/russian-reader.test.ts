// What a playbook says of itself to somebody who reads Russian: in the views of the console, in notices and in the audit.
// Names, ids and codes aside there is no Latin letter in it; facts of older logs speak Russian, too.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ru } from '../console/src/words/ru.ts'
import { briefLetter, letterOf } from '../src/app/notify/letter-of.ts'
import { viewActs } from '../src/api/views/audit.ts'
import { incidentView, viewBrand } from '../src/api/views/brand.ts'
import { MONEY_WORDS } from '../src/api/views/money-said-words.ts'
import { viewMoney } from '../src/api/views/money.ts'
import { viewProposals } from '../src/api/views/proposals.ts'
import { sayIn } from '../src/api/views/said-words.ts'
import { viewStop } from '../src/api/views/stop.ts'
import type { ViewSources } from '../src/api/views/sources.ts'
import { NOTICE_ENDED } from '../src/brand/events.ts'
import type { CallBegun } from '../src/notice/events.ts'
import { ADS_LINES_APPLIED, SPEND_INCIDENT_OPENED, type AdPlatform } from '../src/delivery/index.ts'
import { STOP_RAISED } from '../src/guardrail/events.ts'
import { actorOf } from '../src/governance/index.ts'
import { SPEND_RULES } from '../src/guardrail/index.ts'
import { Failure } from '../src/kernel/failure.ts'
import { LOCAL_OPERATOR } from '../src/kernel/principal.ts'
import { DAY_MS, MINUTE_MS } from '../src/kernel/time.ts'
import { createMoneyClock, moneyTurn } from '../src/stages/money.ts'
import { alarm, applied, PLAN } from '../src/stages/testing/brand-story.ts'

const RUSSIAN_PLAN = PLAN.replace(
  'business: {name: Shop, time_zone: UTC, currency: EUR}',
  'business: {name: Лавка, time_zone: UTC, currency: EUR, locale: ru-RU}',
)
  .replace('{en: We are looking into it.}', '{ru: Мы разбираемся.}')
  .replace('name: Storm', 'name: Буря')

/** Ids of the story, of proposals and incidents, codes of currencies and zones. */
const NAMES =
  /\b(?:brand:I\d+:\d+|pause-all|shop|sale|order|promo|care|email|receipt|empathetic|kettle|burnt|UTC|EUR|USD|STOP|SIGUSR2|[IP]\d+|Windvane|ru|en)\b/g

const latinIn = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => /[a-z]{2,}/i.test(text.replace(NAMES, '')))

const played = async () => {
  const story = await applied(RUSSIAN_PLAN)
  story.see(alarm({ evidence: { ...alarm().evidence, phrases: ['чайник сгорел'] } }))
  await story.pass(6 * MINUTE_MS)
  story.see(alarm({ entity: 'shop', topic: 'атака', kind: 'attack' }))
  await story.pass(2 * MINUTE_MS)
  story.see()
  await story.pass(70 * MINUTE_MS)
  const sources = { loop: story.loop, stopFiles: () => [], truth: () => null } as unknown as ViewSources
  return { ...story, sources }
}

describe('a playbook for a Russian reader', () => {
  it('BW39 names its steps, risk, evidence and reasons in Russian', async () => {
    const { sources } = await played()
    const { open, closed } = viewProposals(sources, actorOf(LOCAL_OPERATOR), { language: 'ru' })
    const all = [...open, ...closed]
    assert.ok(all.length >= 5, 'the story has proposals')
    const told = all.flatMap(({ title, risk, evidence, grounds, changes, detail }) => [
      title,
      risk.note,
      detail,
      ...evidence.map(({ label }) => label),
      ...grounds.map((ground) => ground.detail),
      ...changes.flatMap(({ path, is, willBe }) => [path, is, willBe]),
    ])
    assert.deepEqual(latinIn(told), [])
    assert.ok(told.includes('придержать промо (I1, shop)'))
    assert.ok(told.includes('тяжесть 2, упоминаний: 90'))
    // What the view leaves as codes has a word in the console's dictionary.
    for (const { kind, touches, risk, grounds } of all)
      for (const key of [
        `proposalKind.${kind}`,
        `riskLevel.${risk.level}`,
        ...grounds.map(({ code }) => `why.${code}`),
        `touched.${touches.what === 'ad lines' ? 'lines' : touches.what}`,
      ])
        assert.ok(key in ru, key)
    const english = viewProposals(sources, actorOf(LOCAL_OPERATOR))
    assert.ok(
      [...english.open, ...english.closed].some(({ title }) => title === 'hold promotions (I1, shop)'),
    )
  })

  it('BW39 tells in Russian what came of its steps, what it holds and how it ended', async () => {
    const { sources, loop } = await played()
    await loop.record([
      {
        id: 'lost',
        type: NOTICE_ENDED,
        key: 'I2',
        at: loop.ctx.now(),
        data: {
          incidentId: 'I2',
          step: 0,
          outcome: 'failed',
          detail: 'There is no mail server for a@b.example.',
          said: { code: 'failure', values: { failure: 'brand.no_way' } },
        },
      },
    ])
    const { incidents, holds } = viewBrand(sources, 'ru')
    const told = [
      ...holds.map(({ why }) => why),
      ...incidents.flatMap(({ steps, timeline, postMortem }) => [
        ...steps.map(({ detail }) => detail),
        ...timeline.map(({ detail }) => detail),
        ...postMortem.split('\n'),
      ]),
    ].filter((text) => !CODES.has(text))
    assert.deepEqual(latinIn(told), [])
    assert.ok(told.includes('не указано, куда отправлять'))
    const [incident] = [...loop.state.brand.incidents.closed]
    if (incident !== undefined)
      assert.match(incidentView(loop.state, incident, 'en').postMortem, /## Timeline/)
  })

  it('BW39 is told in Russian by mail, by Telegram and in the brief', async () => {
    const { loop } = await played()
    const ports = {
      state: loop.state,
      now: loop.ctx.now,
      publicUrl: () => '',
      linkTo: () => '',
    }
    const call = { round: 0, userId: 'u1', isLast: false } as unknown as CallBegun
    const notices = [...loop.state.notices.open.values()]
    assert.ok(notices.some(({ kind }) => kind === 'proposal'))
    const letters = [...notices.map((notice) => letterOf(ports, notice, call)), briefLetter(ports, 1)]
    assert.deepEqual(latinIn(letters.flatMap(({ title, lines }) => [title, ...lines])), [])
  })

  it('BW39 stands in the audit in Russian', async () => {
    const { sources } = await played()
    const { items } = await viewActs(sources, { limit: 200, language: 'ru' })
    const told = items
      .filter(({ group }) => group !== 'rules')
      .flatMap(({ text, reason, changes }) => [
        text,
        reason,
        ...changes.flatMap(({ path, is, willBe }) => [path, is, willBe]),
      ])
    assert.ok(told.some((text) => text.includes('публичное заявление')))
    assert.deepEqual(latinIn(told), [])
  })

  it('BW39 reads the sentences of older logs back into codes', () => {
    for (const words of [
      'Said in the company’s name: it cannot be unsaid.',
      'Holds back; lifted when it is over.',
      'Promotions go again.',
      'severity 2, 90 mentions',
      'calm since 2026-06-01T12:00:00.000Z',
      'pause (I1, shop)',
      'stand down (I1, shop)',
      'shop: “kettle” in its keyword “kettle sale”',
      'words of risk in promo',
      'the process ended before it was answered',
      'users are called by their own ways',
      'There is no mail server for a@b.example.',
    ])
      assert.deepEqual(latinIn([sayIn('ru', undefined, words)]), [], words)
    assert.equal(sayIn('ru', undefined, 'Anna said so'), 'Anna said so')
  })
})

const EUR = 1_000_000
const TRAITS = {
  editsPerDayMax: 4,
  stepMicros: 10_000,
  dayMinMicros: EUR,
  overspendDay: 2,
  spendFinalDays: 1,
  readLagMs: 0,
  learningShare: 0.2,
  learningDays: 4,
}

/** A line that races, one that tells nonsense, one in another currency, one without an account, one signed out. */
const troubled = async () => {
  const story = await played()
  const { loop } = story
  const now = loop.ctx.now()
  const lines = ['a p', 'b p', 'c q', 'd r', 'e s'].map((one) => {
    const [id = '', platform = ''] = one.split(' ')
    const limits = { dayMaxMicros: 1_000 * EUR, monthMaxMicros: 30_000 * EUR, dayLowMicros: EUR }
    const spec = { id, name: id, platform, externalId: id, traits: TRAITS, ...limits }
    return { ...spec, capacityMicros: null, marginShare: 1 }
  })
  const portfolio = { dayMaxMicros: 2_000 * EUR, monthMaxMicros: 60_000 * EUR, dayTargetMicros: 200 * EUR }
  const books = { version: '1', currency: 'EUR', timeZone: 'UTC', portfolio, rules: SPEND_RULES, lines }
  await loop.record([{ id: 'lines', type: ADS_LINES_APPLIED, key: '', at: now, data: books }])
  const budgets = new Map([['a', 100 * EUR]])
  const platform = (name: string, currency: string, failing: Failure | null): AdPlatform => ({
    name,
    currency,
    traits: TRAITS,
    read: async ({ externalIds, toDay }) => {
      if (failing !== null) throw failing
      const days = [{ day: toDay, spendMicros: 190 * EUR, valueMicros: 0, conversions: 0 }]
      return externalIds.map((externalId) => ({
        externalId,
        budgetMicros: budgets.get(externalId) ?? -1,
        days,
      }))
    },
    write: async ({ externalId, budgetMicros }) => {
      budgets.set(externalId, budgetMicros)
      return { kind: 'accepted' }
    },
    close: async () => {},
  })
  const out = new Failure({ code: 'ads.sign_in', message: 'The token has expired.', hint: 'Sign in again.' })
  const ports = {
    books: loop.state.guardrail.books,
    budget: loop.state.budget,
    platforms: new Map([
      ['p', platform('p', 'EUR', null)],
      ['q', platform('q', 'USD', null)],
      ['s', platform('s', 'EUR', out)],
    ]),
    record: async (events: Parameters<typeof loop.record>[0]) => void (await loop.record(events)),
    ctx: loop.ctx,
    stopped: () => false,
    isHeld: () => false,
    isSoldOut: () => false,
    demandOn: () => null,
    mayRaise: () => true,
  }
  await moneyTurn(ports, createMoneyClock())
  return { ...story, sources: { ...story.sources, stopFile: () => null } as unknown as ViewSources }
}

describe('ad money for a Russian reader', () => {
  it('AD15 tells what is wrong in Russian on its page, in the audit and by mail', async () => {
    const { sources, loop } = await troubled()
    const { incidents } = viewMoney(sources, 'ru')
    const details = incidents.map(({ detail }) => detail)
    assert.deepEqual(incidents.map(({ kind }) => kind).toSorted(), [
      'reading',
      'reading',
      'sign_in',
      'unreachable',
      'velocity',
    ])
    assert.deepEqual(latinIn(details), [])
    assert.ok(details.some((detail) => /^190\.00 из 100\.00 к \d\d:\d\d: ожидалось/.test(detail)))
    assert.ok(viewMoney(sources).incidents.some(({ detail }) => detail.includes('was to be expected')))
    const { items } = await viewActs(sources, { limit: 200, language: 'ru' })
    const acts = items.filter(({ text }) => text.startsWith('Замечена неполадка')).map(({ text }) => text)
    assert.equal(acts.length, 5)
    assert.deepEqual(latinIn(acts), [])
    const ports = { state: loop.state, now: loop.ctx.now, publicUrl: () => '', linkTo: () => '' }
    const call = { round: 0, userId: 'u1', isLast: false } as unknown as CallBegun
    const letters = [...loop.state.notices.open.values()]
      .filter(({ kind }) => kind === 'spend')
      .map((notice) => letterOf(ports, notice, call))
    assert.equal(letters.length, 5)
    assert.deepEqual(latinIn(letters.flatMap(({ title, lines }) => [title, ...lines])), [])
  })

  it('AD15 has a Russian word for each trouble, and shows the sentences of older logs as they were', async () => {
    for (const [code, word] of Object.entries(MONEY_WORDS.ru)) assert.deepEqual(latinIn([word({})]), [], code)
    for (const why of ['failed', 'unknown', 'mismatch', 'withheld', 'confirmed'])
      assert.deepEqual(latinIn([MONEY_WORDS.ru.may_still_spend({ name: 'a', platform: 'p', why })]), [], why)
    const { sources, loop } = await troubled()
    const old = { incidentId: 'old', kind: 'reading', lineId: 'a', detail: 'a budget of nothing' }
    const at = loop.ctx.now() + DAY_MS
    await loop.record([{ id: 'old', type: SPEND_INCIDENT_OPENED, key: 'a', at, data: old }])
    const shown = viewMoney(sources, 'ru').incidents.find(({ incidentId }) => incidentId === 'old')
    assert.equal(shown?.detail, 'a budget of nothing')
  })
})

describe('STOP for a Russian reader', () => {
  it('G74 tells the reasons that the product gives in Russian, and those of people as they wrote them', async () => {
    const { sources, loop } = await played()
    const own = [
      'the STOP file cannot be read',
      'stopped from the command line',
      'stopped by SIGUSR2',
      'suppression list full',
      'restored from the backup of 2026-06-01T12:00:00.000Z',
      'stopped from the command line; suppression list full',
    ]
    const files = [...own, 'Anna said so'].map((reason) => ({
      scope: { kind: 'all' as const },
      reason,
      mark: reason,
    }))
    const stopped = { ...sources, stopFiles: () => files } as unknown as ViewSources
    const reasons = viewStop(stopped, 'ru').stops.map(({ reason }) => reason)
    assert.deepEqual(latinIn(reasons), ['Anna said so'])
    assert.deepEqual(
      viewStop(stopped).stops.map(({ reason }) => reason),
      [...own, 'Anna said so'],
    )
    const data = { scope: { kind: 'all' }, reason: 'suppression list full', by: 'guardrail' }
    await loop.record([{ id: 'full', type: STOP_RAISED, key: '', at: loop.ctx.now(), data }])
    const { items } = await viewActs(sources, { limit: 1, language: 'ru' })
    assert.equal(items[0]?.reason, 'список отписавшихся переполнен')
    const ports = { state: loop.state, now: loop.ctx.now, publicUrl: () => '', linkTo: () => '' }
    const call = { round: 0, userId: 'u1', isLast: false } as unknown as CallBegun
    const notice = [...loop.state.notices.open.values()].find(({ kind }) => kind === 'stop')
    assert.ok(notice !== undefined)
    assert.ok(letterOf(ports, notice, call).lines.includes('список отписавшихся переполнен'))
  })
})

/** Short names that the console has words for. */
const CODES: ReadonlySet<string> = new Set([
  'nothing_fits',
  'owned',
  'over',
  'drill',
  'shadow',
  'by a person',
  'nobody answered',
  'things have changed',
  'false alarm',
  'brand watch',
])
