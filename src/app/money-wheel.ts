// Turns the money wheel beside the other one: STOP within a fraction of a second, the rest when it is due. Without ad
// lines it does nothing.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AdPlatform } from '../delivery/index.ts'
import { isLineHeld, spendStopped, type OutsideStops } from '../guardrail/index.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import { demandReading } from '../stages/demand-reading.ts'
import { createMoneyClock, moneyTurn } from '../stages/money.ts'

const TURN_MS = 100
const TROUBLE_MS = 1_000

export type MoneyWheel = { readonly stop: () => Promise<void> }

export const startMoneyWheel = (about: {
  readonly loop: Loop
  readonly platforms: ReadonlyMap<string, AdPlatform>
  readonly outside: () => OutsideStops
  /** Demand of a day relative to the usual; null when nobody knows. */
  readonly demandOn: (day: number) => number | null
  readonly report: (error: unknown, where: string) => void
}): MoneyWheel => {
  const { loop, platforms, outside, demandOn, report } = about
  const { state, ctx } = loop
  const clock = createMoneyClock()
  const ports = {
    books: state.guardrail.books,
    budget: state.budget,
    platforms,
    record: loop.record,
    ctx,
    stopped: () => spendStopped(state.guardrail.stops, outside()),
    isHeld: (lineId: string) => isLineHeld(state.guardrail.holds, lineId),
    // Who knows better than the visits do (the demo's market) is asked first.
    demandOn: (day: number) => demandOn(day) ?? demandReading(state.kpis, day),
    mayRaise: () => true,
  }
  let running = platforms.size > 0
  const run = async (): Promise<void> => {
    let troubled = false
    while (running) {
      try {
        await moneyTurn(ports, clock)
        troubled = false
        await sleep(TURN_MS)
      } catch (error) {
        // The log takes nothing: told once, tried again. A bug of ours ends the wheel, and says so.
        if (!isFailure(error)) throw error
        if (!troubled) report(error, 'the money wheel')
        troubled = true
        await sleep(TROUBLE_MS)
      }
    }
  }
  const done = run().catch((error: unknown) => {
    report(error, 'the money wheel')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  })
  return {
    stop: async () => {
      running = false
      await done
      for (const platform of platforms.values()) await platform.close()
    },
  }
}
