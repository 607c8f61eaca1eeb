// What deciding asks of profiles: who is who after merges, and whether an expression holds for someone.

import type { Business } from '../kernel/business.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import { isTimeZone } from '../kernel/time.ts'
import type { Feature, ScoreGap, ScoreKey } from '../model/events.ts'
import { RuleScores, type Persons } from '../model/index.ts'
import {
  compileExpression,
  idsOf,
  matchesFor,
  profileFeatures,
  profileIdOf,
  refOf,
  rulesOnScores,
  slotCount,
  timeZoneOf,
  usualHoursOf,
} from '../profile/index.ts'
import type { Profiles } from '../profile/index.ts'
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
  /** The slots of the same. */
  readonly slotsOf: (ref: number) => readonly number[]
  /** Whether a checked expression holds for a person at a time; '' always does. */
  readonly matches: (source: string, about: Asked) => boolean
  /** Scores that an expression asks for and that no model can say now, `churn: drift`; '' when there are none. */
  readonly gapsOf: (source: string, about: Asked) => string
}

export type Asked = {
  readonly ref: number
  /** ms */
  readonly now: number
  /** The signal that asks: `event.name`, `event.properties`, … */
  readonly event?: Signal
  readonly context?: Readonly<Record<string, Json>>
}

/** The person that a decision is about. */
export type Person = {
  readonly profileId: ProfileId
  readonly features: readonly Feature[]
  /** A zone the runtime knows. */
  readonly timeZone: string
  /** Local hours at which this person usually is there, [] when not known. */
  readonly usualHours: readonly number[]
}

/**
 * People as the profile slice has them, and what models expect of them; without `persons` rules find no score.
 * Reads the state as it is when asked; make it anew when `business` changes.
 */
export const peopleOf = (profiles: Profiles, business: Business, persons?: Persons): People => {
  const holds = (source: string, about: Asked, missed?: Map<ScoreKey, ScoreGap>): boolean => {
    const { ref, now, event, context } = about
    return matchesFor(profiles, compileExpression(source), {
      ref,
      now,
      business,
      ...(event === undefined ? {} : { event }),
      ...(context === undefined ? {} : { context }),
      ...(persons === undefined || !rulesOnScores(profiles, source)
        ? {}
        : {
            scores: new RuleScores(
              { persons, profiles, business },
              { ref, now, ...(missed === undefined ? {} : { missed }) },
            ),
          }),
    })
  }
  return {
    slotCount: () => slotCount(profiles),
    idOf: (ref) => profileIdOf(profiles, ref),
    refOf: (id) => refOf(profiles, id),
    idsOf: (ref) => idsOf(profiles, ref),
    // Ids are `p<slot + 1>`, given in the order of first sight.
    slotsOf: (ref) => idsOf(profiles, ref).map((id) => Number(id.slice(1)) - 1),
    matches: (source, about) => source === '' || holds(source, about),
    gapsOf: (source, about) => {
      if (!rulesOnScores(profiles, source)) return ''
      const missed = new Map<ScoreKey, ScoreGap>()
      holds(source, about, missed)
      return [...missed].map(([key, gap]) => `${key}: ${gap}`).join(', ')
    },
  }
}

/** What a decision is told of a person at `now` (ms); of traits only those in `traitNames`. */
export const personOf = (
  profiles: Profiles,
  ref: number,
  about: { readonly now: number; readonly business: Business; readonly traitNames: readonly string[] },
): Person => {
  const { now, business, traitNames } = about
  const timeZone = timeZoneOf(profiles, ref, business)
  return {
    profileId: profileIdOf(profiles, ref),
    features: profileFeatures(profiles, ref, now, business, traitNames),
    timeZone: isTimeZone(timeZone) ? timeZone : isTimeZone(business.timeZone) ? business.timeZone : 'UTC',
    usualHours: usualHoursOf(profiles, ref),
  }
}
