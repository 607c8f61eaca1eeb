// A first mapping from the names of columns and a look at their cells: right for common exports, and for the
// others a draft that a person completes.

import { stringify } from 'yaml'
import { Failure } from '../kernel/failure.ts'
import { lookUp, type Row } from './cells.ts'
import { compileDateFormat } from './date-format.ts'
import { checkMapping } from './mapping.ts'
import { FIELDS, type ImportKind, type Mapping } from './mapping-schema.ts'

export type MappingGuess = {
  /** Ready to use, or null when something needed was not found. */
  readonly mapping: Mapping | null
  /** The same as a file to complete. */
  readonly yaml: string
  /** What was not found or is unsure, as sentences. */
  readonly notes: readonly string[]
}

export type GuessInput = {
  readonly as: ImportKind
  readonly columns: readonly string[]
  /** A few rows, for types and date formats. */
  readonly rows: readonly Row[]
  readonly named?: NamedColumns
}

/** Columns that somebody named, as the file spells them: by field, and those of a decision that are rewards. */
export type NamedColumns = {
  readonly fields?: Readonly<Record<string, string>>
  readonly rewards?: readonly string[]
}

/** What columns of a field (or, for `reward`, of rewards) are usually called, the surest first. */
export const usualNames = (field: string): readonly string[] =>
  field === 'reward' ? REWARDS : (SYNONYMS[field] ?? [])

/** Names that mean a field, compared without case, blanks and punctuation; the first in a list is the surest. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  userId: [
    'userid',
    'customerid',
    'clientid',
    'custid',
    'contactid',
    'memberid',
    'externalid',
    'idклиента',
    'клиентid',
    'кодклиента',
    'клиент',
    'customer',
    'client',
    'user',
    'uid',
  ],
  anonymousId: ['anonymousid', 'deviceid', 'visitorid', 'cookieid', 'cookie'],
  email: ['email', 'mail', 'emailaddress', 'customeremail', 'почта', 'емейл', 'эпочта', 'электроннаяпочта'],
  phone: ['phone', 'phonenumber', 'mobile', 'tel', 'telephone', 'msisdn', 'телефон', 'мобильный'],
  at: [
    'timestamp',
    'occurredat',
    'eventtime',
    'createdat',
    'orderdate',
    'invoicedate',
    'purchasedate',
    'datetime',
    'createdon',
    'date',
    'time',
    'created',
    'датазаказа',
    'датаивремя',
    'дата',
    'время',
  ],
  event: ['event', 'eventname', 'eventtype', 'action', 'событие'],
  kind: ['calltype'],
  messageId: ['messageid', 'eventid'],
  orderId: [
    'orderid',
    'orderno',
    'ordernumber',
    'invoiceno',
    'invoiceid',
    'invoicenumber',
    'invoice',
    'order',
    'transactionid',
    'receiptid',
    'номерзаказа',
    'заказ',
    'чек',
  ],
  revenue: [
    'revenue',
    'total',
    'ordertotal',
    'totalprice',
    'amount',
    'value',
    'sum',
    'grandtotal',
    'price',
    'сумма',
    'суммазаказа',
    'стоимость',
    'выручка',
  ],
  margin: ['margin', 'profit', 'grossprofit', 'маржа', 'прибыль'],
  currency: ['currency', 'currencycode', 'валюта'],
  refund: [
    'refund',
    'isrefund',
    'refunded',
    'cancel',
    'cancelled',
    'canceled',
    'iscancelled',
    'return',
    'возврат',
    'отмена',
  ],
  products: ['products', 'lineitems', 'items'],
  sku: ['sku', 'productid', 'itemid', 'articleid', 'stockcode', 'id', 'артикул', 'кодтовара', 'код'],
  name: ['name', 'productname', 'title', 'product', 'наименование', 'название', 'товар'],
  category: ['category', 'productcategory', 'producttype', 'categoryname', 'категория', 'раздел'],
  price: ['price', 'saleprice', 'unitprice', 'цена'],
  url: ['url', 'link', 'producturl', 'ссылка'],
  image: ['image', 'imageurl', 'imagelink', 'picture', 'картинка', 'изображение'],
  stock: ['stock', 'inventory', 'quantity', 'qty', 'instock', 'остаток', 'количество'],
  launched: ['launched', 'launchedat', 'launchdate', 'createdat', 'availabledate', 'датапоявления'],
  reviewId: [
    'reviewid',
    'responseid',
    'answerid',
    'ticketid',
    'id',
    'idотзыва',
    'номеротзыва',
    'номеробращения',
  ],
  score: [
    'nps',
    'npsscore',
    'score',
    'rating',
    'stars',
    'starrating',
    'grade',
    'mark',
    'оценка',
    'балл',
    'рейтинг',
    'звезды',
    'звёзды',
  ],
  text: [
    'text',
    'review',
    'reviewtext',
    'reviewbody',
    'comment',
    'body',
    'message',
    'feedback',
    'content',
    'текст',
    'отзыв',
    'комментарий',
    'сообщение',
  ],
  author: ['author', 'reviewer', 'username', 'nickname', 'имя', 'автор'],
  about: ['about', 'product', 'productname', 'item', 'brand', 'товар', 'бренд'],
  action: ['action', 'arm', 'treatment', 'variant', 'segment', 'offer', 'creative', 'decision'],
  propensity: [
    'propensity',
    'propensityscore',
    'actionprob',
    'actionprobability',
    'probability',
    'pscore',
    'prob',
  ],
}
const REWARDS = [
  'reward',
  'click',
  'clicked',
  'open',
  'opened',
  'visit',
  'visited',
  'conversion',
  'converted',
  'spend',
  'revenue',
  'purchase',
  'outcome',
]

/** Unambiguous before ambiguous: days stand first in most of the world. */
const DATE_FORMATS = [
  'iso',
  ...[
    'DD.MM.YYYY',
    'D.M.YYYY',
    'YYYY/MM/DD',
    'DD/MM/YYYY',
    'D/M/YYYY',
    'MM/DD/YYYY',
    'M/D/YYYY',
    'DD-MM-YYYY',
    'YYYYMMDD',
  ].flatMap((date) => [date, `${date} HH:mm`, `${date} HH:mm:ss`, `${date} H:mm`, `${date} h:mm A`]),
  'unix',
  'unix_ms',
]

