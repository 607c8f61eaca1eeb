// What `windvane budget plan` and `explain` print for people, in English and Russian.

import type { EffectRange, HistoryPlanLine, MoveReason } from '../../budget/index.ts'
import { table } from '../output.ts'
import type { FilePlan } from './budget.ts'

type Words = (typeof WORDS)['en']

/** Names come from files: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 40)
const LINES_MAX = 60
const BAR = 28

const money = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 })
const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${money(Math.abs(value))}`
const change = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  to === from || from === 0 ? '' : `${to > from ? '+' : '−'}${Math.abs((to / from - 1) * 100).toFixed(0)} %`
const returnText = (value: number | null, words: Words): string =>
  value === null ? words.unknown : value.toFixed(2)
const marginalText = ({ marginal }: HistoryPlanLine, words: Words): string =>
  marginal === null
    ? words.unknown
    : `${marginal.mean.toFixed(2)} (${marginal.low.toFixed(2)} … ${marginal.high.toFixed(2)})`

export const planText = (plan: FilePlan, lang: 'en' | 'ru'): string => {
  const words = WORDS[lang]
  const lines = plan.lines.toSorted((left, right) => right.from - left.from)
  const most = Math.max(...lines.flatMap(({ from, to }) => [from, to]), 1e-9)
  const unknown = lines.filter(({ evidence }) => evidence === 'none').length
  return [
    words.planTitle(plan, money(plan.total)),
    '',
    table([
      words.columns,
      ...lines
        .slice(0, LINES_MAX)
        .map((line) => [
          plain(line.id),
          money(line.from),
          money(line.to),
          change(line),
          marginalText(line, words),
          returnText(line.claimedReturn, words),
          words.evidence[line.evidence],
          words.reasons[line.reason],
        ]),
    ]),
    ...(lines.length > LINES_MAX ? [words.more(lines.length - LINES_MAX)] : []),
    '',
    ...lines.slice(0, 12).map((line) => `${plain(line.id).padEnd(20).slice(0, 20)} ${bars(line, most)}`),
    words.legend,
    '',
    words.gain(plan, [plan.gain, plan.spendMore, plan.gain - plan.spendMore].map(signed)),
    ...(unknown > 0 ? [words.noEvidence(unknown)] : []),
  ].join('\n')
}

/** The budget as it was, and what it gains or loses. */
const bars = ({ from, to }: HistoryPlanLine, most: number): string => {
  const [kept, whole] = [Math.min(from, to), Math.max(from, to)].map((x) => Math.round((x / most) * BAR))
  const rest = Math.max(0, (whole ?? 0) - (kept ?? 0))
  return '█'.repeat(kept ?? 0) + (to > from ? '▓' : '░').repeat(rest)
}

const CURVE_BAR = 44

export const explainText = (plan: FilePlan, line: HistoryPlanLine, lang: 'en' | 'ru'): string => {
  const words = WORDS[lang]
  const { curve } = line
  const facts = [
    [words.budget, money(line.from)],
    [words.marginal, marginalText(line, words)],
    [words.claimed, returnText(line.claimedReturn, words)],
    [words.share, `${line.realShare.share.toFixed(2)} ± ${line.realShare.standardError.toFixed(2)}`],
    [words.carryover, `${(line.carryover * 100).toFixed(0)} %`],
    [words.known, words.evidence[line.evidence]],
    [words.wanted, `${money(line.to)} ${change(line)} ${words.reasons[line.reason]}`],
  ]
  const width = Math.max(...facts.map(([label = '']) => label.length))
  return [
    words.explainTitle(plain(line.id), plan),
    '',
    ...facts.map(([label = '', value = '']) => `${label.padEnd(width)}  ${value}`.trimEnd()),
    '',
    ...(curve === null ? [words.noCurve] : curveText(line, words)),
    '',
    ...effectText(line, words),
    ...(line.evidence === 'none' ? [words.noEvidence(1)] : []),
  ].join('\n')
}

