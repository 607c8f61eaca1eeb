// Russian words of how long personal data is kept.

import type { enPrivacy } from './en-privacy.ts'

export const ruPrivacy: Readonly<Record<keyof typeof enPrivacy, string>> = {
  'nav.privacy': 'Приватность',
  'privacy.lead': 'Что хранится о людях, как долго и что уже удалено. Чьё именно — не записывается.',

  'retention.title': 'Сроки хранения',
  'retention.set': 'Сроки задаёт план, раздел privacy',
  'retention.class': 'Что',
  'retention.period': 'Срок',
  'retention.stored': 'Хранится',
  'retention.over': 'Срок истёк',
  'retention.next': 'Истечёт следующим',
  'retention.months': '{months, plural, one {# месяц} few {# месяца} many {# месяцев} other {# месяца}}',
  'retention.years': '{years, plural, one {# год} few {# года} many {# лет} other {# года}}',
  'retention.kept': 'пока хранятся данные о человеке',
  'retention.keptAll': 'бессрочно',
  'retention.keptPerson': 'пока человек не попросит удалить',
  'retention.overBefore': '{count}, раньше {date}',
  'retention.overPeople': '{count}, нет вестей с {date}',
  'retention.nextMonth': '{date}: {count}, за {month}',
  'retention.nextPeople':
    '{count, plural, one {# человек за 30 дней, если не объявится} few {# человека за 30 дней, если не объявятся} many {# человек за 30 дней, если не объявятся} other {# человека за 30 дней, если не объявятся}}',
  'retention.bound':
    '{count, plural, one {# запись с истёкшим сроком появилась до ключей по месяцам: она исчезнет только вместе с человеком.} few {# записи с истёкшим сроком появились до ключей по месяцам: они исчезнут только вместе с человеком.} many {# записей с истёкшим сроком появились до ключей по месяцам: они исчезнут только вместе с человеком.} other {# записи с истёкшим сроком появились до ключей по месяцам: они исчезнут только вместе с человеком.}}',
  'retention.stays':
    '{count, plural, one {# упоминание с истёкшим сроком записано до ключей по месяцам: оно останется.} few {# упоминания с истёкшим сроком записаны до ключей по месяцам: они останутся.} many {# упоминаний с истёкшим сроком записаны до ключей по месяцам: они останутся.} other {# упоминания с истёкшим сроком записаны до ключей по месяцам: они останутся.}}',

  'retentionClass.behaviour': 'Действия людей',
  'retentionClass.behaviour.is': 'Страницы, экраны, события, написанное, адреса устройств',
  'retentionClass.orders': 'Заказы',
  'retentionClass.orders.is': 'Заказы и возвраты',
  'retentionClass.mentions': 'Упоминания',
  'retentionClass.mentions.is': 'Что говорят о компании публично: тексты, авторы, адреса записей',
  'retentionClass.contact': 'Люди',
  'retentionClass.contact.is': 'Кто за этот срок ничего не прислал и ни на что не ответил, удаляется целиком',

  'retentionKept.title': 'Без отдельного срока',
  'retentionKept.consents': 'Согласия',
  'retentionKept.consents.is': 'Пока хранятся данные о человеке: они доказывают, на что он согласился.',
  'retentionKept.results': 'Решения, сообщения, результаты',
  'retentionKept.results.is':
    'Под номером, без имени и адреса, чтобы никто не получил одно и то же дважды. После удаления человека они ничьи.',
  'retentionKept.suppressions': 'Адреса, на которые больше не пишут',
  'retentionKept.suppressions.is': 'Только хеш с ключом, чтобы отказ не забылся.',

  'retentionRun.title': 'Когда удаляется',
  'retentionRun.never': 'Само ничего не удаляется: в плане нет ни одного срока, поэтому хранится всё.',
  'retentionRun.next': 'Следующий запуск: {at}',
  'retentionRun.due': 'Следующий запуск: в ближайшие минуты',
  'retentionRun.next.note':
    'Раз в сутки; после изменения сроков — не раньше чем через сутки, чтобы ошибку можно было исправить.',
  'retentionRun.last': 'Последний запуск: {at}, кто: {by}',
  'retentionRun.last.none': 'Запусков ещё не было.',
  'retentionRun.byItself': 'сам Windvane',
  'retentionRun.byRestart': 'Windvane после перезапуска',
  'retentionRun.gone.behaviour':
    '{count, plural, one {# запись о действиях людей} few {# записи о действиях людей} many {# записей о действиях людей} other {# записи о действиях людей}}, раньше {date}',
  'retentionRun.gone.orders':
    '{count, plural, one {# заказ или возврат} few {# заказа и возврата} many {# заказов и возвратов} other {# заказа и возврата}}, раньше {date}',
  'retentionRun.gone.mentions':
    '{count, plural, one {# упоминание} few {# упоминания} many {# упоминаний} other {# упоминания}}, раньше {date}',
  'retentionRun.gone.people':
    '{count, plural, one {# человек, от которого давно нет вестей} few {# человека, от которых давно нет вестей} many {# человек, от которых давно нет вестей} other {# человека, от которых давно нет вестей}}',
  'retentionRun.gone.nothing': 'Читаемого к тому времени уже не было.',
  'retentionRun.running':
    'Идёт удаление: уничтожаются ключи, затем показатели строятся заново по тому, что осталось.',
  'retentionRun.ask': 'Удалить сейчас…',
  'retentionRun.none': 'Сейчас удалять нечего.',
  'retentionRun.noRole': 'Раньше срока запустить удаление может инженер или владелец.',
  'retentionRun.confirm.title': 'Удалить всё, чей срок истёк?',
  'retentionRun.confirm.what': 'Будет удалено:',
  'retentionRun.confirm.people':
    '{count, plural, one {# человек, если с тех пор не ответил на сообщение} few {# человека, кроме ответивших с тех пор на сообщение} many {# человек, кроме ответивших с тех пор на сообщение} other {# человека, кроме ответивших с тех пор на сообщение}}',
  'retentionRun.confirm.effect':
    'Ключи будут уничтожены: прочесть это не сможет никто, в новых резервных копиях тоже; вернуть ничего нельзя. Показатели за эти месяцы уменьшатся или исчезнут. Останется запись, сколько удалено и кто это сделал.',
  'retentionRun.confirm.seen': 'Понимаю, что именно удаляется и что вернуть это нельзя',
  'retentionRun.confirm.go': 'Удалить навсегда',
  'retentionRun.confirm.stay': 'Оставить',
  'retentionRun.done': 'Удалено навсегда:',
  'retentionRun.done.nothing': 'Удалять было уже нечего, ничего не удалено.',
  'failure.retention.in_memory':
    'Журнал этой установки хранится в памяти: ключей, которые можно уничтожить, нет.',
}
