// Russian words of send time.

import type { enSendTime } from './en-send-time.ts'

export const ruSendTime: Readonly<Record<keyof typeof enSendTime, string>> = {
  'sendTime.title': 'Когда люди отвечают',
  'sendTime.lead':
    'Вероятность, что на сообщение, отправленное в этот час по часам получателя, ответят. Изучается по отправкам со случайно выбранным часом, поэтому это не привычка отправителя; ответы самого человека учитываются сверх того.',
  'sendTime.empty': 'Ни одна кампания не выбирает час',
  'sendTime.emptyDetail':
    'Напишите в кампании плана «send_time: best», и часы будут изучаться по её отправкам.',
  'sendTime.evidence':
    '{sends, plural, one {# отправка} few {# отправки} many {# отправок} other {# отправки}} в случайный час; {people, plural, one {# человек} few {# человека} many {# человек} other {# человека}} со своими ответами.',
  'sendTime.learning':
    'Пока идёт изучение: получено ответов {answers} из {min}, до тех пор час выбирается случайно.',
  'sendTime.left':
    '{count, plural, one {# отправка ничему не научила} few {# отправки ничему не научили} many {# отправок ничему не научили} other {# отправки ничему не научили}}: ушли не в выбранный час или неизвестно, ушли ли.',
  'sendTime.noHour': 'Пока не известно: ни в одном часе нет двадцати случайных отправок.',
  'sendTime.week': 'Вероятность ответа по дням недели и часам',
  'sendTime.hour':
    '{when}: {rate}; {sends, plural, one {# отправка} few {# отправки} many {# отправок} other {# отправки}} в этот час',
  'sendTime.key': 'От {least} (слабая заливка) до {most} (сильная). Точка: слишком мало отправок.',
  'sendTime.verdict.better': 'Выбранный час лучше отправки сразу',
  'sendTime.verdict.worse': 'Лучше отправлять сразу',
  'sendTime.verdict.not_known_yet': 'Пока не известно, лучше ли выбранный час, чем отправка сразу',
  'sendTime.rates':
    'Ответили: {best} в выбранный час ({bestSends, plural, one {# отправка} few {# отправки} many {# отправок} other {# отправки}}), {once} при отправке сразу ({onceSends, plural, one {# отправка} few {# отправки} many {# отправок} other {# отправки}}).',
  'sendTime.difference': 'Разница на сто отправок: {value} (от {low} до {high}).',
  'sendTime.tooFew': 'Сначала нужно по сто отправок тем и другим способом.',
  'sendTime.detectable': 'Сейчас была бы заметна разница в {value} на сто отправок.',
  'sendTime.noBetter': 'Поэтому кампания сейчас отправляет сразу.',
}
