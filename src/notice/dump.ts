// Notices for a snapshot: the same events give the same bytes, and folding goes on from them.

import type { Dump } from '../log/dump.ts'
import { createNotices, type Notices } from './state.ts'

export const dumpNotices = (state: Notices): Dump => ({
  notices: {
    open: [...state.open],
    closed: state.closed,
    asides: state.asides,
    called: [...state.called],
    preferences: [...state.preferences],
    telegram: [...state.telegram],
    briefs: [...state.briefs],
    lockouts: [...state.lockouts],
    dropped: state.dropped,
  },
})

type Entries<M> = M extends Map<string, infer V> ? readonly (readonly [string, V])[] : M
type Dumped = { readonly [K in keyof Notices]: Entries<Notices[K]> }

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpNotices}. */
export const restoreNotices = (dump: Dump): Notices => {
  const given = structuredClone(dump['notices']) as unknown as Dumped
  const state = createNotices()
  for (const name of ['open', 'called', 'preferences', 'telegram', 'briefs', 'lockouts'] as const)
    for (const [key, value] of given[name]) (state[name] as Map<string, unknown>).set(key, value)
  state.closed.push(...given.closed)
  state.asides.push(...given.asides)
  state.dropped = given.dropped
  return state
}
