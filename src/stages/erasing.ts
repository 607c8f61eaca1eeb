// What a person may ask for: all that is held on them, and that it be gone. Erasing destroys the keys of their
// records, keeps their addresses as keyed hashes so that they are never written to, and leaves the rest as it is.

import type { Ctx } from '../kernel/ctx.ts'
import { Failure } from '../kernel/failure.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import { SUPPRESSION_ADDED, type SuppressionAdded } from '../guardrail/events.ts'
import type { LoopState, Loop } from '../loop.ts'
import {
  ERASURE_STARTED,
  PROFILE_ERASED,
  type ChannelName,
  type Identifier,
  type ErasureStarted,
  type IdentifierKind,
  type ProfileErased,
} from '../profile/events.ts'
import {
  eachProfile,
  erasuresBegun,
  findProfile,
  isErased,
  isUntold,
  personalOf,
  planErasure,
  profileIdOf,
  refOf,
  timelineOffsets,
  viewProfile,
  type ErasedMark,
  type ErasurePlan,
  type ProfileRef,
  type ProfileView,
  type Wording,
} from '../profile/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../signal/events.ts'
import type { AddressHash } from './recipient.ts'

export type ErasureParts = {
  readonly loop: Loop
  /** How keys call an owner; null in memory, where there are none. */
  readonly handleOf: ((owner: string) => string) | null
  readonly hash: AddressHash
  /** Puts them down outside the log, for backups made before: on the disk when it returns. */
  readonly note: (...erasures: readonly NotedErasure[]) => void
  /** Takes away every copy of the folded state. */
  readonly dropCopies: () => Promise<void>
}

/** An erasure without saying whose: what has to go from a copy made before it. */
export type NotedErasure = {
  /** Of the fact in the log. */
  readonly id: string
  /** Of the keys destroyed. */
  readonly handles: readonly string[]
  /** Addresses never written to again, as keyed hashes. */
  readonly suppressions: readonly Pick<SuppressionAdded, 'channel' | 'addressHash'>[]
}

export type Erasure = {
  readonly profileId: ProfileId
  readonly identifiers: number
  /** Addresses that are never written to again. */
  readonly suppressed: number
}

export type PersonExport = {
  readonly profileId: ProfileId
  /** ms */
  readonly at: number
  readonly identifiers: readonly Identifier[]
  readonly profile: ProfileView
  /** The words of the versions that their consents name, where they are known. */
  readonly wordings: readonly Wording[]
  /** All that the log has of them, oldest first. */
  readonly events: readonly {
    readonly offset: number
    readonly at: number
    readonly type: string
    readonly data: unknown
  }[]
  /** Older events than these are in the log, but no longer listed by person. */
  readonly complete: boolean
}

/** Of one person, at most. */
const EVENTS_MAX = 100_000
/** A person's signals may come in while they are being erased. */
const ROUNDS_MAX = 5

const CHANNELS_OF: Readonly<Record<IdentifierKind, readonly ChannelName[]>> = {
  email: ['email'],
  phone: ['sms', 'messenger'],
  device: ['push'],
  user: [],
  anonymous: [],
}

/** The person with this profile id, or holding this text as any identifier. Throws Failure `person.unknown`. */
export const personCalled = ({ profile }: LoopState, text: string): ProfileRef => {
  const kinds: readonly IdentifierKind[] = ['user', 'email', 'phone', 'anonymous', 'device']
  const found = new Set<ProfileRef>()
  const byId = refOf(profile, text.trim())
  if (byId !== undefined && !isErased(profile, byId)) found.add(byId)
  for (const kind of kinds) {
    const ref = findProfile(profile, { kind, value: text })
    if (ref !== undefined) found.add(ref)
  }
  const [ref, second] = found
  if (ref !== undefined && second === undefined) return ref
  throw new Failure(
    ref === undefined
      ? { code: 'person.unknown', message: `Nobody is known by ${JSON.stringify(text)}.` }
      : {
          code: 'person.ambiguous',
          message: `${JSON.stringify(text)} is an identifier of ${found.size} people.`,
          hint: 'Name the profile id, as the console shows it: p123.',
        },
  )
}

