// When a person answers: hours and weekdays learnt from sends, pooled from the person to the segment to the business.
// Pools learn from sends whose hour was drawn evenly by chance and from no others; a person's own record takes all
// of theirs, since their hour was chosen by what was known before and not by the answer. Rules: SPEC.md.

import { Failure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'
import {
  addCounts,
  around,
  COUNTS_WIDTH,
  countSend,
  HOURS,
  sentIn,
  totalsOf,
  WEEKDAYS,
  type Counts,
  type Part,
} from './counts.ts'
import {
  asRate,
  levelOf,
  likeliestStrength,
  meanRate,
  personStrengths,
  POOL_REACH,
  POOLING_DEFAULT,
  shrunk,
  type Pooling,
} from './pooling.ts'

/** People with a record of their own; at the limit whoever was written to longest ago goes. */
export const PERSONS_MAX = 50_000
export const SEGMENTS_MAX = 64
const NAME_CHARS_MAX = 200
const SEGMENTS_OF_ONE_MAX = 64
/** From so many sends on the counts of a pool, of a person, are halved: what is old fades. */
const POOL_SENT_MAX = 50_000
const PERSON_SENT_MAX = 400
/** Sends at which strengths are reckoned anew: each time two fifths more. */
const POOL_FIRST = 200
const POOL_GROWTH = 1.4
const SAMPLE_MAX = 200

/** One send and what came of it. */
export type SendExample = {
  readonly person: string
  /** Every segment the person is in. */
  readonly segments: readonly string[]
  /** Local hour at which it left, 0 to 23. */
  readonly hour: number
  /** 0 = Sunday. */
  readonly weekday: number
  readonly answered: 0 | 1
  /** Whether the hour was drawn evenly among all that were allowed: pools learn from no others. */
  readonly random: boolean
}

export type SendTime = {
  /** Examples so far. */
  sends: number
  poolAt: number
  pooling: Pooling
  readonly business: Float64Array
  readonly segments: Map<string, Float64Array>
  /** In the order in which they were last written to. */
  readonly persons: Map<string, Float32Array>
  /** Reckoned from the rest when it is asked for; forgotten when something is learnt. */
  cache: Pools | null
}

type Rates = { readonly hours: Float64Array; readonly weekdays: Float64Array }
type Pools = { readonly business: Rates; readonly segments: Map<string, Rates> }

export type WhenAsked = { readonly person: string; readonly segments: readonly string[] }

/** Whose answers what is said comes from mostly. */
export type Source = 'person' | 'segment' | 'business' | 'nothing'

export type Affinity = {
  /** Chance of an answer by local hour. */
  readonly hours: Float64Array
  /** Beside the mean of all weekdays, 0 = Sunday. */
  readonly weekdays: Float64Array
  /** The segment that tells most of this person's hours; '' when none does. */
  readonly segment: string
  /** Whose answers weigh most at an hour. */
  readonly sourceAt: (hour: number) => Source
  /** Sends learnt from, by level. */
  readonly sends: { readonly person: number; readonly segment: number; readonly business: number }
}

export const createSendTime = (): SendTime => ({
  sends: 0,
  poolAt: POOL_FIRST,
  pooling: POOLING_DEFAULT,
  business: new Float64Array(COUNTS_WIDTH),
  segments: new Map(),
  persons: new Map(),
  cache: null,
})

/** Takes one send in. Throws a Failure `send_time.*` for what cannot be; then nothing has changed. */
export const learnSend = (state: SendTime, example: SendExample): void => {
  check(example)
  const { person, segments, random } = example
  if (random) {
    countSend(state.business, example, POOL_SENT_MAX)
    for (const name of segments) {
      const pool = segmentOf(state, name)
      if (pool !== undefined) countSend(pool, example, POOL_SENT_MAX)
    }
  }
  countSend(personOf(state, person), example, PERSON_SENT_MAX)
  state.sends++
  if (random) state.cache = null
  if (state.sends < state.poolAt) return
  state.pooling = poolingOf(state)
  state.cache = null
  state.poolAt = Math.ceil(state.sends * POOL_GROWTH)
}

/** `from` turned out to be `into`: one record from here on. */
export const mergeSenders = ({ persons }: SendTime, from: string, into: string): void => {
  const other = persons.get(from)
  if (other === undefined || from === into) return
  persons.delete(from)
  const known = persons.get(into)
  if (known === undefined) persons.set(into, other)
  else addCounts(known, other)
}

const segmentOf = ({ segments }: SendTime, name: string): Float64Array | undefined => {
  const known = segments.get(name)
  if (known !== undefined || segments.size >= SEGMENTS_MAX) return known
  const made = new Float64Array(COUNTS_WIDTH)
  segments.set(name, made)
  return made
}

const personOf = ({ persons }: SendTime, id: string): Float32Array => {
  const known = persons.get(id)
  // Put back at the end: the first of the map is who was written to longest ago.
  if (known !== undefined) persons.delete(id)
  else if (persons.size >= PERSONS_MAX) persons.delete(persons.keys().next().value ?? '')
  const record = known ?? new Float32Array(COUNTS_WIDTH)
  persons.set(id, record)
  return record
}

const check = ({ person, segments, hour, weekday, answered }: SendExample): void => {
  const refuse = (code: string, message: string) =>
    new Failure({ code, message, hint: 'Give the local hour and weekday at which it left, and 0 or 1.' })
  if (!Number.isInteger(hour) || hour < 0 || hour >= HOURS)
    throw refuse('send_time.hour', `The hour ${hour} is none of a day.`)
  if (!Number.isInteger(weekday) || weekday < 0 || weekday >= WEEKDAYS)
    throw refuse('send_time.weekday', `The weekday ${weekday} is none of a week.`)
  if (answered !== 0 && answered !== 1)
    throw refuse('send_time.answer', `An answer is 0 or 1, not ${String(answered)}.`)
  if (person.length > NAME_CHARS_MAX || segments.some((name) => name.length > NAME_CHARS_MAX))
    throw refuse('send_time.name', `Names have at most ${NAME_CHARS_MAX} characters.`)
  if (segments.length > SEGMENTS_OF_ONE_MAX)
    throw refuse('send_time.segments', `A person is in ${SEGMENTS_OF_ONE_MAX} segments at most.`)
}

/** What is expected of each hour and weekday; asking changes nothing that is kept. */
export const affinityOf = (state: SendTime, { person, segments }: WhenAsked): Affinity => {
  const { business } = poolsOf(state)
  const segment = tellingOf(state, segments)
  const above = segment === '' ? business : ratesOf(state, segment)
  const own = state.persons.get(person)
  const rates = own === undefined ? above : ownRates(state, own, above)
  const pool = state.segments.get(segment)
  const sentOf = (counts: Counts | undefined) => (counts === undefined ? 0 : totalsOf(counts).sent)
  return {
    hours: rates.hours,
    weekdays: relative(rates.weekdays),
    segment,
    sourceAt: (hour) => sourceAt(state, { own, pool }, hour),
    sends: { person: sentOf(own), segment: sentOf(pool), business: sentOf(state.business) },
  }
}

/** What the business as a whole answers: rates by hour, and weekdays beside their mean. */
export const businessAffinity = (state: SendTime): Rates => {
  const { business } = poolsOf(state)
  return { hours: business.hours, weekdays: relative(business.weekdays) }
}

const relative = (rates: Float64Array): Float64Array => {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  return rates.map((rate) => rate / mean)
}

const poolsOf = (state: SendTime): Pools => {
  state.cache ??= { business: businessRates(state), segments: new Map() }
  return state.cache
}

const businessRates = ({ business, pooling }: SendTime): Rates => {
  const mean = meanRate(business)
  const of = (part: Part) =>
    shrunk(business, part, () => mean, { strength: pooling[part].business, reach: POOL_REACH[part] })
  return { hours: of('hours'), weekdays: of('weekdays') }
}

/** A segment's rates at the level of the business: who is in it may answer more or less, which is no matter of hours. */
const ratesOf = (state: SendTime, name: string): Rates => {
  const { business, segments: known } = poolsOf(state)
  const rates = known.get(name)
  const counts = state.segments.get(name)
  if (rates !== undefined || counts === undefined) return rates ?? business
  const level = levelOf(counts, business.hours, state.pooling.level)
  const of = (part: Part) =>
    shrunk(counts, part, (bin) => level * (business[part][bin] as number), {
      strength: state.pooling[part].segment,
      reach: POOL_REACH[part],
    }).map((rate) => rate / level)
  const made: Rates = { hours: of('hours'), weekdays: of('weekdays') }
  known.set(name, made)
  return made
}

/** Of a person's segments the one whose hours differ most from the business's; names decide between equals. */
const tellingOf = (state: SendTime, names: readonly string[]): string => {
  const { business } = poolsOf(state)
  let [telling, most] = ['', 0]
  for (const name of names.toSorted()) {
    if (!state.segments.has(name)) continue
    const { hours } = ratesOf(state, name)
    let apart = 0
    for (let hour = 0; hour < HOURS; hour++)
      apart += Math.abs(Math.log((hours[hour] as number) / (business.hours[hour] as number)))
    if (apart > most) [telling, most] = [name, apart]
  }
  return telling
}

const ownRates = ({ pooling }: SendTime, own: Counts, above: Rates): Rates => {
  const level = levelOf(own, above.hours, pooling.level)
  const of = (part: Part) =>
    shrunk(own, part, (bin) => level * (above[part][bin] as number), {
      strength: pooling[part].person,
      reach: pooling[part].reach,
    })
  return { hours: of('hours'), weekdays: of('weekdays') }
}

type Levels = { readonly own: Counts | undefined; readonly pool: Counts | undefined }

/** Whose word is the louder at this hour: own sends around it beside the strength of what is above them. */
const sourceAt = ({ business, pooling }: SendTime, { own, pool }: Levels, hour: number): Source => {
  const { hours } = pooling
  const near = (counts: Counts, reach: number) => around(counts, 'hours', reach, hour).sent
  if (own !== undefined && near(own, hours.reach) >= hours.person) return 'person'
  if (pool !== undefined && near(pool, POOL_REACH.hours) >= hours.segment) return 'segment'
  return near(business, POOL_REACH.hours) >= hours.business ? 'business' : 'nothing'
}

const poolingOf = (state: SendTime): Pooling => {
  const names = [...state.segments.keys()].toSorted()
  const mean = meanRate(state.business)
  const business = (part: Part): number => {
    const prior = new Float64Array(part === 'hours' ? HOURS : WEEKDAYS).fill(mean)
    return likeliestStrength([{ counts: state.business, prior }], part, state.pooling[part].business)
  }
  const withBusiness: Pooling = {
    ...state.pooling,
    hours: { ...state.pooling.hours, business: business('hours') },
    weekdays: { ...state.pooling.weekdays, business: business('weekdays') },
  }
  const rates = businessRates({ ...state, pooling: withBusiness })
  const segment = (part: Part): number => {
    const groups = names.map((name) => {
      const counts = state.segments.get(name) as Counts
      const level = levelOf(counts, rates.hours, withBusiness.level)
      return { counts, prior: rates[part].map((rate) => asRate(level * rate)) }
    })
    return likeliestStrength(groups, part, withBusiness[part].segment)
  }
  const own = personStrengths(
    sampled([...state.persons.values()]).map((counts) => ({ counts, ...rates })),
    withBusiness,
  )
  return {
    hours: { ...withBusiness.hours, segment: segment('hours'), ...own.hours },
    weekdays: { ...withBusiness.weekdays, segment: segment('weekdays'), ...own.weekdays },
    level: own.level,
  }
}

/** Every so many people, in the order in which they were last written to. */
const sampled = (all: readonly Float32Array[]): readonly Float32Array[] => {
  const step = Math.max(1, Math.floor(all.length / SAMPLE_MAX))
  return all.filter((_, i) => i % step === 0).slice(0, SAMPLE_MAX)
}

/** Named columns; equal states give equal bytes. */
export const dumpSendTime = (state: SendTime): Dump => ({
  about: { sends: state.sends, poolAt: state.poolAt, pooling: state.pooling },
  segments: [...state.segments.keys()],
  persons: [...state.persons.keys()],
  business: state.business.slice(),
  bySegment: joined(new Float64Array(state.segments.size * COUNTS_WIDTH), state.segments.values()),
  byPerson: joined(new Float32Array(state.persons.size * COUNTS_WIDTH), state.persons.values()),
})

const joined = <T extends Counts>(into: T, parts: Iterable<Counts>): T => {
  let at = 0
  for (const part of parts) {
    into.set(part, at)
    at += part.length
  }
  return into
}

export const restoreSendTime = (dump: Dump): SendTime => {
  const about = dump['about'] as unknown as Pick<SendTime, 'sends' | 'poolAt' | 'pooling'>
  const bySegment = dump['bySegment'] as Float64Array
  const byPerson = dump['byPerson'] as Float32Array
  const part = <T extends Counts>(all: T, i: number): T =>
    all.slice(i * COUNTS_WIDTH, (i + 1) * COUNTS_WIDTH) as T
  return {
    sends: about.sends,
    poolAt: about.poolAt,
    pooling: about.pooling,
    business: (dump['business'] as Float64Array).slice(),
    segments: new Map((dump['segments'] as readonly string[]).map((name, i) => [name, part(bySegment, i)])),
    persons: new Map((dump['persons'] as readonly string[]).map((id, i) => [id, part(byPerson, i)])),
    cache: null,
  }
}

/** Sends of the pools by hour, for whoever shows the evidence. */
export const sendsByHour = ({ business }: SendTime): readonly number[] =>
  Array.from({ length: HOURS }, (_, hour) => sentIn(business, 'hours', hour))
