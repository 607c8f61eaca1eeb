// Snapshots of folded state beside the log. A snapshot is a cache: it is used when it is whole, of this
// version of the code and not ahead of the log; otherwise an older one, otherwise the log from its start.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { Failure, messageOf } from '../kernel/failure.ts'
import { hash32 } from '../kernel/hash.ts'
import { dumpPieces, sumPieces } from './dump-codec.ts'
import {
  encodeSnapshotHeader,
  partName,
  readSnapshot,
  type SkipReason,
  type Snapshot,
} from './snapshot-file.ts'
import { SEAL_BYTES, sealPieces, type SnapshotKey } from './snapshot-seal.ts'

export type SkippedSnapshot = { readonly file: string; readonly reason: SkipReason; readonly detail: string }

export type SnapshotStore = {
  /**
   * Keeps the state as it is at this call, though writing goes on after it: the columns are its own from now on. Resolves when
   * it is on disk.
   * Rejects with Failure `snapshot.disk_full` or `snapshot.write_failed`; older ones are then untouched.
   */
  readonly save: (snapshot: Snapshot) => Promise<{ readonly file: string; readonly bytes: number }>
  /** The newest usable one at or below offset `upTo` (default: no bound), or null: fold the log from its start. */
  readonly latest: (upTo?: number) => Snapshot | null
  /** As `latest`, with the files that were passed over and why. */
  readonly find: (upTo?: number) => {
    readonly snapshot: Snapshot | null
    readonly skipped: readonly SkippedSnapshot[]
  }
  /** Removes all of them, and makes another key: a copy of them opens no more. */
  readonly clear: () => void
  /** As `clear`, when what is being saved at the moment has ended. */
  readonly discard: () => Promise<void>
}

export type SnapshotOptions = {
  readonly dir: string
  /** How many to keep. Default 2. */
  readonly keep?: number
  /** What the folds depend on; a snapshot saved under another one is not used. Default ''. */
  readonly codeVersion?: string
  /** Encrypts them. Left out: they lie there in plain. */
  readonly key?: SnapshotKey
}

const ENDING = '.snapshot'
const UNFINISHED = '.tmp'
const REMOVED: ReadonlySet<SkipReason> = new Set(['ahead_of_log', 'not_sealed', 'other_key'])

/** The snapshots in `dir`, which is made when missing. Throws Failure `snapshot.no_folder`. */
export const openSnapshots = ({ dir, keep = 2, codeVersion = '', key }: SnapshotOptions): SnapshotStore => {
  makeFolder(dir)
  let last: Promise<unknown> = Promise.resolve()

  const clear = (): void => {
    // The key first: who dies in between leaves files that nobody opens.
    key?.roll()
    for (const file of [...filesIn(dir), ...unfinishedIn(dir)]) rmSync(join(dir, file), { force: true })
  }

  const find: SnapshotStore['find'] = (upTo = Number.MAX_SAFE_INTEGER) => {
    const skipped: SkippedSnapshot[] = []
    for (const file of filesIn(dir)) {
      const read = readSnapshot(join(dir, file), { codeVersion, upTo, key: key?.current() ?? null })
      if (read.ok) return { snapshot: read.value, skipped }
      skipped.push({ file, ...read.error })
      // It stands for events that are gone (the log was restored from a backup). Once the log has grown
      // past it again, it would pass for right. And one in plain, of an older version, names people.
      if (REMOVED.has(read.error.reason)) rmSync(join(dir, file), { force: true })
    }
    return { snapshot: null, skipped }
  }

  return {
    save: async ({ offset, parts }) => {
      const names = Object.keys(parts).toSorted()
      const dumps = names.map((name) => dumpPieces(parts[name] ?? {}))
      const secret = key?.current()
      const more = secret === undefined ? 0 : SEAL_BYTES
      const header = encodeSnapshotHeader({
        codeVersion,
        offset,
        parts: names.map((name, index) => ({ name, bytes: bytesOf(dumps[index] ?? []) + more })),
        ...(secret === undefined ? {} : { sealed: true }),
      })
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        yield header
        for (const [index, dump] of dumps.entries()) {
          await sumPieces(dump, () => immediate())
          if (secret === undefined) yield* dump
          else yield* sealPieces(secret, partName({ codeVersion, offset }, names[index] ?? ''), dump)
        }
      }
      const file = nameOf(offset, codeVersion)
      const saved = last.then(async () => {
        const bytes = await write(dir, file, chunks())
        prune(dir, file, keep)
        return { file, bytes }
      })
      // The next save waits for this one, whatever becomes of it; its own caller hears of a failure.
      last = saved.catch(() => undefined)
      return saved
    },
    latest: (upTo) => find(upTo).snapshot,
    find,
    clear,
    discard: async () => {
      const cleared = last.then(clear)
      last = cleared.catch(() => undefined)
      await cleared
    },
  }
}

/** Offset first, so that names sort by age; then whose it is, so that two versions do not overwrite each other. */
const nameOf = (offset: number, codeVersion: string): string =>
  `${String(offset).padStart(16, '0')}-${hash32(codeVersion).toString(16).padStart(8, '0')}${ENDING}`

const bytesOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)

/** Newest first. */
const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter((file) => file.endsWith(ENDING))
    .toSorted()
    .toReversed()

const unfinishedIn = (dir: string): readonly string[] =>
  readdirSync(dir).filter((file) => file.endsWith(UNFINISHED))

const write = async (dir: string, file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  const unfinished = join(dir, `${file}${UNFINISHED}`)
  let bytes = 0
  try {
    const handle = await open(unfinished, 'w')
    try {
      for await (const chunk of chunks) {
        await handle.appendFile(chunk)
        bytes += chunk.byteLength
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, join(dir, file))
    syncFolder(dir)
  } catch (thrown) {
    await rm(unfinished, { force: true })
    throw writeFailure(dir, thrown)
  }
  return bytes
}

/** Keeps the one just written and the newest before it of this version; no other is of use. */
const prune = (dir: string, written: string, keep: number): void => {
  const own = written.slice(written.indexOf('-'))
  const isOlder = (file: string): boolean => file.endsWith(own) && file < written
  const older = filesIn(dir).filter(isOlder)
  const others = filesIn(dir).filter((file) => !isOlder(file) && file !== written)
  for (const file of [...older.slice(Math.max(0, keep - 1)), ...others, ...unfinishedIn(dir)]) {
    rmSync(join(dir, file), { force: true })
  }
}

const syncFolder = (dir: string): void => {
  const folder = openSync(dir, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const makeFolder = (dir: string): void => {
  try {
    mkdirSync(dir, { recursive: true })
    for (const file of unfinishedIn(dir)) rmSync(join(dir, file), { force: true })
  } catch (thrown) {
    throw new Failure({
      code: 'snapshot.no_folder',
      message: `Snapshots cannot be kept in ${dir}: ${messageOf(thrown)}.`,
      hint: 'Give this user the right to write there.',
      cause: thrown,
    })
  }
}

const writeFailure = (dir: string, thrown: unknown): Failure => {
  const full =
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
  return new Failure({
    code: full ? 'snapshot.disk_full' : 'snapshot.write_failed',
    message: `No snapshot was written to ${dir}: ${messageOf(thrown)}.`,
    hint: full
      ? 'Free some disk space. Nothing is lost: the log has it all.'
      : 'Check the folder. Nothing is lost: the log has it all.',
    retryable: true,
    cause: thrown,
  })
}
