// The shop behind the fixture: its people, campaigns and clock, and a seeded random.

export type FixtureState = 'busy' | 'empty' | 'error' | 'stopped' | 'restored' | 'long' | 'unsure' | 'rising'
export type FixtureLang = 'en' | 'ru'

export const FIXTURE_NOW = Date.UTC(2026, 4, 14, 11, 20)
export const HOUR_MS = 3_600_000
export const LONG =
  'A very long name that somebody once typed into a form because nothing stopped them, with a second half'

export const PEOPLE = [
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
