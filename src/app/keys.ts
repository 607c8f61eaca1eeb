// Keys made at the first start, shown once, kept as hashes. Each opens one kind of door: `ingest`
// only brings events, `decide` only asks for decisions, `admin` opens the console.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { Principal } from '../kernel/principal.ts'
import { newAnchorKey } from './audit/anchor.ts'

export const KEY_ROLES = ['ingest', 'decide', 'admin'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

export type Keyring = {
  /** Whose key it is, or null when it is none of ours. */
  readonly principalOf: (key: string) => Principal | null
  /** Signs links; never leaves the installation. */
  readonly linkSecret: Buffer
  /** Keys the stored hashes of addresses. */
  readonly addressSecret: Buffer
  /** Signs anchors of the log: Ed25519, PKCS #8, base64url. */
  readonly anchorKey: string
  /** The keys themselves, only when they were made just now. */
  readonly fresh: Readonly<Record<KeyRole, string>> | null
}

type KeyFile = {
  readonly version: 1
  readonly hashes: Readonly<Record<KeyRole, string>>
  readonly linkSecret: string
  readonly addressSecret: string
  /** Missing in files of version 0.1. */
  readonly anchorKey?: string
}

const KEYS_CACHED_MAX = 1_000

/** Reads `keys.json` in `dir`, or makes it. Throws a Failure `keys.*` when it cannot be read or written. */
export const openKeys = (dir: string): Keyring => {
  const path = join(dir, 'keys.json')
  if (existsSync(path)) {
    const known = readKeys(path)
    if (known.anchorKey !== undefined) return keyringOf(known, known.anchorKey, null)
    const anchorKey = newAnchorKey()
    writeKeys(path, { ...known, anchorKey })
    return keyringOf(known, anchorKey, null)
  }
  const fresh = Object.fromEntries(
    KEY_ROLES.map((role) => [role, `wv_${role}_${randomBytes(24).toString('base64url')}`]),
  ) as Record<KeyRole, string>
  const anchorKey = newAnchorKey()
  const file: KeyFile = {
    version: 1,
    hashes: Object.fromEntries(KEY_ROLES.map((role) => [role, hashOf(fresh[role])])) as Record<
      KeyRole,
      string
    >,
    linkSecret: randomBytes(32).toString('base64url'),
    addressSecret: randomBytes(32).toString('base64url'),
    anchorKey,
  }
  writeKeys(path, file)
  return keyringOf(file, anchorKey, fresh)
}

const writeKeys = (path: string, file: KeyFile): void => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true })
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

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

const readKeys = (path: string): KeyFile => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (isRecord(parsed) && parsed['version'] === 1 && isRecord(parsed['hashes'])) return parsed as KeyFile
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

const keyringOf = (file: KeyFile, anchorKey: string, fresh: Keyring['fresh']): Keyring => {
  const hashes = KEY_ROLES.map((role) => ({ role, hash: Buffer.from(file.hashes[role], 'hex') }))
  const cache = new Map<string, Principal | null>()
  const principalOf = (key: string): Principal | null => {
    const known = cache.get(key)
    if (known !== undefined) return known
    const hash = Buffer.from(hashOf(key), 'hex')
    const role =
      hashes.find((entry) => entry.hash.length === hash.length && timingSafeEqual(entry.hash, hash))?.role ??
      null
    const principal: Principal | null =
      role === null ? null : { kind: 'key', id: role, name: `${role} key`, scopes: [role] }
    if (cache.size >= KEYS_CACHED_MAX) cache.clear()
    cache.set(key, principal)
    return principal
  }
  return {
    principalOf,
    linkSecret: Buffer.from(file.linkSecret, 'base64url'),
    addressSecret: Buffer.from(file.addressSecret, 'base64url'),
    anchorKey,
    fresh,
  }
}