/** Throws Failures `person.*`, `log.*`. What was done before a failure is found done when it is asked for again. */
export const erasePerson = async (parts: ErasureParts, ref: ProfileRef, by: string): Promise<Erasure> => {
  const { loop } = parts
  const profileId = profileIdOf(loop.state.profile, ref)
  const first = planOf(loop, ref)
  const suppressions = suppressionsOf(first, parts)
  // In one append: who is being erased is not written to, and is erased at the next start if this process dies now.
  await loop.record([...suppressions, startedFact(loop.ctx, { profileId, by })])
  let plan: ErasurePlan = first
  let slot = ref
  for (let round = 0; ; round++) {
    const erased = erasedFact(parts, { profileId, plan, by, slot })
    parts.note(notedOf(parts, erased, plan))
    await loop.record([erased])
    await parts.dropCopies()
    // Asked for anew: the state may have been folded again in the meantime.
    const { profile } = loop.state
    const left = plan.identifiers.map((one) => findProfile(profile, one)).find((one) => one !== undefined)
    if (left === undefined) break
    // They came again in the meantime, under a new number.
    if (round >= ROUNDS_MAX) throw stillComing(profileId)
    plan = planOf(loop, left)
    slot = left
  }
  return { profileId, identifiers: first.identifiers.length, suppressed: suppressions.length }
}

const notedOf = (
  parts: ErasureParts,
  erased: NewEvent,
  plan: ErasurePlan,
  suppressed = plan,
): NotedErasure => ({
  id: erased.id,
  handles: erased.destroys?.handles ?? [],
  suppressions: suppressionsOf(suppressed, parts).map(({ data }) => ({
    channel: data.channel,
    addressHash: data.addressHash,
  })),
})

/**
 * Erases these people because their time is over, in one append: nobody asked for it, so of their addresses only those of
 * `refused` kinds are kept as never to be written to. Gives how many were; who was once taken apart cannot be.
 */
export const erasePeople = async (
  parts: ErasureParts,
  people: readonly { readonly ref: ProfileRef; readonly refused: ReadonlySet<ChannelName | 'all'> }[],
  by: string,
): Promise<number> => {
  const { loop } = parts
  const noted: NotedErasure[] = []
  const facts: NewEvent[] = []
  let erased = 0
  for (const { ref, refused } of people) {
    const plan = planErasure(loop.state.profile, ref)
    if (plan === null) continue
    const isRefused = ({ kind }: Identifier): boolean =>
      refused.has('all') || CHANNELS_OF[kind].some((channel) => refused.has(channel))
    const kept = { ...plan, identifiers: plan.identifiers.filter(isRefused) }
    const profileId = profileIdOf(loop.state.profile, ref)
    const fact = erasedFact(parts, { profileId, plan, by, slot: ref })
    noted.push(notedOf(parts, fact, plan, kept))
    facts.push(...suppressionsOf(kept, parts), fact)
    erased++
  }
  if (erased === 0) return 0
  parts.note(...noted)
  await loop.record(facts)
  return erased
}

/** People some of whose keys are called by one of these handles. */
export const peopleBehind = (
  { loop, handleOf }: Pick<ErasureParts, 'loop' | 'handleOf'>,
  handles: ReadonlySet<string>,
): readonly ProfileId[] => {
  const { profile } = loop.state
  const found: ProfileId[] = []
  if (handleOf === null || handles.size === 0) return found
  eachProfile(profile, (ref) => {
    const owners = planErasure(profile, ref)?.owners ?? []
    if (owners.some((owner) => handles.has(handleOf(owner)))) found.push(profileIdOf(profile, ref))
  })
  return found
}

/** Ends what a crash left half done: keys that are gone while the log does not say so, and erasures that had only begun. */
export const resumeErasures = async (parts: ErasureParts, marks: readonly Json[]): Promise<void> => {
  const { loop } = parts
  const { profile } = loop.state
  let found = false
  for (const mark of marks as unknown as readonly ErasedMark[]) {
    const slot = mark.slots.find((one) => profile.erasing.has(one)) ?? mark.slots[0]
    if (slot === undefined || !isUntold(profile, mark)) continue
    const profileId = profileIdOf(profile, slot)
    await loop.record([factOf(loop, slot, { profileId, mark, keys: 0, by: 'restart' }, [])])
    found = true
  }
  if (found) await parts.dropCopies()
  for (const { ref, by } of erasuresBegun(profile)) await erasePerson(parts, ref, by)
}

