// Against a mail server that fails at every point: nothing is accepted twice, and "unknown" is said
// exactly where it cannot be known.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { deliver, type DeliverOutcome } from '../deliver.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
} from '../events.ts'
import type { MayProceed } from '../messages.ts'
import { startFaultySmtp, type FaultySmtp, type SmtpFault, type SmtpPhase } from '../testing/faulty-smtp.ts'
import { clearedDelivery, delivery, email } from '../testing/samples.ts'
import { createSmallLog, type SmallLog } from '../testing/small-log.ts'
import { createEmailChannel } from './email-channel.ts'

const LIMITS = { connectMs: 2_000, silenceMs: 400, messageMs: 800 }
/** Where an answer must come: a busy machine gets its time. */
const PATIENT = { connectMs: 30_000, silenceMs: 30_000, messageMs: 30_000 }
type Setup = {
  readonly server: FaultySmtp
  readonly log: SmallLog
  readonly send: (number: number, mayProceed?: MayProceed) => Promise<DeliverOutcome>
}

const withServer = async (
  plan: FaultySmtp['plan'],
  body: (setup: Setup) => Promise<void>,
  { pipelining = false, connectionsMax = 5, limits = LIMITS } = {},
): Promise<void> => {
  const server = await startFaultySmtp({ plan, pipelining })
  const log = createSmallLog()
  const channel = createEmailChannel({
    smtp: { host: '127.0.0.1', port: server.port },
    limits: { ...limits, connectionsMax },
  })
  const send: Setup['send'] = async (number, mayProceed = () => []) =>
    deliver(
      clearedDelivery(delivery(number)),
      {
        append: log.append,
        render: () => Promise.resolve(email()),
        channel,
        mayProceed,
        now: () => 1_000,
        pause: () => Promise.resolve(),
      },
      { backoffMs: 0 },
    )
  try {
    await body({ server, log, send })
  } finally {
    await channel.close()
    await server.close()
  }
}

const PHASES: readonly SmtpPhase[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'content', 'dot']
const certainBefore = (phase: SmtpPhase) => phase !== 'content' && phase !== 'dot'

