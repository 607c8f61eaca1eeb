// Contract-valid ad money from a seed: three lines, three hundred, or none.

import { createRandom, FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'
import type { Money, MoneyLine } from '../../src/api/contract.ts'

const NAMES = ['Search', 'Ретаргетинг', 'Video']
const REASONS = [
  'earns_more_here',
  'earns_more_elsewhere',
  'held_unknown',
  'in_dead_band',
  'held_frozen',
  'no_data',
]
const EVIDENCE = ['experiment', 'randomised', 'none'] as const
const DAYS = 40

export function makeMoney(state: FixtureState): Money {
  const random = createRandom(77)
  const count = state === 'empty' ? 0 : state === 'long' ? 300 : 3
  const lines = Array.from({ length: count }, (_line, index) => makeLine(index, state, random))
  const today = Math.floor(FIXTURE_NOW / (24 * HOUR_MS))
  const sum = (pick: (line: MoneyLine) => number) => lines.reduce((all, line) => all + pick(line), 0)
  const risky = state === 'unsure'
  return {
    configured: state !== 'empty',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    stopped: state === 'stopped',
    dayTarget: count * 1000,
    spentToday: sum((line) => line.spentToday),
    todayWorst: count * (risky ? 2600 : 1900),
    dayMax: count * 2300,
    spentMonth: sum((line) => line.spentMonth),
    monthWorst: sum((line) => line.monthWorst),
    monthMax: count * 34_000,
    plan: risky ? null : { day: today, total: count * 1000, price: 1.18, gain: 214.6 },
    lines,
    owned: {
      currency: 'EUR',
      channels:
        state === 'empty'
          ? []
          : [
              {
                channel: 'email',
                contactsToday: 1204,
                spentToday: 1.2,
                contactsMonth: 20_480,
                spentMonth: 20.48,
              },
              { channel: 'sms', contactsToday: 80, spentToday: 4, contactsMonth: 910, spentMonth: 45.5 },
            ],
    },
    experiments: lines.slice(0, 3).map((line, index) => ({
      experimentId: `experiment-${index}`,
      lineId: line.id,
      mode: index === 1 ? ('on' as const) : ('off' as const),
      treated: ['Berlin', 'Hamburg', 'Köln', 'Нижний Новгород'].slice(0, 4 - index),
      controlCount: 5,
      fromDay: today - 30 + 20 * index,
      toDay: today - 3 + 20 * index,
      detectableShare: 0.031,
      state: (['to_read', 'running', 'read'] as const)[index] ?? 'running',
      effect: index === 2 ? 8400 : null,
      standardError: index === 2 ? 1900 : null,
    })),
    demand: risky || count === 0 ? null : { day: today - 1, index: 1.12 },
    days: Array.from({ length: count === 0 ? 0 : DAYS }, (_day, index) => ({
      day: today - DAYS + 1 + index,
      spend: lines.map((line) => (line.budget ?? 900) * (0.6 + 0.5 * random())),
    })),
    moves: lines.slice(0, 20).map((line, index) => ({
      moveId: `plan:${today}:${line.id}`,
      at: FIXTURE_NOW - index * HOUR_MS * 3,
      lineId: line.id,
      from: (line.budget ?? 900) * 0.9,
      to: index % 7 === 6 ? 0 : (line.budget ?? 900),
      why: ['plan', 'vary', 'cap', 'stop'][index % 4] ?? 'plan',
    })),
    incidents:
      state === 'busy' || state === 'long'
        ? [
            {
              incidentId: 'mismatch:1',
              at: FIXTURE_NOW - 2 * HOUR_MS,
              kind: 'mismatch',
              lineId: lines[0]?.id ?? '',
              detail: '1100 was written and 1050 is in force',
            },
            {
              incidentId: 'tracking',
              at: FIXTURE_NOW - HOUR_MS,
              kind: 'tracking',
              lineId: '',
              detail: '2 conversions where about 31 were due',
            },
          ]
        : [],
  }
}

function makeLine(index: number, state: FixtureState, random: () => number): MoneyLine {
  const known = state !== 'unsure'
  const budget = state === 'stopped' ? 0 : 400 + 1600 * random()
  const half = 300 + 1500 * random()
  const worth = 2000 + 4000 * random()
  const value = (spend: number) => worth * Math.tanh((0.55 * spend) / half)
  return {
    id: `line-${index}`,
    name: state === 'long' && index === 1 ? LONG : (NAMES[index] ?? `Line ${index + 1}`),
    platform: 'google-ads',
    budget: index === 2 && state === 'unsure' ? null : budget,
    pending: index === 1 && state === 'busy' ? budget * 1.1 : null,
    spentToday: budget * 0.4,
    spentMonth: budget * 13,
    dayMax: 4000,
    monthMax: 60_000,
    monthWorst: budget * 16,
    reason: REASONS[index % REASONS.length] ?? 'no_data',
    evidence: EVIDENCE[index % EVIDENCE.length] ?? 'none',
    marginal: known ? { mean: 0.6 + random(), low: 0.3, high: 1.9 } : null,
    clicksMonth: Math.round(budget * 13 * 1.7),
    conversionsMonth: Math.round(budget * 0.4),
    totalLimit: index % 3 === 1 ? 250_000 : null,
    claimedReturn: known ? 1 + 2 * random() : null,
    realReturn: index % 3 === 0 && known ? 0.8 + random() : null,
    curve: known
      ? Array.from({ length: 9 }, (_point, k) => {
          const spend = (k * 2 * Math.max(budget, 500)) / 8
          return { spend, value: value(spend), low: value(spend) * 0.7, high: value(spend) * 1.3 }
        })
      : [],
    effect:
      known && index % 2 === 0
        ? {
            fromDay: 20_400,
            toDay: 20_406,
            spendBefore: budget * 0.85,
            spendAfter: budget,
            expected: { mean: 41, low: 20, high: 66 },
            realised:
              index % 4 === 0 ? { mean: 35, low: -22, high: 92 } : { mean: -80, low: -130, high: -30 },
          }
        : null,
  }
}
