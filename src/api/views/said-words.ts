// What facts say, in the reader's language: made here from codes and figures. Facts written before there were codes hold
// English sentences; those are read back into codes first, so that an old log speaks the reader's language, too.

import { storyWords } from '../../brand/index.ts'
import { said, type Said } from '../../kernel/said.ts'
import type { Language } from '../stream.ts'
import { MONEY_WORDS } from './money-said-words.ts'

type Values = Said['values']
type Words = Readonly<Record<Said['code'], (values: Values) => string>>

const text = (values: Values, name: string): string => String(values[name] ?? '')
const inBrackets = (of: string): string => (of === '' ? '' : ` (${of})`)
const after = (of: string): string => (of === '' ? '' : `: ${of}`)
const minute = (at: string | number | undefined): string => {
  const ms = Number(at)
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 16).replace('T', ' ') : ''
}

const stepsIn = (language: Language): Readonly<Record<string, string>> => storyWords(language).steps
const [EN_STEPS, RU_STEPS] = [stepsIn('en'), stepsIn('ru')]

const EN_WHERE: Readonly<Record<string, string>> = {
  name: 'in its name',
  keyword: 'in its keyword',
  creative: 'in its creative',
  product: 'in what it sells,',
}
const RU_WHERE: Readonly<Record<string, string>> = {
  name: 'в названии',
  keyword: 'в ключевой фразе',
  creative: 'в креативе',
  product: 'в том, что продаёт,',
}

/** What people can tell apart by themselves; any other is told by its code. */
const EN_FAILURES: Readonly<Record<string, string>> = {
  'brand.no_way': 'nothing says where it should go',
  'brand.no_answer': 'there is nothing to answer with',
  'brand.restored': 'a restored system tells nobody until a person resumes it',
  'notify.not_allowed_here': 'a test environment writes to its allowlist only',
  'notify.refused': 'the receiver refused it',
  'outbound.connection': 'the receiver could not be reached',
  'outbound.timeout': 'no answer in time',
  'url.refused': 'this address is not allowed',
}
const RU_FAILURES: Readonly<Record<string, string>> = {
  'brand.no_way': 'не указано, куда отправлять',
  'brand.no_answer': 'отвечать нечем',
  'brand.restored': 'восстановленная система никого не оповещает, пока человек не возобновит работу',
  'notify.not_allowed_here': 'тестовая среда пишет только тем, кто в её списке',
  'notify.refused': 'получатель отказал',
  'outbound.connection': 'до получателя не достучаться',
  'outbound.timeout': 'ответа не было в срок',
  'url.refused': 'этот адрес не разрешён',
}

const en: Words = {
  ...MONEY_WORDS.en,
  step: (of) =>
    `${EN_STEPS[text(of, 'step')] ?? text(of, 'step')} (${text(of, 'incident')}, ${text(of, 'entity')})`,
  stand_down: (of) => `let everything go again (${text(of, 'incident')}, ${text(of, 'entity')})`,
  cannot_be_unsaid: () => 'said in the company’s name: it cannot be unsaid',
  held_until_over: () => 'holds back; lifted when it is over',
  promotions_go_again: () => 'promotions go again',
  incident_seen: (of) => `severity ${text(of, 'severity')}, ${text(of, 'mentions')} mentions`,
  calm_since: (of) => `calm since ${minute(of['at'])} UTC`,
  line_beside: (of) =>
    `${text(of, 'name')}: “${text(of, 'word')}” ${EN_WHERE[text(of, 'where')] ?? text(of, 'where')}${text(of, 'what') === '' ? '' : ` “${text(of, 'what')}”`}`,
  risk_words_in: (of) => `words of risk in ${text(of, 'creatives')}`,
  with_discount: (of) => `${text(of, 'count')} with a discount`,
  contacts: (of) => `${text(of, 'contacts')} contacts`,
  plan_in_force: () => 'in force',
  process_ended: () => 'the process ended before it was answered',
  ground_moved: () => 'its ground has moved',
  nothing_does: (of) => `nothing here does ${text(of, 'kind')}`,
  failure: (of) => EN_FAILURES[text(of, 'failure')] ?? `error ${text(of, 'failure')}`,
  maybe_arrived: (of) => `may have arrived${inBrackets(text(of, 'answer'))}`,
  users_by_own_ways: (of) => `users are called by their own ways${after(text(of, 'answer'))}`,
}

