// Personal data whose time is over: what people did and what the public said goes with the key of its month, whoever has not been heard of for long
// goes with their own keys. The log keeps its shape, people keep their numbers, a no is not forgotten. The folded state
// is made anew from what is left, so that it knows no more than the log does.

import { Failure } from '../kernel/failure.ts'
import { isRecord, type Json } from '../kernel/json.ts'
import { DAY_MS } from '../kernel/time.ts'
import { periodName } from '../log/index.ts'
import type { NewEvent } from '../log/port.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from '../delivery/events.ts'
import type { LoopState } from '../loop.ts'
import { CONSENT_CHANGED, DATA_EXPIRED, type ChannelName, type DataExpired } from '../profile/events.ts'
import {
  DATED_CLASSES,
  firstKept,
  isUnheard,
  profileIdOf,
  refOf,
  timelineOffsets,
  unheardSince,
  viewProfile,
  type DatedClass,
  type ProfileRef,
} from '../profile/index.ts'
import { storedMonths } from '../signal/index.ts'
import { erasePeople, type ErasureParts } from './erasing.ts'

export type ExpiryParts = ErasureParts & {
  /** Whether there is a key for this owner; null in memory, where nothing can be let go. */
  readonly holds: ((owner: string) => boolean) | null
  readonly noteExpiry: (expiry: NotedExpiry) => void
  /** Makes the folded state anew from the log. Nothing of it is saved from before the keys go until then. */
  readonly refold: () => Promise<void>
}

/** Periods let go, for copies made before. */
export type NotedExpiry = {
  readonly classes: readonly { readonly dataClass: DatedClass; readonly before: string }[]
}

export type ClassDue = {
  readonly dataClass: DatedClass
  /** 0 = kept. */
  readonly months: number
  /** The first month that is kept; '' = all are. */
  readonly before: string
  /** How many that can be read are older. */
  readonly items: number
  /** Of these, in months without a key of their own: from before there were such keys, they go with their person only. */
  readonly bound: number
  /** How many there are in all. */
  readonly stored: number
  /** The oldest month that is kept: when it is over, ms, and how much is in it; null = none, or all are kept. */
  readonly next: { readonly month: string; readonly at: number; readonly items: number } | null
}

export type ExpiryPlan = {
  readonly classes: readonly ClassDue[]
  readonly contact: {
    readonly months: number
    /** Of whom nothing came since then, ms; 0 = all are kept. Who opened, clicked or changed a consent since stays. */
    readonly before: number
    readonly people: number
    /** Of whom it will be so within {@link SOON_DAYS}, if nothing comes. */
    readonly soon: number
  }
}

export type Expiry = DataExpired & { readonly happened: boolean }

/** Months are looked for from here on; what is said to be older counts to the first. */
const FIRST_YEAR = 2000
/** How far ahead people are counted whose time is nearly over. */
export const SOON_DAYS = 30
/** People erased in one append. */
const PEOPLE_AT_ONCE = 100
/** Newest events of a person that are looked at for an answer of theirs. */
const ANSWERS_MAX = 500

/** What a run at `now` would let go, without personal data. */
export const planExpiry = (
  { loop, holds }: Pick<ExpiryParts, 'loop' | 'holds'>,
  now: number = loop.ctx.now(),
): ExpiryPlan => {
  const { spec } = loop.state.profile.retention
  const before = beforeOf(loop.state, now)
  const months = storedIn(loop.state)
  const classes = DATED_CLASSES.map((dataClass): ClassDue => {
    const first = before[dataClass] ?? ''
    const own = months.filter((one) => one.dataClass === dataClass)
    const older = own.filter(({ month }) => month < first)
    const isBound = ({ month }: { readonly month: string }): boolean =>
      holds === null || !holds(periodName(`${dataClass}:${month}`))
    return {
      dataClass,
      months: spec[dataClass],
      before: first,
      items: countOf(older),
      bound: countOf(older.filter(isBound)),
      stored: countOf(own),
      next: nextDue(own, first, spec[dataClass]),
    }
  })
  return { classes, contact: contactDue(loop.state, now) }
}

