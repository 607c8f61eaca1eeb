// What a visit to one of our links means: an open, a click, an unsubscription, or only a machine
// looking. Deterministic ids make repeats change nothing.

import { isbot } from 'isbot'
import { hash32 } from '../kernel/hash.ts'
import { SECOND_MS, MINUTE_MS } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import { CONSENT_CHANGED, type ConsentChanged } from '../profile/events.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from './events.ts'
import type { Link } from './links.ts'
import { aboutOf } from './outcome-events.ts'

export type Visit = {
  readonly method: string
  readonly userAgent: string
  /** Product time, ms. */
  readonly at: number
  /** Different links of this message opened by this visitor within a moment; see `createLinkBursts`. */
  readonly linksAtOnce?: number
  /** Of the consent text on the page, where one was shown. */
  readonly textVersion?: string
  /** `one_click` when the mail client posted by itself (RFC 8058), else `unsubscribe_link`. */
  readonly source?: 'one_click' | 'unsubscribe_link'
}

export type ScannerLimits = {
  /** A visit sooner than this after the message was made is a scanner's. */
  readonly humanAfterMs: number
  /** From so many different links of one message at once on, they are a scanner's. */
  readonly linksAtOnceMax: number
}

export const SCANNER_DEFAULTS: ScannerLimits = { humanAfterMs: 2 * SECOND_MS, linksAtOnceMax: 3 }

/** Security gateways and previewers that `isbot` does not know, or that hide behind a library's name. */
const SCANNERS =
  /barracuda|proofpoint|mimecast|safelinks|bitdefender|symantec|messagelabs|forcepoint|trendmicro|fortiguard|sophos|ironport|zscaler|urldefense|emailsecurity|scanner|prefetch|headlesschrome|python-requests|go-http-client|java\/|okhttp|libwww|curl|wget/i

/**
 * Whether a visit looks like a machine's: no or a robot's user agent, a HEAD or OPTIONS request, sooner
 * after sending than a person reads, or too many links of one message at once.
 */
export const isMachineVisit = (
  link: Link,
  visit: Visit,
  limits: ScannerLimits = SCANNER_DEFAULTS,
): boolean => {
  const method = visit.method.toUpperCase()
  if (method !== 'GET' && method !== 'POST') return true
  if (visit.userAgent.trim() === '' || isbot(visit.userAgent) || SCANNERS.test(visit.userAgent)) return true
  // Mail clients load the pixel on arrival, when nobody has read anything either.
  if (visit.at - link.issuedAt < limits.humanAfterMs) return true
  return (visit.linksAtOnce ?? 0) >= limits.linksAtOnceMax
}

/**
 * The events that a visit brings: `delivery.responded.v1`, and for an unsubscription the withdrawn
 * consent as well. Unsubscribing takes a POST: scanners follow every link, so a GET changes nothing.
 * A POST is always obeyed, whoever sends it.
 */
export const respondedEvents = (
  link: Link,
  visit: Visit,
  limits: ScannerLimits = SCANNER_DEFAULTS,
): readonly NewEvent[] => {
  if (link.kind === 'unsubscribe')
    return visit.method.toUpperCase() === 'POST' ? unsubscribeEvents(link, visit) : []
  const machine = isMachineVisit(link, visit, limits)
  return [responded(link, link.kind === 'click' ? 'clicked' : 'opened', machine, visit.at)]
}

const unsubscribeEvents = (link: Link, visit: Visit): readonly NewEvent[] => {
  const consent: NewEvent<ConsentChanged> = {
    // Repeats within a minute are one. Later ones count: the person may have agreed again in between.
    id: `uns:${link.decisionId}:${Math.floor(visit.at / MINUTE_MS)}`,
    type: CONSENT_CHANGED,
    key: link.profileId,
    at: visit.at,
    data: {
      profileId: link.profileId,
      channel: link.channel,
      purpose: 'marketing',
      granted: false,
      textVersion: visit.textVersion ?? '',
      source: visit.source ?? 'unsubscribe_link',
    },
  }
  return [consent, responded(link, 'unsubscribed', false, visit.at)]
}

const responded = (
  link: Link,
  kind: DeliveryResponded['kind'],
  machine: boolean,
  at: number,
): NewEvent<DeliveryResponded> => ({
  // A machine's visit must not hide the person's that follows: they have different ids.
  id: `resp:${link.decisionId}:${kind}:${machine ? 'm' : 'h'}:${link.url === '' ? '' : hash32(link.url).toString(36)}`,
  type: DELIVERY_RESPONDED,
  key: link.profileId,
  at,
  data: { ...aboutOf(link), kind, machine, url: link.url },
})

export type LinkBursts = {
  /** Notes a visit and says how many different links of that message were opened within the window. */
  readonly note: (link: Link, at: number) => number
}

/** Remembers which links of which message were opened just now; bounded, forgets the oldest message. */
export const createLinkBursts = ({
  windowMs = 3 * SECOND_MS,
  messagesMax = 10_000,
}: {
  readonly windowMs?: number
  readonly messagesMax?: number
} = {}): LinkBursts => {
  const bursts = new Map<string, Map<string, number>>()
  return {
    note: (link, at) => {
      const links = bursts.get(link.decisionId) ?? new Map<string, number>()
      bursts.delete(link.decisionId)
      bursts.set(link.decisionId, links)
      for (const [url, seen] of links) if (at - seen > windowMs) links.delete(url)
      links.set(link.url, at)
      for (const oldest of bursts.keys()) {
        if (bursts.size <= messagesMax) break
        bursts.delete(oldest)
      }
      return links.size
    },
  }
}
