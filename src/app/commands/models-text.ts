// The models in use as text for a terminal.

import type { Model, Models, PropensityCard, UpliftCard, ValueCard } from '../../api/contract.ts'
import { table } from '../output.ts'

type Language = 'en' | 'ru'

const WORDS = {
  en: {
    churn: (days: number) => `churn: no order within ${days} d`,
    purchase: (days: number) => `purchase: an order within ${days} d`,
    value: (days: number) => `value: orders and margin within ${days} d`,
    uplift: (campaign: string) => `uplift of ${campaign}`,
    in_use: 'in use',
    fallback: 'the plain average stands in',
    not_yet: 'not enough data yet',
    learnt: 'learnt from',
    judged: 'judged on later',
    rows: 'rows',
    against: 'log-loss {loss} (plain rate {base}), AUC {auc}, calibration error {ece}, slope {slope}',
    drivers: 'weighs most',
    leaks: 'left out as leaks',
    noLeaks: 'no leaks found',
    moved: 'has moved',
    used: 'used by',
    gives: 'gives no score to decisions and rules: {why}',
    gaps: {
      no_model: 'there is no model',
      stale: 'too old',
      drift: 'not true to its word',
      average: 'only an average',
      not_a_customer: 'not a customer',
    },
    checked: 'what was said on {date} and came true: slope {slope} ± {error}, PSI {psi}',
    drift: 'drift: {measure} {value}',
    last: 'last training gave nothing: {reason}',
    backtest: 'backtest over {days} d: {came} orders came, {said} were expected, {average} by the average',
    customers: '{customers} customers, {repeat} of them with repeat orders; {timing}',
    mean: 'mean value {value}, {orders} orders a year',
    verdict: 'effect {effect}, Qini {qini}: {targeting}',
    targeting: {
      individual: 'goes to whom it is worth it',
      all: 'goes to everybody',
      none: 'goes to almost nobody, since it brings less than it costs',
      unknown: 'not known yet, so nothing is changed',
    },
    next: 'Next training',
    training: 'Training is under way.',
    reasons: {
      history: 'needs {needs} days of history, has {has}',
      positives: 'needs {needs} rows with the outcome, has {has}',
      negatives: 'needs {needs} rows without the outcome, has {has}',
      customers: 'needs {needs} customers, has {has}',
      treated: 'needs {needs} treated people, has {has}',
      untreated: 'needs {needs} people left alone by chance, has {has}',
      not_better: 'not better than the plain rate ({detail})',
      not_calibrated: 'not true to its word ({detail})',
      failed: '{detail}',
    },
  },
  ru: {
    churn: (days: number) => `отток: ни одного заказа за ${days} д`,
    purchase: (days: number) => `покупка: заказ в течение ${days} д`,
    value: (days: number) => `ценность: заказы и маржа за ${days} д`,
    uplift: (campaign: string) => `прирост от кампании ${campaign}`,
    in_use: 'в работе',
    fallback: 'вместо модели простое среднее',
    not_yet: 'пока мало данных',
    learnt: 'обучена на',
    judged: 'проверена на более поздних',
    rows: 'строк',
    against: 'log-loss {loss} (простая доля {base}), AUC {auc}, ошибка калибровки {ece}, наклон {slope}',
    drivers: 'весит больше всего',
    leaks: 'исключены как утечки',
    noLeaks: 'утечек не найдено',
    moved: 'сместились',
    used: 'используют',
    gives: 'решения и правила не получают оценки: {why}',
    gaps: {
      no_model: 'модели нет',
      stale: 'устарела',
      drift: 'не держит слова',
      average: 'есть только среднее',
      not_a_customer: 'не клиент',
    },
    checked: 'сказанное {date} и сбывшееся: наклон {slope} ± {error}, PSI {psi}',
    drift: 'дрейф: {measure} {value}',
    last: 'последнее обучение ничего не дало: {reason}',
    backtest:
      'проверка на прошлом за {days} д: пришло заказов {came}, ожидалось {said}, по среднему {average}',
    customers: 'клиентов {customers}, из них с повторными заказами {repeat}; {timing}',
    mean: 'средняя ценность {value}, заказов в год {orders}',
    verdict: 'эффект {effect}, Qini {qini}: {targeting}',
    targeting: {
      individual: 'обращается к тем, у кого окупается',
      all: 'обращается ко всем',
      none: 'почти ни к кому: приносит меньше, чем стоит',
      unknown: 'пока неизвестно, поэтому всё остаётся как есть',
    },
    next: 'Следующее обучение',
    training: 'Идёт обучение.',
    reasons: {
      history: 'нужно {needs} дней истории, есть {has}',
      positives: 'нужно {needs} строк с исходом, есть {has}',
      negatives: 'нужно {needs} строк без исхода, есть {has}',
      customers: 'нужно {needs} покупателей, есть {has}',
      treated: 'нужно {needs} человек с воздействием, есть {has}',
      untreated: 'нужно {needs} человек, случайно оставленных в покое, есть {has}',
      not_better: 'не лучше простой доли ({detail})',
      not_calibrated: 'не держит слова ({detail})',
      failed: '{detail}',
    },
  },
} as const

