// `windvane budget`: where the next unit of money earns most. `plan` and `explain` work on a plain file of spend and
// results without a server; `simulate` plays the simulated ad market.

import { Command, InvalidArgumentError } from 'commander'
import {
  HISTORY_RULES,
  planFromHistory,
  type HistoryLine,
  type HistoryPlan,
  type HistoryPlanLine,
} from '../../budget/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { note, print } from '../output.ts'
import { dayText, readBudgetFile, type BudgetFile, type BudgetFileOptions } from './budget-file.ts'
import { explainText, planText } from './budget-text.ts'
import { readLimits, type FileLimits } from './budget-limits.ts'
import { budgetExperiment } from './budget-experiment.ts'
import { budgetSimulate } from './budget-simulate.ts'
import { languageOf } from './columns.ts'

type PlanOptions = BudgetFileOptions & {
  readonly total?: number
  readonly plan?: string
  readonly marginShare: number
  readonly randomised: boolean
  readonly stepMax: number
  readonly returnMin: number
  readonly seed: string
  readonly lang: string
  readonly json: boolean
}

/** A plan with what the file says around it. */
export type FilePlan = HistoryPlan & {
  readonly currency: string
  readonly stepDays: number
  /** Of the step that is planned, and of the history, as YYYY-MM-DD. */
  readonly date: string
  readonly firstDate: string
  readonly lastDate: string
}

export const budgetCommand = (): Command =>
  new Command('budget')
    .description('where the next unit of ad money earns most')
    .addCommand(planCommandOf())
    .addCommand(explainCommandOf())
    .addCommand(budgetSimulate())
    .addCommand(budgetExperiment())

const number = (text: string): number => {
  const value = Number(text)
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be 0 or more.')
  return value
}
const share = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be above 0 and at most 1.')
  return value
}
const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

const fileCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('<file>', 'CSV or NDJSON: a row for a line and a day (or week), with spend and results')
    .option('--date <column>', 'column of dates')
    .option('--line <column>', 'column of lines: campaigns or channels')
    .option('--spend <column>', 'column of spend')
    .option('--value <column>', 'column of the value brought, in money')
    .option('--conversions <column>', 'column of conversions, where there is no value')
    .option('--conversion-value <amount>', 'what one conversion is worth', number)
    .option('--demand <column>', 'column of demand that ads do not move, such as brand searches')
    .option('--currency-column <column>', 'column of currencies')
    .option('--currency <code>', 'currency of the amounts, where the file does not say it')
    .option('--date-format <format>', 'such as DD.MM.YYYY; found out when absent')
    .option('--drop-last <steps>', 'steps at the end whose results are not all there yet', whole, 0)
    .option('--experiments <file>', 'CSV of experiments: line, from, to, effect, standard_error')
    .option('--randomised', 'spend was varied by chance in this history', false)
    .option('--plan <file>', 'YAML of a plan: limits, capacity and margin of its lines in the section ads')
    .option('--margin-share <share>', 'share of the value that is margin', share, 1)
    .option('--seed <text>', 'of the draws', '1')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)

const planCommandOf = (): Command =>
  fileCommand('plan', 'the next step’s budgets, with marginal returns and reasons')
    .option('--total <amount>', 'money for all lines in the next step; as much as lately when absent', number)
    .option('--step-max <share>', 'most that a line may change at once', share, HISTORY_RULES.stepShareMax)
    .option(
      '--return-min <number>',
      'margin that a unit must bring to be spent',
      number,
      HISTORY_RULES.returnMin,
    )
    .action(async (file: string, options: PlanOptions) => {
      const lang = languageOf(options.lang)
      print({ json: options.json }, await planOf(file, options), (plan) => planText(plan, lang))
    })

const explainCommandOf = (): Command =>
  fileCommand('explain', 'one line: its curve with a band, where it stands, what its last change brought')
    .argument('<name>', 'the line, as the file names it')
    .action(async (file: string, name: string, options: PlanOptions) => {
      const lang = languageOf(options.lang)
      const plan = await planOf(file, options)
      const line = plan.lines.find(({ id }) => id === name)
      if (line === undefined)
        throw new Failure({
          code: 'budget.unknown_line',
          message: `There is no line "${name}".`,
          hint: `The file has: ${plan.lines
            .slice(0, 30)
            .map(({ id }) => id)
            .join(', ')}`,
        })
      print({ json: options.json }, explained(plan, line), () => explainText(plan, line, lang))
    })

const explained = ({ currency, stepDays, date }: FilePlan, line: HistoryPlanLine) => ({
  currency,
  stepDays,
  date,
  ...line,
})

const RECENT = { day: 7, week: 4 }

const planOf = async (path: string, options: PlanOptions): Promise<FilePlan> => {
  const file = await readBudgetFile(path, options)
  const limits = options.plan === undefined ? null : readLimits(options.plan, file.stepDays)
  remark(file, limits)
  const asked = options.total ?? limits?.totalTarget ?? null
  const plan = planFromHistory({
    lines: limits === null ? file.lines : file.lines.map((line) => limited(line, limits)),
    demandOn: file.demandOn,
    total: asked === null || limits === null ? asked : Math.min(asked, limits.totalMax),
    marginShare: options.marginShare,
    randomised: options.randomised,
    recentSteps: file.stepDays === 7 ? RECENT.week : RECENT.day,
    rules: {
      ...HISTORY_RULES,
      stepShareMax: options.stepMax ?? HISTORY_RULES.stepShareMax,
      returnMin: options.returnMin ?? HISTORY_RULES.returnMin,
    },
    rng: createRng(`budget:${options.seed}`),
  })
  return {
    ...plan,
    currency: file.currency,
    stepDays: file.stepDays,
    date: dayText(file.lastDay + file.stepDays),
    firstDate: dayText(file.firstDay),
    lastDate: dayText(file.lastDay),
  }
}

const limited = (line: HistoryLine, { of }: FileLimits): HistoryLine => {
  const limits = of(line.id)
  return limits === undefined ? line : { ...line, limits }
}

const remark = (file: BudgetFile, limits: FileLimits | null): void => {
  const { remark: leftOut, filled, columns, currency } = file
  if (limits !== null && currency !== '' && currency !== limits.currency)
    throw new Failure({
      code: 'budget.currency',
      message: `The file says ${currency} and the plan says ${limits.currency}.`,
      hint: 'Take the plan of that currency.',
    })
  const free = limits === null ? [] : file.lines.filter(({ id }) => limits.of(id) === undefined)
  if (free.length > 0)
    note(
      `The plan has no limits for ${free
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}${free.length > 5 ? ' …' : ''}.`,
    )
  if (leftOut !== null) note(leftOut)
  if (filled > 0) note(`${filled} steps that a line lacks count as without spend.`)
  if (/micros$/i.test(columns.spend)) note(`"${columns.spend}" was read as millionths.`)
  if (columns.demand === null) note('No column of demand: all steps count as equally good (--demand).')
  if (currency === '') note('The file names no currency: amounts are taken to be of one (--currency).')
}
