// Consent that people gave or took back, as signals carry it: Segment's consent categories and our own
// `Consent Changed` event. What is unclear never grants anything.

import { isRecord } from '../kernel/json.ts'
import type { ChannelName } from '../profile/events.ts'
import type { Signal } from './events.ts'

export type SignalConsent = {
  readonly channel: ChannelName | 'all'
  readonly purpose: string
  readonly granted: boolean
  /** Version of the text the person saw; '' when unknown. */
  readonly textVersion: string
}

export const CONSENT_CHANGED_NAME = 'Consent Changed'

/** Most categories read from one signal. */
const CATEGORIES_MAX = 50
const PURPOSE_CHARS_MAX = 100
const CHANNELS: Readonly<Record<ChannelName | 'all', true>> = {
  email: true,
  push: true,
  sms: true,
  messenger: true,
  onsite: true,
  webhook: true,
  all: true,
}

/**
 * Consents that this signal states. `context.consent.categoryPreferences` speaks for all channels, its purpose being
 * the category's own name in lower case: a site's `Advertising` is not the consent to `marketing`.
 * `Consent Changed` names channel, purpose, granted and textVersion: `granted` counts only as true or "true",
 * anything else withdraws. Without a channel we know and a purpose it grants nothing; a withdrawal then stands for all
 * channels and for `marketing`.
 */
export const consentOfSignal = (signal: Signal): readonly SignalConsent[] => {
  const { consent } = signal.context
  const isChange = signal.kind === 'track' && signal.name === CONSENT_CHANGED_NAME
  if (consent === undefined && !isChange) return NONE
  const consents = isRecord(consent) ? fromCategories(consent) : []
  const changed = isChange ? fromChange(signal.properties) : null
  return changed === null ? consents : [...consents, changed]
}

const NONE: readonly SignalConsent[] = []

const fromCategories = (consent: Record<string, unknown>): readonly SignalConsent[] => {
  const { categoryPreferences, textVersion } = consent
  if (!isRecord(categoryPreferences)) return NONE
  const consents: SignalConsent[] = []
  for (const category of Object.keys(categoryPreferences).slice(0, CATEGORIES_MAX)) {
    const granted = categoryPreferences[category]
    const purpose = purposeOf(category)
    if (typeof granted !== 'boolean' || purpose === '') continue
    consents.push({ channel: 'all', purpose, granted, textVersion: versionOf(textVersion) })
  }
  return consents
}

const fromChange = (properties: Readonly<Record<string, unknown>>): SignalConsent | null => {
  const { channel, purpose, granted, textVersion } = properties
  if (granted === undefined || granted === null) return null
  const isGranted = granted === true || granted === 'true'
  const knownChannel = channelOf(channel)
  const knownPurpose = purposeOf(purpose)
  if (isGranted && (knownChannel === null || knownPurpose === '')) return null
  return {
    channel: knownChannel ?? 'all',
    purpose: knownPurpose || 'marketing',
    granted: isGranted,
    textVersion: versionOf(textVersion),
  }
}

const channelOf = (value: unknown): ChannelName | 'all' | null => {
  if (typeof value !== 'string') return null
  const channel = value.trim().toLowerCase()
  return Object.hasOwn(CHANNELS, channel) ? (channel as ChannelName | 'all') : null
}

const purposeOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= PURPOSE_CHARS_MAX ? value.trim().toLowerCase() : ''

const versionOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, PURPOSE_CHARS_MAX) : ''
