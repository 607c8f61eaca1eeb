// A model card in words, English or Russian: what was learnt from what, how good it is, what to beware of.

import type { Contender, ModelCard } from './fit.ts'
import type { Leak } from './audit.ts'

export type Language = 'en' | 'ru'

const WORDS = {
  en: {
    title: 'Model card',
    rows: 'rows',
    positives: 'with the outcome',
    learnt: 'Learnt from',
    columns: 'columns',
    byTime: 'Held out by time: the latest',
    from: 'rows, from',
    by: 'by',
    byHash: 'Held out by hash (no date column): ',
    byHashRows: 'rows',
    tuned: 'stopped and calibrated on',
    model: 'model',
    calibration: 'calibration',
    logistic: 'logistic regression (champion)',
    online: 'logistic regression, row by row (champion)',
    trees: 'boosted trees (challenger)',
    kept: 'Kept: the champion. The trees are not better beyond chance: log-loss gain',
    promoted: 'Promoted: the trees. Log-loss gain',
    reliability: 'What was said and what came true, on rows not seen',
    said: 'said',
    came: 'came',
    drivers: {
      logistic: 'What weighs most (log-odds per deviation or value)',
      online: 'What weighs most (log-odds per deviation or value)',
      trees: 'What weighs most (share of gain)',
    },
    leaks: 'Not learnt from: known too late, or tells the outcome by itself',
    leaksKept: 'learnt from all the same, as told',
    drift: 'Distribution moved between the rows learnt from and those held out (PSI above .2)',
    slope: 'Calibration slope outside .8 to 1.2: fit anew before you trust the numbers.',
    why: {
      alone: (leak: Leak) => `ranks the outcome alone with AUC ${leak.value.toFixed(3)}`,
      decides: (leak: Leak) => `${leak.value} rows with certain values all had the rarer outcome`,
      name: () => 'by its name it is known only after the outcome',
      time: (leak: Leak) => `${(leak.value * 100).toFixed(1)} % of its dates lie after the row was observed`,
    },
  },
  ru: {
    title: 'Паспорт модели',
    rows: 'строк',
    positives: 'с исходом',
    learnt: 'Обучена на',
    columns: 'столбцах',
    byTime: 'Отложены по времени: последние',
    from: 'строк, с',
    by: 'столбец',
    byHash: 'Отложены по хешу (столбца с датой нет): ',
    byHashRows: 'строк',
    tuned: 'остановка и калибровка на',
    model: 'модель',
    calibration: 'калибровка',
    logistic: 'логистическая регрессия (чемпион)',
    online: 'логистическая регрессия, строка за строкой (чемпион)',
    trees: 'бустинг деревьев (претендент)',
    kept: 'Остаётся чемпион: деревья не лучше сверх случайности, выигрыш log-loss',
    promoted: 'Повышены деревья, выигрыш log-loss',
    reliability: 'Что обещано и что сбылось на невиденных строках',
    said: 'обещано',
    came: 'сбылось',
    drivers: {
      logistic: 'Что весит больше всего (логит на отклонение или значение)',
      online: 'Что весит больше всего (логит на отклонение или значение)',
      trees: 'Что весит больше всего (доля выигрыша)',
    },
    leaks: 'Не использованы: известны слишком поздно или сами выдают исход',
    leaksKept: 'использован, как велено',
    drift: 'Распределение сдвинулось между обучением и проверкой (PSI больше 0,2)',
    slope: 'Наклон калибровки вне 0,8–1,2: обучите заново, прежде чем верить числам.',
    why: {
      alone: (leak: Leak) => `один ранжирует исход с AUC ${leak.value.toFixed(3)}`,
      decides: (leak: Leak) => `${leak.value} строк с некоторыми значениями все имели более редкий исход`,
      name: () => 'судя по имени, известен только после исхода',
      time: (leak: Leak) => `${(leak.value * 100).toFixed(1)} % дат позже наблюдения строки`,
    },
  },
} as const

const BAR_WIDTH = 30

/** The card as text of some forty lines. */
export const renderCard = (card: ModelCard, language: Language): string => {
  const words = WORDS[language]
  const { split } = card
  const share = ((100 * card.positives) / card.rows).toFixed(1)
  const heldOut =
    split.how === 'time'
      ? `${words.byTime} ${split.testRows} ${words.from} ${split.testFrom.slice(0, 10)} (${words.by} ${split.column})`
      : `${words.byHash}${split.testRows} ${words.byHashRows}`
  const verdict = card.promoted ? words.promoted : words.kept
  return [
    `${words.title}: ${card.target} · ${card.version}`,
    `${words.learnt} ${split.trainRows} ${words.rows}, ${card.columns.length} ${words.columns}; ${card.rows} ${words.rows}, ${card.positives} (${share} %) ${words.positives}`,
    `${heldOut}; ${words.tuned} ${split.tuneRows}`,
    '',
    ...qualityLines([card.champion, card.challenger], language),
    '',
    `${verdict} ${card.lossGain.toFixed(4)} ± ${card.lossGainError.toFixed(4)}.`,
    '',
    words.reliability,
    ...reliabilityLines(card, language),
    '',
    words.drivers[card.chosen],
    ...card.drivers.map(({ name, weight }) => `  ${weight.toFixed(3).padStart(7)}  ${name}`),
    ...warningLines(card, language),
  ].join('\n')
}

const qualityLines = (contenders: readonly Contender[], language: Language): readonly string[] => {
  const words = WORDS[language]
  const head = [words.model, 'AUC', 'log-loss', 'Brier', 'ECE', 'lift@10%', 'slope', words.calibration]
  const rows = contenders.map(({ kind, quality, calibration }) => [
    words[kind],
    quality.auc.toFixed(4),
    quality.logLoss.toFixed(4),
    quality.brier.toFixed(4),
    quality.ece.toFixed(4),
    quality.liftTopDecile.toFixed(2),
    quality.calibrationSlope.toFixed(2),
    calibration,
  ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

const reliabilityLines = (card: ModelCard, language: Language): readonly string[] => {
  const words = WORDS[language]
  const most = Math.max(...card.reliability.flatMap(({ said, came }) => [said, came]), 1e-9)
  return [
    `  ${words.said.padStart(7)}  ${words.came.padStart(7)}`,
    ...card.reliability.map(({ said, came }) => {
      const bar = '█'.repeat(Math.round((came / most) * BAR_WIDTH)).padEnd(BAR_WIDTH + 1)
      const mark = Math.min(BAR_WIDTH, Math.round((said / most) * BAR_WIDTH))
      return `  ${said.toFixed(3).padStart(7)}  ${came.toFixed(3).padStart(7)}  ${bar.slice(0, mark)}|${bar.slice(mark + 1)}`.trimEnd()
    }),
  ]
}

const warningLines = (card: ModelCard, language: Language): readonly string[] => {
  const words = WORDS[language]
  const leaks = card.leaks.map(
    (leak) => `  ${leak.column}: ${words.why[leak.why](leak)}${leak.kept ? ` (${words.leaksKept})` : ''}`,
  )
  const drift = card.drift.map(({ column, psi }) => `  ${column}: ${psi.toFixed(2)}`)
  return [
    ...(leaks.length > 0 ? ['', words.leaks, ...leaks] : []),
    ...(drift.length > 0 ? ['', words.drift, ...drift] : []),
    ...(card.calibrationDrifted ? ['', words.slope] : []),
  ]
}
