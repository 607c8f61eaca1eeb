// Whether the log is what it was: its chain gone through, and held against anchors kept elsewhere.

import { existsSync, readFileSync } from 'node:fs'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { verifyChain, type AnchorPoint, type ChainFault } from '../../log/index.ts'
import { readAnchors, type Anchor, type AnchorProblem } from './anchor.ts'
import { restoresIn, type Restore } from './restores.ts'

export type AuditReport = {
  readonly ok: boolean
  readonly log: string
  readonly records: number
  readonly head: { readonly offset: number; readonly hash: string }
  /** The first offset that is or may be bad; null when all fits. */
  readonly firstBad: number | null
  /** None of the anchors is of this log: another one stands in its place. */
  readonly replaced: boolean
  readonly faults: readonly ChainFault[]
  readonly faultsTotal: number
  readonly anchors: {
    /** Null when there is none: then a log that was cut off or written anew as a whole cannot be told. */
    readonly file: string | null
    readonly read: number
    readonly agreeing: number
    readonly problems: readonly AnchorProblem[]
    /** Up to where anchors vouch for the log. */
    readonly vouchedTo: number
    /** Of another log. */
    readonly foreign: number
  }
  /** Each time this log was restored from a backup, and what the anchors know to have stood beyond it. */
  readonly restores: readonly (Restore & {
    /** Records that were anchored and are not in the backup; 0 when none are known. */
    readonly left: number
  })[]
}

export type AuditOptions = {
  readonly logPath: string
  readonly anchorsPath: string
  readonly publicKeyPem: string
  readonly liveTip?: AnchorPoint
  readonly onProgress?: (done: number, total: number) => void
}

/** Reads all of the log and of the anchors. Throws Failures `log.*` and `audit.*` for what cannot be read at all. */
export const verifyAudit = async (options: AuditOptions): Promise<AuditReport> => {
  const { anchors, problems, file } = anchorsIn(options)
  const { restores } = restoresIn(options.logPath)
  const chain = await verifyChain({
    path: options.logPath,
    anchors: anchors.filter((anchor) => boundOf(anchor, restores) === null),
    ...(options.liveTip === undefined ? {} : { liveTip: options.liveTip }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  })
  const foreign = anchors.filter(({ log }) => log !== chain.tip.logId).length
  // Anchors, but none of this log: it was put in the place of the one that was anchored.
  const replaced = anchors.length > 0 && foreign === anchors.length
  return {
    ok: chain.faultsTotal === 0 && problems.length === 0 && !replaced,
    log: chain.tip.logId,
    records: chain.records,
    head: { offset: chain.tip.offset, hash: chain.tip.hash },
    firstBad: chain.faults[0]?.from ?? (replaced ? 1 : null),
    replaced,
    faults: chain.faults,
    faultsTotal: chain.faultsTotal,
    anchors: {
      file,
      read: anchors.length,
      agreeing: chain.anchored,
      problems,
      vouchedTo: chain.anchoredTo,
      foreign,
    },
    restores: restores.map((restore) => ({ ...restore, left: leftBy(restore, anchors, restores) })),
  }
}

/** The restore that an anchor lies beyond: it speaks of what the backup did not have. Null when it is to be met here. */
const boundOf = ({ epoch, offset }: Anchor, restores: readonly Restore[]): Restore | null =>
  restores.find((restore) => restore.epoch > epoch && restore.offset < offset) ?? null

const leftBy = (restore: Restore, anchors: readonly Anchor[], restores: readonly Restore[]): number =>
  Math.max(
    0,
    ...anchors
      .filter((anchor) => boundOf(anchor, restores)?.epoch === restore.epoch)
      .map(({ offset }) => offset - restore.offset),
  )

const anchorsIn = ({
  anchorsPath,
  publicKeyPem,
}: AuditOptions): {
  readonly anchors: readonly Anchor[]
  readonly problems: readonly AnchorProblem[]
  readonly file: string | null
} => {
  if (!existsSync(anchorsPath)) return { anchors: [], problems: [], file: null }
  try {
    return { ...readAnchors(readFileSync(anchorsPath, 'utf8'), publicKeyPem), file: anchorsPath }
  } catch (cause) {
    throw new Failure({
      code: 'audit.anchors_unreadable',
      message: `Cannot read the anchors in ${anchorsPath}: ${messageOf(cause)}`,
      hint: 'Check the path, its rights, and the public key.',
      cause,
    })
  }
}
