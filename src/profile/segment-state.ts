// Who is in which segment, as bits per profile with live counts. It is reckoned from the profiles and
// the time, so it is no part of a dump: after a restore it is reckoned again.

import type { Expression } from './expression.ts'
import type { SegmentSpec } from './events.ts'

export type SegmentState = {
  specs: readonly SegmentSpec[]
  expressions: readonly (Expression | null)[]
  /** Whether any of them may read what models expect. */
  readScores: boolean
  /** 32-bit words per profile. */
  stride: number
  bits: Uint32Array
  sizes: number[]
  /** Profiles touched since they were last looked at, each once. */
  dirty: number[]
  marks: Uint8Array
  /** Next profile of the round that looks at everyone, since time alone moves people in and out. */
  cursor: number
  /** Profiles looked at since the segments were applied; from all on, sizes are whole. */
  seen: number
}

export const createSegmentState = (): SegmentState => ({
  specs: [],
  expressions: [],
  readScores: false,
  stride: 0,
  bits: new Uint32Array(0),
  sizes: [],
  dirty: [],
  marks: new Uint8Array(0),
  cursor: 0,
  seen: 0,
})
