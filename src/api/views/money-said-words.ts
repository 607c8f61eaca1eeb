// What is wrong with ad money, in the reader's language: words around the figures of an incident's code.

import type { MoneySaidCode, Said } from '../../kernel/said.ts'
import type { Language } from '../stream.ts'

type Values = Said['values']
type Words = Readonly<Record<MoneySaidCode, (values: Values) => string>>

const text = (values: Values, name: string): string => String(values[name] ?? '')
const inBrackets = (of: string): string => (of === '' ? '' : ` (${of})`)

const EN_TRIES: Readonly<Record<string, string>> = {
  '': 'no answer yet',
  failed: 'the platform did not take the pause',
  unknown: 'the pause was sent and is not seen yet',
  mismatch: 'something else than a pause is in force',
  withheld: 'our own guardrail holds the pause back',
  confirmed: 'no answer yet',
}
const RU_TRIES: Readonly<Record<string, string>> = {
  '': 'ответа пока нет',
  failed: 'площадка не приняла паузу',
  unknown: 'пауза отправлена, но её пока не видно',
  mismatch: 'действует не пауза, а что-то другое',
  withheld: 'паузу не пропустили наши собственные ограничения',
  confirmed: 'ответа пока нет',
}

/** Failures of platforms whose words are ours; what else went wrong is told by its code. */
const RU_FAILURES: Readonly<Record<string, string>> = {
  'ads.sign_in': 'вход больше не действует, войдите в рекламный кабинет заново',
  'ads.unreachable': 'площадка не отвечает',
  'ads.busy': 'площадка просит обращаться реже',
  'ads.malformed': 'ответ площадки не разобрать',
  'ads.currency': 'валюта кабинета другая',
}

const en: Words = {
  no_account: (of) => `no account of ${text(of, 'platform')} is set up: its lines are neither read nor moved`,
  platform_fails: (of) => `${text(of, 'platform')}: ${text(of, 'answer')}`,
  other_currency: (of) =>
    `${text(of, 'platform')} reckons in ${text(of, 'theirs')}, the plan in ${text(of, 'ours')}`,
  no_such_line: (of) => `there is no line ${text(of, 'line')}`,
  odd_budget: (of) => `a budget of ${text(of, 'amount')}`,
  odd_spend: (of) => `a day’s spend of ${text(of, 'amount')}`,
  day_ahead: (of) => `a day ${text(of, 'day')} that is not yet`,
  odd_results: (of) => `results of ${text(of, 'value')} and ${text(of, 'conversions')}`,
  budget_in_other_unit: (of) => `a budget ${enTimes(of)} what it was, which nobody set: another unit?`,
  spend_in_other_unit: (of) => `a day’s spend ${enTimes(of)} what it was: another unit?`,
  conversions_missing: (of) => `${text(of, 'came')} conversions where about ${text(of, 'due')} were due`,
  spent_though_paused: (of) => `${text(of, 'spent')} was spent today although it is paused`,
  spent_too_much: (of) =>
    `${text(of, 'spent')} of ${text(of, 'budget')} by ${text(of, 'by')}: at most ${text(of, 'expected')} was to be expected`,
  spent_in_a_rush: (of) => `${text(of, 'spent')} of ${text(of, 'budget')} in ${text(of, 'hours')} hours`,
  may_still_spend: (of) =>
    `STOP: ${text(of, 'name')} on ${text(of, 'platform')} may still spend: ${EN_TRIES[text(of, 'why')] ?? text(of, 'why')}${inBrackets(text(of, 'reasons'))}`,
  other_budget_in_force: (of) => `${text(of, 'written')} was written and ${text(of, 'read')} is in force`,
}

const enTimes = (of: Values): string =>
  of['is'] === 'less' ? `a ${text(of, 'factor')}th of` : `${text(of, 'factor')} times`

const ru: Words = {
  no_account: (of) => `кабинет ${text(of, 'platform')} не настроен: его линии не читаются и не меняются`,
  platform_fails: (of) =>
    `${text(of, 'platform')}: ${RU_FAILURES[text(of, 'failure')] ?? `ошибка ${text(of, 'failure')}`}`,
  other_currency: (of) =>
    `${text(of, 'platform')} считает в ${text(of, 'theirs')}, а план в ${text(of, 'ours')}`,
  no_such_line: (of) => `линии ${text(of, 'line')} нет`,
  odd_budget: (of) => `бюджет ${text(of, 'amount')}`,
  odd_spend: (of) => `расход за день ${text(of, 'amount')}`,
  day_ahead: (of) => `день ${text(of, 'day')}, который ещё не наступил`,
  odd_results: (of) => `результаты ${text(of, 'value')} и ${text(of, 'conversions')}`,
  budget_in_other_unit: (of) => `бюджет ${ruTimes(of)}, чем был, и никто его не менял: другая единица?`,
  spend_in_other_unit: (of) => `расход за день ${ruTimes(of)}, чем был: другая единица?`,
  conversions_missing: (of) => `конверсий ${text(of, 'came')}, а ожидалось около ${text(of, 'due')}`,
  spent_though_paused: (of) => `сегодня потрачено ${text(of, 'spent')}, хотя линия на паузе`,
  spent_too_much: (of) =>
    `${text(of, 'spent')} из ${text(of, 'budget')} к ${text(of, 'by')}: ожидалось не больше ${text(of, 'expected')}`,
  spent_in_a_rush: (of) => `${text(of, 'spent')} из ${text(of, 'budget')} за ${text(of, 'hours')} ч`,
  may_still_spend: (of) =>
    `СТОП: ${text(of, 'name')} на ${text(of, 'platform')} ещё может тратить: ${RU_TRIES[text(of, 'why')] ?? text(of, 'why')}${inBrackets(text(of, 'reasons'))}`,
  other_budget_in_force: (of) => `записано ${text(of, 'written')}, а действует ${text(of, 'read')}`,
}

const ruTimes = (of: Values): string =>
  `в ${text(of, 'factor')} раз ${of['is'] === 'less' ? 'меньше' : 'больше'}`

export const MONEY_WORDS: Readonly<Record<Language, Words>> = { en, ru }

const RU_KINDS: Readonly<Record<string, string>> = {
  mismatch: 'другой бюджет',
  velocity: 'слишком быстрый расход',
  tracking: 'результаты не приходят',
  unreachable: 'площадка недоступна',
  sign_in: 'вход не действует',
  cap: 'предел',
  reading: 'странные цифры',
}

/** What kind of trouble it is; the code itself where nobody knows it. */
export const troubleIn = (language: Language, kind: string): string =>
  language === 'ru' ? (RU_KINDS[kind] ?? kind) : kind
