// Rule GD1: a drill puts on record what it measured, and a surface that does not hold too; it stops nothing real and leaves
// nothing behind.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Actor } from '../governance/events.ts'
import { NO_OUTSIDE_STOPS } from '../guardrail/index.ts'
import { isFailure } from '../kernel/failure.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState } from '../loop.ts'
import { createCtx, manualClock } from './clock.ts'
import { createDrill } from './drill.ts'
import { stopFileIn } from './stop-file.ts'

const ANNA: Actor = { kind: 'user', id: 'anna', name: 'Anna', role: 'owner' }
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

describe('the drill', () => {
  it('GD1 a surface that cannot be reached is on record as one that did not hold, and people are told', async () => {
    const { loop, drill, dir } = start({ patienceMs: 5_000 })
    const { passed, surfaces } = await drill(ANNA)
    assert.equal(passed, false)
    const http = surfaces.find(({ surface }) => surface === 'http')
    assert.equal(http?.tries, 1)
    assert.ok((http?.maxMs ?? 0) >= 5_000, `${http?.maxMs}`)
    assert.equal(surfaces.find(({ surface }) => surface === 'file')?.tries, 20)
    assert.deepEqual(
      loop.state.governance.drills.map(({ passed: one, by }) => [one, by.id]),
      [[false, 'anna']],
    )
    assert.deepEqual(
      [...loop.state.notices.open.values()].map(({ kind, isUrgent }) => [kind, isUrgent]),
      [['drill', true]],
    )
    assert.deepEqual(stopsIn(dir), [])
    assert.equal(loop.state.guardrail.stops.size, 0)
    rmSync(dir, { recursive: true })
  })

  it('GD1 one that the end of the server breaks off puts nothing on record and leaves no STOP', async () => {
    let isEnding = false
    const { loop, drill, dir } = start({ patienceMs: 60_000, isEnding: () => isEnding })
    const ended = assert.rejects(drill(ANNA), (error) => isFailure(error, 'drill.ended'))
    setTimeout(() => (isEnding = true), 50)
    await ended
    assert.equal(loop.state.governance.drills.length, 0)
    assert.deepEqual(stopsIn(dir), [])
    rmSync(dir, { recursive: true })
  })
})

const stopsIn = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('STOP'))

function start({ patienceMs = 20_000, isEnding = () => false }) {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-drill-'))
  const loop = createLoop({
    log: createMemoryLog({ roundTrip: true }),
    ctx: createCtx(manualClock(Date.UTC(2026, 4, 4)), 'drill'),
    state: createState(),
  })
  const files = stopFileIn(dir)
  const drill = createDrill({
    loop,
    dir,
    outside: () => ({ ...NO_OUTSIDE_STOPS, externalStops: files.list().map(({ scope }) => scope) }),
    url: () => NOWHERE,
    token: 'none',
    isEnding,
    patienceMs,
  })
  return { loop, dir, drill }
}