/** All that is held on a person. */
export const exportPerson = async (loop: Loop, ref: ProfileRef): Promise<PersonExport> => {
  const { profile, business } = loop.state
  const { identifiers, owners } = planOf(loop, ref)
  const offsets = timelineOffsets(profile, ref, EVENTS_MAX).map(({ offset }) => offset)
  const events = await loop.log.get(offsets.toReversed())
  const mine = new Set(owners)
  const view = viewProfile(profile, ref, loop.ctx.now(), business)
  const versions = new Set(view.consents.map(({ textVersion }) => textVersion))
  return {
    profileId: profileIdOf(profile, ref),
    at: loop.ctx.now(),
    identifiers,
    profile: view,
    wordings: profile.wordings.filter(({ version }) => versions.has(version)),
    events: events.map((event) => ({
      offset: event.offset,
      at: event.at,
      type: event.type,
      data: event.type === SIGNAL_RECEIVED ? ownItems(event as LogEvent<SignalReceived>, mine) : event.data,
    })),
    complete: offsets.length < EVENTS_MAX,
  }
}

/** Of a request what is theirs: others may have come in the same one. */
const ownItems = ({ data }: LogEvent<SignalReceived>, mine: ReadonlySet<string>): unknown => {
  const { list, owners } = personalOf(data)
  const items =
    list === null ? [data.payload] : ((data.payload as Record<string, unknown>)[list] as unknown[])
  return items.filter((_, place) => mine.has(owners[place] ?? ''))
}

const planOf = (loop: Loop, ref: ProfileRef): ErasurePlan => {
  const plan = planErasure(loop.state.profile, ref)
  if (plan !== null) return plan
  throw new Failure({
    code: 'person.was_taken_apart',
    message: 'This person was once taken apart from another one; their records cannot be told apart by key.',
    hint: 'See the gaps of the profile slice (SPEC.md): ask the other person first, or erase the installation.',
  })
}

const suppressionsOf = (
  { identifiers }: ErasurePlan,
  { loop, hash }: ErasureParts,
): readonly NewEvent<SuppressionAdded>[] =>
  identifiers.flatMap(({ kind, value }) =>
    CHANNELS_OF[kind].map((channel) =>
      suppressionOf({ channel, addressHash: hash(channel, value) }, loop.ctx.now()),
    ),
  )

/** An erased person's address, which is never written to again. */
export const suppressionOf = (
  { channel, addressHash }: Pick<SuppressionAdded, 'channel' | 'addressHash'>,
  at: number,
): NewEvent<SuppressionAdded> => ({
  id: `erased:${channel}:${addressHash}`,
  type: SUPPRESSION_ADDED,
  key: '',
  at,
  data: { channel, addressHash, reason: 'erased' },
})

const startedFact = (ctx: Ctx, data: ErasureStarted): NewEvent<ErasureStarted> => ({
  id: ctx.newId(),
  type: ERASURE_STARTED,
  key: data.profileId,
  at: ctx.now(),
  data,
})

type ErasedHow = {
  readonly profileId: ProfileId
  readonly plan: ErasurePlan
  readonly by: string
  readonly slot: ProfileRef
}

const erasedFact = (
  { loop, handleOf }: ErasureParts,
  { profileId, plan: { owners, mark }, by, slot }: ErasedHow,
): NewEvent => {
  const handles = handleOf === null ? [] : owners.map(handleOf)
  return factOf(loop, slot, { profileId, mark, keys: handles.length, by }, handles)
}

/** Under an id of its own for each number that is erased, so that a ledger that has noted it knows it in the log. */
const factOf = (
  { ctx, state }: Loop,
  slot: ProfileRef,
  data: ProfileErased,
  handles: readonly string[],
): NewEvent => ({
  id: `erased:${state.guardrail.pauses.epoch}:${profileIdOf(state.profile, slot)}`,
  type: PROFILE_ERASED,
  key: data.profileId,
  at: ctx.now(),
  data,
  destroys: { handles, mark: data.mark },
})

const stillComing = (profileId: ProfileId): Failure =>
  new Failure({
    code: 'person.still_coming',
    message: `Events of ${profileId} go on coming in while they are erased.`,
    hint: 'Stop their source, then erase again.',
    retryable: true,
  })
