// What agents work on: a running system, where all goes by governance, or a folder that is only read and can be stopped.

import type { McpDesk } from '../api/mcp/tool.ts'
import type { ViewSources } from '../api/views/sources.ts'
import { STOP_RAISED } from '../guardrail/events.ts'
import type { Loop } from '../loop.ts'
import { answerProposal } from '../stages/answering.ts'
import { applyTo, exportPlan } from './apply-plan.ts'
import { folderSources } from './folder-sources.ts'
import { stopFileIn } from './stop-file.ts'
import type { System } from './system.ts'

export const systemDesk = (system: System, sources: ViewSources): McpDesk => {
  const { loop, governor, stop } = system
  return {
    sources,
    plan: () => exportPlan({ loop }),
    stop,
    acts: {
      proposePlan: async ({ yaml, dryRun, by, reason }) => applyTo(system, { yaml, dryRun, by, ask: reason }),
      answer: async (proposalId, by, answer) => {
        await answerProposal({ loop, governor }, { proposalId, by, via: 'mcp', answer })
      },
    },
  }
}

/** A folder that no server runs on. */
export const folderDesk = (loop: Loop, dir: string): McpDesk => ({
  sources: folderSources(loop, dir),
  plan: () => exportPlan({ loop }),
  stop: async (raised) => {
    // The file first: it holds for a server that starts meanwhile.
    stopFileIn(dir).write(raised.reason, raised.scope)
    await loop.record([
      { id: loop.ctx.newId(), type: STOP_RAISED, key: '', at: loop.ctx.now(), data: raised },
    ])
    if (raised.scope.kind !== 'all') stopFileIn(dir).remove(raised.scope)
  },
  acts: null,
})
