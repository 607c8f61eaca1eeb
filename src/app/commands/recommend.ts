// `windvane recommend`: which items people who had these had next, from a plain file, with how well that would have been
// foretold on its latest part. `windvane recommend train`: learns from a running installation now.

import { Command, Option } from 'commander'
import { datesOf, isNothing, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { learnRecommender, recommendFor, RECOMMENDER_DEFAULTS, type Recommender } from '../../model/index.ts'
import type { Training } from '../../api/contract.ts'
import { callServer } from '../control.ts'
import { note, print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type RecommendOptions = {
  readonly userColumn?: string
  readonly itemColumn?: string
  readonly timeColumn?: string
  readonly dateFormat?: string
  readonly user?: string
  readonly item?: string
  readonly k: string
  readonly perItem: string
  readonly json: boolean
}

type Row = { readonly user: string; readonly item: string; readonly at: number }

const COUNT_MAX = 1_000
/** Training over a few thousand products takes minutes. */
const TRAINING_MS_MAX = 30 * 60_000

export const recommendCommand = (): Command =>
  new Command('recommend')
    .description(
      'which items go to whom, from a file of who had what; `recommend train` learns from a data folder',
    )
    .argument('<file>', 'CSV or NDJSON: user, item and, if known, time')
    .addOption(new Option('--user <id>', 'items for this user').conflicts('item'))
    .option('--item <id>', 'items that go with this one')
    .option('--k <count>', 'items shown', '10')
    .option('--user-column <column>', 'column of users')
    .option('--item-column <column>', 'column of items')
    .option('--time-column <column>', 'column of times; without one the backtest is at random')
    .option('--date-format <format>', 'such as DD.MM.YYYY; found out when absent')
    .option('--per-item <count>', 'weights kept of each item', String(RECOMMENDER_DEFAULTS.perItem))
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: RecommendOptions) => {
      const rows = await readRows(file, options)
      const perItem = countOf(options.perItem, '--per-item')
      const learnt = learnRecommender({ rows, easeItemsMax: RECOMMENDER_DEFAULTS.easeItemsMax, perItem })
      print({ json: options.json }, resultOf(learnt, rows, options), textOf)
    })
    .addCommand(
      dataCommand('train', 'learn recommendations from a data folder or its running server now').action(
        async (options: Common, command: Command) => {
          // `--json` may stand before or after the word.
          const json = options.json || command.parent?.opts()['json'] === true
          requireData(options.data)
          const trained = await onEither(
            options.data,
            async (card) =>
              callServer<Training>(card, 'POST', '/api/recommendations/train', undefined, TRAINING_MS_MAX),
            async ({ loop }) => (await import('../trainer.ts')).trainRecommender(loop),
          )
          print({ json }, trained, (shown) =>
            cardText({ ...shown, backtest: shown.backtest.map((one) => ({ ...one })) }),
          )
        },
      ),
    )

const USER = [
  'userid',
  'customerid',
  'clientid',
  'user',
  'customer',
  'client',
  'visitorid',
  'sessionid',
  'email',
  'idклиента',
  'клиент',
  'покупатель',
  'пользователь',
]
const ITEM = [
  'itemid',
  'productid',
  'sku',
  'item',
  'product',
  'stockcode',
  'articleid',
  'movieid',
  'trackid',
  'артикул',
  'товар',
  'кодтовара',
]
const TIME = [
  'timestamp',
  'orderdate',
  'invoicedate',
  'datetime',
  'date',
  'time',
  'createdat',
  'ts',
  'датазаказа',
  'дата',
  'время',
]

const readRows = async (file: string, options: RecommendOptions): Promise<readonly Row[]> => {
  const read = await readTable(file)
  const { found, texts } = pickColumns(file, read, {
    user: { named: options.userColumn, names: USER, required: true, option: '--user-column' },
    item: { named: options.itemColumn, names: ITEM, required: true, option: '--item-column' },
    time: { named: options.timeColumn, names: TIME, required: false, option: '--time-column' },
  })
  const times = timesOf(texts.time, options.dateFormat)
  const { rows, remark } = readableRows(file, read, [
    { column: found.user, texts: texts.user, values: null, is: 'a user', option: '--user-column' },
    { column: found.item, texts: texts.item, values: null, is: 'an item', option: '--item-column' },
    {
      column: found.time,
      texts: texts.time,
      values: times.at,
      is: `a time (${times.format})`,
      option: '--time-column',
    },
  ])
  const time = found.time === null ? 'no column of times: the backtest is at random' : `time: ${found.time}`
  note(`user: ${found.user}, item: ${found.item}, ${time}`)
  if (remark !== null) note(remark)
  return rows.map((row) => ({
    user: texts.user[row] ?? '',
    item: texts.item[row] ?? '',
    at: found.time === null ? 0 : (times.at[row] ?? Number.NaN),
  }))
}

