// Erasing people from the log: everybody else keeps their number, and what is left of the erased is nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import type { LogEvent } from '../log/port.ts'
import { encodeDump } from '../log/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../signal/events.ts'
import { createSignalState, foldSignal } from '../signal/index.ts'
import { erasuresBegun, isErased, isUntold, planErasure, type ErasedMark, type ErasurePlan } from './erase.ts'
import { ERASURE_STARTED, PROFILE_ERASED, type ProfileErased } from './events.ts'
import { foldProfiles } from './fold.ts'
import { personalOf } from './owner.ts'
import { dumpProfiles, restoreProfiles } from './profiles-dump.ts'
import { countProfiles, eachProfile, profileIdOf, slotCount } from './queries.ts'
import { createProfiles, identifiersOf, newSlot, type Profiles } from './state.ts'

const START = Date.UTC(2026, 0, 1)
const RUNS = process.env['WINDVANE_LONG'] === '1' ? 4_000 : 300
const ERASED = { erased: true }

type Item = Readonly<Record<string, unknown>>

const requestOf = (items: readonly Item[], index: number): LogEvent<SignalReceived> => ({
  offset: index + 1,
  id: `e${index}`,
  type: SIGNAL_RECEIVED,
  key: '',
  at: START + index,
  data: { header: { endpoint: 'batch', source: 's', receivedAt: START + index }, payload: { batch: items } },
})

const foldAll = (events: readonly LogEvent[]): Profiles => {
  const signals = createSignalState()
  const state = createProfiles()
  for (const event of events) foldProfiles(state, event, foldSignal(signals, event), DEFAULT_BUSINESS)
  return state
}

/** The log as it reads once the keys are gone. */
const withoutKeysOf = (events: readonly LogEvent[], { owners, mark }: ErasurePlan): LogEvent[] =>
  events.map((event) => {
    if (event.type !== SIGNAL_RECEIVED) return event
    const data = event.data as SignalReceived
    const ownersHere = personalOf(data).owners
    const gone = ownersHere.map((owner) => owners.includes(owner))
    if (!gone.includes(true)) return event
    const { batch } = data.payload as { batch: Item[] }
    const left = batch.map((item, place) => (gone[place] === true ? ERASED : item))
    const before = (data as { readonly erased?: readonly ErasedMark[] }).erased ?? []
    return { ...event, data: { ...data, payload: { batch: left }, erased: [...before, mark] } }
  })

const erasedEvent = (
  state: Profiles,
  slot: number,
  plan: ErasurePlan,
  offset: number,
): LogEvent<ProfileErased> => ({
  offset,
  id: `x${offset}`,
  type: PROFILE_ERASED,
  key: '',
  at: START,
  data: { profileId: profileIdOf(state, slot), mark: plan.mark, keys: plan.owners.length, by: 'test' },
})

/** Who holds what, by number. */
const holders = (state: Profiles): Record<string, readonly string[]> => {
  const found: Record<string, readonly string[]> = {}
  eachProfile(state, (ref) => {
    found[profileIdOf(state, ref)] = identifiersOf(state, ref)
      .map(({ kind, value }) => `${kind}:${value}`)
      .toSorted()
  })
  return found
}

