// What erasing a person needs of an opened folder: keys to destroy, the ledger to note it in, and snapshots to drop.

import type { ExpiryParts } from '../../stages/expiring.ts'
import type { OpenLoop } from '../open-loop.ts'
import { addressHash } from '../address-hash.ts'
import type { Keyring } from '../keys.ts'
import { openLedger, type LedgerFile, type LedgerFileOptions } from './ledger-file.ts'

export type ErasureSettings = Pick<LedgerFileOptions, 'copy' | 'report'> & {
  /** Null keeps nothing: there is no backup of a log in memory. */
  readonly dir: string | null
  readonly keys: Pick<Keyring, 'anchorKey' | 'addressSecret'>
}

export const erasurePartsOf = (
  { loop, keys, snapshots }: OpenLoop,
  ledger: Pick<LedgerFile, 'note' | 'noteExpiry'> | null,
  { addressSecret }: Pick<Keyring, 'addressSecret'>,
): Omit<ExpiryParts, 'refold'> => ({
  loop,
  handleOf: keys === null ? null : keys.handleOf,
  holds: keys === null ? null : keys.holds,
  hash: addressHash(addressSecret),
  note: (...erasures) => ledger?.note(...erasures),
  noteExpiry: (expiry) => ledger?.noteExpiry(expiry),
  dropCopies: async () => snapshots?.discard(),
})

/** The ledger of an opened folder; null in memory. */
export const ledgerOf = (
  { loop }: Pick<OpenLoop, 'loop'>,
  { dir, keys, copy, report }: ErasureSettings,
): LedgerFile | null =>
  dir === null
    ? null
    : openLedger({
        dir,
        copy,
        report,
        privateKey: keys.anchorKey,
        now: loop.ctx.now,
        point: () => ({ epoch: loop.state.guardrail.pauses.epoch, offset: loop.log.head() }),
      })
