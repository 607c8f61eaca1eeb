// Signing in with address, password and, where it is switched on, a second factor. Who guesses learns nothing: an
// unknown address, a wrong password and a closed account get the same answer after the same work.

import { Failure } from '../../kernel/failure.ts'
import { CREDENTIAL_CHANGED, type CredentialChanged } from './events.ts'
import { createFailureFacts, keep, tell } from './facts.ts'
import type { Lockout } from './lockout.ts'
import type { AccessPorts, StoredUser } from './ports.ts'
import { guesserOf, networkOf, type Opened, type Sessions, type Visitor } from './sessions.ts'

export type SignInRequest = {
  readonly email: string
  readonly password: string
  /** Of the second factor, or a recovery code; '' when none was asked for yet. */
  readonly code: string
}

export type SignIn = (request: SignInRequest, visitor: Visitor) => Promise<Opened>

/** Throws Failures `auth.wrong_password`, `auth.second_factor` (ask for it), `auth.wrong_code`, `auth.wait`. */
export const createSignIn = (ports: AccessPorts, sessions: Sessions, lockout: Lockout): SignIn => {
  const { store, secrets, state, realNow } = ports
  const recordFailure = createFailureFacts(ports)

  return async ({ email, password, code }, visitor) => {
    const account = normalEmail(email)
    const attempt = { account, network: guesserOf(visitor.address), code: code !== '' }
    const network = networkOf(visitor.address)
    const found = store.read().users.find(({ id, email: known }) => known === account && state.users.has(id))
    const userId = found?.id ?? ''
    const waitMs = lockout.waitMs(attempt, realNow())
    if (waitMs > 0) {
      await recordFailure({ userId, reason: 'waiting', network })
      throw mustWait(waitMs)
    }
    const active = userId !== '' && state.users.get(userId)?.standing === 'active'
    // Counted before it is worked on, so that many at once do not share the free tries.
    const withdraw = lockout.failed(attempt, realNow())
    const { fits, stale } = await secrets.checkPassword(password, active ? (found?.password ?? null) : null)
    if (!fits || found === undefined) {
      await recordFailure({ userId, reason: 'password', network })
      throw new Failure({
        code: 'auth.wrong_password',
        message: 'Address and password do not fit together.',
        hint: 'Check both. An owner of this installation can send you a link to choose a new password.',
      })
    }
    const secondFactor = found.totp?.confirmed === true
    if (secondFactor) {
      if (code === '') {
        withdraw()
        throw new Failure({
          code: 'auth.second_factor',
          message: 'This account has a second factor.',
          hint: 'Enter the code of your app, or a recovery code.',
        })
      }
      if (!(await takeCode(ports, found, code))) {
        await recordFailure({ userId, reason: 'second_factor', network })
        throw wrongCode()
      }
    }
    lockout.passed(attempt)
    if (stale) {
      const hash = await secrets.hashPassword(password)
      await keep(ports, (stored) => withUser(stored, userId, { password: hash }))
    }
    return sessions.open(userId, { visitor, way: 'password', secondFactor })
  }
}

/**
 * Whether the code is theirs: of the app, each once, or a recovery code, which is gone then.
 */
export const takeCode = async (ports: AccessPorts, user: StoredUser, code: string): Promise<boolean> => {
  const { secrets, realNow } = ports
  const { totp } = user
  const secret = totp === null ? null : secrets.unseal(totp.sealed)
  if (totp !== null && secret !== null) {
    const step = secrets.totpStep(secret, code, { now: realNow(), afterStep: totp.lastStep })
    if (step !== null) {
      await keep(ports, (stored) => withUser(stored, user.id, { totp: { ...totp, lastStep: step } }))
      return true
    }
  }
  const hash = secrets.hashToken(code.trim().toLowerCase())
  if (!user.recovery.includes(hash)) return false
  const left = user.recovery.filter((one) => one !== hash)
  await keep(ports, (stored) => withUser(stored, user.id, { recovery: left }))
  const data: CredentialChanged = { userId: user.id, what: 'recovery_codes', by: 'a recovery code was used' }
  await tell(ports, [{ type: CREDENTIAL_CHANGED, data }])
  return true
}

export const normalEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase()

export const withUser = <T extends { readonly users: readonly StoredUser[] }>(
  stored: T,
  id: string,
  change: Partial<StoredUser>,
): T => ({ ...stored, users: stored.users.map((user) => (user.id === id ? { ...user, ...change } : user)) })

export const wrongCode = (): Failure =>
  new Failure({
    code: 'auth.wrong_code',
    message: 'This code does not fit.',
    hint: 'Codes change every half minute and work once: check the clock of your device, or use a recovery code.',
  })

export const mustWait = (waitMs: number): Failure =>
  new Failure({
    code: 'auth.wait',
    message: `Too many tries. The next one counts in ${Math.ceil(waitMs / 1_000)} s.`,
    hint: 'Wait, or ask an owner of this installation for a link.',
    retryable: true,
    retryAfterMs: waitMs,
  })
