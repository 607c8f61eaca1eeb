// Russian words of the views of recommendations and of attribution.

import type { enOffers } from './en-offers.ts'

export const ruOffers: Readonly<Record<keyof typeof enOffers, string>> = {
  'nav.attribution': 'Атрибуция',
  'nav.recommendations': 'Рекомендации',

  'attribution.by': 'Строка таблицы',
  'attribution.touches': 'Что считать касанием',
  'attribution.what': 'Показатель',
  'attribution.option.channel': 'Канал',
  'attribution.option.campaign': 'Кампания',
  'attribution.option.all': 'Все касания',
  'attribution.option.clicks': 'Только клики и визиты',
  'attribution.option.margin': 'Маржа',
  'attribution.option.orders': 'Заказы',
  'attribution.warning':
    'Это не причинность. Заслуга приписана тем, кто был рядом перед заказом, даже если бы он пришёл и сам. Деньги по этой таблице не двигаются никогда — только по измеренному на контрольной группе.',
  'attribution.measured': 'Измерено по контрольной группе',
  'attribution.measured.value': '{value} (от {low} до {high})',
  'attribution.unmeasured': 'пока не измерено',
  'attribution.method.first': 'Первое',
  'attribution.method.last': 'Последнее',
  'attribution.method.linear': 'Поровну',
  'attribution.method.position': 'По позиции',
  'attribution.method.decay': 'С затуханием',
  'attribution.method.markov1': 'Марков 1',
  'attribution.method.markov2': 'Марков 2',
  'attribution.method.shapley': 'Шепли',
  'attribution.removal': 'Потеря без него',
  'attribution.sum':
    'Заказов: {orders}, маржа {margin}. Без единого касания за {days} дн. до заказа: {alone}.',
  'attribution.all': 'Все свои кампании вместе, измерено: {measured}.',
  'attribution.empty': 'Заказов, перед которыми было касание, пока нет',
  'attribution.empty.detail':
    'Касания — сообщения, блоки на сайте, клики и визиты с рекламы; они считаются 30 дней.',
  'attribution.note':
    'У канала есть измеренное значение, только если весь канал — одна кампания; выберите кампании, чтобы увидеть каждую. Показы рекламы без клика здесь неизвестны.',

  'recommend.train': 'Обучить сейчас',
  'recommend.training': 'Обучение…',
  'recommend.sum': 'Показано списков: {served}; товаров в них: {shown} из {known}.',
  'recommend.kept':
    'Никогда не показываем: чего нет в наличии (сейчас {soldOut}), что человек недавно купил или держит в корзине, и личное — тем, кто от этого отказался. Пустых списков: {empty}.',
  'recommend.fresh':
    'Новинок за две недели: {fresh}, из них уже показывались: {freshShown}. {share} мест разыгрывается поровну между кандидатами, чтобы новинкам доставались показы.',
  'recommend.none': 'Модели пока нет',
  'recommend.none.detail':
    'Она обучается каждую ночь, как только люди 200 раз посмотрят или купят товары. До тех пор списки показывают популярное и то, что берут вместе.',
  'recommend.model': 'Работает: {kind}',
  'recommend.trained':
    'Обучена {time}; людей: {people}, товаров: {items}, версия {version}. Заново учится каждую ночь; текущие сессии и то, что берут вместе, учитываются сразу.',
  'recommend.fallback': 'Ничто из обученного не оказалось заметно лучше популярности, поэтому ведёт она.',
  'recommend.backtest': 'Как модели справились с последней частью данных, которой не видели',
  'recommend.kind': 'Модель',
  'recommend.kind.ease': 'EASE',
  'recommend.kind.rp3beta': 'RP3beta',
  'recommend.kind.item_knn': 'Соседние товары',
  'recommend.kind.popularity': 'Популярность',
  'recommend.recall': 'Найдено в первых 10',
  'recommend.coverage': 'Доля показанных товаров',
  'recommend.placements': 'По местам',
  'recommend.placement': 'Место',
  'recommend.reasons': 'По причине показа',
  'recommend.reason': 'Почему',
  'recommend.reason.learnt': 'Усвоено по похожим людям',
  'recommend.reason.goes_together': 'Берут вместе',
  'recommend.reason.fresh': 'Новинка',
  'recommend.reason.popular': 'Популярное',
  'recommend.results.none': 'Появится с первым показанным списком.',
  'recommend.shown': 'Показано',
  'recommend.rate': 'Доля кликов',
  'recommend.bought': 'Куплено после клика',
  'recommend.revenue': 'Выручка',
  'recommend.thousand': 'Выручка на 1000 показов',
  'recommend.range': '{value} (от {low} до {high})',
  'recommend.note':
    'Интервалы 95 %. Покупки за семь дней после клика; среди них есть и те, кто купил бы сам, так что это не прирост.',
  'recommend.together': 'Что берут вместе с самым популярным',
  'recommend.product': 'Товар',
  'recommend.with': 'В тот же день вместе с',
  'recommend.with.one': '{name} ({times})',
}