/** Dates in any usual writing; where most cells are plain numbers, they count as they are. */
const timesOf = (
  texts: readonly string[],
  format: string | undefined,
): { readonly at: Float64Array; readonly format: string } => {
  const filled = texts.filter((text) => !isNothing(text))
  const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text)
  if (format === undefined && filled.filter(isNumber).length >= filled.length / 2)
    return {
      at: Float64Array.from(texts, (text) => (isNumber(text) ? Number(text) : Number.NaN)),
      format: 'a number',
    }
  return datesOf(texts, { format, zone: 'UTC', option: '--date-format' })
}

type Result = ReturnType<typeof resultOf>

const resultOf = (learnt: Recommender, rows: readonly Row[], options: RecommendOptions) => {
  const count = countOf(options.k, '--k')
  const known = new Set(learnt.items)
  const history = historyOf(rows, known, options)
  const about =
    options.user !== undefined
      ? `user ${options.user}`
      : options.item !== undefined
        ? `item ${options.item}`
        : ''
  return {
    model: learnt.card,
    /** Whom or what the items are for; '' for the most popular ones. */
    for: about,
    history: history.length,
    items: recommendFor(learnt, { history, except: new Set(history), count }).map((item, place) => ({
      place: place + 1,
      ...item,
    })),
  }
}

const historyOf = (
  rows: readonly Row[],
  items: ReadonlySet<string>,
  { user, item }: RecommendOptions,
): readonly string[] => {
  if (item !== undefined) {
    if (items.has(item)) return [item]
    throw new Failure({
      code: 'recommend.unknown_item',
      message: `Nobody had the item "${item}".`,
      hint: `Such as: ${[...items].slice(0, 5).join(', ')}`,
    })
  }
  if (user === undefined) return []
  const own = rows.filter((row) => row.user === user)
  if (own.length > 0) return [...new Set(own.map((row) => row.item))]
  throw new Failure({
    code: 'recommend.unknown_user',
    message: `There is no user "${user}".`,
    hint: `Such as: ${[...new Set(rows.slice(0, 100).map((row) => row.user))].slice(0, 5).join(', ')}`,
  })
}

const textOf = ({ model, for: about, history, items }: Result): string => {
  const heading = about === '' ? 'The most popular and recent items:' : `For ${about} (${history} items had):`
  return [
    cardText(model),
    '',
    heading,
    table([
      ['#', 'item', 'score', 'by', 'since they had'],
      ...items.map(({ place, item, score, source, because }) => [
        place,
        item,
        score.toFixed(4),
        source,
        because ?? '',
      ]),
    ]),
  ].join('\n')
}

type Card = {
  readonly kind: string
  readonly fallback: string | null
  readonly split: string
  readonly people: number
  readonly items: number
  readonly rows: number
  readonly backtest: readonly {
    readonly kind: string
    readonly ndcg: number
    readonly ndcgError: number
    readonly recall: number
    readonly coverage: number
  }[]
}

const SPLITS: Readonly<Record<string, string>> = {
  time: 'the latest fifth of the time held out',
  random: 'a fifth at random held out, since there are no times: real life is harder',
  none: 'none, there is too little',
}
const FALLBACKS: Readonly<Record<string, string>> = {
  too_few_rows: 'there is too little to learn from',
  not_better: 'nothing learnt was better by more than twice its error',
}

const cardText = ({ kind, fallback, split, people, items, rows, backtest }: Card): string =>
  [
    `${rows} rows of ${people} people and ${items} items. Backtest: ${SPLITS[split] ?? split}.`,
    ...(backtest.length === 0
      ? []
      : [
          table([
            ['model', 'nDCG@10', '±', 'recall@10', 'items shown'],
            ...backtest.map((one) => [
              one.kind,
              one.ndcg.toFixed(4),
              one.ndcgError.toFixed(4),
              one.recall.toFixed(4),
              `${Math.round(one.coverage * 100)} %`,
            ]),
          ]),
        ]),
    fallback === null ? `Chosen: ${kind}` : `Chosen: popularity, since ${FALLBACKS[fallback] ?? fallback}`,
  ].join('\n')

const countOf = (text: string, option: string): number => {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= COUNT_MAX) return count
  throw new Failure({
    code: 'cli.invalid_argument',
    message: `${option} ${text} is no count.`,
    hint: `A whole number from 1 to ${COUNT_MAX}.`,
  })
}
