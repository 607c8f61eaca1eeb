// An ad market whose truth is known: lines with hidden response curves that drift and jump, demand that nobody
// controls, platforms that claim sales which would have come anyway, report late, restate, and spend more than told.

import { createRng, type Rng } from '../kernel/rng.ts'
import { drawPoisson } from './poisson.ts'

export type AdMarketOptions = {
  readonly seed: string
  readonly lines: number
  readonly days: number
  /** Mean spend a day of all lines together at the start. */
  readonly total: number
  /** Standard deviation of a line's daily wandering, in logarithms. */
  readonly drift: number
  /** Days between jumps of some line's worth; 0 for none. */
  readonly jumpEveryDays: number
  /** How far a day's spend may lie from the budget: up to this factor above on single days. */
  readonly overspendMax: number
}

export const AD_MARKET: AdMarketOptions = {
  seed: '1',
  lines: 6,
  days: 200,
  total: 12_000,
  drift: 0.006,
  jumpEveryDays: 60,
  overspendMax: 2,
}

type LineTruth = {
  /** Incremental value a day at saturation. */
  readonly ceiling: number
  /** Spend of half the ceiling's reach. */
  readonly half: number
  readonly carryover: number
  /** Value claimed a day that would have come without the line. */
  readonly poachedBase: number
  /** Value claimed on top for each unit that is truly brought. */
  readonly poachedShare: number
  readonly lagDays: number
  /** Value of one conversion. */
  readonly ticket: number
}

export type AdDay = {
  readonly day: number
  /** True incremental value of each line. */
  readonly value: readonly number[]
  readonly spend: readonly number[]
}

export type AdMarket = {
  readonly lines: number
  /** What the next day would bring with these spends held: for an oracle. */
  readonly truthAt: (line: number, spend: number) => number
  /** Lives a day with these budgets (0 for paused); `efficiency` below 1 while a platform learns anew. */
  readonly live: (budgets: readonly number[], efficiency?: readonly number[]) => AdDay
  /** A day's story as the platform tells it at the end of `now`. */
  readonly report: (
    line: number,
    day: number,
    now: number,
  ) => { readonly spend: number; readonly value: number; readonly conversions: number }
  /** Demand of a day relative to the usual, seen with a little noise. */
  readonly demandSeen: (day: number) => number
  /** What an experiment of `days` days ending now says that the line brought: unbiased, with its standard error. */
  readonly experiment: (
    line: number,
    days: number,
  ) => { readonly effect: number; readonly standardError: number }
  readonly jumps: readonly { readonly day: number; readonly line: number }[]
}

type Lived = {
  readonly spend: number
  readonly conversions: Float64Array
  readonly ticket: number
  readonly value: number
}
const LAG_MAX = 14

