// A backup of a system, running or not: each file of the data folder that cannot be made again, the
// databases as they were at one moment, and a signed manifest over all of it.

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../kernel/failure.ts'
import { copySqlite, isSqlite, verifyChain, type ChainReport } from '../../log/index.ts'
import { restoresIn } from '../audit/restores.ts'
import { openKeys } from '../keys.ts'
import { version } from '../version.ts'
import { hashFile, MANIFEST, signManifest, type BackupFile, type Manifest } from './manifest.ts'

export type BackupOptions = {
  readonly dir: string
  readonly dest: string
  /** A folder apart for what opens the rest: keys. */
  readonly secretsDest?: string
  readonly now: number
  readonly onProgress?: (what: string, done: number, total: number) => void
}

export type BackupReport = {
  readonly dest: string
  readonly secretsDest: string | null
  readonly manifest: Omit<Manifest, 'format'>
  readonly bytes: number
  readonly chain: Pick<ChainReport, 'records' | 'faults' | 'faultsTotal'>
}

/** Made again from the log, of the running process, or left by an older version. */
const LEFT_OUT = [
  /^log\.db-(?:wal|shm)$/,
  /\.db-(?:wal|shm|journal)$/,
  /\.(?:lock|pid|new|tmp|copy)$/,
  /^server\.json$/,
  /^STOP$/,
  /^log\.db\.v\d+$/,
  /^(?:snapshots|snapshots\.key|analytics|erasures\.ndjson)$/,
]
const SECRETS = [/^keys\.json$/, /^access\.json$/, /^keys\.db$/, /^master\.key$/]

/**
 * Writes a backup of the data folder to `dest`, which must not be there yet. Throws Failures `backup.*`, `log.*`, and
 * what the system says of a disk that is full.
 */
export const backUp = async (options: BackupOptions): Promise<BackupReport> => {
  const { dir, secretsDest } = options
  const dest = resolve(options.dest)
  for (const folder of [dest, ...(secretsDest === undefined ? [] : [resolve(secretsDest)])])
    assertFree(folder, dir)
  const unfinished = `${dest}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  // The log first: whatever it needs to be read was there before its records were.
  const paths = filesOf(dir).toSorted((left, right) => Number(right === 'log.db') - Number(left === 'log.db'))
  const secretFolder = secretsDest === undefined ? unfinished : makeFolder(resolve(secretsDest))
  const files: BackupFile[] = []
  for (const path of paths) {
    const secret = SECRETS.some((pattern) => pattern.test(path))
    const target = join(secret ? secretFolder : unfinished, path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    options.onProgress?.(`copy ${path}`, files.length, paths.length)
    if (isSqlite(join(dir, path))) await copySqlite(join(dir, path), target)
    else copyFileSync(join(dir, path), target)
    files.push({ path, bytes: statSync(target).size, sha256: await hashFile(target), secret })
  }
  const log = join(unfinished, 'log.db')
  const chain = await verifyChain({
    path: log,
    onProgress: (done, total) => options.onProgress?.('verify', done, total),
  })
  const { logId, offset, hash } = chain.tip
  const manifest = { version, at: options.now, logId, epoch: restoresIn(log).epoch, offset, hash, files }
  writeFileSync(join(unfinished, MANIFEST), signManifest(manifest, openKeys(dir).anchorKey), { flush: true })
  sync(unfinished)
  renameSync(unfinished, dest)
  sync(dirname(dest))
  return {
    dest,
    secretsDest: secretsDest === undefined ? null : resolve(secretsDest),
    manifest,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    chain: { records: chain.records, faults: chain.faults, faultsTotal: chain.faultsTotal },
  }
}

const assertFree = (folder: string, dir: string): void => {
  if (`${folder}/`.startsWith(`${resolve(dir)}/`))
    throw new Failure({
      code: 'backup.inside',
      message: `${folder} lies in the data folder itself.`,
      hint: 'Write the backup elsewhere, best to another disk.',
    })
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  throw new Failure({
    code: 'backup.not_empty',
    message: `${folder} is there already.`,
    hint: 'Name a folder that is not there yet: each backup has its own.',
  })
}

const makeFolder = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Paths of the files to keep, relative to the folder. */
const filesOf = (dir: string): readonly string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.some((pattern) => pattern.test(name)))
    .flatMap((entry) => {
      if (entry.isFile()) return [entry.name]
      if (!entry.isDirectory()) return []
      return readdirSync(join(dir, entry.name), { withFileTypes: true, recursive: true })
        .filter((inner) => inner.isFile())
        .map((inner) => join(inner.parentPath, inner.name).slice(dir.length + 1))
    })

const sync = (folder: string): void => {
  const file = openSync(folder, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
