// A shop with a playbook, on a loop with a clock moved by hand: what tests of the brand watch play on.

import assert from 'node:assert/strict'
import { createCtx, manualClock } from '../../app/clock.ts'
import { parsePlan, planInForce } from '../../app/plan.ts'
import { planFacts } from '../../app/plan-facts.ts'
import type { IncidentEvidence } from '../../brand/events.ts'
import { checkAction } from '../../guardrail/index.ts'
import { action, check } from '../../guardrail/testing/examples.ts'
import { present } from '../../kernel/assert.ts'
import { Failure } from '../../kernel/failure.ts'
import { asActionId, asCampaignId, asCreativeId } from '../../kernel/ids.ts'
import { MINUTE_MS } from '../../kernel/time.ts'
import { createMemoryLog } from '../../log/index.ts'
import type { EventLog } from '../../log/port.ts'
import { createLoop, createState, type LoopState } from '../../loop.ts'
import { createGovernor } from '../governor.ts'
import { loopExecutors } from '../governed-executors.ts'
import { brandTurn, type Alarm } from '../brand/brand-turn.ts'
import { brandExecutors } from '../brand/executors.ts'
import type { BrandNotice, BrandPost } from '../brand/post.ts'

export const START = Date.parse('2026-06-01T12:00:00Z')

export const PLAN = `
business: {name: Shop, time_zone: UTC, currency: EUR}
sender: {name: Shop, email: shop@shop.example, footer: Street 1}
creatives:
  promo: {channel: email, approved_by: anna, en: {subject: Summer sale on kettles, body: Kettles for less}}
  care: {channel: email, approved_by: anna, tone: empathetic, en: {subject: We are here, body: Ask us anything}}
  receipt: {channel: email, approved_by: anna, en: {subject: Your order, body: Thank you}}
campaigns:
  - {id: sale, name: Sale, goal: {event: Order Completed}, trigger: {event: Visit}, actions: [{channel: email, creatives: [promo, care]}]}
  - {id: order, name: Order, service: true, goal: {event: Order Completed}, trigger: {event: Order Completed}, actions: [{channel: email, creative: receipt}]}
brand:
  entities: [{id: shop, names: [Shop]}]
  playbooks:
    - id: storm
      name: Storm
      when: incident.kind == "crisis" && incident.severity >= 2
      steps:
        - notify: [owner@shop.example]
        - pause: {channels: [email]}
          after: 5m
        - tone: empathetic
        - hold_words: [kettle]
        - cut_spend: []
        - statement: {en: We are looking into it.}
        - notify: [board@shop.example]
          after: 30m
          unless_owned: true
      stand_down: {calm: 1h, every: 10m}
    - {id: pause-all, when: incident.kind == "attack", steps: [{pause: {}}], stand_down: {calm: 1h, ask: true}}
`

const EVIDENCE: IncidentEvidence = {
  mentions: 90,
  usual: 4,
  negativeShare: 0.8,
  usualNegative: 0.2,
  voices: 60,
  echoes: 20,
  riskWords: [],
  phrases: ['kettle', 'burnt'],
  samples: [],
}
export const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  kind: 'crisis',
  severity: 2,
  entity: 'shop',
  topic: '',
  since: START - 10 * MINUTE_MS,
  evidence: EVIDENCE,
  ...changes,
})

const wordsIn = (text: string, words: readonly string[]): readonly string[] =>
  words.filter((word) => text.toLowerCase().includes(word))

export const open = async (
  log: EventLog = createMemoryLog({ roundTrip: true }),
  { state = createState(), now = START, refuses = '' } = {},
) => {
  const clock = manualClock(now)
  const loop = createLoop({ log, ctx: createCtx(clock, 'brand'), state })
  const posted: BrandNotice[] = []
  const calls = new Set<Promise<void>>()
  const post: BrandPost = async (notice) => {
    posted.push(notice)
    if (refuses === 'refused') throw new Failure({ code: 'post.refused', message: 'no' })
    if (refuses === 'lost') throw new TypeError('socket hang up')
    return { detail: '200' }
  }
  let seen: readonly Alarm[] = []
  const ports = {
    loop,
    post,
    wordsIn,
    alarms: () => seen,
    beside: (call: Promise<void>) => {
      calls.add(call)
    },
  }
  const governor = createGovernor({
    loop,
    executors: new Map([...loopExecutors(loop.state), ...brandExecutors(loop.state, post)]),
    report: (error) => assert.fail(String(error)),
  })
  const turn = async (): Promise<void> => {
    await brandTurn(ports)
    await Promise.all(calls)
    await governor.run()
    await governor.idle()
  }
  return {
    loop,
    ports,
    posted,
    turn,
    see: (...alarms: Alarm[]) => {
      seen = alarms
    },
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= MINUTE_MS) {
        clock.set(clock.now() + Math.min(MINUTE_MS, left))
        await turn()
      }
    },
    statuses: () =>
      [...loop.state.brand.incidents.open.values(), ...loop.state.brand.incidents.closed].map(
        ({ incidentId, status, steps }) =>
          `${incidentId} ${status}: ${steps.map((one) => one.status).join(' ')}`,
      ),
  }
}

export const applied = async (yaml = PLAN) => {
  const played = await open()
  const { loop } = played
  const before = planInForce(loop.state)
  const { plan, problems } = parsePlan(yaml, before)
  assert.deepEqual(problems, [])
  for (const { type, data } of planFacts(before, present(plan, 'a plan')))
    await loop.record([{ id: loop.ctx.newId(), type, key: '', at: START, data }])
  return played
}

export const reasons = (state: LoopState, campaignId: string, creativeId: string) =>
  checkAction(
    state.guardrail,
    check({
      campaign: present(state.decision.campaigns.get(asCampaignId(campaignId)), campaignId),
      action: action({ id: asActionId(creativeId), creativeId: asCreativeId(creativeId) }),
      tone: state.delivery.creatives.get(asCreativeId(creativeId))?.tone ?? '',
    }),
  ).map(({ code }) => code)

export const eventsOf = async (log: EventLog) => {
  const events = []
  for await (const page of log.read({ after: 0 })) events.push(...page)
  return events
}
