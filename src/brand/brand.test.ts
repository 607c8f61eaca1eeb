// Rules BW29 to BW31: the plan's section both ways, contradictions, and who is told nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBrandPost } from '../app/brand-post.ts'
import type { CampaignSpec } from '../decision/events.ts'
import type { CreativeSpec } from '../delivery/events.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Problem } from '../kernel/problem.ts'
import { contradictionsOf } from './contradictions.ts'
import { readBrand, renderBrand } from './watch/brand-schema.ts'

const SECTION = {
  entities: [
    {
      id: 'shop',
      kind: 'brand',
      name: 'Shop',
      names: ['Shop', 'Магазин'],
      near: ['чайник'],
      never: ['клуб'],
    },
    { id: 'mts', kind: 'competitor', name: 'МТС', names: ['МТС'], as_written: true },
  ],
  sources: [
    { id: 'news', kind: 'rss', from: 'https://news.example/rss', every: '5m' },
    { id: 'crm', kind: 'push', every: '10m' },
    { id: 'api', kind: 'json', from: 'https://a.example', every: '1h', mapping: { id: 'id', text: 'body' } },
  ],
  risk_words: [{ severity: 3, words: ['взрыв'] }],
  dates: [{ id: 'may9', name: '9 May', from: '05-09', to: '05-09', in: { markets: ['ru'] } }],
  playbooks: [
    {
      id: 'storm',
      name: 'Storm',
      when: 'incident.severity >= 2',
      steps: [
        { notify: ['a@b.example'] },
        { pause: { channels: ['email'], products: ['p1'] } },
        { tone: 'empathetic', in: { markets: ['ru'] }, after: '5m' },
        { freeze_offers: {} },
        { hold_words: [] },
        { cut_spend: ['search'] },
        { roll_back: true },
        { answer: { en: 'We are on it' } },
        { statement: { en: 'Sorry', ru: 'Простите' }, unless_owned: true },
      ],
      stand_down: { calm: '2h', every: '30m', ask: true },
    },
  ],
  webhook: 'https://hooks.example/brand',
}

const read = (section: unknown) => {
  const problems: Problem[] = []
  return { brand: readBrand(section, problems), problems }
}

describe('brand', () => {
  it('BW29 the section is written back as it was read', () => {
    const { brand, problems } = read(SECTION)
    assert.deepEqual(problems, [])
    assert.ok(brand !== null)
    assert.deepEqual(renderBrand(brand), SECTION)
    assert.deepEqual(read(renderBrand(brand)).brand, brand)
  })

  it('BW29 says what is wrong, where, and what to write', () => {
    const wrong = (change: object): string =>
      read({ ...SECTION, ...change })
        .problems.map(({ path, message, hint }) => `${path}: ${message} ${hint}`)
        .join('\n')
    const step = (one: object) => ({ playbooks: [{ id: 'x', steps: [one] }] })
    assert.match(wrong(step({})), /playbooks\[0\]\.steps\[0\]: does nothing One step, one of: pause/)
    assert.match(wrong(step({ pause: {}, tone: 'calm' })), /does pause and tone at once/)
    assert.match(wrong(step({ pauze: {} })), /pause/)
    assert.match(
      wrong({ playbooks: [{ id: 'x', when: 'incident.severty > 1', steps: [{ pause: {} }] }] }),
      /severity/,
    )
    assert.match(wrong({ sources: [{ id: 's', kind: 'rss' }] }), /sources\[0\]\.from: is missing/)
    assert.match(wrong({ sources: [{ id: 's', kind: 'json', from: 'https://a.example' }] }), /mapping/)
    assert.match(wrong({ sources: [{ id: 's', kind: 'rss', from: 'x', every: '1s' }] }), /too often/)
    assert.match(wrong({ webhook: 'ftp://x' }), /is no address/)
    assert.match(
      wrong({ dates: [SECTION.dates[0], SECTION.dates[0]] }),
      /brand\.dates: `may9` is there twice/,
    )
  })

  it('BW30 a restored system tells nobody; without a way it says so', async () => {
    const codeOf = async (isFenced: boolean): Promise<string> => {
      const { post, close } = createBrandPost({
        config: { brand: NO_BRAND, notify: NO_NOTIFY, environment: 'production', allowlist: [] },
        webhook: () => '',
        locale: () => 'en',
        publicUrl: () => 'http://localhost',
        isFenced: () => isFenced,
      })
      try {
        await post({ id: 'n', kind: 'notice', incidentId: 'I1', to: ['a@b.example'], titles: {}, texts: {} })
      } catch (error) {
        if (isFailure(error)) return error.code
        throw error
      } finally {
        close()
      }
      return ''
    }
    assert.equal(await codeOf(true), 'brand.restored')
    assert.equal(await codeOf(false), 'brand.no_way')
  })

  it('BW31 finds discounts, prices and dates told differently, and no more than that', () => {
    const of = (texts: readonly string[], offers: readonly number[] = [0]) => {
      const creatives = new Map(
        texts.map((text, i) => [`c${i}`, { id: `c${i}`, channel: 'email', content: { en: { text } } }]),
      ) as unknown as ReadonlyMap<string, CreativeSpec>
      const actions = texts.map((_, i) => ({
        creativeId: `c${i}`,
        offer: { id: 'o', discountShare: offers[i % offers.length] },
      }))
      const campaign = { id: 'sale', status: 'live', actions } as unknown as CampaignSpec
      return contradictionsOf([campaign], creatives, ({ content }) => JSON.stringify(content)).map(
        ({ what, places }) => `${what}: ${places.map(({ says }) => says).join(' / ')}`,
      )
    }
    assert.deepEqual(of(['Скидка 10% на всё', 'Минус 15 % на всё']), ['discount: 10 % / 15 %'])
    assert.deepEqual(of(['10 % off', '15 % off'], [0.1, 0.15]), [])
    assert.deepEqual(of(['Kettle for €1,990', 'Kettle for 2 190 €']), ['price: 1990 € / 2190 €'])
    assert.deepEqual(of(['За 1 990 руб', 'Всего 1990 ₽']), [])
    assert.deepEqual(of(['Только до 5 июня', 'Until 7 June']), ['date: 5.6 / 7.6'])
    assert.deepEqual(of(['до 05.06', 'до 5 июня']), [])
    assert.deepEqual(of(['from €10 to €20', 'for €15']), [])
  })
})

const NO_BRAND = {
  vkToken: '',
  redditToken: '',
  hostsAllowed: [],
  webhookSecret: '',
  pushSecrets: {},
  mailFrom: '',
}
const NO_NOTIFY = {
  mailFrom: '',
  telegramToken: '',
  telegramTokenFile: '',
  telegramApi: '',
  telegramHostsAllowed: [],
  webhookUrl: '',
  webhookSecret: '',
  webhookHostsAllowed: [],
}