const oneOf = (...values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const itemArbitrary = fc
  .record({
    type: fc.constantFrom('identify', 'track', 'page', 'alias', 'group'),
    userId: oneOf('u1', 'u2', 'u3', 'u4', ' u1 ', 'null'),
    anonymousId: oneOf('a1', 'a2', 'a3', 'a4', 'a5'),
    email: oneOf('one@x.example', 'two@x.example', 'Three@X.example', 'broken'),
    phone: oneOf('+4915112345678', '+49 151 1234 5679'),
    device: oneOf('d1', 'd2'),
    previousId: fc.constantFrom('a1', 'a2', 'u1', 'u3', 'a9', 'null'),
    traitsIn: fc.boolean(),
  })
  .map(({ type, userId, anonymousId, email, phone, device, previousId, traitsIn }): Item => {
    const traits = { ...(email && { email }), ...(phone && { phone }) }
    return {
      type,
      event: 'Looked',
      name: 'n',
      groupId: 'g',
      previousId,
      ...(userId && { userId }),
      ...(anonymousId && { anonymousId }),
      ...(traitsIn ? { traits } : {}),
      context: { ...(device && { device: { id: device } }), ...(traitsIn ? {} : { traits }) },
    }
  })

const historyArbitrary = fc.array(fc.array(itemArbitrary, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 25,
})

describe('erasing a person', () => {
  it('P31 whoever is erased, all others keep their number and what they hold, with the records or without', () => {
    let erasures = 0
    let shared = 0
    fc.assert(
      fc.property(historyArbitrary, fc.nat(), fc.nat(), (history, first, second) => {
        let log: LogEvent[] = history.map(requestOf)
        for (const pick of [first, second]) {
          const state = foldAll(log)
          const refs: number[] = []
          eachProfile(state, (ref) => void refs.push(ref))
          const ref = refs[pick % Math.max(1, refs.length)]
          if (ref === undefined) return
          const plan = planErasure(state, ref)
          assert.ok(plan !== null)
          erasures++
          if (plan.mark.ignored.length > 0) shared++
          const event = erasedEvent(state, ref, plan, log.length + 1)
          foldProfiles(state, event, [], DEFAULT_BUSINESS)
          log = [...withoutKeysOf(log, plan), event]
          const again = foldAll(log)
          assert.deepEqual(holders(again), holders(state))
          assert.equal(slotCount(again), slotCount(state))
          assert.equal(countProfiles(again), countProfiles(state))
          assert.equal(isErased(state, ref), true)
          assert.equal(newSlot(again), newSlot(state))
        }
      }),
      { numRuns: RUNS, seed: 20_260, endOnFailure: true },
    )
    assert.ok(
      erasures > RUNS && shared > RUNS / 50,
      `${erasures} erasures, ${shared} who had shared something`,
    )
  })

  it('P32 nothing that was said of the person is left in the state or its dump', () => {
    const log = [
      requestOf(
        [
          {
            type: 'identify',
            userId: 'ann-7',
            anonymousId: 'anonymous-ann',
            traits: { email: 'ann@x.example', phone: '+4915112345678', city: 'Atlantis' },
          },
          { type: 'identify', userId: 'ben', traits: { email: 'ben@x.example', city: 'Berlin' } },
        ],
        0,
      ),
    ]
    const state = foldAll(log)
    const plan = planErasure(state, 0)
    assert.ok(plan !== null)
    foldProfiles(state, erasedEvent(state, 0, plan, 2), [], DEFAULT_BUSINESS)
    const text = Buffer.from(encodeDump(dumpProfiles(state))).toString('latin1')
    for (const word of ['ann-7', 'anonymous-ann', 'ann@x.example', '4915112345678', 'Atlantis'])
      assert.ok(!text.includes(word), word)
    assert.ok(text.includes('ben@x.example') && text.includes('Berlin'))
    const restored = restoreProfiles(dumpProfiles(state))
    assert.deepEqual(dumpProfiles(restored), dumpProfiles(state))
    assert.deepEqual(holders(restored), { p2: ['email:ben@x.example', 'user:ben'] })
    assert.equal(countProfiles(restored), 1)
  })

  it('P34 an erasure that was begun is known to be, until it is told that it was done', () => {
    const started: LogEvent = {
      offset: 2,
      id: 's',
      type: ERASURE_STARTED,
      key: 'p1',
      at: START,
      data: { profileId: 'p1', by: 'dana' },
    }
    const log = [requestOf([{ type: 'track', event: 'e', userId: 'ann' }], 0), started]
    const state = foldAll(log)
    const plan = planErasure(state, 0)
    assert.ok(plan !== null)
    assert.deepEqual(erasuresBegun(restoreProfiles(dumpProfiles(state))), [{ ref: 0, by: 'dana' }])
    // The keys are gone, the fact is not there: the log folded anew has nobody, and has it still to be told.
    const without = foldAll(withoutKeysOf(log, plan))
    assert.deepEqual([erasuresBegun(without), isUntold(without, plan.mark)], [[], true])
    for (const one of [state, without]) {
      foldProfiles(one, erasedEvent(one, 0, plan, 3), [], DEFAULT_BUSINESS)
      assert.deepEqual([erasuresBegun(one), isUntold(one, plan.mark)], [[], false])
    }
  })

  it('P33 people who come to other numbers than they had stop the fold', () => {
    const started = (profiles: number): LogEvent => ({
      offset: 2,
      id: 's',
      type: 'system.started.v1',
      key: '',
      at: START,
      data: { channels: [], mode: 'live', profiles },
    })
    const log = [requestOf([{ type: 'track', event: 'e', userId: 'ann' }], 0)]
    foldAll([...log, started(1)])
    assert.throws(() => foldAll([...log, started(2)]), /their numbers would be of others/)
  })
})
