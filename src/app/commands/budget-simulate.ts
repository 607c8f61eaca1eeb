// `windvane budget simulate`: the product moves money in simulated ad markets against a platform that lies as real ones
// do; its return beside an oracle's that knows the curves, an even split, last-click returns, and a static optimum.

import { Command, InvalidArgumentError } from 'commander'
import { SingleBar } from 'cli-progress'
import { LIES, NO_LIES, runAds, runRule, type Rule } from '../../sim/index.ts'
import { print, table } from '../output.ts'
import { languageOf } from './columns.ts'

type SimulateOptions = {
  readonly worlds: number
  readonly days: number
  readonly lines: number
  readonly total: number
  readonly experimentDays: number
  readonly seed: string
  readonly lies: boolean
  readonly lang: string
  readonly json: boolean
}

const RULES: readonly Rule[] = ['equal', 'last_click', 'static']
type Name = 'ours' | Rule

type WorldRow = {
  readonly seed: string
  /** Share of the oracle's return. */
  readonly shares: Readonly<Record<string, number>>
  readonly spent: number
  readonly aboveCap: number
  readonly editsBeyond: number
  readonly backAndForth: number
}
type Range = { readonly mean: number; readonly low: number; readonly high: number }
export type SimulatedBudgets = {
  readonly days: number
  readonly lines: number
  readonly worlds: readonly WorldRow[]
  readonly shares: Readonly<Record<string, Range>>
}

const within = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  return value
}

export const budgetSimulate = (): Command =>
  new Command('simulate')
    .description('play simulated ad markets: what moving the money brings, beside simple rules')
    .option('--worlds <n>', 'markets to play', within(1, 1_000), 3)
    .option('--days <n>', 'days of each', within(30, 2_000), 120)
    .option('--lines <n>', 'ad lines', within(2, 50), 6)
    .option('--total <amount>', 'money a day', within(100, 1e9), 12_000)
    .option('--experiment-days <n>', 'length of the experiments on each line; 0 for none', within(0, 60), 14)
    .option('--seed <text>', 'first part of the seeds', 'world')
    .option('--no-lies', 'a platform that does what it says')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (options: SimulateOptions) => {
      const words = WORDS[languageOf(options.lang)]
      print({ json: options.json }, await play(options), (result) => textOf(result, words))
    })

const play = async (options: SimulateOptions): Promise<SimulatedBudgets> => {
  const bar =
    process.stderr.isTTY && !options.json
      ? new SingleBar({ format: '{bar} {value}/{total}', hideCursor: true })
      : null
  bar?.start(options.worlds, 0)
  const worlds: WorldRow[] = []
  try {
    for (let world = 0; world < options.worlds; world++) {
      worlds.push(await playOne(options, `${options.seed} ${world}`))
      bar?.increment()
    }
  } finally {
    bar?.stop()
  }
  const names: readonly Name[] = ['ours', ...RULES]
  return {
    days: options.days,
    lines: options.lines,
    worlds,
    shares: Object.fromEntries(
      names.map((name) => [name, rangeOf(worlds.map(({ shares }) => shares[name] ?? 0))]),
    ),
  }
}

const playOne = async (
  { days, lines, total, experimentDays, lies }: SimulateOptions,
  seed: string,
): Promise<WorldRow> => {
  const world = { seed, days, lines, total, experimentDays }
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
  const best = sum(runRule(world, 'oracle').daily)
  const ours = await runAds({ ...world, lies: lies ? LIES : NO_LIES })
  return {
    seed,
    shares: Object.fromEntries([
      ['ours', sum(ours.daily) / best],
      ...RULES.map((rule) => [rule, sum(runRule(world, rule).daily) / best]),
    ]),
    spent: ours.spent / days,
    aboveCap: ours.breaches.caps,
    editsBeyond: ours.breaches.edits,
    backAndForth: ours.breaches.backAndForth,
  }
}

const rangeOf = (values: readonly number[]): Range => {
  const mean = values.reduce((all, one) => all + one, 0) / values.length
  const square = values.reduce((all, one) => all + (one - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const half = 1.96 * Math.sqrt(square / values.length)
  return { mean, low: mean - half, high: mean + half }
}

const textOf = ({ worlds, shares, days, lines }: SimulatedBudgets, words: Words): string => {
  const names: readonly Name[] = ['ours', ...RULES]
  const sum = (pick: (row: WorldRow) => number) => worlds.reduce((all, row) => all + pick(row), 0)
  return [
    words.head(worlds.length, days, lines),
    '',
    table([
      [words.market, ...names.map((name) => words.names[name])],
      ...worlds.map((row) => [row.seed, ...names.map((name) => (row.shares[name] ?? 0).toFixed(3))]),
    ]),
    '',
    table([
      [words.mean, words.interval, ''],
      ...names.map((name) => {
        const { mean, low, high } = shares[name] as Range
        const told = worlds.length > 1 ? `${low.toFixed(3)} … ${high.toFixed(3)}` : words.one
        return [mean.toFixed(3), told, words.names[name]]
      }),
    ]),
    '',
    words.broken(
      sum((row) => row.aboveCap),
      sum((row) => row.editsBeyond),
      sum((row) => row.backAndForth),
    ),
  ].join('\n')
}

const WORDS = {
  en: {
    head: (worlds: number, days: number, lines: number) =>
      `${worlds} simulated markets of ${days} days and ${lines} lines: return as a share of an oracle's that knows the curves`,
    market: 'market',
    names: {
      ours: 'windvane',
      equal: 'equal',
      last_click: 'last click',
      static: 'static optimum',
      oracle: 'oracle',
    },
    mean: 'mean',
    interval: '95 % interval',
    one: 'one market only',
    broken: (caps: number, edits: number, back: number) =>
      `Days above a cap: ${caps}. Edits beyond the platform's quota: ${edits}. Back and forth within a day: ${back}.`,
  },
  ru: {
    head: (worlds: number, days: number, lines: number) =>
      `Имитация: рынков — ${worlds}, дней в каждом — ${days}, линий — ${lines}. Отдача в долях от оракула, который знает кривые`,
    market: 'рынок',
    names: {
      ours: 'windvane',
      equal: 'поровну',
      last_click: 'последний клик',
      static: 'разовый оптимум',
      oracle: 'оракул',
    },
    mean: 'среднее',
    interval: 'интервал 95 %',
    one: 'рынок один',
    broken: (caps: number, edits: number, back: number) =>
      `Дней выше предела: ${caps}. Правок сверх квоты площадки: ${edits}. Туда и обратно за сутки: ${back}.`,
  },
}
type Words = (typeof WORDS)['en']
