// The writer's thread: takes every group that waits, writes them as one transaction, and answers only
// after its flush. It holds no state that the file does not.

import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { present } from '../kernel/assert.ts'
import { leafOf, linkOf, type ChainedRecord, type ChainTip } from './chain.ts'
import { faultOf, type LogFault } from './failures.ts'
import { chainTip, openForWriting } from './sqlite-store.ts'
import { openPersonKeys, type PersonKeys } from './sealing/person-keys.ts'
import { createSealer, type Sealed, type ToSeal } from './sealing/seal-record.ts'
import {
  ROW_WIDTH,
  type FromWriter,
  type KeyWork,
  type ToWriter,
  type WriterSettings,
} from './writer-protocol.ts'

type Group = Extract<ToWriter, { kind: 'group' }>

type Writer = {
  readonly db: DatabaseSync
  readonly path: string
  readonly insert: StatementSync
  readonly find: StatementSync
  readonly link: StatementSync
  readonly begin: StatementSync
  readonly commit: StatementSync
  readonly keys: PersonKeys | null
  readonly seal: ((record: ToSeal) => Sealed) | null
  /** The last committed event. */
  tip: ChainTip
}

/** What a transaction found out while it ran; `leaves` are those of the events written in it. */
type Run = {
  next: number
  readonly leaves: string[]
  readonly failed: Map<number, LogFault>
  readonly known: Map<number, number>
}

const start = async (port: MessagePort, settings: WriterSettings): Promise<void> => {
  const say = (message: FromWriter): void => port.postMessage(message)
  let writer: Writer
  try {
    writer = await createWriter(settings)
  } catch (thrown) {
    say({ kind: 'refused', fault: faultOf(thrown, settings.path) })
    return
  }
  say({ kind: 'ready', tip: writer.tip })
  port.on('message', (first: ToWriter) => {
    const { groups, closing } = drain(port, first)
    if (groups.length > 0) say(commitGroups(writer, groups))
    if (!closing) return
    writer.db.close()
    writer.keys?.close()
    port.close()
  })
}

