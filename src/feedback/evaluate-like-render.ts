// What another policy would have earned as a text table for the terminal, in English or Russian.

import type { LikeEvaluation } from './evaluate-like.ts'
import { figure, percent, plain, table } from './evaluate-render.ts'
import { EFFECTIVE_SAMPLE_MIN, WEIGHT_SHARE_MAX } from './off-policy.ts'

type Words = {
  readonly title: (result: LikeEvaluation) => string
  readonly head: readonly [string, string, string]
  readonly rows: {
    readonly [name in
      | 'logged'
      | 'other'
      | 'ips'
      | 'snips'
      | 'robust'
      | 'switched'
      | 'shrunk'
      | 'anytime']: string
  }
  readonly cut: (level: number) => string
  readonly quality: (result: LikeEvaluation) => string
  readonly claim: string
  readonly refused: string
  readonly reasons: { readonly [code in NonNullable<LikeEvaluation['refusal']>['code']]: string }
}

const en: Words = {
  title: ({ rewardName, logged, actions, by }) =>
    `Reward "${rewardName}": ${logged.n} logged decisions, ${actions} actions; the other policy by how often it takes each${by.length === 0 ? '' : ` (apart by ${by.map(plain).join(', ')})`}`,
  head: ['', 'estimate', 'interval'],
  rows: {
    logged: 'earned by the policy that logged',
    other: 'earned in the log of the other',
    ips: 'the other here: IPS',
    snips: 'SNIPS',
    robust: 'doubly robust, cross-fitted',
    switched: 'SWITCH',
    shrunk: 'DRos',
    anytime: 'at any time, any logging policy',
  },
  cut: (level) => (level === Infinity ? 'no weight cut' : `level ${level.toPrecision(3)}`),
  quality: ({ ips, weightMean }) =>
    `Effective sample ${ips.effectiveSample.toFixed(0)} of ${ips.n}, largest weight ${percent(ips.weightShareMax)} of all, mean weight ${weightMean.toFixed(3)}.`,
  claim: 'These figures may be used.',
  refused: 'Refused: ',
  reasons: {
    effective_sample_small: `the effective sample is below ${EFFECTIVE_SAMPLE_MIN}`,
    weight_share_large: `one row carries more than ${percent(WEIGHT_SHARE_MAX)} of all weight`,
    propensities_do_not_add_up: 'the weights do not average 1: the logged propensities are wrong',
    never_logged: 'the other policy takes actions that were never logged here',
  },
}

const ru: Words = {
  title: ({ rewardName, logged, actions, by }) =>
    `Награда «${rewardName}»: решений в журнале ${logged.n}, действий ${actions}; другая политика — по тому, как часто она выбирает каждое${by.length === 0 ? '' : ` (отдельно по ${by.map(plain).join(', ')})`}`,
  head: ['', 'оценка', 'интервал'],
  rows: {
    logged: 'принесла политика, писавшая журнал',
    other: 'принесла другая в своём журнале',
    ips: 'другая на этом журнале: IPS',
    snips: 'SNIPS',
    robust: 'дважды устойчивая, с перекрёстным обучением',
    switched: 'SWITCH',
    shrunk: 'DRos',
    anytime: 'в любой момент, для любой политики журнала',
  },
  cut: (level) => (level === Infinity ? 'веса не срезаны' : `уровень ${level.toPrecision(3)}`),
  quality: ({ ips, weightMean }) =>
    `Эффективная выборка ${ips.effectiveSample.toFixed(0)} из ${ips.n}, наибольший вес ${percent(ips.weightShareMax)} от всех, средний вес ${weightMean.toFixed(3)}.`,
  claim: 'Этими числами можно пользоваться.',
  refused: 'Отклонено: ',
  reasons: {
    effective_sample_small: `эффективная выборка меньше ${EFFECTIVE_SAMPLE_MIN}`,
    weight_share_large: `на одну строку приходится больше ${percent(WEIGHT_SHARE_MAX)} всего веса`,
    propensities_do_not_add_up: 'веса в среднем не равны 1: вероятности в журнале неверны',
    never_logged: 'другая политика выбирает действия, которых в этом журнале нет',
  },
}

/** The table. `locale` is BCP 47: Russian for `ru…`, else English. */
export const renderLike = (result: LikeEvaluation, locale = 'en'): string => {
  const words = locale.toLowerCase().startsWith('ru') ? ru : en
  const span = ({ low, high }: { readonly low: number; readonly high: number }) =>
    `[${small(low)}, ${small(high)}]`
  const { logged, other, ips, snips, doublyRobust, switched, shrunk, anytime, refusal } = result
  const rows = [
    words.head,
    [words.rows.logged, small(logged.mean), ''],
    ...(other === null ? [] : [[words.rows.other, small(other.mean), '']]),
    [words.rows.ips, small(ips.value), span(ips.interval)],
    [words.rows.snips, small(snips.value), span(snips.interval)],
    [words.rows.robust, small(doublyRobust.value), span(doublyRobust.interval)],
    [words.rows.switched, small(switched.value), words.cut(switched.shrinkage.level)],
    [words.rows.shrunk, small(shrunk.value), words.cut(shrunk.shrinkage.level)],
    [words.rows.anytime, '', span(anytime)],
  ]
  return [
    words.title(result),
    ...table(rows),
    words.quality(result),
    refusal === null ? words.claim : `${words.refused}${words.reasons[refusal.code]}.`,
  ].join('\n')
}

/** Rates of a few in a thousand want five decimals; money as elsewhere. */
const small = (value: number): string => (Math.abs(value) < 1 ? value.toFixed(5) : figure(value))
