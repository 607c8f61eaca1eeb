// `windvane churn`: learns who will leave (or buy, or answer) from a plain CSV of customers, says how far to
// trust it, and writes a score for each row. Works without a server.

import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { TextTable } from '../../connect/index.ts'
import {
  fitInWorker,
  frameOfText,
  predictPropensity,
  renderCard,
  type DateColumn,
  type Fitted,
  type ModelCard,
  type TextFrame,
} from '../../model/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { note, print } from '../output.ts'
import { columnFor, csvCell, languageOf, namedColumn, outcomeOf, readRows, usualColumn } from './columns.ts'

type ChurnOptions = {
  readonly target?: string
  readonly positive?: string
  readonly time?: string
  readonly id?: string
  readonly ignore: readonly string[]
  readonly keep: readonly string[]
  readonly champion: 'logistic' | 'online'
  readonly seed: string
  readonly out?: string
  readonly card?: string
  readonly lang: string
  readonly json: boolean
}

const TARGETS = [
  'churn',
  'churned',
  'is_churn',
  'churn_label',
  'attrition',
  'exited',
  'left',
  'unsubscribed',
  'converted',
  'conversion',
  'purchased',
  'responded',
  'target',
  'label',
  'отток',
  'ушел',
  'ушёл',
]
const TIMES = ['observed_at', 'snapshot_date', 'as_of', 'asof', 'snapshot', 'date', 'timestamp', 'дата']
const IDS = ['customer_id', 'customerid', 'user_id', 'client_id', 'profile_id', 'id', 'email']

export const churnCommand = (): Command =>
  new Command('churn')
    .description('who will leave (or buy): a calibrated model from a CSV of customers, with its own audit')
    .argument('<file>', 'CSV or NDJSON, a row per customer (or per customer and date)')
    .option('--target <column>', 'the outcome, yes or no (default: Churn, Exited, converted and the like)')
    .option('--positive <value>', 'which value of it counts as the outcome')
    .option('--time <column>', 'when each row was observed: the latest rows are held out')
    .option('--id <column>', 'who it is: rows of one customer stay together')
    .option('--ignore <column...>', 'columns not to learn from', [])
    .option('--keep <column...>', 'columns to learn from although the audit warns of them', [])
    .addOption(
      new Option(
        '--champion <kind>',
        'whom the trees have to beat: fitted at once, or learnt row by row in the order of time',
      )
        .choices(['logistic', 'online'])
        .default('logistic'),
    )
    .option('--seed <text>', 'decides which rows are held out where there is no date', '1')
    .option('--out <file>', 'write a score per row here (CSV)')
    .option('--card <file>', 'write the model card here (JSON)')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: ChurnOptions) => {
      const language = languageOf(options.lang)
      const table = await readRows(file)
      const { fitted, text, ids } = await fitTable(table, options)
      if (options.out !== undefined) writeScores(options.out, fitted, text, ids)
      if (options.card !== undefined) writeFileSync(options.card, `${JSON.stringify(fitted.card, null, 2)}\n`)
      print({ json: options.json }, fitted.card, (card: ModelCard) => renderCard(card, language))
    })

const fitTable = async (table: TextTable, options: ChurnOptions) => {
  const target = columnFor(table, options.target, { option: '--target', usual: TARGETS })
  const id = options.id === undefined ? usualColumn(table, IDS) : namedColumn(table, options.id, '--id')
  const outcome = outcomeOf(table, target, '--target', options.positive)
  const ignored = new Set(options.ignore.map((name) => namedColumn(table, name, '--ignore').name))
  const keep = options.keep.map((name) => namedColumn(table, name, '--keep').name)
  const used = table.columns.filter(
    ({ name }) => name !== target.name && name !== id?.name && !ignored.has(name),
  )
  const text = frameOfText(used)
  if (text.leftOut.length > 0)
    note(`Not learnt from: ${text.leftOut.map(({ name, why }) => `${name} (${why})`).join(', ')}`)
  const time = timeOf(table, text.dates, options.time)
  const fitted = await fitInWorker({
    frame: text.frame,
    target: outcome,
    targetName: target.name,
    dates: text.dates,
    time,
    keys: id?.cells ?? null,
    keep,
    options: { seed: options.seed, champion: options.champion },
  })
  return { fitted, text, ids: id }
}

/** The named date column, else one with a usual name that has a date in each row. */
const timeOf = (table: TextTable, dates: readonly DateColumn[], given: string | undefined) => {
  const isWhole = ({ times }: DateColumn): boolean => times.every((at) => !Number.isNaN(at))
  const name =
    given === undefined ? usualColumn(table, TIMES)?.name : namedColumn(table, given, '--time').name
  const column = dates.find((date) => date.name === name)
  if (column !== undefined && isWhole(column)) return { column: column.name, times: column.times }
  if (given !== undefined) throw notDates(given)
  return null
}

const notDates = (name: string): Failure =>
  new Failure({
    code: 'churn.not_dates',
    message: `"${name}" does not have a date in each row.`,
    hint: 'Write dates as 2026-01-31 or 2026-01-31T12:00:00Z.',
  })

const writeScores = (
  path: string,
  { model, parts }: Fitted,
  { frame }: TextFrame,
  ids: { readonly name: string; readonly cells: readonly string[] } | undefined,
): void => {
  const scores = predictPropensity(model, frame)
  const lines = Array.from(scores, (score, row) => {
    const who = ids?.cells[row] ?? String(row + 1)
    return `${csvCell(who)},${score.toFixed(6)},${PARTS[parts[row] as number] ?? ''}`
  })
  writeFileSync(path, `${[`${csvCell(ids?.name ?? 'row')},score,part`, ...lines].join('\n')}\n`)
}

const PARTS = ['learnt', 'tuned', 'held_out'] as const