const ru: Words = {
  ...MONEY_WORDS.ru,
  step: (of) =>
    `${RU_STEPS[text(of, 'step')] ?? text(of, 'step')} (${text(of, 'incident')}, ${text(of, 'entity')})`,
  stand_down: (of) => `снова всё отпустить (${text(of, 'incident')}, ${text(of, 'entity')})`,
  cannot_be_unsaid: () => 'говорится от имени компании: сказанного не вернуть',
  held_until_over: () => 'только придерживает; отпускается, когда всё закончится',
  promotions_go_again: () => 'промо снова пойдут',
  incident_seen: (of) => `тяжесть ${text(of, 'severity')}, упоминаний: ${text(of, 'mentions')}`,
  calm_since: (of) => `спокойно с ${minute(of['at'])} UTC`,
  line_beside: (of) =>
    `${text(of, 'name')}: «${text(of, 'word')}» ${RU_WHERE[text(of, 'where')] ?? text(of, 'where')}${text(of, 'what') === '' ? '' : ` «${text(of, 'what')}»`}`,
  risk_words_in: (of) => `рискованные слова: ${text(of, 'creatives')}`,
  with_discount: (of) => `со скидкой: ${text(of, 'count')}`,
  contacts: (of) => `контактов: ${text(of, 'contacts')}`,
  plan_in_force: () => 'действует сейчас',
  process_ended: () => 'процесс завершился, не дождавшись ответа',
  ground_moved: () => 'основания изменились',
  nothing_does: (of) => `здесь некому выполнить «${text(of, 'kind')}»`,
  failure: (of) => RU_FAILURES[text(of, 'failure')] ?? `ошибка ${text(of, 'failure')}`,
  maybe_arrived: (of) => `могло дойти${inBrackets(text(of, 'answer'))}`,
  users_by_own_ways: (of) => `пользователей зовут их собственными способами${after(text(of, 'answer'))}`,
}

const WORDS: Readonly<Record<Language, Words>> = { en, ru }

/** What a step of a playbook does; the code itself where nobody knows it. */
export const stepIn = (language: Language, step: string): string => stepsIn(language)[step] ?? step

/** In the reader's language: what was recorded, else what the words of an older fact meant, else those words. */
export const sayIn = (language: Language, recorded: Said | undefined, words: string): string => {
  const meant = recorded ?? readOld(words)
  // A log of a newer version may hold codes that nobody here knows.
  const say = meant === null ? undefined : (WORDS[language][meant.code] as Words[Said['code']] | undefined)
  return meant === null || say === undefined ? words : say(meant.values)
}

type Old = readonly [RegExp, (found: readonly string[]) => Said]

/** The sentences that facts were written with before they held codes. */
const OLD: readonly Old[] = [
  [/^Said in the company’s name: it cannot be unsaid\.$/, () => said('cannot_be_unsaid')],
  [/^Holds back; lifted when it is over\.$/, () => said('held_until_over')],
  [/^Promotions go again\.$/, () => said('promotions_go_again')],
  [
    /^severity (\d), (\d+) mentions$/,
    ([, severity = '', mentions = '']) => said('incident_seen', { severity, mentions }),
  ],
  [/^calm since (\S+Z)$/, ([, at = '']) => said('calm_since', { at: Date.parse(at) })],
  [
    /^(pause|tone|freeze_offers|hold_words|cut_spend|cut_spend_beside|roll_back|answer|statement) \((I\d+), (.+)\)$/,
    ([, step = '', incident = '', entity = '']) => said('step', { step, incident, entity }),
  ],
  [
    /^stand down \((I\d+), (.+)\)$/,
    ([, incident = '', entity = '']) => said('stand_down', { incident, entity }),
  ],
  [
    /^(.+): “(.+?)” in its (name|keyword|creative|product)(?: “(.*)”)?$/,
    ([, name = '', word = '', where = '', what = '']) => said('line_beside', { name, word, where, what }),
  ],
  [/^words of risk in (.+)$/, ([, creatives = '']) => said('risk_words_in', { creatives })],
  [/^(\d+) with a discount$/, ([, count = '']) => said('with_discount', { count })],
  [/^(\d+) contacts$/, ([, contacts = '']) => said('contacts', { contacts })],
  [/^in force$/, () => said('plan_in_force')],
  [/^its ground has moved$/, () => said('ground_moved')],
  [/^nothing here does (\S+)$/, ([, kind = '']) => said('nothing_does', { kind })],
  [
    /^(?:the process ended before it was answered|stopped between the call and its result)$/,
    () => said('process_ended'),
  ],
  [
    /^users are called by their own ways(?:; (.*))?$/,
    ([, answer = '']) => said('users_by_own_ways', { answer }),
  ],
  [/^(?:no answer in time|the connection was lost)$/, () => said('maybe_arrived')],
  [
    /^(?:There is no mail server for .*|Nothing says where \w+ go)\.$/,
    () => said('failure', { failure: 'brand.no_way' }),
  ],
  [
    /^A restored system tells nobody until a person resumes it\.$/,
    () => said('failure', { failure: 'brand.restored' }),
  ],
  [
    /^A test environment writes to its allowlist only\.$/,
    () => said('failure', { failure: 'notify.not_allowed_here' }),
  ],
]

const readOld = (words: string): Said | null => {
  for (const [pattern, meant] of OLD) {
    const found = pattern.exec(words)
    if (found !== null) return meant([...found])
  }
  return null
}
