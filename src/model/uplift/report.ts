// An uplift assessment in words, English or Russian: did it work, for whom, and what to do.

import type { UpliftAssessment } from './assess.ts'
import type { Interval } from './curve.ts'

const WORDS = {
  en: {
    against: 'against',
    rows: 'rows',
    treated: 'treated',
    effect: 'Average effect',
    uplift: 'Uplift in the top',
    qini: 'Qini, area per row',
    chance: 'chance: 0',
    tLearner: 'T-learner',
    tenths: 'Tenths by expected uplift, on rows not seen: said, came',
    leftOut: 'Not learnt from, since known only after the treatment',
    why: { arms: 'differs between the arms', outcome: 'tells the outcome', name: 'is called like a result' },
    decision: {
      individual: 'Target by list: the ranking is better than chance',
      all: 'Treat all: no ranking is surely better than chance, and the average effect is above its cost',
      none: 'Treat nobody',
    },
    noneEffect: 'the average effect is below its cost',
    noneUnknown: 'not known yet whether it works',
    targets: 'worth their cost',
  },
  ru: {
    against: 'против',
    rows: 'строк',
    treated: 'с воздействием',
    effect: 'Средний эффект',
    uplift: 'Прирост в верхних',
    qini: 'Qini, площадь на строку',
    chance: 'случай: 0',
    tLearner: 'T-learner',
    tenths: 'Десятые доли по ожидаемому приросту на невиденных строках: обещано, сбылось',
    leftOut: 'Не использованы: известны только после воздействия',
    why: { arms: 'различается между группами', outcome: 'выдаёт исход', name: 'назван как результат' },
    decision: {
      individual: 'По списку: ранжирование лучше случая',
      all: 'Всем: ни одно ранжирование не лучше случая наверняка, а средний эффект выше затрат',
      none: 'Никому',
    },
    noneEffect: 'средний эффект ниже затрат',
    noneUnknown: 'пока неизвестно, работает ли',
    targets: 'окупают затраты',
  },
} as const

const BAR_WIDTH = 24

/** Some thirty lines. `names`: how the arms are called. */
export const renderUplift = (
  result: UpliftAssessment,
  names: { readonly arm: string; readonly control: string; readonly outcome: string },
  language: 'en' | 'ru',
): string => {
  const words = WORDS[language]
  const { decision, because } = result.targeting
  const reason = decision === 'none' ? `: ${because === 'effect' ? words.noneEffect : words.noneUnknown}` : ''
  const list = decision === 'individual' ? ` (${result.targetRows} / ${result.rows} ${words.targets})` : ''
  return [
    `${names.outcome}: ${names.arm} ${words.against} ${names.control}, ${result.rows} ${words.rows}, ${result.treatedRows} ${words.treated}`,
    `${words.effect}  ${shown(result.effect)}  (${number(result.treatedMean)} - ${number(result.controlMean)})`,
    ...result.dr.upliftAt.map((at) => `${words.uplift} ${(at.share * 100).toFixed(0)} %  ${shown(at)}`),
    `${words.qini}  ${shown(result.dr.qini)}  (${words.chance}; ${words.tLearner} ${number(result.tQini.value)})`,
    '',
    words.tenths,
    ...tenthLines(result),
    ...(result.leftOut.length === 0
      ? []
      : [
          '',
          `${words.leftOut}: ${result.leftOut.map(({ column, why }) => `${column} (${words.why[why]})`).join(', ')}`,
        ]),
    '',
    `=> ${words.decision[decision]}${reason}${list}`,
  ].join('\n')
}

const number = (value: number): string => value.toFixed(Math.abs(value) >= 10 ? 2 : 4)

const shown = ({ value, low, high }: Interval): string => `${number(value)} [${number(low)}, ${number(high)}]`

const tenthLines = ({ tenths }: UpliftAssessment): readonly string[] => {
  const most = Math.max(...tenths.map(({ came }) => Math.abs(came)), 1e-12)
  return tenths.map(({ said, came }) => {
    const bar = (came < 0 ? '-' : '█').repeat(Math.round((Math.abs(came) / most) * BAR_WIDTH))
    return `  ${number(said).padStart(8)}  ${number(came).padStart(8)}  ${bar}`.trimEnd()
  })
}
