// Goes through the chain of a log file and finds what does not fit: reads only, beside a running writer
// as well as on a copy. Nothing here trusts anything but arithmetic and the anchors it is given.

import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { Failure } from '../kernel/failure.ts'
import { LEAF_BYTES, leafOf, linkOf, type ChainedRecord, type ChainTip } from './chain.ts'
import { failureOf, faultOf } from './failures.ts'
import { CHAINED_SINCE, chainTip, formatOf, openForReading, recordColumns } from './sqlite-store.ts'

/** The end of the chain as it was noted elsewhere. */
export type AnchorPoint = {
  /** Id of the log it is of; those of another log are passed over. */
  readonly log?: string
  readonly offset: number
  readonly hash: string
}

export type ChainFault = {
  /**
   * `changed`: a record is not what its leaf was made of. `missing`: removed from between. `unlinked`: no link
   * covers it: it was put in by hand, or its link was taken away. `relinked`: the link of these records does not
   * follow from what is before it: it, or what it stands on, was written anew. `cut_off`: anchored once, gone now.
   * `rewritten`: whole in itself, but not what was anchored.
   */
  readonly kind: 'changed' | 'missing' | 'unlinked' | 'relinked' | 'cut_off' | 'rewritten'
  /** Offsets, both included. Where more than one is named, at least one of them is bad. */
  readonly from: number
  readonly to: number
}

export type ChainReport = {
  readonly tip: ChainTip
  readonly records: number
  readonly links: number
  /** Anchors that were met and agree. */
  readonly anchored: number
  /** The offset up to which anchors vouch for the log; 0 without any. */
  readonly anchoredTo: number
  /** Sorted by offset; at most {@link FAULTS_MAX}. */
  readonly faults: readonly ChainFault[]
  readonly faultsTotal: number
}

export type VerifyOptions = {
  readonly path: string
  readonly anchors?: readonly AnchorPoint[]
  /** The end of the chain as the running writer has it, when it can be asked. */
  readonly liveTip?: AnchorPoint
  readonly onProgress?: (done: number, total: number) => void
}

export const FAULTS_MAX = 1_000
const PAGE_RECORDS = 1_000
/** After so many, a page ends early. */
const PAGE_CHARACTERS = 8 << 20
const LEAF_DIGITS = 2 * LEAF_BYTES
const BUSY_MS = 5_000

/** Verifies the log at `path`. Throws Failure `log.no_chain`, `log.not_a_log`, `log.newer_version`, `log.cannot_open`. */
export const verifyChain = async (options: VerifyOptions): Promise<ChainReport> => {
  const { path } = options
  let db: DatabaseSync | undefined
  try {
    db = openForReading(path, BUSY_MS)
    if (formatOf(db, path) < CHAINED_SINCE)
      throw new Failure({
        code: 'log.no_chain',
        message: `${path} was written by a version that had no chain.`,
        hint: 'Start this version on it once: it is chained from then on.',
      })
    return await walk(db, options)
  } catch (thrown) {
    throw failureOf(faultOf(thrown, path), thrown)
  } finally {
    db?.close()
  }
}

type Walk = {
  readonly faults: ChainFault[]
  total: number
  records: number
  links: number
  /** The last link, or null when it is not known: then the next one cannot be judged. */
  previous: string | null
  /** The offset that comes next. */
  next: number
  /** What the file has at each offset that was noted elsewhere; null where no link ends. */
  readonly found: Map<number, string | null>
}

const walk = async (db: DatabaseSync, options: VerifyOptions): Promise<ChainReport> => {
  const tip = chainTip(db)
  const { first, last, linked } = endsOf(db)
  const anchors = (options.anchors ?? [])
    .filter(({ log }) => log === undefined || log === tip.logId)
    .toSorted((a, b) => a.offset - b.offset)
  const points = options.liveTip === undefined ? anchors : [...anchors, options.liveTip]
  const walked: Walk = {
    faults: [],
    total: 0,
    records: 0,
    links: 0,
    previous: tip.logId,
    next: 1,
    found: new Map(points.map(({ offset }) => [offset, offset === 0 ? tip.logId : null])),
  }
  const records = createRecords(db, recordColumns(db, options.path))
  if (first < 1) fault(walked, 'unlinked', first, 0)
  for (const link of linksOf(db, linked)) {
    walkLink(walked, link, records)
    options.onProgress?.(link.last, last)
    await setImmediate()
  }
  if (last > linked) fault(walked, 'unlinked', linked + 1, last)
  judge(walked, points, tip)
  const agreeing = anchors.filter(({ offset, hash }) => walked.found.get(offset) === hash)
  return {
    tip,
    records: walked.records,
    links: walked.links,
    anchored: agreeing.length,
    anchoredTo: agreeing.at(-1)?.offset ?? 0,
    faults: walked.faults.toSorted((a, b) => a.from - b.from || a.to - b.to),
    faultsTotal: walked.total,
  }
}

