// The product told to end while its mail server has fallen silent in the middle of messages.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { startFaultySmtp, type SmtpPhase } from '../../src/delivery/testing/faulty-smtp.ts'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { inspectMailing } from './mailing-check.ts'
import { MAILING_PLAN } from './mailing.ts'
import { askForMail, introduce, newRecipients, noteMail, upTo } from './mailing-people.ts'
import { applyPlan, startProduct } from './product.ts'

/** Under way at once; the rest waits in the outbox. */
const PEOPLE = 12
/** Without a bound it would wait ten minutes for the server. Sending is given ten seconds; the rest is for a busy machine. */
const END_MS_MAX = 80_000

describe('a mail server that hangs', () => {
  it(
    'S1 V3 does not keep the product from ending; what it leaves open is unknown, what it certainly did not take is not (wide)',
    WIDE,
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'windvane-hung-'))
      const people = newRecipients()
      let message = 0
      /** Silent before the content for some, after it for others. */
      const phaseOf = (): SmtpPhase => (message++ % 2 === 0 ? 'rcpt' : 'dot')
      const phases = new Map<number, SmtpPhase>()
      const server = await startFaultySmtp({
        plan: (connection) => {
          if (!phases.has(connection)) phases.set(connection, phaseOf())
          return { at: phases.get(connection) ?? 'dot', kind: 'silence' }
        },
        onAccepted: (mail) => noteMail(people, mail, performance.now()),
      })
      writeFileSync(
        join(dir, 'windvane.yaml'),
        `publicUrl: https://shop.example\nsmtp: { host: 127.0.0.1, port: ${server.port}, connections: ${PEOPLE} }\n`,
      )
      const product = await startProduct({ dir })
      await applyPlan(product, MAILING_PLAN)
      await introduce(product, PEOPLE)
      await askForMail(product, 'mailing', upTo(PEOPLE))
      for (let waited = 0; server.connections < PEOPLE && waited < 60_000; waited += 50) await sleep(50)
      assert.equal(server.connections, PEOPLE)
      const toldAt = performance.now()
      await product.end()
      const endedMs = performance.now() - toldAt
      assert.ok(endedMs < END_MS_MAX, `it took ${endedMs.toFixed(0)} ms to end`)
      // Whatever could not be written down in time is, by the next start.
      const again = await startProduct({ dir, port: product.port, keys: product.keys })
      await again.kill()
      await server.close()
      const found = await inspectMailing(dir, people)
      assert.equal(found.attempts, PEOPLE)
      assert.equal(found.unsettled, 0)
      assert.equal(found.settledTwice, 0)
      assert.equal(found.sent, 0)
      assert.ok(found.unknownByCrash + found.unknownByServer >= PEOPLE / 2)
      rmSync(dir, { recursive: true, force: true })
    },
  )
})
