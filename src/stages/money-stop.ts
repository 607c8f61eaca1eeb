// STOP for ad money: every line that spends or may spend is paused, many at a time, tried again until it is seen paused.
// What is not seen paused within a moment is said to a person, line by line, and taken back when it is.

import {
  SPEND_INCIDENT_OPENED,
  type MoveResult,
  type SpendIncidentOpened,
  type SpendMove,
} from '../delivery/index.ts'
import type { LineBook, SpendReason } from '../guardrail/index.ts'
import { said } from '../kernel/said.ts'
import { SECOND_MS } from '../kernel/time.ts'
import { isKeptPaused, moveOf, type MoneyPorts } from './money-ports.ts'
import { closeIncident } from './money-watch.ts'

export type StopDone =
  | { readonly kind: 'done'; readonly result: MoveResult }
  | { readonly kind: 'withheld'; readonly reasons: readonly SpendReason[] }

type Stopping = {
  /** ms, when it was first to be paused. */
  readonly since: number
  tries: number
  nextAt: number
  busy: boolean
  /** What the last try came to; null before it ended. */
  last: StopDone | null
}
/** Lines that are being paused. Only in memory: after a restart each is tried at once. */
export type StopClock = Map<string, Stopping>

const RETRY_MS = SECOND_MS
const RETRY_MS_MAX = 60 * SECOND_MS
/** A pause that is not confirmed by then is said to be out of reach. */
const PATIENCE_MS = 700
/** Pauses of one platform at once. */
const LANES = 16

const mustStop = (ports: MoneyPorts, { spec, budgetMicros, pending }: LineBook): boolean =>
  (ports.stopped() || isKeptPaused(ports, spec.id)) &&
  ((budgetMicros ?? 1) > 0 || (pending?.toMicros ?? 0) > 0)

/** Pauses that are due: not under way, and not tried a moment ago. */
export const dueStops = (ports: MoneyPorts, clock: StopClock): readonly SpendMove[] => {
  const now = ports.ctx.now()
  return [...ports.books.lines.values()].flatMap((book) => {
    const { spec, pending, unknown } = book
    if (!mustStop(ports, book)) return []
    // A pause whose answer is awaited is not sent again; one that got lost is: pausing twice is pausing.
    const isAsked = pending !== null && pending.toMicros === 0
    const stopping = clock.get(spec.id)
    if (stopping === undefined) {
      if (isAsked && !unknown) return []
      clock.set(spec.id, { since: now, tries: 0, nextAt: now, busy: false, last: null })
    } else if (stopping.busy || stopping.nextAt > now) return []
    const why = ports.stopped() || ports.isHeld(spec.id) ? 'stop' : 'stock'
    return [moveOf(ports.books, book, { moveId: `stop:${spec.id}:${now}`, toMicros: 0, why })]
  })
}

/** Makes one of the pauses that are due, and remembers what came of it. */
export const carryStop = async (
  ports: MoneyPorts,
  clock: StopClock,
  move: SpendMove,
  carry: (move: SpendMove) => Promise<StopDone>,
): Promise<StopDone> => {
  const stopping = clock.get(move.lineId)
  if (stopping !== undefined) stopping.busy = true
  try {
    const done = await carry(move)
    if (stopping !== undefined) {
      stopping.last = done
      stopping.nextAt = ports.ctx.now() + Math.min(RETRY_MS * 2 ** stopping.tries++, RETRY_MS_MAX)
    }
    return done
  } finally {
    if (stopping !== undefined) stopping.busy = false
  }
}

/** Starts what is due, a few lines of each platform at once; resolves when those are through. */
export const carryStops = async (
  ports: MoneyPorts,
  clock: StopClock,
  carry: (move: SpendMove) => Promise<StopDone>,
): Promise<void> => {
  const free = new Map<string, number>()
  const platformOf = (lineId: string): string => ports.books.lines.get(lineId)?.spec.platform ?? ''
  for (const [lineId, { busy }] of clock)
    if (busy) free.set(platformOf(lineId), (free.get(platformOf(lineId)) ?? LANES) - 1)
  await Promise.all(
    dueStops(ports, clock).flatMap((move) => {
      const platform = platformOf(move.lineId)
      const left = free.get(platform) ?? LANES
      if (left <= 0) return []
      free.set(platform, left - 1)
      return [carryStop(ports, clock, move, carry)]
    }),
  )
}

/** Says which lines could not be reached, and takes it back for those that are paused or may spend again. */
export const tellStops = async (ports: MoneyPorts, clock: StopClock): Promise<void> => {
  const { books, ctx, record } = ports
  const now = ctx.now()
  for (const [lineId, stopping] of clock) {
    const book = books.lines.get(lineId)
    const incidentId = `stop:${lineId}`
    if (book === undefined || !mustStop(ports, book)) {
      if (stopping.busy) continue
      clock.delete(lineId)
      await closeIncident(ports, incidentId)
      continue
    }
    if (now - stopping.since < PATIENCE_MS || books.incidents.has(incidentId)) continue
    const incident: SpendIncidentOpened = {
      incidentId,
      kind: 'unreachable',
      lineId,
      detail: `STOP: ${book.spec.name} on ${book.spec.platform} may still spend: ${wordsOf(stopping.last) || 'no answer yet'}`,
      said: said('may_still_spend', {
        name: book.spec.name,
        platform: book.spec.platform,
        ...whyOf(stopping.last),
      }),
    }
    await record([
      {
        id: `incident:${incidentId}:${now}`,
        type: SPEND_INCIDENT_OPENED,
        key: lineId,
        at: now,
        data: incident,
      },
    ])
  }
}

const whyOf = (done: StopDone | null): { readonly why: string; readonly reasons: string } => {
  if (done === null) return { why: '', reasons: '' }
  return done.kind === 'withheld'
    ? { why: 'withheld', reasons: done.reasons.map(({ code }) => code).join(', ') }
    : { why: done.result, reasons: '' }
}

const wordsOf = (done: StopDone | null): string => {
  if (done === null) return ''
  if (done.kind === 'withheld') return done.reasons.map(({ code, detail }) => `${code} ${detail}`).join(', ')
  switch (done.result) {
    case 'failed':
      return 'the platform did not take the pause'
    case 'unknown':
      return 'the pause was sent and is not seen yet'
    case 'mismatch':
      return 'something else than a pause is in force'
    case 'confirmed':
      return ''
  }
}
