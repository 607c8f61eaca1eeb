// The audit of a running system: the end of its log's chain, and the anchors that note it.

import { isFailure } from '../../kernel/failure.ts'
import type { ChainTip } from '../../log/index.ts'
import type { Config } from '../config.ts'
import type { Keyring } from '../keys.ts'
import { openAnchors, type OpenAnchors } from './open-anchors.ts'

export type SystemAudit = { readonly tip: () => ChainTip; readonly anchors: OpenAnchors }

type Report = (error: unknown, where: string) => void

/** Null where the log is not on disk. */
export const openAudit = (
  {
    dir,
    config,
    keys,
    report,
  }: {
    readonly dir: string | null
    readonly config: Pick<Config, 'audit'>
    readonly keys: Pick<Keyring, 'anchorKey'>
    readonly report: Report
  },
  tip: (() => ChainTip) | null,
  epoch: () => number,
): SystemAudit | null =>
  dir === null || tip === null
    ? null
    : { tip, anchors: openAnchors({ dir, config, keys, tip, epoch, report }) }

/** With a last anchor: what is cut off while nothing runs is found. */
export const closeAudit = async (audit: SystemAudit | null, report: Report): Promise<void> => {
  try {
    audit?.anchors.now()
  } catch (error) {
    if (!isFailure(error)) throw error
    report(error, 'anchor')
  }
  await audit?.anchors.close()
}
