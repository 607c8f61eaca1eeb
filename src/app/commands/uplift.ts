// `windvane uplift`: what a campaign changed, for whom, and whether a target list beats all or nobody; from
// a plain CSV of an experiment, without a server.

import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { badCell, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import {
  assessUplift,
  frameOfText,
  predictUplift,
  renderUplift,
  type Frame,
  type UpliftAssessment,
  type UpliftModel,
} from '../../model/index.ts'
import { note, print } from '../output.ts'
import { amountsOf, columnFor, csvCell, languageOf, namedColumn, readRows } from './columns.ts'

type UpliftOptions = {
  readonly treatment?: string
  readonly control?: string
  readonly outcome?: string
  readonly arm?: string
  readonly propensity?: string
  readonly cost: string
  readonly ignore: readonly string[]
  readonly keep: readonly string[]
  readonly seed: string
  readonly out?: string
  readonly lang: string
  readonly json: boolean
}

type ArmResult = UpliftAssessment & {
  readonly arm: string
  readonly control: string
  readonly outcome: string
}
type Scored = {
  readonly arm: string
  readonly scores: Float64Array
  readonly targeted: (score: number) => boolean
}

const TREATMENTS = ['treatment', 'treated', 'segment', 'group', 'variant', 'arm', 'action', 'группа']
const OUTCOMES = [
  'outcome',
  'visit',
  'conversion',
  'converted',
  'purchase',
  'response',
  'target',
  'spend',
  'исход',
]
const CONTROLS = ['0', 'control', 'none', 'no', 'false', 'nothing', 'holdout', 'no e-mail', 'контроль']
const ARMS_MAX = 20

export const upliftCommand = (): Command =>
  new Command('uplift')
    .description('what a treatment changed and for whom: a target list, all, or nobody')
    .argument('<file>', 'CSV or NDJSON of an experiment drawn by chance, a row per person')
    .option('--treatment <column>', 'who got what (default: treatment, segment, group and the like)')
    .option('--control <value>', 'its value for the control group')
    .option('--arm <value>', 'only this value of it; else each against the control')
    .option('--outcome <column>', 'yes or no, or an amount (default: visit, conversion and the like)')
    .option(
      '--propensity <share>',
      'chance of treatment that was set, arm against control; else the share found',
    )
    .option('--cost <amount>', 'of one treatment, in units of the outcome', '0')
    .option('--ignore <column...>', 'columns not to learn from', [])
    .option('--keep <column...>', 'columns to learn from although they seem to be known only afterwards', [])
    .option('--seed <text>', 'decides the folds and the bootstrap', '1')
    .option('--out <file>', 'write the expected uplift of each row here (CSV)')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: UpliftOptions) => {
      const language = languageOf(options.lang)
      const table = await readRows(file)
      const { results, scored } = assessTable(table, options)
      if (options.out !== undefined) writeUplifts(options.out, table.rows, scored)
      print({ json: options.json }, results, (all: readonly ArmResult[]) =>
        all.map((result) => renderUplift(result, result, language)).join('\n\n'),
      )
    })

const assessTable = (table: TextTable, options: UpliftOptions) => {
  const treatment = columnFor(table, options.treatment, { option: '--treatment', usual: TREATMENTS })
  const outcome = columnFor(table, options.outcome, { option: '--outcome', usual: OUTCOMES })
  const groups = treatment.cells.map((cell) => cell.trim())
  const nobody = groups.indexOf('')
  if (nobody >= 0)
    throw badCell(table.path, table, nobody, {
      column: treatment.name,
      texts: groups,
      is: 'a treatment',
      option: '--treatment',
    })
  const { control, arms } = armsOf(groups, treatment.name, options)
  const ignored = new Set(options.ignore.map((name) => namedColumn(table, name, '--ignore').name))
  const keep = options.keep.map((name) => namedColumn(table, name, '--keep').name)
  const { frame, leftOut } = frameOfText(
    table.columns.filter(
      ({ name }) => name !== treatment.name && name !== outcome.name && !ignored.has(name),
    ),
  )
  if (leftOut.length > 0)
    note(`Not learnt from: ${leftOut.map(({ name, why }) => `${name} (${why})`).join(', ')}`)
  const amounts = amountsOf(table, outcome, '--outcome')
  const cost = numberOf(options.cost, '--cost')
  const results: ArmResult[] = []
  const scored: Scored[] = []
  for (const arm of arms) {
    const rows = groups.flatMap((group, row) => (group === arm || group === control ? [row] : []))
    const treated = Uint8Array.from(rows, (row) => (groups[row] === arm ? 1 : 0))
    const found = treated.reduce((sum, t) => sum + t, 0) / rows.length
    const { assessment, model } = assessUplift(
      {
        frame: rowsOfFrame(frame, rows),
        treated,
        outcome: Float64Array.from(rows, (row) => amounts[row] as number),
        propensity: options.propensity === undefined ? found : numberOf(options.propensity, '--propensity'),
      },
      { seed: options.seed, cost, keep },
    )
    results.push({ arm, control, outcome: outcome.name, ...assessment })
    scored.push(scoresOf(arm, model, frame, { assessment, cost }))
  }
  return { results, scored }
}

