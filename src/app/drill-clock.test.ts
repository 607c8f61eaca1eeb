// Rule GD1: STOP is tried once a week by itself, and what did not hold is told.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Actor, type Drilled, DRILLED } from '../governance/events.ts'
import { Failure } from '../kernel/failure.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState } from '../loop.ts'
import { createCtx, manualClock } from './clock.ts'
import { createDrillClock } from './drill-clock.ts'

const PASSED: Omit<Drilled, 'by'> = {
  surfaces: [{ surface: 'http', tries: 20, p50Ms: 3, p99Ms: 9, maxMs: 9 }],
  passed: true,
}

describe('the weekly drill', () => {
  it('GD1 comes when none was made for seven days, whoever made the last, and never two at once', async () => {
    const { clock, drills, weekly, made } = start(PASSED)
    await Promise.all([weekly.tick(), weekly.tick()])
    assert.deepEqual(made(), ['machine'])
    clock.set(clock.now() + 7 * DAY_MS - HOUR_MS)
    await weekly.tick()
    assert.equal(made().length, 1)
    await drills({ kind: 'user', id: 'anna', name: 'Anna', role: 'owner' })
    clock.set(clock.now() + 2 * DAY_MS)
    await weekly.tick()
    assert.deepEqual(made(), ['machine', 'user'])
    clock.set(clock.now() + 5 * DAY_MS)
    await weekly.tick()
    assert.deepEqual(made(), ['machine', 'user', 'machine'])
    await weekly.close()
  })

  it('GD1 while everything is stopped it is put off, in silence, to the next hour', async () => {
    const { loop, weekly, reports } = start(new Failure({ code: 'drill.stopped', message: 'Stopped.' }))
    await weekly.tick()
    assert.equal(loop.state.governance.drills.length, 0)
    assert.deepEqual(reports, [])
    await weekly.close()
  })
})

function start(outcome: Omit<Drilled, 'by'> | Failure) {
  const clock = manualClock(Date.UTC(2026, 4, 4))
  const log = createMemoryLog({ roundTrip: true })
  const loop = createLoop({ log, ctx: createCtx(clock, 'drill'), state: createState() })
  const reports: string[] = []
  const drills = async (by: Actor): Promise<Drilled> => {
    if (outcome instanceof Failure) throw outcome
    const data: Drilled = { ...outcome, by }
    await loop.record([{ id: loop.ctx.newId(), type: DRILLED, key: '', at: loop.ctx.now(), data }])
    return data
  }
  const weekly = createDrillClock(loop, drills, (error) => {
    reports.push(error instanceof Failure ? error.code : String(error))
  })
  return {
    clock,
    loop,
    drills,
    weekly,
    reports,
    made: () => loop.state.governance.drills.map(({ by }) => by.kind),
  }
}
