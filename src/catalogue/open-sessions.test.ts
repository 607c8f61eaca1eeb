// Rules CT6 and CT7: visits under way, against a map that forgets and learns each person anew.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addSession,
  countSessions,
  createSessions,
  endSessions,
  listSessions,
  mergeSessions,
  touchSession,
} from './open-sessions.ts'

const MAX = 70

const sign = (map: Map<number, number>, ref: number, seconds: number): void => {
  const last = map.get(ref)
  if (last !== undefined) map.delete(ref)
  else if (map.size >= MAX) for (const [oldest] of [...map].slice(0, 1)) map.delete(oldest)
  map.set(ref, Math.max(seconds, last ?? 0))
}

const ref = fc.nat(120)
const seconds = fc.nat(1_000)
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('sign' as const), ref, seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), ref, into: ref }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), seconds }) },
)

describe('visits under way', () => {
  it('CT6 CT7 are who a map in the order of last signs would hold, and end as there', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const state = createSessions()
        const map = new Map<number, number>()
        for (const one of steps) {
          if (one.kind === 'sign') {
            touchSession(state, one.ref, { seconds: one.seconds, sessionsMax: MAX })
            sign(map, one.ref, one.seconds)
          } else if (one.kind === 'merge' && one.ref !== one.into) {
            mergeSessions(state, one.ref, one.into)
            const last = map.get(one.ref)
            map.delete(one.ref)
            if (last !== undefined) sign(map, one.into, last)
          } else if (one.kind === 'end') {
            const over: [number, number][] = []
            endSessions(state, one.seconds, (who, last) => over.push([who, last]))
            const expected: [number, number][] = []
            for (const [who, last] of map) {
              if (last >= one.seconds) break
              map.delete(who)
              expected.push([who, last])
            }
            assert.deepEqual(over, expected)
          }
        }
        assert.deepEqual(listSessions(state), [...map])
        assert.equal(countSessions(state), map.size)
        const again = createSessions()
        for (const [who, last] of listSessions(state)) addSession(again, who, last)
        assert.deepEqual(listSessions(again), [...map])
      }),
      { numRuns: 60 },
    )
  })
})
