// An ad platform over the simulated market that does what real ones do: spends beyond the day's budget, tells late and
// restates, loses replies after having acted, applies half of a change, shows old budgets, learns anew after large
// changes, forgets conversions for hours. Seeded, on virtual time. It keeps the truth apart, for the judge.

import type { AdPlatform, PlatformTraits, WriteResult } from '../delivery/index.ts'
import { Failure } from '../kernel/failure.ts'
import { fromMicros, toMicros } from '../kernel/money.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { AdMarket } from './ad-market.ts'

export type Lies = {
  /** Chances for each write: done and no reply, no reply and not done, half done, refused for now. */
  readonly lostReply: number
  readonly lostWrite: number
  readonly halfDone: number
  readonly busy: number
  /** Chances for each reading: budgets of an hour ago, no answer. */
  readonly stale: number
  readonly unread: number
  /** Chance for each day that conversions are forgotten, for some hours or the whole day. */
  readonly dark: number
}

export const LIES: Lies = {
  lostReply: 0.04,
  lostWrite: 0.02,
  halfDone: 0.01,
  busy: 0.02,
  stale: 0.1,
  unread: 0.03,
  dark: 0.02,
}
export const NO_LIES: Lies = {
  lostReply: 0,
  lostWrite: 0,
  halfDone: 0,
  busy: 0,
  stale: 0,
  unread: 0,
  dark: 0,
}

export const LYING_TRAITS: PlatformTraits = {
  editsPerDayMax: 3,
  stepMicros: 10_000,
  dayMinMicros: 1_000_000,
  overspendDay: 2,
  spendFinalDays: 1,
  readLagMs: HOUR_MS,
  learningShare: 0.2,
  learningDays: 4,
}

/** What was really so. */
export type PlatformTruth = {
  readonly budgetMicros: (line: number) => number
  /** Edits that came although the day's were used up. */
  readonly editsRefused: () => number
  /** Each day's true spend of each line. */
  readonly spend: readonly (readonly number[])[]
  readonly value: readonly (readonly number[])[]
  /** Every change that took effect, in order. */
  readonly changes: readonly { readonly at: number; readonly line: number; readonly micros: number }[]
}

export type LyingPlatform = {
  readonly platform: AdPlatform
  readonly truth: PlatformTruth
  /** An hour passes. The day is lived at its end. */
  readonly passHour: () => void
  /** Another world's hour: what a person changes on the platform's own page. */
  readonly setBudget: (line: number, micros: number) => void
}

type Held = {
  micros: number
  before: number
  changedAt: number
  edits: number[]
  /** Sum over the day's hours so far. */
  hours: number
  learningUntil: number
}

const LEARNING_EFFICIENCY = 0.85

