// A person as the guardrail asks about them, read from the profile slice when asked.

import type { Business } from '../kernel/business.ts'
import { addressOf, consentOf, idsOf, profileIdOf, timeZoneOf } from '../profile/index.ts'
import type { ProfileRef, Profiles } from '../profile/index.ts'
import type { ChannelName } from '../profile/events.ts'
import type { Recipient } from './check.ts'

/** Hash of a normalised address under the installation's secret, as `suppression.added` carries it. */
export type HashAddress = (channel: ChannelName, address: string) => string

/** The recipient behind `ref`. Consent and address are read anew at each question. */
export const recipientOf = (
  profiles: Profiles,
  ref: ProfileRef,
  { business, hashAddress }: { readonly business: Business; readonly hashAddress: HashAddress },
): Recipient => ({
  profileId: profileIdOf(profiles, ref),
  ids: idsOf(profiles, ref),
  timeZone: timeZoneOf(profiles, ref, business),
  consentOf: (channel, purpose) => consentOf(profiles, ref, channel, purpose),
  addressHashOf: (channel) => {
    const address = addressOf(profiles, ref, channel)
    return address === undefined ? undefined : hashAddress(channel, address)
  },
})
