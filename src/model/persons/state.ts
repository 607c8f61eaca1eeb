// What is known about what people will do: the journal that models learn from, the models in use, and how
// their words came true. A fold over the log: training itself happens elsewhere and comes back as events.

import type { Business } from '../../kernel/business.ts'
import type { LogEvent } from '../../log/port.ts'
import type { Signal } from '../../signal/events.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_RESPONDED,
  type DeliveryAttempted,
  type DeliveryResponded,
} from '../../delivery/events.ts'
import { BUSINESS_APPLIED, UNMERGED } from '../../profile/events.ts'
import { factOf, refOf, responseFact, sendFact, slotCount, type Profiles } from '../../profile/index.ts'
import { MODELS_APPLIED, type ModelsSpec } from '../events.ts'
import { createCustomerBook, mergeBook, noteOrder, type CustomerBook } from './customer-book.ts'
import {
  createJournal,
  endEvent,
  mergeJournal,
  noteFact,
  type Journal,
  type JournalOptions,
} from './journal.ts'
import { createModelsInUse, foldModels, type ModelsInUse } from './in-use.ts'
import { createScoreCache, forgetAll, forgetScores, type ScoreCache } from './score-cache.ts'
import { DEFAULT_MODELS } from './settings.ts'
import { createTrials, foldTrials, mergeTrials, noteTouch, type Trials } from './trials.ts'

export type Persons = {
  settings: ModelsSpec
  /** ms: the latest moment anything is known of. */
  clock: number
  /** Facts taken in so far. */
  noted: number
  /** Profile slots given so far, so that a person's first fact is known as such. */
  slots: number
  readonly journal: Journal
  readonly book: CustomerBook
  readonly models: ModelsInUse
  /** What campaigns' control groups tell. */
  readonly trials: Trials
  /** Not part of a dump: what it holds can be reckoned anew. */
  readonly cache: ScoreCache
}

export const createPersons = (options: Partial<JournalOptions> = {}): Persons => ({
  settings: DEFAULT_MODELS,
  clock: 0,
  noted: 0,
  slots: 0,
  journal: createJournal(options),
  book: createCustomerBook(),
  models: createModelsInUse(),
  trials: createTrials(),
  cache: createScoreCache(),
})

export type PersonsInput = {
  readonly profiles: Profiles
  readonly touches: readonly { readonly ref: number; readonly signal: Signal }[]
  /** Profiles that this event merged, in order. */
  readonly merges: readonly { readonly from: number; readonly into: number }[]
  readonly business: Business
}

/** Takes one event in, after the profile slice has. */
export const foldPersons = (state: Persons, event: LogEvent, input: PersonsInput): void => {
  const { journal, book, cache } = state
  const { profiles } = input
  for (const { from, into } of input.merges) {
    mergeJournal(journal, from, into, profiles)
    mergeBook(book, from, into)
    mergeTrials(state.trials, from, into)
    forgetScores(cache, from)
    forgetScores(cache, into)
  }
  for (const { ref, signal } of input.touches) {
    const fact = factOf(signal)
    if (fact.kind === 'order') noteOrder(book, ref, fact.seconds, fact.revenueMicros / 1e6)
    noteTouch(state.trials, ref, signal, input.business.marginShare)
    noteFact(journal, { slot: ref, isNew: ref >= state.slots, fact, profiles })
    forgetScores(cache, ref)
    state.noted++
    if (signal.at > state.clock) state.clock = signal.at
  }
  state.slots = slotCount(profiles)
  foldTrials(state.trials, event, profiles)
  foldOther(state, event, profiles)
  endEvent(journal)
}

const foldOther = (state: Persons, event: LogEvent, profiles: Profiles): void => {
  switch (event.type) {
    case DELIVERY_ATTEMPTED: {
      const { profileId, channel } = event.data as DeliveryAttempted
      const slot = refOf(profiles, profileId)
      if (slot === undefined) return
      noteFact(state.journal, { slot, isNew: false, fact: sendFact(channel, event.at), profiles })
      return forgetScores(state.cache, slot)
    }
    case DELIVERY_RESPONDED: {
      const { profileId, channel, kind, machine } = event.data as DeliveryResponded
      const slot = refOf(profiles, profileId)
      if (slot === undefined || machine || (kind !== 'opened' && kind !== 'clicked')) return
      const fact = responseFact({ channel, kind, at: event.at })
      noteFact(state.journal, { slot, isNew: false, fact, profiles })
      return forgetScores(state.cache, slot)
    }
    case MODELS_APPLIED:
      state.settings = event.data as ModelsSpec
      return forgetAll(state.cache)
    case BUSINESS_APPLIED:
    case UNMERGED:
      return forgetAll(state.cache)
    default:
      if (foldModels(state.models, event, state)) forgetAll(state.cache)
  }
}
