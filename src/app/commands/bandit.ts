// `windvane bandit`: a log of decisions replayed as if other policies had learnt along the way, or the variants of tests
// with the probability that each is the best. From a plain CSV, without a server.

import { Command, InvalidArgumentError, Option } from 'commander'
import { badCell, datesOf, type TextColumn, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { renderReplay, replayBandits, type ReplayInput } from '../../feedback/index.ts'
import type { PolicySpec } from '../../model/events.ts'
import { frameOfText, isNamedAsResult, type BanditOptions } from '../../model/index.ts'
import { note, print } from '../output.ts'
import { assessTests, isVariantTable, printTests, TEST_OPTIONS, type TestOptions } from './bandit-tests.ts'
import { amountsOf, columnFor, languageOf, namedColumn, readRows, usualColumn } from './columns.ts'

type BanditCommandOptions = TestOptions & {
  readonly action?: string
  readonly reward?: string
  readonly propensity?: string
  readonly time?: string
  readonly context?: readonly string[]
  readonly ignore: readonly string[]
  readonly policy: readonly PolicySpec['kind'][]
  readonly floor: number
  readonly model: BanditOptions['kind']
  readonly prior: 'usual' | 'wide' | 'learnt'
  readonly halfLife?: number
  readonly changePoints: boolean
  readonly chances: boolean
  readonly seed: string
  readonly lang: string
  readonly json: boolean
}

const ACTIONS = [
  'action',
  'item_id',
  'arm',
  'variant',
  'treatment',
  'segment',
  'campaign',
  'offer',
  'действие',
]
const REWARDS = [
  'reward',
  'click',
  'clicked',
  'conversion',
  'converted',
  'visit',
  'purchase',
  'outcome',
  'revenue',
  'spend',
  'награда',
]
const PROPENSITIES = ['propensity', 'propensity_score', 'pscore', 'probability', 'prob', 'вероятность']
const TIMES = ['timestamp', 'time', 'datetime', 'date', 'at', 'время', 'дата']
const KINDS = ['epsilon_greedy', 'thompson', 'optimism', 'squarecb'] as const
/** Rewards may be told by the context nearly in full, as in data made of labels. */
const WIDE: BanditOptions['prior'] = { shared: 1, action: 1, cross: 20 }
/** Of log-odds, which have a unit of their own: a rare outcome lies four below an even one. */
const ODDS: BanditOptions['prior'] = { shared: 16, action: 1, cross: 4 }
const WIDE_ODDS: BanditOptions['prior'] = { shared: 16, action: 4, cross: 80 }
const COLUMNS_MAX = 200

const above0 = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}
const share = (text: string): number => {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a share from 0 to 1.')
  return value
}

export const banditCommand = (): Command => {
  const command = new Command('bandit')
    .description('what policies that learn would have earned on a log, or how the variants of a test stand')
    .argument(
      '<file>',
      'CSV or NDJSON: a decision a row (action, reward, propensity, context), or a variant a row (shown, successes)',
    )
    .option('--action <column>', 'what was done (default: action, arm, segment and the like)')
    .option('--reward <column>', 'yes or no, or an amount (default: reward, click, conversion and the like)')
    .option('--propensity <column>', 'probability with which it was drawn (default: propensity and the like)')
    .option('--time <column>', 'when; else in the order of the rows (default: timestamp and the like)')
    .option('--context <column...>', 'what was known beforehand (default: all other columns)')
    .option('--ignore <column...>', 'columns that are no context', [])
    .addOption(
      new Option('--policy <kind...>', 'policies that learn').choices(KINDS).default([...KINDS], 'all four'),
    )
    .option('--floor <share>', 'least share of all actions together', share, 0.05)
    .addOption(
      new Option('--model <kind>', 'hashed, or dense with full covariance for few features')
        .choices(['hashed', 'dense'])
        .default('hashed'),
    )
    .addOption(
      new Option(
        '--prior <width>',
        'wide where the context tells rewards nearly in full; learnt: found on the way (dense)',
      )
        .choices(['usual', 'wide', 'learnt'])
        .default('usual'),
    )
    .option('--half-life <days>', 'what was learnt this long ago counts half; needs times', above0)
    .option('--chances', 'rewards are 0 and 1: learn their log-odds (dense)', false)
    .option('--change-points', 'forget most at once when the world is seen to change', false)
  for (const [flags, description] of TEST_OPTIONS) command.option(flags, description)
  return command
    .option('--seed <text>', 'of the rows kept for learning from own rows', '1')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: BanditCommandOptions) => {
      const language = languageOf(options.lang)
      const table = await readRows(file)
      if (isVariantTable(table, options))
        return printTests(assessTests(table, options), { ...options, language })
      const result = replayBandits(inputOf(table, options))
      print({ json: options.json }, result, (shown) => renderReplay(shown, language))
    })
}

