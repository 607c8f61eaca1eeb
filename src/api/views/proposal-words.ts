// What a proposal says of itself, in the reader's language: its name, its risk, why a person is asked, what it touches and
// what it would change. Codes and figures come from the log; the words are made here.

import type { Change, Ground, Wish } from '../../governance/events.ts'
import { isRecord } from '../../kernel/json.ts'
import type { Language } from '../stream.ts'
import { sayIn, stepIn } from './said-words.ts'

export const titleIn = (language: Language, { title, said }: Pick<Wish, 'title' | 'said'>): string =>
  sayIn(language, said, title)

type Grounds = Readonly<Record<string, string>>
const WHY: Readonly<Record<Language, Grounds>> = {
  en: {
    level: 'the level of its class in the policy',
    exception: 'an exception in the policy',
    rule: 'a rule of the policy',
    outside_hours: 'outside working hours',
    earned: 'its level was earned',
    not_earned: 'its level was not earned, or was lost',
    four_eyes: 'two people must look',
    policy_raises: 'the new policy allows more',
    data_expires: 'personal data would be kept for less time',
    first_campaign: 'a campaign that was never there before',
    first_audience: 'an audience that was never there before',
    audience_jump: 'the audience grew by a leap',
    asked: 'it was asked for',
    complaints: 'complaints',
    unsubscribes: 'unsubscribes',
    bounces: 'bounces',
    errors: 'errors',
    no_harm: 'it did no harm',
    breach: 'a limit was broken',
    stale_data: 'its data is old',
    sample_ratio: 'groups are not as they were drawn',
    failed_gate: 'a change of the policy failed its check',
    model_changed: 'its model was changed',
    policy_changed: 'its policy was changed',
  },
  ru: {
    level: 'таков уровень этого класса в политике',
    exception: 'исключение в политике',
    rule: 'правило политики',
    outside_hours: 'нерабочее время',
    earned: 'уровень заслужен',
    not_earned: 'уровень не заслужен или утрачен',
    four_eyes: 'посмотреть должны двое',
    policy_raises: 'новая политика разрешает больше',
    data_expires: 'персональные данные хранились бы меньше',
    first_campaign: 'такой кампании ещё не было',
    first_audience: 'такой аудитории ещё не было',
    audience_jump: 'аудитория резко выросла',
    asked: 'так попросили',
    complaints: 'жалобы',
    unsubscribes: 'отписки',
    bounces: 'не доставлено',
    errors: 'ошибки',
    no_harm: 'вреда не было',
    breach: 'нарушен предел',
    stale_data: 'данные устарели',
    sample_ratio: 'группы не такие, как были разыграны',
    failed_gate: 'изменение не прошло проверку',
    model_changed: 'изменилась модель',
    policy_changed: 'изменилась политика',
  },
}

/** The code in words; itself where nobody knows it. */
export const whyIn = (language: Language, code: string): string => WHY[language][code] ?? code

const CLASSES: Readonly<Record<Language, Grounds>> = {
  en: {},
  ru: {
    message: 'сообщения',
    placement: 'показы на сайте',
    offer: 'скидки',
    spend: 'расход на рекламу',
    creative: 'тексты и картинки',
    publish: 'публикации',
    reply: 'ответы',
    pause: 'паузы',
    plan: 'план',
    policy: 'политика',
  },
}

export const classIn = (language: Language, of: string): string => CLASSES[language][of] ?? of

const CODE = /^[a-z_]+$/

/** One sentence, or codes in words parted by semicolons. */
export const riskNoteIn = (language: Language, { note, said }: Wish['risk']): string => {
  if (said !== undefined || note === '') return sayIn(language, said, note)
  const parts = note.split(', ')
  if (parts.every((part) => CODE.test(part))) return parts.map((part) => whyIn(language, part)).join('; ')
  const [, code = '', detail = ''] = /^([a-z_]+): (.*)$/s.exec(note) ?? []
  return code === ''
    ? sayIn(language, undefined, note)
    : `${whyIn(language, code)}: ${groundDetailIn(language, { code, detail })}`
}

