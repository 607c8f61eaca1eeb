// Contract-valid answers from a seed, for developing and testing the console without the product behind
// it. The same seed and state give the same answers.

import type {
  Brief,
  Customer,
  DataHealth,
  DecisionDetail,
  DecisionRow,
  Lift,
  Segments,
  StopState,
} from '../../src/api/contract.ts'

export type FixtureState = 'busy' | 'empty' | 'error' | 'stopped' | 'long' | 'unsure'
export type FixtureLang = 'en' | 'ru'

export const FIXTURE_NOW = Date.UTC(2026, 4, 14, 11, 20)
const HOUR_MS = 3_600_000
const LONG =
  'A very long name that somebody once typed into a form because nothing stopped them, with a second half'

const PEOPLE = [
  'Анна Ковалёва',
  'Igor Petrov',
  'maria.s@example.com',
  'Олег Сидоренко',
  'Julia Weiss',
  'dmitry+shop@example.org',
  'Екатерина Щербакова-Залесская',
  '+7 912 555-01-17',
]
export const CAMPAIGNS = [
  {
    id: 'winback',
    name: 'Win-back after 60 days',
    actions: ['winback-10-percent', 'winback-new-in', 'winback-reminder', 'nothing'],
  },
  {
    id: 'cart',
    name: 'Forgotten cart',
    actions: ['cart-reminder-now', 'cart-reminder-evening', 'cart-free-delivery', 'nothing'],
  },
  { id: 'welcome', name: 'Приветствие новых', actions: ['welcome-story', 'welcome-5-percent', 'nothing'] },
] as const

