// What `windvane clv` found, as text: in English or Russian, with a plot of where the value lies.

import type {
  Backtest,
  CustomerSummary,
  FallbackReason,
  Period,
  Rfm,
  ValueEstimate,
} from '../../model/index.ts'
import { table } from '../output.ts'

type Interval = { readonly low: number; readonly high: number }

export type ClvCustomer = Omit<CustomerSummary, 'value'> &
  ValueEstimate & {
    readonly ordersInterval: Interval | null
    readonly valueInterval: Interval | null
    /** Mean value of the repeat orders. */
    readonly valuePerOrder: number
    /** How many customers it stands for, where like ones were counted together. */
    readonly people: number
  }

type Unit = 'day' | Period

export type ClvResult = {
  readonly unit: Unit
  readonly horizonDays: number
  /** From counted chances: no dates, no backtest. */
  readonly counted: boolean
  readonly summary: Omit<Rfm, 'customers'> & { readonly customers: number }
  readonly model: {
    readonly kind: 'bg-nbd' | 'pareto-nbd' | 'bg-bb' | 'cohort-average'
    readonly reason: FallbackReason | null
    readonly params: Readonly<Record<string, number>>
    readonly logLikelihood: number | null
    readonly repeatBuyers: number
    readonly fittedOn: number
    readonly spend: {
      readonly correlation: number
      readonly isDependent: boolean
      readonly bands: readonly {
        readonly p: number
        readonly q: number
        readonly v: number
        readonly frequencyMin: number
      }[]
    } | null
  }
  readonly backtest: Backtest | null
  readonly total: {
    readonly orders: number
    readonly ordersInterval: Interval
    readonly value: number | null
    readonly valueInterval: Interval | null
    readonly level: number
  }
  /** The most valuable first. */
  readonly customers: readonly ClvCustomer[]
}

