// A file of sends, assessed: when people answer, how far that is known, and whether sending at each person's best hour
// would have brought more on the latest sends, which nothing was learnt from.

import { Failure } from '../../kernel/failure.ts'
import { HOURS, totalsOf, WEEKDAYS } from './counts.ts'
import {
  affinityOf,
  businessAffinity,
  createSendTime,
  learnSend,
  sendsByHour,
  type SendTime,
} from './send-time.ts'

export type PastSend = {
  readonly person: string
  readonly segments: readonly string[]
  /** ms. */
  readonly at: number
  /** On the person's clock. */
  readonly hour: number
  readonly weekday: number
  readonly answered: 0 | 1
  /** Whether its hour was drawn evenly by chance. */
  readonly random: boolean
}

type Share = { readonly sends: number; readonly rate: number }

export type SendTimeAssessment = {
  readonly sends: number
  readonly people: number
  readonly answered: number
  readonly randomSends: number
  /** Chance of an answer by hour; null where too few sends left to say. */
  readonly hours: readonly (number | null)[]
  /** Beside the mean of all weekdays, from Sunday. */
  readonly weekdays: readonly number[]
  readonly sendsByHour: readonly number[]
  readonly bestHour: number
  readonly pooling: { readonly business: number; readonly segment: number; readonly person: number }
  /** People whose own answers outvote the others at their best hour. */
  readonly ownHabits: number
  /** On the latest quarter of the random sends: those that happened to leave at a person's best hour, and at the business's, beside all. */
  readonly heldOut: {
    readonly all: Share
    readonly person: Share
    readonly business: Share
    /** Person's best hour less all, with a 95 % interval; null with too few sends. */
    readonly gain: { readonly value: number; readonly low: number; readonly high: number } | null
    readonly verdict: 'better' | 'worse' | 'not_known_yet'
    /** The smallest true gain that would be seen four times in five; null with too few sends. */
    readonly detectable: number | null
  }
}

const SENDS_MIN = 50
/** Of an hour, before its rate is told. */
const HOUR_SENDS_MIN = 10
const HELD_OUT_SHARE = 0.25
const MATCHED_MIN = 30

/** Throws a Failure `send_time.too_few` for fewer than fifty sends. */
export const assessSendTime = (
  sends: readonly PastSend[],
): { readonly assessment: SendTimeAssessment; readonly model: SendTime } => {
  if (sends.length < SENDS_MIN)
    throw new Failure({
      code: 'send_time.too_few',
      message: `${sends.length} sends are too few to learn from.`,
      hint: `Give at least ${SENDS_MIN}; some thousands tell something.`,
    })
  const ordered = sends.toSorted((a, b) => a.at - b.at)
  const cut = Math.floor(ordered.length * (1 - HELD_OUT_SHARE))
  const heldOut = judge(learnt(ordered.slice(0, cut)), ordered.slice(cut))
  const model = learnt(ordered)
  const affinity = businessAffinity(model)
  const byHour = sendsByHour(model)
  const allowed = hoursOf(byHour)
  const people = [...new Set(ordered.map(({ person }) => person))]
  const segmentsOf = new Map(ordered.map(({ person, segments }) => [person, segments]))
  return {
    model,
    assessment: {
      sends: sends.length,
      people: people.length,
      answered: sends.filter(({ answered }) => answered === 1).length,
      randomSends: totalsOf(model.business).sent,
      hours: byHour.map((count, hour) => (count < HOUR_SENDS_MIN ? null : (affinity.hours[hour] as number))),
      weekdays: [...affinity.weekdays],
      sendsByHour: byHour,
      bestHour: topOf(affinity.hours, allowed),
      pooling: {
        business: model.pooling.hours.business,
        segment: model.pooling.hours.segment,
        person: model.pooling.hours.person,
      },
      ownHabits: people.filter((person) => {
        const own = affinityOf(model, { person, segments: segmentsOf.get(person) ?? [] })
        return own.sourceAt(topOf(own.hours, allowed)) === 'person'
      }).length,
      heldOut,
    },
  }
}

/** A person's best hour among those in which sends were seen. */
export const bestHourOf = (
  model: SendTime,
  about: { readonly person: string; readonly segments: readonly string[] },
): number => topOf(affinityOf(model, about).hours, hoursOf(sendsByHour(model)))

const learnt = (sends: readonly PastSend[]): SendTime => {
  const model = createSendTime()
  for (const send of sends) learnSend(model, send)
  return model
}

/** Hours in which sends left; all where hardly any did. */
const hoursOf = (byHour: readonly number[]): readonly number[] => {
  const seen = byHour.flatMap((count, hour) => (count >= HOUR_SENDS_MIN ? [hour] : []))
  return seen.length > 0 ? seen : byHour.map((_, hour) => hour)
}

const topOf = (rates: Float64Array, allowed: readonly number[]): number =>
  allowed.reduce(
    (best, hour) => ((rates[hour] as number) > (rates[best] as number) ? hour : best),
    allowed[0] ?? 0,
  )

/** Hours were drawn evenly, so a send that happened to leave at the chosen one stands for what choosing would bring. */
const judge = (model: SendTime, later: readonly PastSend[]): SendTimeAssessment['heldOut'] => {
  const random = later.filter((send) => send.random)
  const business = topOf(businessAffinity(model).hours, hoursOf(sendsByHour(model)))
  const matched = random.filter((send) => send.hour === bestHourOf(model, send))
  const all = shareOf(random)
  const person = shareOf(matched)
  const atBusiness = shareOf(random.filter(({ hour }) => hour === business))
  if (person.sends < MATCHED_MIN)
    return { all, person, business: atBusiness, gain: null, verdict: 'not_known_yet', detectable: null }
  // Against the others: those that left at the best hour are among all.
  const rest = shareOf(random.filter((send) => send.hour !== bestHourOf(model, send)))
  const restShare = rest.sends / all.sends
  const stderr = restShare * Math.sqrt(varianceOf(person) + varianceOf(rest))
  const value = person.rate - all.rate
  const [low, high] = [value - 1.96 * stderr, value + 1.96 * stderr]
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'not_known_yet'
  return { all, person, business: atBusiness, gain: { value, low, high }, verdict, detectable: 2.8 * stderr }
}

const shareOf = (sends: readonly PastSend[]): Share => ({
  sends: sends.length,
  rate: sends.length === 0 ? 0 : sends.filter(({ answered }) => answered === 1).length / sends.length,
})

const varianceOf = ({ sends, rate }: Share): number => {
  if (sends === 0) return 0
  const drawn = (rate * sends + 1) / (sends + 2)
  return (drawn * (1 - drawn)) / sends
}

/** Chances by weekday (from Sunday) and hour; null where an hour has too few sends. */
export const heatmapOf = (
  hours: readonly (number | null)[],
  weekdays: readonly number[],
): readonly (readonly (number | null)[])[] =>
  Array.from({ length: WEEKDAYS }, (_, day) =>
    Array.from({ length: HOURS }, (_, hour) => {
      const rate = hours[hour] ?? null
      return rate === null ? null : Math.min(1, rate * (weekdays[day] ?? 1))
    }),
  )
