// Orders as chances in the running system: the book of customers counts periods as the plain files do, and where the
// plan says so, BG/BB has the word.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Problem } from '../../kernel/problem.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { encodeDump } from '../../log/index.ts'
import { createState, dumpState, foldEvent, restoreState } from '../../loop.ts'
import { findProfile } from '../../profile/index.ts'
import { MODEL_TRAINED, MODELS_APPLIED } from '../events.ts'
import { summariseOrders, type Order } from '../value/rfm.ts'
import {
  createCustomerBook,
  dumpBook,
  mergeBook,
  noteOrder,
  restoreBook,
  summaryOf,
} from './customer-book.ts'
import { trainingInput } from './due.ts'
import { inUseOf } from './in-use.ts'
import { PersonScores } from './scores.ts'
import { parseModels, renderModels } from './settings.ts'
import { FROM, peopleWorld } from './testing/people-world.ts'
import { trainModels } from './train.ts'

const DAYS = 250
const NOW = FROM + DAYS * DAY_MS

describe('opportunities', () => {
  it('PM21 the book counts months, quarters and years as a file of the orders would, however they arrive and merge', () => {
    const rng = createRng('PM21')
    const orders: Order[] = []
    const book = createCustomerBook()
    const untilDay = 20_600
    for (let slot = 0; slot < 60; slot++) {
      const count = 1 + rng.below(12)
      const days = Array.from({ length: count }, () => 18_900 + rng.below(untilDay - 18_900))
      for (const day of days) {
        orders.push({ customer: String(slot >> 1), at: day * DAY_MS, value: 10, isCredit: false })
        noteOrder(book, slot, (day * DAY_MS) / 1_000, 10)
      }
    }
    for (let slot = 0; slot < 60; slot += 2) {
      mergeBook(book, slot + 1, slot)
      mergeBook(book, slot, slot >> 1)
    }
    const kept = restoreBook(dumpBook(book))
    for (const period of ['month', 'quarter', 'year'] as const) {
      const file = summariseOrders(orders, { period, untilDay })
      for (const { id, frequency, recency, age } of file.customers) {
        const asked = { now: untilDay * DAY_MS, unitDays: 7, period, revenue: 100 }
        const mine = summaryOf(kept, Number(id), asked)
        assert.deepEqual(
          [mine?.frequency, mine?.recency, mine?.age],
          [frequency, recency, age],
          `${id} ${period}`,
        )
      }
    }
  })

  it('PM22 with `value_opportunities` orders are chances: BG/BB is learnt, says the value, and replays to the byte', () => {
    const problems: Problem[] = []
    const settings = parseModels({ value_opportunities: 'month' }, problems)
    assert.deepEqual(parseModels(renderModels(settings), problems), settings)
    assert.deepEqual(problems, [])
    parseModels({ value_opportunities: 'week' }, problems)
    assert.equal(problems.length, 1)
    const world = peopleWorld({ seed: 'opportunities', people: 500, days: DAYS })
    const state = createState()
    for (const event of world.events) foldEvent(state, event)
    const at = (type: string, data: unknown) => ({
      offset: state.offset + 1,
      id: `${type}${state.offset}`,
      type,
      key: '',
      at: NOW,
      data: JSON.parse(JSON.stringify(data)) as unknown,
    })
    foldEvent(state, at(MODELS_APPLIED, settings))
    const [fact] = trainModels(trainingInput(state.persons, state.business, ['value']))
    assert.ok(fact?.type === MODEL_TRAINED && fact.data.card.kind === 'value')
    foldEvent(state, at(fact.type, fact.data))
    assert.deepEqual(
      [fact.data.card.timing, fact.data.card.parameters.slice(0, 4).map(({ name }) => name)],
      ['bg-bb', ['alpha', 'beta', 'gamma', 'delta']],
    )
    const ready = inUseOf(state.persons.models, 'value')?.ready
    assert.ok(ready?.kind === 'value' && ready.model.period === 'month')
    const again = restoreState(dumpState(state))
    let said = 0
    for (const person of world.people) {
      const slot = findProfile(state.profile, { kind: 'user', value: person.userId })
      if (slot === undefined) continue
      const of = (from: typeof state) =>
        new PersonScores(
          { persons: from.persons, profiles: from.profile, business: from.business },
          slot,
          NOW,
        )
      const [left, right] = [of(state), of(again)]
      assert.deepEqual([left.orders, left.clv, left.alive], [right.orders, right.clv, right.alive])
      if (left.orders === undefined) continue
      said++
      // Never more than one a month.
      assert.ok(left.orders <= 12.5 && (left.alive ?? -1) > 0 && (left.clv ?? -1) >= 0)
    }
    assert.ok(said > 150, `said of ${said}`)
    assert.deepEqual(
      encodeDump(dumpState(again)['persons'] ?? {}),
      encodeDump(dumpState(state)['persons'] ?? {}),
    )
  })
})
