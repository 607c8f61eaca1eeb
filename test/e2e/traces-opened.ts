// Looks for traces of people in what a folder's keys open: each record of its log and each snapshot, decrypted.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeDump, openSnapshotKey } from '../../src/log/index.ts'
import { openKeyReader } from '../../src/log/sealing/person-keys.ts'
import { readSnapshot } from '../../src/log/snapshot-file.ts'
import { createReader } from '../../src/log/sqlite-reader.ts'
import { openForReading } from '../../src/log/sqlite-store.ts'
import { tracesIn } from './traces.ts'

const PAGE = 1_000
const BYTES_MAX = 8 << 20

/** Beside a running server, too. */
export const tracesOpened = async (dir: string, marks: readonly string[]): Promise<readonly string[]> => [
  ...(await recordsIn(dir)).flatMap((text, page) => tracesIn(`log, page ${page}`, Buffer.from(text), marks)),
  ...tracesInSnapshots(dir, marks),
]

/** Of snapshots alone. */
export const tracesInSnapshots = (dir: string, marks: readonly string[]): readonly string[] => {
  const folder = join(dir, 'snapshots')
  if (!existsSync(folder)) return []
  const key = openSnapshotKey(join(dir, 'snapshots.key')).current()
  return readdirSync(folder).flatMap((file) => {
    const path = join(folder, file)
    const { codeVersion } = headerOf(readFileSync(path))
    const read = readSnapshot(path, { codeVersion, upTo: Number.MAX_SAFE_INTEGER, key })
    if (!read.ok) return []
    return Object.entries(read.value.parts).flatMap(([name, dump]) =>
      tracesIn(`${file}, ${name}`, Buffer.from(encodeDump(dump)), marks),
    )
  })
}

const recordsIn = async (dir: string): Promise<readonly string[]> => {
  const path = join(dir, 'log.db')
  const db = openForReading(path, 5_000)
  const head = Number(db.prepare('SELECT max(offset) AS head FROM log').get()?.['head'])
  const reader = createReader(db, {
    path,
    pageBytesMax: BYTES_MAX,
    keys: await openKeyReader(join(dir, 'keys.db')),
  })
  const pages: string[] = []
  try {
    for (let after = 0; after < head; ) {
      const page = reader.page(after, head, PAGE)
      pages.push(JSON.stringify(page))
      after = page.at(-1)?.offset ?? head
    }
  } finally {
    reader.close()
  }
  return pages
}

/** As `encodeSnapshotHeader` writes it: magic, length, checksum, JSON. */
const headerOf = (bytes: Buffer): { readonly codeVersion: string } =>
  JSON.parse(bytes.toString('utf8', 12, 12 + bytes.readUInt32LE(4))) as { codeVersion: string }
