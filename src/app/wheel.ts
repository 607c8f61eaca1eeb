// What turns the loop: a turn, then a pause that new events cut short, until told to stop.

import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure, type Failure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import type { Courier } from '../stages/courier.ts'
import type { Governor } from '../stages/governor.ts'
import type { AddressHash } from '../stages/recipient.ts'
import { IDLE_TURN_LIMITS, turn, TURN_LIMITS } from '../stages/turn.ts'

/** Between two turns at least; while nothing happens, the time alone makes something due. */
const PAUSE_MS = 2
const IDLE_MS = 25
const TROUBLE_MS = 500
/** Proposals, ramps and levels are looked at so often; an answer is acted on at once all the same. */
const GOVERN_EVERY_MS = 100

type WheelPorts = {
  readonly loop: Loop
  readonly courier: Courier
  readonly governor: Governor
  readonly hash: AddressHash
  /** After each turn that worked. */
  readonly afterTurn: () => Promise<void>
  /** No turn before this is settled. */
  readonly after?: Promise<unknown> | undefined
  readonly report: (error: unknown, where: string) => void
}

/** Turns until stopped. When the log takes nothing, waits and tries again: what is due stays due. */
export const startWheel = ({ loop, courier, governor, hash, afterTurn, after, report }: WheelPorts) => {
  let running = true
  let trouble: Failure | null = null
  /** Offset at the start of the last turn. */
  let seen = -1
  let governedAt = Number.NEGATIVE_INFINITY
  const alarm = createAlarm(loop)
  const stopped = Promise.withResolvers<void>()
  const run = async (): Promise<void> => {
    await Promise.race([after, stopped.promise])
    while (running) {
      try {
        const limits = loop.state.offset === seen ? IDLE_TURN_LIMITS : TURN_LIMITS
        seen = loop.state.offset
        const { more } = await turn(loop, courier, hash, limits)
        if (performance.now() - governedAt > GOVERN_EVERY_MS) {
          governedAt = performance.now()
          await governor.run()
        }
        trouble = null
        await afterTurn()
        if (more) await sleep(0)
        else await alarm.pause()
      } catch (error) {
        if (!isFailure(error)) throw error
        if (trouble === null) report(error, 'the loop')
        trouble = error
        await sleep(TROUBLE_MS)
      }
    }
  }
  const done = run().catch((error: unknown) => {
    // Our bug: the unit of work is the loop itself, and it stops. The process says so and ends.
    report(error, 'the loop')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  })
  return {
    stop: async () => {
      running = false
      stopped.resolve()
      alarm.close()
      await done
    },
  }
}

/** A pause that new events cut short. */
const createAlarm = (loop: Loop) => {
  let rung = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rung = true
    wake?.()
  }
  const unsubscribe = loop.log.subscribe(ring)
  const idle = async (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => wake?.(), IDLE_MS)
      wake = () => {
        clearTimeout(timer)
        wake = null
        resolve()
      }
    })
  return {
    pause: async (): Promise<void> => {
      await sleep(PAUSE_MS)
      if (!rung) await idle()
      rung = false
    },
    close: (): void => {
      unsubscribe()
      ring()
    },
  }
}
