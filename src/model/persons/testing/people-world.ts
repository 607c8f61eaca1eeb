// Seeded customers who look, buy at rates of their own and leave for good at times of their own: told to the
// product as batches of signals, so that what models make of them can be held against what is true.

import { createRng, type Rng } from '../../../kernel/rng.ts'
import { DAY_MS } from '../../../kernel/time.ts'
import type { LogEvent } from '../../../log/port.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../../signal/events.ts'

export type WorldPerson = {
  readonly userId: string
  /** Orders a day while a customer. */
  readonly rate: number
  readonly looksPerOrder: number
  /** Day from which nothing comes any more. */
  readonly leavesOn: number
  readonly joinsOn: number
}

export type PeopleWorld = {
  readonly people: readonly WorldPerson[]
  readonly events: readonly LogEvent<SignalReceived>[]
  readonly from: number
}

export type PeopleWorldOptions = {
  readonly seed: string
  readonly people: number
  readonly days: number
  readonly from?: number
  /** How orders relate to looks on the same day may change at this day: for drift. */
  readonly turnsOn?: number
  /** Nobody leaves or looks, and all buy alike: nothing tells one from another. */
  readonly alike?: boolean
}

export const FROM = Date.UTC(2026, 0, 5)

/** One event a day; the same options give the same events. */
export const peopleWorld = (options: PeopleWorldOptions): PeopleWorld => {
  const {
    seed,
    people: count,
    days,
    from = FROM,
    turnsOn = Number.POSITIVE_INFINITY,
    alike = false,
  } = options
  const rng = createRng(`people ${seed}`)
  const people = Array.from(
    { length: count },
    (_, i): WorldPerson =>
      alike
        ? { userId: `u${i}`, rate: 0, looksPerOrder: 0, joinsOn: 0, leavesOn: days }
        : personOf(rng, i, days),
  )
  const events = Array.from({ length: days }, (_, day): LogEvent<SignalReceived> => {
    const batch = people.flatMap((person) => dayOf(rng, person, day, from, day >= turnsOn))
    return {
      offset: day + 1,
      id: `world-${day}`,
      type: SIGNAL_RECEIVED,
      key: 'test',
      at: from + (day + 1) * DAY_MS,
      data: {
        header: { endpoint: 'batch', source: 'test', receivedAt: from + (day + 1) * DAY_MS },
        payload: { batch },
      },
    }
  })
  return { people, events, from }
}

const personOf = (rng: Rng, i: number, days: number): WorldPerson => {
  // Gamma-like spread of rates: few buy much.
  const rate = 0.06 * (-Math.log(1 - rng.uniform())) ** 1.3
  const joinsOn = rng.uniform() < 0.6 ? 0 : Math.floor(rng.uniform() * days)
  return {
    userId: `u${i}`,
    rate,
    looksPerOrder: 2 + rng.below(4),
    joinsOn,
    leavesOn: joinsOn + Math.ceil(-Math.log(1 - rng.uniform()) * days * 0.9),
  }
}

const dayOf = (rng: Rng, person: WorldPerson, day: number, from: number, turned: boolean): object[] => {
  if (day < person.joinsOn || day >= person.leavesOn) return []
  const items: object[] = []
  const item = (event: string, properties: object): void => {
    const at = from + day * DAY_MS + (8 + rng.below(12)) * 3_600_000 + items.length * 1_000
    items.push({
      type: 'track',
      event,
      userId: person.userId,
      messageId: `${person.userId}-${day}-${items.length}`,
      timestamp: new Date(at).toISOString(),
      properties,
    })
  }
  const looks = rng.uniform() < Math.min(0.9, person.rate * person.looksPerOrder) ? 1 + rng.below(3) : 0
  for (let i = 0; i < looks; i++) item('Product Viewed', { category: `c${rng.below(4)}` })
  const chance = turned ? 0.02 : person.rate
  if (rng.uniform() < chance) {
    if (rng.uniform() < 0.7) item('Product Added', { category: 'c1' })
    item('Order Completed', { order_id: `${person.userId}-${day}`, revenue: 20 + rng.below(60) })
  }
  return items
}
