// A playbook at work in a process that is killed again and again, with a source that is dead and a receiver that
// often takes a call and never answers: each step happens at most once, and what is not known is shown.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Brand } from '../../src/api/contract.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { openedEvent } from '../../src/stages/brand/brand-turn.ts'
import { alarm } from '../../src/stages/testing/brand-story.ts'
import { closeAtEnd, open, start, tempFolder, until, type Child } from './serving.ts'

const KILLS = process.env['WINDVANE_LONG'] === '1' ? 30 : 3
const CALLS = 6

const planOf = (port: number): string => `
business: {name: Shop, time_zone: UTC, currency: EUR}
sender: {name: Shop, email: shop@shop.example, footer: 'Street 1 <a href="{{ links.unsubscribe }}">Unsubscribe</a>'}
creatives:
  promo: {channel: email, approved_by: anna, en: {subject: Summer sale on kettles, body: Kettles for less}}
  care: {channel: email, approved_by: anna, tone: empathetic, en: {subject: We are here, body: Ask us anything}}
campaigns:
  - {id: sale, name: Sale, goal: {event: Order Completed}, trigger: {event: Visit}, actions: [{channel: email, creatives: [promo, care]}]}
brand:
  entities: [{id: shop, names: [Shop]}]
  webhook: http://127.0.0.1:${port}/calls
  sources:
    - {id: dead, kind: rss, from: 'http://127.0.0.1:1/feed', every: 1m}
  playbooks:
    - id: storm
      name: Storm
      when: incident.kind == "crisis"
      steps:
        - notify: [duty-0]
        - pause: {channels: [email]}
${Array.from({ length: CALLS - 1 }, (_, n) => `        - {notify: [duty-${n + 1}], after: ${n + 1}s}`).join('\n')}
        - {tone: empathetic, after: 2s}
        - {hold_words: [kettle], after: 3s}
        - statement: {en: We are looking into it.}
      stand_down: {calm: 1h, every: 10m}
`

/** Answers every other call; of the others it has the words and says nothing. */
const startReceiver = async (): Promise<{ readonly port: number; readonly heard: Map<string, number> }> => {
  const heard = new Map<string, number>()
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      heard.set(id, (heard.get(id) ?? 0) + 1)
      if (heard.size % 2 === 0) response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAtEnd(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, heard }
}

const stepsOf = async (server: Child) => {
  const { json } = await server.ask('GET', '/api/brand')
  const { incidents } = json as Brand
  return incidents.flatMap(({ steps }) => steps)
}

describe('a playbook in a process that dies', () => {
  it(
    `S1 BW26 E80 ${KILLS} kills in the middle of it: no step twice, what is uncertain is shown, a dead source is told once (wide)`,
    WIDE,
    async (t) => {
      const receiver = await startReceiver()
      const dir = tempFolder()
      writeFileSync(join(dir, 'windvane.yaml'), 'brand: { hostsAllowed: [127.0.0.1] }\n')
      const prepared = await open({ dir })
      await prepared.apply(planOf(receiver.port))
      const { keys } = prepared
      await prepared.close()
      // The alarm falls while nothing runs: all of the playbook happens in processes that may die.
      const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
      await opened.loop.record([
        openedEvent({ loop: opened.loop, wordsIn: () => [] }, alarm({ since: Date.now() - 600_000 }), ''),
      ])
      await opened.close()

      const rng = createRng('playbook kills')
      let server = await start({ dir, keys })
      for (let kill = 0; kill < KILLS; kill++) {
        await sleep(200 + rng.below(2_000))
        server.process.kill('SIGKILL')
        await until(() => server.process.signalCode !== null, { what: 'the process to be gone' })
        server = await start({ dir, keys })
      }
      await until(
        async () => (await stepsOf(server)).every(({ status }) => !['due', 'begun'].includes(status)),
        {
          what: 'every step to have an end',
          ms: 60_000,
        },
      )
      const steps = await stepsOf(server)
      await server.end()
      t.diagnostic(steps.map(({ kind, status }) => `${kind} ${status}`).join(', '))

      assert.deepEqual(
        [...receiver.heard].filter(([, times]) => times > 1),
        [],
        'a call was made twice',
      )
      const calls = steps.filter(({ kind }) => kind === 'notify')
      assert.equal(calls.length, CALLS)
      for (const { status } of calls) assert.match(status, /^(?:done|unknown)$/)
      // Whoever was called and did not answer in time, or whose answer died with the process, is not called done.
      assert.ok(calls.filter(({ status }) => status === 'done').length <= Math.ceil(receiver.heard.size / 2))
      assert.ok(calls.some(({ status }) => status === 'unknown'))
      assert.deepEqual(
        steps.filter(({ kind }) => kind !== 'notify').map(({ kind, status }) => `${kind} ${status}`),
        ['pause done', 'tone done', 'hold_words done', 'statement waiting'],
      )

      const again = await openLoop({ dir, ctx: createCtx(systemClock) })
      const counts = new Map<string, number>()
      for await (const events of again.loop.log.read())
        for (const { type, data } of events) {
          if (!/^(?:hold\.|brand\.|governance\.proposed)/.test(type)) continue
          const { holdId, incidentId, step, source, title } = data as Readonly<Record<string, unknown>>
          const what = [type, holdId, incidentId, step, source, title]
            .map((part) => (typeof part === 'object' ? JSON.stringify(part) : `${part as string | number}`))
            .filter((part) => part !== 'undefined')
            .join(' ')
          counts.set(what, (counts.get(what) ?? 0) + 1)
        }
      await again.close()
      const once = [...counts].filter(([what]) =>
        /^(?:hold|brand\.(?:incident_opened|notice|source_failed)|governance)/.test(what),
      )
      assert.deepEqual(
        once.filter(([, times]) => times > 1),
        [],
      )
      assert.ok(once.some(([what]) => what === 'brand.source_failed.v1 dead'))
      assert.equal(once.filter(([what]) => what.startsWith('hold.placed')).length, 3)
      assert.equal(once.filter(([what]) => what.startsWith('governance.proposed')).length >= 1, true)
    },
  )
})
