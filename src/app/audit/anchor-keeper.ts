// Writes anchors while the system runs: after so many records, after so long when there was any, and at
// the end. Where none can be written, it says so and goes on: an audit must not stop the business.

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync, writeSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure, isFailure, messageOf } from '../../kernel/failure.ts'
import type { ChainTip } from '../../log/index.ts'
import { lastLineOf, type AnchorSigner } from './anchor.ts'

export type AnchorKeeper = {
  /** Writes one when it is due. */
  readonly maybe: () => void
  /** Writes one if anything has come since the last. Throws Failure `audit.anchor_failed`. */
  readonly now: () => void
  /** The last anchored offset this process wrote, and why the last try failed. */
  readonly status: () => { readonly offset: number; readonly at: number; readonly trouble: string | null }
}

export type AnchorOptions = {
  readonly path: string
  readonly signer: AnchorSigner
  readonly tip: () => ChainTip
  readonly epoch: () => number
  readonly now: () => number
  readonly everyRecords: number
  readonly everyMs: number
  readonly report: (error: unknown, where: string) => void
  /** Hears each line that was written. */
  readonly onAnchor?: (line: string) => void
}

const FILE = 'anchors.ndjson'

/** The file of anchors: `given`, or a file in it when it is a folder, or one in the data folder when none is given. */
export const anchorFile = (given: string, dir: string): string => {
  if (given === '') return join(dir, FILE)
  const found: Stats | undefined = statSync(given, { throwIfNoEntry: false })
  return given.endsWith('/') || found?.isDirectory() === true ? join(given, FILE) : given
}

export const createAnchorKeeper = (options: AnchorOptions): AnchorKeeper => {
  let { offset } = options.tip()
  let hash = ''
  let at = options.now()
  let trouble: string | null = null

  const write = (): void => {
    const tip = options.tip()
    if (tip.hash === hash || tip.offset === 0) return
    try {
      const line = appendAnchor(options, tip)
      ;({ offset, hash } = tip)
      at = options.now()
      trouble = null
      options.onAnchor?.(line)
    } catch (error) {
      trouble = messageOf(error)
      throw error
    }
  }

  return {
    maybe: () => {
      const due =
        options.tip().offset - offset >= options.everyRecords || options.now() - at >= options.everyMs
      if (!due) return
      const before = trouble
      try {
        write()
      } catch (error) {
        if (!isFailure(error)) throw error
        // Told once, not at each turn; it is tried again after the same time.
        at = options.now()
        offset = options.tip().offset
        if (before === null) options.report(error, 'anchor')
      }
    },
    now: write,
    status: () => ({ offset: hash === '' ? 0 : offset, at, trouble }),
  }
}

/** Signs the end of the chain and puts it under what the file has. */
const appendAnchor = ({ path, signer, epoch, now }: AnchorOptions, tip: ChainTip): string => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const text = readTail(path)
    const line = signer.line({ tip, epoch: epoch(), at: now(), previousLine: lastLineOf(text) })
    const file = openSync(path, 'a', 0o644)
    try {
      // A line that a crash left half-written ends here; it was never an anchor.
      writeSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    return line
  } catch (cause) {
    throw new Failure({
      code: 'audit.anchor_failed',
      message: `No anchor was written to ${path}: ${messageOf(cause)}`,
      hint: 'Check audit.anchorPath. What was appended since the last anchor could be cut off without a trace.',
      retryable: true,
      cause,
    })
  }
}

/** An anchor is a few hundred bytes: the last one is whole in so many. */
const TAIL_BYTES = 4_096

const readTail = (path: string): string => {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return ''
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8', 0, read)
  } finally {
    closeSync(file)
  }
}