type ClassMonth = { readonly dataClass: DatedClass; readonly month: string; readonly items: number }

/** Oldest first within each class. */
const storedIn = ({ signal, brand }: LoopState): readonly ClassMonth[] => [
  ...storedMonths(signal.stored),
  ...[...brand.stored]
    .map(([month, items]): ClassMonth => ({ dataClass: 'mentions', month, items }))
    .toSorted((left, right) => (left.month < right.month ? -1 : 1)),
]

/** The first of these months, oldest first, that is not over yet. */
const nextDue = (own: readonly ClassMonth[], first: string, months: number): ClassDue['next'] => {
  const next = first === '' ? undefined : own.find(({ month, items }) => month >= first && items > 0)
  if (next === undefined) return null
  const [year = 0, month = 0] = next.month.split('-').map(Number)
  // Months count from 1 in names and from 0 here: the first moment at which all of it is older than the period.
  return { month: next.month, at: Date.UTC(year, month + months), items: next.items }
}

const contactDue = ({ profile }: LoopState, now: number): ExpiryPlan['contact'] => {
  const months = profile.retention.spec.contact
  if (months === 0) return { months, before: 0, people: 0, soon: 0 }
  const before = monthsBefore(now, months)
  const nearly = unheardSince(profile, before + SOON_DAYS * DAY_MS)
  const people = nearly.filter((ref) => isUnheard(profile, ref, before)).length
  return { months, before, people, soon: nearly.length - people }
}

/** Lets go what is over. Throws Failure `retention.in_memory`, `log.*`, `erasure.not_noted`; what was done before one stays done. */
export const expireData = async (parts: ExpiryParts, by: string): Promise<Expiry> => {
  const { loop } = parts
  const now = loop.ctx.now()
  const people = await expirePeople(parts, now, by)
  return letGo(parts, { before: beforeOf(loop.state, now), people, by })
}

/** Lets go all months before these, as another copy of the log has. */
export const expireBefore = async (
  parts: ExpiryParts,
  before: Partial<Record<DatedClass, string>>,
  by: string,
): Promise<Expiry> => letGo(parts, { before, people: 0, by })

/** Ends what a crash left half done: keys of periods that are gone while the log does not say so. */
export const resumeExpiry = async (parts: ExpiryParts, marks: readonly Json[]): Promise<void> => {
  const last = parts.loop.state.profile.retention.last?.at ?? Number.NEGATIVE_INFINITY
  const isUntold = (mark: Json): boolean =>
    isRecord(mark) && typeof mark['expiredAt'] === 'number' && mark['expiredAt'] > last
  if (!marks.some(isUntold)) return
  await parts.loop.record([expiredFact(parts, { classes: [], people: 0, keys: 0, by: 'restart' })])
  await parts.dropCopies()
  await parts.refold()
}

type LettingGo = {
  readonly before: Partial<Record<DatedClass, string>>
  readonly people: number
  readonly by: string
}

const letGo = async (parts: ExpiryParts, { before, people, by }: LettingGo): Promise<Expiry> => {
  const { loop, holds, handleOf } = parts
  if (holds === null || handleOf === null) throw inMemory()
  const owners: string[] = []
  const months = storedIn(loop.state)
  const classes: DataExpired['classes'][number][] = []
  for (const dataClass of DATED_CLASSES) {
    const first = before[dataClass] ?? ''
    const own = monthsUntil(first)
      .map((month) => periodName(`${dataClass}:${month}`))
      .filter(holds)
    if (own.length === 0) continue
    owners.push(...own)
    const older = months.filter((one) => one.dataClass === dataClass && one.month < first)
    classes.push({ dataClass, before: first, items: countOf(older) })
  }
  const data: DataExpired = { classes, people, keys: owners.length, by }
  if (owners.length === 0 && people === 0) return { ...data, happened: false }
  parts.noteExpiry({ classes: classes.map(({ dataClass, before: first }) => ({ dataClass, before: first })) })
  const fact = expiredFact(parts, data)
  const destroys = {
    handles: owners.map(handleOf),
    mark: { slots: [], ignored: [], expiredAt: fact.at },
  }
  await loop.record([{ ...fact, destroys }])
  await parts.dropCopies()
  await parts.refold()
  return { ...data, happened: true }
}

