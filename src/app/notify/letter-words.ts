// What notices say, in the two languages the product speaks. Everything that other slices wrote goes in as text.

import type { Notice } from '../../notice/index.ts'

type Facts = Notice['facts']
type Said = { readonly title: string; readonly lines: readonly string[] }

export type LetterWords = {
  readonly language: 'en' | 'ru'
  readonly locale: string
  readonly of: Readonly<Record<Notice['kind'], (facts: Facts, ref: string) => Said>>
  readonly urgent: string
  readonly again: string
  readonly isLast: string
  readonly answerIn: string
  readonly touches: (count: number, what: string) => string
  readonly costs: (amount: string) => string
  readonly gain: (mean: string, low: string, high: string) => string
  readonly gainUnknown: string
  readonly risk: (level: string, note: string) => string
  readonly why: (why: string) => string
  readonly eyes: string
  readonly ends: (at: string) => string
  readonly test: Said
  readonly trouble: (detail: string) => Said
  readonly brief: (business: string) => string
  readonly waiting: (count: number) => string
  readonly incidents: (count: number) => string
  readonly stopped: string
  readonly sent: (messages: string, unknown: string) => string
  readonly nothing: string
}

const text = (facts: Facts, name: string): string => String(facts[name] ?? '')
const filled = (lines: readonly string[]): readonly string[] => lines.filter((line) => line !== '')

const en: LetterWords = {
  language: 'en',
  locale: 'en-GB',
  of: {
    proposal: (facts, ref) => ({ title: `Waits for a yes: ${text(facts, 'title')} [${ref}]`, lines: [] }),
    incident: (facts, ref) => ({
      title: `${facts['kind'] === 'drill' ? 'DRILL ' : ''}${text(facts, 'entity')}: ${EN_INCIDENTS[text(facts, 'kind')] ?? text(facts, 'kind')}, severity ${facts['severity']} [${ref}]`,
      lines: filled([
        `${facts['mentions']} mentions, ${facts['negative']} % negative, ${facts['voices']} voices.`,
        text(facts, 'phrases'),
        'Take it over, so that nobody else is called.',
      ]),
    }),
    incident_over: (facts, ref) => ({
      title: `Over: ${ref}`,
      lines: [EN_OVER[text(facts, 'how')] ?? text(facts, 'how')],
    }),
    stop: (facts) => ({
      title: `STOP: ${text(facts, 'scope')}`,
      lines: filled([`Pressed by ${text(facts, 'by')}.`, text(facts, 'reason')]),
    }),
    resume: (facts) => ({
      title: `Goes on: ${text(facts, 'scope')}`,
      lines: [`Resumed by ${text(facts, 'by')}.`],
    }),
    spend: (facts, ref) => ({
      title: `Ad money: ${EN_SPEND[text(facts, 'kind')] ?? text(facts, 'kind')}, ${ref}`,
      lines: filled([text(facts, 'detail')]),
    }),
    campaign_stopped: (facts, ref) => ({
      title: `Campaign stopped by itself: ${ref}`,
      lines: filled([`${text(facts, 'code')} ${text(facts, 'detail')}`.trim()]),
    }),
    level_lost: (facts) => ({
      title: `Less is done unasked: ${text(facts, 'class')}, at most level ${facts['level']}`,
      lines: filled([text(facts, 'campaign'), `${text(facts, 'code')}: ${text(facts, 'detail')}`]),
    }),
    drill: (facts) => ({
      title: 'The STOP drill failed',
      lines: filled(['STOP did not silence everything in time.', text(facts, 'detail')]),
    }),
    lockout: (facts) => ({
      title: 'Somebody is guessing a password',
      lines: [`From ${text(facts, 'network')}; further tries are made to wait.`],
    }),
  },
  urgent: 'Urgent.',
  again: 'Nobody has answered yet.',
  isLast: 'You are called no more for a while. There may be more: see the console.',
  answerIn: 'Answer after signing in. Opening the link changes nothing.',
  touches: (count, what) => `Touches ${count} ${what}.`,
  costs: (amount) => `Costs ${amount}.`,
  gain: (mean, low, high) => `Expected ${mean} (${low} to ${high}).`,
  gainUnknown: 'What it brings is not known yet.',
  risk: (level, note) => `Risk: ${level}${note === '' ? '' : `, ${note}`}.`,
  why: (why) => `Why a person: ${why}.`,
  eyes: 'Two people must say yes.',
  ends: (at) => `Ends ${at}; then nothing happens.`,
  test: { title: 'Windvane: a test', lines: ['This is how Windvane reaches you. Nothing has happened.'] },
  trouble: (detail) => ({
    title: 'Windvane cannot write its log',
    lines: [detail, 'Nothing is decided or sent until it can.'],
  }),
  brief: (business) => `${business}: this morning`,
  waiting: (count) => `Wait for a yes: ${count}.`,
  incidents: (count) => `Open incidents: ${count}.`,
  stopped: 'STOP is in force.',
  sent: (messages, unknown) =>
    `Messages in the last 24 hours: ${messages}. Without a known end, in all: ${unknown}.`,
  nothing: 'Nothing needs you.',
}

