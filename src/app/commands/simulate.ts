// `windvane simulate`: the loop in simulated markets whose truth is known, seed by seed.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { SingleBar } from 'cli-progress'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { renderBare, renderSimulation, simulateBare, simulateSeeds } from '../../sim/index.ts'
import { demoPlanYaml, readPlan } from '../demo-plan.ts'
import { print } from '../output.ts'

type SimulateOptions = {
  readonly seeds: string
  readonly name: string
  readonly customers?: string
  readonly days?: string
  readonly horizonDays?: string
  readonly plan?: string
  readonly campaign?: string
  readonly workers: string
  readonly drift: boolean
  readonly delay: boolean
  readonly bare: boolean
  readonly json: boolean
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description('play simulated markets: is the planted lift found, does learning earn more')
    .option('--seeds <n>', 'markets to play', '10')
    .option('--name <text>', 'first part of the seeds: another name, other markets', 'seed')
    .option('--customers <n>', 'people in each market')
    .option('--days <n>', 'days to play')
    .option('--horizon-days <n>', 'of the comparison with the holdout')
    .option('--plan <file>', 'plan to play; the demo plan otherwise')
    .option('--campaign <id>', 'scheduled campaign to compare policies on')
    .option('--workers <n>', 'threads', '2')
    .option('--drift', 'tastes move half way', false)
    .option('--delay', 'orders come late, half of them after more than a day and a half', false)
    .option('--bare', 'only the learner and the market, without the product around it: minutes', false)
    .option('--json', 'answer as one JSON document', false)
    .action(async (options: SimulateOptions) => {
      const plan = readPlan(options.plan === undefined ? demoPlanYaml() : readText(options.plan))
      const bar =
        process.stderr.isTTY && !options.json
          ? new SingleBar({ format: '{bar} {value}/{total} markets', hideCursor: true })
          : null
      bar?.start(Number(options.seeds), 0)
      try {
        const settings = {
          plan,
          seeds: Number(options.seeds),
          name: options.name,
          workers: Number(options.workers),
          ...optional('campaignId', options.campaign),
          ...optional('customers', numberOf(options.customers)),
          ...optional('days', numberOf(options.days)),
          ...optional('horizonDays', numberOf(options.horizonDays)),
          drift: options.drift,
          delay: options.delay,
          onRow: () => bar?.increment(),
        }
        if (options.bare) print({ json: options.json }, await simulateBare(settings), renderBare)
        else print({ json: options.json }, await simulateSeeds(settings), renderSimulation)
      } finally {
        bar?.stop()
      }
    })

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>)

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Failure({
      code: 'plan.unreadable',
      message: `cannot read ${file}: ${messageOf(cause)}`,
      hint: 'Check the path.',
      cause,
    })
  }
}
