// An evaluation as a text table for the terminal, in English or Russian.

import type { Evaluation, EvaluationReason, PolicyReport } from './evaluate.ts'
import { EFFECTIVE_SAMPLE_MIN, type Estimate, WEIGHT_SHARE_MAX } from './off-policy.ts'

type Words = {
  readonly title: (result: Evaluation) => string
  readonly halves: (result: Evaluation) => string
  readonly logged: string
  readonly arm: readonly [string, string, string, string]
  readonly policies: string
  readonly policy: readonly [string, string, string, string, string, string, string]
  readonly always: (action: string) => string
  readonly learnt: string
  readonly refused: string
  readonly gain: (action: string) => string
  readonly shares: string
  readonly verdict: string
  readonly kinds: {
    readonly [kind in Evaluation['verdict']['kind']]: (action: string) => string
  }
  readonly reasons: { readonly [reason in EvaluationReason]: string }
}

export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

const en: Words = {
  title: (result) => `Reward "${result.rewardName}": ${result.rows} logged decisions`,
  halves: (result) =>
    `Learnt on ${result.trainingRows} rows (${result.features} features), reported on the other ${result.reportingRows}; intervals ${percent(1 - result.alpha)}.`,
  logged: 'What was logged',
  arm: ['action', 'rows', 'mean', 'stderr'],
  policies: 'What each policy would have earned on the other half',
  policy: ['policy', 'rows', 'mean', 'IPS', 'SNIPS', 'doubly robust', 'ESS'],
  always: (action) => `always ${action}`,
  learnt: 'learnt policy',
  refused: 'refused',
  gain: (action) => `Learnt policy against always ${action}, paired`,
  shares: 'The learnt policy takes',
  verdict: 'Verdict',
  kinds: {
    use_learnt: (action) =>
      `the learnt policy earns more than always ${action}: try it on a share of traffic`,
    keep_constant: (action) => `keep always ${action}`,
    refused: () => 'no verdict',
  },
  reasons: {
    effective_sample_small: `the effective sample is below ${EFFECTIVE_SAMPLE_MIN}`,
    weight_share_large: `one row carries more than ${percent(WEIGHT_SHARE_MAX)} of all weight`,
    one_action: 'there is only one action in the log, so there is nothing to compare',
    propensities_do_not_add_up:
      'the logged propensities do not add up: they are wrong, or some action could not always be taken',
    lower_bound_not_above_zero: 'the lower bound of the gain is not above zero',
    lower_bound_above_zero: 'the lower bound of the gain is above zero',
  },
}

const ru: Words = {
  title: (result) => `Награда «${result.rewardName}»: решений в журнале ${result.rows}`,
  halves: (result) =>
    `Обучение на ${result.trainingRows} строках (признаков: ${result.features}), отчёт на остальных ${result.reportingRows}; интервалы ${percent(1 - result.alpha)}.`,
  logged: 'Что было в журнале',
  arm: ['действие', 'строк', 'среднее', 'ст. ошибка'],
  policies: 'Сколько принесла бы каждая политика на второй половине',
  policy: ['политика', 'строк', 'среднее', 'IPS', 'SNIPS', 'дважды устойчивая', 'ESS'],
  always: (action) => `всегда ${action}`,
  learnt: 'обученная политика',
  refused: 'отклонено',
  gain: (action) => `Обученная политика против «всегда ${action}», попарно`,
  shares: 'Обученная политика выбирает',
  verdict: 'Вывод',
  kinds: {
    use_learnt: (action) =>
      `обученная политика приносит больше, чем «всегда ${action}»: проверьте её на доле трафика`,
    keep_constant: (action) => `оставить «всегда ${action}»`,
    refused: () => 'вывода нет',
  },
  reasons: {
    effective_sample_small: `эффективная выборка меньше ${EFFECTIVE_SAMPLE_MIN}`,
    weight_share_large: `на одну строку приходится больше ${percent(WEIGHT_SHARE_MAX)} всего веса`,
    one_action: 'в журнале только одно действие, сравнивать не с чем',
    propensities_do_not_add_up:
      'вероятности в журнале не сходятся: они неверны, или какое-то действие было доступно не всегда',
    lower_bound_not_above_zero: 'нижняя граница выигрыша не выше нуля',
    lower_bound_above_zero: 'нижняя граница выигрыша выше нуля',
  },
}

/** The table. `locale` is BCP 47: Russian for `ru…`, else English. */
export const renderEvaluation = (result: Evaluation, locale = 'en'): string => {
  const words = locale.toLowerCase().startsWith('ru') ? ru : en
  const { verdict, gain } = result
  const reasons = verdict.reasons.map((reason) => words.reasons[reason]).join('; ')
  const lines = [
    words.title(result),
    words.halves(result),
    '',
    words.logged,
    ...table([
      words.arm,
      ...result.arms.map(({ action, n, mean, stderr }) => [
        plain(action),
        String(n),
        figure(mean),
        figure(stderr),
      ]),
    ]),
    '',
    words.policies,
    ...table([
      words.policy,
      ...[...result.constants, result.learnt].map((policy) => policyRow(policy, words)),
    ]),
    '',
    `${words.shares}: ${result.arms.map(({ action }, i) => `${plain(action)} ${percent(result.learntShares[i] ?? 0)}`).join(', ')}`,
  ]
  if (gain !== null)
    lines.push(
      `${words.gain(plain(verdict.action))}: ${figure(gain.difference)} [${figure(gain.low)}, ${figure(gain.high)}]`,
    )
  lines.push(`${words.verdict}: ${words.kinds[verdict.kind](plain(verdict.action))} (${reasons})`)
  return lines.join('\n')
}

const policyRow = (policy: PolicyReport, words: Words): readonly string[] => [
  policy.action === null ? words.learnt : words.always(plain(policy.action)),
  String(policy.n),
  figure(policy.mean),
  estimate(policy.ips, words),
  estimate(policy.snips, words),
  estimate(policy.doublyRobust, words),
  policy.ips.effectiveSample.toFixed(0),
]

const estimate = ({ value, interval, refusal }: Estimate, words: Words): string =>
  refusal === null ? `${figure(value)} [${figure(interval.low)}, ${figure(interval.high)}]` : words.refused

/** Four decimals below a hundred: rates and money both can be read. */
export const figure = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 4 : 2)

/** Names come from files: nothing in them may steer a terminal. */
export const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 60)

/** Columns aligned: the first to the left, the others to the right. */
export const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0
        return i === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
