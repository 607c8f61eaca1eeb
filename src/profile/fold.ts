// The profile fold: events of the log in, changed profiles and touches out. The same events give the
// same state to the byte; nothing here knows what time it is.

import type { Business } from '../kernel/business.ts'
import { Failure } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { LogEvent } from '../log/port.ts'
import type { SYSTEM_STARTED as GUARDRAIL_SYSTEM_STARTED, SystemStarted } from '../guardrail/events.ts'
import type { DeliveryAttempted, DeliveryResponded } from '../delivery/events.ts'
import { consentOfSignal } from '../signal/index.ts'
import { SIGNAL_RECEIVED, type Signal } from '../signal/events.ts'
import { writeConsent } from './consents.ts'
import type { ConsentRecord } from './consents.ts'
import { foldErased, reserveErased, startErasure, type ErasedMark } from './erase.ts'
import type {
  ConsentChanged,
  ErasureStarted,
  ProfileErased,
  SegmentsApplied,
  ToneApplied,
  Unmerged,
  UnmergeStarted,
} from './events.ts'
import { rememberWordings } from './consent-texts.ts'
import {
  CONSENT_CHANGED,
  ERASURE_STARTED,
  PROFILE_ERASED,
  SEGMENTS_APPLIED,
  CONSENTS_APPLIED,
  DATA_EXPIRED,
  PRIVACY_APPLIED,
  TONE_APPLIED,
  type ConsentsApplied,
  UNMERGE_STARTED,
  UNMERGED,
} from './events.ts'
import { at } from '../kernel/growable.ts'
import { applyActivity, applyContext, applyFact, responseFact, seenFact, sendFact } from './live-features.ts'
import { resolveSignal } from './resolve.ts'
import { foldRetention } from './retention.ts'
import { applySegments, touchSegments } from './segments.ts'
import { installHalves } from './split.ts'
import type { Aside, ProfileRef, Profiles } from './state.ts'
import { hasFlag, IS_ERASED, IS_HELD, note, refuse, rootOf, skipErased, slotOfId } from './state.ts'
import { addTone } from './tones.ts'
import { writeTraits } from './traits.ts'

/** A signal and the profile it belongs to after everything it changed. */
export type Touch = { readonly ref: ProfileRef; readonly signal: Signal }

// Types of events named here and not imported: values come only from slices that stand before this one.
const DELIVERY_ATTEMPTED = 'delivery.attempted.v1'
const SYSTEM_STARTED: typeof GUARDRAIL_SYSTEM_STARTED = 'system.started.v1'
const DELIVERY_RESPONDED = 'delivery.responded.v1'

const NO_TOUCHES: readonly Touch[] = []

/**
 * Folds one event of the log; `signals` are what `foldSignal` read from it. Gives one touch per signal
 * that belongs to somebody and is not past; when a profile taken apart comes back, the touches of what was kept aside.
 */
export const foldProfiles = (
  state: Profiles,
  event: LogEvent,
  signals: readonly Signal[],
  business: Business,
): readonly Touch[] => {
  if (state.lastMerges.length > 0) state.lastMerges.length = 0
  reserveErased(state, erasedIn(event))
  if (signals.length > 0) {
    const touches: Touch[] = []
    for (const signal of signals) takeSignal(state, signal, event.offset, business, touches)
    return settled(state, touches)
  }
  if (event.type === SEGMENTS_APPLIED) {
    applySegments(state, (event.data as SegmentsApplied).segments)
    return NO_TOUCHES
  }
  if (event.type === TONE_APPLIED) state.toneEvents = (event.data as ToneApplied).events
  if (event.type === CONSENTS_APPLIED) {
    state.consentTexts = (event.data as ConsentsApplied).texts
    state.wordings = rememberWordings(state.wordings, state.consentTexts)
  }
  if (event.type === PRIVACY_APPLIED || event.type === DATA_EXPIRED)
    state.retention = foldRetention(state.retention, event)
  if (event.type === SYSTEM_STARTED) checkNumbers(state, (event.data as SystemStarted).profiles)
  if (event.type === PROFILE_ERASED) {
    foldErased(state, event.data as ProfileErased)
    return NO_TOUCHES
  }
  if (event.type === ERASURE_STARTED) {
    startErasure(state, event.data as ErasureStarted)
    return NO_TOUCHES
  }
  const profileId = isRecord(event.data) ? event.data['profileId'] : undefined
  if (typeof profileId !== 'string') return NO_TOUCHES
  const named = slotOfId(state, profileId)
  if (named < 0) {
    refuse(state, 'unknown_profile')
    return NO_TOUCHES
  }
  const slot = rootOf(state, named)
  if (hasFlag(state, slot, IS_ERASED)) return NO_TOUCHES
  note(state, slot, event.offset)
  if (event.type === UNMERGE_STARTED) startUnmerge(state, slot, event as LogEvent<UnmergeStarted>)
  else if (event.type === UNMERGED) return finishUnmerge(state, slot, event as LogEvent<Unmerged>, business)
  else if (hasFlag(state, slot, IS_HELD)) keepEvent(state, slot, event)
  else applyEvent(state, slot, event)
  return NO_TOUCHES
}

const NO_MARKS: readonly ErasedMark[] = []

/** Marks that reading the log left in place of what was erased. */
const erasedIn = ({ type, data }: LogEvent): readonly ErasedMark[] =>
  type === SIGNAL_RECEIVED && isRecord(data) && Array.isArray(data['erased'])
    ? (data['erased'] as readonly ErasedMark[])
    : NO_MARKS

