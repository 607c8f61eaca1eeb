// Who may sign in, hold a key and do what.

export { may, PERMISSIONS, roleMay, scopeMay, whoMay, type Permission } from './permissions.ts'
export {
  activeOwners,
  createAccess,
  dumpAccess,
  foldAccess,
  isRole,
  restoreAccess,
  type AccessState,
} from './state.ts'
export { createAccessDesk, type AccessDesk } from './desk.ts'
export { createRates, type Rates } from './rates.ts'
export {
  EMPTY_STORE,
  type AccessPorts,
  type AccessSettings,
  type AccessStore,
  type Secrets,
} from './ports.ts'
export { newKey, storedKey, type KeyLine, type KnownKey } from './api-keys.ts'
export type { UserLine } from './people.ts'
export type { Link } from './welcome.ts'
export { guesserOf, type Opened, type Session, type Visitor } from './sessions.ts'
export { createSecrets, type Argon2Cost } from './adapters/secrets.ts'
export { openAccessStore } from './adapters/access-store.ts'
export { createOidcProvider, type OidcProvider, type ProviderSettings } from './adapters/oidc-provider.ts'
