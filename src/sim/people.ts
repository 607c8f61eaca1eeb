// The people of the simulated market. What they are like inside is drawn once per seed and never told
// to the product; what can be seen of them (city, language, habits on the site) only hints at it.

import { createRng, type Rng } from '../kernel/rng.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/time.ts'
import { CATEGORIES } from './catalogue.ts'

/** How marketing works on a person. */
export type Nature =
  /** The right word at the right time sells something. */
  | 'persuadable'
  /** Buys on top only for less money. */
  | 'bargain_hunter'
  /** Comes anyway: mail changes little, an offer only costs. */
  | 'loyal'
  /** Mail drives them away. */
  | 'easily_annoyed'

export const DAYPARTS = ['morning', 'lunch', 'evening'] as const
export type Daypart = (typeof DAYPARTS)[number]

export type Customer = {
  readonly index: number
  /** Hidden. */
  readonly nature: Nature
  /** Share of interest by category, in the order of CATEGORIES; sums to 1. */
  readonly taste: readonly number[]
  /** 0 to 1: how much a lower price moves them. */
  readonly priceSensitivity: number
  readonly daypart: Daypart
  /** What one unit of fatigue takes off the response, as a rate in an exponent. */
  readonly fatigueResponse: number
  /** The same for coming by themselves. */
  readonly fatigueVisits: number
  /** Chance that a mail is noticed at the best hour by a rested person. */
  readonly reachability: number
  readonly visitsPerDay: number
  readonly orderChance: number
  readonly badAddress: boolean
  /** Their company's mail gateway opens all links. */
  readonly scanned: boolean

  /** Visible. */
  readonly userId: string
  readonly anonymousId: string
  readonly email: string
  readonly firstName: string
  readonly city: string
  readonly timeZone: string
  readonly language: 'en' | 'ru'
  readonly tier: 'bronze' | 'silver' | 'gold'
  readonly device: 'mobile' | 'desktop'
  /** Where they came from; bargain hunters come from deal sites more often. */
  readonly source: 'search' | 'friend' | 'deals' | 'social'
  readonly consents: boolean
  /** ms; before it they are nobody to the shop. */
  readonly joinsAt: number
}

export type PeopleOptions = {
  readonly seed: string
  readonly customers: number
  /** ms: when the world begins. */
  readonly from: number
  /** Share who are customers from the beginning; the others join over `joinDays`. */
  readonly knownShare: number
  readonly joinDays: number
}

const CITIES = [
  { city: 'Moscow', timeZone: 'Europe/Moscow', ru: 0.92, weight: 0.26 },
  { city: 'Yekaterinburg', timeZone: 'Asia/Yekaterinburg', ru: 0.96, weight: 0.12 },
  { city: 'Berlin', timeZone: 'Europe/Berlin', ru: 0.06, weight: 0.3 },
  { city: 'London', timeZone: 'Europe/London', ru: 0.03, weight: 0.2 },
  { city: 'New York', timeZone: 'America/New_York', ru: 0.03, weight: 0.12 },
] as const

const NATURES: readonly (readonly [Nature, number])[] = [
  ['persuadable', 0.56],
  ['bargain_hunter', 0.17],
  ['loyal', 0.14],
  ['easily_annoyed', 0.13],
]

const NAMES = {
  en: [
    'Ada',
    'Ben',
    'Clara',
    'Dan',
    'Ella',
    'Finn',
    'Grace',
    'Hugo',
    'Iris',
    'Jack',
    'Kate',
    'Leo',
    'Mia',
    'Noah',
    'Olive',
    'Paul',
  ],
  ru: [
    'Анна',
    'Борис',
    'Вера',
    'Глеб',
    'Дарья',
    'Егор',
    'Жанна',
    'Захар',
    'Инна',
    'Кирилл',
    'Лидия',
    'Максим',
    'Нина',
    'Олег',
    'Полина',
    'Роман',
  ],
} as const

/** All people of a seed; the same seed gives the same people, whatever happens to them. */
export const createPeople = (options: PeopleOptions): readonly Customer[] =>
  Array.from({ length: options.customers }, (_, index) => createCustomer(options, index))

