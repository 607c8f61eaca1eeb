// `windvane budget experiment`: an experiment over regions as a guided action. Designed from a file of what regions sold,
// begun, and read; the result pins the line's curve. Asked of the running server, or done on the folder.

import { Command, Option } from 'commander'
import type { GeoAskBody, GeoDesignAnswer, GeoResultAnswer, GeoTest, Money } from '../../api/contract.ts'
import { geoAskOf, geoDesignAnswer, geoResultAnswer, geoTestsOf, regionDays } from '../../api/views/geo.ts'
import { datesOf, numbersOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR, spellPrincipal } from '../../kernel/principal.ts'
import { DAY_MS, localTime } from '../../kernel/time.ts'
import { beginGeoTest, designGeoTest, dropGeoTest, readGeoTest } from '../../stages/geo-acts.ts'
import type { Loop } from '../../loop.ts'
import { callServer } from '../control.ts'
import { note, print, table } from '../output.ts'
import { dayText } from './budget-file.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type FileOptions = Common & {
  readonly region?: string
  readonly date?: string
  readonly value?: string
  readonly dateFormat?: string
}
type AskOptions = FileOptions & {
  readonly of: string
  readonly mode: 'off' | 'on'
  readonly testDays: string
  readonly oneOf: string
  readonly from?: string
}

const PATH = '/api/money/experiments'

export const budgetExperiment = (): Command =>
  new Command('experiment')
    .description('what a line truly brings, found by treating some regions and not others')
    .addCommand(designCommandOf())
    .addCommand(beginCommandOf())
    .addCommand(readCommandOf())
    .addCommand(dropCommandOf())
    .addCommand(listCommandOf())

const fileOptions = (command: Command): Command =>
  command
    .option('--region <column>', 'column of regions')
    .option('--date <column>', 'column of dates')
    .option('--value <column>', 'column of what was sold, in money')
    .option('--date-format <format>', 'such as DD.MM.YYYY; found out when absent')

const askOptions = (command: Command): Command =>
  fileOptions(command)
    .argument('<file>', 'CSV or NDJSON: a row for a region and a day, with what was sold there')
    .requiredOption('--of <line>', 'the line, by its id in the plan')
    .addOption(
      new Option('--mode <mode>', 'off: the line leaves the treated regions; on: it runs in them alone')
        .choices(['off', 'on'])
        .default('off'),
    )
    .option('--test-days <days>', 'how long', '28')
    .option('--one-of <regions>', 'one region of so many is treated', '2')
    .option('--from <date>', 'first day, YYYY-MM-DD; tomorrow when absent')

const designCommandOf = (): Command =>
  askOptions(dataCommand('design', 'who would be treated, and what it could tell; nothing begins')).action(
    async (file: string, options: AskOptions) => {
      const body = await askOf(file, options)
      const design = await onEither(
        options.data,
        async (card) => callServer<GeoDesignAnswer>(card, 'POST', `${PATH}/design`, body),
        async ({ loop }) => geoDesignAnswer(designGeoTest(loop, geoAskOf(body))),
      )
      print({ json: options.json }, design, (answer) => designText(answer, options))
    },
  )

const beginCommandOf = (): Command =>
  askOptions(dataCommand('begin', 'write the experiment down and begin it')).action(
    async (file: string, options: AskOptions) => {
      const body = await askOf(file, options)
      const tests = await onEither(
        options.data,
        async (card) => (await callServer<Money>(card, 'POST', PATH, body)).experiments,
        async ({ loop }) => {
          await beginGeoTest(loop, geoAskOf(body), spellPrincipal(LOCAL_OPERATOR))
          return testsIn(loop)
        },
      )
      print({ json: options.json }, tests[0] ?? null, (begun) => (begun === null ? '' : begunText(begun)))
    },
  )

const readCommandOf = (): Command =>
  fileOptions(dataCommand('read', 'read an experiment that is over; its result pins the curve'))
    .argument('<id>', 'of the experiment')
    .argument('<file>', 'as it was planned with, and with the days of the test')
    .action(async (experimentId: string, file: string, options: FileOptions) => {
      requireData(options.data)
      const rows = await readRegions(file, options)
      const result = await onEither(
        options.data,
        async (card) =>
          callServer<GeoResultAnswer>(card, 'POST', `${PATH}/${encodeURIComponent(experimentId)}/read`, {
            rows,
          }),
        async ({ loop }) =>
          geoResultAnswer(await readGeoTest(loop, { experimentId, rows: regionDays(rows) })),
      )
      print({ json: options.json }, result, resultText)
    })

const dropCommandOf = (): Command =>
  dataCommand('drop', 'end an experiment without a result')
    .argument('<id>', 'of the experiment')
    .requiredOption('--reason <text>', 'why')
    .action(async (experimentId: string, { data, json, reason }: Common & { readonly reason: string }) => {
      requireData(data)
      const tests = await onEither(
        data,
        async (card) =>
          (
            await callServer<Money>(card, 'POST', `${PATH}/${encodeURIComponent(experimentId)}/drop`, {
              reason,
            })
          ).experiments,
        async ({ loop }) => {
          await dropGeoTest(loop, { experimentId, reason, by: spellPrincipal(LOCAL_OPERATOR) })
          return testsIn(loop)
        },
      )
      print({ json }, tests, listText)
    })

