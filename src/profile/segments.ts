// Segments: expressions over the profile. A decision asks each expression afresh; the sizes people see
// are kept up by looking again at touched profiles, and at everyone in turn since time moves people too.

import type { Business } from '../kernel/business.ts'
import { Type } from 'typebox'
import { compileExpression } from './expression.ts'
import type { Expression } from './expression.ts'
import { isFailure } from '../kernel/failure.ts'
import type { SegmentSpec } from './events.ts'
import { grown } from '../kernel/growable.ts'
import { hasFlag, IS_ERASED, type ProfileRef, type Profiles } from './state.ts'
import type { ScoreView } from './view-types.ts'
import { matchesFor } from './rule-profile.ts'

/** One segment as people declare it. */
export const segmentSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9][a-z0-9_-]*$' }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    when: Type.String({ minLength: 1, maxLength: 2_000, description: 'CEL over the profile' }),
  },
  { additionalProperties: false },
)

export type SegmentSize = {
  readonly id: string
  readonly name: string
  readonly size: number
  /** False while the first round over all profiles is under way: the size is still growing. */
  readonly whole: boolean
  /** False when the expression does not compile: nobody is in it. */
  readonly valid: boolean
}

/** The segments in force, as they were declared. */
export const segmentSpecs = (state: Profiles): readonly SegmentSpec[] => state.segments.specs

/** Replaces all segments. What does not compile, or is beyond the limit, is kept with nobody in it. */
export const applySegments = (state: Profiles, specs: readonly SegmentSpec[]): void => {
  const { segments } = state
  segments.specs = specs
  segments.expressions = specs.map((spec, i) => (i < state.options.segmentsMax ? compiled(spec) : null))
  segments.readScores = specs.some(({ when }) => asksForScores(when))
  segments.stride = Math.ceil(Math.min(specs.length, state.options.segmentsMax) / 32)
  segments.sizes = specs.map(() => 0)
  segments.bits = new Uint32Array(0)
  segments.marks = new Uint8Array(0)
  segments.dirty = []
  segments.cursor = 0
  segments.seen = 0
}

const compiled = (spec: SegmentSpec): Expression | null => {
  try {
    return compileExpression(spec.when, { segments: false })
  } catch (error) {
    // What is in the log was accepted once; a stricter reader must not stop the fold.
    if (isFailure(error)) return null
    throw error
  }
}

/** Marks a slot to be looked at again. */
export const touchSegments = (state: Profiles, slot: number): void => {
  const { segments } = state
  if (segments.stride === 0) return
  if (slot >= segments.marks.length) segments.marks = grown(segments.marks, slot + 1)
  if (segments.marks[slot] === 1) return
  segments.marks[slot] = 1
  segments.dirty.push(slot)
}

/** Whether a rule may read what models expect. */
export const asksForScores = (source: string): boolean => source.includes('scores')

/** The same by way of the segments it asks for. */
export const rulesOnScores = ({ segments }: Profiles, source: string): boolean =>
  asksForScores(source) || (segments.readScores && source.includes('segments'))

export type SegmentRefresh = {
  /** ms */
  readonly now: number
  readonly business: Business
  /** Profiles to look at, at most. */
  readonly budget?: number
  /** What models expect of a person; without it nobody is in a segment that asks. */
  readonly scoresOf?: (ref: ProfileRef) => ScoreView
}

/**
 * Brings memberships up to `now` for at most `budget` profiles: touched ones first, then the round over
 * all, so that another model moves people as time does, within the same budget. Gives how many it looked at.
 * Memberships here feed sizes only; decisions ask `segmentsOf`.
 */
export const refreshSegments = (state: Profiles, refresh: SegmentRefresh): number => {
  const { budget = 2_000 } = refresh
  const { segments } = state
  if (segments.stride === 0 || state.slotCount === 0) return 0
  segments.bits = grown(segments.bits, state.slotCount * segments.stride)
  let looked = 0
  for (; looked < budget; looked++) {
    const slot = segments.dirty.pop()
    if (slot === undefined) break
    segments.marks[slot] = 0
    refreshSlot(state, slot, refresh)
  }
  const round = Math.min(budget - looked, state.slotCount)
  for (let i = 0; i < round; i++, looked++) {
    if (segments.cursor >= state.slotCount) segments.cursor = 0
    refreshSlot(state, segments.cursor++, refresh)
    segments.seen++
  }
  return looked
}

/** Sizes as of the last refresh. */
export const segmentSizes = (state: Profiles): readonly SegmentSize[] => {
  const { specs, expressions, sizes, seen } = state.segments
  return specs.map((spec, i) => ({
    id: spec.id,
    name: spec.name,
    size: sizes[i] ?? 0,
    whole: seen >= state.slotCount,
    valid: expressions[i] !== null,
  }))
}

const refreshSlot = (state: Profiles, slot: number, { now, business, scoresOf }: SegmentRefresh): void => {
  const { segments } = state
  const isRoot = (state.slots.redirects[slot] as number) === 0 && !hasFlag(state, slot, IS_ERASED)
  const scores = isRoot && segments.readScores ? scoresOf?.(slot) : undefined
  const question = { ref: slot, now, business, ...(scores === undefined ? {} : { scores }) }
  for (let i = 0; i < segments.expressions.length; i++) {
    const expression = segments.expressions[i]
    if (expression === null || expression === undefined) continue
    const index = slot * segments.stride + (i >>> 5)
    const bit = 1 << (i & 31)
    const was = ((segments.bits[index] as number) & bit) !== 0
    const is = isRoot && matchesFor(state, expression, question)
    if (was === is) continue
    segments.bits[index]! ^= bit
    segments.sizes[i] = (segments.sizes[i] ?? 0) + (is ? 1 : -1)
  }
}
