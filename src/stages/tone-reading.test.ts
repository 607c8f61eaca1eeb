// What people write is read once, on its way into the log, into the item itself.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { shippedTone, type ToneModels } from '../brand/index.ts'
import { createCtx, manualClock } from '../app/clock.ts'
import { planFacts } from '../app/plan-facts.ts'
import { parsePlan, planInForce } from '../app/plan.ts'
import { dueDecisions, peopleOf } from '../decision/index.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createMemoryLog, encodeDump, type EventLog } from '../log/index.ts'
import { createLoop, createState, dumpState, foldEvent, type LoopState } from '../loop.ts'
import { TONE_APPLIED } from '../profile/events.ts'
import { findProfile, viewProfile } from '../profile/index.ts'
import { TONE_KEY, type SignalReceived } from '../signal/events.ts'
import { createToneReader } from './tone-reading.ts'

const NOW = Date.UTC(2026, 4, 1)
const ANGRY = 'This is the worst shop ever, you lost my parcel and nobody answers. I am furious!'
const GLAD = 'Большое спасибо, всё пришло быстро, я в восторге!'

const start = (models: () => ToneModels = shippedTone) => {
  const log = createMemoryLog({ roundTrip: true })
  const state = createState()
  let pauses = 0
  const pause = async (): Promise<void> => {
    pauses++
  }
  const loop = createLoop({
    log,
    ctx: createCtx(manualClock(NOW), 'tones'),
    state,
    readTones: createToneReader({ state, models, pause }),
  })
  const send = async (...batch: Record<string, unknown>[]): Promise<void> => {
    const value = { batch }
    const text = JSON.stringify(value)
    await loop.receive({
      endpoint: 'batch',
      body: { text, value, bytes: text.length },
      source: 'test',
      strict: false,
    })
  }
  return { log, state, loop, send, pauses: () => pauses }
}

const ticket = (userId: string, text: string, more: object = {}) => ({
  type: 'track',
  event: 'Ticket Created',
  userId,
  messageId: `m-${userId}`,
  properties: { text },
  ...more,
})

const toneOf = (state: LoopState, user: string) => {
  const ref = findProfile(state.profile, { kind: 'user', value: user })
  return viewProfile(state.profile, ref ?? -1, NOW, state.business).tone
}

const itemsIn = async (log: EventLog): Promise<readonly Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = []
  for await (const events of log.read())
    for (const { data } of events) {
      const { payload } = data as SignalReceived
      items.push(...((payload as { batch?: Record<string, unknown>[] }).batch ?? [payload as never]))
    }
  return items
}

