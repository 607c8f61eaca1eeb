// Russian words of the views. Sentences do without gender and case of data.

import type { enViews } from './en-views.ts'

export const ruViews: Readonly<Record<keyof typeof enViews, string>> = {
  'action.nothing': 'ничего',

  'brief.title': 'Сводка: {business}',

  'away.title': 'Пока вас не было, с {since}',
  'away.title.today': 'Сегодня на эту минуту',
  'away.idle':
    'Пока ничего не решено. {people, plural, one {# человек известен} few {# человека известны} many {# человек известно} other {# человека известны}}.',
  'away.did':
    'Принято {decisions, plural, one {# решение} few {# решения} many {# решений} other {# решения}}, отправлено {sent, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}.',
  'away.did.today':
    'Принято {decisions, plural, one {# решение} few {# решения} many {# решений} other {# решения}}: действовать – {acted}, ничего не делать – {nothing}, удержано – {withheld}.',
  'away.why':
    'В кампании «{campaign}» сейчас чаще всего выбирается {action} ({share}): этим людям оно обещает больше всего.',
  'away.why.nothing':
    'В кампании «{campaign}» сейчас чаще всего выбирается молчание ({share}): ни одно сообщение не обещает больше, чем стоит.',
  'away.brought':
    'За это время: {conversions, plural, one {# конверсия} few {# конверсии} many {# конверсий} other {# конверсии}}, {unsubscribed, plural, =0 {отписок нет} one {# отписка} few {# отписки} many {# отписок} other {# отписки}}.',
  'away.brought.all':
    'За всё время: {opened, plural, one {# открытие} few {# открытия} many {# открытий} other {# открытия}}, {clicked, plural, one {# клик} few {# клика} many {# кликов} other {# клика}}, {conversions, plural, one {# конверсия} few {# конверсии} many {# конверсий} other {# конверсии}}.',
  'away.needs':
    '{count, plural, =0 {От вас ничего не нужно.} one {# дело ждёт вас.} few {# дела ждут вас.} many {# дел ждут вас.} other {# дела ждут вас.}}',

  'working.title': 'Работает ли это?',

  'verdict.ahead': 'Да, приносит больше',
  'verdict.behind': 'Нет, приносит меньше',
  'verdict.not_known_yet': 'Пока не известно',
  'verdict.sample_ratio_mismatch': 'Сказать нельзя',

  'lift.title': 'Прирост против контрольной группы',
  'lift.of': 'Прирост: {campaign}',
  'lift.difference': 'На человека',
  'lift.low': 'От',
  'lift.high': 'До',
  'lift.interval': 'Интервал',
  'lift.intervalAt': 'Интервал {confidence}',
  'lift.fromTo': 'от {low} до {high}',
  'lift.earned': 'Заработано всего',
  'lift.people': 'Люди',
  'lift.people.value': '{treated} с письмами, {holdout} в контроле',
  'lift.smallest': 'Наименьший видимый эффект',
  'lift.truth': 'Заложенная правда',
  'lift.noHistory': 'Появится с первыми результатами обеих групп.',
  'lift.sentence.ahead':
    'Люди, которым можно писать, приносят на {difference} больше каждый, чем контрольная группа (от {low} до {high}, уверенность {confidence}).',
  'lift.sentence.behind':
    'Люди, которым можно писать, приносят на {difference} меньше каждый, чем контрольная группа (от {low} до {high}, уверенность {confidence}).',
  'lift.sentence.unknown':
    'Приносит ли это больше, чем бездействие, пока не известно. Наименьший эффект, видимый к этому времени, – {smallest} на человека.',
  'lift.sentence.unknownBare':
    'Приносит ли это больше, чем бездействие, пока не известно: результатов слишком мало.',
  'lift.sentence.mismatch':
    'Размеры двух групп не такие, какими должны быть: пока причина не найдена, их разница ни о чём не говорит.',
  'lift.sentence.withTruth': '{sentence} Правда, заложенная в это демо: {truth}.',
  'lift.readout': '{time}: {difference} (от {low} до {high})',

  'needs.title': 'Что ждёт вас',
  'needs.none': 'Ничего не ждёт вас.',

  'severity.risk': 'Риск:',
  'severity.notice': 'Внимание:',

  'attention.open': 'Открыть «{view}»',
  'attention.unknown_sends':
    '{count, plural, one {# сообщение: неясно, дошло ли} few {# сообщения: неясно, дошли ли} many {# сообщений: неясно, дошли ли} other {# сообщения: неясно, дошли ли}}',
  'attention.unknown_sends.do': 'Сами они заново не отправляются: проверьте на почтовом сервере.',
  'attention.brand_incident': 'Инцидент вокруг бренда, за который никто не взялся',
  'attention.brand_incident.do': 'Посмотрите, что говорят, и возьмите его на себя.',
  'attention.brand_source': 'Источник упоминаний не отвечает',
  'attention.brand_source.do': 'См. «Бренд»: пока слышно меньше.',
  'attention.stopped': 'Отправка остановлена',
  'attention.stopped.do': 'Возобновите в полосе вверху, когда причины больше нет.',
  'attention.sample_ratio': 'Контрольная группа не того размера',
  'attention.sample_ratio.do': 'Не доверяйте приросту, пока не найдена причина.',
  'attention.complaints':
    '{count, plural, one {# жалоба на нежелательную почту} few {# жалобы на нежелательную почту} many {# жалоб на нежелательную почту} other {# жалобы на нежелательную почту}}',
  'attention.complaints.do': 'Посмотрите на аудиторию и лимиты частоты.',
  'attention.invalid_events':
    '{count, plural, one {# событие отвергнуто} few {# события отвергнуты} many {# событий отвергнуты} other {# события отвергнуты}}',
  'attention.invalid_events.do': 'Посмотрите, какой источник их шлёт и почему они отвергнуты.',
  'attention.delivery_failing':
    '{count, plural, one {# отправка не удалась} few {# отправки не удались} many {# отправок не удались} other {# отправки не удались}}',
  'attention.delivery_failing.do': 'Проверьте настройки канала и ответ получателя.',
  'attention.model_drift':
    '{count, plural, one {# модель больше не держит слова} few {# модели больше не держат слова} many {# моделей больше не держат слова} other {# модели больше не держат слова}}',
  'attention.model_drift.do': 'Пока не обучена новая, вместо неё простое среднее.',
  'attention.disk_full': 'Диск заполнен: новые события не принимаются',
  'attention.disk_full.do': 'Освободите место, работа продолжится сама.',
  'attention.no_campaigns': 'Нет ни одной кампании',
  'attention.no_campaigns.do': 'Опишите её: аудиторию, что можно делать, и цель.',

  'counts.label': 'Живые числа',
  'counts.people': 'Люди',
  'counts.events': 'Событий в минуту',
  'counts.decisions': 'Решений сегодня',
  'counts.sent': 'Отправлено сегодня',
  'counts.conversions': 'Конверсии',
  'counts.queued': 'Ждут',
  'counts.failed': 'Сбоев сегодня',
  'counts.unknown': 'Неясно',
  'counts.unsubscribed': 'Отписались',
  'counts.total': 'всего {total}',
  'counts.complained':
    '{count, plural, =0 {жалоб нет} one {# жалоба} few {# жалобы} many {# жалоб} other {# жалобы}}',

  'chart.asTable': 'Показать таблицей',
  'chart.asChart': 'Показать графиком',

  'hourly.title': 'Активность по часам',
  'hourly.summary':
    'За последние {hours, plural, one {# час} few {# часа} many {# часов} other {# часа}}: {decisions, plural, one {# решение} few {# решения} many {# решений} other {# решения}}, из них с действием – {acted}; {conversions, plural, one {# конверсия} few {# конверсии} many {# конверсий} other {# конверсии}}.',
  'hourly.empty': 'Появится с первым часом работы.',
  'hourly.events': 'События',
  'hourly.decisions': 'Решения',
  'hourly.acted': 'С действием',
  'hourly.sent': 'Отправлено',
  'hourly.conversions': 'Конверсии',
  'hourly.most': '{near, select, yes {{count}} other {до {count}}}',
  'hourly.key': 'Решения: тёмное – с действием, светлое – ничего или удержано.',
  'hourly.readout':
    '{time}: {decisions, plural, one {# решение} few {# решения} many {# решений} other {# решения}}, из них с действием – {acted}; {conversions, plural, one {# конверсия} few {# конверсии} many {# конверсий} other {# конверсии}}',

  'mix.title': 'Что выбирает каждая кампания',
  'mix.caption': 'Действия кампании {campaign}',
  'mix.counts':
    '{decisions, plural, one {# решение} few {# решения} many {# решений} other {# решения}}, с действием – {acted}, {conversions, plural, one {# конверсия} few {# конверсии} many {# конверсий} other {# конверсии}}',
  'mix.none': 'Решений пока нет.',
  'mix.action': 'Действие',
  'mix.share': 'Доля последних решений',
  'mix.reward': 'Средний результат',

  'status.live': 'работает',
  'status.paused': 'пауза',
  'status.shadow': 'наблюдает',

  'ticker.title': 'Решения по мере принятия',
  'ticker.all': 'Все решения',

  'decisions.empty.title': 'Решений пока нет',
  'decisions.empty.detail': 'Каждое решение появляется здесь сразу и со своей причиной.',
  'decisions.noMatch.title': 'Под эти фильтры не подходит ни одно решение',
  'decisions.noMatch.detail': 'Решения хранятся столько же, сколько журнал.',
  'decisions.noMatch.clear': 'Показать все решения',
  'decisions.list': 'Решения, сначала новые',
  'decisions.campaign': 'Кампания',
  'decisions.campaign.all': 'Все кампании',
  'decisions.verdict': 'Исход',
  'decisions.person': 'Человек',
  'decisions.delivery': 'Доставка',
  'decisions.person.clear': 'Только {person}: показать всех',
  'decisions.new':
    '{count, plural, one {# новое решение: наверх} few {# новых решения: наверх} many {# новых решений: наверх} other {# новых решения: наверх}}',
  'decisions.shown':
    '{more, select, yes {{count, plural, one {Загружено # решение, ниже есть ещё.} few {Загружено # решения, ниже есть ещё.} many {Загружено # решений, ниже есть ещё.} other {Загружено # решения, ниже есть ещё.}}} other {{count, plural, one {# решение, это все.} few {# решения, это все.} many {# решений, это все.} other {# решения, это все.}}}}',

  'decision.act': 'действие',
  'decision.nothing': 'ничего',
  'decision.withheld': 'удержано',
  'decision.title': 'Решение',
  'decision.person': 'Человек',
  'decision.at': 'Принято',
  'decision.sendAt': 'Отправить',
  'decision.group': 'Группа',
  'decision.propensity': 'Вероятность при розыгрыше',
  'decision.replay': 'Повтор по записи',
  'decision.replays': '✓ то же действие, та же вероятность',
  'decision.replaysNot': '✗ вышло другое: сообщите об этом',
  'decision.candidates': 'Что можно было сделать',
  'decision.candidates.caption':
    'Действия в розыгрыше: ожидаемый результат со стандартной ошибкой и вероятность',
  'decision.expected': 'Ожидание',
  'decision.probability': 'Вероятность',
  'decision.score': '{mean} ± {stderr}',
  'decision.chosen': 'выпало',
  'decision.whyNot': 'Не участвовало, и почему',
  'decision.vetoes': 'Удержано после розыгрыша, потому что',
  'decision.after': 'Что из этого вышло',
  'decision.scores': 'Чего модели ждут от человека',
  'decision.features': 'На что смотрели',
  'decision.context': 'Момент и версии',
  'decision.version': 'Версия: {of}',
  'decision.seed': 'Зерно',
  'decision.asOf': 'Состояние журнала на',
  'decision.record': 'Вся запись',

  'versionOf.model': 'модель',
  'versionOf.campaigns': 'кампании',
  'versionOf.creatives': 'тексты',
  'versionOf.limits': 'лимиты',

  'group.treated': 'получает письма',
  'group.holdout': 'контрольная группа',

  'delivery.attempted': 'попытка',
  'delivery.queued': 'ждёт',
  'delivery.sent': 'отправлено',
  'delivery.failed': 'сбой',
  'delivery.unknown': 'неясно',
  'delivery.withheld': 'удержано',
  'delivery.opened': 'открыто',
  'delivery.clicked': 'клик',
  'delivery.bounced': 'вернулось',
  'delivery.complained': 'жалоба',
  'delivery.unsubscribed': 'отписка',

  'outcome.converted': 'конверсия',
  'outcome.closed': 'окно закрыто',

  'reason.no_score': 'Нет оценки, которую требует правило',
  'reason.no_consent': 'Нет согласия',
  'reason.suppressed': 'Адрес в стоп-листе',
  'reason.unreachable': 'Нет адреса для этого канала',
  'reason.quiet_hours': 'Тихие часы',
  'reason.person_cap': 'Человек получил достаточно сообщений',
  'reason.discount_cap': 'Человек получил достаточно скидок',
  'reason.campaign_budget': 'Бюджет кампании исчерпан',
  'reason.stopped': 'Остановлено',
  'reason.held': 'Промо сейчас придержано',
  'reason.wrong_tone': 'Слова для другого момента',
  'reason.creative_missing': 'Нет текста',
  'reason.creative_unapproved': 'Текст не одобрен',
  'reason.holdout': 'В контрольной группе, чтобы измерить эффект',
  'reason.shadow': 'Кампания только наблюдает',
  'reason.campaign_paused': 'Кампания на паузе',
  'reason.late': 'Слишком поздно',
  'reason.superseded': 'Сменилось более новым',
  'reason.profile_unsettled': 'Профиль исправляется',
  'reason.restored': 'Ждало в восстановленной копии и могло уйти раньше',

  'customers.search': 'E-mail, телефон, id или имя',
  'customers.total': '{count, plural, one {# человек} few {# человека} many {# человек} other {# человека}}',
  'customers.empty.title': 'Пока никто не известен',
  'customers.empty.detail': 'Люди появляются здесь с первым событием или импортом.',
  'customers.noMatch.title': 'Никто не найден',
  'customers.noMatch.detail': 'Попробуйте полный e-mail, телефон с кодом страны или id из вашего магазина.',
  'customers.person': 'Человек',
  'customers.id': 'Профиль',
  'customers.orders': 'Заказы',
  'customers.lastSeen': 'Последний раз',

  'customer.back': 'Все клиенты',
  'customer.decisions': 'Решения об этом человеке',
  'customer.identifiers': 'Известен как',
  'customer.timeZone': 'Часовой пояс',
  'customer.consents': 'Согласия',
  'customer.consents.none': 'Не записаны: этому человеку не пишем.',
  'customer.consent.proof': '{time}, {source}, текст {version}',
  'customer.features': 'Что известно',
  'customer.traits': 'Сведения',
  'customer.whyNothing': 'Почему ничего?',
  'customer.whyNothing.sum':
    '{all, plural, =0 {Ни одна кампания ещё не рассматривала этого человека.} one {Без отправки {quiet} из последнего # решения.} few {Без отправки {quiet} из последних # решений.} many {Без отправки {quiet} из последних # решений.} other {Без отправки {quiet} из последних # решений.}}',

  'identifier.userId': 'Id пользователя',
  'identifier.anonymousId': 'Анонимный id',
  'identifier.email': 'E-mail',
  'identifier.phone': 'Телефон',
  'identifier.deviceId': 'Устройство',

  'consent.granted': 'дано',
  'consent.withdrawn': 'отозвано',
  'consent.unknown': 'неизвестно',

  'timeline.title': 'Что происходило',
  'timeline.kind': 'Вид',
  'timeline.kind.all': 'Все виды',
  'timeline.signal': 'событие',
  'timeline.decision': 'решение',
  'timeline.delivery': 'доставка',
  'timeline.outcome': 'итог',
  'timeline.consent': 'согласие',
  'timeline.more':
    '{count, plural, one {Показать ещё #} few {Показать ещё #} many {Показать ещё #} other {Показать ещё #}}',
  'timeline.empty.title': 'Ничего такого не было',
  'timeline.empty.detail':
    'События, решения, доставки и итоги появляются здесь по мере того, как происходят.',

  'impact.all': 'Все кампании вместе',
  'impact.choose': 'Показать эффект',
  'impact.numbers': 'Числа, на которых это стоит',
  'impact.verdict': 'Приносит больше?',
  'impact.treated': 'С письмами',
  'impact.holdout': 'Контроль',
  'impact.treatedMean': 'Среднее, письма',
  'impact.holdoutMean': 'Среднее, контроль',
  'impact.difference': 'Разница',
  'impact.low': 'От',
  'impact.high': 'До',
  'impact.earned': 'Заработано',
  'impact.smallest': 'Наименьший видимый',
  'impact.sampleRatio': 'Размеры групп, p',
  'impact.note':
    'За интервалом можно следить постоянно: с вероятностью {confidence} % он накрывает истинную разницу в каждый момент, а не только в конце. Если p размеров групп ниже 0,001, люди попали не в ту группу.',

  'campaigns.title': 'Кампании и лимиты',
  'campaigns.empty.title': 'Кампаний пока нет',
  'campaigns.empty.detail':
    'Кампания говорит, кому, что можно делать и ради чего. Опишите её в плане в разделе «Кампании».',
  'campaigns.status': 'Состояние',
  'campaigns.uplift': 'К кому обращается',
  'campaigns.uplift.individual': 'К тем, у кого окупается: {share}.',
  'campaigns.uplift.all': 'Ко всем.',
  'campaigns.uplift.none': 'Почти ни к кому: приносит меньше, чем стоит.',
  'campaigns.uplift.unknown': 'Ко всем по плану: пока неизвестно, у кого окупается.',
  'campaigns.uplift.notYet': 'Ко всем по плану: сравнивать пока мало людей.',
  'campaigns.uplift.effect': 'Эффект на человека {value}, от {low} до {high}.',
  'campaigns.reward': 'Результат',
  'campaigns.spent': 'Потрачено',
  'campaigns.spentOf': '{spent} из {budget}',

  'segments.title': 'Сегменты',
  'segments.when': 'Условие',
  'segments.size': 'Люди',
  'segments.empty.title': 'Сегментов пока нет',
  'segments.empty.detail': 'Сегмент – условие над профилем с живым размером. Опишите его в плане.',

  'plan.title': 'План (YAML)',
  'plan.check': 'Проверить',
  'plan.apply': 'Применить',
  'plan.revert': 'Отменить мои правки',
  'plan.changed': 'Изменено, но не применено: сначала проверьте.',
  'plan.version': 'Действует: {version}',
  'plan.problems':
    '{count, plural, one {# ошибка, ничего не изменено} few {# ошибки, ничего не изменено} many {# ошибок, ничего не изменено} other {# ошибки, ничего не изменено}}',
  'plan.passes':
    '{count, plural, =0 {Годится и ничего не меняет} one {Годится: применение внесёт # изменение} few {Годится: применение внесёт # изменения} many {Годится: применение внесёт # изменений} other {Годится: применение внесёт # изменения}}',
  'plan.applied': 'Применено: действует {version}',

  'health.title': 'Состояние данных',
  'health.log': 'Журнал',
  'health.head': 'Событий в журнале',
  'health.folded': 'Учтено в состоянии',
  'health.behind':
    '{count, plural, =0 {ничего не ждёт} one {# ждёт} few {# ждут} many {# ждут} other {# ждут}}',
  'health.snapshot': 'Последний снимок на',
  'health.afterSnapshot':
    '{count, plural, one {# событие после него} few {# события после него} many {# событий после него} other {# события после него}}',
  'health.bytes': 'Размер на диске',
  'health.sources': 'Источники',
  'health.source': 'Источник',
  'health.duplicates': 'Отброшено повторов',
  'health.invalid': 'Отвергнуто',
  'health.last': 'Последнее событие',
  'health.never': 'никогда',
  'health.sources.empty.title': 'Пока ничего не пришло',
  'health.sources.empty.detail':
    'Отправьте первое событие на /v1/track с ключом ingest или выполните «windvane import FILE».',
  'health.invalidByCode': 'Почему события отвергнуты',
  'health.invalid.none': 'Все события приняты.',
  'health.code': 'Причина',
  'health.count': 'События',
}
