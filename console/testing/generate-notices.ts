// How the fixture's person is told outside the console, and who was called for what.

import { FIXTURE_NOW, type FixtureState } from './world.ts'
import type { NoticesView, NoticeView, OwnNotices, PreferencesRequest } from '../../src/api/contract.ts'

const MINUTE = 60_000
const LONG = 'a line of words that goes on and on without telling anything that was not said before '

export function createNoticesWorld(state: () => FixtureState) {
  let chosen: PreferencesRequest = {
    ways: ['mail', 'telegram'],
    quiet: { fromHour: 22, toHour: 8 },
    briefHour: null,
  }
  const own = (): OwnNotices => {
    const isSetUp = state() !== 'empty'
    return {
      ...chosen,
      timeZone: 'Europe/Berlin',
      known: [
        { way: 'mail', isSetUp, reaches: isSetUp },
        { way: 'telegram', isSetUp, reaches: false },
        { way: 'webhook', isSetUp: false, reaches: false },
      ],
      bot: 'shop_bot',
    }
  }
  return {
    /** null: not one of these routes. */
    answer: (
      method: string,
      path: string,
      body: unknown,
    ): readonly [status: number, body: unknown] | null => {
      if (path === '/api/notices') return [200, makeNotices(state())]
      if (!path.startsWith('/api/account/notices')) return null
      if (state() === 'error') return [500, { error: { code: 'log.read_failed', message: 'No.', hint: '' } }]
      if (path.endsWith('/test')) return [200, { outcome: 'done', detail: '250 2.0.0 Ok: queued' }]
      if (path.endsWith('/telegram'))
        return [200, { code: 'k3vJ-9xQmA2bTzLr0WpE', bot: 'shop_bot', until: FIXTURE_NOW + 10 * MINUTE }]
      if (method === 'POST' && path === '/api/account/notices') chosen = body as PreferencesRequest
      return [200, path.endsWith('/off') ? { done: true } : own()]
    },
  }
}

const makeNotices = (state: FixtureState): NoticesView => {
  const call = (name: string, status: NoticeView['calls'][number]['status'], round = 0) => ({
    userId: name,
    name,
    way: 'mail' as const,
    round,
    why: 'on_call',
    status,
    at: FIXTURE_NOW - 4 * MINUTE,
    detail: '',
  })
  const notice = (id: number, about: Partial<NoticeView>): NoticeView => ({
    noticeId: `n${id}`,
    kind: 'proposal',
    title: '',
    ref: `P${id}`,
    isUrgent: false,
    at: FIXTURE_NOW - id * 5 * MINUTE,
    calls: [],
    withheld: '',
    over: '',
    ...about,
  })
  const more = state === 'long' ? LONG.repeat(3) : ''
  const open = [
    notice(1, {
      kind: 'incident',
      title: `Shop: crisis, severity 2 [I1] ${more}`,
      isUrgent: true,
      calls: [call('Anna Petrova', 'done'), call('Boris Orlov', 'unknown', 1)],
    }),
    notice(2, { title: `Waits for a yes: Summer sale [P2] ${more}`, withheld: 'budget' }),
    notice(3, { title: 'Waits for a yes: More for search [P3]' }),
  ]
  return {
    now: FIXTURE_NOW,
    ways: state === 'empty' ? [] : ['mail', 'telegram'],
    open: state === 'empty' ? [] : open,
    closed:
      state === 'empty'
        ? []
        : [notice(9, { title: 'STOP: all', over: 'told', calls: [call('Anna Petrova', 'failed')] })],
    asides: [],
    dropped: 0,
    preview:
      state === 'empty'
        ? []
        : [
            {
              round: 0,
              afterMs: 0,
              calls: [{ userId: 'u1', name: 'Anna Petrova', why: 'on_call', way: 'mail' }],
            },
            {
              round: 1,
              afterMs: 10 * MINUTE,
              calls: [{ userId: 'u2', name: 'Boris Orlov', why: 'role', way: 'telegram' }],
            },
            {
              round: 2,
              afterMs: 20 * MINUTE,
              calls: [{ userId: 'u3', name: 'Olga Ivanova', why: 'owner', way: 'mail' }],
            },
          ],
    budget: { perHour: 6, perDay: 24 },
  }
}