/** Uniform in [0, 1), mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function makeLift(campaignId: string, state: FixtureState): Lift {
  const none = { people: 0, complete: 0, mean: 0 }
  const bare = { campaignId, confidence: 0.95, earned: null, smallestDetectable: null, sampleRatioP: null }
  if (state === 'empty')
    return {
      ...bare,
      treated: none,
      holdout: none,
      difference: null,
      low: null,
      high: null,
      verdict: 'not_known_yet',
      history: [],
    }
  const random = createRandom(campaignId.length + 5)
  const scale = campaignId === '' ? 1 : 0.4 + random()
  const history = Array.from({ length: 300 }, (_, index) => {
    const width = (90 * scale) / Math.sqrt(index + 3)
    const difference = 18.4 * scale + (width / 2) * Math.sin(index / 17) + (random() - 0.5) * width * 0.15
    return {
      at: FIXTURE_NOW - (300 - index) * 2 * HOUR_MS,
      difference,
      low: difference - width,
      high: difference + width,
    }
  })
  const last = history[history.length - 1] ?? { difference: 0, low: 0, high: 0 }
  const unsure = state === 'unsure' || campaignId === 'welcome'
  const shift = unsure ? last.difference * 0.9 : 0
  const treated = Math.round(3612 * scale)
  return {
    campaignId,
    treated: { people: treated, complete: Math.round(treated * 0.8), mean: 212.37 * scale },
    holdout: {
      people: Math.round(treated / 9),
      complete: Math.round(treated / 11),
      mean: 212.37 * scale - last.difference + shift,
    },
    difference: last.difference - shift,
    low: last.low - shift,
    high: last.high - shift,
    confidence: 0.95,
    earned: (last.difference - shift) * treated,
    smallestDetectable: 9.7 * scale,
    sampleRatioP: campaignId === 'cart' && state === 'long' ? 0.0002 : 0.41,
    verdict:
      campaignId === 'cart' && state === 'long'
        ? 'sample_ratio_mismatch'
        : unsure
          ? 'not_known_yet'
          : 'ahead',
    history: history.map((point) => ({
      ...point,
      difference: point.difference - shift,
      low: point.low - shift,
      high: point.high - shift,
    })),
  }
}

export function makeStop(state: FixtureState): StopState {
  if (state !== 'stopped') return { active: false, stops: [], waiting: 0, late: 0 }
  return {
    active: true,
    stops: [
      {
        scope: 'all',
        reason: 'Wrong price in the newsletter',
        by: 'admin',
        at: FIXTURE_NOW - 2 * HOUR_MS,
        origin: 'log',
      },
    ],
    waiting: 132,
    late: 21,
  }
}

export function makeBrief(state: FixtureState, now: number, stop: StopState): Brief {
  const random = createRandom(11)
  const empty = state === 'empty'
  const n = (value: number) => (empty ? 0 : Math.round(state === 'long' ? value * 1000 : value))
  const hours = Array.from({ length: 48 }, (_, index) => {
    const at = FIXTURE_NOW - (FIXTURE_NOW % HOUR_MS) - (47 - index) * HOUR_MS
    const day = 0.25 + Math.max(0, Math.sin(((index + 2) / 24) * 2 * Math.PI - 1.6))
    const decisions = n(day * 60 * (0.7 + random() * 0.6))
    const acted = Math.round(decisions * 0.45)
    return {
      at,
      events: n(day * 900 * (0.8 + random() * 0.4)),
      decisions,
      acted,
      sent: Math.round(acted * 0.96),
      conversions: Math.round(acted * 0.09 * random() * 2),
    }
  })
  return {
    now,
    business: {
      name: state === 'long' ? LONG : 'Северный чай',
      currency: 'RUB',
      timeZone: 'Europe/Moscow',
      locale: 'ru-RU',
    },
    mode: 'demo',
    clockRate: 8640,
    stop,
    counts: {
      people: n(4013),
      eventsTotal: n(213_482),
      eventsPerMinute: empty ? 0 : 1420.5,
      decisionsTotal: n(18_021),
      decisionsToday: n(1121),
      actedToday: n(511),
      nothingToday: n(479),
      withheldToday: n(131),
      sentTotal: n(8231),
      sentToday: n(498),
      failedToday: n(state === 'long' ? 3 : 0),
      unknown: n(2),
      queued: stop.waiting,
      opened: n(3302),
      clicked: n(921),
      conversions: n(701),
      unsubscribed: n(41),
      complained: n(1),
    },
    lift: makeLift('', state),
    truth: empty ? null : { difference: 16.9 },
    campaigns: empty ? [] : CAMPAIGNS.map((campaign, index) => makeCampaign(campaign, index, n)),
    attention: makeAttention(state, stop),
    hourly: empty ? [] : hours,
  }
}

function makeCampaign(
  campaign: (typeof CAMPAIGNS)[number],
  index: number,
  n: (value: number) => number,
): Brief['campaigns'][number] {
  const shares = [0.46, 0.27, 0.18, 0.09]
  return {
    campaignId: campaign.id,
    name: campaign.name,
    status: index === 2 ? 'shadow' : 'live',
    decisions: n(8000 / (index + 1)),
    acted: n(3700 / (index + 1)),
    nothing: n(3300 / (index + 1)),
    conversions: n(330 / (index + 1)),
    reward: n(61_000 / (index + 1)),
    spent: n(1821.4),
    budget: index === 0 ? 20_000 : null,
    actions: campaign.actions.map((actionId, at) => ({
      actionId,
      share: shares[at] ?? 0.05,
      meanReward: actionId === 'nothing' ? 0 : 31.2 - at * 11.7,
    })),
  }
}

function makeAttention(state: FixtureState, stop: StopState): Brief['attention'] {
  if (state === 'empty') return [{ kind: 'no_campaigns', severity: 'notice', count: 1, detail: '' }]
  const items: Brief['attention'] = stop.active
    ? [{ kind: 'stopped', severity: 'risk', count: 1, detail: '' }]
    : []
  if (state === 'unsure') return items
  items.push({ kind: 'unknown_sends', severity: 'notice', count: 2, detail: '' })
  if (state !== 'long') return items
  return [
    ...items,
    ...(['sample_ratio', 'complaints', 'invalid_events', 'delivery_failing', 'disk_full'] as const).map(
      (kind) => ({ kind, severity: 'risk' as const, count: 21, detail: LONG }),
    ),
  ]
}

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
  const candidates = campaign.actions
    .slice(0, -1)
    .map((actionId, index) => ({
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
        source: 'checkout',
        at: FIXTURE_NOW - 90 * 24 * HOUR_MS,
      },
      {
        channel: 'sms',
        purpose: 'marketing',
        state: 'withdrawn',
        textVersion: 'v3',
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
    group: index % 4 === 0 ? 'holdout' : 'treated',
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
      },
      { id: 'tea-lovers', name: 'Любители чая', when: "features.favourite == 'tea'", size: 1321 },
      { id: 'nobody', name: 'Nobody yet', when: 'features.orders > 1000', size: 0 },
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
