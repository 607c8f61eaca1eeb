// Addresses as suppressions keep them: a keyed hash, so that the list says nothing to who steals it.

import { createHmac, createSecretKey } from 'node:crypto'
import type { AddressHash } from '../stages/recipient.ts'

/** HMAC-SHA256 of channel and normalised address under the installation's secret, hex. */
export const addressHash = (secret: Buffer): AddressHash => {
  const key = createSecretKey(secret)
  return (channel, address) =>
    createHmac('sha256', key).update(`${channel} ${address.toLowerCase()}`).digest('hex')
}
