// Russian words of models.

import type { enModels } from './en-models.ts'

export const ruModels: Readonly<Record<keyof typeof enModels, string>> = {
  'models.title': 'Модели',
  'models.lead':
    'Чего ждать от каждого человека: выучено на ваших собственных данных. Модель работает, только если на времени, которого она не видела, она лучше простого среднего.',
  'models.sample':
    'Учатся на прошлом {people, plural, one {# человека} few {# человек} many {# человек} other {# человека}}, из них {customers, plural, one {# покупатель} few {# покупателя} many {# покупателей} other {# покупателя}}.',
  'models.next':
    'Следующее обучение {time}, затем каждые {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}.',
  'models.training': 'Идёт обучение',
  'models.train': 'Обучить все сейчас',
  'models.trainOne': 'Обучить заново',

  'model.churn': 'Кто собирается уйти',
  'model.churn.says':
    'Вероятность, что клиент ничего не закажет {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}.',
  'model.purchase': 'Кто собирается купить',
  'model.purchase.says':
    'Вероятность заказа в течение {days, plural, one {# дня} few {# дней} many {# дней} other {# дня}}.',
  'model.value': 'Сколько стоят клиенты',
  'model.value.says':
    'Заказы и маржа в ближайшие {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}, остался ли клиент с нами, когда следующий заказ.',
  'model.uplift': 'На кого действует «{campaign}»',
  'model.uplift.says': 'Что кампания меняет для каждого человека по сравнению с тем, чтобы его не трогать.',

  'model.state.in_use': 'в работе',
  'model.state.fallback': 'вместо неё среднее',
  'model.state.not_yet': 'ещё нет',
  'model.version': 'Версия {version}, обучена {time}',
  'model.trainings':
    '{count, plural, one {# обучение} few {# обучения} many {# обучений} other {# обучения}} всего',

  'model.empty': 'Данных пока мало',
  'model.reason.history':
    'История нужна за {needs, plural, one {# день} few {# дня} many {# дней} other {# дня}}, есть за {has}.',
  'model.reason.positives':
    'Того, что она предсказывает, нужно {needs, plural, one {# случай} few {# случая} many {# случаев} other {# случая}}, есть {has}.',
  'model.reason.negatives':
    'Обратного тому, что она предсказывает, нужно {needs, plural, one {# случай} few {# случая} many {# случаев} other {# случая}}, есть {has}.',
  'model.reason.customers':
    'Нужно {needs, plural, one {# покупатель} few {# покупателя} many {# покупателей} other {# покупателя}}, есть {has}.',
  'model.reason.treated':
    'Получивших сообщение нужно {needs, plural, one {# человек} few {# человека} many {# человек} other {# человека}}, есть {has}.',
  'model.reason.untreated':
    'Случайно оставленных в покое нужно {needs, plural, one {# человек} few {# человека} many {# человек} other {# человека}}, есть {has}.',
  'model.reason.not_better':
    'На более позднем времени выученное не лучше простого среднего, поэтому не используется ({detail}).',
  'model.reason.not_calibrated':
    'На более позднем времени выученное не сдержало слова, поэтому не используется ({detail}).',
  'model.reason.failed': 'Обучение не удалось: {detail}',
  'model.reason.waiting': 'Обучения ещё не было.',
  'model.lastFailed': 'Последнее обучение ({time}) не дало ничего нового. {reason}',
  'model.drifted.calibration_slope':
    'Обещанное не сбылось: наклон {value} ± {error} вместо 1. С {time} вместо модели простое среднее.',
  'model.drifted.psi':
    'Люди изменились по сравнению с теми, на ком модель проверяли: PSI {value}, больше 0,2. С {time} вместо модели простое среднее.',

  'model.figures': 'На более позднем времени, которого она не видела',
  'model.logLoss': 'Log-loss',
  'model.logLoss.note': 'у простой доли {value}; чем меньше, тем лучше',
  'model.auc': 'AUC',
  'model.auc.note': '0,5 — случай, 1 — без ошибок',
  'model.slope': 'Наклон калибровки',
  'model.slope.note': '1 — честно; ошибка {ece}',
  'model.learnt': 'Обучена на',
  'model.learnt.note':
    'ещё {count, plural, one {# строка} few {# строки} many {# строк} other {# строки}} позже; случаев всего {positives, plural, one {#} few {#} many {#} other {#}}',
  'model.kind.logistic': 'логистическая регрессия',
  'model.kind.online': 'логистическая регрессия, строка за строкой',
  'model.kind.trees': 'бустинг деревьев',
  'model.kept':
    'Остаётся {chosen}: претендент, {other}, не лучше сверх случайности (log-loss {gain} ± {error}).',
  'model.promoted':
    'Повышена модель «{chosen}»: лучше, чем {other}, сверх случайности (log-loss {gain} ± {error}).',
  'model.reliability': 'Обещано и сбылось, по десятым долям',
  'model.reliability.said': 'Обещано',
  'model.reliability.came': 'Сбылось',
  'model.reliability.tenth': 'Доля',
  'model.reliability.summary':
    'В десятой доле с самыми высокими оценками обещано {said}, сбылось {came}; с самыми низкими — {saidLow} и {cameLow}.',
  'model.drivers': 'Что весит больше всего',
  'model.drivers.column': 'Что известно о человеке',
  'model.drivers.weight': 'Вес',
  'model.leaks.none': 'Утечек не найдено: ничто из прочитанного не стало известно лишь потом.',
  'model.leaks': 'Исключены, потому что выдают ответ: {columns}.',
  'model.moved': 'Распределения, которые с тех пор сместились: {columns}.',
  'model.checked':
    'Обещанное {date} и сбывшееся с тех пор: наклон {slope} ± {error} на {rows, plural, one {# человеке} few {# людях} many {# людях} other {# человека}}; оценки сместились на PSI {psi}.',
  'model.gap.stale':
    'Модель устарела: решения не получают от неё оценок, и правила с этой оценкой никого не выбирают.',
  'model.gap.drift':
    'Модель не держит слова: решения не получают от неё оценок, и правила с этой оценкой никого не выбирают.',
  'model.gap.average':
    'Есть только среднее: решения не получают оценок, и правила с этой оценкой никого не выбирают.',
  'model.gap.not_a_customer': 'Об этом человеке она ничего не говорит.',
  'model.usedBy': 'Используют',
  'model.user.decisions': 'все решения',
  'model.user.campaign': 'кампания {id}',
  'model.user.segment': 'сегмент {id}',

  'value.customers': 'Покупатели',
  'value.customers.note': 'с повторными заказами {count, plural, one {#} few {#} many {#} other {#}}',
  'value.mean': 'Средняя ценность',
  'value.mean.note': 'заказов в год {orders}, по {value}',
  'value.backtest': 'Отложенное время',
  'value.backtest.note':
    '{came, plural, one {пришёл # заказ} few {пришло # заказа} many {пришло # заказов} other {пришло # заказа}}; по среднему {average}',
  'value.error': 'Ошибка на клиента',
  'value.error.note': 'у среднего {average}; чем меньше, тем лучше',
  'valueTiming.bg-nbd': 'BG/NBD и Gamma-Gamma',
  'valueTiming.pareto-nbd': 'Pareto/NBD и Gamma-Gamma',
  'valueTiming.bg-bb': 'BG/BB и Gamma-Gamma: одна возможность заказать за период',
  'valueTiming.cohort-average': 'Среднее по тем, кто пришёл в то же время',
  'valueReason.few_repeat_buyers': 'Повторно заказывали меньше 200 клиентов.',
  'valueReason.fit_failed': 'Подобрать модель не удалось.',
  'valueReason.asked_for': 'Так задано.',
  'valueReason.backtest_lost': 'На отложенном времени модель не лучше среднего.',

  'uplift.effect': 'Эффект на человека',
  'uplift.qini': 'Qini',
  'uplift.qini.note': '0 — случай; от {low} до {high}',
  'uplift.range': 'от {low} до {high}',
  'uplift.top': 'Эффект в верхних {share}',
  'uplift.people': 'Сравнивали людей',
  'uplift.people.note':
    '{count, plural, one {# с воздействием} few {# с воздействием} many {# с воздействием} other {# с воздействием}}',
  'uplift.says.individual':
    'Выбирать поимённо: ранжирование лучше случая, контакт окупается у {share} людей.',
  'uplift.says.all':
    'Писать всем: ни одно ранжирование не лучше случая наверняка, а в среднем кампания приносит больше, чем стоит.',
  'uplift.says.none.effect': 'Не писать никому: в среднем кампания приносит меньше, чем стоит.',
  'uplift.says.none.unknown': 'Пока неизвестно, приносит ли кампания что-нибудь.',
  'uplift.tenths': 'Эффект по десятым долям ожидаемого прироста',

  'scores.title': 'Чего ожидать',
  'scores.none': 'Пока ничего: ни одна модель не обучена.',
  'scores.churn': 'Риск ухода',
  'scores.churn.note': 'без заказов {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}',
  'scores.purchase': 'Вероятность покупки',
  'scores.purchase.note': 'в течение {days, plural, one {# дня} few {# дней} many {# дней} other {# дня}}',
  'scores.alive': 'Остаётся клиентом',
  'scores.orders': 'Будущие заказы',
  'scores.clv': 'Будущая ценность',
  'scores.within': 'за {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}',
  'scores.interval': 'от {low} до {high} с вероятностью {level}',
  'scores.next': 'Следующий заказ',
  'scores.next.in': 'примерно через {days, plural, one {# день} few {# дня} many {# дней} other {# дня}}',
  'scores.next.never': 'не предвидится',
  'scores.drift': 'Среднее: модель сейчас не держит слова.',
  'scores.average': 'Среднее по клиентам, которые пришли в то же время.',

  'column.daysSinceFirstSeen': 'Сколько знакомы',
  'column.daysSinceLastSeen': 'Давно ли заходил',
  'column.daysSinceLastOrder': 'Давно ли заказывал',
  'column.daysSinceLastCart': 'Давно ли наполнял корзину',
  'column.daysSinceLastSend': 'Давно ли ему писали',
  'column.orders': 'Заказов всего',
  'column.revenue': 'Выручка всего',
  'column.averageOrder': 'Средний заказ',
  'column.events': 'Событий всего',
  'column.activity7d': 'Активность за неделю',
  'column.views7d': 'Просмотры товаров за неделю',
  'column.carts7d': 'Корзины за неделю',
  'column.activity60d': 'Активность за два месяца',
  'column.orders60d': 'Заказы за два месяца',
  'column.sends7d': 'Сообщения за неделю',
  'column.openShare': 'Доля открытых сообщений',
  'column.clickShare': 'Доля сообщений с переходом',
  'column.overdue': 'Опоздание против своего ритма',
  'column.missing': '{name}: неизвестно',
}
