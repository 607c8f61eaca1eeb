// Contract-valid answers on how long personal data is kept: three classes with periods, some of it over.

import { FIXTURE_NOW, HOUR_MS, type FixtureState } from './world.ts'
import type { RetentionRun, RetentionView } from '../../src/api/contract.ts'

export function makeRetention(state: FixtureState, isRun: boolean): RetentionView {
  if (state === 'empty' || state === 'unsure') return makeKept(state === 'unsure')
  const scale = state === 'long' ? 1_000 : 1
  const over = isRun ? 0 : 1
  return {
    classes: [
      {
        dataClass: 'behaviour',
        months: 13,
        before: '2025-04',
        items: 84_211 * scale * over,
        bound: state === 'long' ? 1_911 : 0,
        stored: (1_284_530 + 84_211 * over) * scale,
        next: { month: '2025-04', at: Date.UTC(2026, 5), items: 91_402 * scale },
      },
      {
        dataClass: 'orders',
        months: 36,
        before: '2023-05',
        items: 21 * scale * over,
        bound: 0,
        stored: 48_112 * scale,
        next: { month: '2023-05', at: Date.UTC(2026, 5), items: 1 },
      },
      {
        dataClass: 'mentions',
        months: 12,
        before: '2025-05',
        items: 402 * scale * over,
        bound: state === 'long' ? 21 : 0,
        stored: (61_022 + 402 * over) * scale,
        next: { month: '2025-05', at: Date.UTC(2026, 5), items: 5_041 },
      },
    ],
    contact: {
      months: 48,
      before: FIXTURE_NOW - 4 * 365 * 24 * HOUR_MS,
      people: 5 * over,
      soon: state === 'long' ? 12_021 : 21,
    },
    nextRunAt: FIXTURE_NOW + 17 * HOUR_MS,
    running: state === 'stopped',
    last: {
      at: FIXTURE_NOW - 7 * HOUR_MS,
      items: 3_012,
      classes: [{ dataClass: 'behaviour', before: '2025-03', items: 3_012 }],
      people: 2,
      by: isRun ? 'Anna Petrova (user u1)' : 'windvane',
    },
  }
}

/** Nobody asked for a period; once somebody had. */
const makeKept = (hadRun: boolean): RetentionView => {
  const kept = { months: 0, before: '', items: 0, bound: 0, next: null }
  return {
    classes: [
      { dataClass: 'behaviour', ...kept, stored: hadRun ? 1_284_530 : 0 },
      { dataClass: 'orders', ...kept, stored: hadRun ? 48_112 : 0 },
      { dataClass: 'mentions', ...kept, stored: hadRun ? 61_022 : 0 },
    ],
    contact: { months: 0, before: 0, people: 0, soon: 0 },
    nextRunAt: null,
    running: false,
    last: hadRun
      ? { at: FIXTURE_NOW - 900 * HOUR_MS, items: 0, classes: [], people: 0, by: 'restart' }
      : null,
  }
}

export const makeRetentionRun = (state: FixtureState): RetentionRun => {
  const { classes, contact } = makeRetention(state, false)
  return {
    happened: true,
    classes: classes.map(({ dataClass, before, items }) => ({ dataClass, before, items })),
    people: contact.people,
  }
}
