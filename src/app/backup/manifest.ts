// What a backup says of itself: which files with which contents, where the log's chain ended, of which
// version; signed, so that it cannot be put together anew by somebody without the key.

import { createHash, sign, verify, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { canonicalJson, isRecord } from '../../kernel/json.ts'

export const MANIFEST = 'manifest.json'
const FORMAT = 1

export type BackupFile = {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** Opens other files: kept in the folder of secrets where there is one. */
  readonly secret: boolean
}

export type Manifest = {
  readonly format: number
  /** Of the program that made it. */
  readonly version: string
  /** ms since the epoch. */
  readonly at: number
  readonly logId: string
  readonly epoch: number
  readonly offset: number
  readonly hash: string
  readonly files: readonly BackupFile[]
}

export const signManifest = (manifest: Omit<Manifest, 'format'>, privateKey: string): string => {
  const whole: Manifest = { format: FORMAT, ...manifest }
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' })
  const signature = sign(null, Buffer.from(canonicalJson(whole)), key).toString('base64url')
  return `${JSON.stringify({ ...whole, signature }, null, 2)}\n`
}

/** The manifest in `dir`, its signature not yet looked at. Throws Failure `restore.no_manifest` or `restore.newer_format`. */
export const readManifest = (dir: string): { readonly manifest: Manifest; readonly signature: string } => {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(dir, MANIFEST), 'utf8'))
  } catch (cause) {
    throw new Failure({
      code: 'restore.no_manifest',
      message: `${dir} is no backup: ${messageOf(cause)}`,
      hint: 'Name the folder that windvane backup made.',
      cause,
    })
  }
  if (!isRecord(value) || typeof value['format'] !== 'number' || !Array.isArray(value['files']))
    throw new Failure({
      code: 'restore.no_manifest',
      message: `${join(dir, MANIFEST)} is no manifest of a backup.`,
      hint: 'Name the folder that windvane backup made.',
    })
  if (value['format'] > FORMAT)
    throw new Failure({
      code: 'restore.newer_format',
      message: `This backup is of format ${value['format']}, made by version ${String(value['version'])}; this one knows up to ${FORMAT}.`,
      hint: 'Restore it with that version.',
    })
  const { signature, ...manifest } = value
  // Whether it is what was written, the signature and the hashes say.
  return { manifest: manifest as unknown as Manifest, signature: String(signature) }
}

export const isSignedBy = (manifest: Manifest, signature: string, privateKey: string): boolean => {
  const key: KeyObject = createPublicKey(
    createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' }),
  )
  return verify(null, Buffer.from(canonicalJson(manifest)), key, Buffer.from(signature, 'base64url'))
}

export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
