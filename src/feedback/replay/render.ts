// A replayed log as text for the terminal, in English or Russian.

import { figure, percent, plain, table } from '../evaluate-render.ts'
import { EFFECTIVE_SAMPLE_MIN, WEIGHT_SHARE_MAX } from '../off-policy.ts'
import type { BanditReplay, PolicyReplay, ReplayReason } from './replay.ts'

type Words = {
  readonly title: (result: BanditReplay) => string
  readonly assumed: string
  readonly how: string
  readonly head: readonly string[]
  readonly logged: string
  readonly even: string
  readonly always: (action: string) => string
  readonly more: (count: number) => string
  readonly refused: string
  readonly fewRows: (rows: number) => string
  readonly fifths: (name: string) => string
  readonly verdict: string
  readonly kinds: {
    readonly [kind in BanditReplay['verdict']['kind']]: (name: string, best: string) => string
  }
  readonly overLog: (name: string) => string
  readonly reasons: { readonly [reason in ReplayReason]: (columns: string) => string }
}

const en: Words = {
  title: ({ rows, actions, columns, alpha }) =>
    `${rows} decisions, ${actions.length} actions, ${columns} columns of context; intervals of ${percent(1 - alpha)}`,
  assumed:
    'No propensities: each action is taken to have been drawn by chance, as often as it stands in the log.',
  how: 'Each row is judged before it is learnt from, oldest first.',
  head: ['policy', 'per decision', 'over the best action', 'effective rows', 'learning from its own rows'],
  logged: 'the log',
  even: 'all evenly',
  always: (action) => `always ${action}`,
  more: (count) => `… and ${count} more actions`,
  refused: 'refused',
  fewRows: (rows) => `only ${rows} rows`,
  fifths: (name) => `${name} by fifths of the log`,
  overLog: (name) => `${name} over the log, per decision`,
  verdict: 'Verdict',
  kinds: {
    learning_pays: (name, best) =>
      `${name} would have earned more than always ${best}, the best action in hindsight`,
    not_shown: (_, best) =>
      `nothing that learns surely earns more than always ${best}, the best action in hindsight`,
    refused: () => 'no verdict',
  },
  reasons: {
    one_action: () => 'there is only one action in the log, so there is nothing to compare',
    propensities_do_not_add_up: () =>
      'the logged propensities do not add up: they are wrong, or some action could not always be taken',
    choice_depends_on_context: (columns) =>
      `the log chose by ${columns}: without propensities nothing can be said of other policies`,
    estimates_refused: () =>
      `every estimate hangs on too few rows (effective sample below ${EFFECTIVE_SAMPLE_MIN}, or one row above ${percent(WEIGHT_SHARE_MAX)} of all weight)`,
    lower_bound_above_zero: () => 'the lower bound of the gain is above zero',
    lower_bound_not_above_zero: () => 'no lower bound of a gain is above zero',
  },
}

const ru: Words = {
  title: ({ rows, actions, columns, alpha }) =>
    `Решений: ${rows}, действий: ${actions.length}, столбцов контекста: ${columns}; интервалы ${percent(1 - alpha)}`,
  assumed:
    'Вероятностей в журнале нет: считается, что каждое действие выбирал случай, с той частотой, с какой оно встречается.',
  how: 'Сначала строка служит проверкой и лишь потом обучению, от старых к новым.',
  head: [
    'политика',
    'на решение',
    'сверх лучшего действия',
    'эффективных строк',
    'при обучении на своих строках',
  ],
  logged: 'как было',
  even: 'все поровну',
  always: (action) => `всегда ${action}`,
  more: (count) => `… и ещё действий: ${count}`,
  refused: 'отклонено',
  fewRows: (rows) => `строк всего ${rows}`,
  fifths: (name) => `${name} по пятым частям журнала`,
  overLog: (name) => `${name} сверх того, что было, на решение`,
  verdict: 'Вывод',
  kinds: {
    learning_pays: (name, best) =>
      `${name} принесла бы больше, чем «всегда ${best}» — лучшее действие задним числом`,
    not_shown: (_, best) =>
      `ни одна обучаемая политика не приносит наверняка больше, чем «всегда ${best}» — лучшее действие задним числом`,
    refused: () => 'вывода нет',
  },
  reasons: {
    one_action: () => 'в журнале только одно действие, сравнивать не с чем',
    propensities_do_not_add_up: () =>
      'вероятности в журнале не сходятся: они неверны, или какое-то действие было доступно не всегда',
    choice_depends_on_context: (columns) =>
      `журнал выбирал с оглядкой на ${columns}: без вероятностей о других политиках ничего сказать нельзя`,
    estimates_refused: () =>
      `все оценки держатся на слишком малом числе строк (эффективная выборка меньше ${EFFECTIVE_SAMPLE_MIN} или на одну строку больше ${percent(WEIGHT_SHARE_MAX)} веса)`,
    lower_bound_above_zero: () => 'нижняя граница выигрыша выше нуля',
    lower_bound_not_above_zero: () => 'ни у одной политики нижняя граница выигрыша не выше нуля',
  },
}

const CONSTANTS_SHOWN = 8

/** The table. `locale` is BCP 47: Russian for `ru…`, else English. */
export const renderReplay = (result: BanditReplay, locale = 'en'): string => {
  const words = locale.toLowerCase().startsWith('ru') ? ru : en
  const { constants, learners, even, logged, verdict } = result
  const ranked = constants.toSorted((left, right) => right.estimate.value - left.estimate.value)
  const shown = ranked.slice(0, CONSTANTS_SHOWN)
  const rest = constants.length - shown.length
  const lines = [
    words.title(result),
    ...(result.propensities === 'assumed' ? [words.assumed] : []),
    words.how,
    '',
    ...table([
      words.head,
      [
        words.logged,
        `${figure(logged.value)} [${figure(logged.low)}, ${figure(logged.high)}]`,
        '',
        String(result.rows),
        '',
      ],
      rowOf({ ...even, name: words.even }, words),
      ...shown.map((one) => rowOf({ ...one, name: words.always(plain(one.name)), overBest: null }, words)),
      ...(rest > 0 ? [[words.more(rest), '', '', '', '']] : []),
      ...learners.map((one) => rowOf(one, words)),
    ]),
    '',
    ...learners
      .filter(({ estimate }) => estimate.refusal === null)
      .map(({ name, fifths }) => `${words.fifths(name)}: ${fifths.map(figure).join('  ')}`),
    ...learners
      .filter(({ name }) => name === verdict.name)
      .flatMap(({ name, overLog }) =>
        overLog === null ? [] : [`${words.overLog(name)}: ${range(overLog)}`],
      ),
    `${words.verdict}: ${words.kinds[verdict.kind](verdict.name, plain(result.bestConstant))} (${words.reasons[verdict.reason](verdict.columns.map(plain).join(', '))})`,
  ]
  return lines.join('\n')
}

const rowOf = ({ name, estimate, overBest, own }: PolicyReplay, words: Words): readonly string[] => {
  const { value, interval, refusal, effectiveSample } = estimate
  return [
    name,
    refusal === null ? `${figure(value)} [${figure(interval.low)}, ${figure(interval.high)}]` : words.refused,
    overBest === null ? '' : range(overBest),
    effectiveSample.toFixed(0),
    own === null
      ? ''
      : own.isRefused
        ? words.fewRows(own.n)
        : `${figure(own.value)} [${figure(own.low)}, ${figure(own.high)}]`,
  ]
}

const range = ({ difference, low, high }: NonNullable<PolicyReplay['overLog']>): string =>
  `${figure(difference)} [${figure(low)}, ${figure(high)}]`