/** A mapping for a file with these columns, as YAML to look at and, when complete, ready to use. */
export const guessMapping = ({ as, columns, rows, named = {} }: GuessInput): MappingGuess => {
  const notes: string[] = []
  const told = new Set([...Object.values(named.fields ?? {}), ...(named.rewards ?? [])])
  const free = new Set(columns.filter((column) => column !== '' && !told.has(column)))
  const fields: Record<string, unknown> = {}
  for (const field of FIELDS[as]) {
    const column = named.fields?.[field] ?? findColumn(SYNONYMS[field] ?? [], free)
    if (column === undefined) continue
    free.delete(column)
    fields[field] =
      field === 'at' || field === 'launched'
        ? dateCell(column, rows, notes)
        : amountFields.has(field)
          ? numberCell(column, rows)
          : column
  }
  for (const column of named.rewards ?? []) free.add(column)
  if (as === 'reviews') guessScale(fields, rows, notes)
  const draft = { as, fields, ...sectionsOf(as, free, rows, named.rewards) }
  const yaml = stringify(draft)
  try {
    return { mapping: checkMapping(draft, as), yaml, notes }
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return { mapping: null, yaml, notes: [...notes, `${thrown.message}.`] }
  }
}

/** By the name of the column, and by what stands in it: nobody gives 0 or 8 stars. */
const guessScale = (fields: Record<string, unknown>, rows: readonly Row[], notes: string[]): void => {
  const cell = fields['score'] as string | { readonly column: string } | undefined
  if (cell === undefined) return
  const column = typeof cell === 'string' ? cell : cell.column
  const numbers = textsOf(column, rows).map((text) => Number(text.replace(',', '.')))
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const isNps = normalise(column).includes('nps') || least === 0
  const value = isNps ? 'nps' : most <= 5 ? 'stars' : 'ten'
  fields['scale'] = { value }
  if (!isNps && !/star|rating|рейтинг|зв[её]зд/i.test(column))
    notes.push(
      `"${column}" is taken for ${value === 'stars' ? 'stars, 1 to 5' : 'a grade, 1 to 10'}; write scale: {value: nps} if it is NPS.`,
    )
}

const amountFields: ReadonlySet<string> = new Set([
  'revenue',
  'margin',
  'propensity',
  'price',
  'stock',
  'score',
])

