// What the outside world knows: who agreed, who asked to be left alone and when, which events were
// acknowledged. The product's own word is held against it.

import type { Rng } from '../../src/kernel/rng.ts'

export type Person = {
  readonly userId: string
  readonly email: string
  /** Never agreed to mail. */
  readonly silent: boolean
  /** Track events that were sent about the person, each under an id of its own. */
  events: number
  /** When the withdrawal or unsubscription was acknowledged, by `performance.now`; Infinity before. */
  leftAt: number
  /** A withdrawal is on its way. */
  leaving: boolean
}

export type Ledger = {
  readonly people: readonly Person[]
  readonly byEmail: ReadonlyMap<string, Person>
  /** Ids of events whose request was answered with a 200. */
  readonly acknowledged: Set<string>
  /** Requests that got no answer; they are sent again, unchanged, until they get one. */
  readonly inDoubt: Shipment[]
  requests: number
  retried: number
}

export type Shipment = {
  readonly path: string
  readonly body: string
  readonly ids: readonly string[]
  /** Person whose withdrawal is among the events. */
  readonly leaver: Person | null
}

const SILENT_SHARE = 0.2

export const createLedger = (peopleCount: number): Ledger => {
  const people = Array.from(
    { length: peopleCount },
    (_, index): Person => ({
      userId: `u${index}`,
      email: `u${index}@people.example`,
      silent: index < peopleCount * SILENT_SHARE,
      events: 0,
      leftAt: Number.POSITIVE_INFINITY,
      leaving: false,
    }),
  )
  return {
    people,
    byEmail: new Map(people.map((person) => [person.email, person])),
    acknowledged: new Set(),
    inDoubt: [],
    requests: 0,
    retried: 0,
  }
}

export type Mix = {
  /** Share of events that call for a mail. */
  readonly nudgeShare: number
  /** Share of batches that carry a withdrawal. */
  readonly withdrawalShare: number
}

/** The people introduced, and the agreement of those who agree: to be acknowledged before the first kill. */
export const introductions = ({ people }: Ledger): readonly Shipment[] =>
  Array.from({ length: Math.ceil(people.length / INTRODUCED_AT_ONCE) }, (_, index) => {
    const batch = people
      .slice(index * INTRODUCED_AT_ONCE, (index + 1) * INTRODUCED_AT_ONCE)
      .flatMap((person) => introductionOf(person))
    return {
      path: '/v1/batch',
      body: JSON.stringify({ batch }),
      ids: batch.map(({ messageId }) => messageId),
      leaver: null,
    }
  })

const INTRODUCED_AT_ONCE = 50

const introductionOf = (person: Person): readonly { readonly messageId: string }[] => {
  const { userId, email, silent } = person
  const identify = { type: 'identify', userId, messageId: `hello-${userId}`, traits: { email } }
  if (silent) return [identify]
  person.events++
  return [identify, { ...consentOf(person, true), messageId: `agree-${userId}` }]
}

/** The next request: a batch of 50 to 100 events, or now and then a single one. */
export const nextShipment = (ledger: Ledger, rng: Rng, mix: Mix): Shipment => {
  const serial = ledger.requests++
  if (rng.uniform() < 0.15) {
    const event = trackOf(ledger, rng, mix, `s${serial}`)
    return { path: '/v1/track', body: JSON.stringify(event), ids: [event.messageId], leaver: null }
  }
  const batch: { readonly messageId: string }[] = Array.from({ length: 50 + rng.below(51) }, (_, index) =>
    trackOf(ledger, rng, mix, `b${serial}-${index}`),
  )
  const leaver = rng.uniform() < mix.withdrawalShare ? leaverOf(ledger, rng) : null
  if (leaver !== null) {
    leaver.leaving = true
    leaver.events++
    batch.push({ ...consentOf(leaver, false), messageId: `leave-${leaver.userId}` })
  }
  return {
    path: '/v1/batch',
    body: JSON.stringify({ batch }),
    ids: batch.map(({ messageId }) => messageId),
    leaver,
  }
}

const trackOf = ({ people }: Ledger, rng: Rng, { nudgeShare }: Mix, messageId: string) => {
  const person = people[rng.below(people.length)] as Person
  person.events++
  const event = rng.uniform() < nudgeShare ? 'Nudge' : 'Product Viewed'
  return {
    type: 'track',
    event,
    userId: person.userId,
    messageId,
    properties: { category: 'Shoes', n: rng.below(1_000) },
  }
}

const consentOf = ({ userId }: Person, granted: boolean) => ({
  type: 'track',
  event: 'Consent Changed',
  userId,
  properties: { channel: 'email', purpose: 'marketing', granted },
})

const leaverOf = ({ people }: Ledger, rng: Rng): Person | null => {
  const person = people[rng.below(people.length)] as Person
  return person.silent || person.leaving ? null : person
}

/** The request was answered with a 200 at `now`. */
export const acknowledge = (ledger: Ledger, { ids, leaver }: Shipment, now: number): void => {
  for (const id of ids) ledger.acknowledged.add(id)
  if (leaver !== null) leaver.leftAt = Math.min(leaver.leftAt, now)
}
