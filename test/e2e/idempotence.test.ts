// The same events again change nothing: sent three times over HTTP, shuffled, with restarts in between
// and once without snapshots, every profile and every count stays as the first pass left it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { manualClock } from '../../src/app/clock.ts'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { encodeDump } from '../../src/log/index.ts'
import { dumpState } from '../../src/loop.ts'
import { shopPlan } from './plans.ts'
import { NOON, open, tempFolder, until, type Serving } from './serving.ts'

const LONG = process.env['WINDVANE_LONG'] === '1'
const EVENTS = LONG ? 100_000 : 20_000
const BATCH = 500
const AT_ONCE = 4

/** Visitors who become customers, share devices and mail addresses, look, order, and change their minds. */
const eventsOf = (count: number): readonly object[] => {
  const rng = createRng('idempotence')
  const people = Math.floor(count / 10)
  return Array.from({ length: count }, (_, index) => {
    const person = rng.below(people)
    const at = new Date(NOON - rng.below(20 * 86_400_000)).toISOString()
    const head = { messageId: `e${index}`, timestamp: at }
    const user = { userId: `u${person}` }
    const guest = { anonymousId: `a${person}-${rng.below(3)}` }
    switch (rng.below(10)) {
      case 0:
        return {
          ...head,
          type: 'identify',
          ...user,
          ...guest,
          traits: {
            email: `u${person - (person % 50 === 1 ? 1 : 0)}@shop.example`,
            plan: `p${rng.below(3)}`,
          },
        }
      case 1:
        return { ...head, type: 'page', ...guest, name: 'Home', properties: { url: '/' } }
      case 2:
        return { ...head, type: 'alias', ...user, previousId: `a${person}-9` }
      case 3:
      case 4:
        return {
          ...head,
          type: 'track',
          ...user,
          event: 'Order Completed',
          properties: { order_id: `o${index}`, revenue: rng.below(100) },
        }
      case 5: {
        const soon = new Date(NOON - rng.below(1_800_000)).toISOString()
        return {
          ...head,
          type: 'track',
          ...guest,
          event: 'Cart Viewed',
          timestamp: soon,
          properties: { category: `c${rng.below(8)}` },
        }
      }
      default:
        return {
          ...head,
          type: 'track',
          ...(rng.below(2) === 0 ? user : guest),
          event: 'Product Viewed',
          properties: { category: `c${rng.below(8)}` },
        }
    }
  })
}

const shuffled = <T>(items: readonly T[], rng: Rng): T[] => {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    const [one, other] = [all[i], all[j]]
    if (one !== undefined && other !== undefined) {
      all[i] = other
      all[j] = one
    }
  }
  return all
}

const batches = (events: readonly object[]): readonly (readonly object[])[] =>
  Array.from({ length: Math.ceil(events.length / BATCH) }, (_, index) =>
    events.slice(index * BATCH, (index + 1) * BATCH),
  )

/** Sends batches, every third one packed, four at a time unless told to keep the order. */
const sendAll = async (
  server: Serving,
  parts: readonly (readonly object[])[],
  atOnce = AT_ONCE,
): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < parts.length) {
      const index = next++
      const text = JSON.stringify({ batch: parts[index] })
      const packed = index % 3 === 0
      const answer = await server.ask('POST', '/v1/batch', {
        as: 'ingest',
        raw: packed ? gzipSync(text) : text,
        headers: {
          'content-type': 'application/json',
          'x-strict-mode': '1',
          ...(packed ? { 'content-encoding': 'gzip' } : {}),
        },
      })
      assert.equal(answer.status, 200, answer.text)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const settled = async ({ served, clock }: Serving): Promise<void> => {
  const { state } = served.system.loop
  let last = -1
  await until(
    async () => {
      const still = state.offset === last && state.delivery.queue.items.length === 0
      last = state.offset
      return still && clock.now() > 0
    },
    { what: 'the loop to come to rest', ms: 60_000, everyMs: 150 },
  )
}

/** What must not change: bytes of the folded parts that hold people and decisions, and what people see counted. */
const finger = async (server: Serving): Promise<Readonly<Record<string, string>>> => {
  await settled(server)
  const { profile, feedback, decision, model, guardrail, delivery, decisionIndex } = dumpState(
    server.served.system.loop.state,
  )
  const parts = Object.entries({ profile, feedback, decision, model, guardrail, delivery, decisionIndex })
  const { counts } = await server.brief()
  const seen = Object.fromEntries(Object.entries(counts).filter(([name]) => name !== 'eventsPerMinute'))
  return {
    ...Object.fromEntries(
      parts.map(([name, dump]) => [
        name,
        createHash('sha256')
          .update(encodeDump(dump ?? {}))
          .digest('hex'),
      ]),
    ),
    counts: JSON.stringify(seen),
  }
}

describe('the same events again', () => {
  it(`S5 E4 change no profile and no count: ${EVENTS} events three times, shuffled, across restarts`, async () => {
    const started = performance.now()
    const dir = tempFolder()
    const clock = manualClock(NOON)
    const again = async (server: Serving): Promise<Serving> => {
      await server.close()
      assert.deepEqual(server.reports, [])
      return open({ dir, clock })
    }
    const rng = createRng('shuffle')
    const events = eventsOf(EVENTS)

    let server = await open({ dir, clock })
    await server.apply(shopPlan({ holdout: 0.1, policy: 'squarecb' }))
    const parts = batches(events)
    await sendAll(server, parts.slice(0, parts.length / 2), 1)
    server = await again(server)
    await sendAll(server, parts.slice(parts.length / 2), 1)
    const first = await finger(server)
    const { counts } = await server.brief()
    const firstMs = performance.now() - started
    assert.equal(counts.eventsTotal, EVENTS)
    assert.ok(counts.decisionsTotal > 100, `${counts.decisionsTotal} decisions`)

    for (const pass of [2, 3]) {
      const mixed = batches(shuffled(events, rng))
      await sendAll(server, mixed.slice(0, mixed.length / 2))
      if (pass === 2) {
        await server.close()
        rmSync(join(dir, 'snapshots'), { recursive: true })
        server = await open({ dir, clock })
      } else server = await again(server)
      await sendAll(server, mixed.slice(mixed.length / 2))
      assert.deepEqual(await finger(server), first, `pass ${pass}`)
    }
    server = await again(server)
    assert.deepEqual(await finger(server), first, 'after the last restart')
    await server.close()
    const ms = performance.now() - started
    console.log(
      `${EVENTS} events × 3, 4 restarts (one without snapshots): ${counts.people} people, ${counts.decisionsTotal} decisions, ` +
        `no byte and no count changed; first pass ${(firstMs / 1000).toFixed(1)} s, all ${(ms / 1000).toFixed(1)} s`,
    )
  })
})
