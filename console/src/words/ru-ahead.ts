// Russian words of what a campaign will bring before it runs.

import type { enAhead } from './en-ahead.ts'

export const ruAhead: Readonly<Record<keyof typeof enAhead, string>> = {
  'ahead.title': 'Чего ждать',
  'ahead.campaign': 'Кампания',
  'ahead.of.run': 'Следующий запуск',
  'ahead.of.days':
    '{days, plural, one {Следующий # день} few {Следующие # дня} many {Следующие # дней} other {Следующие # дня}}',
  'ahead.asIfLive':
    'Как если бы она уже работала, при нынешних лимитах и сегментах. Интервалы сбываются в 8 случаях из 10.',
  'ahead.messages': 'Сообщения',
  'ahead.audience':
    'в аудитории {audience, plural, one {# человек} few {# человека} many {# человек} other {# человека}} из {known}; кому-то не достанется ничего: по жребию, из-за лимитов или как контрольной группе',
  'ahead.buyers': 'Люди с результатом',
  'ahead.buyers.note': 'среди них и те, кто купил бы сам',
  'ahead.margin': 'Результат за вычетом затрат',
  'ahead.loss': 'Вероятность убытка',
  'ahead.loss.note': 'доход не покроет затрат',
  'ahead.unsubscribes': 'Отпишутся',
  'ahead.complaints': 'Жалобы',
  'ahead.risk.note':
    'по {count, plural, one {# отправленному сообщению} few {# отправленным сообщениям} many {# отправленным сообщениям} other {# отправленного сообщения}}',
  'ahead.unknown': 'пока не известно',
  'ahead.unknown.results': 'здесь ещё не было ничего, по чему можно предсказать результат',
  'ahead.unknown.risk': 'по её каналам отправлено меньше 200 сообщений',
  'ahead.range': 'от {low} до {high}',
  'ahead.not':
    'Кампания ждёт события, и как часто оно будет случаться, пока не известно. Прогноз появится, когда событие поступает хотя бы день или кампания проработает три дня.',
  'ahead.draft': 'Что принесут изменённые кампании',
  'aheadTimes.audience': 'Пробное решение принято для каждого из аудитории.',
  'aheadTimes.own_decisions': 'Так часто, как она решала до сих пор.',
  'aheadTimes.events': 'Так часто, как до сих пор приходило её событие.',
  'aheadTimes.unknown': 'Как часто её спросят, не известно.',
  'aheadBasis.own': 'По её собственному прошлому.',
  'aheadBasis.other_campaigns': 'Она почти не запускалась: по другим кампаниям с той же целью.',
  'aheadBasis.orders':
    'Ничего похожего не запускалось: это то, что люди заказывают и сами. Мерка, а не действие кампании.',
  'aheadBasis.nothing': 'Нет ничего, по чему можно было бы предсказать результат.',
}
