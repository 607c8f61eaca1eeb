// Who was there before an order: what the business itself sent and showed, clicks on it, and visits that came from
// elsewhere (ads, search, partners), by person, until an order makes a path of them or the time runs out. It says who
// was present and not who caused anything: nothing that decides or moves money reads it.

import type { Business } from '../../kernel/business.ts'
import type { ProfileId } from '../../kernel/ids.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import type { LogEvent } from '../../log/port.ts'
import {
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  type DeliveryResponded,
  type DeliverySent,
} from '../../delivery/events.ts'
import type { Signal } from '../../signal/events.ts'
import { orderMargin, orderOf } from '../../signal/index.ts'
import { arrivalOf, type Touchpoint } from './arrivals.ts'

type Touch = { readonly at: number; readonly label: number }

export type PathCount = { conversions: number; value: number; nulls: number }

export type Contacts = {
  /** Touchpoints by number. */
  readonly labels: Touchpoint[]
  readonly numbers: Map<string, number>
  /** Touches that no order has followed yet, oldest first; the person touched longest ago first. */
  readonly people: Map<number, Touch[]>
  /** Finished journeys by the numbers of their touchpoints. */
  readonly paths: Map<string, PathCount>
  /** Orders before which there was no touch, and what they left. */
  readonly alone: { orders: number; value: number }
  /** Journeys whose first touches were cut off so that they fit, and touches of touchpoints beyond the limit. */
  readonly cut: { journeys: number; touches: number }
  clock: number
}

export const CONTACT_LIMITS = {
  lookbackMs: 30 * DAY_MS,
  people: 200_000,
  touches: 20,
  labels: 400,
  paths: 20_000,
} as const

/** The same touchpoint again within so long is the same visit. */
const SAME_VISIT_MS = 1_800_000
/** Touches kept of a journey when there are too many different ones. */
const TOUCHES_WHEN_FULL = 2

export const createContacts = (): Contacts => ({
  labels: [],
  numbers: new Map(),
  people: new Map(),
  paths: new Map(),
  alone: { orders: 0, value: 0 },
  cut: { journeys: 0, touches: 0 },
  clock: 0,
})

export type ContactsInput = {
  readonly touches: readonly { readonly ref: number; readonly signal: Signal }[]
  readonly merges: readonly { readonly from: number; readonly into: number }[]
  readonly refOf: (id: ProfileId) => number | undefined
  readonly business: Business
}

/** Takes one event in. Changes `state`. */
export const foldContacts = (state: Contacts, event: LogEvent, input: ContactsInput): void => {
  if (event.at > state.clock) {
    state.clock = event.at
    endSilent(state)
  }
  for (const { from, into } of input.merges) merge(state, from, into)
  for (const { ref, signal } of input.touches) foldSignal(state, ref, signal, input.business)
  if (event.type === DELIVERY_SENT) {
    const { profileId, channel, campaignId } = event.data as DeliverySent
    touch(state, input.refOf(profileId), event.at, { channel, campaign: campaignId, kind: 'shown' })
  } else if (event.type === DELIVERY_RESPONDED) {
    const { profileId, channel, campaignId, kind, machine } = event.data as DeliveryResponded
    if (kind === 'clicked' && !machine)
      touch(state, input.refOf(profileId), event.at, { channel, campaign: campaignId, kind: 'clicked' })
  }
}

const foldSignal = (state: Contacts, ref: number, signal: Signal, { marginShare }: Business): void => {
  const order = orderOf(signal)
  if (order !== null) return convert(state, ref, signal.at, orderMargin(order, marginShare))
  const arrival = arrivalOf(signal)
  if (arrival !== null) touch(state, ref, signal.at, arrival)
}

const touch = (state: Contacts, ref: number | undefined, at: number, point: Touchpoint): void => {
  if (ref === undefined || at < state.clock - CONTACT_LIMITS.lookbackMs) return
  const label = numberOf(state, point)
  if (label < 0) return
  const known = state.people.get(ref) ?? []
  if (known.some((one) => one.label === label && Math.abs(at - one.at) < SAME_VISIT_MS)) return
  const touches = insert(known, { at, label })
  if (touches.length > CONTACT_LIMITS.touches) {
    touches.shift()
    state.cut.touches++
  }
  // Taken out and put back, so that who was touched longest ago stands first.
  state.people.delete(ref)
  state.people.set(ref, touches)
  if (state.people.size > CONTACT_LIMITS.people)
    for (const [oldest, theirs] of state.people) {
      finish(state, theirs, { conversions: 0, value: 0, nulls: 1 })
      state.people.delete(oldest)
      break
    }
}

