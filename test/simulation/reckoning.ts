// The reckoning after a seed: what was acknowledged is there once, each attempt came to one end that is true, the log's
// chain fits, every way to the state gives the same bytes, decisions replay, no cap of money was passed, and it lives.

import { replayLog } from '../../src/app/replay.ts'
import { toMicros } from '../../src/kernel/money.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/time.ts'
import { DELIVERY_FAILED, DELIVERY_SENT, DELIVERY_WITHHELD } from '../../src/delivery/events.ts'
import { decodeDump, encodeDump } from '../../src/log/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../../src/loop.ts'
import { findProfile, viewProfile } from '../../src/profile/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../src/signal/events.ts'
import { readDisk, verifyFrames } from './disk.ts'
import { itemsOf } from './ledger.ts'
import { HASH, type Process } from './process.ts'
import type { Stage } from './run.ts'
import { START } from './world.ts'

const REPLAYED_MAX = 40
const UNDER_WAY_MAX = 32

export const reckon = async (stage: Stage): Promise<void> => {
  const { ledger, process, actors } = stage
  if (process === null) return ledger.violate('alive', 'no process runs after the calm')
  if (actors.inDoubt() > 0)
    ledger.violate('alive', `${actors.inDoubt()} requests got no answer in calm weather`)
  await events(stage, process)
  settled(stage)
  bytes(stage, process)
  for (const fault of verifyFrames(stage.disk)) ledger.violate('chain', fault)
  await decisions(stage, process)
  await living(stage, process)
  // To the end of the day: what ads cost is known by then.
  await stage.scheduler.runUntil(Math.ceil(stage.scheduler.now() / DAY_MS) * DAY_MS + HOUR_MS)
  money(stage)
}

/** S5: acknowledged is there; each id counts once. */
const events = async ({ ledger }: Stage, { loop }: Process): Promise<void> => {
  const inLog = new Set<string>()
  for await (const page of loop.log.read())
    for (const { type, data } of page)
      if (type === SIGNAL_RECEIVED)
        for (const { messageId } of itemsOf(data as SignalReceived)) inLog.add(messageId)
  const lost = [...ledger.acknowledged].filter((id) => !inLog.has(id))
  if (lost.length > 0)
    ledger.violate('acknowledged', `${lost.length} events are lost: ${lost.slice(0, 3).join(' ')}`)
  for (const person of ledger.people.values()) {
    const ref = findProfile(loop.state.profile, { kind: 'user', value: person.userId })
    const counted =
      ref === undefined
        ? 0
        : viewProfile(loop.state.profile, ref, loop.ctx.now(), loop.state.business).features.events
    if (counted !== person.events)
      ledger.violate('acknowledged', `${person.userId}: ${counted} events counted of ${person.events}`)
  }
}

/** S1: each attempt has one result, and it is true; what is unknown is no more than was under way at kills. */
const settled = ({ ledger, kills }: Stage): void => {
  for (const { decisionId, messageId, results } of ledger.attempts.values()) {
    if (results.length !== 1)
      ledger.violate('settled', `${decisionId} has ${results.length} results: ${results.join(' ')}`)
    const [result] = results
    const taken = ledger.accepted.has(messageId)
    if (result === DELIVERY_SENT && !taken)
      ledger.violate('settled', `${messageId} is called sent and never was accepted`)
    if ((result === DELIVERY_FAILED || result === DELIVERY_WITHHELD) && taken && !ledger.lied.has(messageId))
      ledger.violate('settled', `${messageId} is called ${result} and was accepted`)
  }
  if (ledger.counts.unknownByCrash > kills * UNDER_WAY_MAX)
    ledger.violate('settled', `${ledger.counts.unknownByCrash} unknown after ${kills} kills`)
}

/** The living state, one folded from the first event, one from each snapshot: the same bytes. */
const bytes = ({ ledger, disk }: Stage, { loop }: Process): void => {
  const events = readDisk(disk)
  const folded = (state: LoopState): LoopState => {
    for (const event of events.slice(state.offset)) foldEvent(state, event)
    return state
  }
  const ours = encoded(loop.state)
  const ways: readonly [string, LoopState][] = [
    ['from the first event', folded(createState())],
    ...disk.snapshots.map(({ offset, parts }): [string, LoopState] => [
      `from the snapshot at ${offset}`,
      folded(restoreState(Object.fromEntries([...parts].map(([name, part]) => [name, decodeDump(part)])))),
    ]),
  ]
  for (const [way, state] of ways) {
    const theirs = encoded(state)
    const differ = Object.keys(ours).filter((part) => ours[part] !== theirs[part])
    if (differ.length > 0) ledger.violate('bytes', `folded ${way}, these parts differ: ${differ.join(' ')}`)
  }
}

const encoded = (state: LoopState): Record<string, string> =>
  Object.fromEntries(
    Object.entries(dumpState(state)).map(([name, dump]) => [
      name,
      Buffer.from(encodeDump(dump)).toString('base64'),
    ]),
  )

const decisions = async ({ ledger }: Stage, { loop }: Process): Promise<void> => {
  const replay = await replayLog(loop.log, { limit: REPLAYED_MAX, hash: HASH })
  for (const { decisionId, recorded, again } of replay.differences)
    ledger.violate('replay', `${decisionId}: ${recorded} and again ${again}`)
}

/** S3: true spend of each day and month, of each line and all. */
const money = ({ ledger, platform, lines }: Stage): void => {
  const months = new Map<string, number>()
  const add = (what: string, amount: number, cap: number): void => {
    const sum = (months.get(what) ?? 0) + amount
    months.set(what, sum)
    if (sum > cap && sum - amount <= cap)
      ledger.violate('money', `${what}: ${sum / 1e6} spent, at most ${cap / 1e6}`)
  }
  platform.truth.spend.forEach((row, day) => {
    const month = new Date(START + day * DAY_MS).getUTCMonth()
    let all = 0
    row.forEach((amount, index) => {
      const line = lines.lines[index]
      if (line === undefined) return
      const micros = toMicros(amount)
      all += micros
      add(`${line.id} on day ${day}`, micros, line.dayMaxMicros)
      add(`${line.id} in month ${month}`, micros, line.monthMaxMicros)
    })
    add(`all on day ${day}`, all, lines.portfolio.dayMaxMicros)
    add(`all in month ${month}`, all, lines.portfolio.monthMaxMicros)
  })
}

/** It still does its work: somebody who orders now is thanked. */
const living = async ({ ledger, actors, scheduler, process }: Stage, { loop }: Process): Promise<void> => {
  const person = {
    userId: 'u9001',
    zone: 'Europe/Berlin',
    agreed: true,
    events: 0,
    leaving: true,
    leftAt: null,
  }
  ;(ledger.people as Map<string, typeof person>).set(person.userId, person)
  const consent = { channel: 'email', purpose: 'marketing', granted: true }
  const about = { type: 'track', userId: person.userId } as const
  actors.tell([
    { ...about, type: 'identify', messageId: 'probe-1', traits: { email: 'u9001@people.example' } },
    { ...about, messageId: 'probe-2', event: 'Consent Changed', properties: consent },
    {
      ...about,
      messageId: 'probe-3',
      event: 'Order Completed',
      properties: { order_id: 'probe', revenue: 9 },
    },
  ])
  await scheduler.runUntil(scheduler.now() + HOUR_MS)
  if (!ledger.reached.has('u9001@people.example'))
    ledger.violate(
      'alive',
      `an order was not thanked for within an hour of calm; ${process === null ? 'no process' : [...loop.state.guardrail.stops.keys()].join(' ')}`,
    )
}
