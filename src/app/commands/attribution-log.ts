// `windvane attribution --data DIR`: who was there before the orders of a data folder, beside what its holdouts measured.

import type { AttributionView } from '../../api/contract.ts'
import { viewAttribution } from '../../api/views/attribution.ts'
import { METHODS } from '../../feedback/index.ts'
import { callServer } from '../control.ts'
import { table } from '../output.ts'
import { onEither, requireData } from './shared.ts'

export type LogWish = {
  readonly data: string
  readonly level: 'channel' | 'campaign'
  readonly clicksOnly: boolean
}

/** Asks the server that runs on the folder, else reads the folder. */
export const attributionOfLog = async ({ data, level, clicksOnly }: LogWish): Promise<AttributionView> => {
  requireData(data)
  const touches = clicksOnly ? 'clicks' : 'all'
  return onEither(
    data,
    async (card) =>
      callServer<AttributionView>(card, 'GET', `/api/attribution?by=${level}&touches=${touches}`),
    async ({ loop }) => viewAttribution(loop.state, { by: level, touches }, loop.ctx.now()),
  )
}

const WORDS = {
  en: {
    title: (r: AttributionView) =>
      `${count(r.orders)} orders with a margin of ${count(r.margin)}; ${count(r.alone.orders)} of them with nobody there in the ${r.lookbackDays} days before; ${count(r.without)} journeys without an order`,
    names: { channel: 'channel', campaign: 'campaign' },
    head: [...METHODS, 'removal', 'measured (margin)'],
    all: 'all own campaigns, measured against the holdout',
    none: 'not measured',
    empty: 'No order has had a touch before it yet.',
    warning:
      'NOT CAUSAL: this says who was there, not who brought anything. No budget is ever moved by it; the measured column is.',
    cut: (r: AttributionView) =>
      `To fit the limits, ${r.cut.journeys} journeys were shortened and ${r.cut.touches} touches left out.`,
  },
  ru: {
    title: (r: AttributionView) =>
      `Заказов: ${count(r.orders)}, маржа ${count(r.margin)}; заказов без единого касания за ${r.lookbackDays} дн.: ${count(r.alone.orders)}; путей без заказа: ${count(r.without)}`,
    names: { channel: 'канал', campaign: 'кампания' },
    head: [
      'первое',
      'последнее',
      'поровну',
      'позиция',
      'затухание',
      'марков1',
      'марков2',
      'шепли',
      'удаление',
      'измерено (маржа)',
    ],
    all: 'все свои кампании, измерено по контрольной группе',
    none: 'не измерено',
    empty: 'Заказов, перед которыми было касание, пока нет.',
    warning:
      'НЕ ПРИЧИННОСТЬ: видно, кто был рядом, а не кто принёс заказ. Деньги по этой таблице не двигаются никогда, только по измеренному.',
    cut: (r: AttributionView) =>
      `Чтобы уложиться в пределы, сокращено путей: ${r.cut.journeys}, пропущено касаний: ${r.cut.touches}.`,
  },
} as const

/** A table with a row for each channel or campaign. */
export const logText = (
  result: AttributionView,
  { lang, by }: { readonly lang: string; readonly by: 'conversions' | 'value' },
): string => {
  const words = lang.toLowerCase().startsWith('ru') ? WORDS.ru : WORDS.en
  const rows = result.rows.map((row) => {
    const credit = by === 'value' ? row.margin : row.orders
    return [
      plain(row.id),
      ...METHODS.map((method) => figure(credit[method])),
      `${(row.removal * 100).toFixed(1)} %`,
      row.measured === null ? words.none : measured(row.measured, words.none),
    ]
  })
  return [
    words.title(result),
    '',
    rows.length === 0 ? words.empty : table([[words.names[result.by], ...words.head], ...rows]),
    '',
    `${words.all}: ${measured(result.measured, words.none)}`,
    ...(result.cut.journeys + result.cut.touches === 0 ? [] : [words.cut(result)]),
    words.warning,
  ].join('\n')
}

const measured = ({ margin, low, high }: AttributionView['measured'], none: string): string =>
  margin === null || low === null || high === null ? none : `${count(margin)} [${count(low)}, ${count(high)}]`

const count = (value: number): string => value.toFixed(0)
const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(1))
/** Campaigns of visits are named by whoever made the link: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 40)
