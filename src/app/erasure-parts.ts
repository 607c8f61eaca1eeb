// What erasing a person needs of an opened folder: keys to destroy, and snapshots to drop.

import type { ErasureParts } from '../stages/erasing.ts'
import type { AddressHash } from '../stages/recipient.ts'
import type { OpenLoop } from './open-loop.ts'

export const erasurePartsOf = ({ loop, keys, snapshots }: OpenLoop, hash: AddressHash): ErasureParts => ({
  loop,
  handleOf: keys === null ? null : keys.handleOf,
  hash,
  dropCopies: async () => snapshots?.discard(),
})
