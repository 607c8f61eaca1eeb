// What is said of the demo's shop, heard by the watch with the demo's plan: crises are found, and little else.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BRAND_APPLIED } from '../brand/events.ts'
import { present } from '../kernel/assert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { WIDE } from '../kernel/testing/wide.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState } from '../loop.ts'
import { createTalk } from '../sim/talk.ts'
import { alarmsOf, wordsIn } from '../stages/brand/alarms.ts'
import { brandTurn } from '../stages/brand/brand-turn.ts'
import { brandExecutors } from '../stages/brand/executors.ts'
import { createHearing } from '../stages/brand/hearing.ts'
import { createGovernor } from '../stages/governor.ts'
import { loopExecutors } from '../stages/governed-executors.ts'
import { createCtx, manualClock } from './clock.ts'
import { demoPlanYaml, readPlan } from './demo-plan.ts'

const START = Date.UTC(2026, 2, 2)
const DAYS = 40
const options = { seed: 'lighthouse', from: START, quietDays: 6, everyDays: 6 }

describe('talk of the demo', () => {
  it('X40 says the same for the same seed, whatever the pieces it is asked in', () => {
    const whole = createTalk(options).between(START, START + 8 * DAY_MS)
    const pieces = createTalk(options)
    const told = Array.from({ length: 8 * 24 }, (_, hour) =>
      pieces.between(START + hour * HOUR_MS, START + (hour + 1) * HOUR_MS),
    ).flat()
    assert.ok(whole.length > 300)
    assert.deepEqual(told, whole)
    assert.notDeepEqual(createTalk({ ...options, seed: 'x' }).between(START, START + DAY_MS), whole)
  })

  it(
    'X41 its crises are found within two hours, its happy days are no alarm, and all stands down (wide)',
    WIDE,
    async () => {
      const clock = manualClock(START)
      const loop = createLoop({ log: createMemoryLog(), ctx: createCtx(clock, 'talk'), state: createState() })
      const brand = present(readPlan(demoPlanYaml()).brand ?? null, 'a watch')
      await loop.record([
        { id: 'b', type: BRAND_APPLIED, key: '', at: START, data: { version: 'v1', brand } },
      ])
      const hearing = createHearing(loop)
      const post = async () => ({ detail: '200' })
      const calls: Promise<void>[] = []
      const governor = createGovernor({
        loop,
        executors: new Map([...loopExecutors(loop.state), ...brandExecutors(loop.state, post)]),
        report: (error) => assert.fail(String(error)),
      })
      const talk = createTalk(options)
      for (let at = START; at < START + DAYS * DAY_MS; at += 10 * MINUTE_MS) {
        clock.set(at + 10 * MINUTE_MS)
        const items = talk.between(at, at + 10 * MINUTE_MS)
        if (items.length > 0) await hearing.hear('talk', items)
        await brandTurn({
          loop,
          post,
          wordsIn,
          alarms: (now) => alarmsOf(loop.state.brand, now),
          beside: (call) => void calls.push(call),
        })
        await Promise.all(calls.splice(0))
        await governor.run()
      }
      const { closed, open } = loop.state.brand.incidents
      const pages = [...closed, ...open.values()].filter(({ kind }) => kind === 'crisis')
      const planted = talk.shocks(START, START + DAYS * DAY_MS).filter(({ kind }) => kind === 'crisis')
      assert.ok(planted.length >= 2)
      for (const { from } of planted)
        assert.ok(
          pages.some(({ at }) => at > from && at <= from + 2 * HOUR_MS),
          `nobody was called for ${new Date(from).toISOString()}`,
        )
      assert.equal(pages.length, planted.length)
      assert.equal(open.size, 0)
    },
  )
})
