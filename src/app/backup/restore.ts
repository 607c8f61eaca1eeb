// A backup put back into a folder of its own: looked at first, then copied, then told that it is a restored
// one, with everything stopped. It sends nothing until a person has seen what waits and resumes.

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../kernel/failure.ts'
import { verifyChain, type ChainFault } from '../../log/index.ts'
import { LEDGER } from '../erasures/ledger-file.ts'
import { openKeys } from '../keys.ts'
import { hashFile, isSignedBy, readManifest, type BackupFile, type Manifest } from './manifest.ts'
import { tellRestored, type RepeatedErasures } from './tell-restored.ts'

export type RestoreOptions = {
  readonly src: string
  /** Where secrets were put apart. */
  readonly secretsSrc?: string
  readonly dir: string
  readonly by: string
  readonly now: number
  readonly newId: () => string
  /** Restores a backup whose chain does not fit: for when there is no better one. */
  readonly despiteFaults?: boolean
  /** A ledger of erasures, beside those that are found by themselves. */
  readonly erasures?: string
  readonly onProgress?: (what: string, done: number, total: number) => void
}

export type RestoreReport = {
  readonly dir: string
  readonly epoch: number
  readonly backupAt: number
  readonly records: number
  readonly faults: readonly ChainFault[]
  readonly erasures: RepeatedErasures
}

/**
 * Throws Failures `restore.*` for a backup that is not whole, `erasure.*` for a ledger that is not, and `log.*`. The
 * folder is then as it was.
 */
export const restoreBackup = async (options: RestoreOptions): Promise<RestoreReport> => {
  const { src } = options
  const dir = resolve(options.dir)
  assertEmpty(dir)
  const { manifest, signature } = readManifest(src)
  const sources = manifest.files.map((file) => ({ file, from: sourceOf(options, file) }))
  for (const [index, { file, from }] of sources.entries()) {
    options.onProgress?.(`check ${file.path}`, index, sources.length)
    await assertWhole(file, from)
  }
  const unfinished = `${dir}.restoring`
  rmSync(unfinished, { recursive: true, force: true })
  for (const { file, from } of sources) {
    const to = join(unfinished, file.path)
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
    copyFileSync(from, to)
  }
  assertSigned(manifest, signature, unfinished)
  const faults = await chainFaults(manifest, unfinished, options)
  const epoch = manifest.epoch + 1
  const erasures = await tellRestored({ ...options, dir, unfinished, manifest, epoch })
  // What it knew is in the new one.
  rmSync(join(dir, LEDGER), { force: true })
  if (existsSync(dir)) rmdirSync(dir)
  mkdirSync(dirname(dir), { recursive: true })
  renameSync(unfinished, dir)
  return { dir, epoch, backupAt: manifest.at, records: manifest.offset, faults, erasures }
}

const assertEmpty = (dir: string): void => {
  if (!existsSync(dir) || readdirSync(dir).every((name) => name === LEDGER)) return
  throw new Failure({
    code: 'restore.not_empty',
    message: `${dir} has something in it.`,
    hint: 'Restore into a folder that is not there yet, or has only erasures.ndjson in it; move the old one aside first.',
  })
}

const sourceOf = ({ src, secretsSrc }: RestoreOptions, { path, secret }: BackupFile): string => {
  if (secret && secretsSrc !== undefined) return join(secretsSrc, path)
  const beside = join(src, path)
  if (!secret || existsSync(beside)) return beside
  throw new Failure({
    code: 'restore.no_secrets',
    message: `${path} is not in the backup: secrets were put apart.`,
    hint: 'Name their folder with --secrets DIR.',
  })
}

const assertWhole = async (file: BackupFile, from: string): Promise<void> => {
  const found = existsSync(from) ? await hashFile(from) : 'nothing'
  if (found === file.sha256) return
  throw new Failure({
    code: 'restore.damaged',
    message: found === 'nothing' ? `${from} is missing.` : `${from} is not what was backed up.`,
    hint: 'Use another backup.',
  })
}

const assertSigned = (manifest: Manifest, signature: string, dir: string): void => {
  if (isSignedBy(manifest, signature, openKeys(dir).anchorKey)) return
  rmSync(dir, { recursive: true, force: true })
  throw new Failure({
    code: 'restore.not_signed',
    message:
      'The manifest is not signed with the key of this installation: it was changed, or the keys are of another one.',
    hint: 'Use another backup, or the secrets that belong to this one.',
  })
}

const chainFaults = async (
  { offset, hash, logId }: Manifest,
  dir: string,
  { despiteFaults = false, onProgress }: RestoreOptions,
): Promise<readonly ChainFault[]> => {
  const { faults } = await verifyChain({
    path: join(dir, 'log.db'),
    anchors: [{ log: logId, offset, hash }],
    onProgress: (done, total) => onProgress?.('verify', done, total),
  })
  const [first] = faults
  if (first === undefined || despiteFaults) return faults
  rmSync(dir, { recursive: true, force: true })
  throw new Failure({
    code: 'restore.chain_broken',
    message: `The log in this backup was tampered with before it was made, from offset ${first.from} on (${first.kind}).`,
    hint: 'Use an older backup, or pass --despite-faults if there is none.',
  })
}
