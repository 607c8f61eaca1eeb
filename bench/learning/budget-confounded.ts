// The confounded market, seed by seed: how often each way of looking ranks the lines as they truly are, and what is
// raised by who knows and who does not. Shares have Wilson's 95 % intervals.

import { runConfounded, type ConfoundedRun } from '../../src/sim/confounded-run.ts'
import type { Verdict } from './peer.ts'

const Z = 1.96

const shareText = (hits: number, of: number): string => {
  const p = hits / of
  const middle = (p + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of)
  const half = (Z * Math.sqrt((p * (1 - p)) / of + Z ** 2 / (4 * of ** 2))) / (1 + Z ** 2 / of)
  const percent = (x: number) => (100 * Math.min(1, Math.max(0, x))).toFixed(0)
  return `${percent(p)} % [${percent(middle - half)}, ${percent(middle + half)}]`
}

const meanText = (values: readonly number[]): string => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, values.length - 1)
  return `${mean.toFixed(0)} ± ${(Z * Math.sqrt(square / values.length)).toFixed(0)}`
}

const same = (left: readonly number[], right: readonly number[]): boolean =>
  left.every((line, k) => line === right[k])

/** Plays `count` seeds with an experiment on each line and without. */
export const confounded = async (count: number): Promise<readonly Verdict[]> => {
  const [tested, untested]: [ConfoundedRun[], ConfoundedRun[]] = [[], []]
  for (let seed = 0; seed < count; seed++) {
    tested.push(await runConfounded(`bench ${seed}`, true))
    untested.push(await runConfounded(`bench ${seed}`, false))
  }
  const hits = (pick: (run: ConfoundedRun) => readonly number[] | null) =>
    tested.filter((run) => same(pick(run) ?? [-1], run.truth)).length
  const [ours, claimed, together] = [
    hits((run) => run.ours),
    hits((run) => run.claimed),
    hits((run) => run.together),
  ]
  const raises = tested.flatMap((run) => run.raises)
  const beyond = raises.filter((marginal) => marginal < 1)
  const silent = untested.filter(({ ours: known }) => known === null).length
  const still = untested.filter((run) => run.raises.length === 0).length
  const gains = tested.map((run, i) => run.profitAfter - (untested[i]?.profitAfter ?? 0))
  return [
    {
      what: `with experiments the true ranking of three lines, of ${count} seeds`,
      ours: shareText(ours, count),
      known: 'at least 90 %',
      peer: `claims ${shareText(claimed, count)}`,
      ok: ours >= 0.9 * count && ours > claimed,
    },
    {
      what: 'the same by a regression of sales on spends',
      ours: '',
      known: '',
      peer: shareText(together, count),
      ok: null,
    },
    {
      what: 'without experiments says that it cannot know',
      ours: shareText(silent, count),
      known: '100 %',
      peer: '',
      ok: silent === count,
    },
    {
      what: 'without experiments raises nothing in 30 days',
      ours: shareText(still, count),
      known: '100 %',
      peer: '',
      ok: still === count,
    },
    {
      what: 'with experiments, raises past the point where the next unit pays; what it brought there, least',
      ours: `${beyond.length} of ${raises.length}; ${Math.min(...raises).toFixed(2)}`,
      known: '',
      peer: '',
      ok: null,
    },
    {
      what: 'profit a day in the last week, with experiments more than without',
      ours: meanText(gains),
      known: 'above 0',
      peer: `without ${meanText(untested.map(({ profitAfter }) => profitAfter))}`,
      ok: gains.reduce((all, gain) => all + gain, 0) > 0,
    },
  ]
}