const day = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10)
const one = (value: number): string =>
  value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 1000 ? 1 : 0)
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
const span = ({ low, high }: Interval): string => `[${one(low)}, ${one(high)}]`
/** Names come from files: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 40)

const EN = {
  counted: ({ summary: s, unit }: ClvResult) =>
    `${s.customers} customers, ${s.orders} orders with their first; a chance to order each ${unit}, as counted`,
  data: ({ summary: s, unit }: ClvResult) =>
    `${s.customers} customers, ${s.orders} orders from ${day(s.firstDay)} to ${day(s.lastDay)}; time in ${unit}s, from each customer's first order`,
  dropped: ({ summary: { merged, dropped: d } }: ClvResult) =>
    `merged on one day: ${merged}; left out: ${d.credit} credit notes, ${d.noCustomer} without customer, ${d.afterEnd} after the end`,
  model: ({ model: m }: ClvResult) =>
    `Model ${m.kind}, ${m.repeatBuyers} with a repeat order, fitted on ${m.fittedOn}`,
  reasons: {
    few_repeat_buyers: 'the average of the cohort: fewer than 200 have a repeat order',
    fit_failed: 'the average of the cohort: the fit did not converge',
    asked_for: 'the average of the cohort, as asked for',
    backtest_lost: 'the average of the cohort: the model did not beat it in the backtest',
  } satisfies Record<FallbackReason, string>,
  spend: (r: number, dependent: boolean) =>
    `How often and how much correlate at ${r.toFixed(2)}: ${dependent ? 'too much for one Gamma-Gamma, so it is fitted in bands of frequency' : 'little enough for Gamma-Gamma'}`,
  backtest: (b: Backtest) =>
    `Backtest, learnt until ${day(b.cutDay)}, then ${one(b.time)} ahead: ${b.orders.actual} orders came, ${one(b.orders.expected)} expected ${span(b.orders.interval)}, cohort average ${one(b.orders.cohortAverage)}; error a customer ${one(b.error.model)} against ${one(b.error.cohortAverage)}`,
  money: (value: { actual: number; expected: number; interval: Interval }) =>
    `  value ${one(value.actual)} came, ${one(value.expected)} expected ${span(value.interval)}`,
  drift:
    'All customers together moved more than chance explains (a season?): intervals of the total are widened by as much.',
  noDates: 'No backtest: counts have no dates.',
  short: { day: 'd', week: 'w', month: 'mo', quarter: 'q', year: 'y' } as Readonly<Record<Unit, string>>,
  noBacktest:
    'No backtest: it needs 90 days, 50 customers and 200 with a repeat order in the first two thirds.',
  total: ({ total: t, horizonDays }: ClvResult) =>
    `Next ${Math.round(horizonDays)} days: ${one(t.orders)} orders ${span(t.ordersInterval)}${t.value === null || t.valueInterval === null ? '' : `, value ${one(t.value)} ${span(t.valueInterval)}`} (${percent(t.level)} of futures)`,
  plot: 'Value by tenth of customers, the most valuable first',
  head: [
    'customer',
    'orders so far',
    'alive',
    'orders',
    'value',
    'interval',
    'orders again',
    'next order in',
    'people',
  ],
}

const RU_UNITS: Readonly<Record<Unit, string>> = {
  day: 'днях',
  week: 'неделях',
  month: 'месяцах',
  quarter: 'кварталах',
  year: 'годах',
}
const RU_EACH: Readonly<Record<Unit, string>> = {
  day: 'каждый день',
  week: 'каждую неделю',
  month: 'каждый месяц',
  quarter: 'каждый квартал',
  year: 'каждый год',
}

const RU: typeof EN = {
  counted: ({ summary: s, unit }) =>
    `Покупателей ${s.customers}, заказов вместе с первыми ${s.orders}; возможность заказать ${RU_EACH[unit]}, по готовым подсчётам`,
  data: ({ summary: s, unit }) =>
    `Покупателей ${s.customers}, заказов ${s.orders} с ${day(s.firstDay)} по ${day(s.lastDay)}; время в ${RU_UNITS[unit]}, от первого заказа каждого`,
  dropped: ({ summary: { merged, dropped: d } }) =>
    `слито за один день: ${merged}; отброшено: возвратов ${d.credit}, без покупателя ${d.noCustomer}, после конца ${d.afterEnd}`,
  model: ({ model: m }) =>
    `Модель ${m.kind}, с повторным заказом ${m.repeatBuyers}, обучена на ${m.fittedOn}`,
  reasons: {
    few_repeat_buyers: 'среднее по когорте: с повторным заказом меньше 200',
    fit_failed: 'среднее по когорте: подбор не сошёлся',
    asked_for: 'среднее по когорте, как задано',
    backtest_lost: 'среднее по когорте: на проверке модель его не превзошла',
  },
  spend: (r, dependent) =>
    `Частота и сумма связаны на ${r.toFixed(2)}: ${dependent ? 'слишком сильно для одной Gamma-Gamma, она подобрана по группам частоты' : 'достаточно слабо для Gamma-Gamma'}`,
  backtest: (b) =>
    `Проверка: обучено по ${day(b.cutDay)}, далее ${one(b.time)} вперёд: пришло заказов ${b.orders.actual}, ожидалось ${one(b.orders.expected)} ${span(b.orders.interval)}, среднее по когорте ${one(b.orders.cohortAverage)}; ошибка на покупателя ${one(b.error.model)} против ${one(b.error.cohortAverage)}`,
  money: (value) =>
    `  пришло на сумму ${one(value.actual)}, ожидалось ${one(value.expected)} ${span(value.interval)}`,
  drift:
    'Все покупатели вместе сдвинулись сильнее, чем объясняет случай (сезон?): интервалы итога расширены на столько же.',
  noDates: 'Проверки нет: в подсчётах нет дат.',
  short: { day: 'д', week: 'нед', month: 'мес', quarter: 'кв', year: 'г' },
  noBacktest: 'Проверки нет: нужно 90 дней, 50 покупателей и 200 с повторным заказом в первых двух третях.',
  total: ({ total: t, horizonDays }) =>
    `Следующие ${Math.round(horizonDays)} дней: заказов ${one(t.orders)} ${span(t.ordersInterval)}${t.value === null || t.valueInterval === null ? '' : `, на сумму ${one(t.value)} ${span(t.valueInterval)}`} (${percent(t.level)} вариантов будущего)`,
  plot: 'Ценность по десятым долям покупателей, сначала самые ценные',
  head: [
    'покупатель',
    'заказов было',
    'активен',
    'заказов',
    'ценность',
    'интервал',
    'купит снова',
    'следующий через',
    'человек',
  ],
}

/** The report: data, model, how it did, the total, where the value lies, and the `top` customers. */
export const clvText = (result: ClvResult, lang: string, top: number): string => {
  const words = lang.toLowerCase().startsWith('ru') ? RU : EN
  const { model, backtest } = result
  const params = Object.entries(model.params).map(([name, value]) => `${name} ${value.toFixed(3)}`)
  if (model.logLikelihood !== null) params.push(`LL ${model.logLikelihood.toFixed(2)}`)
  const bands = model.spend?.bands.map(
    ({ p, q, v, frequencyMin }) =>
      `${frequencyMin > 0 ? `>=${frequencyMin}: ` : ''}p ${p.toFixed(2)} q ${q.toFixed(2)} v ${v.toFixed(2)}`,
  )
  return [
    ...(result.counted ? [words.counted(result)] : [words.data(result), words.dropped(result)]),
    '',
    model.reason === null
      ? `${words.model(result)}: ${params.join('  ')}`
      : `${words.model(result)}: ${words.reasons[model.reason]}`,
    ...(model.spend === null
      ? []
      : [
          words.spend(model.spend.correlation, model.spend.isDependent),
          `  Gamma-Gamma ${(bands ?? []).join('; ')}`,
        ]),
    ...(backtest === null ? [result.counted ? words.noDates : words.noBacktest] : [words.backtest(backtest)]),
    ...(backtest === null || backtest.value === null ? [] : [words.money(backtest.value)]),
    ...(backtest !== null && backtest.drift.orders + backtest.drift.value > 0 ? [words.drift] : []),
    '',
    words.total(result),
    '',
    words.plot,
    ...plotOf(result),
    '',
    table([
      words.head.slice(0, result.counted ? undefined : -1),
      ...result.customers
        .slice(0, top)
        .map((customer) => rowOf(customer, words.short[result.unit], result.counted)),
    ]),
  ].join('\n')
}

