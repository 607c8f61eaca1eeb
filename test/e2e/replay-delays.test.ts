// Decisions of a campaign that learns from results which come days late, by the time they are known to take: made again
// from the log they are the same bytes, and they are others where nothing is known of delays.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { createCtx, manualClock } from '../../src/app/clock.ts'
import { openLoop, type OpenLoop } from '../../src/app/open-loop.ts'
import { planFacts } from '../../src/app/plan-facts.ts'
import { parsePlan, planInForce } from '../../src/app/plan.ts'
import type { ReplayReport } from '../../src/app/replay.ts'
import { present } from '../../src/kernel/assert.ts'
import { canonicalJson } from '../../src/kernel/json.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/time.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type CampaignsApplied,
  type DecisionMade,
} from '../../src/decision/events.ts'
import { addressHash } from '../../src/app/address-hash.ts'
import { openKeys } from '../../src/app/keys.ts'
import { dueOutcomes } from '../../src/feedback/index.ts'
import { NO_OUTSIDE_STOPS } from '../../src/guardrail/index.ts'
import { SYSTEM_STARTED } from '../../src/guardrail/events.ts'
import { decodeDump, encodeDump, type LogEvent } from '../../src/log/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../../src/loop.ts'
import { redecide } from '../../src/stages/deciding.ts'
import { answerPlacement } from '../../src/stages/placement.ts'
import type { AddressHash } from '../../src/stages/recipient.ts'
import { shopPlan } from './plans.ts'
import { MAIN, NOON, tempFolder } from './serving.ts'

const DAYS = 10
const STEP_MS = 4 * HOUR_MS
const ASKED = 12
const PEOPLE = 60
/** Chance of an order by what was shown, within a window of five days. */
const CHANCES: Readonly<Record<string, number>> = { 'banner/now': 0.6, 'tile/now': 0.3, nothing: 0.1 }
const MEAN_WAIT_MS = 1.5 * DAY_MS

const PLAN = shopPlan({
  more: `
  - id: late
    goal: {event: Order Completed, value: count, window: 5d, delays: learnt}
    trigger: {placement: late}
    actions: [{creatives: [banner, tile], channel: onsite}]
    policy: {kind: squarecb, floor: 0.05}
`.replace(/^\n/, ''),
}).replace(
  'campaigns:\n',
  `  tile:
    channel: onsite
    approved_by: anna
    en: {title: 'Look here'}
campaigns:
`,
)

const receive = (opened: OpenLoop, batch: readonly object[]) => {
  const value = { batch }
  const text = JSON.stringify(value)
  return opened.loop.receive({
    endpoint: 'batch',
    body: { text, value, bytes: text.length },
    source: 'test',
    strict: true,
  })
}

const begin = async ({ loop }: OpenLoop): Promise<void> => {
  const { plan, problems } = parsePlan(PLAN, planInForce(loop.state))
  assert.deepEqual(problems, [])
  const facts = planFacts(planInForce(loop.state), present(plan, 'a plan without problems'))
  const started = { type: SYSTEM_STARTED, data: { channels: ['onsite'], mode: 'live' } }
  await loop.record(
    [started, ...facts].map(({ type, data }) => ({
      id: loop.ctx.newId(),
      type,
      key: '',
      at: loop.ctx.now(),
      data,
    })),
  )
}

/** Days of visits and late orders; the bytes of the state half way. */
const live = async (opened: OpenLoop, clock: ReturnType<typeof manualClock>, hash: AddressHash) => {
  const { loop } = opened
  const rng = createRng('late orders')
  const orders: { readonly at: number; readonly userId: string; readonly decisionId: string }[] = []
  const ports = { loop, hash, outside: () => NO_OUTSIDE_STOPS, render: async () => ({}) }
  let half = new Map<string, Buffer>()
  const ends = NOON + DAYS * DAY_MS
  let orderId = 0
  for (let at = NOON + STEP_MS; at <= ends; at += STEP_MS) {
    clock.set(at)
    const come = orders.filter((order) => order.at <= at && order.at > at - STEP_MS)
    if (come.length > 0)
      await receive(
        opened,
        come.map(({ userId, decisionId }) => ({
          type: 'track',
          userId,
          event: 'Order Completed',
          messageId: `order-${++orderId}`,
          timestamp: new Date(at).toISOString(),
          properties: { order_id: `o${orderId}`, revenue: 20, decision_id: decisionId },
        })),
      )
    const outcomes = dueOutcomes(loop.state.feedback, at, 5_000)
    if (outcomes.length > 0) await loop.record(outcomes)
    for (let i = 0; i < ASKED; i++) {
      const userId = `u${rng.below(PEOPLE)}`
      const { decisionId, actionId } = await answerPlacement(ports, {
        placement: 'late',
        userId,
        context: {},
      })
      const [luck, wait] = [rng.uniform(), -Math.log(1 - rng.uniform()) * MEAN_WAIT_MS]
      if (decisionId !== null && luck < (CHANCES[actionId] ?? 0))
        orders.push({ at: at + wait, userId, decisionId })
    }
    if (at === NOON + (DAYS / 2) * DAY_MS) half = bytesOf(loop.state)
  }
  return { half }
}

