// People of this installation as notices know them: from the folded users and what they chose, with addresses and chats
// from the secrets' file, which the log never sees.

import type { AccessStore } from '../../governance/access/index.ts'
import { preferencesOf, type Person } from '../../notice/index.ts'
import type { WayName } from '../../notice/events.ts'
import type { LoopState } from '../../loop.ts'

export type KnownPeople = {
  /** Everybody who can sign in, with the ways that reach them now. */
  readonly list: () => readonly Person[]
  /** '' when there is none. */
  readonly addressOf: (userId: string) => string
  /** Their private chat in Telegram; '' when none is bound now. */
  readonly chatOf: (userId: string) => string
}

export const knownPeople = ({
  state,
  store,
  unseal,
  accountHash,
  ways,
}: {
  readonly state: LoopState
  readonly store: AccessStore
  readonly unseal: (sealed: string) => string | null
  readonly accountHash: (chat: string) => string
  readonly ways: () => ReadonlySet<WayName>
}): KnownPeople => {
  const storedOf = (userId: string) => store.read().users.find(({ id }) => id === userId)
  const addressOf = (userId: string): string => storedOf(userId)?.email ?? ''
  const chatOf = (userId: string): string => {
    const sealed = storedOf(userId)?.telegram
    const chat = sealed === undefined ? null : unseal(sealed)
    // An old copy of the file brings back nothing that the log has taken away.
    return chat !== null && state.notices.telegram.get(userId) === accountHash(chat) ? chat : ''
  }
  const list = (): readonly Person[] => {
    const known = ways()
    return [...state.access.users.values()]
      .filter(({ standing }) => standing === 'active')
      .map(({ id: userId, name, role }) => {
        const { ways: wanted, quiet, briefHour } = preferencesOf(state.notices, userId, role)
        const address = addressOf(userId)
        const reaches = (way: WayName): boolean =>
          known.has(way) && (way === 'webhook' || (way === 'mail' ? address !== '' : chatOf(userId) !== ''))
        return { userId, name, role, address, ways: wanted.filter(reaches), quiet, briefHour }
      })
  }
  return { list, addressOf, chatOf }
}
