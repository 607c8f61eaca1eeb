// `npm run bench [name…]`: every benchmark's rows in one table, ours beside a baseline of the same run,
// and below it which of the goals are not met here.

import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { Failure } from '../src/kernel/failure.ts'
import { GOALS, type Goal } from './goals.ts'
import type { Row } from './rows.ts'

type Benchmark = () => Promise<readonly Row[]>

const BENCHMARKS: Readonly<Record<string, () => Promise<{ readonly run: Benchmark }>>> = {
  signal: async () => await import('./signal.ts'),
  profiles: async () => await import('./profiles.ts'),
  decide: async () => await import('./decide.ts'),
  bandit: async () => await import('./bandit.ts'),
  log: async () => await import('./log.ts'),
  sealing: async () => await import('./sealing.ts'),
  state: async () => await import('./state.ts'),
  http: async () => await import('./http.ts'),
}

/** What it was measured on, in one line. */
const machine = (): string => {
  const [first] = cpus()
  return `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`
}

const shown = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const table = (rows: readonly Row[]): string =>
  [
    '| what | ours | baseline | ratio | unit |',
    '| --- | ---: | ---: | ---: | --- |',
    ...rows.map(
      ({ name, ours, baseline, ratio, unit }) =>
        `| ${name} | ${shown(ours)} | ${baseline === 0 ? '' : shown(baseline)} | ${baseline === 0 ? '' : ratio.toFixed(2)} | ${unit} |`,
    ),
  ].join('\n')

const isMet = ({ atLeast, atMost }: Goal, value: number): boolean =>
  (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost)

const goalLines = (rows: readonly Row[]): readonly string[] =>
  GOALS.flatMap((goal) => {
    const row = rows.find(({ name }) => name === goal.row)
    if (row === undefined) return []
    const value = goal.of === 'ratio' ? row.ratio : row.ours
    const wanted =
      goal.atLeast === undefined ? `at most ${shown(goal.atMost ?? 0)}` : `at least ${shown(goal.atLeast)}`
    return [`| ${goal.what} | ${wanted} | ${shown(value)} | ${isMet(goal, value) ? 'yes' : 'no'} |`]
  })

const main = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)
  const rows: Row[] = []
  for (const name of names) {
    const load = BENCHMARKS[name]
    if (load === undefined)
      throw new Failure({
        code: 'bench.unknown',
        message: `there is no benchmark ${name}`,
        hint: `There are: ${Object.keys(BENCHMARKS).join(', ')}.`,
      })
    console.error(`${name} …`)
    const { run } = await load()
    rows.push(...(await run()))
  }
  if (values.json) return console.log(JSON.stringify({ machine: machine(), rows }))
  const goals = goalLines(rows)
  console.log(`${machine()}\n\n${table(rows)}`)
  if (goals.length > 0)
    console.log(`\n| goal | wanted | here | met |\n| --- | --- | ---: | --- |\n${goals.join('\n')}`)
}

await main()
