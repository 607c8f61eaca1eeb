// What happened since this person last looked: the difference of two briefs' counts, if the earlier one
// is of the same installation and long enough ago.

import type { Brief } from '../../../src/api/contract.ts'

const STORED_AS = 'windvane.seen'
/** In product time: less than that is not "away". */
const AWAY_MS_MIN = 30 * 60_000

export type Seen = {
  readonly at: number
  readonly decisions: number
  readonly sent: number
  readonly conversions: number
  readonly unsubscribed: number
}
export type Away = {
  readonly since: number
  readonly decisions: number
  readonly sent: number
  readonly conversions: number
  readonly unsubscribed: number
}

export function seenOf(brief: Brief): Seen {
  const { decisionsTotal, sentTotal, conversions, unsubscribed } = brief.counts
  return { at: brief.now, decisions: decisionsTotal, sent: sentTotal, conversions, unsubscribed }
}

/** Null when there was no earlier look, it was just now, or it was at another installation (counts went down). */
export function awaySince(seen: Seen | null, brief: Brief): Away | null {
  if (seen === null) return null
  const now = seenOf(brief)
  const away: Away = {
    since: seen.at,
    decisions: now.decisions - seen.decisions,
    sent: now.sent - seen.sent,
    conversions: now.conversions - seen.conversions,
    unsubscribed: now.unsubscribed - seen.unsubscribed,
  }
  const sameInstallation =
    away.decisions >= 0 && away.sent >= 0 && away.conversions >= 0 && away.unsubscribed >= 0
  return sameInstallation && now.at - seen.at >= AWAY_MS_MIN ? away : null
}

export function loadSeen(): Seen | null {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED_AS) ?? 'null') as Record<string, unknown> | null
    const values =
      stored === null
        ? []
        : [stored['at'], stored['decisions'], stored['sent'], stored['conversions'], stored['unsubscribed']]
    return values.length > 0 && values.every((value) => typeof value === 'number') ? (stored as Seen) : null
  } catch {
    // Unreadable or refused storage is the same as a first visit.
    return null
  }
}

export function storeSeen(brief: Brief): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(seenOf(brief)))
  } catch {
    // Without storage the page shows today instead.
  }
}
