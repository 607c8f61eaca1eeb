// The guardrail's state for a snapshot. Reservations are left out: what was under way ends with a
// restart, and the outbox calls it unknown.

import type { CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Dump } from '../log/dump.ts'
import type { GoalSpec } from '../decision/events.ts'
import type { LimitsSpec, SuppressionAdded } from './events.ts'
import { dumpBooks, restoreBooks } from './spend/books.ts'
import type { PlacedHold } from './hold.ts'
import type { Ramp } from './pause.ts'
import { createGuardrail } from './state.ts'
import type { GuardrailOptions, GuardrailState, PersonSuppression } from './state.ts'
import type { RaisedStop } from './stop.ts'

/** The folded state as named columns: the same events give the same bytes. */
export const dumpGuardrail = (state: GuardrailState): Dump => {
  const profiles = [...state.histories.byProfile.keys()]
  const entries = [...state.histories.byProfile.values()]
  return {
    limits: state.limits,
    limitsVersion: state.limitsVersion,
    stops: [...state.stops],
    holds: [...state.holds],
    pauses: { ...state.pauses, ramps: copyOf(state.pauses.ramps) },
    suppressedAddresses: [...state.suppressedAddresses],
    suppressedPersons: [...state.suppressedPersons],
    historyProfiles: profiles,
    historyLengths: Uint32Array.from(entries, (list) => list.length),
    historyEntries: Float64Array.from(entries.flat()),
    historyForgottenHour: state.histories.forgottenHour,
    spentMicros: [...state.spentMicros],
    goals: [...state.goals],
    discounted: [...state.discounted],
    marginShare: state.marginShare,
    books: dumpBooks(state.books),
  }
}

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpGuardrail}. */
export const restoreGuardrail = (dump: Dump, options: Partial<GuardrailOptions> = {}): GuardrailState => {
  const state = createGuardrail(options)
  const read = <T>(name: string): T => dump[name] as unknown as T
  state.limits = read<LimitsSpec>('limits')
  state.limitsVersion = read<string>('limitsVersion')
  state.marginShare = read<number>('marginShare')
  restoreBooks(state.books, dump['books'])
  const pauses = read<GuardrailState['pauses']>('pauses')
  Object.assign(state.pauses, { ...pauses, ramps: copyOf(pauses.ramps) })
  fill(state.stops, read<[string, RaisedStop][]>('stops'))
  fill(state.holds, read<[string, PlacedHold][]>('holds'))
  fill(state.suppressedAddresses, read<[string, SuppressionAdded['reason']][]>('suppressedAddresses'))
  fill(state.suppressedPersons, read<[string, PersonSuppression][]>('suppressedPersons'))
  fill(state.spentMicros, read<[CampaignId, number][]>('spentMicros'))
  fill(state.goals, read<[CampaignId, GoalSpec['value']][]>('goals'))
  fill(state.discounted, read<[DecisionId, number][]>('discounted'))
  state.histories.forgottenHour = read<number>('historyForgottenHour')
  const lengths = read<Uint32Array>('historyLengths')
  const entries = read<Float64Array>('historyEntries')
  let start = 0
  for (const [index, profileId] of read<ProfileId[]>('historyProfiles').entries()) {
    const end = start + (lengths[index] ?? 0)
    state.histories.byProfile.set(profileId, Array.from(entries.subarray(start, end)))
    start = end
  }
  return state
}

/** Ramps count on in place: a dump must not change with them. */
const copyOf = (ramps: Readonly<Record<string, Ramp>>): Record<string, Ramp> =>
  Object.fromEntries(Object.entries(ramps).map(([key, ramp]) => [key, { ...ramp }]))

const fill = <K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void => {
  for (const [key, value] of entries) map.set(key, value)
}