const curveText = ({ curve, from }: HistoryPlanLine, words: Words): readonly string[] => {
  if (curve === null) return []
  const most = Math.max(...curve.high, 1e-9)
  const cell = (value: number) => Math.round((value / most) * CURVE_BAR)
  // The nearest point of the curve is where the line stands.
  const here = curve.spend.reduce(
    (best, spend, k) => (Math.abs(spend - from) < Math.abs((curve.spend[best] ?? 0) - from) ? k : best),
    0,
  )
  return [
    words.curve,
    table([
      words.curveColumns,
      ...curve.spend.map((spend, k) => {
        const [low, value, high] = [curve.low[k] ?? 0, curve.value[k] ?? 0, curve.high[k] ?? 0]
        const row = Array.from({ length: CURVE_BAR + 1 }, (_cell, x) =>
          x === cell(value) ? '●' : x >= cell(low) && x <= cell(high) ? '─' : ' ',
        )
        return [
          money(spend),
          money(value),
          `${money(low)} … ${money(high)}`,
          row.join('').trimEnd() + (k === here ? `  ◄ ${words.here}` : ''),
        ]
      }),
    ]),
  ]
}

const effectText = ({ effect }: HistoryPlanLine, words: Words): readonly string[] => {
  if (effect === null) return [words.noEffect]
  const range = ({ mean, low, high }: EffectRange) => `${signed(mean)} (${signed(low)} … ${signed(high)})`
  const { expected, realised } = effect
  const agrees = realised.low <= expected.high && expected.low <= realised.high
  return [
    words.effect(money(effect.spendBefore), money(effect.spendAfter)),
    table([
      [words.expected, range(expected)],
      [words.realised, range(realised)],
    ]),
    agrees ? words.agrees : words.differs,
  ]
}

const stepWords = {
  en: (days: number) => (days === 7 ? 'a week' : 'a day'),
  ru: (days: number) => (days === 7 ? 'в неделю' : 'в день'),
}

const REASONS_EN: Readonly<Record<MoveReason, string>> = {
  earns_more_here: 'earns more here',
  earns_more_elsewhere: 'earns more elsewhere',
  below_return: 'the next unit does not pay',
  capacity: 'more could not be served',
  sold_out: 'paused: sold out',
  held_unknown: 'held: what it causes is not known',
  held_unlikely: 'held: unlikely to pay',
  held_frozen: 'held: frozen',
  in_dead_band: 'too small a change',
  no_data: 'no data',
}
const REASONS_RU: Readonly<Record<MoveReason, string>> = {
  earns_more_here: 'здесь отдача выше',
  earns_more_elsewhere: 'в другом месте отдача выше',
  below_return: 'следующий рубль не окупается',
  capacity: 'больше не обслужить',
  sold_out: 'на паузе: распродано',
  held_unknown: 'без изменений: причинность не известна',
  held_unlikely: 'без изменений: вряд ли окупится',
  held_frozen: 'без изменений: заморожено',
  in_dead_band: 'изменение слишком мало',
  no_data: 'нет данных',
}