const listCommandOf = (): Command =>
  dataCommand('list', 'all experiments over regions').action(async ({ data, json }: Common) => {
    requireData(data)
    const tests = await onEither(
      data,
      async (card) => (await callServer<Money>(card, 'GET', '/api/money')).experiments,
      async ({ loop }) => testsIn(loop),
    )
    print({ json }, tests, listText)
  })

const testsIn = ({ state, ctx }: Loop): readonly GeoTest[] =>
  geoTestsOf(state.budget.tests.values(), localTime(ctx.now(), state.budget.lines?.timeZone ?? 'UTC').day)

const wholeNumber = (text: string, option: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Failure({
    code: 'cli.number',
    message: `${text} is not a whole number above 0 (${option}).`,
    hint: `Write ${option} 28.`,
  })
}

const askOf = async (file: string, options: AskOptions): Promise<GeoAskBody> => {
  requireData(options.data)
  return {
    lineId: options.of,
    mode: options.mode,
    testDays: wholeNumber(options.testDays, '--test-days'),
    oneOf: wholeNumber(options.oneOf, '--one-of'),
    ...(options.from === undefined ? {} : { fromDate: options.from }),
    rows: await readRegions(file, options),
  }
}

const REGION_NAMES = ['region', 'geo', 'city', 'location', 'market', 'dma', 'регион', 'город', 'область']
const DATE_NAMES = ['date', 'day', 'дата', 'день']
const VALUE_NAMES = ['value', 'revenue', 'sales', 'response', 'y', 'выручка', 'продажи']

const readRegions = async (path: string, options: FileOptions): Promise<GeoAskBody['rows']> => {
  const read = await readTable(path)
  const { found, texts } = pickColumns(path, read, {
    region: { names: REGION_NAMES, named: options.region, required: true, option: '--region' },
    date: { names: DATE_NAMES, named: options.date, required: true, option: '--date' },
    value: { names: VALUE_NAMES, named: options.value, required: true, option: '--value' },
  })
  const { at, format } = datesOf(texts.date, {
    format: options.dateFormat,
    zone: 'UTC',
    option: '--date-format',
  })
  const values = numbersOf(texts.value)
  const { rows, remark } = readableRows(path, read, [
    { column: found.region, texts: texts.region, values: null, is: 'a region', option: '--region' },
    { column: found.date, texts: texts.date, values: at, is: `a date (${format})`, option: '--date' },
    { column: found.value, texts: texts.value, values, is: 'a number', option: '--value' },
  ])
  if (remark !== null) note(remark)
  return rows.map((row) => ({
    region: texts.region[row] ?? '',
    date: dayText(Math.floor((at[row] as number) / DAY_MS)),
    value: values[row] as number,
  }))
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const money = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 })
/** Names come from files: nothing in them may steer a terminal. */
const plain = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll(/\p{C}/gu, '?').slice(0, 40)).join(', ')

const designText = (design: GeoDesignAnswer, { of }: AskOptions): string =>
  [
    `${of}: ${design.treated.length} regions treated and ${design.control.length} left alone, ${dayText(design.fromDay)} to ${dayText(design.toDay)}`,
    '',
    `Treated: ${plain(design.treated)}`,
    `Control: ${plain(design.control)}`,
    '',
    `Correlation before: ${design.correlation.toFixed(3)}`,
    `Smallest effect it would tell from none (power 80 %): ${money(design.detectable)}, ${percent(design.detectableShare)} of ${money(design.expected)}`,
    `Tests of nothing on days the choice had not seen: ${design.placeboCalled} of ${design.placeboRuns} called an effect`,
    '',
    `Begin it with: windvane budget experiment begin … (the same words)`,
  ].join('\n')

const begunText = (test: GeoTest): string =>
  [
    `Experiment ${test.experimentId} on ${test.lineId}, ${dayText(test.fromDay)} to ${dayText(test.toDay)}.`,
    test.mode === 'off'
      ? `On the platform, take these regions out of the line's targeting for these days: ${plain(test.treated)}`
      : `On the platform, let the line run in these regions alone for these days: ${plain(test.treated)}`,
    `When it is over: windvane budget experiment read ${test.experimentId} FILE`,
  ].join('\n')

const resultText = ({ found, lift, p, warnings, effect, standardError }: GeoResultAnswer): string =>
  [
    `The treated regions sold ${money(found.value)} more than expected (95 %: ${money(found.low)} … ${money(found.high)}), ${percent(lift.value)}, p ${p.toFixed(3)}.`,
    `The line brought ${money(effect)} ± ${money(standardError)} of margin in these days; its curve is pinned to that.`,
    ...(warnings.length > 0 ? [`What speaks against it: ${warnings.join(', ')}`] : []),
  ].join('\n')

const listText = (tests: readonly GeoTest[]): string =>
  tests.length === 0
    ? 'No experiment yet: windvane budget experiment design FILE --of LINE'
    : table([
        ['id', 'line', 'mode', 'from', 'to', 'regions', 'state', 'margin', '±'],
        ...tests.map((test) => [
          test.experimentId,
          test.lineId,
          test.mode,
          dayText(test.fromDay),
          dayText(test.toDay),
          `${test.treated.length} of ${test.treated.length + test.controlCount}`,
          test.state.replace('_', ' '),
          test.effect === null ? '' : money(test.effect),
          test.standardError === null ? '' : money(test.standardError),
        ]),
      ])
