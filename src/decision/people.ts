// What deciding asks of profiles: who is who after merges, and whether an expression holds for someone.

import type { ProfileId } from '../kernel/ids.ts'
import type { Signal } from '../signal/events.ts'

export type People = {
  /** Slots given so far, merged ones included: refs are below it. */
  readonly slotCount: () => number
  /** Id of whom a ref leads to now; the same as the ref's own when it was not merged away. */
  readonly idOf: (ref: number) => ProfileId
  /** Where an id leads now, merges followed; undefined when nobody ever had it. */
  readonly refOf: (id: ProfileId) => number | undefined
  /** This person's id and those merged into it. */
  readonly idsOf: (ref: number) => readonly ProfileId[]
  /** Whether a checked expression holds for a person at a time, with the event that asks. '' always does. */
  readonly matches: (
    source: string,
    about: { readonly ref: number; readonly now: number; readonly event?: Signal },
  ) => boolean
}
