// Contract-valid answers of the brand watch: a calm day, a rising one, an open incident, a drill; empty and long.

import { createRandom, FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'
import type {
  Brand,
  BrandDryRun,
  BrandIncident,
  BrandMention,
  MentionsAbout,
} from '../../src/api/contract.ts'

const MINUTE_MS = 60_000
const SAID = [
  'Чайник сгорел через неделю, поддержка молчит',
  'The kettle I bought melted, nobody answers',
  'Заказал набор, всё дошло за день, спасибо',
  'Опять распродажа? Лучше бы на звонки отвечали',
]
const LINES = [
  {
    lineId: 'search-kettles',
    name: 'Чайники — поиск',
    word: 'чайник',
    where: 'name',
    what: '',
    state: 'paused',
    detail: '',
  },
  {
    lineId: 'kitchen',
    name: 'Кухня',
    word: 'чайник',
    where: 'keyword',
    what: 'купить чайник недорого',
    state: 'pausing',
    detail: '',
  },
  {
    lineId: 'social',
    name: 'Social, spring',
    word: 'чайник',
    where: 'creative',
    what: 'kettle-sale',
    state: 'unreachable',
    detail: 'STOP: Social, spring on vk-ads may still spend: the platform did not take the pause',
  },
] as const
const STEPS = [
  ['notify', 'done', false],
  ['pause', 'done', true],
  ['tone', 'done', true],
  ['roll_back', 'done', true],
  ['cut_spend_beside', 'done', true],
  ['statement', 'waiting', false],
  ['answer', 'unknown', false],
  ['notify', 'due', false],
] as const

export function makeBrand(state: FixtureState): Brand {
  const random = createRandom(91)
  const risky = state === 'unsure' || state === 'stopped'
  const names =
    state === 'long' ? Array.from({ length: 40 }, (_, i) => `${LONG} ${i}`) : ['Lighthouse', 'Маяк', 'Rival']
  return {
    configured: state !== 'empty',
    now: FIXTURE_NOW,
    entities: names.map((name, index) => ({
      id: `e${index}`,
      kind: index === 2 ? 'competitor' : 'brand',
      name,
      mentions: Math.round(random() * 90),
      usual: index === 1 ? null : 12.4,
      voices: Math.round(random() * 60),
      negativeShare: index === 1 ? null : random(),
      standing:
        state === 'unsure' && index === 0
          ? 'crisis'
          : state === 'rising' && index === 0
            ? 'rising'
            : (['calm', 'learning', 'good_news', 'loud'][index % 4] ?? ''),
      risk: index > 0 ? 0 : state === 'unsure' ? 87 : state === 'rising' ? 34 : 0,
      surprise: state === 'unsure' && index === 0 ? 9.4 : 0.3,
      severity: state === 'unsure' && index === 0 ? 2 : 0,
      phrases:
        (state === 'unsure' || state === 'rising') && index === 0
          ? ['чайник сгорел', 'поддержка молчит']
          : [],
      mutedUntil: state === 'long' && index === 3 ? FIXTURE_NOW + 24 * HOUR_MS : null,
      voicesNeeded: state === 'long' ? 14 : 6,
    })),
    incidents: [
      ...(state === 'unsure' ? [makeIncident('I3', 'crisis', 'open')] : []),
      ...(state === 'stopped' ? [makeIncident('I4', 'drill', 'open')] : []),
      ...(state === 'long' ? [makeIncident('I5', 'opportunity', 'standing_down')] : []),
      makeIncident('I2', 'attack', 'closed'),
    ],
    mentions: makeMentions(state, state === 'long' ? 60 : 4, names[0] ?? ''),
    learnt:
      state === 'empty'
        ? []
        : [
            {
              language: 'ru',
              judgedOn: 41,
              before: 0.61,
              after: 0.83,
              used: true,
              words: [
                { stem: 'сгоре', tone: -1 },
                { stem: state === 'long' ? LONG : 'дошл', tone: 1 },
              ],
            },
            { language: 'en', judgedOn: 22, before: 0.59, after: 0.55, used: false, words: [] },
          ],
    corrections: state === 'empty' ? 0 : 63,
    nps: [
      {
        source: 'survey',
        name: state === 'long' ? LONG : 'Lighthouse',
        days: 90,
        answers: 412,
        promoters: 214,
        passives: 120,
        detractors: 78,
        score: 33.0,
        low: 25.3,
        high: 40.2,
      },
      {
        source: 'survey-ru',
        name: 'Маяк',
        days: 90,
        answers: 0,
        promoters: 0,
        passives: 0,
        detractors: 0,
        score: null,
        low: -100,
        high: 100,
      },
    ],
    quiet: { mentions: 61, echoes: 22, loud: 1 },
    sources: [
      { id: 'news', kind: 'rss', heard: 1_204, heardAt: FIXTURE_NOW - HOUR_MS, trouble: '', troubleAt: 0 },
      {
        id: 'channel',
        kind: 'telegram',
        heard: 0,
        heardAt: 0,
        trouble: risky ? 'The source answered 503.' : '',
        troubleAt: FIXTURE_NOW - 2 * HOUR_MS,
      },
    ],
    holds: risky
      ? [
          {
            holdId: 'brand:I3:1',
            why: 'I3: Lighthouse',
            by: 'Windvane',
            at: FIXTURE_NOW - 20 * MINUTE_MS,
            what: 'promotions',
            scope: [{ part: 'channels', values: ['email', 'push'] }],
          },
          {
            holdId: 'brand:I3:2',
            why: 'I3: Lighthouse',
            by: 'Windvane',
            at: FIXTURE_NOW - 20 * MINUTE_MS,
            what: 'tone empathetic',
            scope: [],
          },
        ]
      : [],
    statements: risky
      ? [
          {
            incidentId: 'I2',
            proposalId: 'P6',
            texts: { en: 'We are looking into it.', ru: 'Мы разбираемся.' },
          },
        ]
      : [],
    contradictions: risky
      ? [
          {
            what: 'discount',
            about: 'win-back',
            places: [
              { creativeId: 'mail', channel: 'email', says: '10 %' },
              { creativeId: 'banner', channel: 'onsite', says: '15 %' },
            ],
          },
        ]
      : [],
    playbooks:
      state === 'empty'
        ? []
        : [
            {
              id: 'storm',
              name: state === 'long' ? LONG : 'Storm of anger',
              when: 'incident.kind == "crisis" && incident.severity >= 2',
              steps: STEPS.map(([kind]) => ({ kind, afterMs: 0, unlessOwned: false })),
              calmMs: 2 * HOUR_MS,
              everyMs: HOUR_MS / 2,
              ask: false,
              lastDrillAt: FIXTURE_NOW - 72 * HOUR_MS,
              lastDrillMs: 1_840,
              lastUsedAt: null,
            },
          ],
  }
}

function makeMentions(state: FixtureState, count: number, name: string): BrandMention[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `news ${index}`,
    source: 'news',
    at: FIXTURE_NOW - index * 7 * MINUTE_MS,
    author: index === 1 ? '' : `user${index}`,
    url: index === 2 ? '' : 'https://news.example/1',
    text: state === 'long' ? `${LONG} ${LONG} ${LONG} ${LONG} ${LONG}` : (SAID[index % SAID.length] ?? ''),
    language: index === 1 ? 'en' : 'ru',
    entities: [
      {
        id: 'e0',
        name,
        tone: index === 2 ? 0.6 : -0.7,
        confidence: 0.74,
        corrected: index === 3 ? -1 : null,
      },
    ],
    emotion: index === 2 ? 'joy' : 'anger',
    risks: index === 0 ? ['пожар'] : [],
    rating: index === 2 ? { value: 5, scale: 'stars' } : index === 3 ? { value: 3, scale: 'nps' } : null,
    echoes: index === 0 ? 17 : 0,
  }))
}

