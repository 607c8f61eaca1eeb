// Turns the gate beside the other wheels: reading the log back takes its time, and nobody waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import { createGatekeeper } from '../stages/gatekeeper.ts'

const TURN_MS = 200
const TROUBLE_MS = 1_000

export type GateWheel = { readonly stop: () => Promise<void> }

export const startGateWheel = (loop: Loop, report: (error: unknown, where: string) => void): GateWheel => {
  const gatekeeper = createGatekeeper({ loop })
  const stopping = new AbortController()
  const pause = async (ms: number): Promise<void> => {
    // Cut short by `stop`.
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  const run = async (): Promise<void> => {
    let troubled = false
    while (!stopping.signal.aborted) {
      try {
        await gatekeeper.look(loop.ctx.now())
        troubled = false
        await pause(TURN_MS)
      } catch (error) {
        // The log takes nothing: told once, tried again. A bug of ours ends the process, and says so.
        if (!isFailure(error)) throw error
        if (!troubled) report(error, 'the gate')
        troubled = true
        await pause(TROUBLE_MS)
      }
    }
  }
  const done = run().catch((error: unknown) => {
    report(error, 'the gate')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  })
  return {
    stop: async () => {
      stopping.abort()
      gatekeeper.close()
      await done
    },
  }
}