/** The figures of a ground, in words. */
export const groundDetailIn = (language: Language, { code, detail }: Ground): string => {
  const isRu = language === 'ru'
  const figures = detail.match(/\d+(?:\.\d+)?/g) ?? []
  const [first = '', second = '', third = ''] = figures
  switch (code) {
    case 'level':
    case 'exception': {
      const [, of = '', level = '', exception = ''] =
        /^(\w+) (\d)(?: by exception (\d+))?$/.exec(detail) ?? []
      if (of === '') return detail
      const of_ = classIn(language, of)
      if (exception === '') return isRu ? `${of_}, уровень ${level}` : `${of_}, level ${level}`
      return isRu
        ? `${of_}, уровень ${level}, исключение ${exception}`
        : `${of_}, level ${level}, exception ${exception}`
    }
    case 'not_earned': {
      const [, of = '', campaign = '', cap = ''] = /^(\w+)(?: (.+))? at most (\d)$/.exec(detail) ?? []
      if (of === '') return detail
      const about = [classIn(language, of), ...(campaign === '' ? [] : [campaign])].join(', ')
      return isRu ? `${about}, не выше ${cap}` : `${about}, at most ${cap}`
    }
    case 'outside_hours':
      return first === '' ? detail : isRu ? `не выше ${first}` : `at most ${first}`
    case 'four_eyes':
      if (second === '') return detail
      return isRu ? `людей: ${first}, стоит ${second}` : `people: ${first}, costs ${second}`
    case 'no_harm':
      return first === '' ? detail : isRu ? `контактов: ${first}` : `contacts: ${first}`
    case 'complaints':
    case 'unsubscribes':
    case 'bounces':
    case 'errors':
      if (third === '') return detail
      return isRu ? `${first} из ${second}, предел ${third}` : `${first} of ${second}, limit ${third}`
    default:
      return sayIn(language, undefined, detail)
  }
}

/** For where no dictionary of the console is at hand. */
export const groundIn = (language: Language, ground: Ground): string => {
  const detail = groundDetailIn(language, ground)
  return `${whyIn(language, ground.code)}${detail === '' ? '' : ` (${detail})`}`
}

const TOUCHED: Readonly<Record<string, string>> = {
  people: 'люди',
  campaigns: 'кампании',
  classes: 'классы',
  lines: 'рекламные линии',
  'ad lines': 'рекламные линии',
  tickets: 'обращения',
  statements: 'заявления',
  holds: 'то, что придержано',
}

export const touchedIn = (language: Language, what: string): string =>
  language === 'ru' ? (TOUCHED[what] ?? what) : what

const PARTS: Readonly<Record<Language, Grounds>> = {
  en: {},
  ru: {
    promotions: 'промо',
    offers: 'скидки',
    lines: 'расходы на рекламу',
    channels: 'каналы',
    campaigns: 'кампании',
    creatives: 'креативы',
    markets: 'рынки',
  },
}

/** Of a hold, as it is spelt in a wish; any other text as it is. */
const scopeIn = (language: Language, spelt: string): string => {
  const scope = readScope(spelt)
  if (scope === null) return spelt
  const isRu = language === 'ru'
  const part = (name: string): string => PARTS[language][name] ?? name
  const tone = typeof scope['exceptTone'] === 'string' ? scope['exceptTone'] : ''
  return [
    part(scope['offersOnly'] === true ? 'offers' : String(scope['kind'])),
    ...(tone === '' ? [] : [isRu ? `кроме тона «${tone}»` : `except the tone “${tone}”`]),
    ...Object.entries(scope).flatMap(([name, values]) =>
      Array.isArray(values) && values.length > 0 ? [`${part(name)}: ${values.map(String).join(', ')}`] : [],
    ),
  ].join('; ')
}

const readScope = (spelt: string): Readonly<Record<string, unknown>> | null => {
  if (!spelt.startsWith('{')) return null
  try {
    const scope: unknown = JSON.parse(spelt)
    return isRecord(scope) ? scope : null
  } catch (error) {
    // Not a scope: shown as it is.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const HOLD_ID = /^brand:(I\d+):(\d+)$/

/** What playbooks would change, in words; what others would, as it is written. */
export const changesIn = (
  language: Language,
  { kind, changes }: Pick<Wish, 'kind' | 'changes'>,
): readonly Change[] => {
  if (!kind.startsWith('brand.')) return changes
  const isRu = language === 'ru'
  return changes.map(({ path, is, willBe }) => {
    const [, incident = '', step = ''] = HOLD_ID.exec(path) ?? []
    if (incident !== '')
      return {
        path: isRu ? `${incident}, шаг ${Number(step) + 1}` : `${incident}, step ${Number(step) + 1}`,
        is: stepIn(language, is),
        willBe: isRu ? 'отпущено' : 'let go',
      }
    const [, locale = ''] = /^text\.(.+)$/.exec(path) ?? []
    if (locale !== '') return { path: isRu ? `текст (${locale})` : `text (${locale})`, is, willBe }
    return {
      path: path === 'hold' ? (isRu ? 'придержать' : 'hold') : path,
      is: scopeIn(language, is),
      willBe: scopeIn(language, willBe),
    }
  })
}