const BAR = 40

const plotOf = ({ customers }: ClvResult): readonly string[] => {
  const total = customers.reduce((sum, customer) => sum + amount(customer), 0)
  return Array.from({ length: 10 }, (_, tenth) => {
    const own = customers.slice(
      Math.floor((tenth * customers.length) / 10),
      Math.floor(((tenth + 1) * customers.length) / 10),
    )
    const share = total > 0 ? own.reduce((sum, customer) => sum + amount(customer), 0) / total : 0
    return `${String(tenth + 1).padStart(3)}  ${'█'.repeat(Math.round(share * BAR)).padEnd(1)} ${percent(share)}`
  })
}

const amount = ({ value, orders, people }: ClvCustomer): number => (value ?? orders) * people

const rowOf = (customer: ClvCustomer, unit: string, counted: boolean): readonly (string | number)[] => {
  const interval = customer.valueInterval ?? customer.ordersInterval
  return [
    plain(customer.id),
    customer.frequency + 1,
    customer.alive === null ? '-' : percent(customer.alive),
    one(customer.orders),
    customer.value === null ? '-' : one(customer.value),
    interval === null ? '-' : span(interval),
    percent(customer.orderProbability),
    customer.nextOrderTime === null ? '-' : `${one(customer.nextOrderTime)} ${unit}`,
    ...(counted ? [customer.people] : []),
  ]
}