const EN_INCIDENTS: Readonly<Record<string, string>> = {
  crisis: 'crisis',
  slow_burn: 'slow burn',
  attack: 'coordinated attack',
  opportunity: 'opportunity',
  drill: 'drill',
}
const EN_OVER: Readonly<Record<string, string>> = {
  calm: 'As quiet as usual again; what was held back is let go step by step.',
  closed: 'Closed.',
  false_alarm: 'Closed as a false alarm.',
}
const EN_SPEND: Readonly<Record<string, string>> = {
  mismatch: 'the platform does not show what was set',
  velocity: 'spent far faster than planned, line paused',
  tracking: 'results stopped coming',
  unreachable: 'the platform does not answer',
  sign_in: 'the platform no longer lets us in',
  cap: 'a cap was reached',
  reading: 'figures that cannot be',
}

const ru: LetterWords = {
  language: 'ru',
  locale: 'ru-RU',
  of: {
    proposal: (facts, ref) => ({ title: `Ждёт согласия: ${text(facts, 'title')} [${ref}]`, lines: [] }),
    incident: (facts, ref) => ({
      title: `${facts['kind'] === 'drill' ? 'УЧЕНИЯ ' : ''}${text(facts, 'entity')}: ${RU_INCIDENTS[text(facts, 'kind')] ?? text(facts, 'kind')}, тяжесть ${facts['severity']} [${ref}]`,
      lines: filled([
        `Упоминаний: ${facts['mentions']}, негативных: ${facts['negative']} %, авторов: ${facts['voices']}.`,
        text(facts, 'phrases'),
        'Возьмите инцидент на себя, чтобы больше никого не беспокоить.',
      ]),
    }),
    incident_over: (facts, ref) => ({
      title: `Завершено: ${ref}`,
      lines: [RU_OVER[text(facts, 'how')] ?? text(facts, 'how')],
    }),
    stop: (facts) => ({
      title: `СТОП: ${scopeInRussian(text(facts, 'scope'))}`,
      lines: filled([`Кто нажал: ${text(facts, 'by')}.`, text(facts, 'reason')]),
    }),
    resume: (facts) => ({
      title: `Работа продолжается: ${scopeInRussian(text(facts, 'scope'))}`,
      lines: [`Кто возобновил: ${text(facts, 'by')}.`],
    }),
    spend: (facts, ref) => ({
      title: `Рекламные деньги: ${RU_SPEND[text(facts, 'kind')] ?? text(facts, 'kind')}, ${ref}`,
      lines: filled([text(facts, 'detail')]),
    }),
    campaign_stopped: (facts, ref) => ({
      title: `Кампания остановилась сама: ${ref}`,
      lines: filled([`${text(facts, 'code')} ${text(facts, 'detail')}`.trim()]),
    }),
    level_lost: (facts) => ({
      title: `Самостоятельности стало меньше: ${text(facts, 'class')}, не выше уровня ${facts['level']}`,
      lines: filled([text(facts, 'campaign'), `${text(facts, 'code')}: ${text(facts, 'detail')}`]),
    }),
    drill: (facts) => ({
      title: 'Учения по СТОПу провалены',
      lines: filled(['СТОП не остановил всё вовремя.', text(facts, 'detail')]),
    }),
    lockout: (facts) => ({
      title: 'Кто-то подбирает пароль',
      lines: [`Сеть: ${text(facts, 'network')}. Следующие попытки замедлены.`],
    }),
  },
  urgent: 'Срочно.',
  again: 'Пока никто не ответил.',
  isLast: 'Какое-то время вас больше не побеспокоят. Могло накопиться ещё: посмотрите в консоли.',
  answerIn: 'Чтобы ответить, войдите в консоль. Открытие ссылки ничего не меняет.',
  touches: (count, what) => `Затрагивает: ${count} (${what}).`,
  costs: (amount) => `Стоит ${amount}.`,
  gain: (mean, low, high) => `Ожидается ${mean} (от ${low} до ${high}).`,
  gainUnknown: 'Что это принесёт, пока неизвестно.',
  risk: (level, note) => `Риск: ${RU_RISKS[level] ?? level}${note === '' ? '' : `, ${note}`}.`,
  why: (why) => `Почему нужен человек: ${why}.`,
  eyes: 'Согласиться должны двое.',
  ends: (at) => `Срок: ${at}; потом ничего не произойдёт.`,
  test: {
    title: 'Windvane: проверка связи',
    lines: ['Так Windvane будет вас находить. Ничего не случилось.'],
  },
  trouble: (detail) => ({
    title: 'Windvane не может писать журнал',
    lines: [detail, 'Пока это так, ничего не решается и не отправляется.'],
  }),
  brief: (business) => `${business}: утренняя сводка`,
  waiting: (count) => `Ждут согласия: ${count}.`,
  incidents: (count) => `Открытых инцидентов: ${count}.`,
  stopped: 'Действует СТОП.',
  sent: (messages, unknown) =>
    `Сообщений за последние сутки: ${messages}. С неизвестным исходом за всё время: ${unknown}.`,
  nothing: 'Ваше участие не требуется.',
}