export function makeMentionsAbout(state: FixtureState, phrase: string): MentionsAbout {
  const mentions = makeMentions(state, 12, 'Lighthouse').filter(({ text }) =>
    text.toLowerCase().includes(phrase.slice(0, 5)),
  )
  return { total: mentions.length + (phrase === '' ? 39 : 0), mentions }
}

function makeIncident(incidentId: string, kind: string, status: string): BrandIncident {
  const at = FIXTURE_NOW - (status === 'closed' ? 90 : 0.4) * HOUR_MS
  return {
    incidentId,
    kind,
    severity: 2,
    entity: 'e0',
    name: 'Lighthouse',
    since: at - HOUR_MS,
    at,
    seenAt: at,
    status,
    owner: kind === 'crisis' ? '' : 'Anna',
    calmAt: 0,
    closedAt: status === 'closed' ? at + 3 * HOUR_MS : 0,
    falseAlarm: false,
    postMortem: status === 'closed' ? `# ${incidentId}: Lighthouse\n\n- What: attack, severity 2\n` : '',
    evidence: {
      mentions: 84,
      usual: 6.2,
      negativeShare: 0.79,
      usualNegative: 0.22,
      voices: 51,
      echoes: 23,
      riskWords: ['harm'],
      phrases: ['чайник сгорел', 'поддержка молчит'],
      samples: [{ key: 'news 0', text: SAID[0] ?? '', url: 'https://news.example/1' }],
    },
    own:
      kind === 'crisis'
        ? [
            {
              at: at - 2 * HOUR_MS,
              what: 'sent',
              campaignId: 'win-back',
              creativeId: 'kettle-sale',
              people: 1_840,
              shared: ['чайник'],
              fit: 0.62,
            },
          ]
        : [],
    playbook: kind === 'opportunity' ? '' : 'Storm of anger',
    steps: (kind === 'opportunity' ? [] : STEPS).map(([step, stepStatus, reversible]) => ({
      kind: step,
      status:
        kind === 'drill' && step !== 'notify' ? 'skipped' : status === 'closed' ? 'taken_back' : stepStatus,
      proposalId: step === 'statement' ? 'P7' : '',
      at: at + MINUTE_MS,
      detail: kind === 'drill' && step !== 'notify' ? 'drill' : '',
      afterMs: step === 'notify' ? 30 * MINUTE_MS : 0,
      reversible,
      lines: step === 'cut_spend_beside' && kind === 'crisis' ? [...LINES] : [],
    })),
    timeline: [
      { at, what: 'opened', detail: 'Storm of anger', by: 'brand watch' },
      { at: at + MINUTE_MS, what: 'step 1 done', detail: '', by: 'playbook' },
      { at: at + 2 * MINUTE_MS, what: 'step 5 refused', detail: 'nobody answered', by: 'playbook' },
      { at: at + 3 * MINUTE_MS, what: 'grew', detail: '3', by: 'watch' },
      { at: at + 4 * MINUTE_MS, what: 'noted', detail: 'Звоню поставщику', by: 'Anna' },
    ],
  }
}

export function makeDryRun(): BrandDryRun {
  return {
    playbook: 'storm',
    steps: [
      {
        kind: 'notify',
        class: '',
        would: 'calls',
        what: 'people',
        count: 1,
        sample: ['owner@shop.example'],
        lines: [],
      },
      {
        kind: 'pause',
        class: 'pause',
        would: 'goes',
        what: 'campaigns',
        count: 3,
        sample: ['win-back'],
        lines: [],
      },
      {
        kind: 'cut_spend_beside',
        class: 'pause',
        would: 'goes',
        what: 'ad lines',
        count: 2,
        sample: ['search-kettles'],
        lines: LINES.slice(0, 2).map(({ state: _state, detail: _detail, ...line }, index) => ({
          ...line,
          told: index === 0,
        })),
      },
      {
        kind: 'statement',
        class: 'publish',
        would: 'waits',
        what: 'statements',
        count: 1,
        sample: [],
        lines: [],
      },
    ],
  }
}
