// Russian words of the fairness report of a campaign.

import type { enFairness } from './en-fairness.ts'

export const ruFairness: Readonly<Record<keyof typeof enFairness, string>> = {
  'fairness.title': 'Равенство обращения',
  'fairness.about':
    'Кому из какой группы кампания писала, кого не тронула, кому дала скидку и кто откликнулся. Решения от этого не зависят, поэтому можно назвать и чувствительный признак.',
  'fairness.trait': 'Признак для сравнения',
  'fairness.show': 'Показать',
  'fairness.caption': 'Доли людей по признаку {by}',
  'fairness.decided': 'Решений о людях',
  'fairness.treated': 'Охвачены',
  'fairness.heldOut': 'Контрольная группа',
  'fairness.withheld': 'Удержаны',
  'fairness.offers': 'Из охваченных: скидка',
  'fairness.responded': 'Из охваченных: результат',
  'fairness.interval':
    'от {low} до {high}, {people, plural, one {# человек} few {# человека} many {# человек} other {# человека}}',
  'fairness.differs': 'отличается от всех остальных сильнее, чем по случайности',
  'fairness.note':
    'Интервалы 95 %. * отличается от всех остальных сильнее, чем по случайности (5 % на всю таблицу). Отличие — ещё не приговор: ищите причину.',
  'fairness.other':
    '{count, plural, one {# малая группа объединена} few {# малые группы объединены} many {# малых групп объединено} other {# малых групп объединено}} в (other).',
  'fairness.nobody': 'Пока никого',
  'fairness.nobodyYet': 'Кампания ещё ни о ком не решала.',
}
