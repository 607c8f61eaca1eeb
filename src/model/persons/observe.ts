// Rows to learn from: people of the journal as they were at past dates, each with what came after. Nothing
// that happened after a date is in its row.

import type { Frame } from '../propensity/frame.ts'
import { createRehearsal, PERSON_COLUMNS, readVector } from '../../profile/index.ts'
import { secondsIn } from './fact-bytes.ts'
import { factsOf, type Journal, type JournalPerson } from './journal.ts'
import { at } from './typed.ts'

export type Question = {
  /** Whose sample, and who of it is asked about. */
  readonly of: 'customers' | 'everyone'
  /** Ordered or seen within this many days before the date. */
  readonly within: number
  /** Seconds, rising. */
  readonly dates: readonly number[]
  readonly horizonS: number
}

export type Observations = {
  readonly rows: number
  readonly slots: Int32Array
  /** Seconds. */
  readonly dates: Float64Array
  /** 1: an order came within the horizon. */
  readonly ordered: Uint8Array
  /** In the order of PERSON_COLUMNS; NaN is not known. */
  readonly columns: readonly Float64Array[]
}

const LAST_SEEN_AT = PERSON_COLUMNS.indexOf('daysSinceLastSeen')
const LAST_ORDER_AT = PERSON_COLUMNS.indexOf('daysSinceLastOrder')

export const observe = (journal: Journal, question: Question): Observations => {
  const slots: number[] = []
  const dates: number[] = []
  const ordered: number[] = []
  const columns: number[][] = PERSON_COLUMNS.map(() => [])
  const rehearsal = createRehearsal()
  const vector = new Float64Array(PERSON_COLUMNS.length)
  const recency = question.of === 'customers' ? LAST_ORDER_AT : LAST_SEEN_AT
  const most = Math.log1p(question.within)
  const people = [...journal.people.values()].toSorted((a, b) => a.slot - b.slot)
  for (const person of people) {
    if (!(question.of === 'customers' ? person.customer : person.everyone)) continue
    const facts = factsOf(person)
    let next = 0
    rehearsal.start(person.base)
    for (const date of question.dates) {
      if (person.base !== null && date < person.since) continue
      for (let fact = facts[next]; fact !== undefined && fact.seconds <= date; fact = facts[++next])
        rehearsal.add(fact)
      readVector(rehearsal.columns, 0, date, vector)
      // Never seen, or not lately enough: nobody asks about them.
      if (!((vector[recency] as number) <= most)) continue
      slots.push(person.slot)
      dates.push(date)
      ordered.push(ordersWithin(person, date, question.horizonS) ? 1 : 0)
      for (let c = 0; c < vector.length; c++) columns[c]?.push(vector[c] as number)
    }
  }
  return {
    rows: slots.length,
    slots: Int32Array.from(slots),
    dates: Float64Array.from(dates),
    ordered: Uint8Array.from(ordered),
    columns: columns.map((values) => Float64Array.from(values)),
  }
}

const ordersWithin = (person: JournalPerson, date: number, horizonS: number): boolean => {
  for (let i = 0; i < person.orders; i++) {
    const seconds = at(person.orderSeconds, i)
    if (seconds > date && seconds <= date + horizonS) return true
  }
  return false
}

/** The table that learners read. */
export const frameOf = (observations: Observations): Frame => ({
  rows: observations.rows,
  columns: PERSON_COLUMNS.map((name, c) => {
    const values = observations.columns[c] as Float64Array
    return {
      name,
      kind: 'number' as const,
      values: values.map((value) => (Number.isNaN(value) ? 0 : value)),
      missing: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0)),
    }
  }),
})

/** When something of anybody is first known, seconds; Infinity when nothing is. */
export const firstSecondsOf = (journal: Journal): number => {
  let first = Number.POSITIVE_INFINITY
  for (const person of journal.people.values()) {
    if (person.base !== null) first = Math.min(first, person.since)
    for (let i = 0; i < person.count; i++) first = Math.min(first, secondsIn(person.facts, i))
  }
  return first
}