export const createLyingPlatform = (about: {
  readonly market: AdMarket
  readonly seed: string
  readonly startAt: number
  readonly budgets: readonly number[]
  readonly currency: string
  readonly lies?: Lies
}): LyingPlatform => {
  const { market, startAt, currency, lies = LIES } = about
  const rng = createRng(`lying:${about.seed}`)
  const weather = createRng(`dark:${about.seed}`)
  let now = startAt
  const lines = about.budgets.map(
    (micros): Held => ({ micros, before: micros, changedAt: 0, edits: [], hours: 0, learningUntil: 0 }),
  )
  const changes: { at: number; line: number; micros: number }[] = []
  const spend: number[][] = []
  const value: number[][] = []
  const dark = new Map<number, number>()
  let editsRefused = 0
  const firstDay = Math.floor(startAt / DAY_MS)
  const change = (line: number, micros: number): void => {
    const held = lines[line] as Held
    if (held.micros > 0 && Math.abs(micros / held.micros - 1) > LYING_TRAITS.learningShare)
      held.learningUntil = now + LYING_TRAITS.learningDays * DAY_MS
    held.before = held.micros
    held.micros = micros
    held.changedAt = now
    changes.push({ at: now, line, micros })
  }
  const write: AdPlatform['write'] = async ({ externalId, budgetMicros, currency: given }) => {
    const line = Number(externalId)
    const held = lines[line]
    if (held === undefined) return refusal('ads.unknown_line', externalId, false)
    if (
      !Number.isSafeInteger(budgetMicros) ||
      budgetMicros < 0 ||
      (budgetMicros > 0 && budgetMicros < LYING_TRAITS.dayMinMicros) ||
      budgetMicros % LYING_TRAITS.stepMicros !== 0
    )
      return refusal('ads.bad_budget', String(budgetMicros), false)
    if (given !== currency) return refusal('ads.currency', given, false)
    held.edits = held.edits.filter((at) => at > now - DAY_MS)
    if (held.edits.length >= LYING_TRAITS.editsPerDayMax) {
      editsRefused++
      return refusal('ads.too_many_edits', externalId, true)
    }
    const luck = rng.uniform()
    const fate = pick(luck, [lies.busy, lies.lostWrite, lies.lostReply, lies.halfDone])
    if (fate === 0) return refusal('ads.busy', 'try later', true)
    if (fate === 1) return { kind: 'unknown', detail: 'the connection broke' }
    held.edits.push(now)
    if (fate === 3) change(line, stepped((held.micros + budgetMicros) / 2))
    else change(line, budgetMicros)
    return fate === 2 ? { kind: 'unknown', detail: 'no reply in time' } : { kind: 'accepted' }
  }
  const read: AdPlatform['read'] = async ({ externalIds, fromDay, toDay }) => {
    if (rng.uniform() < lies.unread)
      throw new Failure({ code: 'ads.unreachable', message: 'the platform did not answer', retryable: true })
    const stale = rng.uniform() < lies.stale
    return externalIds.flatMap((externalId) => {
      const line = Number(externalId)
      const held = lines[line]
      if (held === undefined) return []
      const old = stale && now - held.changedAt < LYING_TRAITS.readLagMs
      const days = []
      for (let day = Math.max(fromDay, firstDay); day <= toDay; day++) days.push(dayOf(line, day))
      return [{ externalId, budgetMicros: old ? held.before : held.micros, days }]
    })
  }
  const dayOf = (line: number, day: number) => {
    const held = lines[line] as Held
    const lived = spend.length
    const index = day - firstDay
    if (index >= lived) {
      // Today so far: spend as it runs, and the share of results that come at once.
      const hour = Math.floor((now % DAY_MS) / HOUR_MS)
      const yesterday = market.report(line, lived - 1, lived - 1)
      const seen = 1 - (dark.get(lived) ?? 0)
      return {
        day,
        spendMicros: Math.round(held.hours / 24),
        valueMicros: toMicros((yesterday.value * hour * seen) / 24),
        conversions: Math.round((yesterday.conversions * hour * seen) / 24),
      }
    }
    const told = market.report(line, index, lived - 1)
    const seen = 1 - (dark.get(index) ?? 0)
    return {
      day,
      spendMicros: toMicros(told.spend),
      valueMicros: toMicros(told.value * seen),
      conversions: Math.round(told.conversions * seen),
    }
  }
  const passHour = (): void => {
    for (const held of lines) held.hours += held.micros
    now += HOUR_MS
    if (now % DAY_MS !== 0) return
    const lived = market.live(
      lines.map(({ hours }) => fromMicros(hours / 24)),
      lines.map(({ learningUntil }) => (learningUntil > now ? LEARNING_EFFICIENCY : 1)),
    )
    spend.push([...lived.spend])
    value.push([...lived.value])
    for (const held of lines) held.hours = 0
    if (weather.uniform() < lies.dark)
      dark.set(spend.length, weather.uniform() < 0.3 ? 1 : weather.uniform() * 0.3)
  }
  return {
    platform: { name: 'lying', currency, traits: LYING_TRAITS, read, write, close: async () => {} },
    truth: {
      budgetMicros: (line) => lines[line]?.micros ?? 0,
      editsRefused: () => editsRefused,
      spend,
      value,
      changes,
    },
    passHour,
    setBudget: change,
  }
}

const refusal = (code: string, detail: string, retryable: boolean): WriteResult => ({
  kind: 'refused',
  code,
  detail,
  retryable,
})

/** Which of the chances struck, or -1. */
const pick = (luck: number, chances: readonly number[]): number => {
  let left = luck
  for (const [index, chance] of chances.entries()) {
    left -= chance
    if (left < 0) return index
  }
  return -1
}

const stepped = (micros: number): number =>
  Math.floor(micros / LYING_TRAITS.stepMicros) * LYING_TRAITS.stepMicros
