// What profiles cost: folding beside parsing the same events, memory of a million people, features for
// the model, and coming back from a dump.

import { execFileSync } from 'node:child_process'
import { DEFAULT_BUSINESS } from '../src/kernel/business.ts'
import { decodeDump, encodeDump } from '../src/log/index.ts'
import {
  compileExpression,
  countProfiles,
  createProfiles,
  dumpProfiles,
  foldProfiles,
  matchesFor,
  profileFeatures,
  restoreProfiles,
  type Profiles,
} from '../src/profile/index.ts'
import { SIGNAL_RECEIVED, type Signal } from '../src/signal/events.ts'

export type Row = {
  readonly name: string
  readonly ours: number
  readonly baseline: number
  readonly unit: string
  /** ours / baseline. */
  readonly ratio: number
}

const PEOPLE = 1_000_000
const START = Date.UTC(2026, 0, 1)
const NAMES = ['Product Viewed', 'Product Viewed', 'Page', 'Product Added', 'Order Completed']
const CATEGORIES = ['Shoes', 'Hats', 'Coats', 'Bags', 'Belts', 'Socks', 'Shirts', 'Gloves', 'Scarves', 'Ties']

const anonymousOf = (person: number): string =>
  `${person.toString(16).padStart(8, '0')}-7c1e-4b7a-9d5f-${(person * 2_654_435_761).toString(16).slice(0, 12).padStart(12, '0')}`

const base = { messageId: 'm', previousId: '', groupId: '', receivedAt: START, source: 'bench' }

const identifyOf = (person: number): Signal => ({
  ...base,
  kind: 'identify',
  userId: `customer-${person}`,
  anonymousId: anonymousOf(person),
  name: '',
  properties: {},
  traits: {
    email: `person.${person}@mail.example`,
    city: CATEGORIES[person % 10],
    plan: 'free',
    age: 18 + (person % 60),
  },
  context: { timezone: 'Europe/Riga', locale: 'en-GB' },
  at: START + person,
})

const trackOf = (index: number, people: number): Signal => {
  const person = Math.imul(index, 2_654_435_761) >>> 0
  return {
    ...base,
    kind: 'track',
    userId: index % 3 === 0 ? '' : `customer-${person % people}`,
    anonymousId: anonymousOf(person % people),
    name: NAMES[index % 5] ?? '',
    properties: { category: CATEGORIES[index % 10], revenue: 49.9, product_id: `sku-${index % 997}` },
    traits: {},
    context: {},
    at: START + index * 20,
  }
}

const fold = (state: Profiles, offset: number, signals: readonly Signal[]): void => {
  const event = { offset, id: '', type: SIGNAL_RECEIVED, key: '', at: START, data: null }
  foldProfiles(state, event, signals, DEFAULT_BUSINESS)
}

const populate = (people: number, eventsEach: number): Profiles => {
  const state = createProfiles()
  let offset = 0
  for (let person = 0; person < people; person++) fold(state, ++offset, [identifyOf(person)])
  for (let index = 0; index < people * eventsEach; index++) fold(state, ++offset, [trackOf(index, people)])
  return state
}

/** Rows for the bench table; takes about half a minute, most of it a million people in a process of their own. */
export const run = async (): Promise<Row[]> => {
  const { foldMicros, parseMicros } = measureFold()
  const million = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', import.meta.filename, 'million'], { encoding: 'utf8' }),
  ) as Million
  const row = (name: string, ours: number, baseline: number, unit: string): Row => ({
    name,
    ours,
    baseline,
    unit,
    ratio: ours / baseline,
  })
  return await Promise.resolve([
    row('profile: fold', 1e6 / foldMicros, 1e6 / parseMicros, 'events/s (baseline: JSON.parse of them)'),
    row(
      'profile: memory at 1 million',
      million.rssMegabytes,
      512,
      'MB RSS added (baseline: the goal for the process)',
    ),
    row('profile: process at 1 million', million.processMegabytes, 512, 'MB RSS in all (baseline: the goal)'),
    row(
      'profile: features',
      million.featuresNanos,
      2_000,
      'ns/op at random among 1 million (baseline: the goal)',
    ),
    row('profile: rule', million.ruleNanos, million.featuresNanos, 'ns/op (baseline: features)'),
    row(
      'profile: restore 1 million',
      million.restoreMs,
      5_000,
      'ms from encoded bytes (baseline: the goal for all state)',
    ),
    row(
      'profile: dump 1 million',
      million.dumpMs,
      million.restoreMs,
      'ms to encoded bytes (baseline: restore)',
    ),
  ])
}

const measureFold = (): { foldMicros: number; parseMicros: number } => {
  const people = 50_000
  const state = populate(people, 1)
  const count = 300_000
  const texts = Array.from({ length: count }, (_, index) => JSON.stringify(trackOf(index, people)))
  const started = performance.now()
  const signals = texts.map((text) => JSON.parse(text) as Signal)
  const parsed = performance.now()
  for (let index = 0; index < count; index += 100)
    fold(state, people * 2 + index, signals.slice(index, index + 100))
  const folded = performance.now()
  return { foldMicros: ((folded - parsed) * 1e3) / count, parseMicros: ((parsed - started) * 1e3) / count }
}

type Million = {
  readonly rssMegabytes: number
  readonly processMegabytes: number
  readonly featuresNanos: number
  readonly ruleNanos: number
  readonly dumpMs: number
  readonly restoreMs: number
}

const measureMillion = async (): Promise<Million> => {
  // The heap gives pages back between turns of the loop, as it would in a server.
  const megabytes = async () => {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    globalThis.gc?.()
    return process.memoryUsage.rss() / 1e6
  }
  fold(createProfiles(), 1, [identifyOf(1), trackOf(1, 10)])
  const before = await megabytes()
  const state = populate(PEOPLE, 3)
  const after = await megabytes()
  if (countProfiles(state) !== PEOPLE) throw new RangeError(`${countProfiles(state)} profiles of ${PEOPLE}`)
  const now = START + 40 * 86_400_000
  const refAt = (i: number) => (Math.imul(i, 2_654_435_761) >>> 0) % PEOPLE
  const nanosEach = (count: number, ask: (ref: number) => void): number => {
    for (let i = 0; i < count; i++) ask(refAt(i))
    const start = performance.now()
    for (let i = 0; i < count; i++) ask(refAt(i + count))
    return ((performance.now() - start) * 1e6) / count
  }
  let sum = 0
  const featuresNanos = nanosEach(
    300_000,
    (ref) => (sum += profileFeatures(state, ref, now, DEFAULT_BUSINESS).length),
  )
  const rule = compileExpression('profile.features.orders >= 1 && profile.features.daysSinceLastOrder > 30')
  const ruleNanos = nanosEach(100_000, (ref) => {
    if (matchesFor(state, rule, { ref, now, business: DEFAULT_BUSINESS })) sum++
  })
  const dumping = performance.now()
  const bytes = encodeDump(dumpProfiles(state))
  const dumped = performance.now()
  const restored = restoreProfiles(decodeDump(bytes))
  const restoreMs = performance.now() - dumped
  if (countProfiles(restored) !== PEOPLE || sum < 0) throw new RangeError('the restore lost people')
  return {
    rssMegabytes: after - before,
    processMegabytes: after,
    featuresNanos,
    ruleNanos,
    dumpMs: dumped - dumping,
    restoreMs,
  }
}

if (import.meta.main) {
  if (process.argv[2] === 'million') process.stdout.write(JSON.stringify(await measureMillion()))
  else console.table(await run())
}