const scopeInRussian = (scope: string): string =>
  scope === 'all' ? 'всё' : scope.replace(/^channel /, 'канал ').replace(/^campaign /, 'кампания ')

const RU_RISKS: Readonly<Record<string, string>> = { low: 'низкий', medium: 'средний', high: 'высокий' }
const RU_INCIDENTS: Readonly<Record<string, string>> = {
  crisis: 'кризис',
  slow_burn: 'тлеющее недовольство',
  attack: 'организованная атака',
  opportunity: 'возможность',
  drill: 'учения',
}
const RU_OVER: Readonly<Record<string, string>> = {
  calm: 'Стало так же тихо, как обычно; задержанное отпускается шаг за шагом.',
  closed: 'Инцидент закрыт.',
  false_alarm: 'Закрыто как ложная тревога.',
}
const RU_SPEND: Readonly<Record<string, string>> = {
  mismatch: 'площадка показывает не то, что было установлено',
  velocity: 'деньги тратятся намного быстрее плана, линия остановлена',
  tracking: 'результаты перестали приходить',
  unreachable: 'площадка не отвечает',
  sign_in: 'площадка больше не пускает в кабинет',
  cap: 'достигнут предел',
  reading: 'невозможные цифры',
}

export const wordsFor = (locale: string): LetterWords => (locale.toLowerCase().startsWith('ru') ? ru : en)
