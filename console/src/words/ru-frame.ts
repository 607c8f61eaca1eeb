// Russian words of the frame: header, STOP, dialogs, failures.

import type { enFrame } from './en-frame.ts'

export const ruFrame: Readonly<Record<keyof typeof enFrame, string>> = {
  'brand.name': 'Windvane',

  'nav.label': 'Разделы',
  'nav.skip': 'Перейти к содержанию',
  'nav.pageTitle': '{view} · Windvane',
  'nav.brief': 'Сводка',
  'nav.decisions': 'Решения',
  'nav.customers': 'Клиенты',
  'nav.impact': 'Эффект',
  'nav.campaigns': 'Кампании',
  'nav.health': 'Данные',

  'common.close': 'Закрыть',
  'common.loading': 'Загружается',
  'common.retry': 'Повторить',
  'common.unknown': '–',
  'common.time': 'Время',
  'common.copy': 'Копировать',
  'common.copied': 'Скопировано',
  'common.back': 'Назад к списку',
  'common.all': 'Все',

  'header.demo': 'ДЕМО ×{rate}',
  'header.live': 'РАБОТАЕТ',
  'header.clock': 'Часы продукта, {zone}',
  'header.needs': 'Ждёт вас: {count}',
  'header.find': 'Найти или сделать',
  'header.findKeys': 'Ctrl K',

  'settings.title': 'Настройки',
  'settings.lang': 'Язык',
  'settings.lang.en': 'English',
  'settings.lang.ru': 'Русский',
  'settings.theme': 'Тема',
  'settings.theme.system': 'Как в системе',
  'settings.theme.light': 'Светлая',
  'settings.theme.dark': 'Тёмная',
  'settings.singleKeys': 'Клавиши быстрого доступа из одной буквы',
  'settings.signOut': 'Выйти',

  'signin.key': 'Ключ администратора',
  'signin.where': 'Он был показан при первом запуске Windvane и начинается с wv_admin_.',
  'signin.open': 'Открыть консоль',
  'signin.refused':
    'Сервер не принял этот ключ. Проверьте, что это ключ администратора, а не ключ для событий.',

  'live.polling': 'Не в прямом эфире: поток прервался. Пока числа запрашиваются каждые пять секунд.',
  'live.down': 'Не в прямом эфире: сервер не отвечает. На экране данные на {time}.',
  'live.retryIn':
    '{seconds, plural, =0 {Пробуем снова} one {# секунда до новой попытки} few {# секунды до новой попытки} many {# секунд до новой попытки} other {# секунды до новой попытки}}',

  'stop.button': 'СТОП',
  'stop.title': 'Остановить отправку',
  'stop.effect':
    'Новые сообщения остановятся в течение секунды и будут ждать. То, что почтовый сервер уже принял, вернуть нельзя.',
  'stop.scope': 'Что остановить',
  'stop.scope.all': 'Всё',
  'stop.scope.channel': 'Один канал',
  'stop.scope.campaign': 'Одну кампанию',
  'stop.reason': 'Причина (необязательно)',
  'stop.reason.default': 'Остановлено из консоли',
  'stop.confirm.all': 'Остановить всё сейчас',
  'stop.confirm.channel': 'Остановить канал {channel} сейчас',
  'stop.confirm.campaign': 'Остановить кампанию «{campaign}» сейчас',
  'stop.sending': 'Останавливаем…',
  'stop.failed.title': 'СТОП не дошёл до сервера',
  'stop.failed.effect': 'Сервер не ответил, сообщения могут всё ещё уходить.',
  'stop.failed.step':
    'Нажмите ещё раз или выполните «windvane stop» на самой машине: это работает и без консоли.',
  'stop.banner.label': 'Что остановлено',
  'stop.banner': 'Остановлено: {what}.',
  'stop.banner.by': 'Кто: {by}, с {since}.',
  'stop.what.all': 'всё',
  'stop.what.channel': 'канал {channel}',
  'stop.what.campaign': 'кампания «{campaign}»',
  'stop.waiting':
    '{waiting, plural, =0 {Ничего не ждёт} one {# сообщение ждёт} few {# сообщения ждут} many {# сообщений ждут} other {# сообщения ждут}}, {late, plural, =0 {опоздавших нет} one {# из них опоздало и не уйдёт} few {# из них опоздали и не уйдут} many {# из них опоздали и не уйдут} other {# из них опоздали и не уйдут}}.',
  'stop.resume': 'Возобновить…',
  'stop.origin.file': 'Остановлено файлом на машине: удалите файл, чтобы возобновить.',
  'stop.origin.signal': 'Остановлено сигналом процессу: возобновите на машине.',

  'resume.title': 'Возобновить: {what}',
  'resume.waiting': 'Ждут сейчас',
  'resume.late': 'Опоздали по лимитам',
  'resume.leaves': 'Уйдут сразу',
  'resume.messages':
    '{count, plural, one {# сообщение} few {# сообщения} many {# сообщений} other {# сообщения}}',
  'resume.effect':
    '{leaves, plural, =0 {Сразу ничего не уйдёт} one {# сообщение уйдёт сразу} few {# сообщения уйдут сразу} many {# сообщений уйдут сразу} other {# сообщения уйдут сразу}}; {late, plural, =0 {отменять нечего} one {# опоздавшее отменяется} few {# опоздавших отменяются} many {# опоздавших отменяются} other {# опоздавших отменяются}}. Лимиты и согласия проверяются заново для каждого.',
  'resume.stay': 'Оставить остановленным',
  'resume.confirm':
    '{count, plural, =0 {Возобновить} one {Возобновить и отправить # сообщение} few {Возобновить и отправить # сообщения} many {Возобновить и отправить # сообщений} other {Возобновить и отправить # сообщения}}',
  'resume.refused.title': 'Не возобновлено',
  'resume.refused.step': 'Числа выше обновлены: посмотрите на них и решите снова.',

  'channel.email': 'e-mail',
  'channel.push': 'push',
  'channel.sms': 'SMS',
  'channel.messenger': 'мессенджер',
  'channel.onsite': 'на сайте',
  'channel.webhook': 'вебхук',

  'error.bug.title': 'Эта часть страницы сломалась',
  'error.bug.effect': 'Остальное работает, и СТОП тоже.',
  'error.bug.step': 'Перезагрузите страницу; если повторится, сообщите код ниже.',
  'error.offline.title': 'Сервер не отвечает',
  'error.offline.effect': 'Эту часть нельзя показать, или она устарела.',
  'error.offline.step': 'Проверьте соединение и что Windvane запущен, затем повторите.',
  'error.missing.title': 'Не найдено',
  'error.missing.effect': 'По этому адресу ничего нет.',
  'error.missing.step': 'Возможно, это стёрто или ссылка неполная.',
  'error.server.title': 'Сервер не смог ответить на это',
  'error.server.effect': 'Эту часть нельзя показать. Отправку это не затрагивает.',
  'error.server.step': 'Повторите; если не пройдёт, найдите код ниже в журнале сервера.',

  'missing.title': 'Нет такой страницы',
  'missing.detail': 'Адрес никуда не ведёт: ссылка могла устареть или обрезаться.',
  'missing.home': 'К сводке',

  'keys.title': 'Клавиши',
  'keys.palette': 'Найти или сделать',
  'keys.find': 'Найти клиента',
  'keys.stop': 'Остановить отправку',
  'keys.help': 'Этот список',
  'keys.close': 'Закрыть окно',

  'palette.title': 'Найти или сделать',
  'palette.placeholder': 'Раздел, имя, e-mail или телефон клиента, «остановить»',
  'palette.view': 'Раздел',
  'palette.command': 'Команда',
  'palette.customer': 'Клиент',
  'palette.none': 'Ничего не найдено.',

  'common.name': 'Название',
  'common.value': 'Значение',
}