/** The number of a touchpoint; −1 beyond the limit. */
const numberOf = (state: Contacts, { channel, campaign, kind }: Touchpoint): number => {
  const key = `${kind} ${channel} ${campaign}`
  const known = state.numbers.get(key)
  if (known !== undefined) return known
  if (state.labels.length >= CONTACT_LIMITS.labels) {
    state.cut.touches++
    return -1
  }
  state.numbers.set(key, state.labels.length)
  state.labels.push({ channel, campaign, kind })
  return state.labels.length - 1
}

/** By time; signals may come late. */
const insert = (touches: readonly Touch[], one: Touch): Touch[] => {
  let place = touches.length
  while (place > 0 && (touches[place - 1]?.at ?? 0) > one.at) place--
  return touches.toSpliced(place, 0, one)
}

/** What was touched before the order, and not too long before, is its path; what came after waits for the next. */
const convert = (state: Contacts, ref: number, at: number, value: number): void => {
  const touches = state.people.get(ref) ?? []
  const before = touches.filter((one) => one.at <= at)
  const path = before.filter((one) => at - one.at <= CONTACT_LIMITS.lookbackMs)
  if (path.length === 0) {
    state.alone.orders++
    state.alone.value += value
    return
  }
  finish(state, path, { conversions: 1, value, nulls: 0 })
  const after = touches.slice(before.length)
  if (after.length === 0) state.people.delete(ref)
  else state.people.set(ref, after)
}

/** Adds a journey that ended to the count of those like it. */
const finish = (state: Contacts, touches: readonly Touch[], result: PathCount): void => {
  const all = touches.map(({ label }) => label)
  const full = state.paths.size >= CONTACT_LIMITS.paths
  const isKnown = !full || state.paths.has(all.join())
  const steps = isKnown ? all : all.slice(-TOUCHES_WHEN_FULL)
  if (steps.length < all.length) state.cut.journeys++
  const key = steps.join()
  const count = state.paths.get(key)
  if (count === undefined) state.paths.set(key, { ...result })
  else {
    count.conversions += result.conversions
    count.value += result.value
    count.nulls += result.nulls
  }
}

/** Journeys of people who did nothing for the whole time: they ended without an order. */
const endSilent = (state: Contacts): void => {
  for (const [ref, touches] of state.people) {
    if (state.clock - (touches.at(-1)?.at ?? 0) <= CONTACT_LIMITS.lookbackMs) return
    finish(state, touches, { conversions: 0, value: 0, nulls: 1 })
    state.people.delete(ref)
  }
}

const merge = (state: Contacts, from: number, into: number): void => {
  const left = state.people.get(from)
  if (left === undefined || from === into) return
  state.people.delete(from)
  const both = left.reduce((all, one) => insert(all, one), [...(state.people.get(into) ?? [])])
  state.people.delete(into)
  state.people.set(into, both.slice(-CONTACT_LIMITS.touches))
}

export const dumpContacts = (state: Contacts): Dump => {
  const people = [...state.people]
  const touches = people.flatMap(([, theirs]) => theirs)
  const counts = [...state.paths.values()]
  return {
    labels: state.labels.map((label) => ({ ...label })),
    about: { alone: { ...state.alone }, cut: { ...state.cut }, clock: state.clock },
    people: Uint32Array.from(people, ([ref]) => ref),
    lengths: Uint32Array.from(people, ([, theirs]) => theirs.length),
    touchAt: Float64Array.from(touches, ({ at }) => at),
    touchLabel: Uint32Array.from(touches, ({ label }) => label),
    paths: [...state.paths.keys()],
    counts: Float64Array.from(counts.flatMap(({ conversions, value, nulls }) => [conversions, value, nulls])),
  }
}

export const restoreContacts = (dump: Dump): Contacts => {
  const state = createContacts()
  const about = dump['about'] as Pick<Contacts, 'alone' | 'cut' | 'clock'>
  Object.assign(state.alone, about.alone)
  Object.assign(state.cut, about.cut)
  state.clock = about.clock
  for (const { channel, campaign, kind } of dump['labels'] as Touchpoint[])
    numberOf(state, { channel, campaign, kind })
  const [lengths, at, label] = [
    dump['lengths'] as Uint32Array,
    dump['touchAt'] as Float64Array,
    dump['touchLabel'] as Uint32Array,
  ]
  let next = 0
  for (const [k, ref] of (dump['people'] as Uint32Array).entries()) {
    const length = lengths[k] ?? 0
    state.people.set(
      ref,
      Array.from({ length }, (_touch, i) => ({ at: at[next + i] ?? 0, label: label[next + i] ?? 0 })),
    )
    next += length
  }
  const counts = dump['counts'] as Float64Array
  for (const [k, path] of (dump['paths'] as string[]).entries())
    state.paths.set(path, {
      conversions: counts[k * 3] ?? 0,
      value: counts[k * 3 + 1] ?? 0,
      nulls: counts[k * 3 + 2] ?? 0,
    })
  return state
}
