// The ledger of erasures: a small file that only grows and is in no backup. Who was erased after a backup was made is
// erased again when that backup is restored. It names nobody: keyed hashes of identifiers and addresses, signed.

import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { canonicalJson, isRecord } from '../../kernel/json.ts'
import type { NotedErasure } from '../../stages/erasing.ts'
import type { NotedExpiry } from '../../stages/expiring.ts'

/** Where in which log a line was written: its epoch and the offset of the log's head. */
export type LedgerPoint = { readonly epoch: number; readonly offset: number }

/** The first line: erasures from here on are noted. */
type Opened = LedgerPoint & { readonly kind: 'opened'; readonly at: number }
export type LedgerEntry = NotedErasure & { readonly kind: 'erased'; readonly at: number }
/** What people did in periods that are over went, too. */
export type LedgerExpiry = NotedExpiry & { readonly kind: 'expired'; readonly at: number }
type Line = (Opened | LedgerEntry | LedgerExpiry) & {
  readonly v: 1
  /** SHA-256 of the line before; '' in the first. */
  readonly previous: string
}

export type Ledger = {
  readonly opened: Opened
  /** Each with the hash of its own line, oldest first. */
  readonly entries: readonly (LedgerEntry & { readonly hash: string })[]
  readonly expiries: readonly LedgerExpiry[]
  /** Hashes of all lines. */
  readonly hashes: readonly string[]
  /** Hash of the last line. */
  readonly tip: string
}

/** The line for this fact, without its end; `privateKey` signs anchors, too. */
export const ledgerLine = (
  fact: Opened | LedgerEntry | LedgerExpiry,
  { previous, privateKey }: { readonly previous: string; readonly privateKey: string },
): string => {
  const line: Line = { v: 1, previous, ...fact }
  const signature = sign(null, Buffer.from(canonicalJson(line)), privateOf(privateKey)).toString('base64url')
  return canonicalJson({ ...line, signature })
}

export const hashOfLine = (line: string): string => createHash('sha256').update(line).digest('hex')

/** Lines that are whole: what a crash left half-written at the end is none. */
export const wholeLines = (text: string): readonly string[] => {
  const end = text.lastIndexOf('\n')
  return end < 0 ? [] : text.slice(0, end).split('\n')
}

/** What the ledger says, or the number of the first line that is not what this installation wrote there. */
export const readLedger = (
  text: string,
  privateKey: string,
): { readonly ledger: Ledger } | { readonly badLine: number } => {
  const key = createPublicKey(privateOf(privateKey))
  const entries: Ledger['entries'][number][] = []
  const expiries: LedgerExpiry[] = []
  const hashes: string[] = []
  let opened: Opened | null = null
  let previous = ''
  for (const [index, written] of wholeLines(text).entries()) {
    const line = parse(written, key)
    if (line === null || line.previous !== previous || (index === 0) !== (line.kind === 'opened'))
      return { badLine: index + 1 }
    previous = hashOfLine(written)
    hashes.push(previous)
    if (line.kind === 'opened') opened = line
    else if (line.kind === 'expired') expiries.push(line)
    else entries.push({ ...line, hash: previous })
  }
  return opened === null ? { badLine: 1 } : { ledger: { opened, entries, expiries, hashes, tip: previous } }
}

const parse = (text: string, key: KeyObject): Line | null => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not a line of ours: the caller tells which one.
    return null
  }
  if (!isRecord(value) || typeof value['signature'] !== 'string') return null
  const { signature, ...line } = value
  const isOurs = verify(null, Buffer.from(canonicalJson(line)), key, Buffer.from(signature, 'base64url'))
  // Signed by us: it is what `ledgerLine` wrote.
  return isOurs && line['v'] === 1 ? (line as unknown as Line) : null
}

const privateOf = (privateKey: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' })