/**
 * Whether people have the numbers that they had when the system last started. Throws Failure `profile.numbering`: with
 * other numbers, what is decided for one person would go to another.
 */
const checkNumbers = (state: Profiles, profiles: number | undefined): void => {
  skipErased(state)
  if (profiles === undefined || profiles === state.slotCount) return
  throw new Failure({
    code: 'profile.numbering',
    message: `The log gives ${state.slotCount} people where there were ${profiles}: their numbers would be of others.`,
    hint: 'Do not run on this log. Restore the latest backup, with the keys that belong to it.',
  })
}

/** What a signal changes in the profile it belongs to. */
export const applySignal = (state: Profiles, slot: number, signal: Signal, business: Business): void => {
  applyContext(state, slot, signal)
  // A group's traits are the group's, not the person's.
  if (signal.kind !== 'group') writeTraits(state.traits, slot, signal.traits, signal.at)
  // What they did then is gone; that there was somebody is not.
  if (signal.past) applyFact(state, slot, seenFact(signal.at))
  else applyActivity(state, slot, signal, business)
  if (signal.tone !== undefined) {
    const { at, tone: reading } = signal
    if (!addTone(state.tones, slot, { at, reading, peopleMax: state.options.tonesMax }))
      refuse(state, 'tones_full')
  }
  for (const consent of consentOfSignal(signal))
    applyConsent(state, slot, { ...consent, at: signal.at, source: signal.source })
}

/** What an event that names the profile changes in it. */
export const applyEvent = (state: Profiles, slot: number, event: LogEvent): void => {
  if (event.type === CONSENT_CHANGED) {
    const { channel, purpose, granted, textVersion, source } = event.data as ConsentChanged
    applyConsent(state, slot, { channel, purpose, granted, textVersion, source, at: event.at })
  } else if (event.type === DELIVERY_ATTEMPTED) {
    applyFact(state, slot, sendFact((event.data as DeliveryAttempted).channel, event.at))
  } else if (event.type === DELIVERY_RESPONDED) {
    const { channel, kind, machine } = event.data as DeliveryResponded
    if (!machine && (kind === 'opened' || kind === 'clicked'))
      applyFact(state, slot, responseFact({ channel, kind, at: event.at }))
  } else return
  touchSegments(state, slot)
}

const applyConsent = (state: Profiles, slot: number, consent: ConsentRecord): void => {
  const heads = state.slots.consentHeads
  heads[slot] = writeConsent(state.consents, at(heads, slot), consent, state.options, (reason) =>
    refuse(state, reason),
  )
}

const takeSignal = (
  state: Profiles,
  signal: Signal,
  offset: number,
  business: Business,
  touches: Touch[],
): void => {
  const resolution = resolveSignal(state, signal)
  if (resolution.kind === 'nobody') return
  const { slot } = resolution
  note(state, slot, offset)
  if (resolution.kind === 'held') return keepAside(state, slot, { kind: 'signal', offset, signal })
  applySignal(state, slot, signal, business)
  touchSegments(state, slot)
  if (!signal.past) touches.push({ ref: slot, signal })
}

const startUnmerge = (state: Profiles, slot: number, event: LogEvent<UnmergeStarted>): void => {
  if (hasFlag(state, slot, IS_HELD)) return
  const { unmergeId, leaving } = event.data
  state.slots.flags[slot]! |= IS_HELD
  state.unmerges.set(slot, { unmergeId, offset: event.offset, leaving: leaving ?? [] })
  state.aside.set(slot, [])
}

const finishUnmerge = (
  state: Profiles,
  slot: number,
  event: LogEvent<Unmerged>,
  business: Business,
): readonly Touch[] => {
  const started = state.unmerges.get(slot)
  if (started?.unmergeId !== event.data.unmergeId) return NO_TOUCHES
  const left = installHalves(state, slot, event.data, started.offset)
  const aside = state.aside.get(slot) ?? []
  state.aside.delete(slot)
  state.unmerges.delete(slot)
  const touches: Touch[] = []
  for (const kept of aside) {
    if (kept.kind === 'signal') takeSignal(state, kept.signal, kept.offset, business, touches)
    else {
      applyEvent(state, slot, kept.event)
      // Nobody can say whose it was: a withdrawal holds for both.
      if (isWithdrawal(kept.event)) applyEvent(state, left, kept.event)
    }
  }
  return settled(state, touches)
}

/** Later signals of one event may have merged the profiles of earlier ones away. */
const settled = (state: Profiles, touches: readonly Touch[]): readonly Touch[] =>
  state.lastMerges.length === 0
    ? touches
    : touches.map(({ ref, signal }) => ({ ref: rootOf(state, ref), signal }))

const keepEvent = (state: Profiles, slot: number, event: LogEvent): void => {
  if (
    event.type !== CONSENT_CHANGED &&
    event.type !== DELIVERY_ATTEMPTED &&
    event.type !== DELIVERY_RESPONDED
  )
    return
  // A withdrawal counts from its first moment, whatever else is going on.
  if (isWithdrawal(event)) applyEvent(state, slot, event)
  keepAside(state, slot, { kind: 'event', event })
}

export const isWithdrawal = (event: LogEvent): boolean =>
  event.type === CONSENT_CHANGED && !(event.data as ConsentChanged).granted

const keepAside = (state: Profiles, slot: number, kept: Aside): void => {
  const list = state.aside.get(slot) ?? []
  if (list.length >= state.options.asideMax) return refuse(state, 'aside_full')
  list.push(kept)
  state.aside.set(slot, list)
}