const inputOf = (table: TextTable, options: BanditCommandOptions): ReplayInput => {
  const action = columnFor(table, options.action, { option: '--action', usual: ACTIONS })
  const reward = columnFor(table, options.reward, { option: '--reward', usual: REWARDS })
  const propensity =
    options.propensity === undefined
      ? usualColumn(table, PROPENSITIES)
      : namedColumn(table, options.propensity, '--propensity')
  const time =
    options.time === undefined ? usualColumn(table, TIMES) : namedColumn(table, options.time, '--time')
  const taken = new Set([action.name, reward.name, propensity?.name, time?.name])
  const rewards = amountsOf(table, reward, '--reward')
  if (options.chances) checkChances(table, reward, rewards)
  const actions = action.cells.map((cell) => cell.trim())
  const empty = actions.indexOf('')
  if (empty >= 0)
    throw badCell(table.path, table, empty, {
      column: action.name,
      texts: actions,
      is: 'an action',
      option: '--action',
    })
  return {
    context: contextOf(table, taken, options),
    actions,
    rewards,
    propensities: propensity === undefined ? null : chancesOf(table, propensity),
    times: time === undefined ? null : timesOf(table, time),
    policies: options.policy.map((kind) => ({
      name: kind,
      policy: { kind, explorationFloor: options.floor },
    })),
    model: modelOf(options, time !== undefined),
    seed: options.seed,
  }
}

const checkChances = (table: TextTable, { name, cells }: TextColumn, rewards: Float64Array): void => {
  const bad = rewards.findIndex((reward) => reward !== 0 && reward !== 1)
  if (bad < 0) return
  throw badCell(table.path, table, bad, {
    column: name,
    texts: cells.map((cell) => cell.trim()),
    is: '0 or 1, of which alone --chances learns',
    option: '--reward',
  })
}

const timesOf = (table: TextTable, { name, cells }: TextColumn): Float64Array => {
  const texts = cells.map((cell) => cell.trim())
  const { at, format } = datesOf(texts, { zone: 'UTC', option: '--time' })
  const bad = at.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return at
  throw badCell(table.path, table, bad, {
    column: name,
    texts,
    is: `a date (${format})`,
    option: '--time',
  })
}

const chancesOf = (table: TextTable, column: TextColumn): Float64Array => {
  const chances = amountsOf(table, column, '--propensity')
  const bad = chances.findIndex((chance) => !(chance > 0 && chance <= 1))
  if (bad < 0) return chances
  throw badCell(table.path, table, bad, {
    column: column.name,
    texts: column.cells.map((cell) => cell.trim()),
    is: 'a probability above 0 and at most 1',
    option: '--propensity',
  })
}

const contextOf = (
  table: TextTable,
  taken: ReadonlySet<string | undefined>,
  { context, ignore }: BanditCommandOptions,
): ReplayInput['context'] => {
  const ignored = new Set(ignore.map((name) => namedColumn(table, name, '--ignore').name))
  const asked = context?.map((name) => namedColumn(table, name, '--context'))
  const columns = (asked ?? table.columns).filter(({ name }) => !taken.has(name) && !ignored.has(name))
  // Another result of the same decision would tell this one.
  const results = asked === undefined ? columns.filter(({ name }) => isNamedAsResult(name)) : []
  const { frame, leftOut } = frameOfText(columns.filter((column) => !results.includes(column)))
  const out = [
    ...results.map(({ name }) => `${name} (called like a result)`),
    ...leftOut.map(({ name, why }) => `${name} (${why})`),
  ]
  if (out.length > 0) note(`No context: ${out.join(', ')}; name the columns with --context to take others`)
  if (frame.columns.length <= COLUMNS_MAX) return frame
  throw new Failure({
    code: 'bandit.too_many_columns',
    message: `${frame.columns.length} columns of context are more than are learnt from (${COLUMNS_MAX}).`,
    hint: 'Name those that matter with --context.',
  })
}

const modelOf = (
  { model, prior, halfLife, changePoints, chances }: BanditCommandOptions,
  hasTimes: boolean,
): Partial<BanditOptions> => {
  if (halfLife !== undefined && !hasTimes)
    throw new Failure({
      code: 'bandit.no_times',
      message: '--half-life counts days, and the file has no column of times.',
      hint: 'Name it with --time.',
    })
  if (prior === 'learnt' && model !== 'dense')
    throw new Failure({
      code: 'bandit.prior_not_dense',
      message: 'only a dense model learns its prior.',
      hint: 'Add --model dense.',
    })
  if (chances && model !== 'dense')
    throw new Failure({
      code: 'bandit.chances_not_dense',
      message: 'only a dense model learns chances.',
      hint: 'Add --model dense.',
    })
  return {
    kind: model,
    changePoints,
    ...(chances ? { link: 'logit' as const, prior: prior === 'wide' ? WIDE_ODDS : ODDS } : {}),
    ...(model === 'dense' ? { dimensionMax: 1_024 } : {}),
    ...(prior === 'wide' && !chances ? { prior: WIDE } : {}),
    ...(prior === 'learnt' ? { learnsPrior: true } : {}),
    ...(halfLife === undefined ? {} : { halfLifeDays: halfLife }),
  }
}
