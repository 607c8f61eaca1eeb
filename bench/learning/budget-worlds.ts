// The simulated market against the lying platform, world by world in two workers: what the product earns of the oracle's
// return, beside three rules in the same world, with 95 % intervals (jackknife over stretches of twenty days), what it
// broke, and how the gap to the oracle closes after a line's worth jumped.

import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { present } from '../../src/kernel/assert.ts'
import { runAds, runRule, type AdRun, type Breaches, type Rule } from '../../src/sim/ad-run.ts'
import type { Verdict } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

const Z95 = 1.96
const BLOCK_DAYS = 20
/** The gap is closed when it is surely at most this much wider than before the jump. */
const CLOSED = 0.02
const RULES: readonly Rule[] = ['equal', 'last_click', 'static']

type Share = { readonly share: number; readonly half: number }
/** Share of the oracle's return in the ten days before a jump, the week after it, and days 14 to 24 after it. */
type Jump = { readonly before: number; readonly week: number; readonly later: number }
type World = {
  readonly name: string
  readonly days: number
  readonly shares: Readonly<Record<string, Share>>
  readonly breaches: Breaches
  readonly jumps: readonly Jump[]
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
const mean = (values: readonly number[]): number => sum(values) / Math.max(1, values.length)

const shareOf = (daily: readonly number[], oracle: readonly number[]): Share => {
  const blocks = Math.floor(daily.length / BLOCK_DAYS)
  const [all, best] = [sum(daily), sum(oracle)]
  const without = Array.from({ length: blocks }, (_block, b) => {
    const span = [b * BLOCK_DAYS, (b + 1) * BLOCK_DAYS] as const
    return (all - sum(daily.slice(...span))) / (best - sum(oracle.slice(...span)))
  })
  const middle = mean(without)
  const variance = ((blocks - 1) / blocks) * sum(without.map((one) => (one - middle) ** 2))
  return { share: all / best, half: Z95 * Math.sqrt(variance) }
}

const jumpsOf = (ours: AdRun, oracle: readonly number[], days: number): readonly Jump[] =>
  ours.jumps
    .filter(({ day }) => day > 45 && day + 24 < days)
    .map(({ day }) => {
      const share = (from: number, to: number) =>
        sum(ours.daily.slice(from, to)) / sum(oracle.slice(from, to))
      return { before: share(day - 10, day), week: share(day, day + 7), later: share(day + 14, day + 24) }
    })

const playWorld = async (seed: string, days: number): Promise<World> => {
  const options = { seed, days, experimentDays: 14 }
  const oracle = runRule(options, 'oracle').daily
  const ours = await runAds(options)
  const rules = RULES.map((rule) => [rule, shareOf(runRule(options, rule).daily, oracle)] as const)
  return {
    name: seed,
    days: ours.daily.length,
    shares: { ours: shareOf(ours.daily, oracle), ...Object.fromEntries(rules) },
    breaches: ours.breaches,
    jumps: jumpsOf(ours, oracle, days),
  }
}

const rangeOf = (
  values: readonly number[],
): { readonly mean: number; readonly half: number; text: string } => {
  const middle = mean(values)
  const variance = sum(values.map((x) => (x - middle) ** 2)) / Math.max(1, values.length - 1)
  const half = Z95 * Math.sqrt(variance / values.length)
  return { mean: middle, half, text: `${middle.toFixed(3)} ± ${half.toFixed(3)}` }
}

/** Plays worlds `world 0` to `world count − 1`, prints each, and judges them together. */
export const adWorlds = async (count: number, days: number): Promise<readonly Verdict[]> => {
  const played = await playSeeds<World>(
    new URL(import.meta.url),
    { days },
    Array.from({ length: count }, (_world, world) => `world ${world}`),
  )
  const worlds = played.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  printWorlds(worlds)
  const shares = (who: string) => worlds.map(({ shares: all }) => all[who]?.share ?? Number.NaN)
  const own = rangeOf(shares('ours'))
  return [
    ...breachVerdicts(worlds),
    {
      what: `return, share of the oracle’s (${count} worlds)`,
      ours: own.text,
      known: 'at least .9',
      peer: '',
      ok: own.mean - own.half >= 0.9,
    },
    {
      what: 'the same, in the worst world; worlds below .9',
      ours: `${Math.min(...shares('ours')).toFixed(3)}; ${shares('ours').filter((share) => share < 0.9).length} of ${count}`,
      known: '',
      peer: '',
      ok: null,
    },
    ...RULES.map((rule): Verdict => {
      const theirs = rangeOf(shares(rule))
      const ahead = rangeOf(shares('ours').map((share, i) => share - (shares(rule)[i] ?? 0)))
      const better = shares('ours').filter((share, i) => share > (shares(rule)[i] ?? 0)).length
      return {
        what: `beside ${rule.replace('_', ' ')}`,
        ours: `${ahead.text} more; better in ${better} of ${count}`,
        known: '',
        peer: theirs.text,
        ok: ahead.mean - ahead.half > 0,
      }
    }),
    ...jumpVerdicts(worlds.flatMap(({ jumps }) => jumps)),
  ]
}

const printWorlds = (worlds: readonly World[]): void => {
  const names = ['ours', ...RULES]
  process.stdout.write(`${'world'.padEnd(10)}${names.map((name) => name.padEnd(16)).join('')}\n`)
  for (const { name, shares } of worlds)
    process.stdout.write(
      `${name.padEnd(10)}${names
        .map((who) => {
          const { share, half } = shares[who] ?? { share: Number.NaN, half: Number.NaN }
          return `${share.toFixed(3)} ± ${half.toFixed(3)}`.padEnd(16)
        })
        .join('')}\n`,
    )
}

const breachVerdicts = (worlds: readonly World[]): readonly Verdict[] => {
  const days = sum(worlds.map((world) => world.days))
  const none = (what: string, pick: (breaches: Breaches) => number): Verdict => {
    const found = sum(worlds.map(({ breaches }) => pick(breaches)))
    return { what, ours: String(found), known: '0', peer: '', ok: found === 0 }
  }
  return [
    none(`days and months above a cap, in ${days} days`, ({ caps }) => caps),
    none('edits beyond the platform’s quota', ({ edits }) => edits),
    none('A to B and back within a day', ({ backAndForth }) => backAndForth),
  ]
}

const jumpVerdicts = (jumps: readonly Jump[]): readonly Verdict[] => {
  if (jumps.length === 0) return []
  const closed = rangeOf(jumps.map(({ before, later }) => later - before))
  const [before, week, later] = [
    rangeOf(jumps.map((jump) => jump.before)),
    rangeOf(jumps.map((jump) => jump.week)),
    rangeOf(jumps.map((jump) => jump.later)),
  ]
  return [
    {
      what: `share in the 10 days before a jump; the week after; days 14 to 24 (${jumps.length} jumps)`,
      ours: [before, week, later].map(({ text }) => text).join('; '),
      known: '',
      peer: '',
      ok: null,
    },
    {
      what: 'how much of the oracle’s return is gained or lost in days 14 to 24 against before',
      ours: closed.text,
      known: `surely above −${CLOSED}`,
      peer: '',
      ok: closed.mean - closed.half >= -CLOSED,
    },
  ]
}

if (!isMainThread) {
  const { days } = workerData as { readonly days: number }
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (seed: string) => {
    void playWorld(seed, days).then((world) => port.postMessage(world))
  })
}
