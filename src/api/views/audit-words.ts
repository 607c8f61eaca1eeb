// Acts in words: what was done, for whoever checks it later. Who did it stands beside, so the words name nobody.

import type { DataClass } from '../../profile/events.ts'
import type { ActType } from '../../insight/index.ts'
import type { Language } from './sources.ts'

/** What was done; `: ` and what it was done to follows. */
export const ACT_WORDS: Readonly<Record<Language, Readonly<Record<ActType, string>>>> = {
  en: {
    'plan.applied.v1': 'Changed the plan',
    'governance.policy_applied.v1': 'Changed the policy of autonomy',
    'models.applied.v1': 'Changed what models learn',
    'model.reset.v1': 'Made the model forget',
    'governance.proposed.v1': 'Asked for approval',
    'governance.approved.v1': 'Approved',
    'governance.edited.v1': 'Put something else in its place',
    'governance.rejected.v1': 'Rejected',
    'governance.snoozed.v1': 'Put off',
    'governance.answered.v1': 'Answered',
    'governance.expired.v1': 'Ran out without an answer; nothing was done',
    'governance.stale.v1': 'Its ground had moved; it must be asked anew',
    'governance.executed.v1': 'Carried out',
    'governance.undone.v1': 'Took back',
    'governance.promoted.v1': 'Gave more autonomy',
    'governance.breached.v1': 'Lost autonomy',
    'governance.ramp_moved.v1': 'Moved the share of a campaign’s audience',
    'policy.proposed.v1': 'Proposed another way to decide',
    'policy.rollout_moved.v1': 'Moved the traffic of a challenger',
    'stop.raised.v1': 'STOP',
    'stop.lifted.v1': 'Lifted the STOP',
    'hold.placed.v1': 'Held back',
    'hold.lifted.v1': 'Let go again',
    'governance.drilled.v1': 'Tried the STOP',
    'system.restored.v1': 'Restored from a backup',
    'system.erasures_repeated.v1': 'Erased again who had been erased after the backup',
    'spend.incident_opened.v1': 'Reported trouble with ad money',
    'spend.incident_closed.v1': 'Closed trouble with ad money',
    'budget.experiment_planned.v1': 'Began an experiment with ad money',
    'budget.experiment_dropped.v1': 'Dropped an experiment with ad money',
    'brand.incident_opened.v1': 'Opened an incident',
    'brand.incident_owned.v1': 'Took an incident over',
    'brand.incident_noted.v1': 'Wrote a note on an incident',
    'brand.incident_calm.v1': 'Found it calm again',
    'brand.incident_closed.v1': 'Closed an incident',
    'brand.statement_approved.v1': 'Allowed a public statement',
    'brand.mention_corrected.v1': 'Corrected the tone of a mention',
    'brand.topic_muted.v1': 'Muted a topic',
    'profile.consent_changed.v1': 'Changed a consent',
    'profile.unmerged.v1': 'Took a wrong merge of people apart',
    'profile.erasure_started.v1': 'Erased a person',
    'profile.data_expired.v1': 'Let go personal data whose time was over',
    'access.user_invited.v1': 'Invited',
    'access.user_joined.v1': 'Joined',
    'access.role_changed.v1': 'Changed a role',
    'access.user_disabled.v1': 'Closed an account',
    'access.user_enabled.v1': 'Opened an account again',
    'access.credential_changed.v1': 'Changed how to sign in',
    'access.signed_in.v1': 'Signed in',
    'access.sign_in_failed.v1': 'Failed to sign in',
    'access.sessions_ended.v1': 'Ended sessions',
    'access.key_made.v1': 'Made a key',
    'access.key_rotated.v1': 'Gave a key a new secret',
    'access.key_revoked.v1': 'Took a key away',
  },
  ru: {
    'plan.applied.v1': 'План изменён',
    'governance.policy_applied.v1': 'Изменена политика автономии',
    'models.applied.v1': 'Изменено, чему учатся модели',
    'model.reset.v1': 'Модель начата с чистого листа',
    'governance.proposed.v1': 'Запрошено подтверждение',
    'governance.approved.v1': 'Одобрено',
    'governance.edited.v1': 'Заменено другим',
    'governance.rejected.v1': 'Отклонено',
    'governance.snoozed.v1': 'Отложено',
    'governance.answered.v1': 'Дан ответ',
    'governance.expired.v1': 'Срок вышел без ответа, ничего не сделано',
    'governance.stale.v1': 'Основание изменилось, нужно спросить заново',
    'governance.executed.v1': 'Исполнено',
    'governance.undone.v1': 'Отменено после исполнения',
    'governance.promoted.v1': 'Дано больше автономии',
    'governance.breached.v1': 'Автономия снижена',
    'governance.ramp_moved.v1': 'Изменена доля аудитории кампании',
    'policy.proposed.v1': 'Предложен другой способ решать',
    'policy.rollout_moved.v1': 'Изменена доля трафика претендента',
    'stop.raised.v1': 'СТОП',
    'stop.lifted.v1': 'СТОП снят',
    'hold.placed.v1': 'Придержано',
    'hold.lifted.v1': 'Снова разрешено',
    'governance.drilled.v1': 'Проверен СТОП',
    'system.restored.v1': 'Восстановлено из резервной копии',
    'system.erasures_repeated.v1': 'Повторно стёрты те, кого стёрли после резервной копии',
    'spend.incident_opened.v1': 'Замечена неполадка с рекламными деньгами',
    'spend.incident_closed.v1': 'Закрыта неполадка с рекламными деньгами',
    'budget.experiment_planned.v1': 'Начат эксперимент с рекламными деньгами',
    'budget.experiment_dropped.v1': 'Прекращён эксперимент с рекламными деньгами',
    'brand.incident_opened.v1': 'Открыт инцидент',
    'brand.incident_owned.v1': 'Инцидент принят в работу',
    'brand.incident_noted.v1': 'Заметка к инциденту',
    'brand.incident_calm.v1': 'Снова спокойно',
    'brand.incident_closed.v1': 'Инцидент закрыт',
    'brand.statement_approved.v1': 'Разрешено публичное заявление',
    'brand.mention_corrected.v1': 'Исправлена тональность упоминания',
    'brand.topic_muted.v1': 'Тема заглушена',
    'profile.consent_changed.v1': 'Изменено согласие',
    'profile.unmerged.v1': 'Ошибочно объединённые люди разделены',
    'profile.erasure_started.v1': 'Человек стёрт',
    'profile.data_expired.v1': 'Удалены персональные данные, срок хранения которых истёк',
    'access.user_invited.v1': 'Приглашение',
    'access.user_joined.v1': 'Присоединение',
    'access.role_changed.v1': 'Изменена роль',
    'access.user_disabled.v1': 'Учётная запись закрыта',
    'access.user_enabled.v1': 'Учётная запись снова открыта',
    'access.credential_changed.v1': 'Изменён способ входа',
    'access.signed_in.v1': 'Вход',
    'access.sign_in_failed.v1': 'Неудачный вход',
    'access.sessions_ended.v1': 'Сеансы завершены',
    'access.key_made.v1': 'Создан ключ',
    'access.key_rotated.v1': 'У ключа новый секрет',
    'access.key_revoked.v1': 'Ключ отозван',
  },
}

