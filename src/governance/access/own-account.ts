// What people do with their own account: another password, a second factor, recovery codes. Each asks for the
// password again, since a screen may have been left alone.

import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal } from '../../kernel/principal.ts'
import { CREDENTIAL_CHANGED, type CredentialChanged } from './events.ts'
import { tell } from './facts.ts'
import type { Lockout } from './lockout.ts'
import { requireGoodPassword } from './welcome.ts'
import type { AccessPorts, StoredUser } from './ports.ts'
import type { Session, SessionLine, Sessions } from './sessions.ts'
import { mustWait, takeCode, withUser } from './sign-in.ts'

export type AccountView = {
  readonly email: string
  readonly hasPassword: boolean
  readonly secondFactor: boolean
  readonly recoveryLeft: number
  readonly external: boolean
  readonly sessions: readonly SessionLine[]
}

export type OwnAccount = {
  readonly view: (session: Session) => AccountView
  /** Ends all other sessions. */
  readonly changePassword: (
    session: Session,
    given: { readonly current: string; readonly next: string },
  ) => Promise<void>
  /** Begins a second factor: nothing is asked for until a code from it was entered. */
  readonly beginTotp: (
    session: Session,
    password: string,
  ) => Promise<{ readonly secret: string; readonly uri: string }>
  /** Switches it on; the recovery codes are shown this once. */
  readonly confirmTotp: (session: Session, code: string) => Promise<readonly string[]>
  readonly endTotp: (
    session: Session,
    given: { readonly password: string; readonly code: string },
  ) => Promise<void>
  readonly newRecoveryCodes: (session: Session, password: string) => Promise<readonly string[]>
}

const ISSUER = 'Windvane'

export const createOwnAccount = (ports: AccessPorts, sessions: Sessions, lockout: Lockout): OwnAccount => {
  const { store, secrets, realNow } = ports
  const userOf = ({ principal }: Session): StoredUser => {
    const user = store.read().users.find(({ id }) => id === principal.id)
    if (user !== undefined) return user
    throw new Failure({ code: 'access.user_unknown', message: 'This account has no secrets here.' })
  }
  /** As slow for whoever guesses as signing in is. */
  const requirePassword = async (session: Session, password: string): Promise<StoredUser> => {
    const user = userOf(session)
    const attempt = { account: user.email, network: `session ${session.principal.id}`, code: false }
    const waitMs = lockout.waitMs(attempt, realNow())
    if (waitMs > 0) throw mustWait(waitMs)
    lockout.failed(attempt, realNow())
    // Who has no password yet (signs in elsewhere) proves nothing with one.
    if (user.password !== null && !(await secrets.checkPassword(password, user.password)).fits)
      throw new Failure({
        code: 'access.password_wrong',
        message: 'This is not your present password.',
        hint: 'Enter the one you signed in with.',
      })
    lockout.passed(attempt)
    return userOf(session)
  }
  const change = async (session: Session, what: CredentialChanged['what'], changed: Partial<StoredUser>) => {
    const { id } = session.principal
    await store.change((stored) => withUser(stored, id, changed))
    const data: CredentialChanged = { userId: id, what, by: spellPrincipal(session.principal) }
    await tell(ports, [{ type: CREDENTIAL_CHANGED, data }])
  }
  const freshCodes = () => {
    const codes = secrets.newRecoveryCodes()
    return { codes, recovery: codes.map(secrets.hashToken) }
  }

  return {
    view: (session) => {
      const user = userOf(session)
      return {
        email: user.email,
        hasPassword: user.password !== null,
        secondFactor: user.totp?.confirmed === true,
        recoveryLeft: user.recovery.length,
        external: user.identities.length > 0,
        sessions: sessions.list(user.id),
      }
    },
    changePassword: async (session, { current, next }) => {
      const user = await requirePassword(session, current)
      requireGoodPassword(next, [user.email, session.principal.name])
      await change(session, 'password', { password: await secrets.hashPassword(next) })
      await sessions.end(user.id, ({ id }) => id !== session.id, session.principal)
    },
    beginTotp: async (session, password) => {
      const user = await requirePassword(session, password)
      if (user.totp?.confirmed === true)
        throw new Failure({
          code: 'access.totp_on',
          message: 'The second factor is on already.',
          hint: 'Switch it off first.',
        })
      const secret = secrets.newTotpSecret()
      const totp = { sealed: secrets.seal(secret), confirmed: false, lastStep: 0 }
      await store.change((stored) => withUser(stored, user.id, { totp }))
      const label = encodeURIComponent(`${ISSUER}:${user.email}`)
      return { secret, uri: `otpauth://totp/${label}?secret=${secret}&issuer=${ISSUER}` }
    },
    confirmTotp: async (session, code) => {
      const { totp } = userOf(session)
      const secret = totp === null || totp.confirmed ? null : secrets.unseal(totp.sealed)
      if (totp === null || secret === null)
        throw new Failure({
          code: 'access.totp_not_begun',
          message: 'No second factor was begun.',
          hint: 'Begin anew.',
        })
      const step = secrets.totpStep(secret, code, { now: realNow(), afterStep: totp.lastStep })
      if (step === null) throw codeWrong()
      const { codes, recovery } = freshCodes()
      await change(session, 'totp_on', { totp: { ...totp, confirmed: true, lastStep: step }, recovery })
      await sessions.end(session.principal.id, ({ id }) => id !== session.id, session.principal)
      return codes
    },
    endTotp: async (session, { password, code }) => {
      const user = await requirePassword(session, password)
      if (user.totp?.confirmed !== true) return
      const attempt = { account: user.email, network: `session ${user.id}`, code: true }
      const waitMs = lockout.waitMs(attempt, realNow())
      if (waitMs > 0) throw mustWait(waitMs)
      lockout.failed(attempt, realNow())
      if (!(await takeCode(ports, user, code))) throw codeWrong()
      lockout.passed(attempt)
      await change(session, 'totp_off', { totp: null, recovery: [] })
    },
    newRecoveryCodes: async (session, password) => {
      const user = await requirePassword(session, password)
      if (user.totp?.confirmed !== true)
        throw new Failure({
          code: 'access.totp_off',
          message: 'Recovery codes belong to a second factor.',
          hint: 'Switch it on first.',
        })
      const { codes, recovery } = freshCodes()
      await change(session, 'recovery_codes', { recovery })
      return codes
    },
  }
}

/** Not an end of the session, as a wrong code at the door would be. */
const codeWrong = (): Failure =>
  new Failure({
    code: 'access.code_wrong',
    message: 'This code does not fit.',
    hint: 'Codes change every half minute and work once: check the clock of your device.',
  })
