// One seeded world of bench/learning/send-time.ts: the product's own draw and learner send for some months, then
// what each way of choosing the hour would bring in the weeks that follow is read off the world's hidden chances.

import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { bestSlot, drawSlot, rateAt, type Slot } from '../../src/model/send-time/draw.ts'
import { createArms, judgeArms, noteArm, sharesFor, stageOf } from '../../src/model/send-time/arms.ts'
import {
  affinityOf,
  businessAffinity,
  createSendTime,
  dumpSendTime,
  learnSend,
  restoreSendTime,
  type SendTime,
} from '../../src/model/send-time/send-time.ts'
import { confidenceSequence, smallestDetectableEffect } from '../../src/feedback/index.ts'
import { ALLOWED, createWorld, type WorldPerson } from './send-time-world.ts'

export type Settings = {
  readonly people: number
  readonly heldOut: number
  /** Sends to each person before the held-out weeks. */
  readonly sends: number
  /** Own sends at which held-out people are looked at. */
  readonly ownSends: readonly number[]
  readonly explore: number
  readonly atOnce: number
}

/** Mean chance of an answer in the weeks held out, by way of choosing. */
export type Values = {
  readonly ours: number
  readonly business: number
  readonly person: number
  readonly random: number
  readonly atOnce: number
  readonly oracle: number
}

export type SeedRow = {
  readonly seed: string
  readonly known: Values
  readonly heldOut: readonly Values[]
  /** What the product claims of best against at once: 1 better, −1 worse, 0 not known yet. */
  readonly claim: number
  /** True mean difference between its two groups. */
  readonly claimTruth: number
  readonly person: number
}

/** When something makes a message due: mostly after noon. */
const dueHour = (rng: Rng): number => Math.min(21, 8 + Math.floor(7 * (rng.uniform() + rng.uniform())))

const WEEK = [0, 1, 2, 3, 4, 5, 6]

export const playSeed = (seed: string, settings: Settings, flat: boolean): SeedRow => {
  const world = createWorld({ seed, people: settings.people + settings.heldOut, flat })
  const taught = world.slice(0, settings.people)
  const rng = createRng(`send-time play ${seed} ${flat}`)
  const state = createSendTime()
  const played = play(state, taught, rng, settings, seed)
  const held = world.slice(settings.people)
  return {
    seed,
    known: valuesOf(state, taught, played.raw),
    heldOut: settings.ownSends.map((sends) => heldOutValues(state, held, createRng(`held ${seed}`), sends)),
    claim: played.claim,
    claimTruth: played.truth,
    person: state.pooling.hours.person,
  }
}

type Raw = Map<string, { readonly sent: Float64Array; readonly answered: Float64Array }>

const noteRaw = (raw: Raw, id: string, hour: number, answered: number): void => {
  const own = raw.get(id) ?? { sent: new Float64Array(24), answered: new Float64Array(24) }
  raw.set(id, own)
  own.sent[hour] = (own.sent[hour] ?? 0) + 1
  own.answered[hour] = (own.answered[hour] ?? 0) + answered
}

/** The product as it runs: one message a person and round, due at an hour of the day, to leave within a day. */
const play = (
  state: SendTime,
  people: readonly WorldPerson[],
  rng: Rng,
  { sends, explore, atOnce }: Settings,
  seed: string,
) => {
  const raw: Raw = new Map()
  const arms = createArms()
  let [bestTruth, onceTruth, bestCount, onceCount] = [0, 0, 0, 0]
  for (let round = 0; round < sends; round++)
    for (const person of people) {
      const slots = slotsFrom(dueHour(rng), rng.below(7))
      const affinity = affinityOf(state, { person: person.id, segments: person.segments })
      const stage = stageOf(arms.explore.answered, claimOf(arms) < 0)
      const best = stage === 'no_better' ? 0 : bestSlot(affinity, slots)
      const { slot, mode } = drawSlot(
        slots.length,
        best,
        sharesFor(stage, { explore, atOnce }),
        `${seed} ${round} ${person.id}`,
      )
      const { hour, weekday } = slots[slot] as Slot
      const chance = person.chance(hour, weekday)
      const answered = rng.uniform() < chance ? 1 : 0
      noteArm(arms, mode, answered)
      if (mode === 'best') [bestTruth, bestCount] = [bestTruth + chance, bestCount + 1]
      if (mode === 'at_once') [onceTruth, onceCount] = [onceTruth + chance, onceCount + 1]
      noteRaw(raw, person.id, hour, answered)
      const random = mode === 'explore'
      learnSend(state, { person: person.id, segments: person.segments, hour, weekday, answered, random })
    }
  return { raw, claim: claimOf(arms), truth: bestTruth / bestCount - onceTruth / onceCount }
}

