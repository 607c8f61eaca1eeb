// The words in which decisions are explained, in each language of the product.

import type { ScoreGap, ScoreKey, TimingMode, TimingSaid, UpliftSaid } from '../model/events.ts'
import type { ReasonCode } from './events.ts'

export type ExplainLocale = 'en' | 'ru'

/** Forms of a counted noun by the plural category of Intl.PluralRules. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }

export type Words = {
  readonly channels: Readonly<Record<string, string>>
  readonly reasons: Readonly<Record<ReasonCode, string>>
  readonly quoted: (text: string) => string
  readonly options: Forms
  readonly actions: Forms
  readonly chose: (what: string) => string
  readonly choseNothing: string
  readonly heldBack: (what: string, why: string) => string
  readonly heldOut: string
  readonly onlyNothing: string
  readonly onlyNothingSince: (why: string) => string
  readonly promised: (gap: string) => string
  readonly nothingPromised: string
  readonly toLearn: (percent: string) => string
  readonly drawn: (percent: string, among: string) => string
  readonly discount: (percent: string) => string
  readonly atHour: (hour: string) => string
  readonly moreThanNothing: (value: string, gap: string) => string
  readonly lessThanNothing: (value: string, gap: string) => string
  readonly nothingBest: (best: string, gap: string) => string
  readonly nothingDespite: (best: string, gap: string) => string
  readonly tried: (best: string, gap: string, percent: string) => string
  readonly bestOfAll: (next: string, gap: string) => string
  readonly notAllowed: (count: string, why: string) => string
  readonly unsure: (stderr: string) => string
  readonly fixed: string
  readonly scores: Readonly<Record<ScoreKey, string>>
  readonly levels: Readonly<Record<'low' | 'middle' | 'high', string>>
  readonly gaps: Readonly<Record<ScoreGap, string>>
  readonly days: Forms
  readonly score: (said: ScoreWords) => string
  readonly scoreGap: (name: string, why: string) => string
  readonly uplift: (expected: string, as: string) => string
  readonly upliftAs: Readonly<Record<UpliftSaid['as'], string>>
  readonly atBestHour: string
  /** From Sunday. */
  readonly weekdays: readonly string[]
  readonly leaves: (weekday: string, hour: string) => string
  readonly leavesAtOnce: string
  readonly sends: Forms
  readonly sources: Readonly<Record<TimingSaid['source'], (segment: string, sends: string) => string>>
  readonly timing: Readonly<Record<TimingMode | 'no_better', (said: TimingWords) => string>>
}

export type TimingWords = {
  readonly when: string
  readonly whose: string
  /** With which this hour was drawn. */
  readonly chance: string
  readonly hours: string
  readonly rate: string
  readonly rateAtOnce: string
  readonly isLearning: boolean
}

export type ScoreWords = {
  readonly name: string
  readonly value: string
  readonly level: string
  readonly version: string
  readonly age: string
}

