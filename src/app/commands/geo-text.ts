// What `windvane geo` prints for people, in English and Russian.

import { table } from '../output.ts'
import { shortNumber, sparkline } from './series-file.ts'
import type { PlannedGeo, ReadTest } from './geo.ts'

type Words = (typeof WORDS)['en']

/** Names come from files: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 40)
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
const money = (value: number): string =>
  Math.abs(value) >= 10 ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : shortNumber(value)
const NAMES_MAX = 60

const listText = (names: readonly string[], words: Words): string =>
  names.slice(0, NAMES_MAX).map(plain).join(', ') +
  (names.length > NAMES_MAX ? words.more(names.length - NAMES_MAX) : '')

export const designText = (plan: PlannedGeo, lang: 'en' | 'ru'): string => {
  const words = WORDS[lang]
  const { placebo } = plan
  return [
    words.planTitle(plan.treated.length, plan.control.length, plan.testDays),
    '',
    `${words.treated}: ${listText(plan.treated, words)}`,
    `${words.control}: ${listText(plan.control, words)}`,
    '',
    table([
      [words.treatedShare, percent(plan.treatedShare)],
      [words.correlation, plan.line.correlation.toFixed(3)],
      [words.expected, money(plan.expected)],
      [words.detectable, `${money(plan.detectable)} (${percent(plan.detectableShare)})`],
      ...(plan.spendNeeded === null ? [] : [[words.spend, money(plan.spendNeeded)]]),
      [words.placebo, `${placebo.called} / ${placebo.runs}`],
      [words.spread, placebo.spread.toFixed(2)],
    ]),
    '',
    placebo.spread > 1.5 ? words.spreadWarning : words.next,
  ].join('\n')
}

export const readingText = (reading: ReadTest, lang: 'en' | 'ru'): string => {
  const words = WORDS[lang]
  const { effect, lift, returnOnSpend, synthetic } = reading
  const isKnown = effect.low > 0 || effect.high < 0
  return [
    words.readTitle(reading),
    '',
    table([
      ['', words.value, words.interval(percent(1 - reading.alpha))],
      [words.effect, money(effect.value), `${money(effect.low)} … ${money(effect.high)}`],
      [words.lift, percent(lift.value), `${percent(lift.low)} … ${percent(lift.high)}`],
      ...(returnOnSpend === null
        ? []
        : [
            [
              words.return,
              returnOnSpend.value.toFixed(6),
              `${returnOnSpend.low.toFixed(6)} … ${returnOnSpend.high.toFixed(6)}`,
            ],
          ]),
      ...(synthetic === null
        ? []
        : [
            [
              words.synthetic,
              `${money(synthetic.effect)} (${percent(synthetic.lift)})`,
              `p ${synthetic.p.toFixed(3)}`,
            ],
          ]),
    ]),
    '',
    `${words.daily}: ${sparkline(reading.dailyEffect, 96)}`,
    `${words.correlation}: ${reading.line.correlation.toFixed(3)}; ${words.spent}: ${money(reading.cost)}`,
    '',
    isKnown ? words.known : words.notKnown,
    ...reading.warnings.map((warning) => words.warnings[warning]),
  ].join('\n')
}

const WORDS = {
  en: {
    more: (n: number) => ` … and ${n} more (--json)`,
    planTitle: (treated: number, control: number, days: number) =>
      `Regions: ${treated} treated, ${control} left alone, for ${days} days`,
    treated: 'Treated',
    control: 'Control',
    treatedShare: 'share of what is sold in the treated regions',
    correlation: 'correlation of the two groups before',
    expected: 'expected there during the test without treatment',
    detectable: 'smallest effect it would tell from none (power 80 %)',
    spend: 'to be spent for that at the hoped return',
    placebo: 'tests of nothing on days the choice had not seen: called / run',
    spread: 'their errors beside what the model claims (1 is right)',
    next: 'Treat these regions only, leave the rest alone, then read the test with --from DATE --treated REGIONS.',
    spreadWarning:
      'The days differ from each other by more than the model claims: the smallest effect has been widened by that.',
    readTitle: (r: ReadTest) =>
      `Test from ${r.from} to ${r.until}: ${r.treated} treated and ${r.control} control regions, ${r.daysBefore} days before it, ${r.days} in it`,
    value: 'value',
    interval: (level: string) => `${level} interval`,
    effect: 'brought in addition',
    lift: 'of what was expected',
    return: 'return on spend (iROAS)',
    synthetic: 'synthetic control',
    daily: 'day by day',
    spent: 'spent in addition',
    known: 'The interval has left zero: the treatment did something.',
    notKnown: 'Not known yet: the interval contains zero.',
    warnings: {
      weak_match: 'Warning: the two groups did not move together before the test; do not trust the interval.',
      dependent_days: 'Warning: the days depend on each other; the interval is too narrow.',
      disagree: 'Warning: the synthetic control says the opposite.',
      short_before: 'Warning: fewer days before the test than in it.',
      outside_range: 'Warning: the control regions went where they had never been before the test.',
    },
  },
  ru: {
    more: (n: number) => ` … и ещё ${n} (--json)`,
    planTitle: (treated: number, control: number, days: number) =>
      `Регионы: с воздействием ${treated}, без него ${control}; дней теста: ${days}`,
    treated: 'Воздействуем',
    control: 'Контроль',
    treatedShare: 'доля продаж в регионах с воздействием',
    correlation: 'корреляция двух групп до теста',
    expected: 'ожидается там за время теста без воздействия',
    detectable: 'наименьший эффект, который отличим от нуля (мощность 80 %)',
    spend: 'для этого потратить при желаемой отдаче',
    placebo: 'проверки без воздействия на днях, которых выбор не видел: ложных / всего',
    spread: 'их ошибки рядом с тем, что обещает модель (1 — как обещано)',
    next: 'Воздействуйте только на эти регионы, остальные не трогайте, затем прочтите тест: --from ДАТА --treated РЕГИОНЫ.',
    spreadWarning:
      'Дни отличаются друг от друга сильнее, чем обещает модель: наименьший эффект увеличен во столько же раз.',
    readTitle: (r: ReadTest) =>
      `Тест с ${r.from} по ${r.until}: регионов с воздействием ${r.treated}, контрольных ${r.control}; дней до теста ${r.daysBefore}, в нём ${r.days}`,
    value: 'значение',
    interval: (level: string) => `интервал ${level}`,
    effect: 'получено дополнительно',
    lift: 'от ожидавшегося',
    return: 'отдача расходов (iROAS)',
    synthetic: 'синтетический контроль',
    daily: 'по дням',
    spent: 'потрачено дополнительно',
    known: 'Интервал не содержит нуля: воздействие что-то изменило.',
    notKnown: 'Пока не известно: интервал содержит ноль.',
    warnings: {
      weak_match: 'Внимание: до теста группы двигались порознь; интервалу верить нельзя.',
      dependent_days: 'Внимание: дни зависят друг от друга; интервал слишком узок.',
      disagree: 'Внимание: синтетический контроль говорит обратное.',
      short_before: 'Внимание: дней до теста меньше, чем в тесте.',
      outside_range: 'Внимание: контрольные регионы оказались там, где до теста никогда не были.',
    },
  },
}
