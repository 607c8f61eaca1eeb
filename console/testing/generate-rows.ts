// Contract-valid decisions, customers, segments and data health from a seed.

import { makeScores } from './generate-models.ts'
import {
  CAMPAIGNS,
  FIXTURE_NOW,
  HOUR_MS,
  LONG,
  PEOPLE,
  createRandom,
  type FixtureLang,
  type FixtureState,
} from './world.ts'
import type { Customer, DataHealth, DecisionDetail, DecisionRow, Segments } from '../../src/api/contract.ts'

const WHY = {
  en: {
    act: 'This message promised most for this person: 31.20 ± 4.10 against 0 for doing nothing.',
    nothing: 'Nothing was better: no message promised more than it costs.',
    withheld: 'Drawn, but held back: the person is in the holdout group.',
  },
  ru: {
    act: 'Это сообщение обещало этому человеку больше всего: 31,20 ± 4,10 против 0, если не писать.',
    nothing: 'Лучше было ничего не делать: ни одно сообщение не обещало больше, чем стоит.',
    withheld: 'Выбрано, но не отправлено: человек в контрольной группе.',
  },
} as const

/** Decision number `index` (0 = the oldest); newer ones have larger numbers. */
export function makeDecision(index: number, state: FixtureState, lang: FixtureLang, at: number): DecisionRow {
  const random = createRandom(index * 7919 + 3)
  const campaign = CAMPAIGNS[Math.floor(random() * CAMPAIGNS.length)] ?? CAMPAIGNS[0]
  const verdict = random() < 0.46 ? 'act' : random() < 0.78 ? 'nothing' : 'withheld'
  const action =
    verdict === 'nothing'
      ? 'nothing'
      : (campaign.actions[Math.floor(random() * (campaign.actions.length - 1))] ?? 'nothing')
  const person = Math.floor(random() * PEOPLE.length)
  return {
    decisionId: `dec:${campaign.id}:${String(index).padStart(6, '0')}`,
    at,
    campaignId: campaign.id,
    profileId: `p${person}`,
    person: state === 'long' && index % 3 === 0 ? LONG : (PEOPLE[person] ?? ''),
    actionId: action,
    channel: action === 'nothing' ? null : 'email',
    verdict,
    group: verdict === 'withheld' ? 'holdout' : 'treated',
    propensity: 0.05 + random() * 0.9,
    delivery: verdict === 'act' ? (index % 31 === 0 ? 'unknown' : 'sent') : null,
    reward: verdict === 'act' && random() < 0.2 ? random() * 400 : null,
    why: WHY[lang][verdict],
  }
}

export function makeDecisionDetail(row: DecisionRow, lang: FixtureLang): DecisionDetail {
  const random = createRandom(row.at)
  const campaign = CAMPAIGNS.find((known) => known.id === row.campaignId) ?? CAMPAIGNS[0]
  const candidates = campaign.actions.slice(0, -1).map((actionId, index) => ({
    actionId: String(actionId),
    mean: 31.2 - index * 14.1 + random(),
    stderr: 2 + random() * 6,
    probability: 0,
  }))
  const all = [...candidates, { actionId: 'nothing', mean: 0, stderr: 0.4, probability: 0 }]
  const probabilities = [row.propensity, ...all.slice(1).map(() => (1 - row.propensity) / (all.length - 1))]
  const drawn = [...all].sort(
    (a, b) => Number(b.actionId === row.actionId) - Number(a.actionId === row.actionId),
  )
  const shown = drawn.map((candidate, index) => ({ ...candidate, probability: probabilities[index] ?? 0 }))
  return {
    row,
    reasons: [
      row.why,
      lang === 'en' ? 'Opened 4 of the last 5 messages.' : 'Открыто 4 из последних 5 сообщений.',
      lang === 'en' ? 'Last order 61 days ago.' : 'Последний заказ 61 день назад.',
    ],
    scores:
      lang === 'en'
        ? [
            'Risk of leaving: 62%, high beside others (model trees-dcedcd3fd3333201, 4 days old).',
            'Value to come: no score, the person has not ordered yet.',
          ]
        : [
            'Риск ухода: 62 %, выше, чем у большинства (модель trees-dcedcd3fd3333201, ей 4 дня).',
            'Будущая ценность: оценки нет, человек ещё ничего не заказывал.',
          ],
    candidates: shown,
    rejected: [
      {
        actionId: 'winback-sms',
        reasons: [
          { code: 'no_consent', detail: 'sms / marketing: unknown' },
          { code: 'quiet_hours', detail: '23:10 Europe/Moscow' },
        ],
      },
    ],
    vetoes: row.verdict === 'withheld' ? [{ code: 'holdout', detail: 'bucket 0.043 < 0.10' }] : [],
    context: { hour: 14, weekday: 4, device: 'phone', brand: { state: 'calm' } },
    features: Array.from({ length: 12 }, (_, index) => ({
      name: `seen:${['tea', 'coffee', 'cups', 'gifts'][index % 4]}:${index}`,
      value: Math.round((1 - index / 6) * 1000) / 1000,
    })),
    versions: {
      model: 'linear-thompson 12841',
      campaigns: 'a41f09c2',
      creatives: '77be1d03',
      limits: '0c9e4f11',
    },
    seed: '9f3a64e10b',
    asOf: 213_101,
    sendAt: row.at + 2 * HOUR_MS,
    replays: true,
    deliveries:
      row.verdict === 'act'
        ? [
            { at: row.at + 2 * HOUR_MS, type: 'attempted', detail: 'smtp' },
            {
              at: row.at + 2 * HOUR_MS + 900,
              type: row.delivery ?? 'sent',
              detail: '250 2.0.0 queued as 8F1',
            },
          ]
        : [],
    outcomes:
      row.reward === null ? [] : [{ at: row.at + 20 * HOUR_MS, kind: 'converted', reward: row.reward }],
    record: {
      decisionId: row.decisionId,
      actionId: row.actionId,
      propensity: row.propensity,
      candidates: shown,
      shared: [['hour', 14]],
      seed: '9f3a64e10b',
    },
  }
}

