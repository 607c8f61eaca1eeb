// STOP: raised and lifted in the log, or from outside it (a file, a signal) when all else is down.
// A policy that cannot be read stops everything.

import type { Reason } from '../decision/events.ts'
import type { ChannelName } from '../profile/events.ts'
import type { StopLifted, StopRaised, StopScope } from './events.ts'

export type RaisedStop = StopRaised & {
  /** ms, by the product's clock. */
  readonly at: number
  /** In the log, of the last time it was raised. */
  readonly offset: number
}

export type Stops = Map<string, RaisedStop>

/** What is known of STOP beside the log, asked anew for every check. */
export type OutsideStops = {
  /** From a file or a signal: in force as long as they are there. */
  readonly externalStops: readonly StopScope[]
  /** False when limits or stops could not be read: then nothing leaves. */
  readonly policyReadable: boolean
}

export const NO_OUTSIDE_STOPS: OutsideStops = { externalStops: [], policyReadable: true }

/** One spelling per scope: `all`, `channel email`, `campaign welcome`. */
export const scopeKey = (scope: StopScope): string => {
  switch (scope.kind) {
    case 'all':
      return 'all'
    case 'channel':
      return `channel ${scope.channel}`
    case 'campaign':
      return `campaign ${scope.campaignId}`
  }
}

type When = { readonly at: number; readonly offset: number }

export const foldStopRaised = (stops: Stops, raised: StopRaised, when: When, stopsMax: number): void => {
  const key = scopeKey(raised.scope)
  const before = stops.get(key)
  // Raised again: it holds since the first time, and whoever lifts it must have seen the last.
  if (before !== undefined)
    stops.set(key, {
      ...before,
      offset: Math.max(before.offset, when.offset),
      reason: bothReasons(before.reason, raised.reason),
    })
  // More scopes than can be kept apart: the safe reading is that everything shall stop.
  else if (stops.size >= stopsMax) stops.set('all', { ...raised, scope: { kind: 'all' }, ...when })
  else stops.set(key, { ...raised, ...when })
}

const REASON_LENGTH_MAX = 500

const bothReasons = (first: string, second: string): string =>
  first.includes(second) ? first : `${first}; ${second}`.slice(0, REASON_LENGTH_MAX)

export const foldStopLifted = (stops: Stops, lifted: StopLifted): void => {
  if (isSeen(stops, lifted)) stops.delete(scopeKey(lifted.scope))
}

/** Whether the STOP of this scope is none that was raised after somebody looked. */
export const isSeen = (
  stops: Stops,
  { scope, seenUpTo = Number.POSITIVE_INFINITY }: Pick<StopLifted, 'scope' | 'seenUpTo'>,
): boolean => (stops.get(scopeKey(scope))?.offset ?? 0) <= seenUpTo

/** Whether money is stopped: by a STOP of everything, or because nobody can tell. */
export const spendStopped = (stops: Stops, outside: OutsideStops): boolean =>
  !outside.policyReadable || stops.has('all') || outside.externalStops.some(({ kind }) => kind === 'all')

/** Every STOP that holds this campaign's message on this channel; [] when none does. */
export const stopReasons = (
  stops: Stops,
  outside: OutsideStops,
  about: { readonly channel: ChannelName; readonly campaignId: string },
): Reason[] => {
  const reasons: Reason[] = []
  if (!outside.policyReadable) reasons.push({ code: 'stopped', detail: 'policy unreadable' })
  for (const scope of outside.externalStops)
    if (covers(scope, about)) reasons.push({ code: 'stopped', detail: `outside: ${scopeKey(scope)}` })
  if (stops.size === 0) return reasons
  const { channel, campaignId } = about
  const keys = ['all', scopeKey({ kind: 'channel', channel }), scopeKey({ kind: 'campaign', campaignId })]
  for (const key of keys) {
    const raised = stops.get(key)
    if (raised !== undefined) reasons.push({ code: 'stopped', detail: `${key}: ${raised.reason}` })
  }
  return reasons
}

export const covers = (
  scope: StopScope,
  about: { readonly channel: ChannelName; readonly campaignId: string },
): boolean => {
  switch (scope.kind) {
    case 'all':
      return true
    case 'channel':
      return scope.channel === about.channel
    case 'campaign':
      return scope.campaignId === about.campaignId
    default:
      // A scope from outside that cannot be understood is not a reason to go on.
      return true
  }
}