const en: Words = {
  channels: {
    email: 'e-mail',
    push: 'push message',
    sms: 'SMS',
    messenger: 'messenger message',
    onsite: 'placement',
    webhook: 'webhook',
  },
  reasons: {
    no_consent: 'no consent',
    suppressed: 'on the do-not-write list',
    unreachable: 'no address',
    quiet_hours: 'quiet hours',
    person_cap: 'enough messages already',
    discount_cap: 'enough discounts already',
    campaign_budget: 'campaign budget spent',
    stopped: 'STOP',
    creative_missing: 'the creative is missing',
    creative_unapproved: 'nobody approved the creative',
    holdout: 'control group',
    shadow: 'the campaign only watches',
    campaign_paused: 'the campaign is paused',
    late: 'too late',
    superseded: 'overtaken by another decision',
    profile_unsettled: 'the profile is being sorted out',
    restored: 'it waited in a restored backup and may have been sent before',
    overloaded: 'too much at once',
    not_in_audience: 'not in the audience',
    no_score: 'a score that the rule asks for is not there',
    no_uplift: 'it is not expected to bring more than leaving them alone',
    autonomy: 'Windvane may not do this by itself',
    awaits_approval: 'a person must approve it first',
    not_approved: 'nobody approved it',
    taken_back: 'a person took it back',
    not_allowed_here: 'a test system writes to nobody but its list',
    held: 'promotions are held back for now',
    wrong_tone: 'its words are for another moment',
  },
  quoted: (text) => `“${text}”`,
  options: { one: 'option', other: 'options' },
  actions: { one: 'action was', other: 'actions were' },
  chose: (what) => `Chose the ${what}`,
  choseNothing: 'Chose to leave the person alone',
  heldBack: (what, why) => `Drew ${what}, but held it back: ${why}`,
  heldOut: 'Left the person alone: they are in the control group',
  onlyNothing: 'Left the person alone: nothing else was allowed',
  onlyNothingSince: (why) => `Left the person alone, nothing else was allowed: ${why}`,
  promised: (gap) => `expected to bring ${gap} more than leaving the person alone`,
  nothingPromised: 'since no action was expected to bring more',
  toLearn: (percent) => `to keep learning: it is tried in ${percent} of such cases`,
  drawn: (percent, among) => `with a probability of ${percent} among ${among}`,
  discount: (percent) => `${percent} off`,
  atHour: (hour) => `at ${hour}`,
  moreThanNothing: (value, gap) => `It is expected to bring ${value}, ${gap} more than doing nothing.`,
  lessThanNothing: (value, gap) => `It is expected to bring ${value}, ${gap} less than doing nothing.`,
  nothingBest: (best, gap) =>
    `Even the best allowed action, ${best}, was expected to bring ${gap} less than nothing.`,
  nothingDespite: (best, gap) =>
    `${best} was expected to bring ${gap} more, but nothing is tried too, to keep learning.`,
  tried: (best, gap, percent) =>
    `${best} was expected to bring ${gap} more; this one is tried in ${percent} of such cases, to keep learning.`,
  bestOfAll: (next, gap) => `The next best, ${next}, was expected to bring ${gap} less.`,
  notAllowed: (count, why) => `${count} not allowed: ${why}.`,
  unsure: (stderr) => `The estimate is still rough: give or take ${stderr}.`,
  fixed: 'The plan fixes this action.',
  scores: { churn: 'Risk of leaving', purchase: 'Chance of buying', value: 'Value to come' },
  levels: { low: 'low', middle: 'middling', high: 'high' },
  gaps: {
    no_model: 'there is no model yet',
    stale: 'the model is too old',
    drift: 'the model is not true to its word now',
    average: 'there is only an average',
    not_a_customer: 'the person has not ordered yet',
  },
  days: { one: 'day', other: 'days' },
  score: ({ name, value, level, version, age }) =>
    `${name}: ${value}, ${level} beside others (model ${version}, ${age} old).`,
  scoreGap: (name, why) => `${name}: no score, ${why}.`,
  uplift: (expected, as) => `Expected from reaching this person rather than not: ${expected}, ${as}.`,
  upliftAs: {
    target: 'so the campaign goes on to them',
    not_target: 'so the campaign leaves them alone',
    everyone: 'and the campaign goes to everybody',
    nobody: 'and the campaign goes to nobody, since on average it brings less than it costs',
    explored: 'no target, but let pass by chance so as to go on learning',
  },
  atBestHour: 'at the best hour',
  weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  leaves: (weekday, hour) => `It leaves on ${weekday} at ${hour}`,
  leavesAtOnce: 'It leaves at once',
  sends: { one: 'send', other: 'sends' },
  sources: {
    person: (_segment, sends) => `this person's own answers to ${sends}`,
    segment: (segment, sends) => `answers of segment ${segment} to ${sends}`,
    business: (_segment, sends) => `answers of all people to ${sends}`,
    nothing: () => 'nothing learnt yet',
  },
  timing: {
    best: ({ when, whose, rate, rateAtOnce, chance }) =>
      `${when}, because an answer is likeliest then: ${rate} against ${rateAtOnce} at once, by ${whose} (drawn with ${chance}).`,
    explore: ({ when, hours, chance, isLearning }) =>
      `${when}, drawn by chance among ${hours} allowed hours so as to ${isLearning ? 'learn when people answer' : 'go on learning'} (${chance}).`,
    at_once: ({ when, chance }) =>
      `${when}, with no waiting for a better hour: part of the sends goes so, to compare with (${chance}).`,
    only: ({ when }) => `${when}: no other hour is allowed within its time.`,
    no_better: ({ when, chance }) =>
      `${when}, because waiting for another hour was found to bring fewer answers (drawn with ${chance}).`,
  },
}

