// Tests of variants in words, English or Russian: what each is believed to bring, how probably it is the best, and what
// choosing it would be expected to cost. No variant is called the winner.

import type { VariantAssessment, VariantStanding } from './assess.ts'

export type NamedTest = VariantAssessment & {
  /** '' where there is one test. */
  readonly test: string
  /** In the order of the variants. */
  readonly names: readonly string[]
}

const WORDS = {
  en: {
    head: ['variant', 'shown', 'successes', 'rate', 'best with', 'expected loss', 'next share'],
    testsHead: ['test', 'variants', 'shown', 'least loss', 'best with', 'expected loss', ''],
    good_enough: 'Good enough',
    open: 'Still open',
    is: (name: string, p: string, loss: string) =>
      `${name} is the best with ${p}; choosing it costs ${loss} of its rate on average`,
    flat: 'Without a prior: every rate from 0 to 1 was thought as likely.',
    prior: (tests: number, mean: string, strength: string) =>
      `Prior from ${tests} tests: rates around ${mean}; that variants of a test are alike is worth ${strength} shown.`,
    more: (count: number) => `… and ${count} more tests`,
    sums: (enough: number, open: number) => `Good enough: ${enough} tests, still open: ${open}.`,
  },
  ru: {
    head: [
      'вариант',
      'показов',
      'успехов',
      'доля',
      'лучший с вероятностью',
      'ожидаемая потеря',
      'доля дальше',
    ],
    testsHead: [
      'тест',
      'вариантов',
      'показов',
      'меньше всего потеря',
      'лучший с вероятностью',
      'ожидаемая потеря',
      '',
    ],
    good_enough: 'Можно выбирать',
    open: 'Пока неясно',
    is: (name: string, p: string, loss: string) =>
      `${name} лучший с вероятностью ${p}; его выбор в среднем обходится в ${loss} его доли`,
    flat: 'Без априорных знаний: любая доля от 0 до 1 считалась одинаково вероятной.',
    prior: (tests: number, mean: string, strength: string) =>
      `Априорное распределение по тестам, всего ${tests}: доли около ${mean}; сходство вариантов одного теста стоит ${strength} показов.`,
    more: (count: number) => `… и ещё тестов: ${count}`,
    sums: (enough: number, open: number) => `Можно выбирать в ${enough}, пока неясно в ${open}.`,
  },
} as const
type Words = (typeof WORDS)['en' | 'ru']

const TESTS_SHOWN = 30

/** One test, a line per variant. */
export const renderVariantTest = (test: NamedTest, language: 'en' | 'ru'): string => {
  const words = WORDS[language]
  return [
    ...aligned([
      words.head,
      ...test.variants.map((variant, i) => [
        plain(test.names[i] ?? ''),
        String(variant.impressions),
        String(variant.clicks),
        `${percent(variant.rate)} [${percent(variant.low)}, ${percent(variant.high)}]`,
        percent(variant.probabilityBest),
        percent(lossOf(variant)),
        percent(variant.share),
      ]),
    ]),
    '',
    priorLine(test, words),
    `${words[test.outcome.kind]}: ${said(test, words)}.`,
  ].join('\n')
}

/** Many tests, a line per test. */
export const renderVariantTests = (tests: readonly NamedTest[], language: 'en' | 'ru'): string => {
  const words = WORDS[language]
  const [first] = tests
  const enough = tests.filter(({ outcome }) => outcome.kind === 'good_enough').length
  return [
    ...aligned([
      words.testsHead,
      ...tests
        .slice(0, TESTS_SHOWN)
        .map((test) => [
          plain(test.test),
          String(test.variants.length),
          String(test.variants.reduce((sum, { impressions }) => sum + impressions, 0)),
          plain(test.names[test.outcome.index] ?? ''),
          percent(test.outcome.probabilityBest),
          percent(test.outcome.relativeLoss),
          words[test.outcome.kind],
        ]),
    ]),
    ...(tests.length > TESTS_SHOWN ? [words.more(tests.length - TESTS_SHOWN)] : []),
    '',
    ...(first === undefined ? [] : [priorLine(first, words)]),
    words.sums(enough, tests.length - enough),
  ].join('\n')
}

const said = ({ outcome, names }: NamedTest, words: Words): string =>
  words.is(plain(names[outcome.index] ?? ''), percent(outcome.probabilityBest), percent(outcome.relativeLoss))

const priorLine = ({ prior }: NamedTest, words: Words): string =>
  prior.tests === 0
    ? words.flat
    : words.prior(prior.tests, percent(prior.mean), prior.variantStrength.toFixed(0))

const lossOf = ({ expectedLoss, rate }: VariantStanding): number => (rate > 0 ? expectedLoss / rate : 0)

/** Three digits that matter: rates are often far below one per cent. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

const NAME_CHARS_MAX = 40
/** Names come from files: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, NAME_CHARS_MAX)

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