const bytesOf = (state: LoopState): Map<string, Buffer> =>
  new Map(Object.entries(dumpState(state)).map(([name, dump]) => [name, Buffer.from(encodeDump(dump))]))

const stateOf = (bytes: ReadonlyMap<string, Buffer>): LoopState =>
  restoreState(Object.fromEntries([...bytes].map(([name, buffer]) => [name, decodeDump(buffer)])))

type Again = {
  readonly same: number
  readonly differing: number
  /** Decisions of which some probability is another by more than .01, and the farthest. */
  readonly moved: number
  readonly farthest: number
}

/** Makes the decisions that follow `state` again while it takes in these events, and compares them with those on record. */
const makeAgain = (state: LoopState, events: readonly LogEvent[], hash: AddressHash): Again => {
  const records = events.filter(({ type }) => type === DECISION_MADE).map(({ data }) => data as DecisionMade)
  const byOffset = Map.groupBy(records, ({ asOf }) => asOf)
  let [same, differing, moved, farthest] = [0, 0, 0, 0]
  const check = (offset: number): void => {
    for (const record of byOffset.get(offset) ?? []) {
      const made = redecide(state, record, hash)
      if (made !== null && canonicalJson(made) === canonicalJson(record)) same++
      else differing++
      const off = record.candidates.map(({ probability }, i) =>
        Math.abs(probability - (made?.candidates[i]?.probability ?? probability)),
      )
      if (Math.max(...off) > 0.01) moved++
      farthest = Math.max(farthest, ...off)
    }
  }
  const from = state.offset
  check(from)
  for (const event of events) {
    if (event.offset <= from) continue
    foldEvent(state, event)
    check(event.offset)
  }
  return { same, differing, moved, farthest }
}

/** The same past, in which nobody asked for learnt delays. */
const waiting = (event: LogEvent): LogEvent => {
  if (event.type !== CAMPAIGNS_APPLIED) return event
  const { campaigns } = event.data as CampaignsApplied
  return {
    ...event,
    data: { campaigns: campaigns.map((one) => ({ ...one, goal: { ...one.goal, delays: 'wait' } })) },
  }
}

describe('a life of late results replayed', () => {
  it('S6 F14 decisions that hang on learnt delays are made again to the byte, from the log and from a snapshot', async () => {
    const dir = tempFolder()
    const clock = manualClock(NOON)
    const hash = addressHash(openKeys(dir).addressSecret)
    const opened = await openLoop({ dir, ctx: createCtx(clock, 'late') })
    await begin(opened)
    const { half } = await live(opened, clock, hash)
    const { counts } = opened.loop.state.feedback
    const events: LogEvent[] = []
    for await (const page of opened.loop.log.read()) events.push(...page)
    const expected = bytesOf(opened.loop.state)
    await opened.close()

    const decisions = events.filter(({ type }) => type === DECISION_MADE).length
    assert.equal(decisions, ((DAYS * DAY_MS) / STEP_MS) * ASKED)
    assert.ok(counts.early > 400, `${counts.early} lessons of open decisions`)

    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [MAIN, 'replay', '--data', dir, '--json'],
      { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    )
    assert.equal(status, 0, stderr)
    const report = JSON.parse(stdout) as ReplayReport
    assert.deepEqual(
      [report.decisions, report.identical, report.fromRecord],
      [decisions, decisions, decisions],
    )

    const later = stateOf(half)
    const { same, differing } = makeAgain(later, events, hash)
    assert.ok(same > decisions / 3, `${same} decisions after the snapshot`)
    assert.equal(differing, 0)
    for (const [name, bytes] of bytesOf(later)) assert.ok(expected.get(name)?.equals(bytes), name)

    // Without what is known of delays most of them would have been others: this test can fail.
    const patient = makeAgain(createState(), events.map(waiting), hash)
    assert.ok(patient.moved > decisions / 4, `${patient.moved} of ${decisions} drawn otherwise`)
    assert.ok(patient.farthest > 0.1, `by ${patient.farthest}`)
    console.log(
      `${decisions} decisions, ${counts.early} lessons of open ones; ${report.identical} byte-identical from the log, ${same} of ${same} from a snapshot; ` +
        `${patient.moved} would have been drawn otherwise by waiting, a probability by up to ${patient.farthest.toFixed(2)}`,
    )
  })
})