export function makeCustomer(id: string, state: FixtureState, lang: FixtureLang): Customer {
  const index = Number(id.replace(/\D/g, '')) % PEOPLE.length
  const kinds = ['signal', 'decision', 'delivery', 'outcome', 'consent']
  return {
    profileId: id,
    person: state === 'long' ? LONG : (PEOPLE[index] ?? id),
    identifiers: [
      { kind: 'userId', value: `u-${index}` },
      { kind: 'email', value: 'maria.s@example.com' },
      { kind: 'anonymousId', value: '5f0c2d6e-5b7e-4a3c-9d3e-0a4b7c8d9e10' },
    ],
    traits: { firstName: 'Мария', city: 'Казань', loyalty: { tier: 'silver', points: 1210 } },
    consents: [
      {
        channel: 'email',
        purpose: 'marketing',
        state: 'granted',
        textVersion: 'v3',
        text: 'I agree to get news and offers by mail and can take this back at any time.',
        source: 'checkout',
        at: FIXTURE_NOW - 90 * 24 * HOUR_MS,
      },
      {
        channel: 'sms',
        purpose: 'marketing',
        state: 'withdrawn',
        textVersion: 'v3',
        text: '',
        source: 'preference page',
        at: FIXTURE_NOW - 9 * 24 * HOUR_MS,
      },
    ],
    features: [
      { name: 'orders', value: 7 },
      { name: 'recency_days', value: 61.4 },
      { name: 'monetary', value: 18_420 },
      { name: 'usual_hour', value: 20 },
      { name: 'favourite', value: 'tea' },
    ],
    segments: ['lapsed-60', 'tea-lovers'],
    tone:
      state === 'empty'
        ? null
        : {
            count: 3,
            latest: -0.72,
            mean: -0.31,
            sentiment: 'negative',
            confidence: 0.81,
            emotion: 'anger',
            version: 'en-shipped-1',
            at: FIXTURE_NOW - 5 * HOUR_MS,
            negativeAt: FIXTURE_NOW - 5 * HOUR_MS,
          },
    group: index % 4 === 0 ? 'holdout' : 'treated',
    scores: makeScores(index, state),
    timeZone: 'Europe/Moscow',
    timeline: Array.from({ length: state === 'long' ? 400 : 24 }, (_, at) => {
      const kind = kinds[at % kinds.length] ?? 'signal'
      return {
        offset: 213_000 - at * 17,
        at: FIXTURE_NOW - at * 5 * HOUR_MS,
        kind,
        title:
          kind === 'decision' ? 'cart-reminder-now' : kind === 'signal' ? 'Product Viewed' : `${kind} ${at}`,
        detail: kind === 'decision' ? WHY[lang].act : '',
        decisionId: kind === 'decision' ? `dec:cart:${String(9000 - at).padStart(6, '0')}` : null,
      }
    }),
  }
}

export function makeSegments(state: FixtureState): Segments {
  if (state === 'empty') return { items: [] }
  return {
    items: [
      {
        id: 'lapsed-60',
        name: 'No order for 60 days',
        when: 'features.recency_days > 60 && features.orders > 0',
        size: 812,
        whole: true,
        missing: [],
      },
      {
        id: 'tea-lovers',
        name: 'Любители чая',
        when: "features.favourite == 'tea'",
        size: 1321,
        whole: true,
        missing: [],
      },
      {
        id: 'leaving',
        name: 'Likely to leave',
        when: 'scores.churn > 0.7 && features.orders > 1',
        size: 0,
        whole: state !== 'unsure',
        missing: [{ score: 'churn', gap: state === 'long' ? 'stale' : 'no_model' }],
      },
    ],
  }
}

export function makeHealth(state: FixtureState): DataHealth {
  if (state === 'empty')
    return { sources: [], invalidByCode: [], log: { head: 0, folded: 0, bytes: null, snapshotOffset: 0 } }
  return {
    sources: [
      { source: 'shop', events: 198_211, duplicates: 402, invalid: 17, lastAt: FIXTURE_NOW - 4000 },
      {
        source: 'import:online_retail',
        events: 22_221,
        duplicates: 0,
        invalid: 0,
        lastAt: FIXTURE_NOW - 40 * HOUR_MS,
      },
      { source: 'app', events: 0, duplicates: 0, invalid: 0, lastAt: null },
    ],
    invalidByCode: [
      { code: 'signal.no_identity', count: 12 },
      { code: 'signal.timestamp_future', count: 5 },
    ],
    log: { head: 213_482, folded: 213_480, bytes: 182_340_112, snapshotOffset: 210_000 },
  }
}

export const FIXTURE_PLAN = `# What Windvane may do, and how far.
business:
  name: Северный чай
  currency: RUB
  timeZone: Europe/Moscow
holdout: { share: 0.1, salt: spring, horizon: 30d }
limits:
  quietHours: { fromHour: 21, toHour: 9 }
  personCaps:
    - { channel: email, max: 3, per: 7d }
campaigns:
  - id: cart
    name: Forgotten cart
    status: live
    trigger: { event: Cart Left, delay: 2h, reentry: 3d }
    goal: { event: Order Completed, value: margin, window: 7d }
    actions:
      - { id: cart-reminder-now, channel: email, creative: cart-reminder, moment: now }
      - { id: cart-free-delivery, channel: email, creative: cart-free, offer: { discountShare: 0.05 } }
`