const scoresOf = (
  arm: string,
  model: UpliftModel,
  frame: Frame,
  { assessment, cost }: { readonly assessment: UpliftAssessment; readonly cost: number },
): Scored => {
  const { decision } = assessment.targeting
  const targeted = (score: number) => decision === 'all' || (decision === 'individual' && score > cost)
  return { arm, scores: predictUplift(model, frame), targeted }
}

const armsOf = (
  groups: readonly string[],
  column: string,
  options: UpliftOptions,
): { control: string; arms: readonly string[] } => {
  const values = [...new Set(groups)].filter((value) => value !== '').toSorted()
  const wanted = options.control?.trim()
  const control =
    wanted === undefined
      ? values.find((value) => CONTROLS.includes(value.toLowerCase()))
      : (values.find((value) => value === wanted) ?? controlLike(values, wanted))
  if (control === undefined)
    throw new Failure({
      code: 'uplift.control_unknown',
      message:
        wanted === undefined
          ? `Which value of "${column}" is the control group?`
          : `"${column}" is never "${wanted}".`,
      hint: `Name it with --control. It has: ${values.slice(0, 10).join(', ')}`,
    })
  const arms = values.filter((value) => value !== control && (options.arm ?? value) === value)
  if (arms.length > 0 && arms.length <= ARMS_MAX) return { control, arms }
  throw new Failure({
    code: 'uplift.arms',
    message: `"${column}" has ${arms.length} values beside the control "${control}".`,
    hint: `From 1 to ${ARMS_MAX} can be compared; name one with --arm, or another column with --treatment.`,
  })
}

/** `none` for "No E-Mail": a word for the control group, when just one value is such a word. */
const controlLike = (values: readonly string[], wanted: string): string | undefined => {
  const same = values.find((value) => value.toLowerCase() === wanted.toLowerCase())
  const usual = values.filter((value) => CONTROLS.includes(value.toLowerCase()))
  return same ?? (CONTROLS.includes(wanted.toLowerCase()) && usual.length === 1 ? usual[0] : undefined)
}

const rowsOfFrame = (frame: Frame, rows: readonly number[]): Frame => ({
  rows: rows.length,
  columns: frame.columns.map((column) =>
    column.kind === 'number'
      ? {
          ...column,
          values: Float64Array.from(rows, (row) => column.values[row] as number),
          missing: Uint8Array.from(rows, (row) => column.missing[row] as number),
        }
      : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] as number) },
  ),
})

const numberOf = (text: string, option: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new Failure({ code: 'uplift.option', message: `${option} is "${text}".`, hint: 'Give a number.' })
}

const writeUplifts = (path: string, rows: number, scored: readonly Scored[]): void => {
  const head = ['row', ...scored.flatMap(({ arm }) => [csvCell(`uplift ${arm}`), csvCell(`target ${arm}`)])]
  const lines = Array.from({ length: rows }, (_, row) =>
    [
      row + 1,
      ...scored.flatMap(({ scores, targeted }) => {
        const score = scores[row] as number
        return [score.toFixed(6), targeted(score) ? 1 : 0]
      }),
    ].join(','),
  )
  writeFileSync(path, `${[head.join(','), ...lines].join('\n')}\n`)
}
