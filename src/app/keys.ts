// The secrets of an installation: `keys.json` holds those that sign and hash, `access.json` those that let people
// and machines in. Both are made at the first start; the first three keys are shown once.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createSecrets,
  EMPTY_STORE,
  newKey,
  openAccessStore,
  storedKey,
  type AccessStore,
  type Secrets,
} from '../governance/access/index.ts'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { newAnchorKey } from './audit/anchor.ts'

/** The keys that a first start makes, one for each purpose a small shop has. */
export const KEY_ROLES = ['ingest', 'decide', 'admin'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

export type Keyring = {
  /** Signs links; never leaves the installation. */
  readonly linkSecret: Buffer
  /** Keys the stored hashes of addresses. */
  readonly addressSecret: Buffer
  /** Signs anchors of the log: Ed25519, PKCS #8, base64url. */
  readonly anchorKey: string
  /** Passwords, sessions and keys, as hashes. */
  readonly store: AccessStore
  readonly secrets: Secrets
  /** The keys themselves, only when they were made just now. */
  readonly fresh: Readonly<Record<KeyRole, string>> | null
}

type KeyFile = { readonly linkSecret: string; readonly addressSecret: string; readonly anchorKey: string }

/** Reads the secrets in `dir`, or makes them. Throws Failures `keys.*` and `access.unreadable`. */
export const openKeys = (dir: string): Keyring => {
  const path = join(dir, 'keys.json')
  if (!existsSync(path)) return makeKeys(dir)
  const { file, hashes } = readKeys(path)
  if (hashes === null) return keyringOf(dir, file, null)
  // A file of the first version, with the keys' hashes in it: they move to where keys can be revoked.
  writeWhole(dir, 'access.json', { ...EMPTY_STORE, keys: untoldKeys((role) => hashes[role]) })
  writeWhole(dir, 'keys.json', { version: 2, ...file })
  return keyringOf(dir, file, null)
}

const makeKeys = (dir: string): Keyring => {
  const file: KeyFile = {
    linkSecret: randomBytes(32).toString('base64url'),
    addressSecret: randomBytes(32).toString('base64url'),
    anchorKey: newAnchorKey(),
  }
  const secrets = secretsOf(file)
  const fresh = Object.fromEntries(
    KEY_ROLES.map((role) => [role, newKey(secrets.newToken(), [role])]),
  ) as Record<KeyRole, string>
  // The other file last: until it is there, this was no start.
  writeWhole(dir, 'access.json', {
    ...EMPTY_STORE,
    keys: untoldKeys((role) => secrets.hashToken(fresh[role])),
  })
  writeWhole(dir, 'keys.json', { version: 2, ...file })
  return keyringOf(dir, file, fresh)
}

const untoldKeys = (hashOf: (role: KeyRole) => string) =>
  KEY_ROLES.map((role) => ({
    ...storedKey(role, hashOf(role)),
    untold: { name: `${role} key`, scopes: [role] },
  }))

const secretsOf = ({ addressSecret }: KeyFile): Secrets =>
  createSecrets({ sealingSecret: Buffer.from(addressSecret, 'base64url') })

const keyringOf = (dir: string, file: KeyFile, fresh: Keyring['fresh']): Keyring => ({
  linkSecret: Buffer.from(file.linkSecret, 'base64url'),
  addressSecret: Buffer.from(file.addressSecret, 'base64url'),
  anchorKey: file.anchorKey,
  store: openAccessStore(join(dir, 'access.json')),
  secrets: secretsOf(file),
  fresh,
})

const writeWhole = (dir: string, name: string, content: object): void => {
  const path = join(dir, name)
  try {
    mkdirSync(dir, { recursive: true })
    writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
  } catch (cause) {
    throw new Failure({
      code: 'keys.not_writable',
      message: `cannot write ${path}: ${messageOf(cause)}`,
      hint: 'Choose a data folder that this user may write to, with --data DIR.',
      cause,
    })
  }
}

type ReadKeys = {
  readonly file: KeyFile
  /** Of a file of the first version. */
  readonly hashes: Readonly<Record<KeyRole, string>> | null
}

const readKeys = (path: string): ReadKeys => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const read = keysIn(parsed)
    if (read !== null) return read
  } catch (cause) {
    throw new Failure({
      code: 'keys.unreadable',
      message: `cannot read ${path}: ${messageOf(cause)}`,
      hint: 'Restore the file from a backup. Deleting it makes new keys and breaks every link already sent.',
      cause,
    })
  }
  throw new Failure({
    code: 'keys.unreadable',
    message: `${path} is not a key file of this version`,
    hint: 'Restore the file from a backup, or start with the version that wrote it.',
  })
}

const keysIn = (parsed: unknown): ReadKeys | null => {
  if (!isRecord(parsed)) return null
  const { version, linkSecret, addressSecret, anchorKey, hashes } = parsed
  if (typeof linkSecret !== 'string' || typeof addressSecret !== 'string') return null
  // The key of anchors came after the first files of version 1.
  const file = {
    linkSecret,
    addressSecret,
    anchorKey: typeof anchorKey === 'string' ? anchorKey : newAnchorKey(),
  }
  if (version === 2) return typeof anchorKey === 'string' ? { file, hashes: null } : null
  return version === 1 && isRecord(hashes) ? { file, hashes: hashes as Record<KeyRole, string> } : null
}