const normalise = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const findColumn = (synonyms: readonly string[], free: ReadonlySet<string>): string | undefined => {
  for (const synonym of synonyms) for (const column of free) if (normalise(column) === synonym) return column
  return undefined
}

/** Columns without a meaning of their own still say something about the event, the person or the moment. */
const sectionsOf = (
  as: ImportKind,
  free: ReadonlySet<string>,
  rows: readonly Row[],
  rewards: readonly string[] = [],
): Record<string, unknown> => {
  if (as === 'products' || as === 'reviews') return {}
  const cells = Object.fromEntries([...free].map((column) => [keyOf(column), looseCell(column, rows)]))
  if (as === 'customers') return { traits: cells }
  if (as !== 'decisions') return { properties: cells }
  const named = new Set(rewards.map(keyOf))
  const isReward = (name: string) => named.has(name) || REWARDS.includes(normalise(name))
  return {
    context: Object.fromEntries(Object.entries(cells).filter(([name]) => !isReward(name))),
    rewards: Object.fromEntries(Object.entries(cells).filter(([name]) => isReward(name))),
  }
}

/** The name that a column's values go by. */
export const keyOf = (column: string): string => column.trim().replace(/[\s.]+/g, '_')

const looseCell = (column: string, rows: readonly Row[]): unknown => {
  const cell = numberCell(column, rows)
  return typeof cell === 'string' ? column : cell
}

/** A number when all cells seen are, with the decimal sign they use; leading zeros are a code's. */
const numberCell = (column: string, rows: readonly Row[]): unknown => {
  const texts = textsOf(column, rows)
  if (texts.length === 0 || texts.some((text) => /^0\d/.test(text))) return column
  if (texts.every((text) => /^[+-]?[\d\s\u00a0]*\.?\d+$/.test(text))) return { column, type: 'number' }
  if (texts.every((text) => /^[+-]?[\d\s\u00a0]*,?\d+$/.test(text)))
    return { column, type: 'number', decimal: ',' }
  return column
}

const dateCell = (column: string, rows: readonly Row[], notes: string[]): unknown => {
  const { formats, isUnsure } = fittingDateFormats(textsOf(column, rows))
  const [first] = formats
  if (first === undefined) {
    notes.push(`The date format of "${column}" was not recognised.`)
    return { column, type: 'date' }
  }
  if (isUnsure) notes.push(`"${column}" may have the day or the month first; the day is assumed.`)
  return { column, type: 'date', format: first }
}

/**
 * The formats in which all `texts` are dates, or at least `shareMin` of them where none fits all, the likeliest first.
 * `isUnsure`: day and month could change places.
 */
export const fittingDateFormats = (
  texts: readonly string[],
  shareMin = 1,
): { readonly formats: readonly string[]; readonly isUnsure: boolean } => {
  const readers = DATE_FORMATS.flatMap((format) => {
    const reader = compileDateFormat(format)
    return typeof reader === 'string'
      ? []
      : [{ format, fits: (text: string) => reader(text, 'UTC') > LEAST_LIKELY }]
  })
  const whole = readers.filter(({ fits }) => texts.every(fits)).map(({ format }) => format)
  const formats = whole.length > 0 || shareMin === 1 ? whole : mostFitting(readers, texts, shareMin)
  const first = formats[0] ?? ''
  const isDayFirst = first.includes('DD/MM') || first.includes('D/M')
  return {
    formats,
    isUnsure: isDayFirst && formats.some((format) => format.includes('MM/DD') || format.includes('M/D')),
  }
}

const mostFitting = (
  readers: readonly { readonly format: string; readonly fits: (text: string) => boolean }[],
  texts: readonly string[],
  shareMin: number,
): readonly string[] =>
  readers
    .map(({ format, fits }) => ({ format, count: texts.filter(fits).length }))
    .filter(({ count }) => count >= shareMin * texts.length)
    .toSorted((left, right) => right.count - left.count)
    .map(({ format }) => format)

/** 1990: a number that would mean an earlier second or millisecond is no timestamp. */
const LEAST_LIKELY = Date.UTC(1990, 0)

const textsOf = (column: string, rows: readonly Row[]): string[] =>
  rows.slice(0, 200).flatMap((row) => {
    const value = lookUp(row.cells, column)
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
    return text === '' ? [] : [text]
  })
