// The journal as columns: for snapshots, and to hand to the thread that trains.

import type { Dump } from '../../log/dump.ts'
import { amountIn, codeIn, createFactBytes, secondsIn, withFact } from './fact-bytes.ts'
import { createJournal, keep, type Journal, type JournalOptions, type JournalPerson } from './journal.ts'

const WORDS = 16
const BINS = 64

/** Equal journals give equal columns. */
export const dumpJournal = (journal: Journal): Dump => {
  const people = [...journal.people.values()].toSorted((a, b) => a.slot - b.slot)
  const based = people.filter(({ base }) => base !== null)
  const facts = people.reduce((sum, { count }) => sum + count, 0)
  const orders = people.reduce((sum, person) => sum + person.orders, 0)
  const columns = {
    seconds: new Uint32Array(facts),
    codes: new Uint8Array(facts),
    amounts: new Float32Array(facts),
    orderSeconds: new Uint32Array(orders),
    orderAmounts: new Float64Array(orders),
    baseWords: new Uint32Array(based.length * WORDS),
    baseBins: new Uint8Array(based.length * BINS),
  }
  let [fact, order, base] = [0, 0, 0]
  for (const person of people) {
    for (let i = 0; i < person.count; i++, fact++) {
      columns.seconds[fact] = secondsIn(person.facts, i)
      columns.codes[fact] = codeIn(person.facts, i)
      columns.amounts[fact] = amountIn(person.facts, i)
    }
    columns.orderSeconds.set(person.orderSeconds.subarray(0, person.orders), order)
    columns.orderAmounts.set(person.orderAmounts.subarray(0, person.orders), order)
    order += person.orders
    if (person.base === null) continue
    columns.baseWords.set(person.base.words, base * WORDS)
    columns.baseBins.set(person.base.bins, base * BINS)
    base++
  }
  return {
    'journal.about': [journal.everyoneBits, journal.customerBits],
    'journal.slots': Uint32Array.from(people, ({ slot }) => slot),
    'journal.since': Uint32Array.from(people, ({ since }) => since),
    'journal.flags': Uint8Array.from(
      people,
      ({ everyone, customer, base: row }) =>
        Number(everyone) | (Number(customer) << 1) | (Number(row !== null) << 2),
    ),
    'journal.counts': Uint32Array.from(people, ({ count }) => count),
    'journal.orders': Uint32Array.from(people, (person) => person.orders),
    ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [`journal.${name}`, column])),
  }
}

/** The journal that was dumped. */
export const restoreJournal = (dump: Dump, options: Partial<JournalOptions> = {}): Journal => {
  const journal = createJournal(options)
  const [everyoneBits = 0, customerBits = 0] = dump['journal.about'] as readonly number[]
  journal.everyoneBits = everyoneBits
  journal.customerBits = customerBits
  const words = (name: string) => dump[`journal.${name}`] as Uint32Array
  const bytes = (name: string) => dump[`journal.${name}`] as Uint8Array
  const flags = bytes('flags')
  const amounts = dump['journal.amounts'] as Float32Array
  const orderAmounts = dump['journal.orderAmounts'] as Float64Array
  let [fact, order, base] = [0, 0, 0]
  words('slots').forEach((slot, i) => {
    const flag = flags[i] as number
    const count = words('counts')[i] as number
    const orders = words('orders')[i] as number
    const person: JournalPerson = {
      slot,
      since: words('since')[i] as number,
      base:
        (flag & 4) === 0
          ? null
          : {
              words: words('baseWords').slice(base * WORDS, (base + 1) * WORDS),
              bins: bytes('baseBins').slice(base * BINS, (base + 1) * BINS),
            },
      everyone: (flag & 1) !== 0,
      customer: (flag & 2) !== 0,
      count,
      facts: createFactBytes(count),
      orders,
      orderSeconds: words('orderSeconds').slice(order, order + orders),
      orderAmounts: orderAmounts.slice(order, order + orders),
    }
    for (let i = 0; i < count; i++, fact++)
      person.facts = withFact(person.facts, i, {
        seconds: words('seconds')[fact] as number,
        code: bytes('codes')[fact] as number,
        amount: amounts[fact] as number,
      })
    order += orders
    if (person.base !== null) base++
    if (person.everyone) journal.everyone++
    if (person.customer) journal.customers++
    keep(journal, person)
  })
  return journal
}