export const createAdMarket = (given: Partial<AdMarketOptions> = {}): AdMarket => {
  const options = { ...AD_MARKET, ...given }
  const stream = (name: string) => createRng(`ad-market:${options.seed}:${name}`)
  // The fate of lines and demand does not hang on what anybody spends: policies are compared in the same world.
  const [birth, fate, rng] = [stream('lines'), stream('fate'), stream('noise')]
  const truths = Array.from({ length: options.lines }, () => drawLine(birth, options))
  const worth = new Float64Array(options.lines).fill(1)
  const felt = new Float64Array(options.lines)
  const lived: Lived[][] = []
  const seen: number[] = []
  const jumps: { day: number; line: number }[] = []
  let wave = 0
  const truthAt = (line: number, spend: number): number => {
    const { ceiling, half } = truths[line] as LineTruth
    return (worth[line] ?? 1) * ceiling * Math.tanh((Math.max(0, spend) / half) * 0.5493)
  }
  const live = (budgets: readonly number[], efficiency: readonly number[] = []): AdDay => {
    const day = lived.length
    wave = 0.9 * wave + 0.05 * fate.normal()
    const demand = Math.exp(wave + (day % 7 >= 5 ? 0.15 : -0.06))
    seen.push(demand * Math.exp(0.04 * fate.normal()))
    wander(fate, worth, options)
    if (options.jumpEveryDays > 0 && day > 0 && day % options.jumpEveryDays === 0) {
      const line = fate.below(options.lines)
      worth[line] = (worth[line] ?? 1) * (fate.uniform() < 0.5 ? 0.45 : 2)
      jumps.push({ day, line })
    }
    const row = truths.map((truth, line) => {
      const spend = spendOf(rng, budgets[line] ?? 0, options.overspendMax)
      felt[line] = truth.carryover * (felt[line] ?? 0) + (1 - truth.carryover) * spend
      const value = (efficiency[line] ?? 1) * demand ** 0.7 * truthAt(line, felt[line] ?? 0)
      const claimed = value * (1 + truth.poachedShare) + truth.poachedBase * demand
      return {
        spend,
        value,
        ticket: truth.ticket,
        conversions: spread(rng, claimed / truth.ticket, truth.lagDays),
      }
    })
    lived.push(row)
    return { day, value: row.map(({ value }) => value), spend: row.map(({ spend }) => spend) }
  }
  return {
    lines: options.lines,
    truthAt,
    live,
    jumps,
    demandSeen: (day) => seen[day] ?? 1,
    report: (line, day, now) => {
      const story = lived[day]?.[line]
      if (story === undefined || day > now) return { spend: 0, value: 0, conversions: 0 }
      let conversions = 0
      for (let age = 0; age <= now - day && age < LAG_MAX; age++) conversions += story.conversions[age] ?? 0
      // Spend is told short on the first day and restated afterwards.
      return {
        spend: now === day ? story.spend * 0.93 : story.spend,
        value: conversions * story.ticket,
        conversions,
      }
    },
    experiment: (line, days) => {
      const rows = lived.slice(-days)
      const effect = rows.reduce((sum, row) => sum + (row[line]?.value ?? 0), 0)
      const standardError = 0.15 * effect + 0.02 * days * options.total * 0.1
      return { effect: effect + standardError * rng.normal(), standardError }
    },
  }
}

const drawLine = (rng: Rng, { lines, total }: AdMarketOptions): LineTruth => {
  const fair = total / lines
  const half = fair * Math.exp(0.7 * rng.normal())
  // Return of the first unit between about 1 and 6, so that some lines deserve nothing and some much more.
  const first = Math.exp(0.35 + 0.65 * rng.normal()) * 1.4
  const ceiling = (first * half) / 0.5493
  return {
    half,
    ceiling,
    carryover: 0.4 * rng.uniform(),
    poachedBase: fair * Math.exp(-1.2 + 0.9 * rng.normal()),
    poachedShare: 0.5 * rng.uniform(),
    lagDays: 0.5 + 2.5 * rng.uniform(),
    ticket: 30 * Math.exp(0.4 * rng.normal()),
  }
}

const wander = (rng: Rng, worth: Float64Array, { drift }: AdMarketOptions): void => {
  for (let line = 0; line < worth.length; line++)
    worth[line] =
      (worth[line] ?? 1) * Math.exp(drift * rng.normal() - (drift * Math.log(worth[line] ?? 1)) / 4)
}

/** Most days a little off the budget, now and then far above it. */
const spendOf = (rng: Rng, budget: number, overspendMax: number): number => {
  if (budget <= 0) return 0
  const usual = budget * (1 + 0.05 * rng.normal())
  return Math.min(
    budget * overspendMax,
    Math.max(0, rng.uniform() < 0.03 ? budget * (1 + rng.uniform()) : usual),
  )
}

/** Conversions of a day by the age at which they are told: as many as chance has it, late by chance. */
const spread = (rng: Rng, expected: number, lagDays: number): Float64Array => {
  const byAge = new Float64Array(LAG_MAX)
  const keep = lagDays / (1 + lagDays)
  let left = 1
  for (let age = 0; age < LAG_MAX; age++) {
    const share = age === LAG_MAX - 1 ? left : left * (1 - keep)
    left -= share
    byAge[age] = drawPoisson(rng, expected * share)
  }
  return byAge
}
