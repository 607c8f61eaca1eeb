// Contract-valid figures of the business from a seed.

import { FIXTURE_NOW, HOUR_MS, createRandom, type FixtureState } from './world.ts'
import type { Kpis } from '../../src/api/contract.ts'

type Figure = Kpis['figures'][number]

const DAY_MS = 24 * HOUR_MS

const FIGURES: readonly (readonly [Figure['kpi'], Figure['unit'], number])[] = [
  ['orders', 'count', 6],
  ['revenue', 'money', 420],
  ['margin', 'money', 150],
  ['visits', 'count', 240],
  ['events', 'count', 700],
  ['sent', 'count', 90],
  ['failed', 'count', 0.4],
  ['unsubscribed', 'count', 0.3],
  ['clickRate', 'share', 0.03],
]
const DAYS = 56
const AHEAD = 28
const HOURS = 168

export function makeKpis(state: FixtureState): Kpis {
  const isEmpty = state === 'empty'
  const scale = state === 'long' ? 40_000 : 1
  return {
    now: FIXTURE_NOW,
    figures: FIGURES.map(([kpi, unit, level]) => makeFigure({ kpi, unit, level: level * scale, isEmpty })),
    anomalies: isEmpty ? [] : makeAnomalies(scale),
    withheld: state === 'long' ? 14 : 0,
  }
}

function makeFigure({
  kpi,
  unit,
  level,
  isEmpty,
}: {
  readonly kpi: Figure['kpi']
  readonly unit: Figure['unit']
  readonly level: number
  readonly isEmpty: boolean
}): Figure {
  if (isEmpty) return { kpi, unit, hours: [], days: [], forecast: null }
  const random = createRandom(kpi.length + 3)
  const round = (value: number) => (unit === 'count' ? Math.round(value) : value)
  const today = Math.floor(FIXTURE_NOW / DAY_MS)
  const week = (day: number) => 1 + 0.25 * Math.sin((2 * Math.PI * day) / 7)
  const noon = (day: number) => day * DAY_MS + DAY_MS / 2
  const daily = unit === 'share' ? level : level * 24
  const isForecast = ['orders', 'revenue', 'margin', 'visits'].includes(kpi)
  return {
    kpi,
    unit,
    hours:
      unit === 'share'
        ? []
        : Array.from({ length: HOURS }, (_, i) => {
            const at = Math.floor(FIXTURE_NOW / HOUR_MS - HOURS + i) * HOUR_MS
            const usual = level * (1 + 0.8 * Math.sin((2 * Math.PI * (i % 24)) / 24))
            const value = i === HOURS - 9 ? usual * 3 : usual * (0.8 + 0.4 * random())
            const isKnown = i >= 24
            return {
              at,
              value: round(value),
              low: isKnown ? Math.max(0, usual * 0.5) : null,
              high: isKnown ? usual * 1.6 : null,
            }
          }),
    days: Array.from({ length: DAYS }, (_, i) => ({
      at: noon(today - DAYS + i),
      value: round(daily * week(i) * (0.85 + 0.3 * random())),
    })),
    forecast: isForecast
      ? {
          days: Array.from({ length: AHEAD }, (_, i) => {
            const mean = daily * week(DAYS + i)
            const half = mean * (0.12 + 0.008 * i)
            return { at: noon(today + i), mean, low: mean - half, high: mean + half }
          }),
          method: kpi === 'visits' ? 'seasonal_naive' : 'combination',
          fallback: kpi === 'visits' ? 'not_better_in_backtest' : '',
          error: daily * 0.07,
          naiveError: daily * 0.1,
          held: { inside: 24, days: 30 },
        }
      : null,
  }
}

function makeAnomalies(scale: number): Kpis['anomalies'] {
  const at = (hours: number) => Math.floor(FIXTURE_NOW / HOUR_MS - hours) * HOUR_MS
  return [
    {
      kpi: 'revenue',
      at: at(9),
      value: 61 * scale,
      expected: 418 * scale,
      surprise: 4.6,
      cause: 'spike',
      direction: 'below',
      isRisk: true,
    },
    {
      kpi: 'sent',
      at: at(40),
      value: 310 * scale,
      expected: 92 * scale,
      surprise: 5.2,
      cause: 'extreme',
      direction: 'above',
      isRisk: true,
    },
    {
      kpi: 'clickRate',
      at: at(70),
      value: 0.081,
      expected: 0.03,
      surprise: 3.9,
      cause: 'level_shift',
      direction: 'above',
      isRisk: false,
    },
  ]
}
