// Plans how a wrong merge is taken apart: the history of the profile is folded again with its two groups
// of identifiers kept from meeting, so each half gets exactly what its own events give.

import type { Business } from '../kernel/business.ts'
import { Failure } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { LogEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import type { Identifier, Unmerged } from './events.ts'
import { UNMERGE_STARTED, UNMERGED } from './events.ts'
import { applyEvent, applySignal, isWithdrawal } from './fold.ts'
import { HALF_TIMELINE_MAX, readHalf } from './halves.ts'
import { identifierAt } from './identifier-table.ts'
import { namedBy } from './resolve.ts'
import { splitOf } from './split.ts'
import type { Profiles } from './state.ts'
import { attach, createProfiles, idOfSlot, newSlot, note, ownerOf, rootOf, slotOfId } from './state.ts'

export type UnmergePlan = {
  /** The live state; only read. */
  readonly state: Profiles
  /** The log from its start. Events after `upTo` are passed over. */
  readonly history: AsyncIterable<readonly LogEvent[]>
  /** What the signal slice reads from an event, folded from the log's start with a state of its own. */
  readonly signalsOf: (event: LogEvent) => readonly Signal[]
  /** Offset of the `unmerge_started` event: what comes after it is kept aside by the fold. */
  readonly upTo: number
  readonly unmergeId: string
  readonly profileId: string
  /** Identifiers that leave for a profile of their own. */
  readonly leaving: readonly Identifier[]
  readonly by: string
  readonly business: Business
}

const KEPT = 0
const LEFT = 1

/**
 * The `unmerged` event that repairs the profile. Throws `profile.unknown` when there is no such profile and
 * `profile.unmerge_empty` when none or all of its identifiers would leave.
 */
export const planUnmerge = async (plan: UnmergePlan): Promise<Unmerged> => {
  const { state } = plan
  const named = slotOfId(state, plan.profileId)
  if (named < 0) throw unknownProfile(plan.profileId)
  const root = rootOf(state, named)
  const split = splitOf(state, root, plan.leaving)
  if (split.leavingEntries.size === 0 || split.leavingEntries.size === split.entries.length)
    throw new Failure({
      code: 'profile.unmerge_empty',
      message: `Of ${split.entries.length} identifiers of ${plan.profileId}, ${split.leavingEntries.size} would leave.`,
      hint: 'Name at least one identifier of the profile, and leave it at least one.',
    })
  const apart = createApart(plan, root)
  const sides: Sides = { root, slotsLeft: new Set(split.leavingSlots), met: false }
  for await (const page of plan.history) {
    for (const event of page) {
      if (event.offset > plan.upTo) continue
      foldApart(plan, apart, event, sides)
    }
  }
  return {
    unmergeId: plan.unmergeId,
    profileId: idOfSlot(root),
    leaving: [...split.leavingEntries].map((entry) => identifierAt(state.identifiers, entry)),
    kept: readHalf(apart, KEPT),
    left: readHalf(apart, LEFT),
    by: plan.by,
  }
}

/** A small state with two profiles that hold the two groups from the start, so that nothing can join them. */
const createApart = (plan: UnmergePlan, root: number): Profiles => {
  const { state } = plan
  const apart = createProfiles({ ...state.options, timelineMax: 8 * HALF_TIMELINE_MAX })
  newSlot(apart)
  newSlot(apart)
  const { entries, leavingEntries } = splitOf(state, root, plan.leaving)
  for (const entry of entries) {
    const { kind, value } = identifierAt(state.identifiers, entry)
    attach(apart, leavingEntries.has(entry) ? LEFT : KEPT, kind, value)
  }
  return apart
}

type Sides = {
  readonly root: number
  readonly slotsLeft: ReadonlySet<number>
  /** Whether a signal has named both groups: from there on the profile's id may have meant either. */
  met: boolean
}

const foldApart = (plan: UnmergePlan, apart: Profiles, event: LogEvent, sides: Sides): void => {
  for (const signal of plan.signalsOf(event)) {
    const half = halfOfSignal(plan.state, apart, signal)
    if (half < 0) continue
    if (namesBoth(apart, signal)) sides.met = true
    note(apart, half, event.offset)
    applySignal(apart, half, signal, plan.business)
  }
  const profileId = isRecord(event.data) ? event.data['profileId'] : undefined
  if (typeof profileId !== 'string' || event.type === UNMERGED || event.type === UNMERGE_STARTED) return
  const named = slotOfId(plan.state, profileId)
  if (named < 0 || rootOf(plan.state, named) !== sides.root) return
  const half = sides.slotsLeft.has(named) ? LEFT : KEPT
  note(apart, half, event.offset)
  applyEvent(apart, half, event)
  // Said of the merged profile: nobody can tell of whom, so a withdrawal holds for both.
  if (named === sides.root && sides.met && isWithdrawal(event)) applyEvent(apart, LEFT, event)
}

/** The half that holds the strongest identifier of the signal; -1 when that is somebody else's. */
const halfOfSignal = (state: Profiles, apart: Profiles, signal: Signal): number => {
  const here = namedBy(apart, signal, () => undefined)
  const known = here.length === 0 ? [] : namedBy(state, signal, () => undefined)
  for (let i = 0; i < here.length; i++) {
    const owner = here[i]?.owner ?? -1
    if (owner >= 0) return owner
    if ((known[i]?.owner ?? -1) >= 0) return -1
  }
  return -1
}

const namesBoth = (apart: Profiles, signal: Signal): boolean => {
  const owners = new Set(namedBy(apart, signal, () => undefined).map((name) => name.owner))
  if (signal.kind === 'alias')
    for (const kind of ['user', 'anonymous'] as const) owners.add(ownerOf(apart, kind, signal.previousId))
  return owners.has(KEPT) && owners.has(LEFT)
}

const unknownProfile = (profileId: string): Failure =>
  new Failure({
    code: 'profile.unknown',
    message: `There is no profile ${profileId}.`,
    hint: 'Search for the customer and take the id from there.',
  })