const createWriter = async (settings: WriterSettings): Promise<Writer> => {
  const db = openForWriting(settings)
  const keys = settings.keysPath === null ? null : await openPersonKeys(settings.keysPath)
  return {
    db,
    path: settings.path,
    insert: db.prepare(
      'INSERT INTO log (offset, id, type, key, at, data, sealed) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    find: db.prepare('SELECT offset FROM log WHERE id = ?'),
    link: db.prepare('INSERT INTO chain (last, hash, leaves) VALUES (?, ?, ?)'),
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    keys,
    seal: keys === null ? null : createSealer(keys),
    tip: chainTip(db),
  }
}

const drain = (port: MessagePort, first: ToWriter): { groups: readonly Group[]; closing: boolean } => {
  const groups: Group[] = []
  let next: ToWriter | undefined = first
  while (next !== undefined) {
    if (next.kind === 'close') return { groups, closing: true }
    groups.push(next)
    next = receiveMessageOnPort(port)?.message as ToWriter | undefined
  }
  return { groups, closing: false }
}

const commitGroups = (writer: Writer, groups: readonly Group[]): FromWriter => {
  try {
    return transact(writer, groups, false)
  } catch (thrown) {
    const fault = abandon(writer, thrown)
    // A full or failing disk is everyone's trouble; anything else may be one append's own.
    const shared = fault.retryable || fault.fatal
    if (!shared) return commitApart(writer, groups)
    return { kind: 'failed', groups: groups.length, fault }
  }
}

/** Again, with a savepoint around each append, so that one which cannot be written fails alone. */
const commitApart = (writer: Writer, groups: readonly Group[]): FromWriter => {
  try {
    return transact(writer, groups, true)
  } catch (thrown) {
    return { kind: 'failed', groups: groups.length, fault: abandon(writer, thrown) }
  }
}

const abandon = (writer: Writer, thrown: unknown): LogFault => {
  const fault = faultOf(thrown, writer.path)
  writer.keys?.rollback()
  if (writer.db.isTransaction) writer.db.exec('ROLLBACK')
  return fault
}

const transact = (writer: Writer, groups: readonly Group[], apart: boolean): FromWriter => {
  const run: Run = { next: writer.tip.offset + 1, leaves: [], failed: new Map(), known: new Map() }
  const first = run.next
  let append = 0
  let event = 0
  writer.begin.run()
  for (const { sizes, rows } of groups) {
    let row = 0
    for (const size of sizes) {
      if (apart) writeApart(writer, run, { append, event, rows, row, size })
      else writeAppend(writer, run, { append, event, rows, row, size })
      append += 1
      event += size
      row += size
    }
  }
  const tip = linkRun(writer, run)
  // Keys first: no record may be there that its key is not there for.
  writer.keys?.commit()
  writer.commit.run()
  writer.tip = tip
  const { failed, known } = run
  return { kind: 'written', groups: groups.length, first, hash: tip.hash, failed, known }
}

/** Ties what was written to what stood before, and gives the new end. */
const linkRun = (writer: Writer, { next, leaves }: Run): ChainTip => {
  if (leaves.length === 0) return writer.tip
  const text = leaves.join('')
  const tip = { ...writer.tip, offset: next - 1, hash: linkOf(writer.tip.hash, text) }
  writer.link.run(tip.offset, tip.hash, Buffer.from(text, 'hex'))
  return tip
}

type Append = {
  /** Its place, and that of its first event, among those of all groups. */
  readonly append: number
  readonly event: number
  readonly rows: Group['rows']
  /** Its first event and how many there are, within `rows`. */
  readonly row: number
  readonly size: number
}

const writeAppend = (writer: Writer, run: Run, { event, rows, row, size }: Append): void => {
  for (let index = 0; index < size; index++) {
    const record = sealed(writer, recordAt(rows, row + index, run.next), workAt(rows, row + index))
    const { offset, id, type, key, at, data, sealed: bytes = null } = record
    const { changes } = writer.insert.run(offset, id, type, key, at, data, bytes)
    if (changes === 1) {
      run.next += 1
      run.leaves.push(leafOf(record))
    } else run.known.set(event + index, offsetOf(writer, id))
  }
}

const writeApart = (writer: Writer, run: Run, append: Append): void => {
  const { next } = run
  writer.db.exec('SAVEPOINT one')
  try {
    writeAppend(writer, run, append)
    writer.db.exec('RELEASE one')
  } catch (thrown) {
    const fault = faultOf(thrown, writer.path)
    // With the transaction gone there is nothing left to save for the neighbours.
    if (fault.retryable || fault.fatal || !writer.db.isTransaction) throw thrown
    writer.db.exec('ROLLBACK TO one; RELEASE one')
    run.next = next
    run.leaves.length = next - writer.tip.offset - 1
    for (let index = 0; index < append.size; index++) run.known.delete(append.event + index)
    run.failed.set(append.append, fault)
  }
}

const sealed = (writer: Writer, record: ChainedRecord, work: KeyWork | null): ChainedRecord => {
  if (work === null || writer.keys === null || writer.seal === null) return record
  const { personal, destroys } = work
  if (destroys !== undefined) writer.keys.destroy(destroys.handles, destroys.mark)
  if (personal === undefined) return record
  const { text, sealed: bytes } = writer.seal({ id: record.id, text: record.data, personal })
  return { ...record, data: text, sealed: bytes }
}

const workAt = (rows: Group['rows'], row: number): KeyWork | null =>
  rows[row * ROW_WIDTH + ROW_WIDTH - 1] as KeyWork | null

/** The values were put in this order by the link. */
const recordAt = (rows: Group['rows'], row: number, offset: number): ChainedRecord => {
  const start = row * ROW_WIDTH
  return {
    offset,
    id: rows[start] as string,
    type: rows[start + 1] as string,
    key: rows[start + 2] as string,
    at: rows[start + 3] as number,
    data: rows[start + 4] as string,
  }
}

const offsetOf = (writer: Writer, id: string): number => {
  const { offset } = present(writer.find.get(id), 'an id that conflicts is in the log')
  return Number(offset)
}

await start(present(parentPort, 'the writer runs in a thread of its own'), workerData as WriterSettings)