/** What an act was done to, where it is more than a name. */
export const ABOUT_WORDS: Readonly<
  Record<
    Language,
    {
      readonly everything: string
      readonly level: (of: string, level: number) => string
      readonly share: (of: string, share: number) => string
      readonly moved: (of: string, from: number, to: number) => string
      readonly outcome: Readonly<Record<'done' | 'failed' | 'unknown', string>>
      readonly passed: string
      readonly failed: string
      readonly backup: (at: string, epoch: number, erasuresUnknown: boolean) => string
      readonly repeated: (people: number, noted: number) => string
      readonly more: (count: number) => string
      /** Classes of data, and how much of one went. */
      readonly data: Readonly<Record<DataClass, string>>
      readonly gone: (what: string, before: string, items: number) => string
    }
  >
> = {
  en: {
    everything: 'everything',
    level: (of, level) => `${of}, level ${level}`,
    share: (of, share) => `${of}, ${percent(share)}`,
    moved: (of, from, to) => `${of}, from ${percent(from)} to ${percent(to)}`,
    outcome: { done: '', failed: 'it failed', unknown: 'nobody knows whether it was done' },
    passed: 'passed',
    failed: 'failed',
    backup: (at, epoch, isUnknown) =>
      `of ${at}, epoch ${epoch}${isUnknown ? '; erasures after it are not known' : ''}`,
    repeated: (people, noted) => `people ${people}, erasures noted ${noted}`,
    more: (count) => `and ${count} more times`,
    data: {
      behaviour: 'what people did',
      orders: 'orders',
      mentions: 'mentions',
      contact: 'people not heard of',
    },
    gone: (what, before, items) => `${what} before ${before}: ${items}`,
  },
  ru: {
    everything: 'всё',
    level: (of, level) => `${of}, уровень ${level}`,
    share: (of, share) => `${of}, ${percent(share)}`,
    moved: (of, from, to) => `${of}, с ${percent(from)} до ${percent(to)}`,
    outcome: { done: '', failed: 'не удалось', unknown: 'неизвестно, сделано ли' },
    passed: 'пройдено',
    failed: 'не пройдено',
    backup: (at, epoch, isUnknown) =>
      `от ${at}, эпоха ${epoch}${isUnknown ? '; о стираниях после неё ничего не известно' : ''}`,
    repeated: (people, noted) => `людей: ${people}, отмеченных стираний: ${noted}`,
    more: (count) => `и ещё столько раз: ${count}`,
    data: {
      behaviour: 'действия людей',
      orders: 'заказы',
      mentions: 'упоминания',
      contact: 'люди без вестей',
    },
    gone: (what, before, items) => `${what} раньше ${before}: ${items}`,
  },
}

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`