describe('SMTP faults', { concurrency: true }, () => {
  for (const pipelining of [false, true])
    for (const phase of PHASES) {
      const faults: SmtpFault[] = [
        { at: phase, kind: 'drop' },
        { at: phase, kind: 'drop', rst: true },
        { at: phase, kind: 'silence' },
        { at: phase, kind: 'drip', everyMs: 20 },
        ...(phase === 'dot'
          ? ([
              { at: phase, kind: 'drop', accepted: true },
              { at: phase, kind: 'silence', accepted: true },
              { at: phase, kind: 'drip', everyMs: 20, accepted: true },
            ] as const)
          : []),
      ]
      it(`S1 V10 a lost server in ${phase}${pipelining ? ' with pipelining' : ''} is ${certainBefore(phase) ? 'failed after its retries' : 'unknown and never tried again'}`, async () => {
        await Promise.all(
          faults.map((fault) =>
            withServer(
              () => fault,
              async ({ server, log, send }) => {
                const outcome = await send(1)
                assert.equal(outcome.kind, certainBefore(phase) ? 'failed' : 'unknown', JSON.stringify(fault))
                assert.ok(server.accepted.length <= 1)
                // What counts is how often content left: a slow machine may lose a connection before that.
                if (certainBefore(phase)) assert.equal(server.connections, 4, JSON.stringify(fault))
                else assert.equal(server.offered, 1, JSON.stringify(fault))
                assert.equal(log.ofType(DELIVERY_ATTEMPTED).length, 1)
                assert.equal(log.ofType(certainBefore(phase) ? DELIVERY_FAILED : DELIVERY_UNKNOWN).length, 1)
              },
              { pipelining },
            ),
          ),
        )
      })
    }

  it('S1 V9 a server that hangs is cut off when the channel ends: unknown where the content had left, else failed', async () => {
    for (const at of PHASES) {
      const server = await startFaultySmtp({ plan: () => ({ at, kind: 'silence' }) })
      const limits = { connectMs: 600_000, silenceMs: 600_000, messageMs: 600_000, connectionsMax: 1 }
      const channel = createEmailChannel({ smtp: { host: '127.0.0.1', port: server.port }, limits })
      const log = createSmallLog()
      const ports = { append: log.append, render: () => Promise.resolve(email()), channel, now: () => 1_000 }
      const send = async (number: number) =>
        deliver(clearedDelivery(delivery(number)), { ...ports, mayProceed: () => [], pause: async () => {} })
      const hangs = send(1)
      const waits = send(2)
      while (certainBefore(at) ? server.connections === 0 : server.offered === 0) await sleep(5)
      await channel.close(20)
      assert.equal((await hangs).kind, certainBefore(at) ? 'failed' : 'unknown', at)
      assert.equal((await waits).kind, 'failed', 'it never had a connection')
      assert.ok(server.accepted.length === 0 && server.connections === 1)
      await server.close()
    }
  })

  it('S1 V10 a server that comes back in time gets the message once', async () => {
    for (const phase of PHASES.filter(certainBefore))
      await withServer(
        (connection) => (connection < 2 ? { at: phase, kind: 'drop' } : undefined),
        async ({ server, log, send }) => {
          assert.equal((await send(1)).kind, 'sent')
          assert.equal(server.accepted.length, 1)
          assert.equal(log.ofType(DELIVERY_SENT).length, 1)
        },
      )
  })

  it('V11 a clear refusal is failed: at once for 5xx or once content has left, else after its retries', async () => {
    for (const phase of PHASES.filter((phase) => phase !== 'content' && phase !== 'ehlo'))
      for (const [text, tries] of [
        ['451 4.3.0 later', 4],
        ['554 5.7.1 no', 1],
      ] as const)
        await withServer(
          () => ({ at: phase, kind: 'reply', text }),
          async ({ server, log, send }) => {
            assert.equal((await send(1)).kind, 'failed', `${phase} ${text}`)
            // Once content has left, even a "later" ends it: a server out of step may have taken it all the same.
            if (phase === 'dot') assert.equal(server.offered, 1, text)
            else assert.equal(server.connections, tries, `${phase} ${text}`)
            assert.equal(server.accepted.length, 0)
            assert.equal(log.ofType(DELIVERY_RESPONDED).length, 0)
          },
        )
  })

  it('V12 an address that is gone counts as a bounce, a refusal by policy does not', async () => {
    for (const [text, bounced] of [
      ['550 5.1.1 no such user', 1],
      ['550 no such user', 1],
      ['550 5.7.1 blocked', 0],
      ['552 5.2.2 full', 0],
      ['450 4.2.1 later', 0],
    ] as const)
      await withServer(
        () => ({ at: 'rcpt', kind: 'reply', text }),
        async ({ log, send }) => {
          await send(1)
          assert.equal(log.ofType(DELIVERY_RESPONDED).length, bounced, text)
        },
      )
  })

  it('S1 V10 a slow yes is a yes, and a yes stays one when the connection breaks after it', async () => {
    for (const fault of [
      { at: 'dot', kind: 'slow', ms: 50 },
      { at: 'dot', kind: 'yes_then_rst' },
    ] as const)
      await withServer(
        () => fault,
        async ({ server, send }) => {
          assert.equal((await send(1)).kind, 'sent')
          assert.equal(server.accepted.length, 1)
        },
        { limits: PATIENT },
      )
    await withServer(
      () => ({ at: 'dot', kind: 'slow', ms: 1_100 }),
      async ({ server, send }) => {
        assert.equal((await send(1)).kind, 'unknown')
        assert.equal(server.accepted.length, 1)
      },
    )
  })

  it('S1 V10 replies that nobody asked for never make a message go twice', async () => {
    for (const phase of PHASES.filter((phase) => phase !== 'content'))
      for (const text of ['250 and another', '451 and another', '354 and another'])
        await withServer(
          (_, message) => (message === 0 ? { at: phase, kind: 'extra', text } : undefined),
          async ({ server, send }) => {
            const outcomes = [await send(1), await send(2), await send(3)]
            const recipients = server.accepted.map(({ to }) => to)
            assert.equal(
              new Set(recipients).size,
              recipients.length,
              `${phase} ${text}: ${recipients.join(' ')}`,
            )
            outcomes.forEach(({ kind }, index) => {
              const taken = recipients.includes(`person${index + 1}@example.com`)
              assert.ok(
                kind === 'unknown' || (kind === 'sent') === taken,
                `${phase} ${text}: ${kind}, accepted: ${taken}`,
              )
            })
          },
          { connectionsMax: 1 },
        )
  })

  it('V13 STOP between retries and at the go-ahead for the content keeps the message here', async () => {
    let stopped = false
    const mayProceed: MayProceed = () => (stopped ? [{ code: 'stopped', detail: 'all' }] : [])
    await withServer(
      (connection) => {
        stopped = connection >= 1
        return { at: 'mail', kind: 'drop' }
      },
      async ({ server, log, send }) => {
        assert.equal((await send(1, mayProceed)).kind, 'withheld')
        assert.ok(server.connections <= 2)
        assert.equal(log.ofType(DELIVERY_WITHHELD).length, 1)
      },
    )
    stopped = false
    await withServer(
      () => {
        return undefined
      },
      async ({ server, send }) => {
        let asked = 0
        assert.equal(
          (await send(2, () => (++asked > 2 ? [{ code: 'stopped', detail: 'all' }] : []))).kind,
          'withheld',
        )
        assert.ok(server.commands.includes('DATA'))
        assert.equal(server.accepted.length, 0)
      },
    )
  })

  it('S1 V10 a hundred messages through a server that fails at random: none twice, each with a result', async () => {
    let seed = 7
    const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    const plans = new Map<string, SmtpFault | undefined>()
    const random = (): SmtpFault | undefined => {
      const at = PHASES[Math.floor(next() * PHASES.length)] ?? 'dot'
      if (next() < 0.5) return undefined
      return next() < 0.5
        ? { at, kind: 'drop', accepted: next() < 0.5 }
        : at === 'content'
          ? { at, kind: 'drop' }
          : { at, kind: 'reply', text: next() < 0.5 ? '451 no' : '550 no' }
    }
    await withServer(
      (connection, message) => {
        const key = `${connection}/${message}`
        if (!plans.has(key)) plans.set(key, random())
        return plans.get(key)
      },
      async ({ server, log, send }) => {
        const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => send(index)))
        const recipients = server.accepted.map(({ to }) => to)
        assert.equal(new Set(recipients).size, recipients.length)
        const results = [DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNKNOWN].map(
          (type) => log.ofType(type).length,
        )
        assert.equal(
          results.reduce((sum, count) => sum + count),
          100,
        )
        outcomes.forEach(({ kind }, index) => {
          if (kind !== 'unknown')
            assert.equal(recipients.includes(`person${index}@example.com`), kind === 'sent')
        })
      },
    )
  })
})