const claimOf = (arms: ReturnType<typeof createArms>): number =>
  judgeArms(arms, { confidenceSequence, smallestDetectableEffect }).claim

/** A day of allowed hours from the one at which it fell due. */
const slotsFrom = (due: number, weekday: number): readonly Slot[] =>
  [...ALLOWED.filter((hour) => hour >= due), ...ALLOWED.filter((hour) => hour < due)].map((hour) => ({
    at: 0,
    until: 0,
    hour,
    weekday: hour >= due ? weekday : (weekday + 1) % 7,
  }))

const argmax = (value: (hour: number) => number): number =>
  ALLOWED.reduce((best, hour) => (value(hour) > value(best) ? hour : best))

const valuesOf = (state: SendTime, people: readonly WorldPerson[], raw: Raw): Values => {
  const business = argmax((hour) => businessAffinity(state).hours[hour] as number)
  const means = people.map((person): Values => {
    const affinity = affinityOf(state, { person: person.id, segments: person.segments })
    const chance = (hour: number) => WEEK.reduce((sum, day) => sum + person.chance(hour, day), 0) / 7
    const own = raw.get(person.id)
    const ours = argmax((hour) => rateAt(affinity, { at: 0, until: 0, hour, weekday: 3 }))
    // Without pooling: own answers by hour, one answer in ten sends taken for granted everywhere.
    const alone = argmax((hour) => ((own?.answered[hour] ?? 0) + 1) / ((own?.sent[hour] ?? 0) + 10))
    return {
      ours: chance(ours),
      business: chance(business),
      person: chance(alone),
      random: ALLOWED.reduce((sum, hour) => sum + chance(hour), 0) / ALLOWED.length,
      atOnce: DUE.reduce((sum, share, hour) => sum + share * chance(hour), 0),
      oracle: Math.max(...ALLOWED.map(chance)),
    }
  })
  const mean = (key: keyof Values) => means.reduce((sum, values) => sum + values[key], 0) / means.length
  return {
    ours: mean('ours'),
    business: mean('business'),
    person: mean('person'),
    random: mean('random'),
    atOnce: mean('atOnce'),
    oracle: mean('oracle'),
  }
}

/** How often a message falls due at each hour, counted once. */
const DUE: readonly number[] = (() => {
  const rng = createRng('due')
  const counts = Array.from({ length: 24 }, () => 0)
  for (let i = 0; i < 20_000; i++) {
    const hour = dueHour(rng)
    counts[hour] = (counts[hour] ?? 0) + 1 / 20_000
  }
  return counts
})()

/** People nothing of whom is in the pools: their own sends, at hours drawn evenly, go into their own record alone. */
const heldOutValues = (state: SendTime, people: readonly WorldPerson[], rng: Rng, sends: number): Values => {
  const { pooling } = state
  const raw: Raw = new Map()
  const copy = restoreSendTime(dumpSendTime(state))
  for (const person of people)
    for (let i = 0; i < sends; i++) {
      const [hour, weekday] = [ALLOWED[rng.below(ALLOWED.length)] as number, rng.below(7)]
      const answered = rng.uniform() < person.chance(hour, weekday) ? 1 : 0
      noteRaw(raw, person.id, hour, answered)
      learnSend(copy, {
        person: person.id,
        segments: person.segments,
        hour,
        weekday,
        answered,
        random: false,
      })
    }
  return valuesOf({ ...copy, pooling, cache: null }, people, raw)
}
