// What some people did, kept to learn from: an even sample of everybody and one of customers, each person's
// facts in a few bytes. From it a person's row of counters can be built as it was at any past date, so that
// models see only what was known then. Bounded: old facts are summed up, and samples are thinned.

import { amountIn, codeIn, createFactBytes, secondsIn, withFact } from './fact-bytes.ts'
import { at, grown } from './typed.ts'
import { cross32 } from '../../kernel/hash.ts'
import {
  copyRow,
  createRehearsal,
  FACT_KINDS,
  mergePersonRows,
  type Fact,
  type PersonRow,
  type Profiles,
} from '../../profile/index.ts'

export type JournalOptions = {
  /** People in each of the two samples; beyond it every second one goes. */
  readonly peopleMax: number
  /** Facts kept one by one of a person; beyond it the older half is summed up. */
  readonly factsMax: number
  /** Orders kept of a person: the newest. */
  readonly ordersMax: number
}

export const JOURNAL_DEFAULTS: JournalOptions = { peopleMax: 10_000, factsMax: 512, ordersMax: 256 }

export type JournalPerson = {
  readonly slot: number
  /** Seconds: rows from here on can be built. 0 when everything is known. */
  since: number
  /** What was summed up, up to `since`; null when nothing was. */
  base: PersonRow | null
  /** Of the even sample of everybody. */
  everyone: boolean
  /** Of the sample of customers. */
  customer: boolean
  count: number
  /** See fact-bytes.ts. Code: kind in the low four bits, channel above; amount: revenue of an order, whole currency units. */
  facts: Uint8Array
  orders: number
  orderSeconds: Uint32Array
  orderAmounts: Float64Array
}

export type Journal = {
  readonly options: JournalOptions
  readonly people: Map<number, JournalPerson>
  /** Derived, by slot: 1 for the people above, so that the many others cost one look. */
  kept: Uint8Array
  /** One in 2^bits is taken. */
  everyoneBits: number
  customerBits: number
  everyone: number
  customers: number
  /** Facts of the event being folded that a fresh row holds already. */
  readonly fresh: Set<number>
}

export const createJournal = (options: Partial<JournalOptions> = {}): Journal => ({
  options: { ...JOURNAL_DEFAULTS, ...options },
  people: new Map(),
  kept: new Uint8Array(64),
  everyoneBits: 0,
  customerBits: 0,
  everyone: 0,
  customers: 0,
  fresh: new Set(),
})

const EVERYONE_SALT = 0x3c6ef372
const CUSTOMER_SALT = 0x1f83d9ab

const isDrawn = (slot: number, salt: number, bits: number): boolean =>
  bits === 0 || cross32(slot, salt) >>> (32 - bits) === 0

/** Takes a fact of a person in, if the person is of a sample. `isNew`: the profile's first. */
export const noteFact = (
  journal: Journal,
  {
    slot,
    isNew,
    fact,
    profiles,
  }: { readonly slot: number; readonly isNew: boolean; readonly fact: Fact; readonly profiles: Profiles },
): void => {
  let person = journal.kept[slot] === 1 ? journal.people.get(slot) : undefined
  if (person === undefined && isNew && isDrawn(slot, EVERYONE_SALT, journal.everyoneBits)) {
    person = addPerson(journal, slot, null)
    person.everyone = true
    journal.everyone++
  }
  if (fact.kind === 'order' && isDrawn(slot, CUSTOMER_SALT, journal.customerBits)) {
    if (person === undefined) {
      // What came before is in the live row, and so is the rest of this event.
      person = addPerson(journal, slot, copyRow(profiles, slot))
      journal.fresh.add(slot)
    }
    if (!person.customer) {
      person.customer = true
      journal.customers++
    }
  }
  if (person === undefined) return
  if (fact.kind === 'order') addOrder(journal.options, person, fact.seconds, fact.revenueMicros / 1e6)
  if (!journal.fresh.has(slot)) addFact(journal.options, person, fact)
  thin(journal)
}

/** The event is over: what follows is not in any fresh row. */
export const endEvent = (journal: Journal): void => {
  if (journal.fresh.size > 0) journal.fresh.clear()
}

const addPerson = (journal: Journal, slot: number, base: PersonRow | null): JournalPerson => {
  const person: JournalPerson = {
    slot,
    since: base === null ? 0 : lastSecondsOf(base),
    base,
    everyone: false,
    customer: false,
    count: 0,
    facts: createFactBytes(8),
    orders: 0,
    orderSeconds: new Uint32Array(2),
    orderAmounts: new Float64Array(2),
  }
  keep(journal, person)
  return person
}

/** Puts a person of a sample in. */
export const keep = (journal: Journal, person: JournalPerson): void => {
  journal.people.set(person.slot, person)
  journal.kept = grown(journal.kept, person.slot + 1)
  journal.kept[person.slot] = 1
}

const leave = (journal: Journal, slot: number): void => {
  journal.people.delete(slot)
  journal.kept[slot] = 0
}

/** Times are the words 1 to 4 of a row: last seen, ordered, carted, sent. */
const lastSecondsOf = ({ words }: PersonRow): number => Math.max(...words.subarray(1, 5))

