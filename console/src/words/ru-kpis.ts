// Russian words of the view of figures.

import type { enKpis } from './en-kpis.ts'

export const ruKpis: Readonly<Record<keyof typeof enKpis, string>> = {
  'kpi.orders': 'Заказы',
  'kpi.revenue': 'Выручка',
  'kpi.margin': 'Маржа',
  'kpi.visits': 'Просмотры страниц',
  'kpi.events': 'Принятые события',
  'kpi.sent': 'Отправленные сообщения',
  'kpi.failed': 'Неудачные отправки',
  'kpi.unsubscribed': 'Отписки',
  'kpi.clickRate': 'Доля кликов',

  'kpis.choose': 'Показатель',
  'kpis.figure': 'Показатель',
  'kpis.value': 'Было',
  'kpis.expected': 'Ожидалось',
  'kpis.ahead': 'Ожидается',
  'kpis.usual': 'Обычные границы',
  'kpis.interval': 'Интервал 80 %',
  'kpis.range': 'от {low} до {high}',
  'kpis.day': 'День',
  'kpis.readout': '{time}: {value} ({range})',

  'kpis.hours': '{figure}: по часам',
  'kpis.hours.none': 'Появится, когда пройдут первые часы.',
  'kpis.hours.unknown': 'Что обычно, пока не известно: это узнаётся из прошедших часов.',
  'kpis.hours.summary': 'За час с {time}: {value}. Обычно в это время: от {low} до {high}.',

  'kpis.days': '{figure}: по дням и прогноз',
  'kpis.days.none': 'Появится, когда пройдут первые полные дни.',
  'kpis.forecast.none': 'Для прогноза нужно 14 полных дней.',
  'kpis.forecast.not': 'Этот показатель не прогнозируется.',
  'kpis.forecast.sum': 'Ожидается за две недели: {two}, за четыре: {four}.',
  'kpis.forecast.better':
    'При проверке на прошлом ошибка на {share} меньше, чем у правила «как неделю назад».',
  'kpis.forecast.naive':
    'При проверке на прошлом ничто не оказалось лучше правила «как неделю назад», поэтому показано оно.',
  'kpis.forecast.short': 'Для проверки на прошлом дней слишком мало: показано то, что было раньше.',
  'kpis.forecast.held':
    'Из {days, plural, one {# прошедшего дня} few {# прошедших дней} many {# прошедших дней} other {# прошедшего дня}} в интервал прогноза попало: {inside}.',

  'kpis.odd': 'Необычное',
  'kpis.odd.none': 'Ничего необычного',
  'kpis.odd.none.detail': 'Каждый час сравнивается с тем, что обычно в этот час недели.',
  'kpis.what': 'Что',
  'kpis.rare': 'Насколько редко',
  'kpis.rare.value': '1 из {count}',
  'kpis.cause.spike': 'Далеко от обычного',
  'kpis.cause.drift': 'Постепенно уходит',
  'kpis.cause.level_shift': 'Новый уровень',
  'kpis.cause.extreme': 'Редкое в любой час',
  'kpis.odd.note':
    'Не больше семи предупреждений в неделю, чтобы каждое стоило внимания. {withheld, plural, =0 {Ничего не скрыто.} one {Скрыто ещё # предупреждение.} few {Скрыто ещё # предупреждения.} many {Скрыто ещё # предупреждений.} other {Скрыто ещё # предупреждения.}} Предупреждение говорит, что случилось необычное, но не почему.',

  'attention.kpi_anomaly':
    '{count, plural, one {# необычное значение} few {# необычных значения} many {# необычных значений} other {# необычного значения}} показателей за последние сутки',
  'attention.kpi_anomaly.do': 'Посмотрите, какой показатель, когда и что было обычным.',
}
