// A market in which demand drives both what is spent and what is sold. People raise budgets in the season, platforms spend
// more of them on good days, and the line that brings least claims most of what would have come anyway: whoever looks at
// what goes together, or at what platforms claim, ranks the lines wrongly.

import { createRng } from '../kernel/rng.ts'
import type { AdMarket } from './ad-market.ts'

export type ConfoundedMarket = AdMarket & {
  /** Sales of the business on each day lived, whatever brought them. */
  readonly sales: readonly number[]
  /** What the line truly brings a unit of this spend. */
  readonly returnAt: (line: number, spend: number) => number
  /** And the next unit. */
  readonly marginalAt: (line: number, spend: number) => number
  /** Budgets as a person sets them by the season. */
  readonly byHand: (day: number) => readonly number[]
}

export const CONFOUNDED = { lines: 3, fair: 1_000 } as const

/** What a unit truly brings at the usual spend: one line that earns, one that just does, one that hardly does. */
const RETURNS = [3, 1.4, 0.4]
/** Part of the sales that would have come anyway that each of these claims as its own. */
const POACHED = [0.02, 0.12, 0.5]
/** How much a person moves the budget with the season, in logarithms. */
const FOLLOWS = [0.2, 0.7, 1.1]
const BASE_SALES = 6_000
const SEASON_DAYS = 50
const TICKET = 40

export const createConfoundedMarket = (seed: string): ConfoundedMarket => {
  const stream = (name: string) => createRng(`confounded:${seed}:${name}`)
  const [birth, fate, rng] = [stream('lines'), stream('fate'), stream('noise')]
  const order = shuffled([0, 1, 2], birth)
  const phase = birth.uniform() * SEASON_DAYS
  const lines = order.map((kind) => {
    const half = CONFOUNDED.fair * Math.exp(0.3 * birth.normal() + 0.2)
    const usual = Math.tanh((CONFOUNDED.fair / half) * ATANH_HALF)
    const back = (RETURNS[kind] ?? 1) * Math.exp(0.12 * birth.normal())
    return {
      kind,
      half,
      ceiling: (back * CONFOUNDED.fair) / usual,
      poached: (POACHED[kind] ?? 0) * Math.exp(0.15 * birth.normal()),
    }
  })
  const lived: { spend: number; value: number; claimed: number }[][] = []
  const sales: number[] = []
  const season = (day: number) => 0.35 * Math.sin((2 * Math.PI * (day + phase)) / SEASON_DAYS)
  const truthAt = (line: number, spend: number): number => {
    const { half, ceiling } = lines[line] ?? { half: 1, ceiling: 0 }
    return ceiling * Math.tanh((Math.max(0, spend) / half) * ATANH_HALF)
  }
  return {
    lines: CONFOUNDED.lines,
    sales,
    jumps: [],
    truthAt,
    returnAt: (line, spend) => (spend > 0 ? truthAt(line, spend) / spend : 0),
    marginalAt: (line, spend) => (truthAt(line, spend + 0.5) - truthAt(line, spend - 0.5)) / 1,
    byHand: (day) => lines.map(({ kind }) => CONFOUNDED.fair * Math.exp((FOLLOWS[kind] ?? 0) * season(day))),
    live: (budgets) => {
      const day = lived.length
      const demand = Math.exp(season(day) + 0.12 * fate.normal())
      const row = lines.map(({ poached }, line) => {
        // On a good day more of the budget is spent, on a bad one less.
        const spend = (budgets[line] ?? 0) * Math.min(1.3, demand ** 0.6) * Math.exp(0.03 * rng.normal())
        const value = truthAt(line, spend)
        return { spend, value, claimed: value + poached * BASE_SALES * demand }
      })
      lived.push(row)
      const brought = row.reduce((sum, { value }) => sum + value, 0)
      sales.push((BASE_SALES * demand + brought) * Math.exp(0.03 * fate.normal()))
      return { day, value: row.map(({ value }) => value), spend: row.map(({ spend }) => spend) }
    },
    report: (line, day, now) => {
      const story = lived[day]?.[line]
      if (story === undefined || day > now) return { spend: 0, value: 0, conversions: 0 }
      const conversions = Math.round(story.claimed / TICKET)
      return { spend: story.spend, value: conversions * TICKET, conversions }
    },
    demandSeen: () => 1,
    experiment: (line, days) => {
      const rows = lived.slice(-days)
      const effect = rows.reduce((sum, row) => sum + (row[line]?.value ?? 0), 0)
      const standardError = 0.12 * effect + 0.05 * days * CONFOUNDED.fair
      return { effect: effect + standardError * rng.normal(), standardError }
    },
  }
}

const ATANH_HALF = 0.5493

const shuffled = (values: readonly number[], rng: { readonly below: (n: number) => number }): number[] => {
  const left = [...values]
  return values.map(() => left.splice(rng.below(left.length), 1)[0] ?? 0)
}
