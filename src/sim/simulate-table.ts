// The outcome of a simulation as a table for people to read.

import type { SeedRow } from './seed-run.ts'
import type { BareRow } from './bare-seed.ts'
import type { BareSimulation, Mean, Simulation } from './simulate.ts'

const COLUMNS: readonly (readonly [title: string, width: number, cell: (row: SeedRow) => string])[] = [
  ['seed', 10, ({ seed }) => seed],
  ['planted', 8, ({ planted }) => fixed(planted)],
  ['estimate', 9, ({ difference }) => (difference === null ? '-' : fixed(difference))],
  [
    '95 % interval',
    16,
    ({ low, high }) => (low === null || high === null ? 'not known yet' : `${fixed(low)} .. ${fixed(high)}`),
  ],
  ['covers', 7, ({ covers }) => (covers === null ? '-' : covers ? 'yes' : 'NO')],
  ['learnt', 7, ({ learnt }) => fixed(learnt)],
  ['best one', 9, ({ best }) => fixed(best)],
  ['uniform', 8, ({ uniform }) => fixed(uniform)],
  ['oracle', 7, ({ oracle }) => fixed(oracle)],
  ['best single action', 0, ({ bestAction }) => bestAction],
]

/** Lines of the table, head and sums included. Amounts are whole currency units per treated person. */
export const renderSimulation = (simulation: Simulation): string => {
  const { rows, known, covered } = simulation
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        index === 0 ? cell.padEnd(COLUMNS[index]?.[1] ?? 0) : cell.padStart(COLUMNS[index]?.[1] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [
    line(COLUMNS.map(([title]) => title)),
    ...rows.map((row) => line(COLUMNS.map(([, , cell]) => cell(row)))),
    '',
    `planted lift             ${shown(simulation.planted)}   estimated ${shown(simulation.estimated)}`,
    `interval covers          ${covered} of ${known} seeds that have one (${percent(covered, known)})`,
    `learnt earns             ${shown(simulation.learnt)} per treated person`,
    `best single action       ${shown(simulation.best)}   learnt more in ${simulation.winsOverBest} of ${rows.length} seeds, by ${shown(simulation.overBest)}`,
    `uniform choice           ${shown(simulation.uniform)}   learnt more in ${simulation.winsOverUniform} of ${rows.length} seeds, by ${shown(simulation.overUniform)}`,
    `oracle                   ${shown(simulation.oracle)}   ${(simulation.oracle.mean / simulation.best.mean).toFixed(2)} x the best single action`,
  ].join('\n')
}

const BARE: readonly (readonly [title: string, width: number, cell: (row: BareRow) => string])[] = [
  ['seed', 10, ({ seed }) => seed],
  ['learnt', 7, ({ learnt }) => fixed(learnt)],
  ['best one', 9, ({ best }) => fixed(best)],
  ['uniform', 8, ({ uniform }) => fixed(uniform)],
  ['oracle', 7, ({ oracle }) => fixed(oracle)],
  ['decisions', 10, ({ decisions }) => String(decisions)],
  ['best single action', 0, ({ bestAction }) => bestAction],
]

/** The same of markets that were played bare. */
export const renderBare = (simulation: BareSimulation): string => {
  const { rows } = simulation
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        index === 0 ? cell.padEnd(BARE[index]?.[1] ?? 0) : cell.padStart(BARE[index]?.[1] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [
    line(BARE.map(([title]) => title)),
    ...rows.map((row) => line(BARE.map(([, , cell]) => cell(row)))),
    '',
    `learnt earns             ${shown(simulation.learnt)} per person`,
    `best single action       ${shown(simulation.best)}   learnt more in ${simulation.winsOverBest} of ${rows.length} seeds, by ${shown(simulation.overBest)}; in the second half by ${shown(simulation.lateOverBest)}`,
    `uniform choice           ${shown(simulation.uniform)}   learnt more in ${simulation.winsOverUniform} of ${rows.length} seeds, by ${shown(simulation.overUniform)}`,
    `oracle                   ${shown(simulation.oracle)}`,
  ].join('\n')
}

const fixed = (value: number): string => value.toFixed(2)
const shown = ({ mean, low, high }: Mean): string => `${fixed(mean)} [${fixed(low)}, ${fixed(high)}]`
const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${Math.round((100 * part) / whole)} %`