const expiredFact = ({ loop: { ctx } }: ExpiryParts, data: DataExpired): NewEvent<DataExpired> => ({
  id: ctx.newId(),
  type: DATA_EXPIRED,
  key: '',
  at: ctx.now(),
  data,
})

/** Erases whom nobody has heard of, unless they answered a message or changed a consent since. */
const expirePeople = async (parts: ExpiryParts, now: number, by: string): Promise<number> => {
  const { loop } = parts
  const { contact } = loop.state.profile.retention.spec
  if (contact === 0) return 0
  if (parts.holds === null) throw inMemory()
  const before = monthsBefore(now, contact)
  // By name: people may be merged while this goes on.
  const due = unheardSince(loop.state.profile, before).map((ref) => profileIdOf(loop.state.profile, ref))
  let people = 0
  for (let from = 0; from < due.length; from += PEOPLE_AT_ONCE) {
    const gone: ProfileRef[] = []
    for (const id of due.slice(from, from + PEOPLE_AT_ONCE)) {
      const ref = refOf(loop.state.profile, id)
      if (ref !== undefined && !(await answeredSince(parts, ref, before))) gone.push(ref)
    }
    // Who came back meanwhile stays.
    const leaving = [...new Set(gone)].filter((ref) => isUnheard(loop.state.profile, ref, before))
    people += await erasePeople(
      parts,
      leaving.map((ref) => ({ ref, refused: refusedBy(loop.state, ref, now) })),
      by,
    )
  }
  return people
}

const answeredSince = async ({ loop }: ExpiryParts, ref: ProfileRef, before: number): Promise<boolean> => {
  const offsets = timelineOffsets(loop.state.profile, ref, ANSWERS_MAX).map(({ offset }) => offset)
  const events = await loop.log.get(offsets)
  return events.some(
    ({ type, at, data }) =>
      at >= before &&
      (type === CONSENT_CHANGED || (type === DELIVERY_RESPONDED && !(data as DeliveryResponded).machine)),
  )
}

/** Channels on which they took a consent back: a no outlives them. */
const refusedBy = (
  { profile, business }: LoopState,
  ref: ProfileRef,
  now: number,
): ReadonlySet<ChannelName | 'all'> =>
  new Set(
    viewProfile(profile, ref, now, business)
      .consents.filter(({ granted }) => !granted)
      .map(({ channel }) => channel),
  )

const beforeOf = ({ profile: { retention } }: LoopState, now: number): Partial<Record<DatedClass, string>> =>
  Object.fromEntries(
    DATED_CLASSES.filter((one) => retention.spec[one] > 0).map((one) => [
      one,
      firstKept(now, retention.spec[one]),
    ]),
  )

const monthsUntil = (before: string): readonly string[] => {
  const months: string[] = []
  for (let index = 0; ; index++) {
    const month = new Date(Date.UTC(FIRST_YEAR, index)).toISOString().slice(0, 7)
    if (month >= before) return months
    months.push(month)
  }
}

const monthsBefore = (now: number, months: number): number => {
  const date = new Date(now)
  return date.setUTCMonth(date.getUTCMonth() - months)
}

const countOf = (months: readonly { readonly items: number }[]): number =>
  months.reduce((sum, { items }) => sum + items, 0)

const inMemory = (): Failure =>
  new Failure({
    code: 'retention.in_memory',
    message: 'A log in memory has no keys that could be destroyed.',
    hint: 'Run it on a data folder.',
  })
