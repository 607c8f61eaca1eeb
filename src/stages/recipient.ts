// What the guardrail asks of a person, read from the profile when asked.

import type { ChannelName } from '../profile/events.ts'
import { addressOf, consentOf, idsOf, localeOf, profileIdOf, timeZoneOf } from '../profile/index.ts'
import type { Recipient } from '../guardrail/index.ts'
import type { LoopState } from '../loop.ts'

/** Keyed hash of an address, as `suppression.added` carries it. */
export type AddressHash = (channel: ChannelName, address: string) => string

const UNSUPPRESSED = 'nobody is suppressed'

export const recipientOf = (state: LoopState, ref: number, hash: AddressHash): Recipient => {
  const { profile, business, guardrail } = state
  return {
    profileId: profileIdOf(profile, ref),
    ids: idsOf(profile, ref),
    market: localeOf(profile, ref, business),
    timeZone: timeZoneOf(profile, ref, business),
    consentOf: (channel, purpose) => consentOf(profile, ref, channel, purpose),
    addressHashOf: (channel) => {
      const address = addressOf(profile, ref, channel)
      if (address === undefined) return undefined
      // Hashing costs more than the rest of the check together; without suppressions nobody looks at it.
      return guardrail.suppressedAddresses.size === 0 ? UNSUPPRESSED : hash(channel, address)
    },
  }
}
