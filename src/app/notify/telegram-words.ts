// What the bot says, in the two languages of the product.

export type TelegramWords = {
  readonly approve: string
  readonly reject: string
  readonly snooze: string
  readonly mine: string
  readonly whyNot: (proposalId: string) => string
  readonly stranger: string
  readonly notUnderstood: string
  readonly bound: (name: string) => string
  readonly codeOver: string
  readonly changed: string
  readonly taken: string
  readonly snoozed: string
  readonly partly: (proposalId: string, said: number, eyes: number) => string
  readonly now: (proposalId: string, status: string) => string
}

const en: TelegramWords = {
  approve: '✅ Yes',
  reject: '❌ No',
  snooze: '⏰ In an hour',
  mine: '🙋 I take it',
  whyNot: (proposalId) => `Why not? Reply to this message. (${proposalId})`,
  stranger:
    'This account is not connected to a user of Windvane. Ask for a code in the console, under Settings.',
  notUnderstood: 'This is not understood.',
  bound: (name) => `Connected: you are ${name} here.`,
  codeOver: 'This code is not valid any more. Ask for another one in the console.',
  changed: 'It has changed since you were told. Look at it in the console.',
  taken: 'Yours. Nobody else is called.',
  snoozed: 'Asked again in an hour.',
  partly: (proposalId, said, eyes) => `${proposalId}: ${said} of ${eyes} said yes.`,
  now: (proposalId, status) => `${proposalId}: ${EN_STATUS[status] ?? status}.`,
}
const EN_STATUS: Readonly<Record<string, string>> = { executing: 'being done' }

const ru: TelegramWords = {
  approve: '✅ Да',
  reject: '❌ Нет',
  snooze: '⏰ Через час',
  mine: '🙋 Беру на себя',
  whyNot: (proposalId) => `Почему нет? Ответьте на это сообщение. (${proposalId})`,
  stranger:
    'Этот аккаунт не привязан к пользователю Windvane. Получите код в консоли, в разделе «Настройки».',
  notUnderstood: 'Непонятная команда.',
  bound: (name) => `Аккаунт привязан: здесь вы ${name}.`,
  codeOver: 'Этот код больше не действует. Получите новый в консоли.',
  changed: 'С тех пор оно изменилось. Посмотрите в консоли.',
  taken: 'Принято: больше никого не побеспокоим.',
  snoozed: 'Напомню через час.',
  partly: (proposalId, said, eyes) => `${proposalId}: согласий ${said} из ${eyes}.`,
  now: (proposalId, status) => `${proposalId}: ${RU_STATUS[status] ?? status}.`,
}
const RU_STATUS: Readonly<Record<string, string>> = {
  open: 'ждёт',
  approved: 'согласовано',
  executing: 'выполняется',
  done: 'выполнено',
  failed: 'не получилось',
  unknown: 'исход неизвестен',
  undone: 'отменено',
  rejected: 'отклонено',
  expired: 'срок вышел',
  stale: 'устарело',
}

export const telegramWords = (locale: string): TelegramWords =>
  locale.toLowerCase().startsWith('ru') ? ru : en