/** Some lines a model. */
export const modelsText = (models: Models, language: Language): string => {
  const words = WORDS[language]
  return [
    ...models.models.flatMap((model) => [...modelLines(model, language), '']),
    models.training ? words.training : `${words.next}: ${new Date(models.nextTrainingAt).toISOString()}`,
  ].join('\n')
}

const modelLines = (model: Model, language: Language): readonly string[] => {
  const words = WORDS[language]
  const { key, card, horizonDays, version, trainedAt, checked, drift, notTrained, gap, usedBy } = model
  const title =
    key === 'churn' || key === 'purchase' || key === 'value'
      ? words[key](horizonDays)
      : words.uplift(key.slice(key.indexOf(':') + 1))
  const when = trainedAt === null ? '' : `  ${version}  ${day(trainedAt)}`
  return [
    `${title}  [${words[model.state]}]${when}`,
    ...(card === null ? [] : cardLines(card, language)),
    ...(checked === null
      ? []
      : [
          fill(words.checked, {
            date: day(checked.saidAt),
            slope: checked.slope.toFixed(2),
            error: checked.slopeError.toFixed(2),
            psi: checked.psi.toFixed(3),
          }),
        ]),
    ...(drift === null ? [] : [fill(words.drift, { measure: drift.measure, value: drift.value.toFixed(2) })]),
    ...(notTrained === null ? [] : [fill(words.last, { reason: reasonText(notTrained, language) })]),
    ...(gap === null || gap === 'no_model' ? [] : [fill(words.gives, { why: words.gaps[gap] })]),
    ...(usedBy.length === 0 ? [] : [`${words.used}: ${usedBy.join(', ')}`]),
  ].map((line, at) => (at === 0 ? line : `  ${line}`))
}

const cardLines = (card: NonNullable<Model['card']>, language: Language): readonly string[] => {
  switch (card.kind) {
    case 'propensity':
      return propensityLines(card, language)
    case 'value':
      return valueLines(card, language)
    case 'uplift':
      return upliftLines(card, language)
  }
}

const propensityLines = (card: PropensityCard, language: Language): readonly string[] => {
  const words = WORDS[language]
  const left = card.leaks.filter(({ kept }) => !kept).map(({ column }) => column)
  return [
    `${words.learnt} ${card.learntRows} ${words.rows}, ${words.judged} ${card.judgedRows} (${day(card.judgedAt)})`,
    ...table(
      card.contenders.map((one) => [
        one.kind === card.chosen ? `* ${one.kind}` : `  ${one.kind}`,
        fill(words.against, {
          loss: one.logLoss.toFixed(4),
          base: card.baseline.logLoss.toFixed(4),
          auc: one.auc.toFixed(4),
          ece: one.ece.toFixed(4),
          slope: one.slope.toFixed(2),
        }),
      ]),
    ).split('\n'),
    `${words.drivers}: ${card.drivers
      .slice(0, 5)
      .map(({ name, weight }) => `${name} ${weight.toFixed(2)}`)
      .join(', ')}`,
    left.length === 0 ? words.noLeaks : `${words.leaks}: ${left.join(', ')}`,
    ...(card.drift.length === 0
      ? []
      : [
          `${words.moved}: ${card.drift.map(({ column, psi }) => `${column} (PSI ${psi.toFixed(2)})`).join(', ')}`,
        ]),
  ]
}

const valueLines = (card: ValueCard, language: Language): readonly string[] => {
  const words = WORDS[language]
  const timing = card.reason === null ? card.timing : `${card.timing} (${card.reason})`
  return [
    fill(words.customers, { customers: card.customers, repeat: card.repeatBuyers, timing }),
    fill(words.mean, { value: card.meanValue.toFixed(2), orders: card.ordersPerYear.toFixed(2) }),
    ...(card.backtest === null
      ? []
      : [
          fill(words.backtest, {
            days: card.backtest.days,
            came: card.backtest.ordersCame,
            said: card.backtest.ordersSaid.toFixed(0),
            average: card.backtest.ordersAverage.toFixed(0),
          }),
        ]),
  ]
}

const upliftLines = (card: UpliftCard, language: Language): readonly string[] => {
  const show = ({ value, low, high }: UpliftCard['effect']): string =>
    `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
  return [
    fill(WORDS[language].verdict, {
      effect: show(card.effect),
      qini: show(card.qini),
      targeting: WORDS[language].targeting[card.because === 'unknown' ? 'unknown' : card.targeting],
    }),
  ]
}

const reasonText = (
  { reason, needs, has, detail }: NonNullable<Model['notTrained']>,
  language: Language,
): string => {
  const { reasons } = WORDS[language]
  const text = Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reason
  return fill(text, { needs, has, detail })
}

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
