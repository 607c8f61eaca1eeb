// Runs what governance finds due: facts go into the log, calls outside are announced there first and
// made at most once.

import { isFailure, messageOf } from '../kernel/failure.ts'
import { said } from '../kernel/said.ts'
import { HOUR_MS } from '../kernel/time.ts'
import {
  dueCalls,
  executedEvent,
  executingEvent,
  type Executors,
  type Proposal,
} from '../governance/index.ts'
import type { Loop } from '../loop.ts'
import { governingEvents, hourlyEvents } from './governing.ts'

export type Governor = {
  readonly executors: Executors
  /** Does what is due; resolves when it is on record. Calls outside go on by themselves. */
  readonly run: () => Promise<number>
  /** Resolves when no call outside is under way. */
  readonly idle: () => Promise<void>
}

export const createGovernor = ({
  loop,
  executors,
  report,
}: {
  readonly loop: Loop
  readonly executors: Executors
  readonly report: (error: unknown, where: string) => void
}): Governor => {
  const calls = new Map<string, Promise<void>>()
  let hour = -1
  let running: Promise<number> = Promise.resolve(0)

  const call = async (proposal: Proposal): Promise<void> => {
    const { proposalId, kind } = proposal
    const executor = executors.get(kind)
    if (executor === undefined || !('run' in executor)) return
    const [ack] = await loop.record([executingEvent(proposal, loop.ctx.now())])
    // Somebody has begun it before: whatever came of that stands.
    if (ack?.duplicate !== false) return
    try {
      const result = await executor.run(proposal)
      await loop.record([executedEvent(proposal, { outcome: 'done', ...result }, loop.ctx.now())])
    } catch (error) {
      if (!isFailure(error)) report(error, `proposal ${proposalId}`)
      // What the executor refuses was certainly not done; anything else may have been.
      const outcome = isFailure(error) ? 'failed' : 'unknown'
      const why = isFailure(error) ? said('failure', { failure: error.code }) : said('maybe_arrived')
      await loop.record([
        executedEvent(
          proposal,
          { outcome, detail: messageOf(error), said: why, inverse: null },
          loop.ctx.now(),
        ),
      ])
    }
  }

  const step = async (): Promise<number> => {
    const { state, ctx } = loop
    const now = ctx.now()
    const events = [...governingEvents(state, now, executors)]
    if (Math.floor(now / HOUR_MS) !== hour) {
      hour = Math.floor(now / HOUR_MS)
      // Alone in its turn: both number their proposals.
      if (events.length === 0) events.push(...hourlyEvents(state, now))
      else hour = -1
    }
    if (events.length > 0) await loop.record(events)
    for (const proposal of dueCalls(state.governance, executors)) {
      if (calls.has(proposal.proposalId)) continue
      calls.set(
        proposal.proposalId,
        call(proposal)
          .catch((error: unknown) => report(error, `proposal ${proposal.proposalId}`))
          .finally(() => calls.delete(proposal.proposalId)),
      )
    }
    return events.length
  }

  return {
    executors,
    run: async () => {
      running = running.catch(() => 0).then(step)
      return running
    },
    idle: async () => {
      await running.catch(() => 0)
      while (calls.size > 0) await Promise.all(calls.values())
    },
  }
}