type Link = { readonly last: number; readonly hash: string; readonly leaves: Uint8Array }

const walkLink = (walked: Walk, { last, hash, leaves }: Link, records: Records): void => {
  const text = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength).toString('hex')
  const first = last - leaves.byteLength / LEAF_BYTES + 1
  if (first > walked.next) {
    // The link in between is gone: what it covered may stand there, but nothing speaks for it.
    fault(walked, 'unlinked', walked.next, first - 1)
    walked.previous = null
  }
  const follows = walked.previous === null || linkOf(walked.previous, text) === hash
  if (!follows || first < walked.next || first > last || !Number.isInteger(first))
    fault(walked, 'relinked', Math.min(walked.next, last), last)
  for (let offset = Math.max(Math.ceil(first), walked.next); offset <= last; offset++) {
    const record = records.at(offset)
    const leaf = text.slice((offset - first) * LEAF_DIGITS, (offset - first + 1) * LEAF_DIGITS)
    if (record === undefined) fault(walked, 'missing', offset, offset)
    else if (!isWhole(record) || leafOf(record) !== leaf) fault(walked, 'changed', offset, offset)
    if (record !== undefined) walked.records++
  }
  walked.links++
  walked.previous = hash
  walked.next = last + 1
  if (walked.found.has(last)) walked.found.set(last, hash)
}

/** Holds what was noted elsewhere against what stands here. */
const judge = (walked: Walk, points: readonly AnchorPoint[], tip: ChainTip): void => {
  let sure = 0
  for (const { offset, hash } of points) {
    const found = walked.found.get(offset) ?? null
    if (found === hash) sure = Math.max(sure, offset)
    // Which of the records since the last point that agrees, a hash cannot tell.
    else if (offset <= tip.offset) fault(walked, found === null ? 'relinked' : 'rewritten', sure + 1, offset)
  }
  const furthest = Math.max(0, ...points.map(({ offset }) => offset))
  if (furthest > tip.offset) fault(walked, 'cut_off', tip.offset + 1, furthest)
}

const fault = (walked: Walk, kind: ChainFault['kind'], from: number, to: number): void => {
  walked.total++
  if (walked.faults.length < FAULTS_MAX) walked.faults.push({ kind, from, to })
}

/** First and last record and the last one that a link covers, as of one moment. */
const endsOf = (
  db: DatabaseSync,
): { readonly first: number; readonly last: number; readonly linked: number } =>
  db
    .prepare(
      `SELECT coalesce((SELECT min(offset) FROM log), 1) AS first, coalesce((SELECT max(offset) FROM log), 0) AS last,
        coalesce((SELECT max(last) FROM chain), 0) AS linked`,
    )
    .get() as { first: number; last: number; linked: number }

/** No statement stays open between two links: a running writer can always fold its write-ahead log in. */
function* linksOf(db: DatabaseSync, upTo: number): Generator<Link> {
  const next = db.prepare(
    'SELECT last, hash, leaves FROM chain WHERE last > ? AND last <= ? ORDER BY last LIMIT 1',
  )
  let after = Number.MIN_SAFE_INTEGER
  for (;;) {
    const link = next.get(after, upTo) as Link | undefined
    if (link === undefined) return
    yield link.leaves instanceof Uint8Array ? link : { ...link, leaves: new Uint8Array() }
    after = link.last
  }
}

type Records = { readonly at: (offset: number) => ChainedRecord | undefined }

const createRecords = (db: DatabaseSync, columns: string): Records => {
  const read = db.prepare(
    `SELECT ${columns} FROM log WHERE offset >= ? ORDER BY offset LIMIT ${PAGE_RECORDS}`,
  )
  let page = new Map<number, ChainedRecord>()
  /** Below it, what is not in the page is not in the file. */
  let end = 0
  const turnTo = (offset: number): void => {
    page = new Map()
    end = offset + 1
    let room = PAGE_CHARACTERS
    for (const row of read.iterate(offset)) {
      const record = row as unknown as ChainedRecord
      page.set(record.offset, record)
      end = Math.max(end, record.offset + 1)
      room -= (typeof record.data === 'string' ? record.data.length : 0) + (record.sealed?.length ?? 0)
      if (room < 0) break
    }
  }
  return {
    at: (offset) => {
      if (offset >= end) turnTo(offset)
      return page.get(offset)
    },
  }
}

/** A hand may have put a blob or nothing where a text belongs, or a text where bytes do. */
const isWhole = ({ id, type, key, at, data, sealed }: ChainedRecord): boolean =>
  [id, type, key, data].every((value) => typeof value === 'string') &&
  typeof at === 'number' &&
  (sealed === null || sealed instanceof Uint8Array)
