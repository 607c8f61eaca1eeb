// Contract-valid answers of the brand watch: a calm day, a rising one, an open incident, a drill; empty and long.

import { createRandom, FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'
import type { Brand, BrandDryRun, BrandIncident } from '../../src/api/contract.ts'

const MINUTE_MS = 60_000
const SAID = [
  'Чайник сгорел через неделю, поддержка молчит',
  'The kettle I bought melted, nobody answers',
  'Заказал набор, всё дошло за день, спасибо',
  'Опять распродажа? Лучше бы на звонки отвечали',
]
const STEPS = [
  ['notify', 'done', false],
  ['pause', 'done', true],
  ['tone', 'done', true],
  ['roll_back', 'done', true],
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
        risky && index === 0 ? 'crisis' : (['calm', 'learning', 'good_news', 'rising'][index % 4] ?? ''),
      risk: risky && index === 0 ? 87 : 0,
      surprise: risky && index === 0 ? 9.4 : 0.3,
      severity: risky && index === 0 ? 2 : 0,
      phrases: risky && index === 0 ? ['чайник сгорел', 'поддержка молчит'] : [],
      mutedUntil: state === 'long' && index === 3 ? FIXTURE_NOW + 24 * HOUR_MS : null,
    })),
    incidents: [
      ...(state === 'unsure' ? [makeIncident('I3', 'crisis', 'open')] : []),
      ...(state === 'stopped' ? [makeIncident('I4', 'drill', 'open')] : []),
      ...(state === 'long' ? [makeIncident('I5', 'opportunity', 'standing_down')] : []),
      makeIncident('I2', 'attack', 'closed'),
    ],
    mentions: Array.from({ length: state === 'long' ? 60 : 4 }, (_, index) => ({
      key: `news ${index}`,
      source: 'news',
      at: FIXTURE_NOW - index * 7 * MINUTE_MS,
      author: index === 1 ? '' : `user${index}`,
      url: index === 2 ? '' : 'https://news.example/1',
      text: state === 'long' ? `${LONG} ${LONG} ${LONG} ${LONG} ${LONG}` : (SAID[index] ?? ''),
      language: index === 1 ? 'en' : 'ru',
      entities: [
        {
          id: 'e0',
          name: names[0] ?? '',
          tone: index === 2 ? 0.6 : -0.7,
          confidence: 0.74,
          corrected: index === 3 ? -1 : null,
        },
      ],
      emotion: index === 2 ? 'joy' : 'anger',
      risks: index === 0 ? ['пожар'] : [],
      echoes: index === 0 ? 17 : 0,
    })),
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
      detail: '',
      afterMs: step === 'notify' ? 30 * MINUTE_MS : 0,
      reversible,
    })),
    timeline: [
      { at, what: 'opened', detail: 'Storm of anger', by: 'brand watch' },
      { at: at + MINUTE_MS, what: 'step 1 done', detail: '', by: 'playbook' },
    ],
  }
}

export function makeDryRun(): BrandDryRun {
  return {
    playbook: 'storm',
    steps: [
      { kind: 'notify', class: '', would: 'calls', what: 'people', count: 1, sample: ['owner@shop.example'] },
      { kind: 'pause', class: 'pause', would: 'goes', what: 'campaigns', count: 3, sample: ['win-back'] },
      { kind: 'statement', class: 'publish', would: 'waits', what: 'statements', count: 1, sample: [] },
    ],
  }
}