const createCustomer = (options: PeopleOptions, index: number): Customer => {
  const rng = createRng(`${options.seed}/person/${index}`)
  const nature = pick(rng, NATURES)
  const place = pick(
    rng,
    CITIES.map((city) => [city, city.weight] as const),
  )
  const language = rng.uniform() < place.ru ? 'ru' : 'en'
  const activity = Math.exp(0.45 * rng.normal() - 0.1)
  const names = NAMES[language]
  const known = rng.uniform() < options.knownShare
  const joins = options.from + rng.uniform() * options.joinDays * DAY_MS
  const orderChance = 0.062 * (nature === 'loyal' ? 1.9 : nature === 'bargain_hunter' ? 0.7 : 1)
  return {
    index,
    nature,
    taste: drawTaste(rng),
    priceSensitivity:
      nature === 'bargain_hunter'
        ? 0.75 + 0.25 * rng.uniform()
        : nature === 'loyal'
          ? 0.05
          : 0.1 + 0.35 * rng.uniform(),
    daypart: pick(rng, [
      ['morning', 0.34],
      ['lunch', 0.24],
      ['evening', 0.42],
    ] as const),
    fatigueResponse: 0.16 * Math.exp(0.4 * rng.normal()),
    fatigueVisits:
      (nature === 'easily_annoyed' ? 0.09 : nature === 'loyal' ? 0.01 : 0.005) *
      Math.exp(0.35 * rng.normal()),
    reachability: 0.3 + 0.6 * rng.uniform(),
    visitsPerDay: 0.45 * activity,
    orderChance,
    badAddress: rng.uniform() < 0.02,
    scanned: rng.uniform() < 0.06,
    userId: `c${String(index + 1).padStart(5, '0')}`,
    anonymousId: `a${Math.floor(rng.uniform() * 2 ** 32).toString(36)}${index.toString(36)}`,
    email: `customer${index + 1}@mail.example`,
    firstName: names[rng.below(names.length)] ?? names[0],
    city: place.city,
    timeZone: place.timeZone,
    language,
    tier: tierOf(activity * (nature === 'loyal' ? 1.9 : 1)),
    device: rng.uniform() < 0.62 ? 'mobile' : 'desktop',
    source: sourceOf(rng, nature),
    consents: rng.uniform() < 0.8,
    joinsAt: known ? options.from : Math.floor(joins / MINUTE_MS) * MINUTE_MS,
  }
}

/**
 * The same person in another season: what was loved on one shelf is loved on the next, and the hour of the
 * day shifts. Nothing that the shop can see says so.
 */
export const drifted = (person: Customer): Customer => ({
  ...person,
  taste: person.taste.map((_, index) => person.taste[(index + 1) % person.taste.length] ?? 0),
  daypart: DAYPARTS[(DAYPARTS.indexOf(person.daypart) + 1) % DAYPARTS.length] ?? person.daypart,
})

/** One love, and something of everything else. */
const drawTaste = (rng: Rng): readonly number[] => {
  const love = pick(rng, [
    [0, 0.34],
    [1, 0.28],
    [2, 0.22],
    [3, 0.16],
  ] as const)
  const weights = CATEGORIES.map((_, index) =>
    index === love ? 2.2 + 1.6 * rng.uniform() : 0.15 + 0.5 * rng.uniform(),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

const tierOf = (worth: number): Customer['tier'] => (worth > 1.7 ? 'gold' : worth > 1 ? 'silver' : 'bronze')

const sourceOf = (rng: Rng, nature: Nature): Customer['source'] =>
  nature === 'bargain_hunter'
    ? pick(rng, [
        ['deals', 0.7],
        ['search', 0.15],
        ['friend', 0.05],
        ['social', 0.1],
      ] as const)
    : pick(rng, [
        ['deals', 0.1],
        ['search', 0.45],
        ['friend', 0.25],
        ['social', 0.2],
      ] as const)

/** One of the values, by their weights. */
export const pick = <T>(rng: Rng, weighted: readonly (readonly [T, number])[]): T => {
  let rest = rng.uniform() * weighted.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [value, weight] of weighted) {
    rest -= weight
    if (rest < 0) return value
  }
  return (weighted.at(-1) as readonly [T, number])[0]
}
