// The log takes nothing: people are told all the same, and it is written down when it can be.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMemoryLog } from '../../log/index.ts'
import { createLoop, createState } from '../../loop.ts'
import type { Letter } from '../../stages/notifying.ts'
import { person } from '../../stages/testing/office.ts'
import { createCtx, manualClock } from '../clock.ts'
import { createTroubleCall } from './trouble-call.ts'

describe('trouble with the log', () => {
  it('NT14 owners and engineers are told without a record, once an hour, and it is recorded afterwards', async () => {
    const clock = manualClock(1_780_000_000_000)
    const loop = createLoop({
      log: createMemoryLog(),
      ctx: createCtx(clock, 'trouble'),
      state: createState(),
    })
    let troubles = [{ kind: 'disk_full', detail: 'The disk is full.' }]
    let realNow = 0
    const told: string[] = []
    const people = [person('olga', 'owner'), person('egor', 'engineer'), person('anna', 'approver')]
    const call = createTroubleCall({
      loop,
      troubles: () => troubles,
      report: (error) => assert.fail(String(error)),
      people: () => people,
      realNow: () => realNow,
      letters: { state: loop.state, now: clock.now, publicUrl: () => 'http://x', linkTo: () => '' },
      ways: new Map([
        [
          'mail',
          {
            name: 'mail' as const,
            tell: async ({ title, lines }: Letter, to: string) => {
              told.push(`${to}: ${title}; ${lines[0]}`)
              return 'ok'
            },
            close: async () => undefined,
          },
        ],
      ]),
    })
    await call.look()
    await call.look()
    assert.deepEqual(told, [
      'olga: Windvane cannot write its log; The disk is full.',
      'egor: Windvane cannot write its log; The disk is full.',
    ])
    assert.equal(loop.log.head(), 0)
    realNow = 3_600_001
    await call.look()
    assert.equal(told.length, 4)
    troubles = []
    await call.look()
    await call.look()
    assert.deepEqual(
      loop.state.notices.asides.map(({ userId, way, status }) => `${userId} ${way} ${status}`),
      ['olga mail done', 'egor mail done', 'olga mail done', 'egor mail done'],
    )
    assert.equal(told.length, 4)
  })
})
