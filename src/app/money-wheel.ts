// Turns the money wheel beside the other one: STOP within a fraction of a second, the rest when it is due. Without ad
// lines it does nothing.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AdPlatform, SpendMove } from '../delivery/index.ts'
import { isLineHeld, spendStopped, type OutsideStops } from '../guardrail/index.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import { demandReading } from '../stages/demand-reading.ts'
import { createMoneyClock, moneyTurn, stopTurn } from '../stages/money.ts'
import type { MoneyPorts } from '../stages/money-ports.ts'
import { tellStops } from '../stages/money-stop.ts'
import { mayRaise } from '../stages/spend-permit.ts'
import { createStockWatch } from '../stages/stock-watch.ts'

const TURN_MS = 100
const STOP_TURN_MS = 50
const TROUBLE_MS = 1_000

export type MoneyWheel = { readonly stop: () => Promise<void> }

type MoneyWheelParts = {
  readonly loop: Loop
  readonly platforms: ReadonlyMap<string, AdPlatform>
  readonly outside: () => OutsideStops
  /** Demand of a day relative to the usual; null when nobody knows. */
  readonly demandOn: (day: number) => number | null
}

/** What the wheel's turns work with. */
export const moneyPortsOf = ({ loop, platforms, outside, demandOn }: MoneyWheelParts): MoneyPorts => {
  const { state, ctx } = loop
  return {
    books: state.guardrail.books,
    budget: state.budget,
    platforms,
    record: loop.record,
    ctx,
    stopped: () => spendStopped(state.guardrail.stops, outside()),
    isHeld: (lineId: string) => isLineHeld(state.guardrail.holds, lineId),
    isSoldOut: createStockWatch(state.catalogue, state.guardrail.books, ctx.now),
    // Who knows better than the visits do (the demo's market) is asked first.
    demandOn: (day: number) => demandOn(day) ?? demandReading(state.kpis, day),
    mayRaise: (move: SpendMove) => mayRaise(state, move, ctx.now()),
    stopsApart: true,
  }
}

export const startMoneyWheel = (
  about: MoneyWheelParts & { readonly report: (error: unknown, where: string) => void },
): MoneyWheel => {
  const { platforms, report } = about
  const clock = createMoneyClock()
  const ports = moneyPortsOf(about)
  let running = true
  const run = async (turn: () => Promise<unknown>, everyMs: number): Promise<void> => {
    let troubled = false
    while (running) {
      try {
        await turn()
        troubled = false
        await sleep(everyMs)
      } catch (error) {
        // The log takes nothing: told once, tried again. A bug of ours ends the wheel, and says so.
        if (!isFailure(error)) throw error
        if (!troubled) report(error, 'the money wheel')
        troubled = true
        await sleep(TROUBLE_MS)
      }
    }
  }
  const end = (error: unknown): void => {
    report(error, 'the money wheel')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  }
  const stops = new Set<Promise<void>>()
  const stopping = async (): Promise<void> => {
    // Not waited for: one platform that hangs must keep no other line spending, nor this from being said.
    const under = stopTurn(ports, clock).catch((error: unknown) => {
      if (!isFailure(error)) return end(error)
      report(error, 'STOP of ad money')
    })
    stops.add(under)
    void under.finally(() => stops.delete(under))
    await tellStops(ports, clock.stops)
  }
  const done = Promise.all([
    run(async () => moneyTurn(ports, clock), TURN_MS),
    run(stopping, STOP_TURN_MS),
  ]).catch(end)
  return {
    stop: async () => {
      running = false
      await done
      await Promise.all(stops)
      for (const platform of platforms.values()) await platform.close()
    },
  }
}
