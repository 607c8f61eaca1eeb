// Acts of the fixture: of each kind, by people, keys and the machine.

import type { Act, ActsPage, AuditTip } from '../../src/api/contract.ts'
import { FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'

const ANNA = { name: 'Анна Орлова', id: 'user u1' }
const MACHINE = { name: '', id: '' }

const WORDS: readonly (Pick<Act, 'type' | 'group' | 'who' | 'reason'> & {
  readonly en: string
  readonly ru: string
})[] = [
  {
    type: 'plan.applied.v1',
    group: 'rules',
    who: ANNA,
    reason: '',
    en: 'Changed the plan',
    ru: 'План изменён',
  },
  {
    type: 'governance.executed.v1',
    group: 'approvals',
    who: MACHINE,
    reason: '',
    en: 'Carried out: Winback, 812 people',
    ru: 'Исполнено: Winback, 812 человек',
  },
  {
    type: 'governance.rejected.v1',
    group: 'approvals',
    who: ANNA,
    reason: 'Слишком дорого для этой недели',
    en: 'Rejected: Search, +40 %',
    ru: 'Отклонено: Поиск, +40 %',
  },
  {
    type: 'stop.raised.v1',
    group: 'stop',
    who: ANNA,
    reason: 'drill',
    en: 'STOP: everything',
    ru: 'СТОП: всё',
  },
  {
    type: 'access.key_made.v1',
    group: 'access',
    who: { name: 'local operator', id: '' },
    reason: '',
    en: 'Made a key: site',
    ru: 'Создан ключ: site',
  },
  {
    type: 'profile.data_expired.v1',
    group: 'people',
    who: MACHINE,
    reason: '',
    en: 'Let go personal data whose time was over: what people did before 2025-04: 84211, people not heard of: 5',
    ru: 'Удалены персональные данные, срок хранения которых истёк: действия людей раньше 2025-04: 84211, люди без вестей: 5',
  },
]
const COUNT = 60

export const makeActs = (state: FixtureState, query: URLSearchParams): ActsPage => {
  const lang = query.get('lang') === 'ru' ? 'ru' : 'en'
  const all: Act[] = Array.from({ length: state === 'empty' ? 0 : COUNT }, (_, index) => {
    const { type, group, who, reason, ...text } = WORDS[index % WORDS.length] ?? WORDS[0]!
    return {
      offset: 90_000 - index * 17,
      id: `act-${index}`,
      at: FIXTURE_NOW - index * HOUR_MS,
      type,
      group,
      who,
      text: state === 'long' ? `${text[lang]} ${LONG}` : text[lang],
      reason,
      changes: type === 'plan.applied.v1' ? [{ path: 'limits.caps.0.max', is: '3', willBe: '2' }] : [],
      approvals:
        type === 'governance.executed.v1'
          ? [{ name: ANNA.name, at: FIXTURE_NOW - index * HOUR_MS - 60_000, via: 'console', note: '' }]
          : [],
      proposalId: group === 'approvals' ? 'P42' : null,
    }
  })
  const group = query.get('group') ?? ''
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
  const left = all.filter((act) => act.offset < before && (group === '' || act.group === group))
  const items = left.slice(0, Number(query.get('limit') ?? 50))
  return { items, next: left.length > items.length ? String(items.at(-1)?.offset) : null }
}

export const makeTip = (): AuditTip => ({
  logId: 'b'.repeat(32),
  offset: 90_004,
  hash: '3f5c'.repeat(16),
})
