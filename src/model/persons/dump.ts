// The state of the persons' models for a snapshot.

import type { Json } from '../../kernel/json.ts'
import type { Dump } from '../../log/dump.ts'
import type { ModelsSpec } from '../events.ts'
import { dumpBook, restoreBook } from './customer-book.ts'
import { dumpModels, restoreModels } from './in-use.ts'
import type { JournalOptions } from './journal.ts'
import { dumpJournal, restoreJournal } from './journal-dump.ts'
import { createPersons, type Persons } from './state.ts'
import { dumpTrials, restoreTrials } from './trials-dump.ts'

/** Named columns; equal states give equal bytes. */
export const dumpPersons = (state: Persons): Dump => ({
  persons: [state.settings, state.clock, state.noted, state.slots],
  models: dumpModels(state.models) as unknown as Json,
  ...dumpJournal(state.journal),
  ...dumpBook(state.book),
  ...dumpTrials(state.trials),
})

/** The state of a dump; models in use are laid out anew. */
export const restorePersons = (dump: Dump, options: Partial<JournalOptions> = {}): Persons => {
  const [settings, clock, noted, slots] = dump['persons'] as unknown as readonly [
    ModelsSpec,
    number,
    number,
    number,
  ]
  return {
    ...createPersons(),
    settings,
    clock,
    noted,
    slots,
    journal: restoreJournal(dump, options),
    book: restoreBook(dump),
    trials: restoreTrials(dump),
    models: restoreModels(dump['models'] as unknown as ReturnType<typeof dumpModels>),
  }
}