describe('reading what people write', () => {
  it('P35 reads Russian and English once, with language and model, and keeps no copy of the text', async () => {
    const { log, state, send } = start()
    await send(ticket('ann', ANGRY), ticket('olga', GLAD), {
      type: 'track',
      event: 'Order Completed',
      userId: 'ben',
      properties: { text: ANGRY },
    })
    const [angry, glad, order] = await itemsIn(log)
    assert.deepEqual(Object.keys(angry?.[TONE_KEY] ?? {}).toSorted(), [
      'confidence',
      'emotion',
      'language',
      'sentiment',
      'tone',
      'version',
    ])
    assert.equal(JSON.stringify(angry?.[TONE_KEY]).includes('parcel'), false)
    assert.equal(TONE_KEY in (order ?? {}), false)
    assert.equal(toneOf(state, 'ann').sentiment, 'negative')
    assert.equal(toneOf(state, 'ann').version, 'en-shipped-1')
    assert.equal(toneOf(state, 'olga').sentiment, 'positive')
    assert.equal(toneOf(state, 'olga').language, 'ru')
    assert.equal((glad?.[TONE_KEY] as { language?: string } | undefined)?.language, 'ru')
    assert.deepEqual(toneOf(state, 'ben'), { count: 0 })
  })

  it('P35 replay reads nothing anew: without a model the log gives the same bytes', async () => {
    const { log, state, send } = start()
    await send(ticket('ann', ANGRY), ticket('olga', GLAD))
    const again = createState()
    for await (const events of log.read()) for (const event of events) foldEvent(again, event)
    const bytes = (of: LoopState) => Buffer.from(encodeDump(dumpState(of)['profile'] ?? {}))
    assert.ok(bytes(again).equals(bytes(state)))
    assert.equal(toneOf(again, 'ann').count, 1)
  })

  it('P35 a sender cannot say how somebody sounds, nor read twice what came twice', async () => {
    const { log, state, send } = start()
    const forged = {
      tone: 1,
      sentiment: 'positive',
      confidence: 1,
      emotion: '',
      language: 'en',
      version: 'x',
    }
    await send(ticket('ann', ANGRY, { [TONE_KEY]: forged }), {
      type: 'identify',
      userId: 'ben',
      [TONE_KEY]: forged,
    })
    await send(ticket('ann', ANGRY))
    assert.equal(toneOf(state, 'ann').sentiment, 'negative')
    assert.equal(toneOf(state, 'ann').count, 1)
    assert.deepEqual(toneOf(state, 'ben'), { count: 0 })
    assert.equal(TONE_KEY in ((await itemsIn(log))[1] ?? {}), false)
    const health = state.signal.health
    assert.equal(JSON.stringify(health).includes('"conflicts":1'), false)
  })

  it('P35 reads a single request, the property that the plan names, and nothing that has no language', async () => {
    const { state, loop, send } = start()
    await loop.record([
      {
        id: 't',
        type: TONE_APPLIED,
        key: '',
        at: NOW,
        data: { events: [{ event: 'Chat', text: 'message' }] },
      },
    ])
    const value = { event: 'Chat', userId: 'ann', properties: { message: ANGRY } }
    const text = JSON.stringify(value)
    await loop.receive({
      endpoint: 'track',
      body: { text, value, bytes: text.length },
      source: 'test',
      strict: false,
    })
    await send(ticket('ben', ANGRY), {
      ...ticket('eve', ''),
      event: 'Chat',
      properties: { message: '12345' },
    })
    assert.equal(toneOf(state, 'ann').sentiment, 'negative')
    assert.deepEqual([toneOf(state, 'ben'), toneOf(state, 'eve')], [{ count: 0 }, { count: 0 }])
  })

  it('P35 lets others have their turn while many texts are read', async () => {
    const { state, send, pauses } = start(() => ({}))
    await send(...Array.from({ length: 100 }, (_, i) => ticket(`u${i}`, ANGRY)))
    assert.equal(pauses(), 5)
    assert.equal(state.profile.tones.size, 100)
  })

  it('P37 the example: who wrote angrily is not promoted to for three days, and hears that somebody is on it', async () => {
    const { state, loop, send } = start()
    const file = readFileSync(new URL('../../examples/customer-tone.yaml', import.meta.url), 'utf8')
    const { plan, problems } = parsePlan(file, planInForce(state))
    assert.deepEqual(problems, [])
    assert.ok(plan !== null)
    const facts = planFacts(planInForce(state), plan)
    await loop.record(facts.map(({ type, data }, i) => ({ id: `f${i}`, type, key: '', at: NOW, data })))
    const left = (userId: string, day: number) => ({
      type: 'track',
      event: 'Cart Abandoned',
      userId,
      messageId: `c-${userId}-${day}`,
    })
    const dueAt = (now: number): readonly string[] =>
      dueDecisions(state.decision, now, {
        people: peopleOf(state.profile, state.business, state.persons),
        latenessMsMax: 10 * DAY_MS,
        limit: 100,
      }).decide.map(({ campaign, profileId }) => `${campaign.id} ${profileId}`)
    await send(ticket('ann', ANGRY), ticket('olga', GLAD), left('ann', 0), left('olga', 0))
    assert.deepEqual(dueAt(NOW), ['on-it p1'])
    assert.deepEqual(dueAt(NOW + HOUR_MS).toSorted(), ['cart p2', 'on-it p1'])
    assert.deepEqual(dueAt(NOW + 4 * DAY_MS).toSorted(), ['cart p1', 'cart p2', 'on-it p1'])
  })
})
