// Rows that are taken, freed and taken again stand for the same decisions as plain objects would.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asActionId, asCampaignId, asDecisionId, asProfileId } from '../kernel/ids.ts'
import { duePage } from './due-heap.ts'
import { closeRow, forgetClosed, mergeOpen, type NewOpen, openRow } from './open-decisions.ts'
import {
  aboutRow,
  addCause,
  addPending,
  causesOf,
  isClosed,
  lessonOf,
  pendingOf,
  settlePending,
} from './open-fields.ts'
import { findRow, openRows, rowsOf } from './open-links.ts'
import { dumpOpen, restoreOpen } from './open-dump.ts'
import { createOpenDecisions, NO_ROW, numberIn, type OpenDecisions, SEQ } from './open-rows.ts'

type Known = NewOpen & {
  readonly seq: number
  person: number
  closed: boolean
  causes: string[]
  pending: string[]
}
type Model = { known: Known[]; closed: Known[] }

const PEOPLE = 4
/** Plain ones, and such as need more than a byte a unit, or more room than most. */
const IDS = ['d', 'решение-', '\ud800', 'x'.repeat(300)]
const LESSON_BYTES = [0, 3, 9_000]

const newOpen = (n: number, kind: number, deadline: number): NewOpen => ({
  decisionId: asDecisionId(`${IDS[kind % IDS.length] ?? ''}${n}`),
  campaignId: asCampaignId(`campaign${n % 3}`),
  profileId: asProfileId(kind % 5 === 0 ? `p0${n}` : `p${n}`),
  actionId: asActionId(`action${n % 7}`),
  ref: (n % (PEOPLE + 1)) - 1,
  at: n,
  deadline,
  goalEvent: 'Order Completed',
  value: 'revenue',
  stage: 'applied',
  lesson:
    kind % 3 === 0
      ? null
      : {
          shared: Array.from({ length: LESSON_BYTES[kind % 3] ?? 0 }, (_, i) => [`f${i}`, n / 3] as const),
          action: [['trait:city', 1]],
          propensity: 0.5,
        },
  early: false,
})

const idsOf = (store: OpenDecisions, rows: readonly number[]): readonly string[] =>
  rows.map((row) => aboutRow(store, row).decisionId)

const byDeadline = (left: Known, right: Known): number =>
  left.deadline - right.deadline || left.seq - right.seq

const compare = (store: OpenDecisions, model: Model): void => {
  const open = model.known.filter(({ closed }) => !closed)
  assert.deepEqual(
    idsOf(store, openRows(store)),
    open.map(({ decisionId }) => decisionId),
  )
  assert.equal(store.open, open.length)
  for (let person = 0; person < PEOPLE; person++)
    assert.deepEqual(
      idsOf(store, rowsOf(store, person)),
      model.known.filter((one) => one.person === person).map(({ decisionId }) => decisionId),
    )
  for (const one of model.known) {
    const row = findRow(store, one.decisionId)
    const { decisionId, campaignId, profileId, actionId } = one
    assert.deepEqual(aboutRow(store, row), { decisionId, campaignId, profileId, actionId })
    assert.equal(isClosed(store, row), one.closed)
    assert.equal(numberIn(store, row, SEQ), one.seq)
    assert.deepEqual(lessonOf(store, row), one.closed ? null : one.lesson)
    assert.deepEqual(causesOf(store, row), one.causes)
    assert.deepEqual(
      pendingOf(store, row).map(({ cause }) => cause),
      one.pending,
    )
  }
  const due = open.filter(({ deadline }) => deadline <= 50).toSorted(byDeadline)
  assert.deepEqual(
    idsOf(store, duePage(store, 50, 5)),
    due.slice(0, 5).map(({ decisionId }) => decisionId),
  )
}

describe('the store of open decisions', () => {
  it('F10 F13 says what plain objects would, through merges, closes, forgetting and restoring', () => {
    const move = fc.tuple(fc.nat(7), fc.nat(100), fc.nat(100))
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 120 }), (moves) => {
        let store = createOpenDecisions()
        const model: Model = { known: [], closed: [] }
        const gone: string[] = []
        let seq = 0
        for (const [n, [kind, which, deadline]] of moves.entries()) {
          const one = model.known[which % Math.max(1, model.known.length)]
          if (kind <= 2) {
            const made = newOpen(n, which, deadline)
            openRow(store, made)
            model.known.push({
              ...made,
              seq: seq++,
              person: made.ref,
              closed: false,
              causes: [],
              pending: [],
            })
          } else if (one === undefined) continue
          else if (kind === 3) {
            const row = findRow(store, one.decisionId)
            if (one.closed) continue
            addCause(store, row, `c${n}`)
            addPending(store, row, { causeMessageId: `c${n}`, cause: `c${n}`, reward: 1, delayMs: 1 })
            one.causes.push(`c${n}`)
            one.pending.push(`c${n}`)
          } else if (kind === 4 && one.pending.length > 0)
            settlePending(store, findRow(store, one.decisionId), one.pending.shift() ?? '')
          else if (kind === 5 && !one.closed) {
            closeRow(store, findRow(store, one.decisionId))
            Object.assign(one, { closed: true, pending: [] })
            model.closed.push(one)
          } else if (kind === 6) {
            const max = which % 4
            forgetClosed(store, deadline, max)
            while (
              model.closed[0] !== undefined &&
              (model.closed[0].deadline < deadline || model.closed.length > max)
            ) {
              const forgotten = model.closed.shift() as Known
              gone.push(forgotten.decisionId)
              model.known = model.known.filter((other) => other !== forgotten)
            }
          } else if (kind === 7) {
            const [from, into] = [which % PEOPLE, deadline % PEOPLE]
            mergeOpen(store, from, into)
            for (const other of model.known) if (other.person === from) other.person = into
          }
          if (n % 11 === 10) {
            const again = restoreOpen(dumpOpen(store))
            assert.deepEqual(dumpOpen(again), dumpOpen(store))
            if (which % 2 === 0) store = again
          }
        }
        compare(store, model)
        for (const id of gone) assert.equal(findRow(store, id), NO_ROW)
        compare(restoreOpen(dumpOpen(store)), model)
      }),
      { numRuns: 300, seed: 11 },
    )
  })

  it('F11 rows, names and room of what is forgotten are given again: ten thousand pass through what ten need', () => {
    const store = createOpenDecisions()
    for (let n = 0; n < 10_000; n++) {
      openRow(store, newOpen(n, 4, n))
      if (n >= 10) closeRow(store, openRows(store)[0] ?? NO_ROW)
      forgetClosed(store, 0, 5)
    }
    assert.equal(openRows(store).length, 10)
    assert.ok(store.rows <= 17, `${store.rows} rows`)
    assert.equal(store.names.list.length, 11)
    assert.ok(store.ids.chunks.length === 1 && store.lessons.store.chunks.length === 1)
  })
})