const addOrder = ({ ordersMax }: JournalOptions, person: JournalPerson, seconds: number, amount: number) => {
  if (person.orders >= ordersMax) {
    // The oldest goes, wherever it lies.
    let oldest = 0
    for (let i = 1; i < person.orders; i++)
      if (at(person.orderSeconds, i) < at(person.orderSeconds, oldest)) oldest = i
    person.orderSeconds.copyWithin(oldest, oldest + 1, person.orders)
    person.orderAmounts.copyWithin(oldest, oldest + 1, person.orders)
    person.orders--
  }
  person.orderSeconds = grown(person.orderSeconds, person.orders + 1)
  person.orderAmounts = grown(person.orderAmounts, person.orders + 1)
  person.orderSeconds[person.orders] = seconds
  person.orderAmounts[person.orders] = amount
  person.orders++
}

const addFact = (options: JournalOptions, person: JournalPerson, fact: Fact): void => {
  if (person.base !== null && fact.seconds <= person.since) {
    // Late: it belongs to what is summed up already.
    person.base = sumUp(person.base, [fact])
    return
  }
  if (person.count >= options.factsMax) shorten(person)
  push(person, fact)
}

const push = (person: JournalPerson, fact: Fact): void => {
  const n = person.count
  person.facts = withFact(person.facts, n, {
    seconds: fact.seconds,
    code: FACT_KINDS.indexOf(fact.kind) | (fact.channel << 4),
    amount: fact.revenueMicros / 1e6,
  })
  person.count = n + 1
}

const rewrite = (person: JournalPerson, facts: readonly Fact[]): void => {
  person.count = 0
  for (const fact of facts) push(person, fact)
}

const rehearsal = createRehearsal()

const sumUp = (base: PersonRow | null, facts: readonly Fact[]): PersonRow => {
  rehearsal.start(base)
  for (const fact of facts) rehearsal.add(fact)
  return rehearsal.copy()
}

/** A person's facts in the order of their time. */
export const factsOf = (person: JournalPerson): readonly Fact[] =>
  Array.from({ length: person.count }, (_, i): Fact => {
    const code = codeIn(person.facts, i)
    return {
      kind: FACT_KINDS[code & 15] ?? 'event',
      seconds: secondsIn(person.facts, i),
      revenueMicros: Math.round(amountIn(person.facts, i) * 1e6),
      channel: code >> 4,
    }
  }).toSorted((a, b) => a.seconds - b.seconds)

/** Sums the older half of the facts up. */
const shorten = (person: JournalPerson): void => {
  const facts = factsOf(person)
  const half = facts.length >> 1
  person.base = sumUp(person.base, facts.slice(0, half))
  person.since = facts[half - 1]?.seconds ?? person.since
  rewrite(person, facts.slice(half))
}

/** Halves a sample that has grown too large: who stays is decided by the slot, not by when it came. */
const thin = (journal: Journal): void => {
  const { peopleMax } = journal.options
  while (journal.everyone > peopleMax || journal.customers > peopleMax) {
    if (journal.everyone > peopleMax) journal.everyoneBits++
    if (journal.customers > peopleMax) journal.customerBits++
    for (const person of journal.people.values()) {
      if (person.everyone && !isDrawn(person.slot, EVERYONE_SALT, journal.everyoneBits)) {
        person.everyone = false
        journal.everyone--
      }
      if (person.customer && !isDrawn(person.slot, CUSTOMER_SALT, journal.customerBits)) {
        person.customer = false
        journal.customers--
      }
      if (!person.everyone && !person.customer) leave(journal, person.slot)
    }
  }
}

/** `from` is now part of `into`: what was kept of both is kept of the one. */
export const mergeJournal = (journal: Journal, from: number, into: number, profiles: Profiles): void => {
  const gone = journal.people.get(from)
  if (gone === undefined) return
  leave(journal, from)
  if (gone.everyone) journal.everyone--
  if (gone.customer) journal.customers--
  let kept = journal.people.get(into)
  if (kept === undefined) {
    if (!gone.customer || !isDrawn(into, CUSTOMER_SALT, journal.customerBits)) return
    kept = addPerson(journal, into, copyRow(profiles, into))
    journal.fresh.add(into)
  } else {
    if (gone.base !== null) {
      kept.base = kept.base === null ? gone.base : mergePersonRows(kept.base, gone.base)
      kept.since = Math.max(kept.since, gone.since)
    }
    for (const fact of factsOf(gone)) addFact(journal.options, kept, fact)
    absorb(kept)
  }
  for (let i = 0; i < gone.orders; i++)
    addOrder(journal.options, kept, at(gone.orderSeconds, i), at(gone.orderAmounts, i))
  if (!kept.customer && kept.orders > 0 && isDrawn(into, CUSTOMER_SALT, journal.customerBits)) {
    kept.customer = true
    journal.customers++
  }
}

/** After a merge, facts older than what was summed up belong to it. */
const absorb = (person: JournalPerson): void => {
  if (person.base === null) return
  const facts = factsOf(person)
  const late = facts.filter(({ seconds }) => seconds <= person.since)
  if (late.length === 0) return
  person.base = sumUp(person.base, late)
  rewrite(person, facts.slice(late.length))
}
