// All of access in one place, as the server and the commands use it.

import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createLockout } from './lockout.ts'
import { createOwnAccount, type OwnAccount } from './own-account.ts'
import { createPeople, type People } from './people.ts'
import type { AccessPorts } from './ports.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createSingleSignOn, type SingleSignOn } from './single-sign-on.ts'

export type AccessDesk = {
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly people: People
  readonly account: OwnAccount
  readonly keys: ApiKeys
  readonly singleSignOn: SingleSignOn
  /** Puts into the file when sessions and keys were last used. */
  readonly save: () => Promise<void>
}

export const createAccessDesk = (ports: AccessPorts): AccessDesk => {
  const sessions = createSessions(ports)
  const lockout = createLockout()
  const keys = createApiKeys(ports)
  return {
    sessions,
    signIn: createSignIn(ports, sessions, lockout),
    people: createPeople(ports, sessions, lockout),
    account: createOwnAccount(ports, sessions, lockout),
    keys,
    singleSignOn: createSingleSignOn(ports, sessions),
    save: async () => {
      await sessions.saveSeen()
      await keys.saveUsed()
    },
  }
}
