// The ledger of erasures as a file of the data folder, and a copy of it beside the anchors where those lie elsewhere.
// A line is on the disk before the keys that it speaks of are destroyed.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure, messageOf } from '../../kernel/failure.ts'
import type { ErasureParts } from '../../stages/erasing.ts'
import type { NotedExpiry } from '../../stages/expiring.ts'
import { anchorFile } from '../audit/anchor-keeper.ts'
import { hashOfLine, ledgerLine, wholeLines, type LedgerEntry, type LedgerPoint } from './ledger.ts'

export const LEDGER = 'erasures.ndjson'

/** Where the copy goes: beside the anchors, when they lie outside the data folder; null otherwise. */
export const ledgerCopy = (anchorPath: string, dir: string): string | null => {
  const folder = dirname(anchorFile(anchorPath, dir))
  return resolve(folder) === resolve(dir) ? null : join(folder, LEDGER)
}

export type LedgerFile = {
  /** Throws Failure `erasure.not_noted`: then nothing may be destroyed yet. */
  readonly note: ErasureParts['note']
  readonly noteExpiry: (expiry: NotedExpiry) => void
  /** Puts down what another ledger knows. */
  readonly add: (entry: LedgerEntry) => void
  /** Hash of its last line. */
  readonly tip: () => string
}

export type LedgerFileOptions = {
  readonly dir: string
  /** The copy, or null. */
  readonly copy: string | null
  readonly privateKey: string
  readonly now: () => number
  /** Where the log stands: told in the first line of a new ledger. */
  readonly point: () => LedgerPoint
  /** Of a copy that cannot be written: the next line brings it what it lacks. */
  readonly report: (error: unknown, where: string) => void
}

/** Opens the ledger in `dir`, and begins it when there is none. Throws Failure `erasure.not_noted`. */
export const openLedger = (options: LedgerFileOptions): LedgerFile => {
  const { dir, copy, privateKey, now } = options
  const path = join(dir, LEDGER)
  let previous = withNoted(path, () => lastHash(path))
  const write = (...facts: readonly Parameters<typeof ledgerLine>[0][]): void => {
    let last = previous
    let text = ''
    for (const fact of facts) {
      const line = ledgerLine(fact, { previous: last, privateKey })
      last = hashOfLine(line)
      text += `${line}\n`
    }
    withNoted(path, () => append(path, text))
    previous = last
    if (copy !== null) bringUp(copy, path, options.report)
  }
  if (previous === '') write({ kind: 'opened', at: now(), ...options.point() })
  else if (copy !== null) bringUp(copy, path, options.report)
  return {
    note: (...erasures) =>
      write(...erasures.map((erasure) => ({ kind: 'erased' as const, at: now(), ...erasure }))),
    noteExpiry: (expiry) => write({ kind: 'expired', at: now(), ...expiry }),
    add: ({ at, id, handles, suppressions }) => write({ kind: 'erased', at, id, handles, suppressions }),
    tip: () => previous,
  }
}

/** The hash of the last whole line, '' when there is none; what a crash left half-written is cut off. */
const lastHash = (path: string): string => {
  if (!existsSync(path)) return ''
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) truncateSync(path, end)
  const last = wholeLines(bytes.toString('utf8', 0, end)).at(-1)
  return last === undefined ? '' : hashOfLine(last)
}

const append = (path: string, text: string): void => {
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Appends to the copy what it lacks. */
const bringUp = (copy: string, path: string, report: LedgerFileOptions['report']): void => {
  try {
    const whole = readFileSync(path)
    const there = existsSync(copy) ? readFileSync(copy) : Buffer.alloc(0)
    if (there.length > whole.length || !whole.subarray(0, there.length).equals(there)) {
      const message = `${copy} is not the beginning of ${path}: it is left as it is.`
      throw new Failure({
        code: 'erasure.other_ledger',
        message,
        hint: 'Move it aside; a new copy is made then.',
      })
    }
    if (there.length < whole.length) append(copy, whole.toString('utf8', there.length))
  } catch (error) {
    report(error, 'ledger of erasures')
  }
}

const withNoted = <T>(path: string, act: () => T): T => {
  try {
    return act()
  } catch (cause) {
    throw new Failure({
      code: 'erasure.not_noted',
      message: `The erasure was not noted in ${path}, so nothing was destroyed: ${messageOf(cause)}`,
      hint: 'Make room on the disk, or mend its rights; then erase again.',
      retryable: true,
      cause,
    })
  }
}