const WORDS = {
  en: {
    unknown: 'not known',
    planTitle: ({ date, currency, lines, firstDate, lastDate, stepDays }: FilePlan, total: string) =>
      `Budgets for ${date}: ${total} ${currency} ${stepWords.en(stepDays)} over ${lines.length} lines, learnt from ${firstDate} to ${lastDate}`,
    columns: ['line', 'now', 'next', '', 'marginal return (80 %)', 'claimed', 'known by', 'why'],
    evidence: { experiment: 'experiment', randomised: 'varied by chance', none: 'not known' },
    reasons: REASONS_EN,
    more: (n: number) => `… and ${n} more lines (--json)`,
    legend: '█ stays   ▓ added   ░ taken away',
    gain: ({ currency, price, stepDays }: FilePlan, [margin, spend, profit]: readonly string[]) =>
      `Expected of these moves ${stepWords.en(stepDays)}: margin ${margin}, spend ${spend}, profit ${profit} ${currency}. Where money can move, the next unit brings ${price.toFixed(2)}.`,
    noEvidence: (n: number) =>
      `${n === 1 ? 'One line has' : `${n} lines have`} nothing that says what the spend causes: demand may drive both, so nothing is raised there. Run an experiment (windvane geo) and give it with --experiments.`,
    explainTitle: (id: string, { currency, firstDate, lastDate, stepDays }: FilePlan) =>
      `${id}: ${currency === '' ? 'amounts' : currency} ${stepWords.en(stepDays)}, learnt from ${firstDate} to ${lastDate}`,
    budget: 'spent lately',
    marginal: 'what the next unit brings (80 %)',
    claimed: 'return as claimed',
    share: 'share of the claim that is real',
    carryover: 'of an effect that lasts into the next step',
    known: 'known by',
    wanted: 'next',
    noCurve: 'No curve: nothing was spent.',
    curve: 'Margin that a spend brings, with its 80 % band:',
    curveColumns: ['spend', 'brings', '80 %', ''],
    here: 'here',
    effect: (before: string, after: string) =>
      `The last change, from ${before} to ${after}: margin more than before, 80 %`,
    expected: 'expected',
    realised: 'came',
    agrees: 'What came agrees with what was expected, as far as chance lets one see.',
    differs: 'What came is not what was expected: something else changed, or the curve was wrong.',
    noEffect: 'Too few steps to hold the last change against what was expected.',
  },
  ru: {
    unknown: 'не известно',
    planTitle: ({ date, currency, lines, firstDate, lastDate, stepDays }: FilePlan, total: string) =>
      `Бюджеты на ${date}: ${total} ${currency} ${stepWords.ru(stepDays)}, линий: ${lines.length}; изучено с ${firstDate} по ${lastDate}`,
    columns: [
      'линия',
      'сейчас',
      'дальше',
      '',
      'предельная отдача (80 %)',
      'заявлено',
      'откуда известно',
      'почему',
    ],
    evidence: { experiment: 'эксперимент', randomised: 'менялось случайно', none: 'не известно' },
    reasons: REASONS_RU,
    more: (n: number) => `… и ещё линий: ${n} (--json)`,
    legend: '█ остаётся   ▓ добавлено   ░ убрано',
    gain: ({ currency, price, stepDays }: FilePlan, [margin, spend, profit]: readonly string[]) =>
      `Ожидается от этих изменений ${stepWords.ru(stepDays)}: маржа ${margin}, расход ${spend}, прибыль ${profit} ${currency}. Там, где деньги можно двигать, следующая единица приносит ${price.toFixed(2)}.`,
    noEvidence: (n: number) =>
      `Линий, о которых не известно, что вызывает расход: ${n}. Спрос мог двигать и расход, и продажи, поэтому там ничего не повышается. Проведите эксперимент (windvane geo) и передайте его в --experiments.`,
    explainTitle: (id: string, { currency, firstDate, lastDate, stepDays }: FilePlan) =>
      `${id}: ${currency === '' ? 'суммы' : currency} ${stepWords.ru(stepDays)}, изучено с ${firstDate} по ${lastDate}`,
    budget: 'расход в последнее время',
    marginal: 'что приносит следующая единица (80 %)',
    claimed: 'отдача, как заявлено',
    share: 'доля заявленного, которая настоящая',
    carryover: 'часть эффекта, которая переходит на следующий шаг',
    known: 'откуда известно',
    wanted: 'дальше',
    noCurve: 'Кривой нет: расхода не было.',
    curve: 'Маржа, которую приносит расход, с полосой 80 %:',
    curveColumns: ['расход', 'приносит', '80 %', ''],
    here: 'сейчас здесь',
    effect: (before: string, after: string) =>
      `Последнее изменение, с ${before} на ${after}: маржи больше, чем раньше, 80 %`,
    expected: 'ожидалось',
    realised: 'получилось',
    agrees: 'Что получилось, согласуется с ожиданием, насколько это видно за случайностью.',
    differs: 'Получилось не то, что ожидалось: изменилось что-то ещё или кривая была неверна.',
    noEffect: 'Шагов мало, чтобы сравнить последнее изменение с ожиданием.',
  },
}
