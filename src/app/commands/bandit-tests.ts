// The half of `windvane bandit` that reads tests: a row for each variant, with how often it was shown and how often that
// succeeded; of one test or of many, which then teach each other what rates are usual.

import { badCell, lineOf, numbersOf, type TextColumn, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import {
  assessVariants,
  FLAT_PRIOR,
  learnVariantPrior,
  renderVariantTest,
  renderVariantTests,
  TESTS_MIN,
  type NamedTest,
  type Variant,
} from '../../model/index.ts'
import { print } from '../output.ts'
import { columnFor, namedColumn, usualColumn } from './columns.ts'

export type TestOptions = {
  readonly arm?: string
  readonly trials?: string
  readonly successes?: string
  readonly test?: string
}

export const TEST_OPTIONS: readonly (readonly [flags: string, description: string])[] = [
  ['--arm <column>', 'of tests: the variant (default: variant, arm, headline and the like)'],
  [
    '--trials <column>',
    'of tests: how often it was shown (default: trials, impressions, sends and the like)',
  ],
  ['--successes <column>', 'of tests: how often that succeeded (default: successes, clicks and the like)'],
  ['--test <column>', 'of tests: which test the row belongs to (default: test, test_id and the like)'],
]

const ARMS = ['variant', 'arm', 'headline', 'subject', 'creative', 'name', 'version', 'action', 'вариант']
const TRIALS = ['trials', 'impressions', 'sends', 'sent', 'shown', 'delivered', 'visitors', 'n', 'показы']
const SUCCESSES = ['successes', 'clicks', 'conversions', 'orders', 'purchases', 'opens', 'успехи', 'клики']
const TESTS = ['test', 'test_id', 'experiment', 'experiment_id', 'тест']
const TESTS_MAX = 100_000

/** Its columns were named as a test's, or are: counts of trials and of successes, and no action and reward were named. */
export const isVariantTable = (
  table: TextTable,
  options: TestOptions & { readonly action?: string; readonly reward?: string },
): boolean => {
  if (options.action !== undefined || options.reward !== undefined) return false
  if (options.trials !== undefined || options.successes !== undefined || options.arm !== undefined)
    return true
  return usualColumn(table, TRIALS) !== undefined && usualColumn(table, SUCCESSES) !== undefined
}

/** How the variants of each test stand, in the order of the file. */
export const assessTests = (table: TextTable, options: TestOptions): readonly NamedTest[] => {
  const counts = (given: string | undefined, option: string, usual: readonly string[]) =>
    countsOf(table, columnFor(table, given, { option, usual }), option)
  const trials = counts(options.trials, '--trials', TRIALS)
  const successes = counts(options.successes, '--successes', SUCCESSES)
  const arm = options.arm === undefined ? usualColumn(table, ARMS) : namedColumn(table, options.arm, '--arm')
  const test =
    options.test === undefined ? usualColumn(table, TESTS) : namedColumn(table, options.test, '--test')
  const tests = new Map<string, { names: string[]; variants: Variant[] }>()
  for (let row = 0; row < table.rows; row++) {
    if ((successes[row] as number) > (trials[row] as number))
      throw moreThanShown(table, row, trials[row] as number, successes[row] as number)
    const id = test?.cells[row]?.trim() ?? ''
    const known = tests.get(id) ?? { names: [], variants: [] }
    tests.set(id, known)
    known.names.push(arm?.cells[row]?.trim() || `#${known.names.length + 1}`)
    known.variants.push({ impressions: trials[row] as number, clicks: successes[row] as number })
  }
  const several = [...tests].filter(([, { variants }]) => variants.length > 1)
  if (several.length === 0 || several.length > TESTS_MAX)
    throw new Failure({
      code: 'bandit.tests',
      message: `The file has ${several.length} tests of two variants or more.`,
      hint: `There must be 1 to ${TESTS_MAX}; name the column that tells tests apart with --test.`,
    })
  const prior =
    several.length < TESTS_MIN ? FLAT_PRIOR : learnVariantPrior(several.map(([, { variants }]) => variants))
  return several.map(([id, { names, variants }]) => ({
    test: id,
    names,
    ...assessVariants(variants, { prior }),
  }))
}

const moreThanShown = (table: TextTable, row: number, trials: number, successes: number): Failure =>
  new Failure({
    code: 'table.cell',
    message: `Line ${lineOf(table, row)} of ${table.path} has ${successes} successes of ${trials} trials: that cannot be.`,
    hint: 'Mend the line or take it out, or name other columns with --trials and --successes.',
  })

/** A file with a decision a row comes here only when it has columns called like counts. */
const countsOf = (table: TextTable, { name, cells }: TextColumn, option: string): Float64Array => {
  const texts = cells.map((cell) => cell.trim())
  const counts = numbersOf(texts)
  const bad = counts.findIndex((count) => !(count >= 0) || !Number.isInteger(count))
  if (bad < 0) return counts
  throw badCell(table.path, table, bad, {
    column: name,
    texts,
    is: 'a count (a whole number from 0)',
    option,
  })
}

export const printTests = (
  tests: readonly NamedTest[],
  { json, language }: { readonly json: boolean; readonly language: 'en' | 'ru' },
): void => {
  print({ json }, tests, ([first, ...others]) =>
    first !== undefined && others.length === 0
      ? renderVariantTest(first, language)
      : renderVariantTests(tests, language),
  )
}
