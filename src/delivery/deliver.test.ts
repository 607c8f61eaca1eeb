// The order of things on the way out, with a channel that does as it is told and a log that may fail.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Failure } from '../kernel/failure.ts'
import type { Reason } from '../decision/events.ts'
import { deliver, type DeliverPorts } from './deliver.ts'
import type { ChannelResult } from './messages.ts'
import { clearedDelivery, delivery, email } from './testing/samples.ts'
import { createSmallLog } from './testing/small-log.ts'

const SENT: ChannelResult = { kind: 'sent', response: 'ok' }
const setup = (results: readonly ChannelResult[] = [SENT], over: Partial<DeliverPorts> = {}) => {
  const log = createSmallLog()
  const told: string[] = []
  let sends = 0
  const ports: DeliverPorts = {
    append: async (events) => {
      told.push(...events.map(({ type }) => type))
      return log.append(events)
    },
    render: () => {
      told.push('render')
      return Promise.resolve(email())
    },
    channel: {
      name: 'email',
      send: () => {
        told.push('send')
        return Promise.resolve(results[Math.min(sends++, results.length - 1)] ?? SENT)
      },
      close: () => Promise.resolve(),
    },
    mayProceed: () => [],
    now: () => 1_000,
    pause: (ms) => {
      told.push(`pause ${ms}`)
      return Promise.resolve()
    },
    release: () => told.push('release'),
    ...over,
  }
  return { log, told, run: async (number = 1) => deliver(clearedDelivery(delivery(number)), ports) }
}
const later: ChannelResult = { kind: 'failed', code: 'x', message: 'm', permanent: false, again: true }
const doubt: ChannelResult = { kind: 'unknown', reason: 'lost', again: false }
const stopped: readonly Reason[] = [{ code: 'stopped', detail: 'all' }]

describe('deliver', () => {
  it('S1 V7 renders, writes down the attempt, sends, writes down the result', async () => {
    const { told, run } = setup()
    assert.deepEqual(await run(), { kind: 'sent' })
    assert.deepEqual(told, ['render', 'delivery.attempted.v1', 'send', 'delivery.sent.v1'])
  })

  it('S1 V7 an attempt that is in the log already sends nothing', async () => {
    const { told, run } = setup()
    await run()
    told.length = 0
    assert.deepEqual(await run(), { kind: 'duplicate' })
    assert.deepEqual(told, ['render', 'delivery.attempted.v1', 'release'])
  })

  it('S1 V7 two at the same time send once', async () => {
    const { told, run } = setup()
    const outcomes = await Promise.all([run(), run(), run()])
    assert.equal(told.filter((step) => step === 'send').length, 1)
    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['duplicate', 'duplicate', 'sent'])
  })

  it('S1 V7 what cannot be rendered has failed for certain, and was never attempted', async () => {
    const { told, run } = setup([SENT], {
      render: () => Promise.reject(new Failure({ code: 'render.timeout', message: 'too slow' })),
    })
    assert.deepEqual(await run(), { kind: 'failed' })
    assert.deepEqual(told, ['delivery.failed.v1'])
  })

  it('V7 a machine too busy to render makes a message wait, and loses it for nobody', async () => {
    for (const code of ['render.starved', 'render.unstarted', 'render.busy', 'render.closed']) {
      let busy = true
      const { told, run } = setup([SENT], {
        render: async () => {
          if (busy) throw new Failure({ code, message: 'no turn', retryable: true })
          return email()
        },
      })
      assert.equal((await run()).kind, 'deferred')
      assert.deepEqual(told, ['release'], 'neither an attempt nor an end is in the log')
      busy = false
      assert.equal((await run()).kind, 'sent')
    }
  })

  it('S1 V7 when the log takes no attempt nothing is sent', async () => {
    const { log, told, run } = setup()
    log.refuses = (type) => type === 'delivery.attempted.v1'
    assert.equal((await run()).kind, 'deferred')
    assert.deepEqual(told, ['render', 'delivery.attempted.v1', 'release'])
    log.refuses = () => false
    assert.equal((await run()).kind, 'sent')
  })

  it('V8 a result that the log cannot take is handed back', async () => {
    const { log, run } = setup()
    log.refuses = (type) => type === 'delivery.sent.v1'
    const outcome = await run()
    assert.ok(outcome.kind === 'unrecorded')
    log.refuses = () => false
    await log.append(outcome.events)
    assert.equal(log.ofType('delivery.sent.v1').length, 1)
  })

  it('V13 a veto before the attempt leaves no attempt, one between tries ends them', async () => {
    const held = setup([SENT], { mayProceed: () => stopped })
    assert.deepEqual(await held.run(), { kind: 'deferred', message: 'stopped' })
    assert.deepEqual(held.told, ['render', 'release'], 'STOP only makes it wait')
    const early = setup([SENT], { mayProceed: () => [{ code: 'no_consent', detail: 'email' }] })
    assert.deepEqual(await early.run(), { kind: 'withheld' })
    assert.deepEqual(early.told, ['render', 'delivery.withheld.v1'])
    let asked = 0
    const between = setup([later], { mayProceed: () => (asked++ > 0 ? stopped : []) })
    assert.deepEqual(await between.run(), { kind: 'withheld' })
    assert.equal(between.told.filter((step) => step === 'send').length, 1)
  })

  it('V11 tries again with growing pauses, and not beyond its maximum', async () => {
    const { told, run } = setup([later])
    assert.deepEqual(await run(), { kind: 'failed' })
    assert.deepEqual(
      told.filter((step) => step.startsWith('pause')),
      ['pause 500', 'pause 1000', 'pause 2000'],
    )
    const recovers = setup([later, later, SENT])
    assert.deepEqual(await recovers.run(), { kind: 'sent' })
  })

  it('S1 V10 a doubt is not tried again, and a channel that breaks its word is a doubt', async () => {
    const { told, run } = setup([doubt])
    assert.deepEqual(await run(), { kind: 'unknown' })
    assert.equal(told.filter((step) => step === 'send').length, 1)
    const broken = setup([], {
      channel: {
        name: 'email',
        send: () => Promise.reject(new TypeError('oops')),
        close: () => Promise.resolve(),
      },
    })
    assert.deepEqual(await broken.run(), { kind: 'unknown' })
  })

  it('V32 after a doubt that may be repeated only a yes clears it up', async () => {
    const again: ChannelResult = { kind: 'unknown', reason: 'lost', again: true }
    assert.deepEqual(await setup([again, SENT]).run(), { kind: 'sent' })
    assert.deepEqual(await setup([again, { ...later, again: false }]).run(), { kind: 'unknown' })
  })
})
