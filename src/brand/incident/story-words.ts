// The words an incident's story is told in, in the languages of the console.

import type { IncidentKind, OwnAct, StepSpec } from '../events.ts'
import type { StepStatus } from './incident.ts'

export type StoryWords = {
  readonly kinds: Readonly<Record<IncidentKind, string>>
  readonly steps: Readonly<Record<StepSpec['kind'], string>>
  readonly statuses: Readonly<Record<StepStatus, string>>
  readonly acts: Readonly<Record<OwnAct['what'], string>>
  /** What the record holds in short names; other details are people's own words. */
  readonly details: Readonly<Record<string, string>>
  readonly said: Readonly<Record<string, string>>
  readonly by: Readonly<Record<string, string>>
  readonly minutes: (count: number) => string
  readonly what: (kind: string, severity: number, about: string) => string
  readonly when: (since: string, opened: string, closed: string) => string
  readonly loud: (mentions: number, usual: string, negative: number, usualNegative: number) => string
  readonly voices: (voices: number, echoes: number) => string
  readonly phrases: string
  readonly owner: string
  readonly nobody: string
  readonly before: string
  readonly nothingBefore: string
  readonly fit: (people: number, fit: string, shared: string) => string
  readonly stepsOf: (playbook: string) => string
  readonly noPlaybook: string
  readonly timeline: string
}

const en: StoryWords = {
  kinds: {
    crisis: 'crisis',
    slow_burn: 'slow burn',
    attack: 'coordinated attack',
    opportunity: 'chance',
    drill: 'drill',
  },
  steps: {
    pause: 'hold promotions',
    tone: 'only empathetic words',
    freeze_offers: 'no discounts',
    hold_words: 'hold texts with words',
    cut_spend: 'stop ad spend',
    cut_spend_beside: 'pause ads beside the topic',
    roll_back: 'take own action back',
    answer: 'answer tickets',
    statement: 'public statement',
    notify: 'call people',
  },
  statuses: {
    due: 'not yet',
    waiting: 'waits for a person',
    begun: 'under way',
    done: 'done',
    refused: 'refused',
    failed: 'failed',
    unknown: 'not known whether it arrived',
    skipped: 'left out',
    taken_back: 'taken back',
  },
  acts: { sent: 'sent', plan: 'plan', spend: 'spend' },
  details: {
    nothing_fits: 'nothing to do',
    owned: 'somebody had taken it over',
    over: 'over already',
    drill: 'a drill holds nothing',
    shadow: 'this class of action is off',
    process_ended: 'the process ended before it was answered',
    ground_moved: 'its ground had moved',
    maybe_arrived: 'may have arrived',
    users_by_own_ways: 'users were called by their own ways',
    failure: 'refused',
  },
  said: {
    opened: 'opened',
    grew: 'graver',
    owned: 'taken over',
    noted: 'note',
    calm: 'as usual again',
    closed: 'closed',
  },
  by: {},
  minutes: (count) => `${count} min`,
  what: (kind, severity, about) => `What: ${kind}, severity ${severity}, about ${about}`,
  when: (since, opened, closed) => `Began ${since} UTC, opened after ${opened}, closed after ${closed}`,
  loud: (mentions, usual, negative, usualNegative) =>
    `Mentions ${mentions} where ${usual} are usual; ${negative} % of them negative (usually ${usualNegative} %)`,
  voices: (voices, echoes) => `voices ${voices}, echoes ${echoes}`,
  phrases: 'In their words',
  owner: 'Taken over by',
  nobody: 'nobody',
  before: 'What Windvane had done before',
  nothingBefore: 'Windvane did nothing lately that fits it.',
  fit: (people, fit, shared) => `people ${people}, fit ${fit}${shared === '' ? '' : `, shares ${shared}`}`,
  stepsOf: (playbook) => `Steps of “${playbook}”`,
  noPlaybook: 'Steps: no playbook fits',
  timeline: 'Timeline',
}

const ru: StoryWords = {
  kinds: {
    crisis: 'кризис',
    slow_burn: 'тлеет',
    attack: 'согласованная атака',
    opportunity: 'возможность',
    drill: 'учения',
  },
  steps: {
    pause: 'придержать промо',
    tone: 'только бережные слова',
    freeze_offers: 'без скидок',
    hold_words: 'придержать тексты с этими словами',
    cut_spend: 'остановить рекламу',
    cut_spend_beside: 'остановить рекламу рядом с темой',
    roll_back: 'отменить своё действие',
    answer: 'ответить на обращения',
    statement: 'публичное заявление',
    notify: 'позвать людей',
  },
  statuses: {
    due: 'ещё нет',
    waiting: 'ждёт человека',
    begun: 'выполняется',
    done: 'сделано',
    refused: 'отказано',
    failed: 'не вышло',
    unknown: 'неизвестно, дошло ли',
    skipped: 'пропущено',
    taken_back: 'снято',
  },
  acts: { sent: 'отправка', plan: 'план', spend: 'расход' },
  details: {
    nothing_fits: 'нечего делать',
    owned: 'кто-то уже взялся',
    over: 'уже закончилось',
    drill: 'на учениях ничего не придерживают',
    shadow: 'этот класс действий выключен',
    process_ended: 'процесс завершился, не дождавшись ответа',
    ground_moved: 'основания изменились',
    maybe_arrived: 'могло дойти',
    users_by_own_ways: 'пользователей позвали их собственными способами',
    failure: 'отказ',
    'by a person': 'человеком',
    'nobody answered': 'никто не ответил',
    'things have changed': 'обстоятельства изменились',
    'false alarm': 'ложная тревога',
  },
  said: {
    opened: 'открыт',
    grew: 'стало тяжелее',
    owned: 'взято на себя',
    noted: 'заметка',
    calm: 'снова спокойно',
    closed: 'закрыт',
  },
  by: { 'brand watch': 'наблюдение за брендом', watch: 'наблюдение за брендом', playbook: 'сценарий' },
  minutes: (count) => `${count} мин`,
  what: (kind, severity, about) => `Что: ${kind}, тяжесть ${severity}, о «${about}»`,
  when: (since, opened, closed) => `Началось ${since} UTC, открыт через ${opened}, закрыт через ${closed}`,
  loud: (mentions, usual, negative, usualNegative) =>
    `Упоминаний ${mentions}, обычно ${usual}; негативных ${negative} % (обычно ${usualNegative} %)`,
  voices: (voices, echoes) => `голосов ${voices}, повторов ${echoes}`,
  phrases: 'Их словами',
  owner: 'На себя взял',
  nobody: 'никто',
  before: 'Что перед этим делал сам Windvane',
  nothingBefore: 'Ничего подходящего Windvane в последнее время не делал.',
  fit: (people, fit, shared) =>
    `людей ${people}, сходство ${fit}${shared === '' ? '' : `, общие слова: ${shared}`}`,
  stepsOf: (playbook) => `Шаги сценария «${playbook}»`,
  noPlaybook: 'Шаги: подходящего сценария нет',
  timeline: 'Ход событий',
}

/** By the language of the business (BCP 47): Russian, else English. */
export const storyWords = (locale: string): StoryWords =>
  locale.toLowerCase().split('-')[0] === 'ru' ? ru : en
