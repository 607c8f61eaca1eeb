// Rules KP9 to KP11: how campaigns share out their actions.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import { CAMPAIGNS_APPLIED, DECISION_MADE } from '../decision/events.ts'
import {
  createActionWatch,
  dueActionAlarms,
  dumpActionWatch,
  foldActionWatch,
  openActionAlarms,
  restoreActionWatch,
  type ActionWatch,
} from './action-watch.ts'
import type { ActionsShifted } from './events.ts'

const IDS = ['nothing', 'tea', 'coffee'] as const
const LEARNS = { kind: 'thompson', explorationFloor: 0.05 }

let offset = 0
const eventOf = (type: string, at: number, data: unknown): LogEvent => ({
  offset: ++offset,
  id: `e${offset}`,
  type,
  key: '',
  at,
  data,
})

const applied = (more: object = {}): LogEvent =>
  eventOf(CAMPAIGNS_APPLIED, 0, { version: 'v', campaigns: [{ id: 'mail', name: 'Mail', ...more }] })

type Day = {
  readonly shares: readonly number[]
  readonly more?: object
  readonly count?: number
}

/** A day's decisions with probabilities around the shares; people differ. */
const decide = (watch: ActionWatch, day: number, { shares, more, count = 120 }: Day): void => {
  const rng = createRng(`day ${day}`)
  for (let i = 0; i < count; i++) {
    const weights = shares.map((share) => share * (0.6 + 0.8 * rng.uniform()))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const at = day * DAY_MS + i * 1_000
    const made = {
      campaignId: 'mail',
      at,
      group: 'treated',
      policy: LEARNS,
      modelVersion: `hashed-1-r0-n${day * 100 + i}`,
      candidates: weights.map((weight, a) => ({ actionId: IDS[a], probability: weight / total })),
      ...more,
    }
    foldActionWatch(watch, eventOf(DECISION_MADE, at, made))
  }
}

/** What is due, recorded as the shell would. */
const record = (watch: ActionWatch, now: number): readonly ActionsShifted[] => {
  const due = dueActionAlarms(watch, now)
  for (const event of due) foldActionWatch(watch, eventOf(event.type, now, event.data))
  return due.map(({ data }) => data as ActionsShifted)
}

/** Plays days one after the other; alarms by the day on which they were told. */
const play = (days: readonly (Day | LogEvent)[], watch = createActionWatch()) => {
  foldActionWatch(watch, applied())
  const told: (ActionsShifted & { readonly toldOn: number })[] = []
  let day = 100
  for (const one of days) {
    if ('type' in one) {
      foldActionWatch(watch, one)
      continue
    }
    decide(watch, day, one)
    told.push(...record(watch, day * DAY_MS + DAY_MS / 2).map((alarm) => ({ ...alarm, toldOn: day })))
    day++
  }
  return { watch, told }
}

const USUAL: Day = { shares: [0.5, 0.3, 0.2] }
const TURNED: Day = { shares: [0.2, 0.15, 0.65] }
const COLLAPSED: Day = { shares: [0.96, 0.02, 0.02] }
const week = (day: Day, times = 8): Day[] => Array.from({ length: times }, () => day)

describe('how actions are shared out', () => {
  it('KP9 a day unlike those before is told once, with the action that moved most', () => {
    const { told, watch } = play([...week(USUAL), TURNED, ...week(TURNED, 3)])
    assert.equal(told[0]?.kind, 'shifted')
    assert.equal(told[0]?.day, 108)
    assert.equal(told[0]?.toldOn, 109)
    assert.equal(told[0]?.actionId, 'coffee')
    assert.ok(told[0]?.share > 0.6 && told[0]?.usualShare < 0.25 && told[0]?.distance > 0.25)
    assert.equal(told.length, 1, 'what was told is usual from then on')
    assert.equal(openActionAlarms(watch, 109.5 * DAY_MS).length, 1)
    assert.equal(openActionAlarms(watch, 110.5 * DAY_MS).length, 0)
  })

  it('KP9 nearly all to one action is told once, until there has been variety again', () => {
    const { told } = play([...week(USUAL), ...week(COLLAPSED, 4), ...week(USUAL, 12), ...week(COLLAPSED, 2)])
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['collapsed', 'shifted', 'collapsed'],
    )
    const collapses = told.filter(({ kind }) => kind === 'collapsed')
    assert.deepEqual(
      collapses.map(({ day, actionId }) => [day, actionId]),
      [
        [108, 'nothing'],
        [124, 'nothing'],
      ],
    )
    assert.ok((collapses[0]?.share ?? 0) >= 0.9 && (collapses[0]?.usualShare ?? 1) < 0.6)
  })

  it('KP10 another campaign, policy or reset of the model, holdout and challengers raise nothing', () => {
    const quiet = (change: readonly (Day | LogEvent)[]) =>
      assert.deepEqual(play([...week(USUAL), ...change, ...week(USUAL, 0)]).told, [])
    quiet([applied({ name: 'Other mail' }), ...week(TURNED, 4)])
    quiet(week({ ...TURNED, more: { policy: { ...LEARNS, explorationFloor: 0.1 } } }, 4))
    quiet(week({ ...TURNED, more: { modelVersion: 'hashed-1-r1-n5' } }, 4))
    quiet(week({ ...COLLAPSED, more: { group: 'holdout' } }, 4))
    quiet(week({ ...COLLAPSED, more: { rollout: { arm: 'challenger', challengerId: 'c', share: 0.2 } } }, 4))
    quiet([{ ...TURNED, count: 20 }, ...week(USUAL, 1)])
  })

  it('KP10 a policy that learns, a fixed one, and one that was so from the first days on raise nothing', () => {
    const learning = Array.from({ length: 25 }, (_, i): Day => {
      const best = 0.34 + 0.5 * (1 - Math.exp(-i / 5))
      return { shares: [(1 - best) / 2, (1 - best) / 2, best] }
    })
    assert.deepEqual(play(learning).told, [])
    assert.deepEqual(play(week({ shares: [0.02, 0.02, 0.96] }, 12)).told, [])
  })

  it('KP11 the same log gives the same alarms from a dump in the middle, and each once', () => {
    const days = [...week(USUAL), ...week(TURNED, 2)]
    const whole = play(days)
    const halfway = createActionWatch()
    foldActionWatch(halfway, applied())
    for (let i = 0; i < 8; i++) decide(halfway, 100 + i, USUAL)
    const restored = restoreActionWatch(structuredClone(dumpActionWatch(halfway)))
    decide(restored, 108, TURNED)
    decide(restored, 109, TURNED)
    assert.deepEqual(record(restored, 109.5 * DAY_MS), whole.watch.found)
    assert.deepEqual(dumpActionWatch(restored), dumpActionWatch(whole.watch))
    assert.deepEqual(record(restored, 109.6 * DAY_MS), [])
    foldActionWatch(restored, eventOf(CAMPAIGNS_APPLIED, 0, { version: 'w', campaigns: [] }))
    assert.equal(restored.campaigns.size, 0)
  })
})