const ru: Words = {
  channels: {
    email: 'письмо',
    push: 'пуш-уведомление',
    sms: 'СМС',
    messenger: 'сообщение в мессенджере',
    onsite: 'показ на сайте',
    webhook: 'вебхук',
  },
  reasons: {
    no_consent: 'нет согласия',
    suppressed: 'в списке «не писать»',
    unreachable: 'нет адреса',
    quiet_hours: 'тихие часы',
    person_cap: 'сообщений уже достаточно',
    discount_cap: 'скидок уже достаточно',
    campaign_budget: 'бюджет кампании исчерпан',
    stopped: 'СТОП',
    creative_missing: 'креатива нет',
    creative_unapproved: 'креатив никто не одобрил',
    holdout: 'контрольная группа',
    shadow: 'кампания только наблюдает',
    campaign_paused: 'кампания на паузе',
    late: 'слишком поздно',
    superseded: 'уже есть другое решение',
    profile_unsettled: 'профиль приводится в порядок',
    restored: 'ждало в восстановленной копии и могло уйти раньше',
    overloaded: 'слишком много сразу',
    not_in_audience: 'не входит в аудиторию',
    no_score: 'нет оценки, которую требует правило',
    no_uplift: 'это не принесёт больше, чем если не беспокоить',
    autonomy: 'сама система так поступать не вправе',
    awaits_approval: 'сначала нужно одобрение человека',
    not_approved: 'никто не одобрил',
    taken_back: 'отменено человеком',
    not_allowed_here: 'тестовая система пишет только тем, кто в её списке',
    held: 'промо сейчас придержано',
    wrong_tone: 'эти слова для другого момента',
  },
  quoted: (text) => `«${text}»`,
  options: { one: 'варианта', few: 'вариантов', many: 'вариантов', other: 'варианта' },
  actions: { one: 'действие', few: 'действия', many: 'действий', other: 'действия' },
  chose: (what) => `Выбрано: ${what}`,
  choseNothing: 'Решено не беспокоить человека',
  heldBack: (what, why) => `Выпало: ${what}, но не отправлено: ${why}`,
  heldOut: 'Человека не беспокоили: он в контрольной группе',
  onlyNothing: 'Человека не беспокоили: ничего другого нельзя было сделать',
  onlyNothingSince: (why) => `Человека не беспокоили, ничего другого нельзя было: ${why}`,
  promised: (gap) => `обещает на ${gap} больше, чем если не беспокоить`,
  nothingPromised: 'ни одно действие не обещало больше',
  toLearn: (percent) => `чтобы учиться: так бывает в ${percent} таких случаев`,
  drawn: (percent, among) => `с вероятностью ${percent} из ${among}`,
  discount: (percent) => `скидка ${percent}`,
  atHour: (hour) => `в ${hour}`,
  moreThanNothing: (value, gap) => `Ожидаемый результат: ${value}, на ${gap} больше, чем без действия.`,
  lessThanNothing: (value, gap) => `Ожидаемый результат: ${value}, на ${gap} меньше, чем без действия.`,
  nothingBest: (best, gap) =>
    `Даже лучшее из разрешённого (${best}) обещало на ${gap} меньше, чем бездействие.`,
  nothingDespite: (best, gap) =>
    `Лучший вариант (${best}) обещал на ${gap} больше, но бездействие тоже пробуется, чтобы учиться.`,
  tried: (best, gap, percent) =>
    `Лучший вариант (${best}) обещал на ${gap} больше; этот пробуется в ${percent} таких случаев, чтобы учиться.`,
  bestOfAll: (next, gap) => `Следующий по ожиданиям вариант (${next}) обещал на ${gap} меньше.`,
  notAllowed: (count, why) => `Нельзя было: ${count} (${why}).`,
  unsure: (stderr) => `Оценка пока грубая: плюс-минус ${stderr}.`,
  fixed: 'Это действие закреплено в плане.',
  scores: { churn: 'Риск ухода', purchase: 'Вероятность покупки', value: 'Будущая ценность' },
  levels: { low: 'ниже, чем у большинства', middle: 'как у большинства', high: 'выше, чем у большинства' },
  gaps: {
    no_model: 'модели ещё нет',
    stale: 'модель устарела',
    drift: 'модель сейчас не держит слова',
    average: 'есть только среднее',
    not_a_customer: 'человек ещё ничего не заказывал',
  },
  days: { one: 'день', few: 'дня', many: 'дней', other: 'дня' },
  score: ({ name, value, level, version, age }) =>
    `${name}: ${value}, ${level} (модель ${version}, ей ${age}).`,
  scoreGap: (name, why) => `${name}: оценки нет, ${why}.`,
  uplift: (expected, as) => `Обращение к этому человеку принесёт примерно ${expected}, ${as}.`,
  upliftAs: {
    target: 'поэтому кампания обращается к нему',
    not_target: 'поэтому кампания его не беспокоит',
    everyone: 'и кампания обращается ко всем',
    nobody: 'и кампания никого не беспокоит: в среднем она приносит меньше, чем стоит',
    explored: 'он не в числе выбранных, но допущен по случайности, чтобы учиться дальше',
  },
  atBestHour: 'в лучший час',
  weekdays: [
    'в воскресенье',
    'в понедельник',
    'во вторник',
    'в среду',
    'в четверг',
    'в пятницу',
    'в субботу',
  ],
  leaves: (weekday, hour) => `Отправка ${weekday} в ${hour}`,
  leavesAtOnce: 'Отправка сразу',
  sends: { one: 'отправку', few: 'отправки', many: 'отправок', other: 'отправки' },
  sources: {
    person: (_segment, sends) => `по ответам самого человека на ${sends}`,
    segment: (segment, sends) => `по ответам сегмента ${segment} на ${sends}`,
    business: (_segment, sends) => `по ответам всех людей на ${sends}`,
    nothing: () => 'пока ничего не изучено',
  },
  timing: {
    best: ({ when, whose, rate, rateAtOnce, chance }) =>
      `${when}: тогда ответ вероятнее всего, ${rate} против ${rateAtOnce} при отправке сразу, ${whose} (вероятность выбора ${chance}).`,
    explore: ({ when, hours, chance, isLearning }) =>
      `${when}: час выбран случайно, разрешённых часов ${hours}, чтобы ${isLearning ? 'узнать, когда люди отвечают' : 'учиться дальше'} (${chance}).`,
    at_once: ({ when, chance }) =>
      `${when}, без ожидания лучшего часа: часть сообщений уходит так для сравнения (${chance}).`,
    only: ({ when }) => `${when}: другого разрешённого часа в отведённое время нет.`,
    no_better: ({ when, chance }) =>
      `${when}: ожидание другого часа приносило меньше ответов (вероятность выбора ${chance}).`,
  },
}

export const WORDS: Readonly<Record<ExplainLocale, Words>> = { en, ru }
